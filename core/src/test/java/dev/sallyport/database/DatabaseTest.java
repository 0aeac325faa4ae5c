package dev.sallyport.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.testkit.TcpRelay;
import dev.sallyport.testkit.TestDatabase;
import dev.sallyport.testkit.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** AU1 and rule 1: state and event are one transaction, and the log cannot be rewritten. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseTest {
    private final World world = new World();

    @AfterAll
    void close() {
        world.close();
    }

    private boolean exists(String name) {
        return world.database.read(rx -> rx.exists("select 1 from person where name = ?", name));
    }

    private static void insert(Tx tx, String name) {
        tx.update(
                "insert into person (id, name, display_name, managed_by, created_at) values (?, ?, ?, 'test', ?)",
                PersonId.next(),
                name,
                name,
                tx.now());
    }

    @Test
    void aStatementAloneWritesWhatNeedsNoEvent() {
        List<Boolean> rows = world.database.alone(
                "insert into dpop_proof (hash, expires_at) values (?, now()) returning true",
                row -> row.getBoolean(1),
                (Object) new byte[] {1, 2, 3});

        assertThat(rows).containsExactly(true);
        long kept = world.database.read(rx -> rx.count("select count(*) from dpop_proof where hash = '\\x010203'"));
        assertThat(kept).isOne();
    }

    @Test
    void aStatementAloneMayNotWriteState() {
        assertThatThrownBy(() -> world.database.alone("update person set name = ?", _ -> true, "alone"))
                .hasMessage("a change of person outside a change");

        assertThat(exists("alone")).isFalse();
    }

    @Test
    void nowIsOneTimeAllThroughAChange() {
        world.database.run(Actor.system("test"), tx -> {
            var now = tx.now();
            tx.list("select pg_sleep(0.01)", _ -> true);
            assertThat(tx.now()).isEqualTo(now);
        });
    }

    @Test
    void stateWithAnEventIsCommitted() {
        world.arrange(tx -> insert(tx, "with-event"));

        assertThat(exists("with-event")).isTrue();
    }

    @Test
    void stateWithoutAnEventIsNot() {
        assertThatThrownBy(() -> world.database.run(Actor.system("test"), tx -> insert(tx, "without-event")))
                .hasMessage("a change of person without an event");

        assertThat(exists("without-event")).isFalse();
    }

    @Test
    void whatChangesNothingNeedsNoEvent() {
        world.database.run(
                Actor.system("test"), tx -> tx.update("update person set version = 2 where name = 'nobody'"));
    }

    @Test
    void countersNeedNoEvent() {
        world.database.run(
                Actor.system("test"),
                tx -> tx.update(
                        "insert into krl_confirmation (target_id, version, confirmed_at) values (?, 1, ?)",
                        Ids.next("tgt_"),
                        tx.now()));
    }

    @Test
    void aReadingTransactionDoesNotWrite() {
        assertThatThrownBy(() ->
                        world.database.read(rx -> rx.list("delete from person returning id", row -> row.getString(1))))
                .hasMessageContaining("may not write");
    }

    @Test
    void aFaultRollsBackEventAndState() {
        assertThatThrownBy(() -> world.arrange(tx -> {
                    insert(tx, "rolled-back");
                    throw new IllegalStateException("in the middle");
                }))
                .hasMessage("in the middle");

        assertThat(exists("rolled-back")).isFalse();
    }

    @Test
    void theRunTimeRoleCannotChangeDeleteOrTruncateEvents() throws SQLException {
        world.arrange(tx -> insert(tx, "for-events"));
        for (String sql : new String[] {
            "update event set activity = 'nothing'",
            "delete from event",
            "truncate event",
            "alter table event disable trigger all",
            "drop table event",
            "delete from access_grant",
            "update transition set to_state = 'active'",
            "delete from feed",
            "update feed set subject = ''",
            "delete from feed_head",
            "update approval set verdict = 'approve'"
        }) {
            try (Connection connection = world.connections.single();
                    var statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.execute(sql))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("42501"));
            }
        }
    }

    @Test
    void notEvenTheOwnerRewritesAnEventWithoutTakingTheTriggerOff() throws SQLException {
        world.arrange(tx -> insert(tx, "for-owner"));
        var test = world.testDatabase();
        try (Connection connection = test.connect(test.owner());
                var statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("update sallyport.event set activity = 'nothing'"))
                    .hasMessageContaining("never changed or deleted");
        }
    }

    @Test
    void timeIsTheDatabasesPlusTheOffset() {
        var before = world.database.read(Rx::now);
        world.later(Duration.ofHours(1));

        assertThat(Duration.between(before, world.database.read(Rx::now)))
                .isBetween(Duration.ofHours(1), Duration.ofMinutes(61));
    }

    @Test
    void whileTheDatabaseIsAwayEverythingIsRefusedAndAfterwardsWorks() throws Exception {
        DatabaseConfig direct = world.config();
        int port = java.net.URI.create(direct.url().substring("jdbc:".length())).getPort();
        try (TcpRelay relay = TcpRelay.to(port)) {
            var config = new DatabaseConfig(
                    direct.url().replace(":" + port + "/", ":" + relay.port() + "/"),
                    direct.user(),
                    direct.password(),
                    direct.owner(),
                    direct.ownerPassword(),
                    4,
                    Duration.ofSeconds(1));
            try (var connections = new Connections(config)) {
                var database = new Database(connections.pool());
                database.read(Rx::now);
                relay.refuse();
                relay.cut();

                assertThatThrownBy(() -> database.read(Rx::now)).isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo("unavailable.database");
                    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.UNAVAILABLE);
                });
                assertThatThrownBy(() -> database.alone("delete from dpop_proof returning true", _ -> true))
                        .isInstanceOfSatisfying(
                                Refusal.class,
                                refusal -> assertThat(refusal.code()).isEqualTo("unavailable.database"));

                relay.restore();
                assertThat(database.read(Rx::now)).isNotNull();
            }
        }
    }

    @Test
    void anOldOrPooledDatabaseIsNotedAndARealOneAccepted() throws SQLException {
        Connections.check(world.config());
    }

    @Test
    void aConfigurationThatCouldRewriteItsLogIsRefused() {
        DatabaseConfig good = world.config();

        assertThatThrownBy(() -> new DatabaseConfig(
                        good.url(),
                        good.owner(),
                        good.password(),
                        good.owner(),
                        good.ownerPassword(),
                        8,
                        DatabaseConfig.TIMEOUT))
                .hasMessageContaining("database.user");
        assertThatThrownBy(() -> new DatabaseConfig(
                        "jdbc:mysql://x/y", "a", good.password(), "b", good.ownerPassword(), 8, DatabaseConfig.TIMEOUT))
                .hasMessageContaining("database.url");
    }

    @Test
    void aNewPartitionIsAsClosedAsTheWholeAndNotEvenItsOwnerEmptiesItByMistake() throws SQLException {
        var test = world.testDatabase();
        try (Connection app = world.connections.single();
                Connection owner = test.connect(test.owner());
                var asApp = app.createStatement();
                var asOwner = owner.createStatement()) {
            asApp.execute("select event_partition(date '2024-08-10')");
            for (String sql : new String[] {
                "delete from event_2024_08",
                "truncate event_2024_08",
                "update event_2024_08 set activity = 'nothing'",
                "insert into event_2024_08 (id) values ('evt_x')"
            }) {
                assertThatThrownBy(() -> asApp.execute(sql))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("42501"));
            }
            for (String table : new String[] {"event_2024_08", "event_default"}) {
                assertThatThrownBy(() -> asOwner.execute("truncate sallyport." + table))
                        .hasMessageContaining("never changed or deleted");
            }
            asApp.execute("select event_partition(current_date + 40)");
            world.later(Duration.ofDays(40));
            world.arrange(tx -> insert(tx, "into-partition"));
        }
    }

    @Test
    void monthsBeginInUtcWhateverTheSessionSays() throws SQLException {
        var test = world.testDatabase();
        try (Connection app = world.connections.single();
                Connection owner = test.connect(test.owner());
                var asApp = app.createStatement();
                var asOwner = owner.createStatement()) {
            asApp.execute("set timezone = 'Pacific/Auckland'");
            asApp.execute("select event_partition(date '2024-03-10')");
            asApp.execute("set timezone = 'America/Los_Angeles'");
            asApp.execute("select event_partition(date '2024-04-10')");

            asOwner.execute("set timezone = 'UTC'");
            try (var row = asOwner.executeQuery("select pg_get_expr(relpartbound, oid) from pg_class where oid ="
                    + " 'sallyport.event_2024_03'::regclass")) {
                row.next();
                assertThat(row.getString(1)).contains("2024-03-01 00:00:00+00", "2024-04-01 00:00:00+00");
            }
        }
    }

    /** What the run-time role makes for itself is never run as the owner. */
    @Test
    void temporaryObjectsAreNotLookedAtByWhatRunsAsTheOwner() throws SQLException {
        try (Connection app = world.connections.single();
                var statement = app.createStatement()) {
            statement.execute("create function pg_temp.trap() returns timestamptz language plpgsql as"
                    + " $$ begin raise exception 'run as %', current_user; end $$");
            statement.execute("create temporary view event_default as select pg_temp.trap() as recorded_at");

            statement.execute("select sallyport.event_partition(date '2024-06-10')");
        }
    }

    @Test
    void theRunTimeRoleMakesNoTemporaryObjectsWhereTheOwnerMaySaySo() throws SQLException {
        try (TestDatabase fresh = TestDatabases.shared().createEmpty()) {
            Schema.migrate(
                    fresh.jdbcUrl(),
                    fresh.owner().user(),
                    fresh.owner().password().reveal(),
                    fresh.app().user());
            try (Connection app = fresh.connect(fresh.app());
                    var statement = app.createStatement()) {
                assertThatThrownBy(() -> statement.execute("create temporary table mine (id text)"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("42501"));
            }
        }
    }

    @Test
    void whatComesLastComesAfterTheWorkAndInTheSameTransaction() {
        var order = new java.util.ArrayList<String>();

        assertThatThrownBy(() -> world.arrange(tx -> {
                    tx.last(() -> {
                        order.add("last");
                        throw new IllegalStateException("at the end");
                    });
                    insert(tx, "never");
                    order.add("work");
                }))
                .hasMessage("at the end");

        assertThat(order).containsExactly("work", "last");
        assertThat(exists("never")).isFalse();
    }
}
