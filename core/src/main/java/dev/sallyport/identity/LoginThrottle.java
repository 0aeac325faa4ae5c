package dev.sallyport.identity;

import dev.sallyport.base.PersonId;
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
import org.jspecify.annotations.Nullable;

/**
 * Slows guessing down without locking anybody out: failures are counted by name <em>and</em> network, and by network, so
 * that strangers block only themselves. An attempt counts as a failure until it has succeeded; a burst cannot slip by.
 */
final class LoginThrottle {
    /** Failures of one name from one network that cost nothing. */
    static final int FREE_PER_NAME = 5;

    /** Failures from one network, whatever the names, that cost nothing. */
    static final int FREE_PER_NETWORK = 30;

    /** Wrong codes of one person's second factor that cost nothing, wherever they come from. */
    static final int FREE_PER_FACTOR = 20;

    static final Duration LONGEST_DELAY = Duration.ofMinutes(5);

    /** Without a failure for this long, counting starts anew. */
    static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(30);

    /** The same for wrong codes of one person: nobody guesses slowly without being noticed. */
    static final Duration FACTOR_FORGOTTEN_AFTER = Duration.ofDays(1);

    private final Database database;

    LoginThrottle(Database database) {
        this.database = database;
    }

    /**
     * What one attempt was counted under.
     *
     * @param personKey for codes of a second factor, absent for passwords
     * @param besieged whether the person's own free attempts are used up: somebody who knows their password is guessing
     */
    record Attempt(
            String nameKey, String networkKey, @Nullable String personKey, boolean blocked, boolean besieged) {}

    Attempt begin(String name, String address) {
        return begin("name:", name, address);
    }

    private Attempt begin(String kind, String name, String address) {
        String network = network(address);
        String nameKey = kind + hash(name + "\n" + network);
        String networkKey = "network:" + hash(network);
        return database.change(Actor.system("sign-in"), tx -> {
            boolean blocked = count(tx, networkKey, FREE_PER_NETWORK, FORGOTTEN_AFTER).blocked;
            if (!blocked) {
                blocked = count(tx, nameKey, FREE_PER_NAME, FORGOTTEN_AFTER).blocked;
            }
            return new Attempt(nameKey, networkKey, null, blocked, false);
        });
    }

    /**
     * As {@link #begin}, for a code of six digits that this person alone is asked for. Many networks together could guess
     * it, so it is counted by person as well: only who has shown their password or their session gets as far as this.
     */
    Attempt beginCode(PersonId person, String address) {
        Attempt attempt = begin("code:", person.value(), address);
        if (attempt.blocked()) {
            return attempt;
        }
        String key = "factor:" + hash(person.value());
        Counted counted =
                database.change(Actor.system("sign-in"), tx -> count(tx, key, FREE_PER_FACTOR, FACTOR_FORGOTTEN_AFTER));
        return new Attempt(
                attempt.nameKey,
                attempt.networkKey,
                key,
                counted.blocked,
                counted.blocked || counted.failures >= FREE_PER_FACTOR);
    }

    /** Forgets the failures of the name and takes this attempt back from its network. */
    void succeeded(Tx tx, Attempt attempt) {
        tx.update("update login_throttle set failures = failures - 1 where key = ?", attempt.networkKey());
        tx.update("delete from login_throttle where key = ?", attempt.nameKey());
        if (attempt.personKey != null) {
            tx.update("delete from login_throttle where key = ?", attempt.personKey);
        }
    }

    void forgetOld() {
        database.run(
                Actor.system("sign-in"),
                tx -> tx.update(
                        "delete from login_throttle where last_at < ? and (key not like 'factor:%' or last_at < ?)",
                        tx.now().minus(FORGOTTEN_AFTER), tx.now().minus(FACTOR_FORGOTTEN_AFTER)));
    }

    /** @param failures with this attempt */
    private record Counted(boolean blocked, int failures) {}

    private record Count(int failures, Instant lastAt, Instant blockedUntil) {}

    private static Counted count(Tx tx, String key, int free, Duration forgottenAfter) {
        // one statement that makes or locks the row: a success elsewhere may be deleting it right now
        Count before = tx.one(
                        """
                        insert into login_throttle (key, failures, last_at, blocked_until) values (?, 0, ?, ?)
                        on conflict (key) do update set failures = login_throttle.failures
                        returning failures, last_at, blocked_until
                        """,
                        row -> new Count(
                                row.getInt("failures"),
                                Rows.instant(row, "last_at"),
                                Rows.instant(row, "blocked_until")),
                        key,
                        tx.now(),
                        tx.now())
                .orElseThrow();
        // of two at once, one may have begun before the time that the other has noted without blocking anything
        if (before.failures() >= free && tx.now().isBefore(before.blockedUntil())) {
            return new Counted(true, before.failures());
        }
        boolean forgotten = before.lastAt().plus(forgottenAfter).isBefore(tx.now());
        int failures = (forgotten ? 0 : before.failures()) + 1;
        tx.update(
                "update login_throttle set failures = ?, last_at = ?, blocked_until = ? where key = ?",
                failures,
                tx.now(),
                tx.now().plus(delay(failures - free)),
                key);
        return new Counted(false, failures);
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
