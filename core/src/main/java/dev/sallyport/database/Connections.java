package dev.sallyport.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.PGConnection;

/** The pool of connections of the run-time role, and single connections for those who must not share one. */
public final class Connections implements AutoCloseable {
    /** Oldest server that is supported. */
    public static final int OLDEST_SERVER = 14;

    private final DatabaseConfig config;
    private final HikariDataSource pool;

    public Connections(DatabaseConfig config) {
        this.config = config;
        var settings = new HikariConfig();
        settings.setPoolName("sallyport");
        settings.setJdbcUrl(config.url());
        settings.setUsername(config.user());
        settings.setPassword(config.password().reveal());
        settings.setMaximumPoolSize(config.connections());
        settings.setMinimumIdle(2);
        settings.setConnectionTimeout(config.timeout().toMillis());
        settings.setInitializationFailTimeout(-1);
        settings.setKeepaliveTime(30_000);
        properties(config).forEach((name, value) -> settings.addDataSourceProperty((String) name, value));
        this.pool = new HikariDataSource(settings);
    }

    public HikariDataSource pool() {
        return pool;
    }

    /** A connection of its own, for LISTEN. */
    public Connection single() throws SQLException {
        return single(config);
    }

    private static Connection single(DatabaseConfig config) throws SQLException {
        Properties properties = properties(config);
        properties.setProperty("user", config.user());
        properties.setProperty("password", config.password().reveal());
        return DriverManager.getConnection(config.url(), properties);
    }

    /**
     * Refuses servers that are too old and transaction poolers (which answer with a backend key of their own), behind which LISTEN and session state are lost.
     *
     * @throws IllegalStateException saying what is wrong and what to do
     */
    public static void check(DatabaseConfig config) throws SQLException {
        try (Connection connection = single(config);
                var statement = connection.createStatement()) {
            int version = connection.getMetaData().getDatabaseMajorVersion();
            if (version < OLDEST_SERVER) {
                throw new IllegalStateException(
                        "database.url: PostgreSQL " + version + " (expected: " + OLDEST_SERVER + " or newer)");
            }
            try (var row = statement.executeQuery("select pg_backend_pid()")) {
                row.next();
                if (row.getInt(1) != connection.unwrap(PGConnection.class).getBackendPID()) {
                    throw new IllegalStateException(
                            "database.url: leads to a connection pooler, behind which LISTEN and"
                                    + " session state are lost (expected: PostgreSQL itself)");
                }
            }
        }
    }

    @Override
    public void close() {
        pool.close();
    }

    private static Properties properties(DatabaseConfig config) {
        var properties = new Properties();
        properties.setProperty("currentSchema", Schema.NAME);
        properties.setProperty("ApplicationName", "sallyport");
        properties.setProperty(
                "connectTimeout", String.valueOf(Math.max(1, config.timeout().toSeconds())));
        properties.setProperty("socketTimeout", "30");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("reWriteBatchedInserts", "true");
        return properties;
    }
}
