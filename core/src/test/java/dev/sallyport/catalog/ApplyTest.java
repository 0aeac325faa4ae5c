package dev.sallyport.catalog;

import static dev.sallyport.catalog.CatalogFixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.base.Refusal;
import dev.sallyport.identity.Directory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApplyTest {
    /** On purpose in an order in which nothing exists when it is named. */
    static final String DEMO = """
            apiVersion: sallyport/v1
            kind: Eligibility
            metadata: {name: developers-ops}
            spec: {role: ops, subjects: {groups: [developers]}, targets: {labels: {env: demo}}}
            ---
            apiVersion: sallyport/v1
            kind: Role
            metadata: {name: ops}
            spec:
              description: Shell on web servers
              targets: {type: ssh, labels: {tier: web}}
              ssh: {logins: [root]}
              request: {approval: {group: leads, count: 1}, maxDuration: PT8H}
            ---
            apiVersion: sallyport/v1
            kind: Target
            metadata: {name: web-1, labels: {env: demo, tier: web}}
            spec: {type: ssh, owner: lead, address: {host: 127.0.0.1, port: 2201}}
            ---
            apiVersion: sallyport/v1
            kind: Group
            metadata: {name: leads}
            spec: {members: [lead]}
            ---
            apiVersion: sallyport/v1
            kind: Group
            metadata: {name: developers}
            spec: {description: They build}
            ---
            apiVersion: sallyport/v1
            kind: Person
            metadata: {name: dev}
            spec: {displayName: Dev Eloper, email: dev@example.org, attributes: {team: web}, groups: [developers]}
            ---
            apiVersion: sallyport/v1
            kind: Person
            metadata: {name: lead}
            spec: {}
            """;

    private final CatalogFixture catalog = new CatalogFixture();

    @AfterEach
    void drop() {
        catalog.close();
    }

    @Test
    void everythingIsMadeWhateverTheOrder() {
        assertThat(text(catalog.apply(DEMO))).isEqualTo("""
                create Eligibility developers-ops
                create Role ops
                create Target web-1
                create Group leads
                create Group developers
                create Person dev
                create Person lead""");

        catalog.database.read(rx -> {
            var dev = Directory.person(rx, "dev").orElseThrow();
            var role = Catalog.role(rx, "ops").orElseThrow();
            var target = Catalog.target(rx, "web-1").orElseThrow();
            List<String> groups = Directory.groups(rx, dev.id());
            assertThat(dev.email()).contains("dev@example.org");
            assertThat(dev.managedBy()).isEqualTo("file");
            assertThat(groups).containsExactly("developers");
            assertThat(Directory.isMember(
                            rx, Directory.person(rx, "lead").orElseThrow().id(), "leads"))
                    .isTrue();
            assertThat(Catalog.isEligible(rx, dev, groups, role, target)).isTrue();
            assertThat(Catalog.offers(rx, dev, groups, Search.on(Optional.empty()), 10))
                    .hasSize(1);
            return true;
        });
    }

    @Test
    void eachObjectHasOneEventAndTheApplyHasOne() {
        catalog.apply(DEMO);

        assertThat(catalog.events("catalog.created")).isEqualTo(7);
        assertThat(catalog.events("catalog.applied")).isEqualTo(1);
    }

    @Test
    void whatIsAboutAPersonStandsOnlyBesideTheEvent() {
        catalog.apply(DEMO);

        String bodies = catalog.database.read(rx ->
                String.join("\n", rx.list("select convert_from(body, 'UTF8') from event", row -> row.getString(1))));
        String fields = catalog.database.read(
                rx -> String.join("\n", rx.list("select fields::text from event_personal", row -> row.getString(1))));
        assertThat(bodies).doesNotContain("dev@example.org", "Dev Eloper", "192.0.2.7");
        assertThat(bodies).contains("\"spec.address.host\":\"127.0.0.1\"");
        assertThat(fields).contains("dev@example.org", "Dev Eloper", "192.0.2.7", "new.spec.email");
    }

    @Test
    void theSecondTimeNothingChanges() {
        catalog.apply(DEMO);

        var again = catalog.apply(DEMO);

        assertThat(((CatalogAnswer.Sound) again).changes())
                .hasSize(7)
                .allMatch(change -> change.action() == Action.UNCHANGED);
        assertThat(catalog.events("catalog.created")).isEqualTo(7);
        assertThat(catalog.events("catalog.updated")).isZero();
        assertThat(catalog.events("catalog.applied")).isEqualTo(2);
        assertThat(catalog.rows("person where version > 1")).isZero();
    }

    @Test
    void aChangeNamesItsFields() {
        catalog.apply(DEMO);

        String changed = DEMO.replace("PT8H", "2h, reason: optional")
                .replace("env: demo, tier: web}}\nspec", "env: prod, tier: web}}\nspec")
                .replace("groups: [developers]}\n---", "groups: [developers, leads]}\n---");
        assertThat(text(catalog.apply(changed))).isEqualTo("""
                update Role ops: spec.request.maxDuration, spec.request.reason
                update Target web-1: metadata.labels.env
                update Person dev: spec.groups""");
        assertThat(catalog.rows("role where version = 2")).isEqualTo(1);
        assertThat(catalog.events("catalog.updated")).isEqualTo(3);
    }

    @Test
    void aDryRunChangesNothing() {
        assertThat(text(catalog.plan(DEMO))).contains("create Role ops");

        assertThat(catalog.rows("role")).isZero();
        assertThat(catalog.rows("event where activity <> 'catalog.built-in-made'"))
                .isZero();
    }

    @Test
    void oneErrorAndNothingIsApplied() {
        assertThat(text(catalog.apply(DEMO.replace("[developers]}\n", "[developers, testers]}\n"))))
                .isEqualTo("""
                        all.yaml:33:103: spec.groups: "testers" does not exist \
                        (expected: a Group in the catalogue or in these files)""");

        assertThat(catalog.rows("person")).isZero();
        assertThat(catalog.rows("target")).isEqualTo(1);
        assertThat(catalog.rows("event where activity not in ('catalog.built-in-made', 'catalog.refused')"))
                .isZero();
        assertThat(catalog.events("catalog.refused")).isEqualTo(1);
    }

    @Test
    void aMembershipLastsAsLongAsEitherDocumentSaysSo() {
        catalog.apply(DEMO.replace("{description: They build}", "{members: [dev]}"));
        catalog.apply(DEMO);

        assertThat(groupsOfDev()).containsExactly("developers");
        assertThat(text(catalog.apply(DEMO.replace(", groups: [developers]}", "}"))))
                .isEqualTo("update Person dev: spec.groups");
        assertThat(groupsOfDev()).isEmpty();
    }

    private List<String> groupsOfDev() {
        return catalog.database.read(rx ->
                Directory.groups(rx, Directory.person(rx, "dev").orElseThrow().id()));
    }

    @Test
    void pruningRemovesOnlyWhatFilesMade() {
        catalog.apply(DEMO);
        catalog.database.run(CatalogFixture.ACTOR, tx -> {
            tx.update("update person set managed_by = 'portal' where name = 'lead'");
            catalog.audit.record(tx, dev.sallyport.audit.Event.of(CatalogEvent.UPDATED));
        });
        String kept = DEMO.substring(
                DEMO.indexOf("apiVersion: sallyport/v1\nkind: Group"),
                DEMO.indexOf("---\napiVersion: sallyport/v1\nkind: Person"));

        assertThat(text(catalog.prune(kept))).isEqualTo("""
                delete Person dev
                delete Target web-1
                delete Role ops
                delete Eligibility developers-ops""");

        assertThat(catalog.rows("person")).isEqualTo(1);
        assertThat(catalog.rows("target where name = 'sallyport'")).isEqualTo(1);
        assertThat(catalog.events("catalog.deleted")).isEqualTo(4);
    }

    @Test
    void withoutPruningWhatIsMissingStays() {
        catalog.apply(DEMO);

        assertThat(text(catalog.apply(DEMO.substring(0, DEMO.indexOf("---"))))).isEmpty();
        assertThat(catalog.rows("person")).isEqualTo(2);
    }

    @Test
    void whatSomebodyElseManagesIsNotTakenOver() {
        catalog.apply(DEMO);
        catalog.database.run(CatalogFixture.ACTOR, tx -> {
            tx.update("update role set managed_by = 'portal'");
            catalog.audit.record(tx, dev.sallyport.audit.Event.of(CatalogEvent.UPDATED));
        });

        assertThat(text(catalog.apply(DEMO))).isEmpty();
        assertThat(text(catalog.apply(DEMO.replace("PT8H", "PT4H"))))
                .isEqualTo("all.yaml:8:18: Role ops: managed by portal (expected: file; change it there)");
    }

    @Test
    void twoAppliesAtOnceGiveOneCreationEach() {
        List<CompletableFuture<String>> applies = IntStream.range(0, 4)
                .mapToObj(
                        _ -> CompletableFuture.supplyAsync(() -> text(catalog.apply(DEMO)), Thread::startVirtualThread))
                .toList();

        assertThat(applies.stream().map(CompletableFuture::join).filter(told -> told.contains("create")))
                .hasSize(1);
        assertThat(catalog.events("catalog.created")).isEqualTo(7);
    }

    @Test
    void aPersonMadeElsewhereAtTheSameMomentIsARefusal() throws Exception {
        var started = new CountDownLatch(1);
        var finish = new CountDownLatch(1);
        var elsewhere = CompletableFuture.runAsync(
                () -> catalog.database.run(CatalogFixture.ACTOR, tx -> {
                    catalog.people.create(tx, "dev", "Dev", null, Map.of(), "api");
                    started.countDown();
                    await(finish);
                }),
                Thread::startVirtualThread);
        await(started);
        var applying = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return text(catalog.apply(DEMO));
                    } catch (Refusal refusal) {
                        return refusal.code();
                    }
                },
                Thread::startVirtualThread);
        waitForALock();
        finish.countDown();
        elsewhere.get();

        assertThat(applying.get()).isEqualTo("catalog.stale");
        assertThat(catalog.events("catalog.refused")).isEqualTo(1);
        assertThat(catalog.rows("role")).isZero();
    }

    private void waitForALock() {
        Instant deadline = Instant.now().plusSeconds(20);
        while (!catalog.database.read(rx -> rx.exists(
                "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"))) {
            assertThat(Instant.now()).isBefore(deadline);
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatIsRefusedIsInTheLogWithoutWhatItSaid() {
        catalog.apply("""
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: dev}
                spec: {passwort: hunter2hunter2}
                """);

        String event =
                catalog.database.read(rx -> rx.one("""
                        select convert_from(e.body, 'UTF8') || p.fields from event e join event_personal p on p.event_id = e.id
                         where e.activity = 'catalog.refused' and e.outcome = 'refused'
                        """, row -> row.getString(1)).orElseThrow());
        assertThat(event).contains("\"errors\":1", "all.yaml:4").doesNotContain("hunter2");
    }
}
