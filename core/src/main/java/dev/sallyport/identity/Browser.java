package dev.sallyport.identity;

import dev.sallyport.base.Text;

/** A browser that signs in: what its cookie hashes to (SHA-256), where it is, and how it names itself, shortened. */
public final class Browser {
    /** The name of the client in a session that a browser has. */
    public static final String CLIENT = "browser";

    private static final int AGENT_MAX = 200;

    private final byte[] cookieHash;
    private final String address;
    private final String userAgent;

    public Browser(byte[] cookieHash, String address, String userAgent) {
        this.cookieHash = cookieHash.clone();
        this.address = address;
        this.userAgent = Text.printable(userAgent.length() > AGENT_MAX ? userAgent.substring(0, AGENT_MAX) : userAgent);
    }

    byte[] cookieHash() {
        return cookieHash.clone();
    }

    String address() {
        return address;
    }

    String userAgent() {
        return userAgent;
    }
}
