package dev.sallyport.testkit;

import dev.sallyport.base.Secret;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * One database of a test run's PostgreSQL; {@link #close()} drops it, whoever is still connected.
 *
 * @param jdbcUrl without user and password
 * @param maintenanceUrl of the server's own database, for what cannot be done while connected to this one
 * @param admin the superuser
 * @param owner owns the database: migrations run as this role
 * @param app the run-time role: may connect; what else it may do is for the migrations to grant
 */
public record TestDatabase(String name, String jdbcUrl, String maintenanceUrl, Login admin, Login owner, Login app)
        implements AutoCloseable {
    /** A role that may log in. */
    public record Login(String user, Secret password) {}

    /** A new connection, in auto-commit mode. */
    public Connection connect(Login login) throws SQLException {
        return connect(jdbcUrl, login);
    }

    static Connection connect(String jdbcUrl, Login login) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", login.user());
        properties.setProperty("password", login.password().reveal());
        return DriverManager.getConnection(jdbcUrl, properties);
    }

    @Override
    public void close() {
        try (Connection connection = connect(maintenanceUrl, admin);
                Statement statement = connection.createStatement()) {
            statement.execute("drop database if exists " + name + " with (force)");
        } catch (SQLException e) {
            throw new IllegalStateException("database " + name + " cannot be dropped: " + e.getMessage(), e);
        }
    }
}
