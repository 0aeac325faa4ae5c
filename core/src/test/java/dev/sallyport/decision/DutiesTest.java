package dev.sallyport.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.World;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.catalog.CatalogAnswer;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.database.Slice;
import dev.sallyport.finding.Finding;
import dev.sallyport.finding.Findings;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.grant.EndReason;
import dev.sallyport.grant.EndSelector;
import dev.sallyport.grant.Grant;
import dev.sallyport.grant.GrantState;
import dev.sallyport.grant.Grants;
import dev.sallyport.request.Approving;
import dev.sallyport.request.Ask;
import dev.sallyport.request.Item;
import dev.sallyport.request.ItemState;
import dev.sallyport.request.Request;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** AC6, PO7: what does not go together, how much at once, and what becomes of what runs. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DutiesTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String NEVER_TOGETHER = """
            - name: never-together
              when: principal.held.exists(h, h.running && h.role != role.name && h.role in ["enter", "release"])
              effect: deny
              message: entering and releasing never go together
            """;

    private final World world = new World();
    private final CatalogChanges catalog = world.catalog();
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId ana = world.person("ana", "developers");
    private final PersonId lead = world.person("lead", "leads");

    @BeforeAll
    void things() {
        world.target("erp-1", Map.of("tier", "web"));
        world.target("erp-2", Map.of("tier", "web"));
        for (String role : List.of("enter", "release", "audit")) {
            world.eligible(world.role(role, 0), "developers");
        }
        world.eligible(world.role("asked", 1), "developers");
    }

    @BeforeEach
    void nothingRuns() {
        world.arrange(tx -> {
            tx.update("delete from policy");
            tx.update(
                    "insert into policy_stage (stage, person_name, reason, at) values ('enforced', 'test', 'a new test', ?)",
                    tx.now());
        });
        world.grants.revoke(world.actor(lead), new EndSelector.All(), "a new test");
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void conflictingRolesAreNeverHeldTogetherAndOneAfterTheOtherTheyAre() {
        enforce("enter, release", NEVER_TOGETHER);

        GrantId first = granted(ask(dev, "enter", "erp-1"));
        assertThat(ask(dev, "release", "erp-2").decision().explanation())
                .containsExactly("entering and releasing never go together");
        assertThat(ask(dev, "enter", "erp-2").state())
                .as("the same role is no conflict")
                .isEqualTo(ItemState.APPROVED);
        assertThat(ask(ana, "release", "erp-1").state()).as("another person").isEqualTo(ItemState.APPROVED);
        world.grants.revoke(world.actor(lead), new EndSelector.OfPerson("dev"), "over");
        assertThat(ask(dev, "release", "erp-2").state()).isEqualTo(ItemState.APPROVED);
        assertThat(state(first).state()).isNotEqualTo(GrantState.ACTIVE);
    }

    @Test
    void oneRequestForBothGetsTheFirstOnly() {
        enforce("enter, release", NEVER_TOGETHER);

        Request both = world.requests.ask(
                world.actor(dev),
                dev,
                new Ask(
                        List.of(new Ask.Wanted("enter", "erp-1"), new Ask.Wanted("release", "erp-1")),
                        HOUR,
                        Optional.empty(),
                        "both",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));

        assertThat(both.items()).extracting(Item::state).containsExactly(ItemState.APPROVED, ItemState.DENIED);
    }

    @Test
    void ofTwoRequestsAtTheSameInstantOneIsGranted() throws Exception {
        enforce("enter, release", NEVER_TOGETHER);

        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Item>> asks = IntStream.range(0, 8)
                    .<Callable<Item>>mapToObj(i -> () -> ask(dev, i % 2 == 0 ? "enter" : "release", "erp-1"))
                    .toList();
            Set<String> granted = threads.invokeAll(asks).stream()
                    .map(Future::resultNow)
                    .filter(item -> item.state() == ItemState.APPROVED)
                    .map(Item::roleName)
                    .collect(java.util.stream.Collectors.toSet());

            assertThat(granted).hasSize(1);
        }
    }

    @Test
    void whatStoodInTheWaySinceItWasAskedIsFoundWhenTheLastWordIsGiven() {
        enforce("enter, asked", NEVER_TOGETHER.replace("\"release\"", "\"asked\""));
        Request waits = request(dev, "asked", "erp-1");
        ask(dev, "enter", "erp-1");

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> world.approving.decide(
                        world.actor(lead),
                        lead,
                        waits.id(),
                        new Approving.Say(true, Optional.empty(), Optional.empty(), Set.of())))
                .hasMessageContaining("entering and releasing never go together");
    }

    @Test
    void aRuleThatComesLaterEndsTheLaterGrantAndLeavesTheEarlier() {
        GrantId first = granted(ask(dev, "enter", "erp-1"));
        world.later(Duration.ofSeconds(1));
        GrantId second = granted(ask(dev, "release", "erp-1"));
        enforce("enter, release", NEVER_TOGETHER);

        world.worker.runOnce();

        assertThat(state(first).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(state(second).endReason()).contains(EndReason.POLICY);
    }

    @Test
    void whoDidItInTheLastThirtyDaysDoesNotAuditIt() {
        enforce("audit", """
                - name: not-own
                  when: principal.held.exists(h, h.role == "enter" && h.until > context.time - duration("720h"))
                  effect: deny
                  message: not one's own work
                """);
        ask(dev, "enter", "erp-1");
        world.grants.revoke(world.actor(lead), new EndSelector.OfPerson("dev"), "over");

        assertThat(ask(dev, "audit", "erp-1").state()).isEqualTo(ItemState.DENIED);
        assertThat(ask(ana, "audit", "erp-1").state()).isEqualTo(ItemState.APPROVED);
        world.later(Duration.ofDays(31));
        assertThat(ask(dev, "audit", "erp-1").state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void noMoreThanSoManyHoldARoleAtOnceAndWhatRunsIsOnlyWarnedOfWhereTheRuleSaysSo() {
        GrantId first = granted(ask(dev, "enter", "erp-1"));
        world.later(Duration.ofSeconds(1));
        GrantId second = granted(ask(ana, "enter", "erp-1"));
        enforce("enter", """
                - {name: one-at-once, when: role.holders >= 1, effect: deny, running: warn, message: somebody is there already}
                """);

        world.worker.runOnce();

        assertThat(state(first).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(state(second).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(warned()).containsExactly(second.value());
        assertThat(ask(lead(), "enter", "erp-1").decision().explanation()).containsExactly("somebody is there already");
        assertThat(ask(dev, "enter", "erp-2").state()).isEqualTo(ItemState.APPROVED);
        world.grants.revoke(world.actor(lead), new EndSelector.OfPerson("ana"), "over");
        assertThat(warned()).isEmpty();
    }

    @Test
    void ofTwoPersonsAtTheSameInstantOneGetsTheLastPlace() throws Exception {
        enforce("enter", """
                - {name: one-at-once, when: role.holders >= 1, effect: deny, running: warn, message: somebody is there already}
                """);
        List<PersonId> people = IntStream.range(0, 6).mapToObj(_ -> lead()).toList();

        try (var threads = Executors.newFixedThreadPool(6)) {
            List<Callable<Item>> asks = people.stream()
                    .<Callable<Item>>map(person -> () -> ask(person, "enter", "erp-1"))
                    .toList();
            long granted = threads.invokeAll(asks).stream()
                    .map(Future::resultNow)
                    .filter(item -> item.state() == ItemState.APPROVED)
                    .count();

            assertThat(granted).isEqualTo(1);
        }
    }

    private PersonId lead() {
        return world.person("third-" + System.nanoTime(), "developers");
    }

    private List<String> warned() {
        return world.database.read(rx -> Findings.list(rx, true, Slice.newest(100))).stream()
                .filter(finding -> finding.kind().equals("grant-against-policy"))
                .map(Finding::subject)
                .toList();
    }

    private Item ask(PersonId person, String role, String target) {
        return request(person, role, target).items().getFirst();
    }

    private Request request(PersonId person, String role, String target) {
        return world.requests.ask(
                world.actor(person),
                person,
                new Ask(
                        List.of(new Ask.Wanted(role, target)),
                        HOUR,
                        Optional.empty(),
                        "month's end",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    private static GrantId granted(Item item) {
        assertThat(item.state()).isEqualTo(ItemState.APPROVED);
        return item.grant().orElseThrow();
    }

    private Grant state(GrantId id) {
        return world.database.read(rx -> Grants.find(rx, id).orElseThrow());
    }

    private void enforce(String roles, String rules) {
        CatalogAnswer answer = catalog.apply(
                world.actor(lead),
                List.of(new SourceFile("duties.yaml", """
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: duties}
                spec:
                  match: {roles: [%s]}
                  rules:
                %s
                """.formatted(roles, rules.indent(4)))),
                false,
                false);
        assertThat(answer).isInstanceOf(CatalogAnswer.Sound.class);
        world.policies.enforce(world.actor(lead), "draft", "as agreed");
    }
}
