package dev.sallyport.audit;

import dev.sallyport.base.Ids;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.audit.Commitment;
import dev.sallyport.formats.audit.LeafHash;
import dev.sallyport.formats.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes events, always inside the transaction of the change they tell of. The bytes are canonical JSON (RFC 8785) in
 * the shape of OCSF, their hash is an RFC 6962 leaf; personal values stand in them as salted commitments.
 */
public final class Audit {
    /** The OCSF version the events follow. */
    public static final String OCSF_VERSION = "1.6.0";

    private static final int OTHER_ACTIVITY = 99;

    private final String source;
    private final AtomicLong sequence = new AtomicLong();

    /** The source names this process for its life; together with the sequence it names an event before it has an id. */
    public Audit(String source) {
        this.source = source;
    }

    /** The name of this process in its events. */
    public String source() {
        return source;
    }

    /** Appends the event and returns its id. */
    public String record(Tx tx, Event event) {
        Actor actor = tx.actor();
        if (actor.person() != null || actor.sourceAddress() != null) {
            event.personal("actor_name", actor.name()).personal("source_address", actor.sourceAddress());
        }
        if (event.session == null) {
            event.session = actor.session();
        }
        String id = Ids.next("evt_");
        long place = sequence.incrementAndGet();
        Instant happened = event.happenedAt == null ? tx.now() : event.happenedAt;
        var salted = new TreeMap<String, Object>();
        var commitments = new TreeMap<String, Object>();
        event.personal.forEach((key, value) -> {
            byte[] salt = Commitment.salt();
            commitments.put(key, Commitment.of(salt, value));
            salted.put(
                    key, Map.of("salt", Base64.getUrlEncoder().withoutPadding().encodeToString(salt), "value", value));
        });
        byte[] body = CanonicalJson.bytes(body(id, actor, event, commitments, happened, tx.now(), place));
        tx.update(
                """
                with written as (
                    insert into event (id, recorded_at, happened_at, source, source_sequence, class, activity, outcome,
                                       actor_person, request_id, grant_id, lease_id, session_id, target, body, leaf_hash)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    returning id)
                insert into event_personal (event_id, fields) select id, ?::jsonb from written
                """,
                id,
                tx.now(),
                happened,
                source,
                place,
                event.type.ocsfClass().uid(),
                event.type.activity(),
                event.outcome,
                actor.person(),
                event.request,
                event.grant,
                event.lease,
                event.session,
                event.target,
                body,
                LeafHash.of(body),
                new String(CanonicalJson.bytes(salted), StandardCharsets.UTF_8));
        return id;
    }

    /** Makes the partitions of this month and the next two; called at start and daily. */
    public static void preparePartitions(Database database) {
        database.run(Actor.system("audit"), tx -> {
            LocalDate month = LocalDate.ofInstant(tx.now(), ZoneOffset.UTC);
            for (int i = 0; i < 3; i++) {
                tx.list(
                        "select event_partition(?::date)",
                        _ -> true,
                        month.plusMonths(i).toString());
            }
        });
    }

    private Map<String, Object> body(
            String id,
            Actor actor,
            Event event,
            Map<String, Object> commitments,
            Instant happened,
            Instant recorded,
            long place) {
        var correlation = new TreeMap<String, Object>();
        put(correlation, "request", event.request);
        put(correlation, "grant", event.grant);
        put(correlation, "lease", event.lease);
        put(correlation, "session", event.session);
        var who = new TreeMap<String, Object>();
        put(who, "person", actor.person());
        put(who, "identity", actor.identity());
        if (actor.person() == null && actor.sourceAddress() == null) {
            who.put("name", actor.name());
        }
        var unmapped = new TreeMap<String, Object>();
        unmapped.put("correlation", correlation);
        unmapped.put("data", event.data);
        unmapped.put("personal", commitments);
        unmapped.put("source", source);
        unmapped.put("source_sequence", place);
        put(unmapped, "target", event.target);
        var metadata = new TreeMap<String, Object>();
        metadata.put("logged_time", recorded.toEpochMilli());
        metadata.put("product", Map.of("name", "Sallyport", "vendor_name", "Sallyport"));
        metadata.put("uid", id);
        metadata.put("version", OCSF_VERSION);
        put(metadata, "correlation_uid", event.request != null ? event.request : event.grant);
        int uid = event.type.ocsfClass().uid();
        var body = new LinkedHashMap<String, Object>();
        body.put("activity_id", OTHER_ACTIVITY);
        body.put("activity_name", event.type.activity());
        body.put("actor", Map.of("user", who));
        body.put("category_uid", uid / 1000);
        body.put("class_uid", uid);
        body.put("metadata", metadata);
        body.put("severity_id", event.outcome == Outcome.SUCCESS ? 1 : 2);
        body.put("status_id", event.outcome == Outcome.SUCCESS ? 1 : 2);
        body.put("time", happened.toEpochMilli());
        body.put("type_uid", uid * 100 + OTHER_ACTIVITY);
        body.put("unmapped", unmapped);
        return body;
    }

    private static void put(Map<String, Object> map, String key, @Nullable Object value) {
        if (value != null) {
            map.put(key, value);
        }
    }
}
