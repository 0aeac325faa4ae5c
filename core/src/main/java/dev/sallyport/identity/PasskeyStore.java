package dev.sallyport.identity;

import dev.sallyport.base.IdentityId;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Passkeys in the database. */
final class PasskeyStore {
    private static final int HANDLE_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private PasskeyStore() {}

    /** What browsers are told of a passkey that may be shown, or must not be made again. */
    record Known(String id, List<String> transports) {}

    /** A passkey as stored, and whose it is. */
    record Stored(String id, PersonId person, PasskeyCheck.Key key) {}

    static List<Passkey> list(Rx rx, PersonId person) {
        return rx.list("select * from passkey where person_id = ? order by made_at, id", PasskeyStore::passkey, person);
    }

    static Optional<Passkey> find(Rx rx, PersonId person, String id) {
        return rx.one("select * from passkey where person_id = ? and id = ?", PasskeyStore::passkey, person, id);
    }

    private static Passkey passkey(ResultSet row) throws SQLException {
        return new Passkey(
                row.getString("id"),
                row.getString("name"),
                Rows.instant(row, "made_at"),
                Optional.ofNullable(Rows.instantOrNull(row, "last_used_at")),
                row.getBoolean("backup_eligible"),
                row.getBoolean("backed_up"));
    }

    static List<Known> known(Rx rx, PersonId person) {
        return rx.list(
                "select credential_id, transports from passkey where person_id = ? order by made_at, id",
                row -> new Known(Encoded.text(row.getBytes("credential_id")), Rows.strings(row, "transports")),
                person);
    }

    /** Whose passkey it is, before anything is locked. */
    static Optional<PersonId> owner(Rx rx, byte[] credentialId) {
        return rx.one(
                "select person_id from passkey where credential_id = ?",
                row -> new PersonId(row.getString(1)),
                credentialId);
    }

    /** Locks it, after its person: of two servers that are shown it, one comes after the other. */
    static Optional<Stored> lock(Tx tx, PersonId person, byte[] credentialId) {
        return tx.one(
                "select * from passkey where credential_id = ? and person_id = ? for update",
                row -> new Stored(
                        row.getString("id"),
                        new PersonId(row.getString("person_id")),
                        new PasskeyCheck.Key(
                                row.getBytes("credential"),
                                row.getLong("sign_count"),
                                row.getBoolean("backup_eligible"),
                                row.getBoolean("backed_up"))),
                credentialId,
                person);
    }

    /** Keeps a new one; nothing when an authenticator has called one so before. */
    static Optional<Passkey> add(
            Tx tx, PersonId person, IdentityId identity, String name, PasskeyCheck.Made made, List<String> transports) {
        String id = Ids.next(Passkey.PREFIX);
        int added = tx.update(
                """
                insert into passkey (id, person_id, identity_id, name, credential_id, credential, sign_count, transports,
                                     backup_eligible, backed_up, made_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (credential_id) do nothing
                """,
                id,
                person,
                identity,
                name,
                made.id(),
                made.credential(),
                made.counter(),
                transports,
                made.backupEligible(),
                made.backedUp(),
                tx.now());
        return added == 1 ? find(tx, person, id) : Optional.empty();
    }

    static void used(Tx tx, String id, PasskeyCheck.Seen seen) {
        tx.update(
                "update passkey set sign_count = ?, backed_up = ?, last_used_at = ? where id = ?",
                seen.counter(),
                seen.backedUp(),
                tx.now(),
                id);
    }

    static boolean remove(Tx tx, PersonId person, String id) {
        return tx.update("delete from passkey where id = ? and person_id = ?", id, person) == 1;
    }

    /** Takes all of them away; says whether there were any. */
    static boolean removeAll(Tx tx, PersonId person) {
        return tx.update("delete from passkey where person_id = ?", person) > 0;
    }

    /** How authenticators know the person: made once, random. */
    static byte[] handle(Tx tx, PersonId person) {
        var handle = new byte[HANDLE_BYTES];
        RANDOM.nextBytes(handle);
        tx.update(
                "insert into passkey_handle (person_id, handle) values (?, ?) on conflict (person_id) do nothing",
                person,
                handle);
        return knownHandle(tx, person).orElseThrow();
    }

    static Optional<byte[]> knownHandle(Rx rx, PersonId person) {
        return rx.one("select handle from passkey_handle where person_id = ?", row -> row.getBytes(1), person);
    }
}
