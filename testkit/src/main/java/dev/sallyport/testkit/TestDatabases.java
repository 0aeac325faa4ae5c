package dev.sallyport.testkit;

import dev.sallyport.base.Secret;
import dev.sallyport.postgres.EmbeddedPostgres;
import dev.sallyport.postgres.EmbeddedPostgresConfig;
import dev.sallyport.testkit.TestDatabase.Login;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * One real PostgreSQL for a test run, and in it a database for everybody who asks, copied from a template that was
 * migrated once. With {@code SALLYPORT_TEST_POSTGRES} naming a folder, all JVMs share the server there: the first one
 * starts it, and it stays until whoever set the variable stops it ({@link EmbeddedPostgres#stop(Path)}, or SIGINT to the
 * process that the first line of {@code data/postmaster.pid} names). Otherwise each JVM has its own, which ends with it.
 */
public final class TestDatabases {
    static final String OWNER = "sallyport_owner";
    static final String APP = "sallyport_app";

    /** Any number, the same in all JVMs; PostgreSQL locks by it. */
    private static final long ROLES_LOCK = 0x5A11_9047;

    private final EmbeddedPostgres postgres;

    TestDatabases(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    private static final class Shared {
        static final TestDatabases INSTANCE = new TestDatabases(TestServer.start());
    }

    public static TestDatabases shared() {
        return Shared.INSTANCE;
    }

    /**
     * A new database with everything that {@code migrate} does to an empty one; it runs once for each key, also among
     * several JVMs. Put into the key what the result depends on, such as a hash of the migration files.
     */
    public TestDatabase create(String templateKey, Consumer<TestDatabase> migrate) {
        String template = "template_" + Hashes.sha256(templateKey).substring(0, 24);
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        try {
            ensureTemplate(template, migrate);
            onMaintenance("create database " + name + " template " + template + " owner " + OWNER);
        } catch (SQLException e) {
            throw new IllegalStateException("database " + name + " cannot be made: " + e.getMessage(), e);
        }
        return database(name);
    }

    /** An empty server of one's own, as an operator has one that we know nothing of; the caller stops it. */
    public static EmbeddedPostgres foreign(Path dir) {
        return EmbeddedPostgres.start(EmbeddedPostgresConfig.in(dir)
                .withBinaries(TempFolders.sharedBinaries())
                .withFsync(false));
    }

    /** A new database with nothing in it. */
    public TestDatabase createEmpty() {
        return create("", _ -> {});
    }

    /** The server itself, for tests that stop or look at it. */
    public EmbeddedPostgres postgres() {
        return postgres;
    }

    /** The lock's session holds it until the template is whole; a crash leaves an unmarked one, which is made again. */
    private void ensureTemplate(String template, Consumer<TestDatabase> migrate) throws SQLException {
        try (Connection connection = maintenance();
                Statement statement = connection.createStatement()) {
            if (isTemplate(statement, template)) {
                return;
            }
            statement.execute("select pg_advisory_lock(" + ROLES_LOCK + ")");
            if (isTemplate(statement, template)) {
                return;
            }
            ensureRole(statement, OWNER);
            ensureRole(statement, APP);
            statement.execute("drop database if exists " + template + " with (force)");
            statement.execute("create database " + template + " owner " + OWNER);
            migrate.accept(database(template));
            statement.execute("alter database " + template + " with allow_connections false");
            // a pool of the migration may still be connected, and then nothing could be copied
            statement.execute(
                    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '" + template + "'");
            statement.execute("alter database " + template + " with is_template true");
        }
    }

    private static boolean isTemplate(Statement statement, String template) throws SQLException {
        try (var rows = statement.executeQuery(
                "select 1 from pg_database where datistemplate and datname = '" + template + "'")) {
            return rows.next();
        }
    }

    private void ensureRole(Statement statement, String role) throws SQLException {
        try (var rows = statement.executeQuery("select 1 from pg_roles where rolname = '" + role + "'")) {
            if (rows.next()) {
                return;
            }
        }
        statement.execute("create role " + role + " login password '"
                + login(role).password().reveal() + "'");
    }

    private void onMaintenance(String sql) throws SQLException {
        try (Connection connection = maintenance();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection maintenance() throws SQLException {
        return TestDatabase.connect(postgres.jdbcUrl("postgres"), admin());
    }

    private TestDatabase database(String name) {
        return new TestDatabase(
                name, postgres.jdbcUrl(name), postgres.jdbcUrl("postgres"), admin(), login(OWNER), login(APP));
    }

    private Login admin() {
        return new Login(postgres.user(), postgres.password());
    }

    /** Every JVM of the run must know the same password without telling each other. */
    private Login login(String role) {
        return new Login(
                role, Secret.of(Hashes.sha256(role + ":" + postgres.password().reveal())));
    }
}
