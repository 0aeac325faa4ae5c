package dev.sallyport.postgres;

import dev.sallyport.base.Secret;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** The administrator's way in over loopback. */
record Login(int port, Secret password) {
    /**
     * SCRAM or nothing: whoever takes the port after the server died must not be able to ask for the password in clear.
     */
    String jdbcUrl(String database) {
        if (!database.matches("[A-Za-z0-9_][A-Za-z0-9_-]{0,62}")) {
            throw new IllegalArgumentException(
                    "database: \"" + database + "\" (expected: 1 to 63 letters, digits, '_' or '-')");
        }
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?sslmode=disable&requireAuth=scram-sha-256";
    }

    Connection open(String database) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", Cluster.ADMIN);
        properties.setProperty("password", password.reveal());
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", "10");
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    boolean works() {
        try (Connection connection = open("postgres")) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }
}
