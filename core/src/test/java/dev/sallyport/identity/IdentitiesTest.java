package dev.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.IdentityId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.catalog.Rejudging;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Slice;
import dev.sallyport.grant.Reach;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdentitiesTest {
    private static final String ISSUER = "https://id.example.org";
    private static final Set<String> ALL = Rights.ALL;

    private final World world = new World();
    private final Sessions sessions = new Sessions(world.audit);
    private final Quarantine quarantine = new Quarantine(world.audit, sessions, List.of(world.grants));
    private final People people = new People(world.audit, new Passwords(64), sessions, quarantine);
    private final Rejudging watch = new Rejudging(world.grants);
    private final ProviderSignIn signIn = new ProviderSignIn(world.database, world.audit, people, watch);
    private final Identities identities = new Identities(
            world.audit,
            people,
            sessions,
            watch,
            (_, issuer) -> issuer.equals(ISSUER) ? List.of("corp") : List.of(),
            new Reach());
    private PersonId lead = PersonId.next();

    @BeforeEach
    void aPersonOfOurs() {
        lead = world.person("lead");
        world.target("web-1", Map.of("tier", "web"));
        world.eligible(world.role("deploy", 0), "devs");
        world.person("other", "devs");
    }

    @AfterEach
    void close() {
        world.close();
    }

    private static Assertion says(String subject, String... groups) {
        return new Assertion(
                "corp",
                ISSUER,
                subject,
                Optional.of("lead"),
                Optional.empty(),
                Optional.empty(),
                List.of(groups),
                Map.of("team", "red"),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    private Login comes(String subject, String... groups) {
        return signIn.signIn(says(subject, groups), new ProviderTerms(true, List.of()), "192.0.2.1");
    }

    private <T> T change(java.util.function.Function<dev.sallyport.database.Tx, T> work) {
        return world.database.change(Actor.system("test"), work);
    }

    private String session(Login login) {
        String id = dev.sallyport.base.Ids.next(Session.PREFIX);
        world.database.run(
                login.actor("192.0.2.1"),
                tx -> sessions.start(tx, id, login, "cli", tx.now().plus(Duration.ofHours(1))));
        return id;
    }

    private List<String> groups(PersonId person) {
        return world.database.read(rx -> Directory.groups(rx, person));
    }

    private boolean isRunning(GrantId grant) {
        return world.database
                .read(rx -> dev.sallyport.grant.Grants.find(rx, grant))
                .orElseThrow()
                .isRunning();
    }

    private boolean ended(String session) {
        return world.database
                .read(rx -> sessions.find(rx, session))
                .orElseThrow()
                .ended();
    }

    private void administrator(PersonId person) {
        var role = dev.sallyport.base.RoleId.next();
        world.arrange(tx -> {
            tx.update(
                    "insert into target (id, name, type, spec, managed_by, created_at) values (?, 'sallyport', 'sallyport', ?::jsonb, 'test', ?)",
                    dev.sallyport.base.TargetId.next(),
                    "{\"type\":\"sallyport\"}",
                    tx.now());
            tx.update(
                    "insert into role (id, name, spec, managed_by, created_at) values (?, 'admin', ?::jsonb, 'test', ?)",
                    role,
                    """
                    {"targets":{"type":"sallyport"},"rights":["catalog.write"],"access":"direct","request":{"approval":"auto","maxDuration":"1h"}}
                    """,
                    tx.now());
            people.createGroup(tx, "admins", "", "test");
            people.addMember(tx, "admins", person, "test");
        });
        world.eligible(role, "admins");
    }

    private static org.assertj.core.api.ThrowableAssertAlternative<Refusal> refused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String code) {
        return org.assertj.core.api.Assertions.assertThatExceptionOfType(Refusal.class)
                .isThrownBy(call)
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void aLinkedLoginIsThatPersonAndNobodyElses() {
        Identity linked = change(tx -> identities.link(tx, ALL, "lead", ISSUER, "sub-1", "their account"));

        assertThat(comes("sub-1").person()).isEqualTo(lead);
        Identity again = change(tx -> identities.link(tx, ALL, "lead", ISSUER, "sub-1", "again"));
        assertThat(again).isEqualTo(linked);
        refused(() -> change(tx -> identities.link(tx, ALL, "other", ISSUER, "sub-1", "mine")), "identity.taken")
                .satisfies(refusal -> assertThat(refusal.hint()).contains("move " + linked.id() + " --from lead"));
        refused(
                () -> change(tx -> identities.link(tx, ALL, "lead", ISSUER + "/", "sub-2", "a slip")),
                "identity.unknown-issuer");
        assertThat(world.events("identity.linked")).isEqualTo(1);
    }

    @Test
    void movingALoginMakesOnePersonOfTwoAndEndsWhatTheSecondHeld() {
        Login second = comes("sub-1", "devs");
        String session = session(second);
        GrantId grant = world.grant(second.person(), "deploy", "web-1", Duration.ofHours(1));

        Identity moved = change(tx -> identities.move(tx, ALL, second.identity(), second.name(), "lead", "one human"));

        assertThat(second.name()).isEqualTo("lead-2");
        assertThat(moved.person()).isEqualTo(lead);
        assertThat(ended(session)).isTrue();
        assertThat(isRunning(grant)).isFalse();
        Person gone = world.database.read(rx -> People.require(rx, "lead-2"));
        assertThat(gone.disabled()).isTrue();
        assertThat(gone.attributes()).isEmpty();
        assertThat(groups(gone.id())).isEmpty();
        assertThat(groups(lead)).isEmpty();
        assertThat(comes("sub-1", "devs").person()).isEqualTo(lead);
        assertThat(groups(lead)).containsExactly("devs");
        assertThat(world.events("identity.moved")).isEqualTo(1);
        assertThat(world.events("person.disabled")).isEqualTo(1);
    }

    @Test
    void aMoveNamesWhoLosesAndNeverFreesWhoIsFrozen() {
        Login second = comes("sub-1");
        IdentityId login = second.identity();

        refused(() -> change(tx -> identities.move(tx, ALL, login, "other", "lead", "x")), "identity.other-person");
        refused(() -> change(tx -> identities.move(tx, ALL, login, "lead-2", "lead-2", "x")), "identity.same-person");
        change(tx -> quarantine.impose(tx, second.person(), "a test"));
        refused(() -> change(tx -> identities.move(tx, ALL, login, "lead-2", "lead", "x")), "identity.quarantined");
        refused(() -> change(tx -> identities.unlink(tx, ALL, login, "x")), "identity.quarantined");
        refused(
                () -> change(tx -> identities.move(tx, ALL, IdentityId.next(), "lead-2", "lead", "x")),
                "identity.unknown");
        assertThat(world.events("identity.moved")).isZero();
    }

    @Test
    void namesAndPasswordsAreNobodyElses() {
        change(tx -> {
            people.setPassword(tx, lead, people.hash(Secret.of("correct horse battery")));
            return true;
        });
        IdentityId local = world.database
                .read(rx -> Identities.list(rx, Optional.of("lead"), Optional.empty(), Slice.newest(10)))
                .getFirst()
                .id();

        refused(() -> change(tx -> identities.move(tx, ALL, local, "lead", "other", "x")), "identity.local");
    }

    @Test
    void unlinkingEndsTheSessionsOfThatLoginAlone() {
        change(tx -> identities.link(tx, ALL, "lead", ISSUER, "sub-1", "one"));
        change(tx -> identities.link(tx, ALL, "lead", ISSUER, "sub-2", "two"));
        Login first = comes("sub-1", "devs");
        String one = session(first);
        String two = session(comes("sub-2", "devs"));

        int ended = change(tx -> identities.unlink(tx, ALL, first.identity(), "a test"));

        assertThat(ended).isEqualTo(1);
        assertThat(ended(one)).isTrue();
        assertThat(ended(two)).isFalse();
        // the provider still knows this person by the other login
        assertThat(groups(lead)).containsExactly("devs");
        assertThat(comes("sub-1").person()).isNotEqualTo(lead);
    }

    @Test
    void withTheLastLoginOfAnIssuerGoesWhatItsProviderSaid() {
        change(tx -> identities.link(tx, ALL, "lead", ISSUER, "sub-1", "one"));
        Login login = comes("sub-1", "devs");
        GrantId grant = world.grant(lead, "deploy", "web-1", Duration.ofHours(1));

        change(tx -> identities.unlink(tx, ALL, login.identity(), "a test"));

        assertThat(groups(lead)).isEmpty();
        assertThat(isRunning(grant)).isFalse();
    }

    @Test
    void theLastLoginOfWhoCouldAdministerStays() {
        administrator(lead);
        Identity one = change(tx -> identities.link(tx, ALL, "lead", ISSUER, "sub-1", "one"));
        Identity two = change(tx -> identities.link(tx, ALL, "lead", ISSUER, "sub-2", "two"));
        change(tx -> identities.unlink(tx, ALL, one.id(), "a test"));

        refused(() -> change(tx -> identities.unlink(tx, ALL, two.id(), "a test")), "identity.administrator");

        change(tx -> people.removeMember(tx, "admins", lead, "test"));
        change(tx -> identities.unlink(tx, ALL, two.id(), "a test"));
        assertThat(world.events("identity.unlinked")).isEqualTo(2);
    }

    @Test
    void aDuplicateThatAdministersByItselfIsNotDisabled() {
        Login second = comes("sub-1");
        administrator(second.person());

        refused(
                () -> change(tx -> identities.move(tx, ALL, second.identity(), "lead-2", "lead", "one human")),
                "identity.administrator");

        assertThat(comes("sub-1").person()).isEqualTo(second.person());
    }

    @Test
    void nobodyLinksThemselvesToWhoAdministersMore() {
        administrator(lead);

        refused(
                () -> change(tx -> identities.link(tx, Set.of("identity.link"), "lead", ISSUER, "sub-9", "me")),
                "person.administers-more");
        change(tx -> identities.link(tx, Set.of("identity.link"), "other", ISSUER, "sub-9", "theirs"));
        Identity good = change(tx -> identities.link(tx, Set.of("catalog.write"), "lead", ISSUER, "sub-8", "theirs"));
        assertThat(good.person()).isEqualTo(lead);
    }

    @Test
    void aReasonIsNeeded() {
        assertThatThrownBy(() -> change(tx -> identities.link(tx, ALL, "lead", ISSUER, "sub-1", "")))
                .hasMessageContaining("reason");
    }
}
