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
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes events, always inside the transaction of the change they tell of. The bytes are canonical JSON (RFC 8785) in
 * the shape of OCSF, their hash is an RFC 6962 leaf; personal values stand in them as salted commitments.
 */
public final class Audit {
    /** The OCSF version the events follow. */
    public static final String OCSF_VERSION = "1.6.0";

    /** How many events one statement writes. */
    static final int BATCH = 500;

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

    /** Appends the event and returns its id; it is written when the work of this change is done. */
    public String record(Tx tx, Event event) {
        Row row = row(tx, event);
        tx.together(this, row, rows -> write(tx, rows));
        return row.id();
    }

    /** Appends the events in their order and returns their ids. */
    public List<String> recordAll(Tx tx, List<Event> events) {
        return events.stream().map(event -> record(tx, event)).toList();
    }

    /** All events of a change, {@value #BATCH} by one statement. */
    private void write(Tx tx, List<Row> rows) {
        for (int from = 0; from < rows.size(); from += BATCH) {
            insert(tx, rows.subList(from, Math.min(from + BATCH, rows.size())));
        }
    }

    private record Row(
            String id, Actor actor, Event event, Instant happened, long place, String body, String personal) {}

    private Row row(Tx tx, Event event) {
        Actor actor = event.actor == null ? tx.actor() : event.actor;
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
        return new Row(
                id,
                actor,
                event,
                happened,
                place,
                text(body(id, actor, event, commitments, happened, tx.now(), place)),
                text(salted));
    }

    /** The body goes as text, whose UTF-8 is the canonical bytes; rows are numbered in the order they are given. */
    private void insert(Tx tx, List<Row> rows) {
        tx.update(
                """
                with given as (
                    select * from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                                         ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                                         ?::text[])
                         with ordinality as g(id, happened_at, source_sequence, class, activity, outcome, actor_person,
                                              request_id, grant_id, lease_id, session_id, target, body, leaf_hash, fields,
                                              place)),
                written as (
                    insert into event (id, recorded_at, happened_at, source, source_sequence, class, activity, outcome,
                                       actor_person, request_id, grant_id, lease_id, session_id, target, body, leaf_hash)
                    select id, ?::timestamptz, happened_at::timestamptz, ?, source_sequence::bigint, class::integer, activity,
                           outcome, actor_person, request_id, grant_id, lease_id, session_id, target, convert_to(body, 'UTF8'),
                           decode(leaf_hash, 'hex')
                      from given order by place)
                insert into event_personal (event_id, fields) select id, fields::jsonb from given
                """,
                column(rows, Row::id),
                column(rows, row -> row.happened().toString()),
                column(rows, row -> Long.toString(row.place())),
                column(
                        rows,
                        row -> Integer.toString(row.event().type.ocsfClass().uid())),
                column(rows, row -> row.event().type.activity()),
                column(rows, row -> row.event().outcome.name().toLowerCase(Locale.ROOT)),
                column(rows, row -> row.actor().person()),
                column(rows, row -> row.event().request),
                column(rows, row -> row.event().grant),
                column(rows, row -> row.event().lease),
                column(rows, row -> row.event().session),
                column(rows, row -> row.event().target),
                column(rows, Row::body),
                column(
                        rows,
                        row -> HexFormat.of().formatHex(LeafHash.of(row.body().getBytes(StandardCharsets.UTF_8)))),
                column(rows, Row::personal),
                tx.now(),
                source);
    }

    private static List<@Nullable String> column(List<Row> rows, Function<Row, @Nullable String> value) {
        var column = new ArrayList<@Nullable String>(rows.size());
        rows.forEach(row -> column.add(value.apply(row)));
        return column;
    }

    private static String text(Map<String, Object> tree) {
        return new String(CanonicalJson.bytes(tree), StandardCharsets.UTF_8);
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
