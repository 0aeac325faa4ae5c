package dev.sallyport.cli.api;

import dev.sallyport.cli.shell.Failure;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.Map;

/** What a server's own CA looks like before it is trusted. */
public final class Pins {
    private Pins() {}

    public static boolean isTrustedByJdk(String server) {
        try {
            Http.to(null).send("GET", URI.create(server + "/livez"), Map.of(), null);
            return true;
        } catch (Failure e) {
            if (e.code().equals("tls.not-trusted")) {
                return false;
            }
            throw e;
        }
    }

    /** The CA the server offers, fetched from somebody not yet known: compare it before using it. */
    public static Answer offered(String server) {
        try {
            return Http.blind().send("GET", URI.create(server + "/ca.pem"), Map.of(), null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK knows no TLS", e);
        }
    }

    public static String fingerprint(String pem) {
        try {
            return Trust.fingerprint(Trust.certificate(pem));
        } catch (GeneralSecurityException e) {
            throw Failure.here("tls.unusable-ca", "this is no certificate in PEM: " + e.getMessage(), null);
        }
    }
}
