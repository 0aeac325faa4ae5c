package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.postgres.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestDatabasesTest {
    private final String key = UUID.randomUUID().toString();
    private final AtomicInteger migrations = new AtomicInteger();

    @Test
    void aDatabaseHoldsWhatTheMigrationMadeAndItRunsOnce() throws Exception {
        try (TestDatabase first = TestDatabases.shared().create(key, this::migrate);
                TestDatabase second = TestDatabases.shared().create(key, this::migrate)) {
            run(first, first.app(), "insert into thing values (1)");

            assertThat(count(first)).isEqualTo(1);
            assertThat(count(second)).isZero();
            assertThat(migrations).hasValue(1);
        }
    }

    @Test
    void theRunTimeRoleMayDoOnlyWhatItWasGranted() {
        try (TestDatabase database = TestDatabases.shared().create(key, this::migrate)) {
            assertThatThrownBy(() -> run(database, database.app(), "delete from thing"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void closingDropsTheDatabaseUnderItsConnections() throws Exception {
        TestDatabase database = TestDatabases.shared().create(key, this::migrate);
        try (Connection connection = database.connect(database.app())) {
            database.close();

            assertThat(connection.isValid(5)).isFalse();
            assertThatThrownBy(() -> database.connect(database.app()))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("does not exist");
        }
    }

    @Test
    void aFailedMigrationLeavesNoTemplate() throws Exception {
        assertThatThrownBy(() -> TestDatabases.shared().create(key, _ -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");

        try (TestDatabase database = TestDatabases.shared().create(key, this::migrate)) {
            assertThat(count(database)).isZero();
        }
    }

    @Test
    void aMigrationMayForgetAConnection() throws Exception {
        var forgotten = new ArrayList<Connection>();
        try (TestDatabase database = TestDatabases.shared().create(key, empty -> {
            migrate(empty);
            forgotten.add(open(empty));
        })) {
            assertThat(count(database)).isZero();
            assertThat(forgotten.getFirst().isValid(5)).isFalse();
        }
    }

    @Test
    void severalJvmsShareOneServer(@TempDir Path dir) throws Exception {
        EmbeddedPostgres first = TestServer.sharedIn(dir);
        EmbeddedPostgres second = TestServer.sharedIn(dir);
        try (TestDatabase database = new TestDatabases(first).create(key, this::migrate);
                TestDatabase other = new TestDatabases(second).create(key, this::migrate)) {
            first.stop();

            assertThat(first.pid()).isEqualTo(second.pid());
            assertThat(count(database)).isZero();
            assertThat(count(other)).isZero();
            assertThat(migrations).hasValue(1);
        } finally {
            EmbeddedPostgres.stop(dir);
        }
    }

    private void migrate(TestDatabase empty) {
        migrations.incrementAndGet();
        try {
            run(
                    empty,
                    empty.owner(),
                    "create table thing (id int); grant select, insert on thing to "
                            + empty.app().user());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Connection open(TestDatabase database) {
        try {
            return database.connect(database.owner());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void run(TestDatabase database, TestDatabase.Login login, String sql) throws SQLException {
        try (Connection connection = database.connect(login);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int count(TestDatabase database) throws SQLException {
        try (Connection connection = database.connect(database.app());
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from thing")) {
            assertThat(rows.next()).isTrue();
            return rows.getInt(1);
        }
    }
}
