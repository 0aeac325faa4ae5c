package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** AC4 over HTTP: handed over, decided by, and over. */
class DelegationsApiTest {
    @Test
    void theDelegateDecidesWhileItRunsAndTheRecordNamesBoth() {
        try (var world = new ApiWorld()) {
            Someone dev = world.signIn("dev");
            Someone lead = world.signIn("lead");
            Someone other = world.signIn("other");
            Map<String, Object> handing = Map.of(
                    "to",
                    "other",
                    "until",
                    Instant.now().plus(Duration.ofDays(1)).toString(),
                    "reason",
                    "on leave");

            Reply asked = dev.ask("ops", "web-1", "PT1H");
            Reply before = other.post("/requests/" + asked.text("id") + "/approve", Map.of());
            Reply handed = lead.post("/delegations", handing);
            Reply waiting = other.get("/requests?view=to-decide");
            Reply approved = other.post("/requests/" + asked.text("id") + "/approve", Map.of());
            Reply mine = other.get("/delegations");
            Reply notMine = dev.get("/delegations");
            Reply all = dev.get("/delegations?view=all");
            Reply notEnded = dev.post("/delegations/" + handed.text("id") + "/end", Map.of());
            Reply ended = lead.post("/delegations/" + handed.text("id") + "/end", Map.of());
            Reply without = lead.post("/delegations", Map.of("to", "other", "reason", "x"));

            assertThat(before.code()).isEqualTo("request.unknown");
            assertThat(handed.status()).as(handed.body()).isEqualTo(201);
            assertThat(handed.text("state")).isEqualTo("running");
            assertThat(waiting.body()).contains(asked.text("id"));
            assertThat(approved.text("state")).as(approved.body()).isEqualTo("approved");
            assertThat(approved.body()).contains("\"by\":\"other\",\"for\":\"lead\"");
            assertThat(mine.body()).contains(handed.text("id"));
            assertThat(notMine.body()).doesNotContain(handed.text("id"));
            assertThat(all.code()).isEqualTo("auth.missing-right");
            assertThat(notEnded.code()).isEqualTo("delegation.unknown");
            assertThat(ended.text("state")).isEqualTo("ended");
            assertThat(without.body()).contains("until: missing");
        }
    }
}
