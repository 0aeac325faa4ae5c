package dev.sallyport.server.notification;

import dev.sallyport.server.transport.Authority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.NullMarked;

/** An authority, and servers with certificates of it for localhost and 127.0.0.1. */
@NullMarked
public final class TestCertificates {
    private final Authority authority;

    public TestCertificates() {
        try {
            authority = Authority.open(Files.createTempDirectory("sallyport-test-ca"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String pem() {
        return authority.pem();
    }

    public SSLContext server() {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(authority.issue("localhost", "127.0.0.1"), new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
