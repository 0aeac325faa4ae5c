package dev.sallyport.server.notification;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.NullMarked;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.server.SMTPServer;

/** A real SMTP server on loopback, which wants TLS and the user {@code sallyport} with the password {@code open sesame}. */
@NullMarked
public final class MailServer implements AutoCloseable {
    public static final String USER = "sallyport";
    public static final String PASSWORD = "open sesame";

    /** Mail, and the last of those to whom it was handed over. */
    public record Got(String from, String to, String raw) {
        public MimeMessage message() {
            try {
                return new MimeMessage(
                        Session.getInstance(new Properties()),
                        new ByteArrayInputStream(raw.getBytes(StandardCharsets.ISO_8859_1)));
            } catch (MessagingException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private final List<Got> got = new CopyOnWriteArrayList<>();
    private final SMTPServer server;
    private volatile int refusing;

    private MailServer(SMTPServer.Builder builder) {
        server = builder.connectionTimeoutMs(60_000)
                .authenticationHandlerFactory(new EasyAuthenticationHandlerFactory((user, password, _) -> {
                    if (!user.equals(USER) || !password.equals(PASSWORD)) {
                        throw new LoginFailedException();
                    }
                }))
                .messageHandler((_, from, to, data) -> {
                    if (refusing > 0) {
                        throw new RejectException(refusing, "not now");
                    }
                    got.add(new Got(from, to, new String(data, StandardCharsets.ISO_8859_1)));
                })
                .build();
        server.start();
    }

    public static MailServer startTls(SSLContext certificate) {
        return startTls(certificate, "127.0.0.1");
    }

    public static MailServer startTls(SSLContext certificate, String address) {
        return new MailServer(SMTPServer.port(0)
                .bindAddress(InetAddress.ofLiteral(address))
                .enableTLS()
                .requireTLS()
                .requireAuth()
                .startTlsSocketFactory(certificate));
    }

    /** TLS from the first byte. */
    public static MailServer tls(SSLContext certificate) {
        return new MailServer(SMTPServer.port(0)
                .bindAddress(InetAddress.getLoopbackAddress())
                .requireAuth()
                .serverSocketFactory(certificate));
    }

    public static MailServer plain() {
        return new MailServer(
                SMTPServer.port(0).bindAddress(InetAddress.getLoopbackAddress()).enableTLS(false));
    }

    public int port() {
        return server.getPortAllocated();
    }

    public List<Got> got() {
        return List.copyOf(got);
    }

    /** Answers to every mail with this code; 0: takes it. */
    public void refuse(int code) {
        refusing = code;
    }

    @Override
    public void close() {
        server.stop();
    }
}
