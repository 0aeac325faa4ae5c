package dev.sallyport.breakglass;

import dev.sallyport.database.Order;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.ssh.SshPublicKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Kits, as rows. */
final class KitStore {
    private static final Order.Of LIST = Order.Of.byAge("breakglass_kit", "k");

    private static final String SELECT = """
            select k.*, c.public_key from breakglass_kit k join emergency_ca c on c.id = k.id
            """;

    private KitStore() {}

    /** By id or by name. */
    static Optional<Kit> find(Rx rx, String idOrName) {
        return rx.one(SELECT + " where k.id = ? or k.name = ?", KitStore::kit, idOrName, idOrName);
    }

    static Optional<Kit> opened(Rx rx, String use) {
        return rx.one(SELECT + " where k.id = (select kit_id from breakglass_use where id = ?)", KitStore::kit, use);
    }

    /** As {@link #find}, and nobody else changes it meanwhile. */
    static Optional<Kit> lock(Tx tx, String idOrName) {
        return tx.one(SELECT + " where k.id = ? or k.name = ? for update of k", KitStore::kit, idOrName, idOrName);
    }

    static List<Kit> list(Rx rx, Slice slice) {
        return rx.list(
                SELECT + " where " + slice.condition(LIST) + " order by "
                        + slice.order().by(LIST) + " limit ?",
                KitStore::kit,
                slice.from(),
                slice.from(),
                slice.limit());
    }

    static List<String> compromised(Rx rx) {
        return rx.list("select name from breakglass_kit where state = 'compromised'", row -> row.getString(1));
    }

    static boolean insert(Tx tx, Kit.Proposal kit, String person) {
        return tx.update("""
                        insert into breakglass_kit (id, name, state, threshold, custodians, created_at, created_by)
                        values (?, ?, 'proposed', ?, ?::text[], ?, ?) on conflict do nothing
                        """, kit.id(), kit.name(), kit.threshold(), kit.custodians(), tx.now(), person) == 1;
    }

    static void confirm(Tx tx, String id, String person) {
        tx.update("update breakglass_kit set state = 'trusted', confirmed_by = ? where id = ?", person, id);
    }

    static void end(Tx tx, String id, Kit.State state) {
        tx.update(
                "update breakglass_kit set state = ?, ended_at = coalesce(ended_at, ?) where id = ?",
                state,
                tx.now(),
                id);
    }

    private static Kit kit(ResultSet row) throws SQLException {
        return new Kit(
                row.getString("id"),
                row.getString("name"),
                Kit.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                SshPublicKey.parse(row.getString("public_key")),
                row.getInt("threshold"),
                Rows.strings(row, "custodians"),
                Rows.instant(row, "created_at"),
                row.getString("created_by"),
                Optional.ofNullable(row.getString("confirmed_by")),
                Optional.ofNullable(Rows.instantOrNull(row, "ended_at")));
    }
}
