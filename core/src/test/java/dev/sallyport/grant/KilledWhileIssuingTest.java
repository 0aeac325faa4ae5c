package dev.sallyport.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.CrashPoint;
import dev.sallyport.base.PersonId;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.identity.SeenProofs;
import dev.sallyport.testkit.ChildProcess;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Servers that are killed while they issue a certificate: proof and lease are there both, or neither is. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledWhileIssuingTest {
    private static final Duration DEATH = Duration.ofMinutes(2);

    private final World world = new World();
    private final SeenProofs seen = new SeenProofs(world.database);
    private final PersonId dev = world.person("dev", "developers");

    @BeforeAll
    void aGrant() {
        world.target("web-1", Map.of("tier", "web"));
        world.eligible(world.role("read", 0), "developers");
        world.grant(dev, "read", "web-1", Duration.ofHours(1));
    }

    @AfterAll
    void close() {
        world.close();
    }

    private void kill(String crashPoint, String proof) throws Exception {
        try (ChildProcess server =
                IssuingServer.on(world, crashPoint, dev, "web-1", proof).start()) {
            assertThat(server.awaitExit(DEATH)).isEqualTo(CrashPoint.EXIT_CODE);
        }
    }

    private long leases() {
        return world.database.read(rx -> rx.count("select count(*) from lease where kind = 'ssh-certificate'"));
    }

    private void certify(String proof) {
        var _ = world.ssh.certify(
                world.actor(dev),
                dev,
                new SshAccess.Ask(
                        "web-1", Optional.empty(), SshKeys.generateEd25519(null).publicKey(), Optional.empty()),
                seen.unspent("key", proof, () -> new IllegalStateException("used before")));
    }

    @Test
    void beforeTheCommitNothingHasHappenedAndTheProofStillCounts() throws Exception {
        long before = leases();

        kill("lease.signed", "early");

        assertThat(leases()).isEqualTo(before);
        certify("early");
        assertThat(leases()).isEqualTo(before + 1);
    }

    @Test
    void afterTheCommitTheProofIsSpentAlthoughNobodyWasAnswered() throws Exception {
        long before = leases();

        kill("lease.issued", "late");

        assertThat(leases()).isEqualTo(before + 1);
        assertThatThrownBy(() -> certify("late")).hasMessage("used before");
        assertThat(leases()).isEqualTo(before + 1);
    }
}
