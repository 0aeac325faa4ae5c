package dev.sallyport.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.World;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.catalog.CatalogAnswer;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.finding.Finding;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.grant.Grant;
import dev.sallyport.grant.GrantState;
import dev.sallyport.grant.Grants;
import dev.sallyport.identity.Directory;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** PO7: what {@code apply} changes of a target, a role or a person has what runs judged again, which then ends or is warned of. */
@NullMarked
class RunningGrantsTest {
    private static final String TARGET = """
            apiVersion: sallyport/v1
            kind: Target
            metadata: {name: web-1, labels: {tier: web, env: %s}}
            spec: {type: ssh, address: {host: 192.0.2.10}}
            ---
            """;

    private static final String ROLE = """
            apiVersion: sallyport/v1
            kind: Role
            metadata: {name: ops}
            spec:
              targets: {type: ssh, labels: {tier: web}}
              ssh: {logins: [%s]}
              request: {approval: auto, maxDuration: 8h}
            ---
            """;

    private static final String PEOPLE = """
            apiVersion: sallyport/v1
            kind: Person
            metadata: {name: dev}
            spec: {attributes: {team: %s}}
            ---
            apiVersion: sallyport/v1
            kind: Person
            metadata: {name: mate}
            spec: {attributes: {team: web}}
            ---
            """;

    private static final String THE_REST = """
            apiVersion: sallyport/v1
            kind: Eligibility
            metadata: {name: ops}
            spec: {role: ops, subjects: {people: [dev, mate]}}
            """;

    private final World world = new World();
    private final CatalogChanges catalog = world.catalog();
    private final PersonId lead = world.person("lead", "leads");

    @BeforeEach
    void things() {
        apply(TARGET.formatted("test") + ROLE.formatted("ops") + PEOPLE.formatted("web") + THE_REST);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private void apply(String text) {
        CatalogAnswer answer =
                catalog.apply(world.actor(lead), List.of(new SourceFile("all.yaml", text)), false, false);
        assertThat(answer).isInstanceOf(CatalogAnswer.Sound.class);
    }

    /** A rule that denies what it matches, and what becomes of what runs: it ends, or is warned of. */
    private void denies(String when, String running) {
        apply("""
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: p}
                spec: {rules: [{name: no, when: '%s', effect: deny, message: not any more, running: %s}]}
                """.formatted(when, running));
        world.policies.enforce(world.actor(lead), "draft", "as agreed");
    }

    private GrantId runs(String name) {
        PersonId person = world.database
                .read(rx -> Directory.person(rx, name))
                .orElseThrow()
                .id();
        GrantId grant = world.grant(person, "ops", "web-1", Duration.ofHours(1));
        world.settle();
        assertThat(grant(grant).state()).isEqualTo(GrantState.ACTIVE);
        return grant;
    }

    private Grant grant(GrantId id) {
        return world.database.read(rx -> Grants.find(rx, id)).orElseThrow();
    }

    private List<String> warnedOf() {
        return world.findings().stream()
                .filter(finding -> finding.kind().equals("grant-against-policy"))
                .map(Finding::subject)
                .toList();
    }

    private void hasEnded(GrantId grant) {
        assertThat(grant(grant).state()).isEqualTo(GrantState.ENDED);
        assertThat(grant(grant).endComment())
                .hasValueSatisfying(why -> assertThat(why).contains("not any more"));
    }

    @Test
    void aLabelOfATargetEndsWhatRuns() {
        denies("target.labels.env == \"prod\"", "end");
        GrantId runs = runs("dev");

        apply(TARGET.formatted("staging"));
        world.settle();
        assertThat(grant(runs).state()).isEqualTo(GrantState.ACTIVE);
        apply(TARGET.formatted("prod"));
        world.settle();

        hasEnded(runs);
    }

    @Test
    void aLabelOfATargetHasWhatRunsWarnedOfWhereTheRuleOnlyWarns() {
        denies("target.labels.env == \"prod\"", "warn");
        GrantId runs = runs("dev");

        apply(TARGET.formatted("prod"));
        world.settle();

        assertThat(grant(runs).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(warnedOf()).containsExactly(runs.value());
        apply(TARGET.formatted("test"));
        world.settle();
        assertThat(warnedOf()).isEmpty();
    }

    @Test
    void aRoleThatIsChangedEndsWhatRuns() {
        denies("\"root\" in role.logins", "end");
        GrantId runs = runs("dev");

        apply(ROLE.formatted("ops, deploy"));
        world.settle();
        assertThat(grant(runs).state()).isEqualTo(GrantState.ACTIVE);
        apply(ROLE.formatted("ops, root"));
        world.settle();

        hasEnded(runs);
    }

    @Test
    void anAttributeOfAPersonEndsWhatTheyHoldAndNothingOfOthers() {
        denies("principal.attributes.team == \"left\"", "end");
        GrantId theirs = runs("dev");
        GrantId others = runs("mate");

        apply(PEOPLE.formatted("left"));
        world.settle();

        hasEnded(theirs);
        assertThat(grant(others).state()).isEqualTo(GrantState.ACTIVE);
    }
}
