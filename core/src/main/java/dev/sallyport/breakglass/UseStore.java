package dev.sallyport.breakglass;

import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.breakglass.UseRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Uses of kits and logins by their certificates, as rows. */
final class UseStore {
    private UseStore() {}

    static Optional<String> record(Rx rx, String use) {
        return rx.one("select record from breakglass_use where id = ?", row -> row.getString(1), use);
    }

    static void insert(Tx tx, UseRecord.Signed signed) {
        tx.update(
                "insert into breakglass_use (id, kit_id, record, handed_in_at) values (?, ?, ?, ?)",
                signed.use().id(),
                signed.use().kit(),
                signed.text(),
                tx.now());
    }

    /** Their signatures were checked before they were stored. */
    static List<UseRecord> uses(Rx rx, Kit kit) {
        return rx.list(
                "select record from breakglass_use where kit_id = ? order by id",
                row -> UseRecord.verify(row.getString(1), kit.ca()).use(),
                kit.id());
    }

    static List<UseRecord> newest(Rx rx, Kit kit, int limit) {
        return rx.list(
                "select record from breakglass_use where kit_id = ? order by handed_in_at desc, id desc limit ?",
                row -> UseRecord.verify(row.getString(1), kit.ca()).use(),
                kit.id(),
                limit);
    }

    static long countUses(Rx rx, Kit kit) {
        return rx.count("select count(*) from breakglass_use where kit_id = ?", kit.id());
    }

    static List<SeenLogin> newestUnexplained(Rx rx, Kit kit, int limit) {
        return rx.list("""
                select * from breakglass_login where kit_id = ? and use_id is null
                 order by at desc, target, serial, address limit ?
                """, row -> login(row, kit), kit.id(), limit);
    }

    static long countUnexplained(Rx rx, Kit kit) {
        return rx.count("select count(*) from breakglass_login where kit_id = ? and use_id is null", kit.id());
    }

    /** False where it is known. */
    static boolean insert(Tx tx, Kit kit, SeenLogin seen) {
        return tx.update(
                        """
                        insert into breakglass_login (kit_id, serial, target, at, address, login, key_id, public_key)
                        values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing
                        """,
                        kit.id(),
                        seen.serial(),
                        seen.target(),
                        seen.at(),
                        seen.address(),
                        seen.login(),
                        seen.keyId(),
                        seen.publicKey())
                == 1;
    }

    static void match(Tx tx, Kit kit, SeenLogin seen, String use) {
        tx.update(
                """
                update breakglass_login set use_id = ?
                 where kit_id = ? and serial = ? and target = ? and at = ? and address = ? and login = ? and key_id = ?
                   and public_key = ?
                """,
                use,
                kit.id(),
                seen.serial(),
                seen.target(),
                seen.at(),
                seen.address(),
                seen.login(),
                seen.keyId(),
                seen.publicKey());
    }

    /** Logins that no record explains. */
    static List<SeenLogin> unexplained(Rx rx, Kit kit) {
        return rx.list(
                "select * from breakglass_login where kit_id = ? and use_id is null order by at, target, serial, address",
                row -> login(row, kit),
                kit.id());
    }

    static long logins(Rx rx, String use) {
        return rx.count("select count(*) from breakglass_login where use_id = ?", use);
    }

    private static SeenLogin login(ResultSet row, Kit kit) throws SQLException {
        return new SeenLogin(
                Rows.instant(row, "at"),
                row.getString("target"),
                row.getString("login"),
                row.getString("address"),
                row.getString("serial"),
                row.getString("key_id"),
                row.getString("public_key"),
                kit.ca().fingerprint());
    }
}
