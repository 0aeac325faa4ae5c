package dev.sallyport.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Logger;
import org.flywaydb.core.Flyway;

/** Brings the schema to this version, as its owner; plain files under {@code db/migration}, never edited after release. */
public final class Schema {
    /** The schema that holds everything of ours. */
    public static final String NAME = "sallyport";

    private static final Logger LOG = Logger.getLogger(Schema.class.getName());

    private Schema() {}

    /** Applies what is missing; several servers starting at once wait for each other. */
    public static void migrate(String url, String owner, String ownerPassword, String user) {
        if (!user.matches("[a-z_][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException(
                    "database.user: " + user + " (expected: lower-case letters, digits, '_')");
        }
        Flyway.configure()
                .dataSource(url, owner, ownerPassword)
                .schemas(NAME)
                .createSchemas(true)
                .locations("classpath:db/migration")
                .placeholders(Map.of("app", user))
                .validateMigrationNaming(true)
                .cleanDisabled(true)
                .load()
                .migrate();
        refuseTemporaryObjects(url, owner, ownerPassword, user);
    }

    /**
     * Temporary objects come first when names are looked up, so the run-time role gets none, as far as the owner may say so:
     * PostgreSQL lets only the owner of the database decide it.
     */
    private static void refuseTemporaryObjects(String url, String owner, String ownerPassword, String user) {
        var properties = new Properties();
        properties.setProperty("user", owner);
        properties.setProperty("password", ownerPassword);
        try (Connection connection = DriverManager.getConnection(url, properties);
                var statement = connection.createStatement()) {
            try (var row = statement.executeQuery("select quote_ident(current_database()),"
                    + " pg_has_role((select datdba from pg_database where datname = current_database()), 'usage')")) {
                row.next();
                if (row.getBoolean(2)) {
                    statement.execute("revoke temporary on database " + row.getString(1) + " from public, " + user);
                }
            }
            try (var row = statement.executeQuery(
                    "select has_database_privilege('" + user + "', current_database(), 'temporary')")) {
                row.next();
                if (row.getBoolean(1)) {
                    LOG.warning("database: " + user + " may make temporary objects; as the owner of the database run:"
                            + " revoke temporary on database … from public, " + user);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("database.url: the rights on the database cannot be set", e);
        }
    }
}
