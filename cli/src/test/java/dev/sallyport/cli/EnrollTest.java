package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.ContractServer.Reply;
import dev.sallyport.cli.output.Json;
import dev.sallyport.formats.ssh.Krl;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.formats.ssh.SshSignature;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host set up and put back, with the real sshd, ssh and the script a host runs. */
class EnrollTest {
    private static final String USER = System.getProperty("user.name");
    private static final Path HOST_SCRIPT =
            Path.of("../core/src/main/resources/dev/sallyport/credential/sallyport-host");

    private static final String KEY_ID =
            "breakglass kit=bgk_" + "1".repeat(26) + " use=bgu_" + "2".repeat(26) + " reason=sha256:0123456789abcdef";
    private static final Path PRINCIPALS_SCRIPT = HOST_SCRIPT.resolveSibling("sallyport-principals");

    @TempDir
    Path home;

    private ContractServer server;
    private Person dev;
    private Path tree;
    private int port;
    private final List<Process> children = new ArrayList<>();
    private final SshKeyPair krlKey = SshKeys.generateEd25519(null);
    private volatile SshKeyPair signer = krlKey;
    private volatile List<Long> revoked = List.of();
    private volatile List<SshKeyPair> emergency = List.of();
    private volatile List<SshKeyPair> distrusted = List.of();
    private volatile long version = 1;
    private final AtomicInteger tokens = new AtomicInteger();
    private volatile String token = "";
    private volatile String ca = "";

    @BeforeEach
    void start() throws Exception {
        server = new ContractServer();
        dev = Person.at(home, Clock.systemUTC());
        assertThat(dev.signsIn(server).exit()).isZero();
        keygen(home.resolve("ca"));
        keygen(home.resolve("host-ca"));
        keygen(home.resolve("key"));
        ca = publicKey(home.resolve("ca"));
        tree = Files.createDirectories(home.resolve("tree"));
        Path etc = tree.resolve("etc/ssh");
        Files.createDirectories(etc.resolve("sshd_config.d"));
        keygen(etc.resolve("ssh_host_ed25519_key"));
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.writeString(config(), """
                Include %s/sshd_config.d/*.conf
                Port %d
                ListenAddress 127.0.0.1
                HostKey %s/ssh_host_ed25519_key
                AuthorizedKeysFile %s/own_keys
                PidFile none
                UsePAM no
                StrictModes no
                PasswordAuthentication no
                PermitRootLogin prohibit-password
                SetEnv HOME=%s
                """.formatted(etc, port, etc, etc, home));
        if (USER.equals("root")) {
            Files.createDirectories(Path.of("/run/sshd"));
        }
        routes();
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Process child : children) {
            child.destroy();
            child.waitFor(5, TimeUnit.SECONDS);
        }
        server.close();
        assertThat(server.complaints).isEmpty();
    }

    @Test
    void anEnrolledHostLetsCertificatesInUntilTheyAreRevoked() throws Exception {
        assertThat(enroll("--yes").exit()).isZero();
        startSshd();
        certify(7);

        assertThat(ssh("echo in")).isEqualTo("in\n-> 0");
        assertThat(server.sent("POST /ssh/krl-confirmations")).isNotEmpty();

        revoked = List.of(7L);
        version = 2;
        assertThat(run(List.of("bash", ours("sallyport-host"), ours(""), "once")))
                .isEqualTo("-> 0");
        assertThat(ssh("echo in")).isEqualTo("-> 255");
        assertThat(Files.readString(Path.of(ours("status")))).startsWith("state=fresh version=2 confirmed_at=20");
    }

    /** The statement of keys of this version: signers of lists and target authorities, signed by these. */
    private void announces(int number, List<String> lines, SshKeyPair... vouchers) {
        String text = "sallyport-keys 1\nversion " + number + "\n" + String.join("\n", lines) + "\n";
        var signatures = new StringBuilder();
        for (SshKeyPair voucher : vouchers) {
            signatures.append(
                    SshSignature.sign(voucher.signer(null), "keys@sallyport", text.getBytes(StandardCharsets.UTF_8)));
        }
        server.route("GET /ssh/keys", _ -> new Reply(200, text, Map.of("Content-Type", "text/plain")));
        server.route(
                "GET /ssh/keys.sig", _ -> new Reply(200, signatures.toString(), Map.of("Content-Type", "text/plain")));
        server.route(
                "GET /ssh/krl",
                _ -> new Reply(
                        200,
                        new String(krl(), StandardCharsets.ISO_8859_1),
                        Map.of(
                                "Sallyport-Krl-Version",
                                "" + version,
                                "Sallyport-Keys-Version",
                                "" + number,
                                "Content-Type",
                                "application/octet-stream")));
    }

    private String hostRuns() throws Exception {
        return run(List.of("bash", ours("sallyport-host"), ours(""), "once"));
    }

    @Test
    void aHostLearnsNewKeysFromOnesItKnowsAndNothingFromOthers() throws Exception {
        SshKeyPair targetKey = SshKeys.generateEd25519(null);
        ca = targetKey.publicKey().line();
        assertThat(enroll("--yes").exit()).isZero();
        String authorized = ours("authorized/" + USER);
        SshKeyPair nextList = SshKeys.generateEd25519(null);
        SshKeyPair nextTarget = SshKeys.generateEd25519(null);
        SshKeyPair stranger = SshKeys.generateEd25519(null);
        List<String> all = List.of(
                "krl " + nextList.publicKey().line(),
                "krl " + krlKey.publicKey().line(),
                "target " + nextTarget.publicKey().line(),
                "target " + ca);
        String signers = Files.readString(Path.of(ours("allowed_signers")));

        // a stranger vouches for nothing, and who signs lists not for who signs certificates
        announces(10, all, stranger);
        assertThat(hostRuns()).isEqualTo("-> 0");
        assertThat(Path.of(ours("allowed_signers"))).hasContent(signers);
        announces(11, all, krlKey);
        assertThat(hostRuns()).isEqualTo("-> 0");
        assertThat(Path.of(ours("allowed_signers")))
                .content()
                .contains(nextList.publicKey().line());
        assertThat(Path.of(authorized))
                .content()
                .doesNotContain(nextTarget.publicKey().line());
        assertThat(Path.of(ours("keys.version"))).doesNotExist();

        announces(12, all, targetKey, krlKey);
        assertThat(hostRuns()).isEqualTo("-> 0");

        assertThat(Path.of(authorized))
                .hasContent("""
                cert-authority,principals="web-1/%1$s" %2$s
                cert-authority,principals="web-1/%1$s" %3$s
                """.formatted(USER, nextTarget.publicKey().line(), ca));
        assertThat(Path.of(ours("keys.version"))).hasContent("12\n");
        // what it learned counts: a list of the next signer is taken
        signer = nextList;
        version = 2;
        assertThat(hostRuns()).isEqualTo("-> 0");
        assertThat(Path.of(ours("revoked.version"))).hasContent("2\n");

        // an older statement does not bring back what is gone, and one that is no statement changes nothing
        announces(11, List.of("krl " + krlKey.publicKey().line(), "target " + ca), krlKey, targetKey);
        hostRuns();
        announces(13, List.of("krl " + krlKey.publicKey().line(), "target " + ca + " x\" y"), krlKey, targetKey);
        hostRuns();
        assertThat(Path.of(ours("keys.version"))).hasContent("12\n");
        assertThat(Path.of(authorized))
                .content()
                .contains(nextTarget.publicKey().line());
    }

    /** The login with a certificate that the real ssh-keygen signed. */
    private String breakGlass(SshKeyPair kit, String principals, String... more) throws Exception {
        Path authority = home.resolve("kit");
        Files.writeString(authority, kit.openSshText().reveal());
        Files.setPosixFilePermissions(authority, PosixFilePermissions.fromString("rw-------"));
        var command =
                new ArrayList<>(List.of("ssh-keygen", "-q", "-s", authority.toString(), "-z", "1", "-n", principals));
        command.addAll(List.of(more));
        if (!command.contains("-I")) {
            command.addAll(List.of("-I", KEY_ID));
        }
        command.add(home.resolve("key.pub").toString());
        assertThat(run(command)).isEqualTo("-> 0");
        return ssh("echo in");
    }

    @Test
    void aKitOpensTheAccountsThatEnrolmentOpenedForAnHourAtMost() throws Exception {
        SshKeyPair kit = SshKeys.generateEd25519(null);
        String principal = "breakglass:web-1/" + USER;
        emergency = List.of(kit);
        assertThat(enroll("--yes").err()).contains("+TrustedUserCAKeys " + ours("emergency_ca.pub"));
        startSshd();

        assertThat(breakGlass(kit, principal, "-V", "-1m:+59m")).isEqualTo("in\n-> 0");
        assertThat(breakGlass(kit, principal, "-V", "-1m:+60m"))
                .as("61 minutes")
                .isEqualTo("-> 255");
        assertThat(breakGlass(kit, principal)).as("for ever").isEqualTo("-> 255");
        assertThat(breakGlass(kit, principal, "-V", "-2h:-1h30m")).as("over").isEqualTo("-> 255");
        String serial = "\"\n        Serial: 1";
        String valid = "\n        Valid: from 2026-01-01T00:00:00 to 2026-01-01T00:30:00\n\"";
        for (String id : List.of(
                "somebody",
                KEY_ID + "x".repeat(1500),
                KEY_ID + " (serial 1) CA ED25519 SHA256:x",
                "x\"" + valid,
                KEY_ID + serial + valid,
                KEY_ID + serial + "\n",
                KEY_ID + serial)) {
            for (String length : List.of("+30m", "+520w")) {
                assertThat(breakGlass(kit, principal, "-V", "-1m:" + length, "-I", id))
                        .as(id)
                        .isEqualTo("-> 255");
            }
        }
        for (String other :
                List.of("web-1/" + USER, "breakglass:web-2/" + USER, "breakglass:web-1/deploy", USER, "breakglass")) {
            assertThat(breakGlass(kit, other, "-V", "-1m:+30m")).as(other).isEqualTo("-> 255");
        }
        assertThat(breakGlass(SshKeys.generateEd25519(null), principal, "-V", "-1m:+30m"))
                .as("another kit")
                .isEqualTo("-> 255");
        Files.delete(Path.of(ours("authorized/" + USER)));
        assertThat(breakGlass(kit, principal, "-V", "-1m:+30m"))
                .as("not opened")
                .isEqualTo("-> 255");
    }

    @Test
    void theTargetAuthorityDoesNotOpenWhatAKitOpensNorTheOtherWayRound() throws Exception {
        SshKeyPair targetKey = SshKeys.generateEd25519(null);
        ca = targetKey.publicKey().line();
        SshKeyPair kit = SshKeys.generateEd25519(null);
        emergency = List.of(kit);
        assertThat(enroll("--yes").exit()).isZero();
        startSshd();

        assertThat(breakGlass(targetKey, "web-1/" + USER, "-V", "-1m:+2h")).isEqualTo("in\n-> 0");
        assertThat(breakGlass(targetKey, "breakglass:web-1/" + USER, "-V", "-1m:+30m"))
                .isEqualTo("-> 255");
        assertThat(breakGlass(kit, "web-1/" + USER, "-V", "-1m:+30m")).isEqualTo("-> 255");
    }

    @Test
    void aHostLearnsOfKitsFromATargetAuthorityAloneAndForgetsThem() throws Exception {
        SshKeyPair targetKey = SshKeys.generateEd25519(null);
        ca = targetKey.publicKey().line();
        SshKeyPair kit = SshKeys.generateEd25519(null);
        SshKeyPair next = SshKeys.generateEd25519(null);
        assertThat(enroll("--yes").exit()).isZero();
        startSshd();
        Path authorities = Path.of(ours("emergency_ca.pub"));
        String principal = "breakglass:web-1/" + USER;
        List<String> before = List.of("krl " + krlKey.publicKey().line(), "target " + ca);
        List<String> with = new ArrayList<>(before);
        with.add("emergency " + kit.publicKey().line());

        assertThat(authorities).isEmptyFile();
        assertThat(breakGlass(kit, principal, "-V", "-1m:+30m")).isEqualTo("-> 255");
        announces(10, with, krlKey);
        hostRuns();
        assertThat(authorities).as("who signs lists says nothing of kits").isEmptyFile();
        announces(11, with, krlKey, targetKey);
        hostRuns();
        assertThat(breakGlass(kit, principal, "-V", "-1m:+30m")).isEqualTo("in\n-> 0");

        // a kit vouches for nothing, not even for its successor
        announces(
                12,
                List.of(
                        before.get(0),
                        before.get(1),
                        "emergency " + next.publicKey().line()),
                krlKey,
                kit);
        hostRuns();
        assertThat(authorities).hasContent(kit.publicKey().line() + "\n");

        // refused by the list at once, forgotten with the next statement
        distrusted = List.of(kit);
        version = 2;
        announces(12, before, krlKey);
        hostRuns();
        assertThat(authorities).isNotEmptyFile();
        assertThat(breakGlass(kit, principal, "-V", "-1m:+30m")).isEqualTo("-> 255");
        announces(13, before, krlKey, targetKey);
        hostRuns();
        assertThat(authorities).isEmptyFile();
    }

    @Test
    void aHostWithAnotherUserAuthorityIsEnrolledWithoutBreakGlassOnly() throws Exception {
        Path other = tree.resolve("etc/ssh/sshd_config.d/10-other.conf");
        for (String line : List.of("TrustedUserCAKeys /etc/other.pub", "AuthorizedPrincipalsFile /etc/principals/%u")) {
            Files.writeString(other, line + "\n");

            assertThat(enroll("--yes").shown()).contains("! enroll.other-user-authority: ", "--no-break-glass");

            assertThat(enroll("--yes --no-break-glass").exit()).isZero();
            assertThat(Path.of(ours("emergency_ca.pub"))).doesNotExist();
            assertThat(enroll("--undo --yes").exit()).isZero();
        }
    }

    @Test
    void undoLeavesEverythingAsItWas() throws Exception {
        Map<String, String> before = snapshot();
        assertThat(enroll("--yes").exit()).isZero();
        assertThat(snapshot()).isNotEqualTo(before);

        Person.Ended undone = enroll("--undo --yes");

        assertThat(undone.shown()).contains("is as it was before", "-> 0");
        assertThat(snapshot()).isEqualTo(before);
        assertThat(token).isEmpty();
        assertThat(enroll("--undo --yes").err()).contains("! enroll.not-enrolled: ");
    }

    @Test
    void undoRestoresAFileThatWasThere() throws Exception {
        Path dropIn = tree.resolve("etc/ssh/sshd_config.d/50-sallyport.conf");
        Files.writeString(dropIn, "# by hand\nMaxAuthTries 3\n");
        Files.setPosixFilePermissions(dropIn, PosixFilePermissions.fromString("rw-r-----"));
        Map<String, String> before = snapshot();

        assertThat(enroll("--yes").err()).contains("change " + dropIn + " (mode 644 instead of 640)", "-# by hand");
        enroll("--undo --yes");

        assertThat(snapshot()).isEqualTo(before);
    }

    @Test
    void enrollingAgainChangesNothing() throws Exception {
        assertThat(enroll("--yes").exit()).isZero();
        Map<String, String> enrolled = snapshot();

        Person.Ended again = enroll("");

        assertThat(again.shown()).contains("nothing to change: this machine is enrolled as web-1", "-> 0");
        assertThat(snapshot()).isEqualTo(enrolled);
        assertThat(tokens.get()).isEqualTo(1);
    }

    @Test
    void enrollingAgainChangesOnlyWhatDiffers() throws Exception {
        Map<String, String> before = snapshot();
        assertThat(enroll("--yes").exit()).isZero();
        keygen(home.resolve("next-ca"));
        ca = publicKey(home.resolve("next-ca"));

        Person.Ended again = enroll("--yes -o json");

        assertThat(Json.texts(Json.read(again.out()).path("changed"))).containsExactly(ours("authorized/" + USER));
        assertThat(tokens.get()).isEqualTo(1);
        enroll("--undo --yes");
        assertThat(snapshot()).isEqualTo(before);
    }

    @Test
    void everyChangeIsShownFirstAndNothingHappensWithoutAYes() throws Exception {
        Map<String, String> before = snapshot();

        Person.Ended shown = enroll("");

        assertThat(shown.exit()).isEqualTo(1);
        assertThat(shown.err())
                .contains(
                        "create " + ours("authorization") + " (root, mode 600)",
                        "(secret, not shown)",
                        "  +cert-authority,principals=\"web-1/" + USER + "\" " + ca,
                        "  +RevokedKeys " + ours("revoked.krl"),
                        "  +AuthorizedKeysFile " + tree + "/etc/ssh/own_keys " + ours("authorized/%u"),
                        "! enroll.not-confirmed: nothing was changed");
        assertThat(snapshot()).isEqualTo(before);
        assertThat(tokens.get()).isZero();
    }

    @Test
    void aHostWhoseSshdIsBrokenIsLeftAlone() throws Exception {
        Files.writeString(config(), Files.readString(config()) + "NoSuchOption yes\n");
        Map<String, String> before = snapshot();

        assertThat(enroll("--yes").shown()).contains("! enroll.broken-sshd: ", "NoSuchOption", "-> 1");

        assertThat(snapshot()).isEqualTo(before);
        assertThat(tokens.get()).isZero();
    }

    @Test
    void aConfigurationThatDoesNotReadDropInsIsLeftAlone() throws Exception {
        Files.writeString(
                config(),
                "Match User nobody\n"
                        + Files.readString(config()).lines().findFirst().orElseThrow() + "\n");
        assertThat(enroll("--yes").shown()).contains("! enroll.no-include: ", "-> 1");
    }

    @Test
    void everythingIsPutBackWhenSshdWouldNotUseIt() throws Exception {
        Files.writeString(tree.resolve("etc/ssh/sshd_config.d/10-first.conf"), "AuthorizedKeysFile none\n");
        Map<String, String> before = snapshot();

        Person.Ended ended = enroll("--yes");

        assertThat(ended.shown())
                .contains("authorizedkeysfile is set before", "put back: everything is as it was", "! enroll.failed: ");
        assertThat(snapshot()).isEqualTo(before);
        assertThat(token).isEmpty();
    }

    @Test
    void everythingIsPutBackWhenTheListIsSignedBySomebodyElse() throws Exception {
        Map<String, String> before = snapshot();
        signer = SshKeys.generateEd25519(null);

        assertThat(enroll("--yes").shown()).contains("the signature of list 1 is wrong", "put back: ", "-> 1");

        assertThat(snapshot()).isEqualTo(before);
        assertThat(token).isEmpty();
    }

    @Test
    void aChangeThatFailsLeavesTheEarlierEnrolment() throws Exception {
        assertThat(enroll("--yes").exit()).isZero();
        Map<String, String> enrolled = snapshot();
        ca = publicKey(home.resolve("host-ca"));
        signer = SshKeys.generateEd25519(null);
        version = 2;

        assertThat(enroll("--yes").exit()).isEqualTo(1);

        assertThat(snapshot()).isEqualTo(enrolled);
        assertThat(token).isNotEmpty();
    }

    @Test
    void aHostIsReachedThroughPlainSsh() throws Exception {
        Files.writeString(tree.resolve("etc/ssh/own_keys"), publicKey(home.resolve("key")) + "\n");
        Map<String, String> before = snapshot();
        startSshd();
        String way = "--host %s@127.0.0.1:%d --root %s --login %s --yes".formatted(USER, port, tree, USER);
        String options = " -- -F none -i %s -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
                .formatted(home.resolve("key"));

        assertThat(dev.types("targets enroll web-1 " + way + options).shown())
                .contains(USER + "@127.0.0.1 is enrolled as web-1", "-> 0");
        assertThat(dev.types("targets enroll web-1 --undo " + way + options).exit())
                .isZero();
        assertThat(snapshot()).isEqualTo(before);
    }

    @Test
    void aHostThatIsGoneIsWithdrawnAtTheServerAlone() {
        token = "sph_1";
        assertThat(dev.types("targets enroll web-1 --undo --yes").out()).startsWith("web-1 is not enrolled any more");
        assertThat(token).isEmpty();
        assertThat(dev.types("targets enroll web-1").exit()).isEqualTo(64);
    }

    @Test
    void aServerCannotNameAFileOutsideTheFolder() throws Exception {
        server.route("GET /targets/web-1/enrollment", _ -> Reply.of(200, offer("../../cron.d/x")));
        assertThat(enroll("--yes").err()).contains("! enroll.unusable-answer: ");
    }

    private Person.Ended enroll(String more) {
        return dev.types("targets enroll web-1 --local --root %s --login %s %s".formatted(tree, USER, more));
    }

    private void routes() {
        server.route("GET /targets/web-1/enrollment", _ -> Reply.of(200, offer(USER)));
        server.route("POST /targets/web-1/enrollment", call -> {
            assertThat(Json.texts(call.body().path("logins"))).containsExactly(USER);
            token = "sph_" + tokens.incrementAndGet();
            return Reply.of(201, Json.compact(Json.object().put("host_token", token)));
        });
        server.route("DELETE /targets/web-1/enrollment", _ -> {
            token = "";
            return Reply.of(204, "");
        });
        server.route("POST /targets/web-1/host-certificate", call -> Reply.of(200, hostCertificate(call)));
        server.route(
                "GET /ssh/krl",
                _ -> new Reply(
                        200,
                        new String(krl(), StandardCharsets.ISO_8859_1),
                        Map.of("Sallyport-Krl-Version", "" + version, "Content-Type", "application/octet-stream")));
        server.route(
                "GET /ssh/krl.sig", _ -> Reply.of(200, SshSignature.sign(signer.signer(null), "krl@sallyport", krl())));
        server.route("POST /ssh/krl-confirmations", _ -> Reply.of(204, ""));
    }

    private String offer(String login) {
        var offer = Json.object().put("target", "web-1").put("server_url", server.url());
        offer.putObject("authorized_keys")
                .putArray(login)
                .add("cert-authority,principals=\"web-1/" + login + "\" " + ca);
        offer.putArray("krl_signer").add(krlKey.publicKey().line());
        try {
            var authorities = offer.putArray("emergency_ca");
            emergency.forEach(key -> authorities.add(key.publicKey().line()));
            offer.put("host_script", Files.readString(HOST_SCRIPT));
            offer.put("principals_script", Files.readString(PRINCIPALS_SCRIPT));
            if (!token.isEmpty()) {
                offer.put(
                        "host_token_fingerprint",
                        HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256")
                                        .digest(token.getBytes(StandardCharsets.UTF_8))));
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return Json.compact(offer);
    }

    private byte[] krl() {
        var list = Krl.builder(version, Instant.EPOCH);
        revoked.forEach(serial -> list.serial(SshPublicKey.parse(ca), serial));
        distrusted.forEach(key -> list.key(key.publicKey()));
        return list.toBytes();
    }

    private String hostCertificate(ContractServer.Call call) {
        try {
            Path key =
                    Files.writeString(Files.createTempFile(home, "host", ".pub"), Json.text(call.body(), "public_key"));
            run(List.of(
                    "ssh-keygen",
                    "-q",
                    "-s",
                    home.resolve("host-ca").toString(),
                    "-I",
                    "host",
                    "-h",
                    "-n",
                    "web-1",
                    "-V",
                    "-1m:+30d",
                    key.toString()));
            return Json.compact(Json.object()
                    .put(
                            "certificate",
                            Files.readString(Path.of(key.toString().replace(".pub", "-cert.pub")))
                                    .strip()));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void certify(long serial) throws Exception {
        run(List.of(
                "ssh-keygen",
                "-q",
                "-s",
                home.resolve("ca").toString(),
                "-I",
                "test",
                "-z",
                "" + serial,
                "-n",
                "web-1/" + USER,
                "-V",
                "-1m:+10m",
                home.resolve("key") + ".pub"));
    }

    /** Believes the host by its certificate alone. */
    private String ssh(String command) throws Exception {
        Path known = Files.writeString(
                home.resolve("known_hosts"), "@cert-authority web-1 " + publicKey(home.resolve("host-ca")) + "\n");
        return run(List.of(
                "ssh",
                "-F",
                "none",
                "-q",
                "-o",
                "BatchMode=yes",
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "IdentityAgent=none",
                "-o",
                "StrictHostKeyChecking=yes",
                "-o",
                "UserKnownHostsFile=" + known,
                "-o",
                "HostKeyAlias=web-1",
                "-i",
                home.resolve("key").toString(),
                "-p",
                "" + port,
                USER + "@127.0.0.1",
                command));
    }

    private void startSshd() throws Exception {
        Path log = home.resolve("sshd.log");
        children.add(new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", config().toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start());
        Instant deadline = Instant.now().plusSeconds(20);
        while (!answers()) {
            assertThat(Instant.now()).as(Files.readString(log)).isBefore(deadline);
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

    /** Everything below the tree: kind, mode and content. */
    private Map<String, String> snapshot() throws Exception {
        var found = new TreeMap<String, String>();
        try (var paths = Files.walk(tree)) {
            for (Path path : paths.toList()) {
                String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                found.put(
                        path.toString(),
                        mode + (Files.isDirectory(path) ? "" : HexFormat.of().formatHex(Files.readAllBytes(path))));
            }
        }
        return found;
    }

    private Path config() {
        return tree.resolve("etc/ssh/sshd_config");
    }

    private String ours(String name) {
        return tree + "/etc/ssh/sallyport" + (name.isEmpty() ? "" : "/" + name);
    }

    private void keygen(Path file) throws Exception {
        run(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file.toString()));
    }

    private static String publicKey(Path key) throws IOException {
        String[] words = Files.readString(Path.of(key + ".pub")).split(" ");
        return words[0] + " " + words[1];
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return out + "-> " + process.exitValue();
    }
}
