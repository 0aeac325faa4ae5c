package dev.sallyport.catalog;

import dev.sallyport.audit.Audit;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Schema;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.document.DocumentError;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.identity.IdentityEvent;
import dev.sallyport.identity.Passwords;
import dev.sallyport.identity.People;
import dev.sallyport.identity.Quarantine;
import dev.sallyport.identity.Sessions;
import dev.sallyport.testkit.TestDatabase;
import dev.sallyport.testkit.TestDatabases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A catalogue on a real database, and an ear for what it tells the holders of grants. */
final class CatalogFixture implements AutoCloseable {
    static final Actor ACTOR = new Actor(Ids.next("per_"), Ids.next("idn_"), "lead", "192.0.2.7", null);

    final TestDatabase test = TestDatabases.shared().create(migrations(), CatalogFixture::migrate);
    final Database database = new Database(source());
    final Audit audit = new Audit("test");
    final Ear ear = new Ear();
    final Sessions sessions = new Sessions(audit);
    final People people =
            new People(audit, new Passwords(19 * 1024), sessions, new Quarantine(audit, sessions, List.of()));
    final CompiledPolicies policies = new CompiledPolicies();
    final CatalogChanges changes = new CatalogChanges(database, audit, people, ear, policies);
    final CatalogObjects objects = new CatalogObjects(database, audit, people, ear, policies);

    CatalogFixture() {
        new BuiltIn(audit).ensureTarget(database);
    }

    /** Remembers what it heard. */
    static final class Ear implements AccessChanged {
        final List<String> heard = new ArrayList<>();

        @Override
        public void targetGone(Tx tx, TargetId target) {
            heard.add("target " + target);
        }

        @Override
        public void roleGone(Tx tx, RoleId role) {
            heard.add("role " + role);
        }

        @Override
        public void eligibilityChanged(Tx tx, RoleId role, List<PersonId> persons) {
            heard.add("eligibility " + role + " " + persons);
        }

        @Override
        public void factsChanged(Tx tx) {
            // told for every change of what policies look at
        }

        @Override
        public void factsChanged(Tx tx, List<PersonId> persons) {
            // the same for persons
        }
    }

    private static String migrations() {
        try (var files = Files.list(Path.of("src/main/resources/db/migration"))) {
            var text = new StringBuilder();
            for (Path file : files.sorted().toList()) {
                text.append(Files.readString(file));
            }
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void migrate(TestDatabase database) {
        Schema.migrate(
                database.jdbcUrl(),
                database.owner().user(),
                database.owner().password().reveal(),
                database.app().user());
    }

    private DriverManagerDataSource source() {
        String separator = test.jdbcUrl().contains("?") ? "&" : "?";
        return new DriverManagerDataSource(
                test.jdbcUrl() + separator + "currentSchema=" + Schema.NAME,
                test.app().user(),
                test.app().password().reveal());
    }

    static List<SourceFile> file(String text) {
        return List.of(new SourceFile("all.yaml", text));
    }

    CatalogAnswer apply(String text) {
        return changes.apply(ACTOR, file(text), false, false);
    }

    CatalogAnswer prune(String text) {
        return changes.apply(ACTOR, file(text), true, false);
    }

    CatalogAnswer plan(String text) {
        return changes.apply(ACTOR, file(text), false, true);
    }

    /** The changes, one a line, without what stays as it is. */
    static String text(CatalogAnswer answer) {
        return switch (answer) {
            case CatalogAnswer.Sound sound -> sound.text();
            case CatalogAnswer.Unsound unsound ->
                String.join(
                        "\n",
                        unsound.errors().stream().map(DocumentError::toString).toList());
        };
    }

    long events(String activity) {
        return database.read(rx -> rx.count("select count(*) from event where activity = ?", activity));
    }

    long rows(String table) {
        return database.read(rx -> rx.count("select count(*) from " + table));
    }

    /** A running grant, as if it had been asked for. */
    String grant(String person, String role, String target) {
        String id = GrantId.next().value();
        database.run(Actor.system("test"), tx -> {
            String request = Ids.next("req_");
            String item = Ids.next("itm_");
            tx.update("""
                    insert into request (id, requester_id, identity_id, reason, duration_ms, decide_by, created_at)
                    select ?, id, 'idn_x', 'because', 1000, ?, ? from person where name = ?
                    """, request, tx.now(), tx.now(), person);
            tx.update("""
                    insert into request_item (id, request_id, role_id, role_name, target_id, target_name, state,
                                              decision, facts, decide_by, decided_at)
                    select ?, ?, r.id, r.name, t.id, t.name, 'approved', '{}', '{}', ?, ?
                      from role r, target t where r.name = ? and t.name = ?
                    """, item, request, tx.now(), tx.now(), role, target);
            tx.update("""
                    insert into access_grant (id, state, person_id, role_id, role_name, target_id, target_name,
                                              request_id, item_id, terms, starts_at, ends_at)
                    select ?, 'active', p.id, r.id, r.name, t.id, t.name, ?, ?, '{}', ?, ?
                      from person p, role r, target t where p.name = ? and r.name = ? and t.name = ?
                    """, id, request, item, tx.now(), tx.now().plusSeconds(3600), person, role, target);
            audit.record(tx, dev.sallyport.audit.Event.of(IdentityEvent.PERSON_UPDATED));
        });
        return id;
    }

    @Override
    public void close() {
        test.close();
    }
}
