package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.server.notification.MailServer;
import dev.sallyport.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** RQ6 over HTTP: channels and routes as documents, their secrets, and mail that arrives at a real server. */
class NotificationsApiTest {
    private static final Duration SOON = Duration.ofMinutes(1);

    private static MailWorld world;
    private static Someone dev;
    private static Someone operator;
    private static Someone reader;

    @BeforeAll
    static void start() {
        world = new MailWorld();
        operator = world.operator;
        reader = world.api.holder("reader", "notification.read");
        dev = world.api.signIn("dev");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static Reply secret(Someone caller, String channel, String secret) {
        return MailWorld.secret(caller, channel, secret);
    }

    private static List<MailServer.Got> about(String id) {
        return world.mail.got().stream().filter(got -> got.raw().contains(id)).toList();
    }

    @Test
    void whoAsksHasTheirApproverToldByMailAndEverybodyWithTheRightSeesThat() {
        String request = dev.ask("ops", "web-1", "PT1H").text("id");
        Await.until("a mail to the approver", SOON, () -> !about(request).isEmpty());
        Await.until(
                "it is noted",
                SOON,
                () -> reader.get("/notifications?state=sent&request=" + request)
                                .items()
                                .size()
                        == 1);

        MailServer.Got got = about(request).getFirst();
        Map<String, Object> told =
                reader.get("/notifications?request=" + request).items().getFirst();
        Reply one = reader.get("/notifications/" + told.get("id"));

        assertThat(got.to()).isEqualTo("lead@example.org");
        assertThat(told)
                .containsEntry("person", "lead")
                .containsEntry("channel", "mail")
                .containsEntry("news", "request-to-decide");
        assertThat(one.body()).contains("because of a test").doesNotContain(MailServer.PASSWORD);
        assertThat(dev.get("/notifications").code()).isEqualTo("auth.missing-right");
    }

    @Test
    void aSecretIsNeitherExportedNorShownNorSetByWhoMayOnlyLook() {
        Reply refused = secret(reader, "mail", "other");
        Reply shown = operator.get("/notification-channels/mail");
        Reply exported = operator.get("/catalog/export");

        assertThat(refused.code()).isEqualTo("auth.missing-right");
        assertThat(shown.status()).isEqualTo(200);
        assertThat(shown.body()).contains("\"user\":\"sallyport\"").doesNotContain(MailServer.PASSWORD);
        assertThat(exported.body()).doesNotContain(MailServer.PASSWORD);
        assertThat(secret(operator, "none", "x").code()).isEqualTo("notification.no-channel");
        assertThat(secret(operator, "mail", "").code()).isEqualTo("notification.invalid");
    }

    @Test
    void aChannelIsTriedAndSaysWhyItDoesNotWork() {
        world.api.apply("""
                apiVersion: sallyport/v1
                kind: NotificationChannel
                metadata: {name: ops}
                spec:
                  mail: {host: localhost, port: %d, user: sallyport, from: s@example.org, to: [ops@example.org]}
                """.formatted(world.mail.port()));
        Reply without = operator.post("/notification-channels/ops/test", Map.of());
        secret(operator, "ops", MailServer.PASSWORD);
        Reply untrusted = operator.post("/notification-channels/ops/test", Map.of());
        Reply nobody = operator.post("/notification-channels/mail/test", Map.of());
        Reply forbidden = reader.post("/notification-channels/ops/test", Map.of());

        assertThat(without.body()).contains("notification.not-delivered", "has no secret yet");
        assertThat(untrusted.body()).contains("certificate is not trusted");
        assertThat(nobody.body()).contains("you have none");
        assertThat(forbidden.code()).isEqualTo("auth.missing-right");
    }

    @Test
    void aChannelThatARouteNamesStays() {
        Reply refused = operator.call("DELETE", "/notification-channels/mail", Map.of("If-Match", "\"1\""), null);

        assertThat(refused.status()).as(refused.body()).isIn(403, 409, 412);
        assertThat(operator.get("/notification-channels/mail").status()).isEqualTo(200);
    }

    @Test
    void aStateThatIsNoneIsRefusedAndNothingUnknownIsTriedAgain() {
        assertThat(reader.get("/notifications?state=lost").body()).contains("expected: waiting, sent or dead");
        assertThat(reader.get("/notifications?order=due").body()).contains("expected: newest or oldest");
        assertThat(reader.get("/notifications?order=oldest&limit=500").items())
                .isEqualTo(reader.get("/notifications?limit=500").items().reversed());
        assertThat(operator.post("/notifications/ntf_none/retry", Map.of()).code())
                .isEqualTo("notification.unknown");
    }
}
