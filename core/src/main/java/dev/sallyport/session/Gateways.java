package dev.sallyport.session;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.Ids;
import dev.sallyport.base.Labels;
import dev.sallyport.base.Names;
import dev.sallyport.base.Text;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Json;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The gateways there are, and when each was last heard. */
public final class Gateways {
    /** How long a gateway may say nothing before its sessions count as lost. */
    public static final Duration SILENT_AFTER = Duration.ofMinutes(2);

    private static final Duration NOTED_EVERY = Duration.ofSeconds(5);
    static final String GATEWAY =
            "select g.*, c.seen_at from gateway g left join gateway_contact c on c.gateway_id = g.id";

    private final Database database;
    private final Audit audit;
    private final Map<String, Long> noted = new ConcurrentHashMap<>();

    public Gateways(Database database, Audit audit) {
        this.database = database;
        this.audit = audit;
    }

    /** The gateway inside a server, made at its first start; the name is the node's. */
    public Gateway builtIn(String name, Labels labels) {
        Names.check("gateway", name);
        return database.change(Actor.system("start"), tx -> {
            String id = Ids.next(Gateway.PREFIX);
            int made = tx.update("""
                    insert into gateway (id, name, labels, built_in, created_at) values (?, ?, ?::jsonb, true, ?)
                        on conflict (name) do nothing
                    """, id, name, Json.text(labels.values()), tx.now());
            if (made == 1) {
                tx.update("insert into gateway_contact (gateway_id, seen_at) values (?, ?)", id, tx.now());
                audit.record(
                        tx,
                        Event.of(SessionEvent.GATEWAY_ENROLLED)
                                .data("gateway", id)
                                .data("name", name)
                                .data("built_in", true)
                                .data("labels", labels.values()));
            }
            return tx.one(GATEWAY + " where g.name = ? and g.built_in", Gateways::gateway, name)
                    .orElseThrow(() -> SessionRefusal.GATEWAY_UNKNOWN.because(
                            "gateway.name: " + name + " is the name of an enrolled gateway (expected: another)"));
        });
    }

    /**
     * By name.
     *
     * @param part stands in the name
     * @param after the name of the last one of the page before, empty for the first page
     */
    public static List<Gateway> list(Rx rx, String part, boolean backwards, String after, int limit) {
        return rx.list(
                GATEWAY + """
                         where g.withdrawn_at is null and strpos(g.name, ?) > 0 and (? = '' or g.name %s ?)
                         order by g.name %s limit ?
                        """.formatted(backwards ? "<" : ">", backwards ? "desc" : "asc"),
                Gateways::gateway,
                part,
                after,
                after,
                limit);
    }

    /**
     * By its name or its id.
     *
     * @throws dev.sallyport.base.Refusal {@code gateway.unknown}
     */
    public static Gateway find(Rx rx, String idOrName) {
        return rx.one(
                        GATEWAY + " where g.withdrawn_at is null and (g.id = ? or g.name = ?)",
                        Gateways::gateway,
                        idOrName,
                        idOrName)
                .orElseThrow(() -> SessionRefusal.GATEWAY_UNKNOWN.because(
                        "gateway " + Text.quoted(idOrName) + ": not known, or withdrawn", "sallyport gateways list"));
    }

    /** Notes that the gateway was heard, at most every few seconds. */
    void heard(Gateway gateway) {
        long now = System.nanoTime();
        Long before = noted.get(gateway.id());
        if (before != null && now - before < NOTED_EVERY.toNanos()) {
            return;
        }
        noted.put(gateway.id(), now);
        database.run(gateway.actor(), tx -> tx.update("""
                        insert into gateway_contact (gateway_id, seen_at) values (?, ?)
                            on conflict (gateway_id) do update set seen_at = greatest(gateway_contact.seen_at, excluded.seen_at)
                        """, gateway.id(), tx.now()));
    }

    static Gateway gateway(ResultSet row) throws SQLException {
        return new Gateway(
                row.getString("id"),
                row.getString("name"),
                new Labels(new Spec(Map.of("l", Json.object(row.getString("labels")))).pairs("l")),
                row.getBoolean("built_in"),
                Optional.ofNullable(Rows.instantOrNull(row, "seen_at")));
    }
}
