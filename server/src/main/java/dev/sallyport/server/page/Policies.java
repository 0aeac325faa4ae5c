package dev.sallyport.server.page;

import java.security.SecureRandom;
import java.util.Base64;

/** What browsers are allowed to do on our pages (Content Security Policy, level 3). */
public final class Policies {
    /** Forms lead to ourselves, and on to the client that listens on loopback. */
    public static final String PAGES = policy("script-src 'self'; style-src 'self'");

    /** A page with the player of recordings, which compiles its terminal from WebAssembly. */
    public static final String PLAYER = policy("script-src 'self' 'wasm-unsafe-eval'; style-src 'self'");

    private static final SecureRandom RANDOM = new SecureRandom();

    private Policies() {}

    /** A fresh one, for a page of its own. */
    public static String nonce() {
        var bytes = new byte[16];
        RANDOM.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** A page with a terminal, which makes style sheets of its own under this nonce. */
    public static String withStyles(String nonce) {
        return policy("script-src 'self'; style-src 'self' 'nonce-" + nonce + "'");
    }

    private static String policy(String own) {
        return "default-src 'none'; " + own + "; font-src 'self'; img-src 'self' data:; connect-src 'self';"
                + " form-action 'self' http://127.0.0.1:*; frame-ancestors 'none'; base-uri 'none'";
    }
}
