package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.gateway.GatewayMain;
import dev.sallyport.gateway.wire.HttpControlPlane;
import dev.sallyport.gateway.wire.MutualTls;
import dev.sallyport.gateway.wire.WireBodies;
import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.ChildJvm;
import dev.sallyport.testkit.ChildProcess;
import dev.sallyport.testkit.ProgramRun;
import dev.sallyport.testkit.SshClient;
import dev.sallyport.testkit.SshKeys;
import dev.sallyport.testkit.SshServer;
import dev.sallyport.testkit.TcpRelay;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SE1, SE5, rule 4: a gateway process of its own, enrolled by its token, between a real ssh and a real sshd. */
class RemoteGatewayTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String ME = System.getProperty("user.name");

    @TempDir
    private static Path dir;

    private static ApiWorld world;
    private static Someone admin;
    private static Someone dev;
    private static SshServer target;
    private static TcpRelay relay;
    private static Path userKey;
    private static int remotePort;

    @BeforeAll
    static void start() throws Exception {
        remotePort = TestServers.freePort();
        world = new ApiWorld(config -> new ServerConfig(
                config.url(),
                config.bind(),
                config.port(),
                config.tls(),
                config.data(),
                config.database(),
                config.rootKey(),
                config.limits(),
                readingFromTheFolder(config.gateway()),
                new ServerConfig.Remote(remotePort, "127.0.0.1", "localhost")));
        relay = TcpRelay.to(remotePort);
        target = host();
        world.apply("""
                apiVersion: sallyport/v1
                kind: Target
                metadata: {name: eu-1, labels: {region: eu}}
                spec: {type: ssh, address: {host: 127.0.0.1, port: %1$d}, ssh: {hostKey: '%2$s'}}
                ---
                apiVersion: sallyport/v1
                kind: Target
                metadata: {name: us-1, labels: {region: us}}
                spec: {type: ssh, address: {host: 127.0.0.1, port: %1$d}, ssh: {hostKey: '%2$s'}}
                ---
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: anywhere}
                spec:
                  targets: {type: ssh}
                  ssh: {logins: [%3$s]}
                  access: gateway
                  session: {grace: 2s}
                  request: {approval: auto, maxDuration: 1h}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: anywhere}
                spec: {role: anywhere, subjects: {groups: [developers]}}
                """.formatted(target.port(), publicLine(target.hostKey()), ME));
        admin = world.holder("admin-1", "gateway.enroll", "session.read-all", "session.view");
        dev = world.signIn("dev");
        dev.grant("anywhere", "eu-1");
        dev.grant("anywhere", "us-1");
        userKey = SshKeys.generate(dir.resolve("user"));
    }

    @AfterAll
    static void stop() {
        target.close();
        relay.close();
        world.close();
    }

    private static ServerConfig.SshGateway readingFromTheFolder(ServerConfig.SshGateway off) {
        return new ServerConfig.SshGateway(
                off.enabled(),
                off.name(),
                off.bind(),
                off.port(),
                off.address(),
                off.publicPort(),
                off.spool(),
                new ServerConfig.Recordings.Folder(dir.resolve("recordings")),
                off.labels(),
                off.drain());
    }

    private static SshServer host() throws IOException {
        Path cas = Files.writeString(dir.resolve("target-ca.pub"), authority("target"));
        Path principals = Files.createDirectories(dir.resolve("principals"));
        Files.writeString(principals.resolve(ME), "eu-1/" + ME + "\nus-1/" + ME + "\n");
        return SshServer.in(dir.resolve("target"))
                .line("TrustedUserCAKeys " + cas)
                .line("AuthorizedPrincipalsFile " + principals + "/%u")
                .start();
    }

    @SuppressWarnings("unchecked")
    private static String authority(String purpose) {
        var keys = (java.util.List<Map<String, Object>>) java.util.Objects.requireNonNull(
                world.nobody().get("/ssh/cas").json().get(purpose));
        return String.valueOf(keys.getFirst().get("public_key"));
    }

    private static String publicLine(Path key) throws IOException {
        return Files.readString(SshKeys.publicHalf(key)).strip();
    }

    @Test
    void itsSessionsAreRecordedAndItReachesOnlyItsOwnTargets() throws Exception {
        try (Gateway gateway = enrolled("eu-whole", "eu")) {
            ProgramRun there = gateway.client("eu-1").run("echo through-a-gateway-of-its-own; exit 3");
            ProgramRun elsewhere = gateway.client("us-1").run("echo no");

            assertThat(there.exit()).as(there + gateway.output()).isEqualTo(3);
            assertThat(there.stdout()).contains("through-a-gateway-of-its-own");
            assertThat(elsewhere.stdout()).isEmpty();
            assertThat(elsewhere.exit()).isEqualTo(255);
            Await.until("the recording", LIMIT, () -> {
                Reply sessions = admin.get("/sessions?view=all&target=eu-1");
                return sessions.body().contains("\"gateway\":\"eu-whole\"")
                        && sessions.body().contains("\"state\":\"complete\"");
            });
            String id = String.valueOf(
                    first(admin.get("/sessions?view=all&target=eu-1")).get("id"));
            assertThat(admin.post("/sessions/" + id + "/playback", Map.of("format", "text", "reason", "incident 7"))
                            .body())
                    .as("shown from where the gateway stored it")
                    .contains("through-a-gateway-of-its-own");
            assertThat(admin.get("/gateways").body())
                    .contains("\"name\":\"eu-whole\"", "\"enrolled\":true", "\"address\":\"localhost:2022\"");
            assertThat(credential("eu-1").body())
                    .contains("\"name\":\"eu-whole\"", "\"address\":\"localhost\"", "\"port\":2022");
            assertThat(credential("us-1").status()).as("no gateway reaches it").isEqualTo(503);
            assertThat(credential("us-1").text("code")).isEqualTo("credential.no-gateway");
        }
    }

    @Test
    void aTokenCountsOnceAndOnlyForWhoHasIt() throws Exception {
        Path token = Files.writeString(dir.resolve("once.token"), prepare("eu-once", "eu"));

        ProgramRun first = enroll(token, "once");
        ProgramRun second = enroll(token, "twice");

        assertThat(first.exit()).as(first.toString()).isZero();
        assertThat(second.exit()).isEqualTo(1);
        assertThat(second.stderr()).contains("gateway.token-refused");
        assertThat(dir.resolve("twice")).doesNotExist();
        assertThat(Files.getPosixFilePermissions(dir.resolve("once/gateway.key")))
                .hasSize(2);
        assertThat(dev.post("/gateways/eu-x/enrollment", Map.of("address", "localhost"))
                        .code())
                .isEqualTo("auth.missing-right");
    }

    @Test
    void thatAGatewayReachesEveryTargetHasToBeSaid() {
        String path = "/gateways/everywhere/enrollment";

        assertThat(admin.post(path, Map.of("address", "localhost")).code()).isEqualTo("input.invalid-value");
        assertThat(admin.post(path, Map.of("address", "localhost", "labels", Map.of()))
                        .code())
                .isEqualTo("input.invalid-value");
        assertThat(admin.post(
                                path,
                                Map.of("address", "localhost", "labels", Map.of("region", "eu"), "all_targets", true))
                        .code())
                .isEqualTo("input.invalid-value");
        assertThat(admin.post(path, Map.of("address", "localhost", "all_targets", true))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void cutOffFromTheServerItTakesNoSessionsAndEndsOpenOnesAfterTheGrace() throws Exception {
        try (Gateway gateway = enrolled("eu-deaf", "eu");
                ChildProcess open =
                        gateway.client("eu-1").start("echo open; sleep 600").start()) {
            open.awaitLine("open", LIMIT);

            relay.stall();
            open.awaitLine("lost the control plane", LIMIT);
            open.awaitExit(LIMIT);
            ProgramRun refused = gateway.client("eu-1").run("echo no");
            relay.restore();

            assertThat(refused.stdout()).isEmpty();
            assertThat(refused.exit()).isEqualTo(255);
            Await.until(
                    "sessions again",
                    LIMIT,
                    () -> gateway.client("eu-1").run("echo again").exit() == 0);
        }
    }

    @Test
    void killedItLeavesARecordingThatSaysItWasCutShort() throws Exception {
        try (Gateway gateway = enrolled("eu-killed", "eu")) {
            ChildProcess open =
                    gateway.client("eu-1").start("echo open; sleep 600").start();
            open.awaitLine("open", LIMIT);

            gateway.kill();
            open.awaitExit(LIMIT);
            open.close();
            gateway.start();

            Await.until(
                    "the recording",
                    LIMIT,
                    () -> admin.get("/sessions?view=all&target=eu-1").items().stream()
                            .filter(session -> "eu-killed".equals(session.get("gateway")))
                            .anyMatch(session -> session.toString().contains("state=cut short")
                                    && "closed".equals(session.get("state"))
                                    && "gateway-stopped".equals(session.get("end_reason"))));
            assertThat(gateway.client("eu-1").run("echo again").exit()).isZero();
        }
    }

    @Test
    void withdrawnItIsRefusedAtOnceAndItsSessionsEnd() throws Exception {
        try (Gateway gateway = enrolled("eu-gone", "eu");
                ChildProcess open =
                        gateway.client("eu-1").start("echo open; sleep 600").start()) {
            open.awaitLine("open", LIMIT);

            assertThat(admin.call("DELETE", "/gateways/eu-gone", Map.of(), null).status())
                    .isEqualTo(204);

            open.awaitLine("This gateway has been withdrawn", LIMIT);
            open.awaitExit(LIMIT);
            assertThat(gateway.client("eu-1").run("echo no").exit()).isEqualTo(255);
            assertThat(admin.get("/gateways").body()).doesNotContain("eu-gone");
            assertThat(admin.call("DELETE", "/gateways/eu-gone", Map.of(), null).code())
                    .isEqualTo("gateway.unknown");
        }
    }

    @Test
    void whoShowsNoCertificateGetsNoFurtherThanTheHandshake() throws Exception {
        ProgramRun without = ProgramRun.of(
                LIMIT,
                java.util.List.of(
                        "curl",
                        "-sk",
                        "-X",
                        "POST",
                        "-d",
                        "{}",
                        "https://localhost:" + remotePort + "/gateway/v1/feed"));
        Reply onTheOtherPort = world.nobody().get("/../../gateway/v1/feed");

        assertThat(without.exit()).isNotZero();
        assertThat(without.stdout()).isEmpty();
        assertThat(onTheOtherPort.status()).isGreaterThanOrEqualTo(400);
    }

    @Test
    void itRenewsItsCertificatesOverItsOwnConnectionAndANewKeyEndsTheOldOne() throws Exception {
        assertThat(enroll(Files.writeString(dir.resolve("renew.token"), prepare("eu-renew", "eu")), "renew")
                        .exit())
                .isZero();
        Path folder = dir.resolve("renew");
        HttpControlPlane plane = plane(folder);
        String before = Files.readString(folder.resolve("gateway.pem"));

        WireBodies.Renewed renewed = plane.renew(publicLineOf(folder.resolve("host_key")));
        Files.writeString(folder.resolve("gateway.pem"), renewed.certificate());

        assertThat(renewed.certificate()).isNotEqualTo(before);
        assertThat(renewed.hostCertificate()).startsWith("ssh-ed25519-cert-v01@openssh.com ");
        assertThat(plane(folder).feed(-1, Duration.ZERO).head()).isNotNegative();

        assertThat(enroll(Files.writeString(dir.resolve("renew.token"), prepare("eu-renew", "eu")), "renewed")
                        .exit())
                .isZero();
        assertThat(plane(dir.resolve("renewed")).feed(-1, Duration.ZERO).head()).isNotNegative();
        assertThatThrownBy(() -> plane(folder).feed(-1, Duration.ZERO))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("gateway.withdrawn"));
    }

    private static HttpControlPlane plane(Path folder) throws Exception {
        return new HttpControlPlane(
                URI.create("https://localhost:" + remotePort),
                MutualTls.of(
                        folder.resolve("gateway.pem"), folder.resolve("gateway.key"), folder.resolve("authority.pem")));
    }

    private static String publicLineOf(Path hostKey) throws IOException {
        return SshKeyPair.ofOpenSshText(Secret.of(Files.readString(hostKey)))
                .publicKey()
                .line();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> first(Reply list) {
        return ((java.util.List<Map<String, Object>>)
                        java.util.Objects.requireNonNull(list.json().get("items")))
                .getFirst();
    }

    private static Reply credential(String target) throws IOException {
        return dev.post("/credentials/ssh", Map.of("target", target, "public_key", publicLine(userKey)));
    }

    private static String prepare(String name, String region) {
        Reply reply = admin.post(
                "/gateways/" + name + "/enrollment",
                Map.of("address", "localhost", "port", 2022, "labels", Map.of("region", region)));
        assertThat(reply.status()).as(reply.body()).isEqualTo(201);
        return reply.text("token");
    }

    private static ProgramRun enroll(Path token, String folder) throws IOException {
        Path ca =
                Files.writeString(dir.resolve("ca.pem"), world.server().caPem().orElseThrow());
        return ProgramRun.of(
                LIMIT,
                java.util.List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        GatewayMain.class.getName(),
                        "gateway",
                        "enroll",
                        "--token-file",
                        token.toString(),
                        "--server",
                        world.server().url().toString(),
                        "--ca",
                        ca.toString(),
                        "--dir",
                        dir.resolve(folder).toString(),
                        "--listen",
                        "127.0.0.1:0"));
    }

    /** Through the relay, and with recordings where the server reads them. */
    private static Gateway enrolled(String name, String region) throws Exception {
        Path token = Files.writeString(dir.resolve(name + ".token"), prepare(name, region));
        ProgramRun enrolled = enroll(token, name);
        assertThat(enrolled.exit()).as(enrolled.toString()).isZero();
        Path config = dir.resolve(name).resolve("gateway.conf");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("localhost:" + remotePort, "localhost:" + relay.port())
                        .replaceAll("(?m)^recordings = .*$", "recordings = " + dir.resolve("recordings")));
        var gateway = new Gateway(config);
        gateway.start();
        return gateway;
    }

    private static final class Gateway implements AutoCloseable {
        private final Path config;
        private ChildProcess process;
        private int port;

        Gateway(Path config) {
            this.config = config;
            this.process = run();
        }

        private ChildProcess run() {
            return ChildJvm.of(GatewayMain.class)
                    .option("--enable-native-access=ALL-UNNAMED")
                    .run("gateway", "--config", config.toString())
                    .start();
        }

        void start() {
            if (!process.isAlive()) {
                process = run();
            }
            String line = process.awaitLine("gateway listens on", LIMIT);
            port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).strip());
        }

        /**
         * With the certificate of who is signed in, trusting the host certificate of gateways. It says nothing of targets, and
         * none is given where no gateway reaches one, so the last is used then.
         */
        SshClient client(String to) {
            try {
                Path certificate = SshKeys.publicHalf(userKey).resolveSibling("user-cert.pub");
                Reply reply = credential("eu-1");
                if (reply.status() != 503 || !Files.exists(certificate)) {
                    assertThat(reply.status()).as(reply.body()).isBetween(200, 201);
                    Files.writeString(certificate, reply.text("certificate"));
                }
                Path known = Files.writeString(dir.resolve("known"), "@cert-authority * " + authority("host") + "\n");
                return SshClient.to(ME + "@" + to, port)
                        .key(userKey)
                        .knownHosts(known)
                        .option("HostKeyAlias=localhost");
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        String output() {
            return process.output();
        }

        void kill() {
            process.kill();
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
