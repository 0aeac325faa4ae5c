package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TwoServersAccessTest {
    @Test
    void whatOneDecidesTheOtherKnows() throws Exception {
        try (var world = new ApiWorld()) {
            RunningServer b = world.start();
            Someone dev = world.signIn("dev");
            Someone leadAtB = world.signIn("lead").at(b);
            Someone guardAtB = world.holder("guard-1", "grant.revoke").at(b);
            Map<String, Object> ssh = Map.of("target", "web-1", "public_key", AccessApiTest.KEY);

            Reply asked = dev.ask("ops", "web-1", "PT1H");
            Reply approved = leadAtB.post("/requests/" + asked.text("id") + "/approve", Map.of());
            Reply certificate = dev.post("/credentials/ssh", ssh);
            Reply list = world.nobody().get("/ssh/krl");
            Someone waiting = world.nobody();
            var wait = CompletableFuture.supplyAsync(
                    () -> waiting.get("/ssh/krl?wait=25", Map.of("If-None-Match", list.header("ETag"))));
            Reply revoked =
                    guardAtB.post("/grants/" + certificate.text("grant") + "/revoke", Map.of("reason", "enough"));
            Reply after = dev.post("/credentials/ssh", ssh);

            assertThat(approved.text("state")).as(approved.body()).isEqualTo("approved");
            assertThat(certificate.status()).as(certificate.body()).isEqualTo(201);
            assertThat(revoked.status()).as(revoked.body()).isEqualTo(200);
            assertThat(after.code()).isEqualTo("credential.no-grant");
            Reply woken = wait.get(20, TimeUnit.SECONDS);
            assertThat(woken.status()).isEqualTo(200);
            assertThat(woken.header("ETag")).isNotEqualTo(list.header("ETag"));
            assertThat(world.nobody().at(b).get("/ssh/krl").header("ETag")).isEqualTo(woken.header("ETag"));
        }
    }
}
