package dev.sallyport.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Slice;
import dev.sallyport.finding.Finding;
import dev.sallyport.finding.Findings;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Hosts that take part, stop taking part, or fall silent. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostsTest {
    private final World world = new World();
    private final Hosts hosts = new Hosts(world.database, world.audit, world.authorities);
    private final StaleHosts stale = new StaleHosts(world.database, new Findings(world.audit));
    private Actor admin = Actor.system("test");

    @BeforeAll
    void things() {
        PersonId person = world.person("admin", "admins");
        admin = world.actor(person);
        for (String name : List.of("web-1", "web-2", "web-3")) {
            world.target(name, Map.of());
        }
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void preparingShowsWhatEnrolmentGivesAndChangesNothing() throws Exception {
        Hosts.Prepared before = hosts.prepare("web-1", List.of("deploy"));
        Hosts.Enrolment enrolment = hosts.enrol(admin, "web-1", List.of("deploy"));
        Hosts.Prepared after = hosts.prepare("web-1", List.of("deploy"));

        assertThat(before.tokenFingerprint()).isEmpty();
        assertThat(before.authorizedKeys())
                .isEqualTo(enrolment.authorizedKeys())
                .containsKey("deploy");
        byte[] digest = java.security.MessageDigest.getInstance("SHA-256")
                .digest(enrolment.token().reveal().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(after.tokenFingerprint()).contains(HexFormat.of().formatHex(digest));
    }

    @Test
    void aWithdrawnHostIsNobodyAndWithdrawingTwiceChangesNothing() {
        Hosts.Enrolment enrolment = hosts.enrol(admin, "web-2", List.of());
        hosts.confirm(hosts.authenticate(enrolment.token()), 0);
        long events = world.events("target.enrolment-withdrawn");

        assertThat(hosts.withdraw(admin, "web-2")).isTrue();
        assertThat(hosts.withdraw(admin, "web-2")).isFalse();

        assertThat(world.events("target.enrolment-withdrawn")).isEqualTo(events + 1);
        assertThat(hosts.health(100)).extracting(Hosts.Health::target).doesNotContain("web-2");
        assertThatThrownBy(() -> hosts.authenticate(enrolment.token()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("not valid");
        assertThatThrownBy(() -> hosts.withdraw(admin, "nowhere")).isInstanceOf(Refusal.class);
    }

    @Test
    void aSilentHostIsAFindingUntilItConfirmsAgain() {
        Hosts.Enrolment enrolment = hosts.enrol(admin, "web-3", List.of());
        stale.look();
        assertThat(silent()).doesNotContain("web-3");

        world.arrange(tx -> tx.update(
                "update target set enrolled_at = ? where name = 'web-3'",
                tx.now().minus(Hosts.STALE_AFTER).minusSeconds(1)));
        stale.look();
        assertThat(silent()).contains("web-3");
        assertThat(stale.look()).isZero();

        hosts.confirm(hosts.authenticate(enrolment.token()), 0);
        stale.look();
        assertThat(silent()).doesNotContain("web-3");
    }

    private List<String> silent() {
        return world.database.read(rx -> Findings.list(rx, true, Slice.newest(50))).stream()
                .filter(finding -> finding.kind().equals(StaleHosts.KIND))
                .map(Finding::subject)
                .toList();
    }
}
