package dev.sallyport.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.World;
import dev.sallyport.base.Refusal;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Actor;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.formats.ssh.SshSignature;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@NullMarked
class KeyStatementTest {
    private static final Actor ACTOR = Actor.system("test");
    private static final String END = "-----END SSH SIGNATURE-----\n";

    private final World world = new World();
    private final Hosts hosts = new Hosts(world.database, world.audit, world.authorities);

    @AfterEach
    void close() {
        world.close();
    }

    private KeyStatement.Published statement() {
        return new KeyStatement(world.database, world.authorities).current();
    }

    private List<CaKey> keys(CaPurpose purpose) {
        return world.database.read(rx -> SshAuthorities.keys(rx, purpose));
    }

    /** How many of the signatures are by this key. */
    private static long signedBy(KeyStatement.Published statement, SshPublicKey key) {
        return Arrays.stream(statement.signatures().split(END))
                .filter(signature -> {
                    try {
                        return SshSignature.verify(
                                        signature + END,
                                        List.of(key),
                                        KeyStatement.NAMESPACE,
                                        statement.text().getBytes(StandardCharsets.US_ASCII))
                                .equals(key);
                    } catch (Refusal _) {
                        return false;
                    }
                })
                .count();
    }

    @Test
    void aNextKeyIsAnnouncedByTheOnesThatSignAndSaysNothingItself() {
        KeyStatement.Published before = statement();
        SshPublicKey old = keys(CaPurpose.KRL).getFirst().publicKey();

        SshPublicKey next = world.authorities.rotate(ACTOR, CaPurpose.KRL).publicKey();

        KeyStatement.Published after = statement();
        assertThat(after.version()).isGreaterThan(before.version());
        assertThat(before.text()).doesNotContain(next.line());
        assertThat(after.text())
                .startsWith("sallyport-keys 1\nversion " + after.version() + "\n")
                .contains("krl " + next.line() + "\nkrl " + old.line() + "\n")
                .contains("target "
                        + keys(CaPurpose.TARGET).getFirst().publicKey().line())
                .doesNotContain("host ", "access ");
        assertThat(signedBy(after, old)).isEqualTo(1);
        assertThat(signedBy(after, next)).isZero();
    }

    @Test
    void aRetiredKeyVouchesAndIsNamedAsLongAsItIsTrusted() {
        SshPublicKey old = keys(CaPurpose.TARGET).getFirst().publicKey();
        SshPublicKey next = world.authorities.rotate(ACTOR, CaPurpose.TARGET).publicKey();
        long rotated = statement().version();
        world.authorities.activate(ACTOR, CaPurpose.TARGET, true);

        assertThat(signedBy(statement(), old)).isEqualTo(1);
        assertThat(signedBy(statement(), next)).isEqualTo(1);
        world.later(SshAuthorities.USER_TRUST.plusSeconds(1));

        assertThat(statement().version()).isGreaterThan(rotated);
        assertThat(statement().text()).contains(next.line()).doesNotContain(old.line());
        assertThat(signedBy(statement(), old)).isZero();
    }

    @Test
    void aKeyThatHostsLackDoesNotSignUnlessForced() {
        world.target("web-1", Map.of());
        Target host = hosts.authenticate(hosts.enrol(ACTOR, "web-1", List.of()).token());
        hosts.confirm(host, 0);
        world.authorities.rotate(ACTOR, CaPurpose.KRL);
        world.later(SshAuthorities.OVERLAP);

        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> world.authorities.activate(ACTOR, CaPurpose.KRL, false))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo("ca-key.hosts-lack"))
                .withMessageContaining("web-1");
        assertThat(hosts.health(10)).extracting(Hosts.Health::knowsKeys).containsExactly(false);

        hosts.confirm(host, 0, Optional.of(statement().version()));
        assertThat(hosts.health(10)).extracting(Hosts.Health::knowsKeys).containsExactly(true);
        CaKey active = world.authorities.activate(ACTOR, CaPurpose.KRL, false);

        assertThat(world.authorities.signing(CaPurpose.KRL).key().id()).isEqualTo(active.id());
    }

    @Test
    void theListOfKeysSaysSinceWhenAndUntilWhen() {
        world.authorities.rotate(ACTOR, CaPurpose.HOST);
        world.authorities.activate(ACTOR, CaPurpose.HOST, true);

        List<SshAuthorities.Life> lives = world.database.read(SshAuthorities::lives);

        assertThat(lives).hasSize(5);
        assertThat(lives.stream().filter(life -> life.key().state() == CaKey.State.RETIRED))
                .hasSize(1)
                .allSatisfy(life -> assertThat(life.trustedUntil())
                        .contains(life.since().plus(Hosts.HOST_CERTIFICATE_VALIDITY.plus(SshAuthorities.USER_TRUST))));
    }
}
