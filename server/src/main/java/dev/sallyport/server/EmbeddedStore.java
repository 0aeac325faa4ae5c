package dev.sallyport.server;

import dev.sallyport.base.Secret;
import dev.sallyport.database.DatabaseConfig;
import dev.sallyport.postgres.EmbeddedPostgres;
import dev.sallyport.postgres.EmbeddedPostgresConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Properties;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The embedded PostgreSQL of a server, with the roles and the database that a server expects. */
final class EmbeddedStore implements AutoCloseable {
    private static final String DATABASE = "sallyport";
    private static final String OWNER = "sallyport_owner";
    private static final String APP = "sallyport_app";

    private final EmbeddedPostgres postgres;

    private EmbeddedStore(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static EmbeddedStore start(Path dir) {
        var store = new EmbeddedStore(
                EmbeddedPostgres.start(EmbeddedPostgresConfig.in(dir).withKeepRunning(true)));
        try {
            store.prepare();
            return store;
        } catch (SQLException e) {
            store.close();
            throw new IllegalStateException("database.dir: " + dir + " cannot be prepared", e);
        }
    }

    DatabaseConfig connection() {
        return new DatabaseConfig(
                postgres.jdbcUrl(DATABASE),
                APP,
                password(APP),
                OWNER,
                password(OWNER),
                DatabaseConfig.CONNECTIONS,
                DatabaseConfig.TIMEOUT);
    }

    @Override
    public void close() {
        postgres.close();
    }

    private void prepare() throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", postgres.user());
        properties.setProperty("password", postgres.password().reveal());
        try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"), properties);
                Statement statement = connection.createStatement()) {
            for (String role : new String[] {OWNER, APP}) {
                if (!exists(statement, "select 1 from pg_roles where rolname = '" + role + "'")) {
                    statement.execute("create role " + role + " login password '"
                            + password(role).reveal() + "'");
                }
            }
            if (!exists(statement, "select 1 from pg_database where datname = '" + DATABASE + "'")) {
                statement.execute("create database " + DATABASE + " owner " + OWNER);
                statement.execute("revoke all on database " + DATABASE + " from public");
                statement.execute("grant connect on database " + DATABASE + " to " + APP);
            }
        }
    }

    private static boolean exists(Statement statement, String query) throws SQLException {
        try (var rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    /** Derived from the administrator's, which lies in the folder with mode 0600: nothing more to keep. */
    private Secret password(String role) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(postgres.password().reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Secret.of(HexFormat.of().formatHex(mac.doFinal(role.getBytes(StandardCharsets.UTF_8))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
