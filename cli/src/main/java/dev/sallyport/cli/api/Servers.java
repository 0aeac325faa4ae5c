package dev.sallyport.cli.api;

import dev.sallyport.base.Text;
import dev.sallyport.cli.shell.Failure;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;

/** Addresses of servers. */
public final class Servers {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private Servers() {}

    /**
     * The address in one spelling, without a slash at the end.
     *
     * @throws Failure when it is no https address, nor http on loopback
     */
    public static String check(String server) {
        URI uri = parse(server);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
        boolean safe = scheme.equals("https") || scheme.equals("http") && LOOPBACK.contains(host);
        boolean bare = uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getRawFragment() == null;
        if (!safe || host.isEmpty() || !bare) {
            throw unusable(server);
        }
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return scheme + "://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + path;
    }

    /** A short name for folders. */
    public static String hash(String server) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(server.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK knows no SHA-256", e);
        }
    }

    private static URI parse(String server) {
        try {
            return URI.create(server.strip());
        } catch (IllegalArgumentException _) {
            throw unusable(server);
        }
    }

    private static Failure unusable(String server) {
        return Failure.usage(
                "--server: " + Text.quoted(server) + " (expected: https://host:port, or http on loopback)", null);
    }
}
