package dev.sallyport.server;

import static dev.sallyport.server.PortalTest.location;
import static dev.sallyport.server.PortalTest.page;
import static dev.sallyport.server.PortalTest.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.notification.MailServer;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Secrets and tests of notification channels and decision services, by clicking. */
class PortalConnectionsTest {
    private static final Pattern KEY = Pattern.compile("whsec_[A-Za-z0-9+/]{43}=");

    private static MailWorld world;
    private static TestClient operator;
    private static TestClient reader;

    @BeforeAll
    static void start() {
        world = new MailWorld();
        world.api.holder("reader", "catalog.read", "notification.read");
        world.api.holder("desk-keeper", "catalog.read", "decision-service.write");
        world.api.apply("""
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: operator}
                spec: {email: operator@example.org}
                ---
                apiVersion: sallyport/v1
                kind: NotificationChannel
                metadata: {name: hook}
                spec: {webhook: {url: "http://127.0.0.1:1/news"}}
                ---
                apiVersion: sallyport/v1
                kind: DecisionService
                metadata: {name: desk}
                spec: {url: "http://127.0.0.1:1/decide", default: escalate, timeout: 1s, attempts: 1}
                """);
        operator = browser("operator");
        reader = browser("reader");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static TestClient browser(String name) {
        var client = new TestClient(world.api.server());
        client.login(name, ApiWorld.PASSWORD);
        return client;
    }

    @Test
    void aChannelIsTriedAndItsSecretReplacedWhereItIsShown() {
        String path = "/notification-channels/mail";
        assertThat(page(operator, path).body())
                .contains(">Send a test</button>", ">Set the secret</button>", "the password at the mail server")
                .contains("data-confirm=\"Replace the secret of mail?")
                .doesNotContain("Make a new key", MailServer.PASSWORD);

        assertThat(location(send(operator, path + "/test", Map.of()))).isEqualTo(path + "?said=delivered");
        assertThat(world.mail.got().getLast().to()).isEqualTo("operator@example.org");

        assertThat(location(send(operator, path + "/secret", Map.of("secret", "wrong one"))))
                .isEqualTo(path + "?said=secret-set");
        HttpResponse<String> refused = send(operator, path + "/test", Map.of());
        assertThat(refused.body()).contains("notification.not-delivered").doesNotContain("wrong one");
        send(operator, path + "/secret", Map.of("secret", MailServer.PASSWORD));
        assertThat(location(send(operator, path + "/test", Map.of()))).endsWith("said=delivered");
    }

    @Test
    void aNewKeyIsShownOnceAndOnlyWhereSomethingIsSigned() {
        HttpResponse<String> made = send(operator, "/notification-channels/hook/new-key", Map.of());
        HttpResponse<String> other = send(operator, "/notification-channels/hook/new-key", Map.of());

        assertThat(made.statusCode()).isEqualTo(200);
        assertThat(made.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(KEY.matcher(made.body()).results().toList()).hasSize(1);
        assertThat(key(made)).isNotEqualTo(key(other));
        assertThat(page(operator, "/notification-channels/hook").body())
                .contains(">Make a new key</button>")
                .doesNotContain(key(other));
        assertThat(send(operator, "/notification-channels/mail/new-key", Map.of())
                        .body())
                .contains("mail signs nothing");
    }

    private static String key(HttpResponse<String> page) {
        var found = KEY.matcher(page.body());
        assertThat(found.find()).as(page.body()).isTrue();
        return found.group();
    }

    @Test
    void aDecisionServiceIsAskedATestQuestionAndItsSilenceIsTold() {
        TestClient keeper = browser("desk-keeper");
        assertThat(page(keeper, "/decision-services/desk").body())
                .contains(">Ask it a test question</button>", ">Make a new key</button>");
        assertThat(send(keeper, "/decision-services/desk/new-key", Map.of()).body())
                .contains("whsec_");

        HttpResponse<String> tried = send(
                keeper,
                "/decision-services/desk/test",
                Map.of("role", "ops", "duration", "30m", "risk", "60", "break_glass", "true"));

        assertThat(tried.statusCode()).isEqualTo(200);
        assertThat(tried.body())
                .contains("desk gave no answer that counts", "would be asked 1 times", "others would be asked");
        assertThat(send(keeper, "/decision-services/desk/test", Map.of("risk", "101"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(send(keeper, "/decision-services/desk/secret", Map.of("secret", "hunter2"))
                        .body())
                .contains("decision-service.invalid")
                .doesNotContain("hunter2");
    }

    @Test
    void whoMayNotIsOfferedNothingAndRefusedWhenForged() {
        for (String path : new String[] {"/notification-channels/hook", "/decision-services/desk"}) {
            assertThat(page(reader, path).body()).doesNotContain("Set the secret", "Make a new key", "test</button>");
            for (String doing : new String[] {"/secret", "/new-key", "/test"}) {
                HttpResponse<String> forged = send(reader, path + doing, Map.of("secret", "whsec_x"));
                assertThat(forged.statusCode()).as(path + doing).isEqualTo(403);
                assertThat(forged.body()).contains("auth.missing-right").doesNotContain("whsec_");
            }
        }
    }
}
