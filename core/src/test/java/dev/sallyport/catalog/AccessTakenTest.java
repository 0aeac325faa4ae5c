package dev.sallyport.catalog;

import static dev.sallyport.catalog.ApplyTest.DEMO;
import static dev.sallyport.catalog.CatalogFixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.identity.Directory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccessTakenTest {
    private final CatalogFixture catalog = new CatalogFixture();
    private String grant = "";

    @BeforeEach
    void grant() {
        catalog.apply(DEMO);
        grant = catalog.grant("dev", "ops", "web-1");
    }

    @AfterEach
    void drop() {
        catalog.close();
    }

    private String line() {
        return "\n  takes access from dev: ops on web-1 (" + grant + ")";
    }

    private String eligibilityEnded() {
        return catalog.database.read(rx -> "eligibility "
                + Catalog.role(rx, "ops").orElseThrow().id() + " ["
                + Directory.person(rx, "dev").orElseThrow().id() + "]");
    }

    @Test
    void whatTakesNothingSaysNothing() {
        String changed = DEMO.replace("Shell on web servers", "A shell")
                .replace("groups: [developers]}, targets", "groups: [developers], people: [lead]}, targets");

        assertThat(text(catalog.apply(changed))).doesNotContain("takes access");
        assertThat(catalog.ear.heard).isEmpty();
    }

    @Test
    void aNarrowedEligibilityTakesAccessAndIsTold() {
        String narrowed = DEMO.replace("targets: {labels: {env: demo}}}", "targets: {labels: {env: prod}}}");

        assertThat(text(catalog.plan(narrowed)))
                .isEqualTo("update Eligibility developers-ops: spec.targets.labels.env" + line());
        assertThat(catalog.ear.heard).isEmpty();
        assertThat(text(catalog.apply(narrowed))).endsWith(line());
        assertThat(catalog.ear.heard).containsExactly(eligibilityEnded());
    }

    @Test
    void aRemovedEligibilityTakesAccessUnlessAnotherOneGivesIt() {
        String other = """
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: web-people}
                spec: {role: ops, subjects: {attributes: {team: web}}}
                ---
                """;
        String rest = DEMO.substring(DEMO.indexOf("---"));

        assertThat(text(catalog.prune(other + rest)))
                .isEqualTo("create Eligibility web-people\ndelete Eligibility developers-ops");
        assertThat(text(catalog.prune(rest))).isEqualTo("delete Eligibility web-people" + line());
        assertThat(catalog.ear.heard).containsExactly(eligibilityEnded());
    }

    @Test
    void leavingAGroupTakesAccess() {
        assertThat(text(catalog.apply(DEMO.replace(", groups: [developers]}\n", "}\n"))))
                .isEqualTo("update Person dev: spec.groups" + line());
        assertThat(catalog.ear.heard).containsExactly(eligibilityEnded());
    }

    @Test
    void aLabelThatNoSelectorChoosesTakesAccess() {
        assertThat(text(catalog.apply(DEMO.replace("env: demo, tier: web}}\n", "env: demo, tier: db}}\n"))))
                .isEqualTo("update Target web-1: metadata.labels.tier" + line());
        assertThat(catalog.ear.heard).containsExactly(eligibilityEnded());
    }

    @Test
    void aRoleForOtherTargetsTakesAccess() {
        assertThat(text(catalog.apply(DEMO.replace("labels: {tier: web}}\n", "labels: {tier: db}}\n"))))
                .isEqualTo("update Role ops: spec.targets.labels.tier" + line());
    }

    @Test
    void disablingAPersonTakesAccess() {
        assertThat(text(catalog.apply(
                        DEMO.replace("groups: [developers]}\n", "groups: [developers], state: disabled}\n"))))
                .isEqualTo("update Person dev: spec.state" + line());
        assertThat(catalog.events("person.disabled")).isEqualTo(1);
        assertThat(text(catalog.apply(DEMO))).isEqualTo("update Person dev: spec.state");
        assertThat(catalog.rows("person where state = 'active' and epoch = 1")).isEqualTo(1);
    }

    @Test
    void whatIsDeletedEndsItsGrants() {
        String target = catalog.database.read(
                rx -> Catalog.target(rx, "web-1").orElseThrow().id().value());
        String role = catalog.database.read(
                rx -> Catalog.role(rx, "ops").orElseThrow().id().value());
        String people = DEMO.substring(DEMO.indexOf("apiVersion: sallyport/v1\nkind: Group"));

        assertThat(text(catalog.prune(people)))
                .isEqualTo("delete Target web-1" + line() + "\ndelete Role ops\ndelete Eligibility developers-ops");
        assertThat(catalog.ear.heard).containsExactly("target " + target, "role " + role);
    }

    @Test
    void whoStandsInTheRecordIsNotDeleted() {
        String groups = """
                apiVersion: sallyport/v1
                kind: Group
                metadata: {name: leads}
                spec: {}
                """;

        assertThat(text(catalog.prune(groups))).isEqualTo("""
                --prune:1:1: Person dev: stands in the record of requests, grants and sign-ins \
                (expected: kept, with spec.state: disabled)""");
        assertThat(catalog.rows("role")).isEqualTo(1);
    }

    @Test
    void oneChangeListsAHundredGrantsAndCountsTheRest() {
        for (int i = 0; i < 104; i++) {
            catalog.grant("dev", "ops", "web-1");
        }

        var plan = (CatalogAnswer.Sound) catalog.plan(DEMO.replace(", groups: [developers]}\n", "}\n"));

        assertThat(plan.changes().getLast().takesAccessFrom()).isEmpty();
        assertThat(plan.changes().get(5).takesAccessFrom()).hasSize(101).endsWith("and 5 more");
    }
}
