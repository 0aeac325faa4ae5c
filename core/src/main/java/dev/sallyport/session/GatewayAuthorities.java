package dev.sallyport.session;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.Bytes;
import dev.sallyport.base.Ids;
import dev.sallyport.credential.KeyVault;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.util.Optional;
import java.util.function.Supplier;

/** Keeps the authority of remote gateways, the same for all servers, its key wrapped. What is in it is made elsewhere. */
public final class GatewayAuthorities {
    private static final String TABLE = "gateway_authority";
    private static final String PURPOSE = "gateway-authority";

    private final Database database;
    private final Audit audit;
    private final KeyVault vault;

    public GatewayAuthorities(Database database, Audit audit, KeyVault vault) {
        this.database = database;
        this.audit = audit;
        this.vault = vault;
    }

    /**
     * An authority.
     *
     * @param certificate X.509, DER
     * @param privateKey PKCS#8; for who signs with it, and nobody else
     */
    public record Authority(Bytes certificate, Bytes privateKey) {
        @Override
        public String toString() {
            return "Authority[" + certificate + "]";
        }
    }

    /** The one that signs, made if there is none; servers starting at once end up with the same one. */
    public Authority open(Supplier<Authority> maker) {
        Optional<Authority> there = database.read(this::active);
        return there.orElseGet(() -> database.change(Actor.system("setup"), tx -> {
            tx.list("select pg_advisory_xact_lock(hashtext('sallyport.gateway_authority'))", _ -> true);
            return active(tx).orElseGet(() -> create(tx, maker.get()));
        }));
    }

    private Optional<Authority> active(Rx rx) {
        return rx.one(
                "select id, certificate, private_key from gateway_authority where state = 'active'",
                row -> new Authority(
                        Bytes.of(row.getBytes(2)),
                        Bytes.of(vault.unwrap(row.getBytes(3), TABLE, row.getString(1), PURPOSE))));
    }

    private Authority create(Tx tx, Authority made) {
        String id = Ids.next("gca_");
        tx.update(
                """
                insert into gateway_authority (id, state, certificate, private_key, created_at)
                values (?, 'active', ?, ?, ?)
                """,
                id,
                made.certificate().toArray(),
                vault.wrap(made.privateKey().toArray(), TABLE, id, PURPOSE),
                tx.now());
        audit.record(
                tx,
                Event.of(SessionEvent.GATEWAY_AUTHORITY_CREATED)
                        .data("key", id)
                        .data("certificate", made.certificate().toString()));
        return made;
    }
}
