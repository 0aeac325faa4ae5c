package dev.sallyport.database;

import dev.sallyport.base.Secret;
import java.time.Duration;

/**
 * Where the database is and as whom to use it. The owner changes the schema and is used at start only; the user is the
 * run-time role, which owns nothing and cannot change or delete events.
 */
public record DatabaseConfig(
        String url,
        String user,
        Secret password,
        String owner,
        Secret ownerPassword,
        int connections,
        Duration timeout) {
    public static final int CONNECTIONS = 24;
    public static final Duration TIMEOUT = Duration.ofSeconds(3);

    public DatabaseConfig {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException("database.url: " + url.replaceAll("password=[^&]*", "password=…")
                    + " (expected: jdbc:postgresql://host:port/database)");
        }
        if (user.equals(owner)) {
            throw new IllegalArgumentException("database.user: " + user
                    + " (expected: a role other than database.owner, so that the server cannot rewrite its audit log)");
        }
        if (connections < 4 || connections > 500) {
            throw new IllegalArgumentException("database.connections: " + connections + " (expected: 4 to 500)");
        }
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("database.timeout: " + timeout + " (expected: > PT0S)");
        }
    }
}
