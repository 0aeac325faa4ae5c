package dev.sallyport.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.database.Json;
import dev.sallyport.grant.EndSelector;
import dev.sallyport.grant.Grant;
import dev.sallyport.grant.Grants;
import dev.sallyport.policy.Access;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** AC3: what is granted is what was asked and approved; a role changed since then takes away and never adds. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TermsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final World world = new World();
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId lead = world.person("lead", "leads");

    @BeforeAll
    void things() {
        world.target("web-1", Map.of("tier", "web"));
    }

    @AfterAll
    void close() {
        world.close();
    }

    private RoleId role(String name, int approvals) {
        RoleId role = world.role(name, approvals);
        world.eligible(role, "developers");
        return role;
    }

    private void set(RoleId role, String path, Object value) {
        world.arrange(tx -> tx.update(
                "update role set spec = jsonb_set(spec, ?::text[], ?::jsonb) where id = ?",
                path,
                Json.text(value),
                role));
    }

    private Grant grant(Request request) {
        return world.database.read(
                rx -> Grants.find(rx, request.items().getFirst().grant().orElseThrow())
                        .orElseThrow());
    }

    @Test
    void aRoleWidenedSinceItWasAskedForGivesWhatApproversSaw() {
        RoleId role = role("widened", 1);
        Request request = world.ask(dev, "widened", "web-1", HOUR);

        set(role, "{ssh,logins}", List.of("root", "ops", "deploy"));
        set(role, "{ssh,extensions}", List.of("permit-pty", "permit-port-forwarding"));
        set(role, "{request,certificateValidity}", "1h");
        Grant granted = grant(world.approve(lead, request));

        assertThat(granted.terms().logins()).containsExactly("ops", "deploy");
        assertThat(granted.terms().extensions()).containsExactly("permit-pty");
        assertThat(granted.terms().certificateValidity()).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void aRoleNarrowedSinceItWasAskedForGivesLess() {
        RoleId role = role("narrowed", 1);
        Request request = world.ask(dev, "narrowed", "web-1", HOUR);

        set(role, "{ssh,logins}", List.of("deploy"));
        set(role, "{ssh,sourceAddress}", true);
        set(role, "{access}", "gateway");
        set(role, "{session}", Map.of("supervised", true, "idle", "5m"));
        set(role, "{request,maxDuration}", "10m");
        Grant granted = grant(world.approve(lead, request));

        assertThat(granted.terms().logins()).containsExactly("deploy");
        assertThat(granted.terms().sourceAddress()).isTrue();
        assertThat(granted.terms().access()).isEqualTo(Access.GATEWAY);
        assertThat(granted.terms().session().supervised()).isTrue();
        assertThat(granted.terms().session().idle()).isEqualTo(Duration.ofMinutes(5));
        assertThat(Duration.between(granted.startsAt(), granted.endsAt())).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void aRoleThatGivesNothingOfItAnyMoreOrWantsOthersMustBeAskedForAgain() {
        RoleId role = role("changed", 1);
        List<Request> asked = Stream.generate(() -> world.ask(dev, "changed", "web-1", HOUR))
                .limit(4)
                .toList();

        set(role, "{ssh,logins}", List.of("root"));
        refused(asked.get(0), "no longer gives anything");
        set(role, "{ssh,logins}", List.of("ops"));
        set(role, "{request,approval,count}", 2);
        refused(asked.get(1), "it now wants 2 approvals by leads");
        set(role, "{request,approval}", "nonsense");
        refused(asked.get(2), "no policy allows changed on web-1");
        set(role, "{request,approval}", Map.of("group", "leads"));

        assertThat(asked.subList(0, 3))
                .allSatisfy(request -> assertThat(
                                world.requests.find(dev, false, request.id()).state())
                        .isEqualTo(ItemState.DENIED));
        assertThat(world.approve(lead, asked.get(3)).state()).isEqualTo(ItemState.APPROVED);
    }

    private void refused(Request request, String why) {
        assertThatThrownBy(() -> world.approve(lead, request)).isInstanceOfSatisfying(Refusal.class, refusal -> {
            assertThat(refusal.code()).isEqualTo("request.role-changed");
            assertThat(refusal).hasMessageContaining(why);
        });
    }

    @Test
    void aRoleWhoseApprovalCannotBeReadIsDenied() {
        List<Object> unreadable =
                List.of(Map.of(), "automatic", true, Map.of("group", ""), Map.of("group", "leads", "count", "two"));
        for (int i = 0; i < unreadable.size(); i++) {
            String name = "unread-" + i;
            set(role(name, 0), "{request,approval}", unreadable.get(i));

            Request request = world.ask(dev, name, "web-1", HOUR);

            assertThat(request.state()).as(name).isEqualTo(ItemState.DENIED);
            assertThat(request.items().getFirst().decision().explanation())
                    .anyMatch(line -> line.contains("no policy allows"));
        }
    }

    @Test
    void rightsAreThoseOfTheGrantAsFarAsTheRoleStillHoldsThem() {
        RoleId role = role("auditing", 0);
        world.arrange(tx -> tx.update(
                "insert into target (id, name, type, spec, managed_by, created_at) values (?, 'sallyport', 'sallyport', '{}', 'test', ?)",
                TargetId.next(),
                tx.now()));
        world.arrange(tx -> tx.update("update role set spec = spec - 'ssh' where id = ?", role));
        set(role, "{targets}", Map.of("type", "sallyport"));
        set(role, "{rights}", List.of("audit.read", "finding.read"));
        GrantId grant = world.grant(dev, "auditing", "sallyport", HOUR);
        assertThat(rights()).containsExactly("audit.read", "finding.read");

        set(role, "{rights}", List.of("audit.read", "grant.revoke"));
        assertThat(rights()).containsExactly("audit.read");
        world.grants.revoke(world.actor(lead), new EndSelector.OneGrant(grant), "enough");

        assertThat(rights()).isEmpty();
    }

    private Set<String> rights() {
        return world.database.read(rx -> Grants.rights(rx, dev));
    }
}
