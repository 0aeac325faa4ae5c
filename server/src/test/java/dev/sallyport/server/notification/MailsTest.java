package dev.sallyport.server.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sallyport.base.Secret;
import dev.sallyport.catalog.News;
import dev.sallyport.finding.Severity;
import dev.sallyport.notification.Channel;
import dev.sallyport.notification.Fact;
import dev.sallyport.notification.Letter;
import dev.sallyport.notification.Story;
import dev.sallyport.notification.Undelivered;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** RQ6: mail over SMTP, against a real server, with TLS or not at all. */
@NullMarked
class MailsTest {
    private static final TestCertificates CERTIFICATES = new TestCertificates();
    private static final List<String> LOOPBACK = List.of("127.0.0.0/8", "::1");

    private static final URI SERVER = URI.create("https://sallyport.example.com");
    private static final Carriers CARRIERS = new Carriers(LOOPBACK, SERVER);
    private static final MailServer MAIL = MailServer.startTls(CERTIFICATES.server());

    @AfterAll
    static void close() {
        MAIL.close();
        CARRIERS.close();
    }

    private static Channel to(int port, boolean startTls, String host, String ca) {
        return new Channel(
                "ops-mail",
                new Channel.Mail(
                        host,
                        port,
                        startTls,
                        Optional.of(MailServer.USER),
                        "sallyport@example.org",
                        Optional.of(List.of("ops@example.org", "night@example.org")),
                        Optional.of(ca)));
    }

    private static Channel channel() {
        return to(MAIL.port(), true, "localhost", CERTIFICATES.pem());
    }

    private static Letter letter(String id, String title, Optional<String> address) {
        return new Letter(
                id,
                News.REQUEST_TO_DECIDE,
                Severity.MEDIUM,
                Instant.parse("2026-11-26T10:00:00Z"),
                new Story(
                        title,
                        List.of(new Fact("reason", "<b>it</b> is broken & \"slow\"")),
                        "sallyport approve req_1"),
                address,
                Optional.of("req_1"),
                Optional.empty());
    }

    private static void carry(Channel channel, Letter letter) throws Undelivered {
        CARRIERS.carry(channel, Optional.of(Secret.of(MailServer.PASSWORD)), letter);
    }

    private static Undelivered refused(Channel channel, String password, Letter letter) {
        return catchThrowableOfType(
                Undelivered.class, () -> CARRIERS.carry(channel, Optional.of(Secret.of(password)), letter));
    }

    private static Undelivered refused(Channel channel) {
        return refused(channel, MailServer.PASSWORD, letter("ntf_0", "never", Optional.empty()));
    }

    private static List<MailServer.Got> got(String id) {
        return MAIL.got().stream()
                .filter(each -> each.raw().contains("X-Sallyport-Id: " + id + "\r\n"))
                .toList();
    }

    @Test
    void aMailArrivesAsTextAndHtmlEscapedWithAnIdThatStaysTheSame() throws Exception {
        carry(channel(), letter("ntf_1", "dév asks for ops on web-1", Optional.of("lead@example.org")));

        MailServer.Got mail = got("ntf_1").getFirst();
        MimeMessage message = mail.message();
        assertThat(mail.to()).isEqualTo("lead@example.org");
        assertThat(message.getSubject()).isEqualTo("dév asks for ops on web-1");
        assertThat(message.getMessageID()).isEqualTo("<ntf_1@example.org>");
        assertThat(message.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        var parts = (MimeMultipart) message.getContent();
        assertThat(String.valueOf(parts.getBodyPart(0).getContent()))
                .contains("dév asks for ops on web-1", "reason: <b>it</b> is broken & \"slow\"", "req_1")
                .doesNotContain("<p>");
        assertThat(String.valueOf(parts.getBodyPart(1).getContent()))
                .contains("&lt;b&gt;it&lt;/b&gt; is broken &amp;")
                .doesNotContain("<b>it");
    }

    @Test
    void aChannelWithAddressesOfItsOwnGoesToAllOfThem() throws Exception {
        carry(channel(), letter("ntf_2", "a test", Optional.empty()));

        MailServer.Got got = got("ntf_2").getFirst();
        assertThat(got.to()).isEqualTo("night@example.org");
        assertThat(got.message().getAllRecipients())
                .extracting(Object::toString)
                .containsExactly("ops@example.org", "night@example.org");
    }

    @Test
    void aTitleCannotAddAHeaderNorAnAddressARecipient() throws Exception {
        carry(
                channel(),
                letter("ntf_3", "hello\r\nBcc: evil@example.org\r\n\r\nbody", Optional.of("lead@example.org")));
        Undelivered two = refused(
                channel(), MailServer.PASSWORD, letter("ntf_4", "x", Optional.of("lead@example.org,evil@example.org")));
        Undelivered named =
                refused(channel(), MailServer.PASSWORD, letter("ntf_4", "x", Optional.of("x<evil@example.org>")));

        assertThat(got("ntf_3")).singleElement().satisfies(mail -> {
            assertThat(mail.to()).isEqualTo("lead@example.org");
            assertThat(mail.raw()).doesNotContain("\r\nBcc:");
        });
        assertThat(two.isLasting()).isTrue();
        assertThat(named.isLasting()).isTrue();
        assertThat(MAIL.got()).noneMatch(each -> each.to().contains("evil"));
    }

    @Test
    void tlsFromTheFirstByteWorksToo() throws Exception {
        try (var other = MailServer.tls(CERTIFICATES.server())) {
            carry(
                    to(other.port(), false, "localhost", CERTIFICATES.pem()),
                    letter("ntf_5", "a test", Optional.of("lead@example.org")));

            assertThat(other.got()).hasSize(1);
        }
    }

    @Test
    void nothingIsSentWithoutTls() {
        try (var plain = MailServer.plain()) {
            Undelivered why = refused(to(plain.port(), true, "localhost", CERTIFICATES.pem()));

            assertThat(why.message()).contains("offers no STARTTLS");
            assertThat(why.isLasting()).isTrue();
            assertThat(plain.got()).isEmpty();
        }
    }

    @Test
    void aCertificateOfSomebodyElseOrForAnotherNameIsNotAccepted() {
        Undelivered stranger = refused(to(MAIL.port(), true, "localhost", new TestCertificates().pem()));
        assertThat(stranger.message()).contains("certificate is not trusted");
        assertThat(got("ntf_0")).isEmpty();

        try (var elsewhere = MailServer.startTls(CERTIFICATES.server(), "127.0.0.2")) {
            Undelivered otherName = refused(to(elsewhere.port(), true, "127.0.0.2", CERTIFICATES.pem()));

            assertThat(otherName.message()).contains("certificate is not trusted for this name");
            assertThat(elsewhere.got()).isEmpty();
        }
    }

    @Test
    void aWrongPasswordIsSaidWithoutIt() {
        Undelivered why = refused(channel(), "hunter2", letter("ntf_6", "x", Optional.empty()));

        assertThat(why.message()).contains("did not accept user and password").doesNotContain("hunter2");
        assertThat(why.isLasting()).isTrue();
    }

    @Test
    void whatTheServerRefusesForGoodIsGivenUpAndWhatItPutsOffIsNot() {
        try (var other = MailServer.startTls(CERTIFICATES.server())) {
            Channel channel = to(other.port(), true, "localhost", CERTIFICATES.pem());

            other.refuse(451);
            assertThat(refused(channel).isLasting()).isFalse();
            other.refuse(554);
            Undelivered why = refused(channel);
            assertThat(why.isLasting()).isTrue();
            assertThat(why.message()).contains("554").doesNotContain("not now");
        }
    }

    @Test
    void aPrivateAddressIsReachedOnlyWhereTheServerAllowsIt() {
        try (var strict = new Carriers(List.of(), SERVER)) {
            Undelivered why = catchThrowableOfType(
                    Undelivered.class,
                    () -> strict.carry(
                            channel(),
                            Optional.of(Secret.of(MailServer.PASSWORD)),
                            letter("ntf_7", "x", Optional.empty())));

            assertThat(why.message()).contains("private address").contains("notifications.private_addresses");
            assertThat(why.isLasting()).isTrue();
            assertThat(got("ntf_7")).isEmpty();
        }
    }

    @Test
    void aServerThatDripsForEverIsCutOffInTime() throws Exception {
        try (var listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                var hasty = new Carriers(LOOPBACK, SERVER, Duration.ofSeconds(1), Clock.systemUTC())) {
            Thread.ofVirtual().start(() -> drip(listener));

            Undelivered why = catchThrowableOfType(
                    Undelivered.class,
                    () -> hasty.carry(
                            to(listener.getLocalPort(), true, "localhost", CERTIFICATES.pem()),
                            Optional.of(Secret.of(MailServer.PASSWORD)),
                            letter("ntf_8", "x", Optional.empty())));

            assertThat(why.isLasting()).isFalse();
        }
    }

    /** Says a little again and again, so that no single read waits long. */
    private static void drip(ServerSocket listener) {
        try (Socket socket = listener.accept();
                OutputStream out = socket.getOutputStream()) {
            while (true) {
                out.write("220-wait\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                out.flush();
                socket.setSoTimeout(100);
                try {
                    if (socket.getInputStream().read() < 0) {
                        return;
                    }
                } catch (java.net.SocketTimeoutException _) {
                    // it still waits
                }
            }
        } catch (IOException _) {
            // cut off
        }
    }
}
