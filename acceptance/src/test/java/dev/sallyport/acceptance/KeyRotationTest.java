package dev.sallyport.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.acceptance.Installation.Outcome;
import dev.sallyport.acceptance.Installation.User;
import dev.sallyport.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys that hosts know by heart are replaced under running hosts, which nobody touches. */
@NullMarked
class KeyRotationTest {
    private static final Duration LEARNED = Duration.ofSeconds(90);

    @TempDir
    static Path temporary;

    private static void good(Outcome outcome) {
        assertThat(outcome.exit()).as(outcome.output() + outcome.errors()).isZero();
    }

    private static User administrator(Installation installation) {
        User auditor = installation.signIn("auditor");
        String id = auditor.sallyport(
                        "request", "administrator", "sallyport", "--for", "1h", "--reason", "rotation", "-o", "json")
                .json()
                .path("id")
                .asString();
        good(installation.signIn("lead").sallyport("approve", id));
        return auditor;
    }

    private static boolean everybodyKnows(User administrator) {
        return administrator
                .sallyport("keys", "list", "-o", "json")
                .json()
                .path("hosts_lacking")
                .isEmpty();
    }

    @Test
    void hostsLearnNewKeysByThemselvesAndCutOffByThem() {
        try (var installation = Installation.start(temporary.resolve("demo"))) {
            User administrator = administrator(installation);
            User dev = installation.signIn("dev");
            Await.until("the hosts know the first keys", LEARNED, () -> everybodyKnows(administrator));

            good(administrator.sallyport("keys", "rotate", "target"));
            good(administrator.sallyport("keys", "rotate", "krl"));
            assertThat(administrator.sallyport("keys", "activate", "krl").errors())
                    .contains("! ca-key.too-early:");
            Await.until("the hosts learn the next keys", LEARNED, () -> everybodyKnows(administrator));
            good(administrator.sallyport("keys", "activate", "target", "--force"));
            good(administrator.sallyport("keys", "activate", "krl", "--force"));

            String request = dev.sallyport("request", "look", "web-2", "--for", "10m", "--reason", "x", "-o", "json")
                    .output();
            String grant = request.replaceAll("(?s).*\"(grt_[a-z0-9]+)\".*", "$1");
            good(dev.sallyport("ssh", "web-2", "--", "true"));
            good(administrator.sallyport("revoke", grant, "--reason", "rotation"));
            Await.until(
                    "the host confirms the list that the new key signed",
                    LEARNED,
                    () -> administrator
                            .sallyport("show", grant, "-o", "json")
                            .json()
                            .path("state")
                            .asString()
                            .equals("ended"));
        }
    }
}
