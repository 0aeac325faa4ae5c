package dev.sallyport.request;

import dev.sallyport.base.ItemId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RequestId;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.decision.Asked;
import dev.sallyport.identity.Person;
import dev.sallyport.policy.code.Stage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The stages of items: whose word is wanted, resolved to names when it is asked for, and how far each is. */
final class Stages {
    /** Approvals that count for a stage: by active people who may decide it now, and not by the requester. */
    private static final String COUNTED = """
            (select count(distinct a.approver_id)
               from approval a join person p on p.id = a.approver_id
               join request_item ai on ai.id = a.item_id join request ar on ar.id = ai.request_id
              where a.item_id = s.item_id and a.stage = s.number and a.verdict = 'approve'
                and a.approver_id <> ar.requester_id and p.state = 'active' and p.quarantined_at is null
                and (p.name = any(s.people) or s.escalated_at is not null and p.name = any(s.escalate_people)
                     or exists (select 1 from group_member m join person_group g on g.id = m.group_id
                                 where m.person_id = a.approver_id
                                   and (g.name = any(s.groups)
                                        or s.escalated_at is not null and g.name = any(s.escalate_groups)))))
            """;

    private static final String SELECT =
            "select s.*, case when s.state = 'waiting' then 0 else " + COUNTED + " end as given from approval_stage s ";

    private Stages() {}

    /** A stage that has waited long enough for its people alone. */
    record Overdue(ItemId item, int number) {}

    /**
     * The stages that a ruling wants, with the owner and the manager by name; a stage that comes to nobody stays empty.
     * Persons who are not there now are left out: nobody becomes an approver by taking a name.
     */
    static List<ApprovalStage> wanted(Rx rx, List<Stage> stages, Person requester, Target target) {
        var wanted = new ArrayList<ApprovalStage>();
        for (Stage stage : stages) {
            Approvers others = stage.escalateTo()
                    .map(named -> resolved(rx, named, requester, target))
                    .orElse(Approvers.NOBODY);
            // others who come to nobody must not mean that the stage is passed over
            boolean escalates = stage.escalateTo().isEmpty() || !others.isNobody();
            wanted.add(new ApprovalStage(
                    wanted.size() + 1,
                    stage.position(),
                    ApprovalStage.State.WAITING,
                    resolved(rx, stage.by(), requester, target),
                    stage.count(),
                    escalates ? stage.escalateAfter() : Optional.empty(),
                    others,
                    Optional.empty(),
                    Optional.empty(),
                    0));
        }
        return wanted;
    }

    /** The first of the stages, as policy says it, that comes to nobody. */
    static Optional<String> nobody(List<Stage> said, List<ApprovalStage> wanted) {
        return IntStream.range(0, wanted.size())
                .filter(i -> wanted.get(i).comesToNobody())
                .mapToObj(i -> said.get(i).shown())
                .findFirst();
    }

    private static Approvers resolved(Rx rx, Stage.Approvers by, Person requester, Target target) {
        var groups = new ArrayList<>(by.groups());
        var people = new ArrayList<>(by.people());
        if (by.targetOwner()) {
            target.spec().text("owner").ifPresent(owner -> {
                if (rx.exists("select 1 from person_group where name = ?", owner)) {
                    groups.add(owner);
                } else {
                    people.add(owner);
                }
            });
        }
        if (by.manager()) {
            Optional.ofNullable(requester.attributes().get(Asked.MANAGER)).ifPresent(people::add);
        }
        return new Approvers(
                groups,
                people.isEmpty()
                        ? people
                        : rx.list(
                                "select name from person where name = any(?::text[])",
                                row -> row.getString(1),
                                people));
    }

    /** Puts the stages of a new item down and opens the first of them. */
    static void insert(Tx tx, ItemId item, List<ApprovalStage> stages) {
        for (ApprovalStage stage : stages) {
            boolean first = stage.position() == stages.getFirst().position();
            tx.update(
                    """
                    insert into approval_stage (item_id, number, position, state, needed, groups, people, escalate_after_ms,
                                                escalate_groups, escalate_people, opened_at, escalates_at)
                    values (?, ?, ?, ?, ?, ?::text[], ?::text[], ?, ?::text[], ?::text[], ?, ?)
                    """,
                    item,
                    stage.number(),
                    stage.position(),
                    first ? ApprovalStage.State.OPEN : ApprovalStage.State.WAITING,
                    stage.needed(),
                    stage.by().groups(),
                    stage.by().people(),
                    stage.escalateAfter().orElse(null),
                    stage.escalateTo().groups(),
                    stage.escalateTo().people(),
                    first ? tx.now() : null,
                    first ? stage.escalateAfter().map(tx.now()::plus).orElse(null) : null);
        }
    }

    static Map<ItemId, List<ApprovalStage>> of(Rx rx, List<String> items) {
        var found = new HashMap<ItemId, List<ApprovalStage>>();
        rx.list(
                        SELECT + " where s.item_id = any(?::text[]) order by s.item_id, s.number",
                        row -> Map.entry(new ItemId(row.getString("item_id")), stage(row)),
                        items)
                .forEach(entry -> found.computeIfAbsent(entry.getKey(), _ -> new ArrayList<>())
                        .add(entry.getValue()));
        return found;
    }

    static List<ApprovalStage> of(Rx rx, ItemId item) {
        return of(rx, List.of(item.value())).getOrDefault(item, List.of());
    }

    /** The stages that are open, and that this person may decide now; the requester may decide none. */
    static List<ApprovalStage> openFor(Rx rx, ItemId item, PersonId person) {
        return rx.list(SELECT + """
                         join request_item i on i.id = s.item_id join request r on r.id = i.request_id
                         join person me on me.id = ?
                         where s.item_id = ? and s.state = 'open' and r.requester_id <> me.id and\s""" + MAY_DECIDE + " order by s.number", Stages::stage, person, item);
    }

    /** Whether {@code me} may decide the stage {@code s}. */
    static final String MAY_DECIDE = """
            (me.name = any(s.people) or s.escalated_at is not null and me.name = any(s.escalate_people)
             or exists (select 1 from group_member m join person_group g on g.id = m.group_id
                         where m.person_id = me.id
                           and (g.name = any(s.groups)
                                or s.escalated_at is not null and g.name = any(s.escalate_groups))))
            """;

    /** Whether the person may decide any stage of the request, whatever its state: then they may see it. */
    static boolean concern(Rx rx, RequestId request, PersonId person) {
        return rx.exists("""
                select 1 from approval_stage s join request_item i on i.id = s.item_id join person me on me.id = ?
                 where i.request_id = ? and s.state <> 'waiting' and\s""" + MAY_DECIDE, person, request);
    }

    /**
     * Draws the consequences of approvals: stages that have enough are done, and those of the next position open.
     *
     * @return whether no stage is left to wait for
     */
    static boolean advance(Tx tx, ItemId item) {
        for (ApprovalStage stage : of(tx, item)) {
            if (stage.isOpen() && stage.given() >= stage.needed()) {
                move(tx, item, stage, ApprovalStage.State.DONE);
            }
        }
        return openNext(tx, item);
    }

    /** Whether every word that was given still counts: by somebody active who may still give it. */
    static boolean stillStand(Rx rx, ItemId item) {
        return of(rx, item).stream()
                .filter(stage -> stage.state() == ApprovalStage.State.DONE)
                .allMatch(stage -> stage.given() >= stage.needed());
    }

    /** Opens the next position when nothing of the present one is open; true when there is none. */
    private static boolean openNext(Tx tx, ItemId item) {
        List<ApprovalStage> stages = of(tx, item);
        if (stages.stream().anyMatch(ApprovalStage::isOpen)) {
            return false;
        }
        List<ApprovalStage> waiting = stages.stream()
                .filter(stage -> stage.state() == ApprovalStage.State.WAITING)
                .toList();
        waiting.stream()
                .filter(stage -> stage.position() == waiting.getFirst().position())
                .forEach(stage -> tx.update(
                        "update approval_stage set state = 'open', opened_at = ?, escalates_at = ? where item_id = ? and number = ?",
                        tx.now(),
                        stage.escalateAfter().map(tx.now()::plus).orElse(null),
                        item,
                        stage.number()));
        return waiting.isEmpty();
    }

    private static void move(Tx tx, ItemId item, ApprovalStage stage, ApprovalStage.State state) {
        tx.update("update approval_stage set state = ? where item_id = ? and number = ?", state, item, stage.number());
    }

    /** Nobody waits for these items any more, so nothing of them becomes overdue. */
    static void settled(Tx tx, List<String> items) {
        tx.update("""
                update approval_stage set escalates_at = null
                 where item_id = any(?::text[]) and state = 'open' and escalates_at is not null
                """, items);
    }

    /** Takes what is overdue, oldest first, of items that still wait. */
    static List<Overdue> takeOverdue(Tx tx, int limit) {
        return tx.list("""
                select s.item_id, s.number from approval_stage s join request_item i on i.id = s.item_id
                 where s.state = 'open' and s.escalated_at is null and s.escalates_at <= ? and i.state = 'pending' and i.decide_by > ?
                 order by s.escalates_at limit ? for update of i skip locked
                """, row -> new Overdue(new ItemId(row.getString(1)), row.getInt(2)), tx.now(), tx.now(), limit);
    }

    /** Asks the others too, or passes the stage over for the next one; gives it as it was. */
    static Optional<ApprovalStage> escalate(Tx tx, Overdue overdue) {
        if (tx.update("""
                        update approval_stage set escalated_at = ?
                         where item_id = ? and number = ? and state = 'open' and escalated_at is null
                        """, tx.now(), overdue.item(), overdue.number()) == 0) {
            return Optional.empty();
        }
        ApprovalStage stage = of(tx, overdue.item()).stream()
                .filter(one -> one.number() == overdue.number())
                .findFirst()
                .orElseThrow();
        boolean last = of(tx, overdue.item()).stream().noneMatch(one -> one.position() > stage.position());
        if (stage.escalateTo().isNobody() && !last) {
            move(tx, overdue.item(), stage, ApprovalStage.State.PASSED);
            openNext(tx, overdue.item());
        }
        return Optional.of(stage);
    }

    private static ApprovalStage stage(ResultSet row) throws SQLException {
        @org.jspecify.annotations.Nullable Object escalateAfter = row.getObject("escalate_after_ms");
        @org.jspecify.annotations.Nullable Instant escalatesAt = Rows.instantOrNull(row, "escalates_at");
        return new ApprovalStage(
                row.getInt("number"),
                row.getInt("position"),
                ApprovalStage.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                new Approvers(Rows.strings(row, "groups"), Rows.strings(row, "people")),
                row.getInt("needed"),
                escalateAfter == null
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(((Number) escalateAfter).longValue())),
                new Approvers(Rows.strings(row, "escalate_groups"), Rows.strings(row, "escalate_people")),
                Optional.ofNullable(escalatesAt),
                Optional.ofNullable(Rows.instantOrNull(row, "escalated_at")),
                row.getInt("given"));
    }
}
