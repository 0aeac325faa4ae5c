package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.ContractServer.Reply;
import dev.sallyport.cli.output.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RQ6 on the command line: what was told, what was given up, and trying a channel. */
class NotificationVerbsTest {
    private static final String DEAD = """
            {"id":"ntf_1","state":"dead","news":"request-to-decide","severity":"medium","channel":"mail","person":"lead",
             "address":"lead@example.org","request":"req_1","title":"dev asks for ops on web-1","facts":[],"attempts":4,
             "happened_at":"2100-01-01T14:05:00Z","created_at":"2100-01-01T14:05:00Z","next_attempt_at":null,
             "settled_at":"2100-01-01T14:08:00Z","last_error":"mail.example.org answered \\u001b[31mno"}""";

    @TempDir
    Path home;

    private ContractServer server;
    private Person operator;

    @BeforeEach
    void start() throws IOException {
        server = new ContractServer();
        operator = Person.at(home, Clock.systemUTC());
        assertThat(operator.signsIn(server).exit()).isZero();
    }

    @AfterEach
    void nothingToComplainAbout() {
        server.close();
        assertThat(server.complaints).isEmpty();
    }

    @Test
    void whatWasGivenUpIsListedShownAndTriedAgain() {
        server.route("GET /notifications", "{\"items\":[" + DEAD + "],\"next\":null}");
        server.route("GET /notifications/ntf_1", DEAD);
        server.route("POST /notifications/ntf_1/retry", DEAD.replace("\"dead\"", "\"waiting\""));

        assertThat(operator.types("notifications list --state dead --channel mail")
                        .out())
                .contains("ntf_1", "dead", "lead", "dev asks for ops on web-1")
                .doesNotContain("\u001b");
        assertThat(operator.types("notifications show ntf_1").out()).contains("channel: mail");
        assertThat(operator.types("show ntf_1").out()).contains("channel: mail");
        assertThat(operator.types("notifications retry ntf_1").shown()).isEqualTo("ntf_1 is waiting\n-> 0\n");
    }

    @Test
    void aChannelIsTriedAndSaysWhyItDoesNotDeliver() {
        server.route("POST /notification-channels/mail/test", _ -> Reply.of(204, ""));
        server.route(
                "POST /notification-channels/chat/test",
                _ -> ContractServer.problem(
                        409, "notification.not-delivered", "the channel chat did not deliver: 404", ""));
        server.route("PUT /notification-channels/mail/secret", _ -> Reply.of(204, ""));

        assertThat(operator.types("notifications test mail").shown()).isEqualTo("mail delivered it\n-> 0\n");
        assertThat(operator.types("notifications test chat").shown())
                .contains("notification.not-delivered", "did not deliver", "-> 2");
        assertThat(operator.types("notifications secret mail", "open sesame\n").shown())
                .isEqualTo("the secret of mail is set\n-> 0\n");
        assertThat(server.sent("PUT /notification-channels/mail/secret"))
                .singleElement()
                .satisfies(body -> assertThat(Json.text(body, "secret")).isEqualTo("open sesame"));
    }
}
