package dev.sallyport.request;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.IdentityId;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.database.Json;
import dev.sallyport.database.Order;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Spec;
import dev.sallyport.database.Tx;
import dev.sallyport.decision.Decided;
import dev.sallyport.decision.Kept;
import dev.sallyport.policy.code.Step;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows of requests, items and approvals. */
final class RequestStore {
    private static final Order.Of LIST = new Order.Of("request", "r", "decide_by");

    private RequestStore() {}

    private record ItemRow(RequestId request, Item item) {}

    private record VerdictRow(ItemId item, Verdict verdict) {}

    static void insert(Tx tx, Request request, Optional<IdentityId> identity) {
        tx.update(
                """
                insert into request (id, requester_id, identity_id, reason, ticket, duration_ms, starts_at, extends, decide_by, created_at,
                                     break_glass)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                request.id(),
                request.requester(),
                identity.map(IdentityId::value).orElse(""),
                request.reason(),
                request.ticket().orElse(null),
                request.duration(),
                request.startsAt().orElse(null),
                request.extended().map(GrantId::value).orElse(null),
                request.decideBy(),
                request.createdAt(),
                request.breakGlass());
    }

    static void insert(Tx tx, RequestId request, Item item, Decided by) {
        boolean decided = item.state() != ItemState.PENDING;
        tx.update(
                """
                insert into request_item (id, request_id, role_id, role_name, target_id, target_name, state, decision, facts,
                                          decide_by, decided_at, policy_hash, shadow, starts_at)
                values (?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ?, ?, ?::jsonb, ?)
                """,
                item.id(),
                request,
                item.role(),
                item.roleName(),
                item.target(),
                item.targetName(),
                item.state(),
                Json.text(item.decision().tree()),
                Json.text(by.kept().tree()),
                item.decideBy(),
                decided ? tx.now() : null,
                by.policy(),
                by.shadow().map(shadow -> Json.text(tree(shadow, by))).orElse(null),
                item.startsAt().orElse(null));
        if (!decided) {
            Stages.insert(tx, item.id(), item.stages());
        }
    }

    private static Map<String, Object> tree(Decided.Shadow shadow, Decided by) {
        var tree = new TreeMap<String, Object>();
        tree.put("policy", shadow.policy());
        tree.put("effect", shadow.ruling().effect().name().toLowerCase(Locale.ROOT));
        tree.put("explanation", shadow.ruling().sentences());
        tree.put("rules", shadow.ruling().matched());
        tree.put("differs", !by.ruling().isSame(shadow.ruling()));
        return tree;
    }

    /** What the item was decided on; nothing for what is older than facts in this form. */
    static Optional<Kept> kept(Rx rx, ItemId item) {
        return rx.one("select facts from request_item where id = ?", row -> Spec.of(row.getString(1)), item)
                .flatMap(Kept::of);
    }

    /** Decides an item that is still waiting; false when somebody or something was faster. */
    static boolean decide(Tx tx, ItemId item, ItemState state) {
        boolean decided = tx.update(
                        "update request_item set state = ?, decided_at = ? where id = ? and state = 'pending'",
                        state,
                        tx.now(),
                        item)
                == 1;
        StageTimes.settled(tx, List.of(item.value()));
        return decided;
    }

    /** Keeps what the rules said at the last word. */
    static void lastWord(Tx tx, ItemId item, Decided by) {
        var tree = new TreeMap<String, Object>();
        tree.put("at", tx.now().toString());
        tree.put("policy", by.policy());
        tree.put("effect", by.ruling().effect().name().toLowerCase(Locale.ROOT));
        tree.put("explanation", by.ruling().sentences());
        tree.put(
                "trace",
                by.ruling().trace().stream()
                        .limit(LastWord.TRACE_MAX)
                        .map(Step::shown)
                        .toList());
        tx.update("update request_item set last_word = ?::jsonb where id = ?", Json.text(tree), item);
    }

    static Optional<LastWord> lastWord(Rx rx, ItemId item) {
        return rx.one(
                        "select last_word from request_item where id = ?",
                        row -> Optional.ofNullable(row.getString(1)),
                        item)
                .flatMap(kept -> kept)
                .map(kept -> LastWord.of(Spec.of(kept)));
    }

    /** Locks the items of a request, so that decisions about it come one after another. */
    static void lock(Tx tx, RequestId request) {
        tx.list("select id from request_item where request_id = ? order by id for update", _ -> true, request);
    }

    /** False when this person has already said something about the item. */
    static boolean insert(
            Tx tx,
            ItemId item,
            int stage,
            PersonId approver,
            Stages.Seat seat,
            boolean approves,
            @Nullable String comment,
            @Nullable Duration duration) {
        return tx.update(
                        """
                        insert into approval (item_id, stage, approver_id, seat_id, verdict, comment, duration_ms, at)
                        values (?, ?, ?, ?, ?, ?, ?, ?)
                            on conflict on constraint approval_once_per_person do nothing
                        """,
                        item,
                        stage,
                        approver,
                        seat.lender().orElse(null),
                        approves ? "approve" : "deny",
                        comment,
                        duration,
                        tx.now())
                == 1;
    }

    /** False when the service has already said something about this stage. */
    static boolean insert(Tx tx, ItemId item, int stage, String service, boolean approves, Optional<String> comment) {
        return tx.update("""
                        insert into approval (item_id, stage, service, verdict, comment, at) values (?, ?, ?, ?, ?, ?)
                            on conflict (item_id, stage) where service is not null do nothing
                        """, item, stage, service, approves ? "approve" : "deny", comment.orElse(null), tx.now()) == 1;
    }

    static Optional<Request> request(Rx rx, RequestId id) {
        return read(rx, "r.id = ?", Slice.newest(1), id).stream().findFirst();
    }

    /** The first state of these that any item has is that of the request. */
    private static final String STATES = "array['pending', 'approved', 'denied', 'expired', 'withdrawn']";

    static List<Request> list(Rx rx, RequestFilter filter, Slice slice) {
        String person = filter.requester().map(PersonId::value).orElse(null);
        String state = filter.state().map(Rows::stored).orElse(null);
        var values = new ArrayList<@Nullable Object>(
                Arrays.asList(person, person, state, state, slice.from(), slice.from()));
        return read(
                rx, """
                (?::text is null or r.requester_id = ?)
                   and (?::text is null or array_position(%1$s, ?) = (
                        select min(array_position(%1$s, i.state)) from request_item i where i.request_id = r.id))
                   and\s""".formatted(STATES) + slice.condition(LIST) + narrowed(filter, values), slice, values.toArray());
    }

    /** What only some lists ask for: one word more of a statement for each, so that each is found by its index. */
    private static String narrowed(RequestFilter filter, List<@Nullable Object> values) {
        var conditions = new StringBuilder();
        filter.by().ifPresent(name -> {
            conditions.append(" and r.requester_id = (select id from person where name = ?)");
            values.add(name);
        });
        filter.role().ifPresent(name -> {
            conditions.append(" and r.id in (select request_id from request_item where role_name = ?)");
            values.add(name);
        });
        filter.target().ifPresent(name -> {
            conditions.append(" and r.id in (select request_id from request_item where target_name = ?)");
            values.add(name);
        });
        return conditions.toString();
    }

    /** Requests with a stage that waits for this person, made by somebody else and not yet decided by this person. */
    static List<Request> toDecide(Rx rx, PersonId person, RequestFilter filter, Slice slice) {
        var values = new ArrayList<@Nullable Object>(
                Arrays.asList(person, slice.from(), slice.from(), person, rx.now(), rx.now(), rx.now()));
        return read(
                rx,
                "r.requester_id <> ? and " + slice.condition(LIST) + """
                  and exists (select 1 from request_item i join approval_stage s on s.item_id = i.id join person me on me.id = ?
                               where i.request_id = r.id and\s""" + Stages.MAY_SAY + ")"
                        + narrowed(filter, values),
                slice,
                values.toArray());
    }

    /** Those of these requests that {@link #toDecide} would give. */
    static Set<RequestId> toDecide(Rx rx, PersonId person, List<RequestId> among) {
        return Set.copyOf(rx.list(
                """
                select distinct i.request_id from request_item i join request r on r.id = i.request_id
                  join approval_stage s on s.item_id = i.id join person me on me.id = ?
                 where i.request_id = any(?::text[]) and r.requester_id <> me.id and\s""" + Stages.MAY_SAY,
                row -> new RequestId(row.getString(1)),
                person,
                among.stream().map(RequestId::value).toList(),
                rx.now(),
                rx.now(),
                rx.now()));
    }

    /** The items of a request that wait for a word of this person. */
    static Set<ItemId> itemsToDecide(Rx rx, PersonId person, RequestId request) {
        return Set.copyOf(rx.list(
                """
                select distinct i.id from request_item i join request r on r.id = i.request_id
                  join approval_stage s on s.item_id = i.id join person me on me.id = ?
                 where i.request_id = ? and r.requester_id <> me.id and\s""" + Stages.MAY_SAY,
                row -> new ItemId(row.getString(1)),
                person,
                request,
                rx.now(),
                rx.now(),
                rx.now()));
    }

    /** Items that nobody decided in time. */
    static List<Item> takeExpired(Tx tx, int limit) {
        List<String> expired = tx.list("""
                update request_item set state = 'expired', decided_at = ?
                 where id in (select id from request_item where state = 'pending' and decide_by <= ?
                               order by decide_by limit ? for update skip locked)
                returning id
                """, row -> row.getString(1), tx.now(), tx.now(), limit);
        StageTimes.settled(tx, expired);
        return items(tx, "i.id = any(?::text[])", expired).stream()
                .map(ItemRow::item)
                .sorted(Comparator.comparing(Item::decideBy))
                .toList();
    }

    /** Adds a sentence to what the requester reads. */
    static void explain(Tx tx, ItemId item, String sentence) {
        tx.update("""
                update request_item
                   set decision = jsonb_set(
                           jsonb_set(decision, '{explanation}', coalesce(decision -> 'explanation', '[]') || to_jsonb(?::text)),
                           '{added}', to_jsonb(coalesce((decision ->> 'added')::int, 0) + 1))
                 where id = ?
                """, sentence, item);
    }

    static RequestId requestOf(Rx rx, ItemId item) {
        return requestWith(rx, item).orElseThrow();
    }

    static Optional<RequestId> requestWith(Rx rx, ItemId item) {
        return rx.one("select request_id from request_item where id = ?", row -> new RequestId(row.getString(1)), item);
    }

    private static List<Request> read(Rx rx, String condition, Slice slice, @Nullable Object... parameters) {
        var all = new @Nullable Object[parameters.length + 1];
        System.arraycopy(parameters, 0, all, 0, parameters.length);
        all[parameters.length] = slice.limit();
        List<Request> bare = rx.list(
                "select r.*, p.name as requester_name from request r join person p on p.id = r.requester_id where "
                        + condition + " order by " + slice.order().by(LIST) + " limit ?",
                RequestStore::request,
                all);
        Map<RequestId, List<ItemRow>> items = items(
                        rx,
                        "i.request_id = any(?::text[])",
                        bare.stream().map(request -> request.id().value()).toList())
                .stream()
                .collect(Collectors.groupingBy(ItemRow::request));
        return bare.stream()
                .map(request -> with(request, items.getOrDefault(request.id(), List.of())))
                .toList();
    }

    private static List<ItemRow> items(Rx rx, String condition, List<String> ids) {
        Map<ItemId, List<VerdictRow>> verdicts = rx
                .list(
                        """
                        select a.*, p.name as approver_name, f.name as seat_name
                          from approval a left join person p on p.id = a.approver_id left join person f on f.id = a.seat_id
                          join request_item i on i.id = a.item_id where\s""" + condition + " order by a.at",
                        row -> new VerdictRow(
                                new ItemId(row.getString("item_id")),
                                new Verdict(
                                        row.getInt("stage"),
                                        Optional.ofNullable(row.getString("approver_id"))
                                                .map(PersonId::new),
                                        Optional.ofNullable(row.getString("service"))
                                                .map(Verdict::ofService)
                                                .orElse(row.getString("approver_name")),
                                        Optional.ofNullable(row.getString("service")),
                                        Optional.ofNullable(row.getString("seat_name")),
                                        row.getString("verdict").equals("approve"),
                                        Optional.ofNullable(row.getString("comment")),
                                        row.getObject("duration_ms") == null
                                                ? Optional.empty()
                                                : Optional.of(Rows.millis(row, "duration_ms")),
                                        Rows.instant(row, "at"))),
                        ids)
                .stream()
                .collect(Collectors.groupingBy(VerdictRow::item));
        Map<ItemId, List<ApprovalStage>> stages = stagesOf(rx, condition, ids);
        return rx.list(
                """
                select i.*, coalesce(g.id, r.extends) as grant_id
                  from request_item i join request r on r.id = i.request_id left join access_grant g on g.item_id = i.id
                 where\s""" + condition + " order by i.starts_at nulls first, i.id", row -> item(row, stages, verdicts), ids);
    }

    private static Map<ItemId, List<ApprovalStage>> stagesOf(Rx rx, String condition, List<String> ids) {
        return Stages.of(
                rx, rx.list("select i.id from request_item i where " + condition, row -> row.getString(1), ids));
    }

    private static ItemRow item(
            ResultSet row, Map<ItemId, List<ApprovalStage>> stages, Map<ItemId, List<VerdictRow>> verdicts)
            throws SQLException {
        var id = new ItemId(row.getString("id"));
        return new ItemRow(
                new RequestId(row.getString("request_id")),
                new Item(
                        id,
                        new RoleId(row.getString("role_id")),
                        row.getString("role_name"),
                        new TargetId(row.getString("target_id")),
                        row.getString("target_name"),
                        ItemState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                        StoredDecision.of(Spec.of(row.getString("decision"))),
                        Rows.instant(row, "decide_by"),
                        stages.getOrDefault(id, List.of()),
                        verdicts.getOrDefault(id, List.of()).stream()
                                .map(VerdictRow::verdict)
                                .toList(),
                        Optional.ofNullable(row.getString("grant_id")).map(GrantId::new),
                        Optional.ofNullable(Rows.instantOrNull(row, "starts_at"))));
    }

    private static Request request(ResultSet row) throws SQLException {
        return new Request(
                new RequestId(row.getString("id")),
                new PersonId(row.getString("requester_id")),
                row.getString("requester_name"),
                row.getString("reason"),
                Optional.ofNullable(row.getString("ticket")),
                Rows.millis(row, "duration_ms"),
                Optional.ofNullable(Rows.instantOrNull(row, "starts_at")),
                Optional.ofNullable(row.getString("extends")).map(GrantId::new),
                Rows.instant(row, "decide_by"),
                Rows.instant(row, "created_at"),
                row.getBoolean("break_glass"),
                List.of());
    }

    private static Request with(Request bare, List<ItemRow> items) {
        return new Request(
                bare.id(),
                bare.requester(),
                bare.requesterName(),
                bare.reason(),
                bare.ticket(),
                bare.duration(),
                bare.startsAt(),
                bare.extended(),
                bare.decideBy(),
                bare.createdAt(),
                bare.breakGlass(),
                items.stream().map(ItemRow::item).toList());
    }
}
