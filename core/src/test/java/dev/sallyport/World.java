package dev.sallyport;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.EventType;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.catalog.CompiledPolicies;
import dev.sallyport.credential.KeyVault;
import dev.sallyport.credential.RevocationList;
import dev.sallyport.credential.SshAuthorities;
import dev.sallyport.credential.SshCertificates;
import dev.sallyport.credential.SshLeases;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Connections;
import dev.sallyport.database.Database;
import dev.sallyport.database.DatabaseConfig;
import dev.sallyport.database.Json;
import dev.sallyport.database.Schema;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import dev.sallyport.decision.Decisions;
import dev.sallyport.decision.PolicySets;
import dev.sallyport.decision.Risks;
import dev.sallyport.finding.Finding;
import dev.sallyport.finding.Findings;
import dev.sallyport.grant.GrantWorker;
import dev.sallyport.grant.Grants;
import dev.sallyport.grant.HeldFacts;
import dev.sallyport.grant.SshAccess;
import dev.sallyport.identity.Passwords;
import dev.sallyport.identity.People;
import dev.sallyport.identity.Quarantine;
import dev.sallyport.identity.Sessions;
import dev.sallyport.incident.Incidents;
import dev.sallyport.request.Approving;
import dev.sallyport.request.Ask;
import dev.sallyport.request.Delegations;
import dev.sallyport.request.Request;
import dev.sallyport.request.Requests;
import dev.sallyport.review.EmergencyLimits;
import dev.sallyport.review.Reviews;
import dev.sallyport.session.SessionLeases;
import dev.sallyport.testkit.TestDatabase;
import dev.sallyport.testkit.TestDatabases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/** A database of its own with every feature of core wired on it, and people and things to play with. */
@NullMarked
public final class World implements AutoCloseable {
    private final TestDatabase testDatabase;
    private final Path rootKey;
    private volatile Duration offset;

    public final Connections connections;
    public final Database database;
    public final Audit audit = new Audit("test:" + Ids.next("run_"));
    public final KeyVault vault;
    public final SshAuthorities authorities;
    public final RevocationList revocations;
    public final Grants grants;
    public final SshAccess ssh;
    public final GrantWorker worker;
    public final CompiledPolicies compiled = new CompiledPolicies();
    public final PolicySets policies;
    public final Incidents incidents;
    public final Decisions decisions;
    public final Reviews reviews;
    public final Requests requests;
    public final Approving approving;
    public final Delegations delegations;

    private enum TestEvent implements EventType {
        ARRANGED;

        @Override
        public OcsfClass ocsfClass() {
            return OcsfClass.ENTITY_MANAGEMENT;
        }

        @Override
        public String activity() {
            return "test.arranged";
        }
    }

    public World() {
        this(
                TestDatabases.shared()
                        .create(
                                "core",
                                fresh -> Schema.migrate(
                                        fresh.jdbcUrl(),
                                        fresh.owner().user(),
                                        fresh.owner().password().reveal(),
                                        fresh.app().user())),
                scratch().resolve("root.key"),
                Duration.ZERO);
    }

    /** A world that is there already, as another server sees it: for processes that tests kill. */
    public World(TestDatabase testDatabase, Path rootKey, Duration offset) {
        this.testDatabase = testDatabase;
        this.rootKey = rootKey;
        this.offset = offset;
        vault = KeyVault.open(rootKey);
        connections = new Connections(config());
        database = new Database(connections.pool(), () -> this.offset);
        authorities = new SshAuthorities(database, audit, vault);
        authorities.createMissing();
        revocations = new RevocationList(database, authorities);
        grants = new Grants(database, audit);
        ssh = new SshAccess(database, audit, new SshCertificates(authorities));
        policies = new PolicySets(database, audit, grants, compiled);
        incidents = new Incidents(database, audit, grants);
        decisions = new Decisions(policies, Risks.UNKNOWN, incidents, List.of(new HeldFacts()));
        worker = new GrantWorker(
                database,
                audit,
                new Findings(audit),
                decisions,
                List.of(new SshLeases(database), new SessionLeases(database)));
        reviews = new Reviews(database, audit, new Findings(audit), EmergencyLimits.DEFAULT);
        requests = new Requests(database, audit, decisions, grants, reviews);
        delegations = new Delegations(database, audit);
        approving = new Approving(database, audit, requests, decisions, grants, reviews);
    }

    /** Documents are applied by it, and what they change is judged again. */
    public CatalogChanges catalog() {
        var sessions = new Sessions(audit);
        return new CatalogChanges(
                database,
                audit,
                new People(audit, new Passwords(19 * 1024), sessions, new Quarantine(audit, sessions, List.of())),
                grants,
                compiled);
    }

    public DatabaseConfig config() {
        return new DatabaseConfig(
                testDatabase.jdbcUrl(),
                testDatabase.app().user(),
                testDatabase.app().password(),
                testDatabase.owner().user(),
                testDatabase.owner().password(),
                16,
                DatabaseConfig.TIMEOUT);
    }

    public TestDatabase testDatabase() {
        return testDatabase;
    }

    public Path rootKey() {
        return rootKey;
    }

    /** How much has passed. */
    public Duration offset() {
        return offset;
    }

    /** Lets time pass. */
    public void later(Duration by) {
        offset = offset.plus(by);
    }

    public void arrange(java.util.function.Consumer<Tx> work) {
        database.run(Actor.system("test"), tx -> {
            work.accept(tx);
            audit.record(tx, Event.of(TestEvent.ARRANGED));
        });
    }

    public PersonId person(String name, String... groups) {
        var id = PersonId.next();
        arrange(tx -> {
            tx.update(
                    "insert into person (id, name, display_name, managed_by, created_at) values (?, ?, ?, 'test', ?)",
                    id,
                    name,
                    name,
                    tx.now());
            for (String group : groups) {
                join(tx, id, group);
            }
        });
        return id;
    }

    private static void join(Tx tx, PersonId id, String group) {
        tx.update(
                "insert into person_group (id, name, managed_by, created_at) values (?, ?, 'test', ?) on conflict (name) do nothing",
                Ids.next("grp_"),
                group,
                tx.now());
        tx.update(
                "insert into group_member (group_id, person_id, source) select id, ?, 'test' from person_group where name = ?",
                id,
                group);
    }

    public void leave(PersonId person, String group) {
        arrange(tx -> tx.update(
                "delete from group_member where person_id = ? and group_id = (select id from person_group where name = ?)",
                person,
                group));
    }

    public TargetId target(String name, Map<String, String> labels) {
        var id = TargetId.next();
        arrange(tx -> tx.update(
                "insert into target (id, name, type, labels, spec, managed_by, created_at) values (?, ?, 'ssh', ?::jsonb, ?::jsonb, 'test', ?)",
                id,
                name,
                Json.text(labels),
                Json.text(Map.of("address", Map.of("host", "127.0.0.1", "port", 22))),
                tx.now()));
        return id;
    }

    /** An SSH role on targets of tier web; with approvals by "leads" or none. */
    public RoleId role(String name, int approvals, Map<String, Object> request, Map<String, Object> more) {
        var id = RoleId.next();
        var asked = new java.util.TreeMap<>(request);
        if (approvals > 0) {
            asked.put("approval", Map.of("group", "leads", "count", approvals));
        } else {
            asked.put("approval", "auto");
        }
        var spec = new java.util.TreeMap<String, Object>(Map.of(
                "targets",
                Map.of("type", "ssh", "labels", Map.of("tier", "web")),
                "ssh",
                Map.of("logins", List.of("ops", "deploy")),
                "access",
                "direct",
                "request",
                asked));
        spec.putAll(more);
        arrange(tx -> tx.update(
                "insert into role (id, name, spec, managed_by, created_at) values (?, ?, ?::jsonb, 'test', ?)",
                id,
                name,
                Json.text(spec),
                tx.now()));
        return id;
    }

    public RoleId role(String name, int approvals) {
        return role(name, approvals, Map.of("maxDuration", "8h"), Map.of());
    }

    public void eligible(RoleId role, String group) {
        arrange(tx -> tx.update(
                "insert into eligibility (id, name, role_id, spec, managed_by, created_at) values (?, ?, ?, ?::jsonb, 'test', ?)",
                Ids.next("elg_"),
                Ids.next("elg_"),
                role,
                Json.text(Map.of("subjects", Map.of("groups", List.of(group)))),
                tx.now()));
    }

    public Actor actor(PersonId person) {
        return new Actor(person.value(), null, "someone", "127.0.0.1", null);
    }

    public Request ask(PersonId person, String role, String target, Duration duration) {
        return requests.ask(actor(person), person, asking(role, target, duration));
    }

    public static Ask asking(String role, String target, Duration duration) {
        return new Ask(
                List.of(new Ask.Wanted(role, target)),
                duration,
                Optional.empty(),
                "because of a test",
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public Request approve(PersonId approver, Request request) {
        return approving.decide(actor(approver), approver, request.id(), yes());
    }

    public static Approving.Say yes() {
        return new Approving.Say(true, Optional.empty(), Optional.empty(), Set.of());
    }

    public static Approving.Say no(String comment) {
        return new Approving.Say(false, Optional.empty(), Optional.of(comment), Set.of());
    }

    /** A running grant, asked for through an automatic role. */
    public GrantId grant(PersonId person, String role, String target, Duration duration) {
        return ask(person, role, target, duration).items().getFirst().grant().orElseThrow();
    }

    /** Has policies of this name decide, made of these rules alone, beside what others there are. */
    public void enforce(PersonId by, String name, List<Map<String, Object>> rules) {
        arrange(tx -> tx.update("""
                insert into policy (id, name, spec, managed_by, created_at) values (?, ?, ?::jsonb, 'test', ?)
                    on conflict (name) do update set spec = excluded.spec
                """, Ids.next("pol_"), name, Json.text(Map.of("rules", rules)), tx.now()));
        policies.enforce(actor(by), "draft", "as agreed");
    }

    /** What somebody should look at. */
    public List<Finding> findings() {
        return database.read(rx -> Findings.list(rx, true, Slice.newest(50)));
    }

    /** Works until nothing is due. */
    public void settle() {
        for (int i = 0; i < 100; i++) {
            if (worker.runOnce() + requests.expireDue() == 0) {
                return;
            }
        }
        throw new AssertionError("there is always something due");
    }

    /** The activities recorded for a request, in order. */
    public List<String> activities(String request) {
        return database.read(rx -> rx.list(
                "select activity from event where request_id = ? order by xid, position",
                row -> row.getString(1),
                request));
    }

    public long events(String activity) {
        return database.read(rx -> rx.count("select count(*) from event where activity = ?", activity));
    }

    @Override
    public void close() {
        connections.close();
        testDatabase.close();
    }

    private static Path scratch() {
        try {
            return Files.createTempDirectory("sallyport-world");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
