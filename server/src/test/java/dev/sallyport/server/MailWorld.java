package dev.sallyport.server;

import dev.sallyport.server.notification.MailServer;
import dev.sallyport.server.notification.TestCertificates;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;

/** A server that tells {@code lead} by mail what there is to decide, and the mail server that takes it. */
final class MailWorld implements AutoCloseable {
    private final TestCertificates certificates = new TestCertificates();
    final MailServer mail = MailServer.startTls(certificates.server());
    final ApiWorld api = new ApiWorld(config -> config.withPrivateAddresses(List.of("127.0.0.0/8", "::1")));

    /** May change channels, and everything about notifications. */
    final ApiWorld.Someone operator =
            api.holder("operator", "notification.write", "notification.read", "catalog.read", "catalog.write");

    MailWorld() {
        api.apply("""
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: lead}
                spec: {groups: [leads], email: lead@example.org}
                ---
                apiVersion: sallyport/v1
                kind: NotificationChannel
                metadata: {name: mail}
                spec:
                  mail:
                    host: localhost
                    port: %d
                    user: sallyport
                    from: sallyport@example.org
                    to: people
                    ca: |
                %s
                ---
                apiVersion: sallyport/v1
                kind: NotificationRoute
                metadata: {name: mail}
                spec: {channel: mail, news: [request-to-decide]}
                """.formatted(mail.port(), certificates.pem().indent(6).stripTrailing()));
        ApiWorld.Reply set = secret(operator, "mail", MailServer.PASSWORD);
        if (set.status() != 204) {
            throw new AssertionError(set.toString());
        }
    }

    static ApiWorld.Reply secret(ApiWorld.Someone caller, String channel, String secret) {
        return caller.send(
                "PUT",
                "/notification-channels/" + channel + "/secret",
                Map.of(),
                HttpRequest.BodyPublishers.ofString("{\"secret\":\"" + secret + "\"}"));
    }

    @Override
    public void close() {
        api.close();
        mail.close();
    }
}
