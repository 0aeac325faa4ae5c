package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.ContractServer.Reply;
import dev.sallyport.cli.output.Json;
import dev.sallyport.formats.ssh.Krl;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.formats.ssh.SshSignature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What anybody may fetch, and how it is checked. */
class PublicListsTest {
    @TempDir
    Path home;

    private final SshKeyPair krlKey = SshKeys.generateEd25519(null);
    private volatile SshKeyPair signer = krlKey;
    private volatile long version = 5;
    private ContractServer server;
    private Person stranger;
    private Path list;

    @BeforeEach
    void start() throws IOException {
        server = new ContractServer();
        stranger = Person.at(home, Clock.systemUTC());
        list = home.resolve("list.krl");
        server.route("GET /ssh/cas", """
                {"access":[],"host":[],"target":[{"public_key":"ssh-ed25519 AAAA","fingerprint":"SHA256:x","state":"active"},
                 {"public_key":"ssh-ed25519 OLD","fingerprint":"SHA256:y","state":"retired"}],
                 "krl":[{"public_key":"%s","fingerprint":"SHA256:z","state":"active"}]}""".formatted(krlKey.publicKey().line()));
        server.route(
                "GET /ssh/krl",
                _ -> new Reply(
                        200,
                        new String(krl(), StandardCharsets.ISO_8859_1),
                        Map.of("Sallyport-Krl-Version", "" + version, "Content-Type", "application/octet-stream")));
        server.route(
                "GET /ssh/krl.sig", _ -> Reply.of(200, SshSignature.sign(signer.signer(null), "krl@sallyport", krl())));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private byte[] krl() {
        return Krl.builder(version, Instant.EPOCH).toBytes();
    }

    private Person.Ended verify() {
        return stranger.types("krl --server " + server.url() + " --verify --out " + list);
    }

    @Test
    void aSignedListIsTakenWithoutSigningIn() {
        assertThat(verify().shown()).isEqualTo("version 5 written to " + list + ", its signature is right\n-> 0\n");
        assertThat(list).hasBinaryContent(krl());
    }

    @Test
    void aListSignedBySomebodyElseIsRefused() {
        signer = SshKeys.generateEd25519(null);
        assertThat(verify().shown()).contains("! ssh.bad-signature: ", "-> 1");
        assertThat(list).doesNotExist();
    }

    @Test
    void anOlderListDoesNotReplaceANewerOne() {
        assertThat(verify().exit()).isZero();
        version = 4;
        assertThat(verify().shown()).contains("! krl.older: the list is version 4, older than 5 in " + list, "-> 1");
        version = 6;
        assertThat(verify().exit()).isZero();
    }

    @Test
    void aListThatChangedInBetweenIsFetchedAgain() {
        var asked = new AtomicInteger();
        server.route("GET /ssh/krl.sig", _ -> {
            if (asked.getAndIncrement() == 0) {
                version = 6;
                return ContractServer.problem(409, "krl.newer-version", "version: 5 (expected: 6)", "");
            }
            return Reply.of(200, SshSignature.sign(krlKey.signer(null), "krl@sallyport", krl()));
        });
        assertThat(verify().out()).startsWith("version 6 written");
    }

    @Test
    void theLinesOfATargetAreReadyToCopy() throws IOException {
        String ask = "ssh-ca web-1 --server " + server.url();
        assertThat(stranger.types(ask + " --login deploy --login root").out())
                .contains(
                        "deploy on web-1 (root, mode 0644):\ncert-authority,principals=\"web-1/deploy\" ssh-ed25519 AAAA\n",
                        "principals=\"web-1/root\" ssh-ed25519 AAAA\n",
                        "\nRevokedKeys /etc/ssh/sallyport/revoked.krl\n")
                .doesNotContain("\" ssh-ed25519 OLD");
        assertThat(stranger.types(ask).out()).contains("principals=\"web-1/LOGIN\"");
        assertThat(Json.texts(Json.at(
                        Json.read(
                                stranger.types(ask + " --login deploy -o json").out()),
                        "authorized_keys",
                        "deploy")))
                .containsExactly("cert-authority,principals=\"web-1/deploy\" ssh-ed25519 AAAA");
        assertThat(Files.exists(stranger.home().resolve("sallyport"))).isFalse();
    }

    @Test
    void thoseWhoMaySeeTheTargetGetItsOwnLogins() {
        stranger.signsIn(server);
        server.route("GET /targets/web-1", "{\"metadata\":{\"name\":\"web-1\"},\"spec\":{\"logins\":[\"ops\"]}}");
        assertThat(stranger.types("ssh-ca web-1").out()).contains("principals=\"web-1/ops\" ssh-ed25519 AAAA");
    }

    @Test
    void withoutAServerTheVerbSaysSo() {
        assertThat(stranger.types("krl --out " + list).err())
                .startsWith("! server.unknown: ")
                .contains("--server URL");
        assertThat(stranger.types("krl --server " + server.url() + " --ca-file /nowhere --out " + list)
                        .err())
                .startsWith("! tls.unusable-ca: ");
    }

    @Test
    void doctorLooksAtTheListAndAtTheHosts() {
        stranger.signsIn(server);
        assertThat(stranger.types("doctor").out())
                .contains("ok    krl       version 5, nothing revoked yet, its signature is right")
                .doesNotContain("hosts ");
        server.route("GET /targets/hosts", """
                {"items":[{"target":"web-1","confirmed_version":5,"confirmed_at":"2026-11-22T12:00:00Z","stale":false},
                          {"target":"web-2","confirmed_version":4,"confirmed_at":"2026-11-22T12:00:00Z","stale":false},
                          {"target":"web-3","confirmed_version":0,"confirmed_at":null,"stale":true}],"next":null}""");
        var ended = stranger.types("doctor");
        assertThat(ended.out())
                .contains(
                        "fail  hosts     web-3 has never confirmed a revocation list",
                        "warn  hosts     web-2 refuses by version 4, not yet by 5",
                        "ok    hosts     1 enrolled and fresh");
        assertThat(ended.exit()).isEqualTo(1);
    }

    @Test
    void catalogueObjectsAreShownByTheirIds() {
        stranger.signsIn(server);
        for (String[] each : new String[][] {
            {"tgt_1", "targets"},
            {"rol_1", "roles"},
            {"per_1", "people"},
            {"grp_1", "groups"},
            {"elg_1", "eligibilities"}
        }) {
            server.route(
                    "GET /" + each[1] + "/" + each[0],
                    "{\"kind\":\"X\",\"metadata\":{\"id\":\"" + each[0] + "\",\"name\":\"it\"}}");
            assertThat(stranger.types("show " + each[0]).out()).contains("id: " + each[0], "name: it");
        }
    }
}
