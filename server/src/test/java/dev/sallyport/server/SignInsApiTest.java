package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where one is signed in, and signing out there. */
class SignInsApiTest {
    private static ApiWorld world;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private record Signed(TestClient client, TestClient.Tokens tokens, Someone someone) {
        static Signed in(String name) {
            world.signIn(name);
            var client = new TestClient(world.server());
            TestClient.Tokens tokens = client.signIn(name, ApiWorld.PASSWORD);
            return new Signed(client, tokens, new Someone(client, Optional.of(tokens.access())));
        }

        String session() {
            return String.valueOf(((Map<?, ?>) java.util.Objects.requireNonNull(
                            someone.get("/me").json().get("session")))
                    .get("id"));
        }

        void awaitEnd() {
            Await.until(
                    "the end of the session",
                    Duration.ofSeconds(10),
                    () -> someone.get("/me").code().equals("auth.session-ended"));
        }
    }

    @Test
    void theyAreListedNewestFirstWithTheOneThatAsksMarked() {
        Signed dev = Signed.in("dev");
        Signed.in("other");

        List<Map<String, Object>> shown = dev.someone().get("/me/sessions").items();

        // signing in at the command line signs the browser in through which it went
        assertThat(shown).extracting(session -> session.get("client")).contains("browser", "sallyport-cli");
        assertThat(shown)
                .extracting(session -> String.valueOf(session.get("id")))
                .isSortedAccordingTo((a, b) -> b.compareTo(a));
        assertThat(shown)
                .filteredOn(session -> Boolean.TRUE.equals(session.get("current")))
                .singleElement()
                .satisfies(session -> assertThat(session)
                        .containsEntry("id", dev.session())
                        .containsEntry("amr", List.of("pwd"))
                        .containsKeys("created_at", "expires_at"));
        assertThat(shown)
                .filteredOn(session -> "browser".equals(session.get("client")))
                .allSatisfy(session -> {
                    assertThat(String.valueOf(session.get("client_address"))).startsWith("127.");
                    assertThat(String.valueOf(session.get("user_agent"))).startsWith("Java-http-client");
                });
        Reply first = dev.someone().get("/me/sessions?limit=1");
        assertThat(first.items()).hasSize(1);
        assertThat(dev.someone()
                        .get("/me/sessions?limit=1&after=" + first.text("next"))
                        .items())
                .extracting(session -> session.get("id"))
                .containsExactly(shown.get(1).get("id"));
        assertThat(dev.someone().get("/me/sessions?limit=501").status()).isEqualTo(400);
    }

    @Test
    void oneThatIsEndedCanDoNothingMoreAndStaysEnded() {
        Signed here = Signed.in("dev");
        Signed there = Signed.in("dev");
        String session = there.session();

        Reply ended = here.someone().post("/me/sessions/" + session + "/end", Map.of());
        Reply again = here.someone().post("/me/sessions/" + session + "/end", Map.of());

        assertThat(ended.status()).as(ended.body()).isEqualTo(204);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.code()).isEqualTo("sign-in.ended-already");
        there.awaitEnd();
        assertThat(there.client().refresh(there.tokens().refresh()).statusCode())
                .isEqualTo(400);
        assertThat(here.someone().get("/me/sessions").body()).doesNotContain(session);
        assertThat(here.someone().get("/me").status()).isEqualTo(200);
    }

    @Test
    void somebodyElsesDoesNotExist() {
        Signed dev = Signed.in("dev");
        Signed lead = Signed.in("lead");
        String session = lead.session();

        Reply theirs = dev.someone().post("/me/sessions/" + session + "/end", Map.of());
        Reply none = dev.someone().post("/me/sessions/ses_nothing/end", Map.of());

        assertThat(dev.someone().get("/me/sessions").body()).doesNotContain(session);
        assertThat(theirs.status()).isEqualTo(404);
        assertThat(theirs.code()).isEqualTo("sign-in.unknown");
        assertThat(none.text("detail").replace("ses_nothing", session)).isEqualTo(theirs.text("detail"));
        assertThat(lead.someone().get("/me").status()).isEqualTo(200);
    }

    @Test
    void allOthersEndAndTheOneThatAsksStays() {
        Signed here = Signed.in("guard");
        Signed there = Signed.in("guard");
        Signed lead = Signed.in("lead");
        int open = here.someone().get("/me/sessions").items().size();

        Reply ended = here.someone().post("/me/sessions/end-others", Map.of());

        assertThat(ended.json()).containsEntry("ended", open - 1);
        there.awaitEnd();
        assertThat(here.someone().get("/me/sessions").items())
                .extracting(session -> session.get("id"))
                .containsExactly(here.session());
        // the browser that both sign-ins went through is signed out as well
        assertThat(TestClient.location(PortalTest.page(there.client(), "/"))).isEqualTo("/login");
        assertThat(here.client().refresh(here.tokens().refresh()).statusCode()).isEqualTo(200);
        assertThat(lead.someone().get("/me").status()).isEqualTo(200);
        assertThat(here.someone().post("/me/sessions/end-others", Map.of()).json())
                .containsEntry("ended", 0);
    }

    @Test
    void everyEndIsRecorded() {
        Signed here = Signed.in("other");
        Signed there = Signed.in("other");
        Someone auditor = world.holder("auditor", "audit.read");

        String session = there.session();
        here.someone().post("/me/sessions/" + session + "/end", Map.of());

        assertThat(auditor.get("/audit/events?activity=session.ended&limit=500").items())
                .extracting(String::valueOf)
                .anySatisfy(event -> assertThat(event).contains(session, "signed out", "name=other"));
    }
}
