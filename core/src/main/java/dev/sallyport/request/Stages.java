package dev.sallyport.request;

import dev.sallyport.base.ItemId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RequestId;
import dev.sallyport.catalog.DecisionService;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.decision.Named;
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
import org.jspecify.annotations.Nullable;

/** The stages of items: whose word is wanted, resolved to names when it is asked for, and how far each is. */
final class Stages {
    /** Whether {@code me} may decide the stage {@code s} by themselves; another name stands for another person. */
    private static String own(String me) {
        return """
                (me.name = any(s.people) or s.escalated_at is not null and me.name = any(s.escalate_people)
                 or exists (select 1 from group_member m join person_group g on g.id = m.group_id
                             where m.person_id = me.id
                               and (g.name = any(s.groups)
                                    or s.escalated_at is not null and g.name = any(s.escalate_groups))))
                """.replace("me.", me + ".");
    }

    /**
     * Approvals that count for a stage: by active people who may decide it now, and not by the requester. A word that was
     * given for somebody else counts as theirs, once, and as long as they may decide it themselves. That of a decision
     * service counts while there is such a service.
     */
    private static final String COUNTED = """
            (select count(distinct coalesce(a.seat_id, a.approver_id))
               from approval a join person p on p.id = a.approver_id join person seat on seat.id = coalesce(a.seat_id, a.approver_id)
               join request_item ai on ai.id = a.item_id join request ar on ar.id = ai.request_id
              where a.item_id = s.item_id and a.stage = s.number and a.verdict = 'approve'
                and ar.requester_id not in (p.id, seat.id) and p.state = 'active' and p.quarantined_at is null
                and seat.state = 'active' and seat.quarantined_at is null and\s""" + own("seat") + """
            ) + (select count(*) from approval a join decision_service d on d.name = a.service
                  where a.item_id = s.item_id and a.stage = s.number and a.verdict = 'approve' and a.service = s.service)""";

    /** Those who lent {@code me} their right to decide the stage {@code s}: {@code lender}; two parameters, both the time. */
    private static final String LENDERS = """
            from delegation d join person lender on lender.id = d.from_id
            join request_item di on di.id = s.item_id join request dr on dr.id = di.request_id
           where d.to_id = me.id and lender.id <> dr.requester_id
             and (d.role_id is null or d.role_id = di.role_id) and (d.target_id is null or d.target_id = di.target_id)
             and\s""" + Delegations.RUNS + " and " + own("lender");

    /** That nobody has spoken for {@code me} about the item for another stage: one person is one word of it. */
    private static final String SPOKE_ELSEWHERE = """
             and not exists (select 1 from approval o where o.item_id = s.item_id and o.stage <> s.number and o.seat_id = me.id)
            """;

    /** That the {@code lender} has said nothing about the item, by themselves or through others. */
    private static final String SILENT = """
             and not exists (select 1 from approval u where u.item_id = s.item_id
                                and coalesce(u.seat_id, u.approver_id) = lender.id)
            """;

    /** Whether {@code me} may decide the stage {@code s}; two parameters, both the time. */
    static final String MAY_DECIDE = "(" + own("me") + " or exists (select 1 " + LENDERS + "))";

    /**
     * Whether {@code me} may give a word about the item {@code i} for its stage {@code s} now: it waits, they have given none,
     * and it is their own to give or that of a lender, and nobody's who has spoken about the item already, by themselves or
     * through others. Three parameters, all the time.
     */
    static final String MAY_SAY = """
            i.state = 'pending' and i.decide_by > ? and s.state = 'open'
            and not exists (select 1 from approval a where a.item_id = i.id and a.approver_id = me.id)
            and (""" + own("me") + SPOKE_ELSEWHERE + " or exists (select 1 " + LENDERS + SILENT + "))";

    private static final String SELECT =
            "select s.*, case when s.state = 'waiting' then 0 else " + COUNTED + " end as given from approval_stage s ";

    private Stages() {}

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
            Optional<DecisionService> service = stage.by().webhook().flatMap(name -> DecisionService.named(rx, name));
            wanted.add(new ApprovalStage(
                    wanted.size() + 1,
                    stage.position(),
                    ApprovalStage.State.WAITING,
                    service.map(known -> Approvers.service(known.name()))
                            .orElseGet(() -> resolved(rx, stage.by(), requester, target)),
                    stage.count(),
                    escalates ? stage.escalateAfter() : Optional.empty(),
                    others,
                    Optional.empty(),
                    Optional.empty(),
                    escalates ? stage.fallback() : Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    escalates && service.filter(DecisionService::escalates).isPresent(),
                    Optional.empty(),
                    stage.reminders().orElse(Stage.Reminders.USUAL),
                    0,
                    Optional.empty()));
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
        Named named = Named.of(rx, by, requester, target);
        return new Approvers(named.groups(), named.people());
    }

    /** Puts the stages of a new item down and opens the first of them. */
    static void insert(Tx tx, ItemId item, List<ApprovalStage> stages) {
        for (ApprovalStage stage : stages) {
            boolean first = stage.position() == stages.getFirst().position();
            tx.update(
                    """
                    insert into approval_stage (item_id, number, position, state, needed, groups, people, escalate_after_ms,
                                                escalate_groups, escalate_people, fallback_after_ms, fallback_groups, opened_at,
                                                escalates_at, remind_at, service, escalates_unheard, remind_every_ms,
                                                reminders)
                    values (?, ?, ?, ?, ?, ?::text[], ?::text[], ?, ?::text[], ?::text[], ?, ?::text[], ?, ?, ?, ?, ?, ?, ?)
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
                    stage.fallback().map(Stage.Fallback::after).orElse(null),
                    stage.fallback().map(Stage.Fallback::groups).orElse(List.of()),
                    first ? tx.now() : null,
                    first ? stage.escalateAfter().map(tx.now()::plus).orElse(null) : null,
                    first && stage.waitsForPeople() ? firstReminder(tx, stage) : null,
                    stage.by().service().orElse(null),
                    stage.escalatesUnheard(),
                    stage.reminders().every(),
                    stage.reminders().times());
        }
    }

    private static @Nullable Instant firstReminder(Tx tx, ApprovalStage stage) {
        return stage.reminders().times() > 0 ? tx.now().plus(stage.reminders().every()) : null;
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

    /**
     * The stages that are open, and that this person may decide now; the requester may decide none. Those for which they have
     * a word left stand first.
     */
    static List<ApprovalStage> openFor(Rx rx, ItemId item, PersonId person) {
        return rx.list(
                SELECT + """
                         join request_item i on i.id = s.item_id join request r on r.id = i.request_id
                         join person me on me.id = ?
                         where s.item_id = ? and s.state = 'open' and r.requester_id <> me.id and\s""" + MAY_DECIDE + " order by (" + MAY_SAY + ") desc, s.number",
                Stages::stage,
                person,
                item,
                rx.now(),
                rx.now(),
                rx.now(),
                rx.now(),
                rx.now());
    }

    /**
     * For whom somebody decides.
     *
     * @param lender somebody else, whose right it is
     */
    record Seat(Optional<PersonId> lender) {
        static final Seat OWN = new Seat(Optional.empty());
    }

    /**
     * Whose word this person's would be: their own where they may, or else of the first lender who has not spoken yet. Who
     * has spoken for one stage of an item, by themselves or through others, does not speak for another one.
     */
    static Optional<Seat> seat(Rx rx, ItemId item, int number, PersonId person) {
        if (rx.exists(
                "select 1 from approval_stage s join person me on me.id = ? where s.item_id = ? and s.number = ? and "
                        + own("me") + SPOKE_ELSEWHERE,
                person,
                item,
                number)) {
            return Optional.of(Seat.OWN);
        }
        return rx
                .list(
                        "select x.id from approval_stage s join person me on me.id = ? cross join lateral (select lender.id, lender.name "
                                + LENDERS + SILENT + """
                                ) as x where s.item_id = ? and s.number = ? order by x.name limit 1
                                """,
                        row -> new PersonId(row.getString(1)),
                        person,
                        rx.now(),
                        rx.now(),
                        item,
                        number)
                .stream()
                .map(lender -> new Seat(Optional.of(lender)))
                .findFirst();
    }

    /** Whether the person may decide any stage of the request, whatever its state: then they may see it. */
    static boolean concern(Rx rx, RequestId request, PersonId person) {
        return rx.exists("""
                select 1 from approval_stage s join request_item i on i.id = s.item_id join person me on me.id = ?
                 where i.request_id = ? and s.state <> 'waiting'
                   and (exists (select 1 from approval a where a.item_id = i.id and a.approver_id = me.id) or\s""" + MAY_DECIDE + ")", person, request, rx.now(), rx.now());
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
    static boolean openNext(Tx tx, ItemId item) {
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
                        """
                        update approval_stage set state = 'open', opened_at = ?, escalates_at = ?, remind_at = ?
                         where item_id = ? and number = ?
                        """,
                        tx.now(),
                        stage.escalateAfter().map(tx.now()::plus).orElse(null),
                        stage.waitsForPeople() ? firstReminder(tx, stage) : null,
                        item,
                        stage.number()));
        return waiting.isEmpty();
    }

    static void move(Tx tx, ItemId item, ApprovalStage stage, ApprovalStage.State state) {
        tx.update("update approval_stage set state = ? where item_id = ? and number = ?", state, item, stage.number());
    }

    private static ApprovalStage stage(ResultSet row) throws SQLException {
        @Nullable Object escalateAfter = row.getObject("escalate_after_ms");
        @Nullable Instant escalatesAt = Rows.instantOrNull(row, "escalates_at");
        return new ApprovalStage(
                row.getInt("number"),
                row.getInt("position"),
                ApprovalStage.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                new Approvers(
                        Rows.strings(row, "groups"),
                        Rows.strings(row, "people"),
                        Optional.ofNullable(row.getString("service"))),
                row.getInt("needed"),
                escalateAfter == null
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(((Number) escalateAfter).longValue())),
                new Approvers(Rows.strings(row, "escalate_groups"), Rows.strings(row, "escalate_people")),
                Optional.ofNullable(escalatesAt),
                Optional.ofNullable(Rows.instantOrNull(row, "escalated_at")),
                row.getObject("fallback_after_ms") == null
                        ? Optional.empty()
                        : Optional.of(new Stage.Fallback(
                                Rows.millis(row, "fallback_after_ms"), Rows.strings(row, "fallback_groups"))),
                Optional.ofNullable(Rows.instantOrNull(row, "fallback_at")),
                Optional.ofNullable(Rows.instantOrNull(row, "fell_back_at")),
                row.getBoolean("escalates_unheard"),
                Optional.ofNullable(Rows.instantOrNull(row, "unheard_at")),
                row.getObject("reminders") == null
                        ? Stage.Reminders.USUAL
                        : new Stage.Reminders(Rows.millis(row, "remind_every_ms"), row.getInt("reminders")),
                row.getInt("given"),
                Optional.ofNullable(row.getString("untold_why"))
                        .map(why -> Untold.valueOf(why.toUpperCase(Locale.ROOT).replace(' ', '_'))));
    }
}
