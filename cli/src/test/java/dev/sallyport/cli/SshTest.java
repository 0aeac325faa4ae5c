package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.ContractServer.Reply;
import dev.sallyport.cli.output.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real ssh, scp and sshd. */
class SshTest {
    private static final String USER = System.getProperty("user.name");

    @TempDir
    Path home;

    private ContractServer server;
    private Person dev;
    private Process sshd;
    private int port;
    private volatile Duration life = Duration.ofMinutes(10);

    @BeforeEach
    void start() throws Exception {
        server = new ContractServer();
        dev = Person.at(home, Clock.systemUTC());
        assertThat(dev.signsIn(server).exit()).isZero();
        startSshd();
        server.route("POST /credentials/ssh", this::issue);
        server.route("GET /leases/lse_1", "{\"state\":\"issued\"}");
        Path launcher = home.resolve("sallyport-launcher");
        Files.writeString(
                launcher,
                "#!/bin/sh\nexec '%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '%s' %s \"$@\"\n"
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin/java"),
                                System.getProperty("java.class.path"),
                                Main.class.getName()));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        dev.environment().put("SALLYPORT_COMMAND", launcher.toString());
    }

    @AfterEach
    void stop() throws InterruptedException {
        sshd.destroy();
        sshd.waitFor(5, TimeUnit.SECONDS);
        server.close();
        assertThat(server.complaints).isEmpty();
    }

    @Test
    void sshGetsInAndPassesTheExitStatusThrough() throws Exception {
        assertThat(run(launcher("ssh", "web-1", "--", "echo in; exit 7"))).isEqualTo("in\n-> 7");
        assertThat(run(launcher("ssh", USER + "@web-1", "-q", "-T", "id -un"))).isEqualTo(USER + "\n-> 0");
    }

    @Test
    void scpCopiesThereAndBack() throws Exception {
        Path there = home.resolve("there.txt");
        Path source = Files.writeString(home.resolve("source.txt"), "content");
        assertThat(run(launcher("scp", "-q", source.toString(), "web-1:" + there)))
                .isEqualTo("-> 0");
        assertThat(there).hasContent("content");
    }

    @Test
    void theNearestGatewayThatAnswersIsTakenUnlessAnotherIsNamed() throws Exception {
        server.route("POST /credentials/ssh", call -> {
            Reply direct = issue(call);
            return new Reply(direct.status(), direct.body().replaceFirst("\\{", """
                            {"gateways":[{"name":"far","address":"127.0.0.1","port":1},\
                            {"name":"near","address":"127.0.0.1","port":%d}],""".formatted(port)), direct.headers());
        });

        assertThat(run(launcher("ssh", "web-1", "echo in"))).isEqualTo("in\n-> 0");
        assertThat(run(launcher("ssh", "--gateway", "near", "web-1", "echo in")))
                .isEqualTo("in\n-> 0");
        assertThat(run(launcher("ssh", "--gateway", "far", "web-1", "echo in"))).isEqualTo("-> 255");
        assertThat(dev.types("ssh --gateway elsewhere web-1").shown()).isEqualTo("""
                        ! ssh.wrong-gateway: gateway "elsewhere" does not reach web-1 (expected: one of far, near)
                        hint: --gateway far
                        -> 1
                        """);
        Path config = Files.createDirectories(home.resolve(".ssh")).resolve("config");
        dev.types("ssh-config --install");
        assertThat(run(List.of("ssh", "-F", config.toString(), "web-1.sallyport", "echo plain")))
                .isEqualTo("plain\n-> 0");
        dev.environment().put("SALLYPORT_GATEWAY", "far");
        assertThat(run(List.of("ssh", "-F", config.toString(), "-G", "web-1.sallyport")))
                .contains("port 1\n");
    }

    @Test
    void plainSshGetsInByItsConfiguration() throws Exception {
        Path config = home.resolve(".ssh/config");
        Files.createDirectories(config.getParent());
        Files.writeString(config, "Host other\n  User somebody\n");
        assertThat(dev.types("ssh-config --install").err()).contains("first line of " + config);
        assertThat(dev.types("ssh-config --install").err()).contains("unchanged: " + config);
        assertThat(run(List.of("ssh", "-F", config.toString(), "web-1.sallyport", "echo plain")))
                .isEqualTo("plain\n-> 0");
        assertThat(run(List.of("ssh", "-F", config.toString(), "-G", "web-1.sallyport")))
                .contains(
                        "hostname 127.0.0.1\n", "port " + port + "\n", "hostkeyalias web-1\n", "identitiesonly yes\n");
        assertThat(run(List.of("ssh", "-F", config.toString(), "-G", "other")))
                .contains("user somebody\n", "port 22\n");
        assertThat(server.sent("POST /credentials/ssh")).hasSize(1);
        dev.types("ssh-config --uninstall");
        assertThat(config).hasContent("Host other\n  User somebody\n");
        assertThat(home.resolve(".ssh/config.d/sallyport")).doesNotExist();
    }

    @Test
    void aHostWithAnotherKeyIsNotBelieved() throws Exception {
        String stranger = publicKey(keygen("stranger"));
        server.route(
                "POST /credentials/ssh",
                call -> new Reply(
                        201,
                        issue(call).body().replaceFirst("@cert-authority[^\"]*", "@cert-authority web-1 " + stranger),
                        java.util.Map.of()));
        assertThat(run(launcher("ssh", "web-1", "echo in"))).isEqualTo("-> 255");
    }

    @Test
    void withoutAGrantTheServerSaysWhatToDo() {
        server.route(
                "POST /credentials/ssh",
                _ -> ContractServer.problem(
                        403,
                        "credential.no-grant",
                        "no grant of yours runs on web-1",
                        "sallyport request ops web-1 --for 1h"));
        assertThat(dev.types("ssh web-1").shown()).isEqualTo("""
                        ! credential.no-grant: no grant of yours runs on web-1
                        hint: sallyport request ops web-1 --for 1h
                        -> 2
                        """);
    }

    @Test
    void aCertificateIsRenewedOnceHalfOfItsLifeIsGone() {
        dev.types("credential ssh web-1");
        dev.types("credential ssh web-1");
        assertThat(server.sent("POST /credentials/ssh")).hasSize(1);
        var later = new Person(home, Clock.offset(Clock.systemUTC(), Duration.ofMinutes(6)), dev.environment());
        server.lifetime = 6000;
        server.clockTolerance = 600;
        dev.signsIn(server);
        later.types("credential ssh web-1");
        var sent = server.sent("POST /credentials/ssh");
        assertThat(sent).hasSize(2);
        assertThat(Json.text(sent.get(1), "public_key")).isEqualTo(Json.text(sent.get(0), "public_key"));
    }

    @Test
    void aCertificateWhoseGrantHasEndedIsNotTriedAgain() {
        dev.types("credential ssh web-1");
        server.route("GET /leases/lse_1", "{\"state\":\"closed\"}");
        dev.types("credential ssh web-1");
        assertThat(server.sent("POST /credentials/ssh")).hasSize(2);
    }

    @Test
    void aKeyIsNotUsedAgainAfterItsCertificateHasEnded() {
        life = Duration.ofSeconds(-1);
        dev.types("credential ssh web-1");
        dev.types("credential ssh web-1");
        var sent = server.sent("POST /credentials/ssh");
        assertThat(sent).hasSize(2);
        assertThat(Json.text(sent.get(1), "public_key")).isNotEqualTo(Json.text(sent.get(0), "public_key"));
    }

    @Test
    void keyAndCertificateAreWrittenForOtherPrograms() throws Exception {
        var ended = dev.types("credential ssh web-1 --out " + home.resolve("out") + " -o json");
        assertThat(ended.exit()).isZero();
        assertThat(ended.out()).doesNotContain("PRIVATE KEY");
        Path key = home.resolve("out/id_ed25519");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(run(List.of("ssh-keygen", "-y", "-f", key.toString()))).startsWith("ssh-ed25519 ");
        assertThat(run(List.of("ssh-keygen", "-L", "-f", key + "-cert.pub"))).contains("web-1/" + USER);
    }

    @Test
    void namesThatAreNoNamesNeverBecomePathsOrOptions() {
        for (String word : List.of("../x", "a/../b", "ROOT@-oProxyCommand=x", "-l@web-1", "x;y")) {
            assertThat(dev.types("credential ssh -- " + word).exit()).isEqualTo(64);
            assertThat(dev.types("ssh -- " + word).exit()).isEqualTo(64);
        }
        assertThat(server.sent("POST /credentials/ssh")).isEmpty();
    }

    @Test
    void sshsOwnOptionsStandAfterTheTarget() {
        assertThat(dev.types("ssh -v web-1").err()).isEqualTo("""
                        ! usage: ssh: "-v" before the target (expected: ssh's options after it)
                        hint: sallyport ssh TARGET -v
                        """);
    }

    @Test
    void theAgentHoldsTheCertificateUntilItEnds() throws Exception {
        dev.environment().put("SSH_AUTH_SOCK", "");
        assertThat(dev.types("ssh --agent web-1").err()).startsWith("! ssh.no-agent: ");
        Path socket = home.resolve("agent.sock");
        Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Instant deadline = Instant.now().plusSeconds(10);
            while (!Files.exists(socket)) {
                assertThat(Instant.now()).isBefore(deadline);
                Thread.sleep(20);
            }
            dev.environment().put("SSH_AUTH_SOCK", socket.toString());
            assertThat(run(launcher("ssh", "--agent", "web-1", "echo in"))).isEqualTo("in\n-> 0");
            assertThat(run(List.of("ssh-add", "-l"))).contains("ED25519-CERT");
        } finally {
            agent.destroy();
            agent.waitFor(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void casAndRevocationsNeedNoGrant() throws Exception {
        server.route("GET /ssh/cas", """
                {"access":[],"target":[{"public_key":"ssh-ed25519 AAAA","fingerprint":"SHA256:x","state":"active"}],"host":[]}""");
        server.route("GET /ssh/krl", _ -> new Reply(200, "KRL", java.util.Map.of("Sallyport-Krl-Version", "5")));
        assertThat(dev.types("ssh-ca web-1").out())
                .contains("cert-authority,principals=\"web-1/LOGIN\" ssh-ed25519 AAAA\n", "\nRevokedKeys ");
        assertThat(dev.types("krl --out " + home.resolve("krl")).out()).startsWith("version 5 written to ");
        assertThat(home.resolve("krl")).hasContent("KRL");
    }

    private Reply issue(ContractServer.Call call) {
        try {
            Path key = Files.writeString(
                    Files.createTempFile(home, "asked", ".pub"), Json.text(call.body(), "public_key"));
            run(List.of(
                    "ssh-keygen",
                    "-q",
                    "-s",
                    home.resolve("ca").toString(),
                    "-I",
                    "test",
                    "-n",
                    "web-1/" + USER,
                    "-V",
                    "-1m:+10m",
                    key.toString()));
            String certificate = Files.readString(Path.of(key.toString().replace(".pub", "-cert.pub")))
                    .strip();
            var answer = Json.object()
                    .put("certificate", certificate)
                    .put("expires_at", Instant.now().plus(life).toString())
                    .put("grant", "grt_1")
                    .put("grant_ends_at", "2100-01-01T00:00:00Z")
                    .put("login", USER)
                    .put("host", "127.0.0.1")
                    .put("port", port);
            answer.putObject("lease").put("id", "lse_1");
            answer.putArray("known_hosts").add("@cert-authority web-1 " + publicKey(home.resolve("host-ca")));
            return Reply.of(201, Json.compact(answer));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void startSshd() throws Exception {
        Path ca = keygen("ca");
        Path hostCa = keygen("host-ca");
        Path host = keygen("host");
        run(List.of("ssh-keygen", "-q", "-s", hostCa.toString(), "-I", "host", "-h", "-n", "web-1", host + ".pub"));
        Path authorized = home.resolve("authorized");
        Files.writeString(authorized, "cert-authority,principals=\"web-1/%s\" %s\n".formatted(USER, publicKey(ca)));
        if (USER.equals("root")) {
            Files.createDirectories(Path.of("/run/sshd"));
        }
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path config = Files.writeString(home.resolve("sshd_config"), """
                Port %d
                ListenAddress 127.0.0.1
                HostKey %s
                HostCertificate %s-cert.pub
                AuthorizedKeysFile %s
                PidFile none
                UsePAM no
                StrictModes no
                PasswordAuthentication no
                PermitRootLogin prohibit-password
                SetEnv HOME=%s
                Subsystem sftp internal-sftp
                """.formatted(port, host, host, authorized, home));
        sshd = new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("sshd.log").toFile())
                .start();
        Instant deadline = Instant.now().plusSeconds(20);
        while (!answers()) {
            assertThat(Instant.now())
                    .as(Files.readString(home.resolve("sshd.log")))
                    .isBefore(deadline);
            Thread.sleep(20);
        }
    }

    private boolean answers() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    private Path keygen(String name) throws Exception {
        Path file = home.resolve(name);
        run(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file.toString()));
        return file;
    }

    private static String publicKey(Path key) throws IOException {
        String[] words = Files.readString(Path.of(key + ".pub")).split(" ");
        return words[0] + " " + words[1];
    }

    private List<String> launcher(String... words) {
        var command = new java.util.ArrayList<String>();
        command.add(home.resolve("sallyport-launcher").toString());
        command.addAll(List.of(words));
        return command;
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        builder.environment().putAll(dev.environment());
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return out + "-> " + process.exitValue();
    }
}
