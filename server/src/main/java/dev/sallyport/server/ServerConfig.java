package dev.sallyport.server;

import dev.sallyport.base.Secret;
import dev.sallyport.database.DatabaseConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * All settings of a server, checked.
 *
 * @param url how people and clients reach it, without a trailing slash; also the issuer of tokens
 * @param bind the address to listen on
 * @param data the folder of what this server keeps by itself
 * @param rootKey the key that opens all other keys; all servers on one database share it
 */
public record ServerConfig(
        URI url,
        String bind,
        int port,
        Tls tls,
        Path data,
        Store database,
        Path rootKey,
        Limits limits,
        SshGateway gateway,
        Remote remote) {

    /** A server without remote gateways. */
    public ServerConfig(
            URI url,
            String bind,
            int port,
            Tls tls,
            Path data,
            Store database,
            Path rootKey,
            Limits limits,
            SshGateway gateway) {
        this(url, bind, port, tls, data, database, rootKey, limits, gateway, Remote.OFF);
    }

    /** A server whose gateway is off. */
    public ServerConfig(
            URI url, String bind, int port, Tls tls, Path data, Store database, Path rootKey, Limits limits) {
        this(url, bind, port, tls, data, database, rootKey, limits, SshGateway.off(data));
    }

    /**
     * The SSH gateway inside the server.
     *
     * @param name by which it is known; each node of an installation has its own
     * @param address the host and port that people connect to, where a balancer or a name stands before it
     * @param spool the folder where recordings are written before they are stored
     * @param labels only targets that carry all of these
     * @param drain how long open sessions may go on when the server is stopped
     */
    public record SshGateway(
            boolean enabled,
            String name,
            String bind,
            int port,
            String address,
            int publicPort,
            Path spool,
            Recordings recordings,
            Map<String, String> labels,
            Duration drain) {
        public static final int PORT = 2222;
        public static final Duration DRAIN = Duration.ofSeconds(5);
        public static final Duration DRAIN_MAX = Duration.ofHours(1);

        public SshGateway {
            if (port < 0 || port > 65_535 || publicPort < 0 || publicPort > 65_535) {
                throw new IllegalArgumentException(
                        "gateway.port: " + port + ", " + publicPort + " (expected: 1 to 65535)");
            }
            if (!address.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]{1,45}")) {
                throw new IllegalArgumentException(
                        "gateway.address: " + address + " (expected: a host name or an IP address)");
            }
            if (drain.isNegative() || drain.compareTo(DRAIN_MAX) > 0) {
                throw new IllegalArgumentException("gateway.drain: " + drain + " (expected: 0s to 1h)");
            }
            labels = Map.copyOf(labels);
        }

        static SshGateway off(Path data) {
            return new SshGateway(
                    false,
                    "server",
                    "127.0.0.1",
                    PORT,
                    "localhost",
                    PORT,
                    data.resolve("spool"),
                    new Recordings.Folder(data.resolve("recordings")),
                    Map.of(),
                    DRAIN);
        }
    }

    /**
     * The listener for gateways outside of servers, over mutual TLS. Off unless a port is given: nobody should listen for
     * what they do not have.
     *
     * @param address the host name by which gateways reach it
     */
    public record Remote(int port, String bind, String address) {
        public static final Remote OFF = new Remote(0, "127.0.0.1", "localhost");

        public Remote {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("gateway.remote.port: " + port + " (expected: 1 to 65535)");
            }
        }

        public boolean isOn() {
            return port > 0;
        }
    }

    /** Where recordings go. */
    public sealed interface Recordings {
        record Folder(Path folder) implements Recordings {}

        /** Storage that speaks S3; the keys are files of one line. */
        record S3(URI endpoint, String region, String bucket, String prefix, Secret accessKey, Secret secretKey)
                implements Recordings {}
    }

    /** How connections are protected. */
    public sealed interface Tls {
        /** An authority of our own, made on first start. */
        record Own() implements Tls {}

        /** A certificate chain and its key, both PEM. */
        record Files(Path certificate, Path key) implements Tls {}

        /** Plain HTTP, on loopback only. */
        record Off() implements Tls {}
    }

    /** Where the state is. */
    public sealed interface Store {
        /** A real PostgreSQL that this server starts and stops. */
        record Embedded(Path dir) implements Store {}

        /** Somebody else's PostgreSQL. */
        record External(DatabaseConfig connection) implements Store {}
    }

    /** Requests per second, over a burst of twice as many; sign-in and token requests count to the address as well. */
    public record Limits(int perAddress, int perPerson) {
        public static final Limits DEFAULT = new Limits(200, 200);

        public Limits {
            positive("limits.requests_per_address", perAddress);
            positive("limits.requests_per_person", perPerson);
        }

        private static void positive(String key, int value) {
            if (value < 1 || value > 1_000_000) {
                throw new IllegalArgumentException(key + ": " + value + " (expected: 1 to 1000000 a second)");
            }
        }
    }

    public ServerConfig {
        boolean off = tls instanceof Tls.Off;
        String scheme = off ? "http" : "https";
        if (!scheme.equals(url.getScheme())
                || url.getHost() == null
                || url.getRawQuery() != null
                || url.getRawFragment() != null
                || url.getRawUserInfo() != null
                || url.getRawPath() != null && !url.getRawPath().isEmpty()) {
            throw new IllegalArgumentException(
                    "server.url: " + url + " (expected: " + scheme + "://host:port, nothing after it)");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("server.port: " + port + " (expected: 1 to 65535)");
        }
        if (off && !isLoopback(bind)) {
            throw new IllegalArgumentException("tls.off: true with server.bind: " + bind
                    + " (expected: a loopback address such as 127.0.0.1; plain HTTP never leaves this machine)");
        }
    }

    /** The base of the API, and the audience of access tokens. */
    public String apiUrl() {
        return url + "/api/v1";
    }

    public boolean hasTls() {
        return !(tls instanceof Tls.Off);
    }

    static boolean isLoopback(String address) {
        try {
            return java.net.InetAddress.ofLiteral(address).isLoopbackAddress();
        } catch (IllegalArgumentException _) {
            return address.equals("localhost");
        }
    }
}
