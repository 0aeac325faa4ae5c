package dev.sallyport.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import dev.sallyport.database.Actor;
import dev.sallyport.decision.PolicySets;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.policy.code.PolicyDocument;
import dev.sallyport.policy.code.PolicyFiles;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What policies make together is compiled once, and never while the catalogue is held. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompiledPoliciesTest {
    private static final Actor ELSEWHERE = Actor.system("elsewhere");

    private final CatalogFixture catalog = new CatalogFixture();

    /** How many documents were compiled, each time. */
    private final List<Integer> compiled = new ArrayList<>();

    private Runnable meanwhile = () -> {};

    private final CompiledPolicies policies = new CompiledPolicies(this::compile);
    private final CatalogChanges changes =
            new CatalogChanges(catalog.database, catalog.audit, catalog.people, catalog.ear, policies);
    private final CatalogObjects objects =
            new CatalogObjects(catalog.database, catalog.audit, catalog.people, catalog.ear, policies);
    private final PolicySets sets = new PolicySets(catalog.database, catalog.audit, _ -> {}, policies);

    @AfterAll
    void close() {
        catalog.close();
    }

    @BeforeEach
    void empty() {
        meanwhile = () -> {};
        changes.apply(CatalogFixture.ACTOR, List.of(), true, false);
        compiled.clear();
    }

    /** Compiles, if the catalogue is free at this moment. */
    private PolicyFiles compile(List<PolicyDocument> documents, Errors errors) {
        assertThat(catalog.database.<Boolean>change(
                        ELSEWHERE, tx -> tx.exists("select 1 where pg_try_advisory_xact_lock(?)", CatalogStore.LOCK)))
                .as("nobody holds the catalogue while policies are compiled")
                .isTrue();
        compiled.add(documents.size());
        Runnable once = meanwhile;
        meanwhile = () -> {};
        once.run();
        return PolicyFiles.of(documents, errors);
    }

    private static String policy(String name, String condition) {
        return """
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: %s}
                spec:
                  rules:
                    - {name: one, when: '%s', effect: allow, approvals: none}
                """.formatted(name, condition);
    }

    private CatalogAnswer apply(String yaml) {
        return changes.apply(CatalogFixture.ACTOR, List.of(new SourceFile("p.yaml", yaml)), false, false);
    }

    @Test
    void applyingAndEnforcingCompilesOnce() {
        String first = policy("first", "principal.name == \"once\"");

        assertThat(changes.apply(CatalogFixture.ACTOR, List.of(new SourceFile("p.yaml", first)), false, true))
                .isInstanceOf(CatalogAnswer.Sound.class);
        assertThat(apply(first)).isInstanceOf(CatalogAnswer.Sound.class);
        assertThat(apply(first)).isInstanceOf(CatalogAnswer.Sound.class);
        assertThat(catalog.database.read(sets::draft).size()).isEqualTo(1);

        assertThat(compiled).containsExactly(1);
    }

    @Test
    void whatIsNotSoundIsToldWithItsPlaceAndLeavesTheCatalogueAsItIs() {
        apply(policy("sound", "principal.name == \"sound\""));

        CatalogAnswer answer = apply(policy("broken", "principal.nam == \"x\""));

        assertThat(answer).isInstanceOfSatisfying(CatalogAnswer.Unsound.class, unsound -> {
            assertThat(unsound.errors()).hasSize(1);
            assertThat(unsound.errors().getFirst().file()).isEqualTo("p.yaml");
            assertThat(unsound.errors().getFirst().line()).isEqualTo(6);
        });
        assertThat(catalog.database.<Boolean>read(
                        rx -> CatalogObjects.find(rx, Kind.POLICY, "broken").isPresent()))
                .isFalse();
        assertThat(compiled).containsExactly(1, 2);
    }

    @Test
    void whoChangesPoliciesMeanwhileIsNotPassedOver() {
        meanwhile = () -> catalog.changes.apply(
                CatalogFixture.ACTOR,
                List.of(new SourceFile("q.yaml", policy("other", "principal.name == \"other\""))),
                false,
                false);

        assertThat(apply(policy("mine", "principal.name == \"mine\""))).isInstanceOf(CatalogAnswer.Sound.class);

        assertThat(compiled).containsExactly(1, 2);
        assertThat(catalog.database.read(sets::draft).size()).isEqualTo(2);
        assertThat(compiled).hasSize(2);
    }

    @Test
    void oneObjectAtATimeIsHeldToTheSame() {
        String text = policy("single", "principal.name == \"single\"");

        Stored made = objects.create(CatalogFixture.ACTOR, Kind.POLICY, text);
        assertThatThrownBy(() -> objects.replace(
                        CatalogFixture.ACTOR,
                        Kind.POLICY,
                        "single",
                        made.version(),
                        policy("single", "principal.nam == \"x\"")))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("catalog.invalid"));
        Stored other = objects.replace(
                CatalogFixture.ACTOR,
                Kind.POLICY,
                made.id(),
                made.version(),
                policy("single", "principal.name == \"changed\""));
        objects.delete(CatalogFixture.ACTOR, Kind.POLICY, "single", other.version());

        assertThat(compiled).startsWith(1, 1, 1);
    }
}
