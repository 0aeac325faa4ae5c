package dev.sallyport.database;

import java.util.Map;
import org.flywaydb.core.Flyway;

/** Brings the schema to this version, as its owner; plain files under {@code db/migration}, never edited after release. */
public final class Schema {
    /** The schema that holds everything of ours. */
    public static final String NAME = "sallyport";

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
    }
}
