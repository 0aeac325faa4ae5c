package dev.sallyport.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.database.Actor;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.grant.SshAccess;
import dev.sallyport.identity.UnspentProof;
import dev.sallyport.testkit.ProgramRun;
import dev.sallyport.testkit.SshKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A signing key is replaced while certificates of both are in use; what they are worth, the real ssh-keygen says. */
@NullMarked
class RotationTest {
    private static final Actor ACTOR = Actor.system("test");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final World world = new World();
    private PersonId dev = PersonId.next();

    @TempDir
    Path folder = Path.of(".");

    @BeforeEach
    void things() {
        world.target("web-1", Map.of("tier", "web"));
        world.eligible(world.role("read", 0), "developers");
        dev = world.person("dev", "developers");
        world.grant(dev, "read", "web-1", Duration.ofHours(8));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private List<CaKey> keys(CaPurpose purpose) {
        return world.database.read(rx -> SshAuthorities.keys(rx, purpose));
    }

    private static void refused(String code, Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    /** A key with a certificate of ours beside it. */
    private Path certified(String name) throws IOException {
        Path key = SshKeys.generate(folder.resolve(name));
        var publicKey =
                SshPublicKey.parse(Files.readString(SshKeys.publicHalf(key)).strip());
        String certificate = world.ssh
                .certify(
                        world.actor(dev),
                        dev,
                        new SshAccess.Ask("web-1", Optional.of("ops"), publicKey, Optional.empty()),
                        UnspentProof.none())
                .certificate();
        return Files.writeString(folder.resolve(name + "-cert.pub"), certificate + "\n");
    }

    /** Signs with the certificate, and asks somebody who knows only these authorities whether it is good. */
    private boolean verifies(Path certificate, List<CaKey> trusted) throws IOException {
        Path message = Files.writeString(folder.resolve("message"), "hello");
        Path signature = folder.resolve("message.sig");
        Files.deleteIfExists(signature);
        ProgramRun.of(
                        LIMIT,
                        List.of(
                                "ssh-keygen",
                                "-q",
                                "-Y",
                                "sign",
                                "-n",
                                "test",
                                "-f",
                                certificate.toString(),
                                message.toString()))
                .succeeded();
        Path signers = Files.writeString(
                folder.resolve("signers"),
                trusted.stream()
                        .map(key ->
                                "web-1/ops cert-authority " + key.publicKey().line() + "\n")
                        .collect(Collectors.joining()));
        var verify = List.of(
                "ssh-keygen",
                "-Y",
                "verify",
                "-n",
                "test",
                "-I",
                "web-1/ops",
                "-f",
                signers.toString(),
                "-s",
                signature.toString());
        return ProgramRun.of(LIMIT, verify, Files.readString(message)).exit() == 0;
    }

    @Test
    void certificatesOfBothKeysAreGoodWhileTheyOverlap() throws Exception {
        Path before = certified("before");
        CaKey old = keys(CaPurpose.TARGET).getFirst();

        CaKey next = world.authorities.rotate(ACTOR, CaPurpose.TARGET);

        assertThat(keys(CaPurpose.TARGET))
                .extracting(CaKey::state)
                .containsExactly(CaKey.State.NEXT, CaKey.State.ACTIVE);
        assertThat(verifies(certified("still-old"), List.of(old))).isTrue();
        // the real ssh-keygen looks at the real time, so none may pass
        world.authorities.activate(ACTOR, CaPurpose.TARGET, true);
        Path after = certified("after");
        assertThat(verifies(after, List.of(next))).isTrue();
        assertThat(verifies(after, List.of(old))).isFalse();
        assertThat(verifies(before, keys(CaPurpose.TARGET))).isTrue();
        assertThat(verifies(after, keys(CaPurpose.TARGET))).isTrue();
        assertThat(world.events("ca-key.activated")).isEqualTo(1);
        assertThat(world.events("ca-key.retired")).isEqualTo(1);

        world.later(SshAuthorities.USER_TRUST.plusSeconds(1));
        assertThat(keys(CaPurpose.TARGET)).extracting(CaKey::id).containsExactly(next.id());
    }

    @Test
    void aKeyThatHostsHadNoTimeToLearnSignsOnlyIfForced() {
        refused("ca-key.no-next", () -> world.authorities.activate(ACTOR, CaPurpose.HOST, true));
        world.authorities.rotate(ACTOR, CaPurpose.HOST);

        refused("ca-key.next-exists", () -> world.authorities.rotate(ACTOR, CaPurpose.HOST));
        refused("ca-key.too-early", () -> world.authorities.activate(ACTOR, CaPurpose.HOST, false));
        CaKey active = world.authorities.activate(ACTOR, CaPurpose.HOST, true);

        assertThat(world.authorities.signing(CaPurpose.HOST).key().id()).isEqualTo(active.id());
        assertThat(forced()).isEqualTo("true");
        world.later(Hosts.HOST_CERTIFICATE_VALIDITY);
        assertThat(keys(CaPurpose.HOST)).hasSize(2);
        world.later(SshAuthorities.USER_TRUST.plusSeconds(1));
        assertThat(keys(CaPurpose.HOST)).hasSize(1);
    }

    @Test
    void afterTheOverlapNothingNeedsForce() {
        world.authorities.rotate(ACTOR, CaPurpose.ACCESS);
        world.later(SshAuthorities.OVERLAP);

        world.authorities.activate(ACTOR, CaPurpose.ACCESS, false);

        assertThat(forced()).isEqualTo("false");
    }

    private String forced() {
        return world.database.read(rx -> rx.one("""
                        select convert_from(body, 'UTF8')::jsonb #>> '{unmapped,data,forced}' from event
                         where activity = 'ca-key.activated'
                        """, row -> row.getString(1)).orElseThrow());
    }

    @Test
    void theListIsSignedAnewByTheNewKey() {
        RevocationList.Published before = world.revocations.current();
        world.authorities.rotate(ACTOR, CaPurpose.KRL);
        world.authorities.activate(ACTOR, CaPurpose.KRL, true);

        RevocationList.Published after = world.revocations.current();

        assertThat(after.bytes()).isEqualTo(before.bytes());
        assertThat(after.signature()).isNotEqualTo(before.signature());
    }
}
