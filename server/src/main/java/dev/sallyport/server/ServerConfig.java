package dev.sallyport.server;

import dev.sallyport.base.Labels;
import dev.sallyport.base.Secret;
import dev.sallyport.database.DatabaseConfig;
import dev.sallyport.policy.code.Network;
import dev.sallyport.review.ApprovalLimits;
import dev.sallyport.review.EmergencyLimits;
import dev.sallyport.risk.RiskWeights;
import dev.sallyport.session.Ways;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * All settings of a server, checked.
 *
 * @param url how people and clients reach it, without a trailing slash; also the issuer of tokens
 * @param bind the address to listen on
 * @param data the folder of what this server keeps by itself
 * @param rootKey the key that opens all other keys; all servers on one database share it
 * @param risk what each feature of a risk counts; the same on all servers
 * @param privateAddresses networks that notifications may go to although they are not of the public internet
 * @param enrolmentCode whether a first second factor wants a one-time code; where not, a password shown minutes ago is enough
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
        Remote remote,
        RiskWeights risk,
        ApprovalLimits approvals,
        EmergencyLimits emergencies,
        List<String> privateAddresses,
        boolean enrolmentCode) {

    /**
     * A server that weighs risks as we do, with the usual thresholds for findings about approvers, whose notifications go to
     * the public internet only.
     */
    public ServerConfig(
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
        this(
                url,
                bind,
                port,
                tls,
                data,
                database,
                rootKey,
                limits,
                gateway,
                remote,
                RiskWeights.DEFAULT,
                ApprovalLimits.DEFAULT,
                EmergencyLimits.DEFAULT,
                List.of(),
                true);
    }

    /** The same server, whose notifications may go to these networks too. */
    public ServerConfig withPrivateAddresses(List<String> networks) {
        return new ServerConfig(
                url,
                bind,
                port,
                tls,
                data,
                database,
                rootKey,
                limits,
                gateway,
                remote,
                risk,
                approvals,
                emergencies,
                networks,
                enrolmentCode);
    }

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

        /** How people come to it; nothing if it is off. */
        public Optional<Ways.Way> way() {
            return enabled
                    ? Optional.of(new Ways.Way(name, new Labels(labels), address, publicPort, true))
                    : Optional.empty();
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

    /**
     * Requests per second, over a burst of twice as many; sign-in and token requests count to the address as well.
     *
     * @param signInQuestionsPerPerson how often in a minute programs may ask, and be answered, whether they are let in
     */
    public record Limits(int perAddress, int perPerson, int signInQuestionsPerPerson) {
        public static final Limits DEFAULT = new Limits(200, 200, 30);

        public Limits {
            positive("limits.requests_per_address", perAddress, "second");
            positive("limits.requests_per_person", perPerson, "second");
            positive("limits.sign_in_questions_per_person", signInQuestionsPerPerson, "minute");
        }

        private static void positive(String key, int value, String unit) {
            if (value < 1 || value > 1_000_000) {
                throw new IllegalArgumentException(key + ": " + value + " (expected: 1 to 1000000 a " + unit + ")");
            }
        }
    }

    /** A path under which a proxy shows the server; the proxy takes it away before it asks. */
    private static final Pattern PREFIX = Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]{1,64}){0,4}");

    public ServerConfig {
        privateAddresses = List.copyOf(privateAddresses);
        for (String network : privateAddresses) {
            if (Network.parse(network).isEmpty()) {
                throw new IllegalArgumentException(
                        "notifications.private_addresses: " + network + " (expected: a network such as 10.0.0.0/8)");
            }
        }
        boolean off = tls instanceof Tls.Off;
        String scheme = off ? "http" : "https";
        if (!scheme.equals(url.getScheme())
                || url.getHost() == null
                || url.getRawQuery() != null
                || url.getRawFragment() != null
                || url.getRawUserInfo() != null
                || url.getRawPath() != null && !PREFIX.matcher(url.getRawPath()).matches()) {
            throw new IllegalArgumentException("server.url: " + url + " (expected: " + scheme
                    + "://host:port, and the path under which a proxy shows it if there is one, no slash at the end)");
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
