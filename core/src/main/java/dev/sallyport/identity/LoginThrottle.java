package dev.sallyport.identity;

import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Tx;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/**
 * Slows guessing down without locking anybody out: failures are counted by name <em>and</em> network, and by network, so
 * that strangers block only themselves. An attempt counts as a failure until it has succeeded; a burst cannot slip by.
 */
final class LoginThrottle {
    /** Failures of one name from one network that cost nothing. */
    static final int FREE_PER_NAME = 5;

    /** Failures from one network, whatever the names, that cost nothing. */
    static final int FREE_PER_NETWORK = 30;

    static final Duration LONGEST_DELAY = Duration.ofMinutes(5);

    /** Without a failure for this long, counting starts anew. */
    static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(30);

    private final Database database;

    LoginThrottle(Database database) {
        this.database = database;
    }

    /** What one attempt was counted under. */
    record Attempt(String nameKey, String networkKey, boolean blocked) {}

    Attempt begin(String name, String address) {
        String network = network(address);
        String nameKey = "name:" + hash(name + "\n" + network);
        String networkKey = "network:" + hash(network);
        return database.change(Actor.system("sign-in"), tx -> {
            boolean blocked = count(tx, networkKey, FREE_PER_NETWORK);
            if (!blocked) {
                blocked = count(tx, nameKey, FREE_PER_NAME);
            }
            return new Attempt(nameKey, networkKey, blocked);
        });
    }

    /** Forgets the failures of the name and takes this attempt back from its network. */
    void succeeded(Tx tx, Attempt attempt) {
        tx.update("update login_throttle set failures = failures - 1 where key = ?", attempt.networkKey());
        tx.update("delete from login_throttle where key = ?", attempt.nameKey());
    }

    void forgetOld() {
        database.run(
                Actor.system("sign-in"),
                tx -> tx.update(
                        "delete from login_throttle where last_at < ?", tx.now().minus(FORGOTTEN_AFTER)));
    }

    private record Count(int failures, Instant lastAt, Instant blockedUntil) {}

    private static boolean count(Tx tx, String key, int free) {
        tx.update("""
                insert into login_throttle (key, failures, last_at, blocked_until) values (?, 0, ?, ?)
                on conflict (key) do nothing
                """, key, tx.now(), tx.now());
        Count before = tx.one(
                        "select failures, last_at, blocked_until from login_throttle where key = ? for update",
                        row -> new Count(
                                row.getInt("failures"),
                                Rows.instant(row, "last_at"),
                                Rows.instant(row, "blocked_until")),
                        key)
                .orElseThrow();
        if (tx.now().isBefore(before.blockedUntil())) {
            return true;
        }
        boolean forgotten = before.lastAt().plus(FORGOTTEN_AFTER).isBefore(tx.now());
        int failures = (forgotten ? 0 : before.failures()) + 1;
        tx.update(
                "update login_throttle set failures = ?, last_at = ?, blocked_until = ? where key = ?",
                failures,
                tx.now(),
                tx.now().plus(delay(failures - free)),
                key);
        return false;
    }

    /** 1 s, 2 s, 4 s … after the free ones. */
    static Duration delay(int failuresTooMany) {
        if (failuresTooMany < 0) {
            return Duration.ZERO;
        }
        Duration delay = Duration.ofSeconds(1L << Math.min(failuresTooMany, 20));
        return delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
    }

    /** An IPv4 address, or the /64 that one IPv6 customer has to themselves. */
    static String network(String address) {
        if (!address.contains(":")) {
            return address;
        }
        byte[] bytes = java.net.InetAddress.ofLiteral(address).getAddress();
        return HexFormat.of().formatHex(bytes, 0, Math.min(8, bytes.length));
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
