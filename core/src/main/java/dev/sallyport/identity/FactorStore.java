package dev.sallyport.identity;

import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** Authenticators and recovery codes in the database. */
final class FactorStore {
    private static final String TABLE = "totp_factor";
    private static final String SECRET = "totp";
    private static final String RECOVERY = "recovery-codes";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Sealing sealing;

    FactorStore(Sealing sealing) {
        this.sealing = sealing;
    }

    /** An authenticator as stored; what it holds opens only for the time of a check. */
    @SuppressWarnings("ArrayRecordComponent") // sealed bytes, never compared
    record Factor(String id, byte[] secret, byte[] recoveryKey, Instant madeAt, long lastStep) {
        static Factor of(ResultSet row) throws SQLException {
            return new Factor(
                    row.getString("id"),
                    row.getBytes("secret"),
                    row.getBytes("recovery_key"),
                    Rows.instant(row, "made_at"),
                    row.getLong("last_step"));
        }
    }

    /** How a code was taken. */
    enum Taken {
        CODE,
        RECOVERY
    }

    /** Locks the person, who must be able to act: factors come after persons. */
    static boolean lock(Tx tx, PersonId person) {
        return tx.exists(
                "select 1 from person where id = ? and state = 'active' and quarantined_at is null for update", person);
    }

    static Optional<Instant> confirmedAt(Rx rx, PersonId person) {
        return rx.one(
                "select confirmed_at from totp_factor where person_id = ? and confirmed_at is not null",
                row -> Rows.instant(row, "confirmed_at"),
                person);
    }

    static long codesLeft(Rx rx, PersonId person) {
        return rx.count("""
                select count(*) from recovery_code c join totp_factor f on f.id = c.factor_id
                 where f.person_id = ? and f.confirmed_at is not null and c.used_at is null
                """, person);
    }

    Optional<Factor> confirmed(Tx tx, PersonId person) {
        return tx.one(
                "select * from totp_factor where person_id = ? and confirmed_at is not null for update",
                Factor::of,
                person);
    }

    Optional<Factor> offered(Tx tx, PersonId person) {
        return tx.one(
                "select * from totp_factor where person_id = ? and confirmed_at is null for update",
                Factor::of,
                person);
    }

    /** Makes a secret that counts once it is confirmed, in place of one offered before. */
    String offer(Tx tx, PersonId person, String account) {
        tx.update("delete from totp_factor where person_id = ? and confirmed_at is null", person);
        String id = Ids.next("fac_");
        byte[] secret = random(Totp.SECRET_BYTES);
        byte[] key = random(RecoveryCodes.KEY_BYTES);
        tx.update(
                """
                insert into totp_factor (id, person_id, secret, recovery_key, made_at, last_step) values (?, ?, ?, ?, ?, 0)
                """,
                id,
                person,
                sealing.wrap(secret, TABLE, id, SECRET),
                sealing.wrap(key, TABLE, id, RECOVERY),
                tx.now());
        String uri = Totp.uri(account, secret);
        Arrays.fill(secret, (byte) 0);
        Arrays.fill(key, (byte) 0);
        return uri;
    }

    /** Takes a code of the authenticator app, each once; the statement settles who of two was first. */
    boolean takeCode(Tx tx, Factor factor, Secret code) {
        OptionalLong step = with(
                sealing.unwrap(factor.secret, TABLE, factor.id, SECRET),
                secret -> Totp.match(secret, code.reveal().replace(" ", ""), tx.now(), factor.lastStep));
        return step.isPresent()
                && tx.update(
                                "update totp_factor set last_step = ? where id = ? and last_step < ?",
                                step.getAsLong(),
                                factor.id,
                                step.getAsLong())
                        == 1;
    }

    Optional<Taken> take(Tx tx, Factor factor, Secret code) {
        if (takeCode(tx, factor, code)) {
            return Optional.of(Taken.CODE);
        }
        byte[] hash = with(recoveryKey(factor), key -> RecoveryCodes.hash(key, code));
        int used = tx.update(
                "update recovery_code set used_at = ? where factor_id = ? and hash = ? and used_at is null",
                tx.now(),
                factor.id,
                hash);
        return used == 1 ? Optional.of(Taken.RECOVERY) : Optional.empty();
    }

    /** What was offered counts from now on, and nothing else of the person's. */
    static void confirm(Tx tx, PersonId person, Factor offered) {
        tx.update("delete from totp_factor where person_id = ? and id <> ?", person, offered.id);
        tx.update("update totp_factor set confirmed_at = ? where id = ?", tx.now(), offered.id);
    }

    /** New recovery codes in place of all earlier ones. */
    List<Secret> renew(Tx tx, Factor factor) {
        tx.update("delete from recovery_code where factor_id = ?", factor.id);
        List<Secret> codes = RecoveryCodes.make();
        with(recoveryKey(factor), key -> {
            codes.forEach(code -> tx.update(
                    "insert into recovery_code (factor_id, hash, made_at) values (?, ?, ?)",
                    factor.id,
                    RecoveryCodes.hash(key, code),
                    tx.now()));
            return true;
        });
        return codes;
    }

    /** Takes the authenticator away, offered ones too; says whether there was one that counted. */
    static boolean remove(Tx tx, PersonId person) {
        return tx.list(
                        "delete from totp_factor where person_id = ? returning confirmed_at is not null",
                        row -> row.getBoolean(1),
                        person)
                .contains(true);
    }

    private byte[] recoveryKey(Factor factor) {
        return sealing.unwrap(factor.recoveryKey, TABLE, factor.id, RECOVERY);
    }

    private static <T> T with(byte[] opened, Function<byte[], T> use) {
        try {
            return use.apply(opened);
        } finally {
            Arrays.fill(opened, (byte) 0);
        }
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
