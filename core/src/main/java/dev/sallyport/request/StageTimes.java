package dev.sallyport.request;

import dev.sallyport.base.ItemId;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.policy.code.Stage;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the passing of time does to stages: reminders, others who are asked, and what nobody answers. */
final class StageTimes {
    private StageTimes() {}

    /** A stage for which something is due: its people are reminded, or others are asked. */
    record Overdue(ItemId item, int number, Instant since, boolean reminder) {}

    /** Nobody waits for these items any more, so nothing of them becomes overdue. */
    static void settled(Tx tx, List<String> items) {
        tx.update("""
                update approval_stage set escalates_at = null, fallback_at = null, remind_at = null, asked = true
                 where item_id = any(?::text[]) and state = 'open'
                   and (escalates_at is not null or fallback_at is not null or remind_at is not null
                        or service is not null and not asked)
                """, items);
    }

    /** Takes what is due, of items that still wait, in the order in which it became so. */
    static List<Overdue> takeOverdue(Tx tx, int limit) {
        return Stream.concat(
                        due(tx, "s.escalated_at is null and s.escalates_at", limit, false).stream(),
                        due(tx, "s.remind_at", limit, true).stream())
                .sorted(Comparator.comparing(Overdue::since))
                .toList();
    }

    private static List<Overdue> due(Tx tx, String when, int limit, boolean reminder) {
        return tx.list(
                """
                select s.item_id, s.number, %s as due from approval_stage s join request_item i on i.id = s.item_id
                 where s.state = 'open' and %s <= ? and i.state = 'pending' and i.decide_by > ?
                 order by due limit ? for update of i skip locked
                """.formatted(when.substring(when.lastIndexOf(' ') + 1), when),
                row -> new Overdue(
                        new ItemId(row.getString("item_id")), row.getInt("number"), Rows.instant(row, "due"), reminder),
                tx.now(),
                tx.now(),
                limit);
    }

    /**
     * Counts a reminder, and when the next one is due; gives which it is. However long nobody looked, one is enough.
     */
    static Optional<Integer> remind(Tx tx, Overdue overdue) {
        return tx.one(
                """
                update approval_stage
                   set reminded = reminded + 1,
                       remind_at = case when reminded + 1 < coalesce(reminders, ?)
                                        then ?::timestamptz + coalesce(remind_every_ms, ?) * interval '1 millisecond' end
                 where item_id = ? and number = ? and state = 'open' and remind_at <= ? returning reminded
                """,
                row -> row.getInt(1),
                Stage.Reminders.USUAL.times(),
                tx.now(),
                Stage.Reminders.USUAL.every(),
                overdue.item(),
                overdue.number(),
                tx.now());
    }

    /**
     * Notes that nobody could be told. Where others can be asked they are asked at once; a stage that would be passed over
     * instead keeps its time, so that nobody's word is lost with the mail.
     *
     * @return whether that is new
     */
    static boolean untold(Tx tx, ItemId item, int number, Untold why) {
        return tx.update("""
                        update approval_stage set untold_at = ?, untold_why = ?,
                               escalates_at = case when escalated_at is null and escalates_at is not null
                                                        and (escalate_groups <> '{}' or escalate_people <> '{}')
                                                   then least(escalates_at, ?) else escalates_at end
                         where item_id = ? and number = ? and state = 'open' and untold_at is null
                           and exists (select 1 from request_item i where i.id = item_id and i.state = 'pending')
                        """, tx.now(), why, tx.now(), item, number) == 1;
    }

    /** Somebody has been told after all; whether that is new. */
    static boolean told(Tx tx, ItemId item, int number) {
        return tx.update("""
                        update approval_stage set untold_at = null, untold_why = null
                         where item_id = ? and number = ? and untold_at is not null
                        """, item, number) == 1;
    }

    /** Whether fewer than these are left who could decide the stage {@code s} of the request {@code r}: they left, or may nothing. */
    private static String fewerThan(String words) {
        return """
                (select count(*) from (
                    select p.id from person p where p.state = 'active' and p.quarantined_at is null and p.id <> r.requester_id
                       and (p.name = any(s.people) or s.escalated_at is not null and p.name = any(s.escalate_people))
                    union
                    select p.id from person_group g join group_member m on m.group_id = g.id join person p on p.id = m.person_id
                     where p.state = 'active' and p.quarantined_at is null and p.id <> r.requester_id
                       and (g.name = any(s.groups) or s.escalated_at is not null and g.name = any(s.escalate_groups))
                     limit %1$s) able) < %1$s
                """.formatted(words);
    }

    private static final String TOO_FEW = fewerThan("s.needed");

    /** What would be passed over for lack of others to ask keeps its time as long as anybody is left who could say no. */
    private static final String GOES_ON =
            fewerThan("(case when s.escalate_groups <> '{}' or s.escalate_people <> '{}' then s.needed else 1 end)");

    /** Takes stages that too few are left for and that have others to go on to, of items that still wait. */
    static List<Overdue> takeDeserted(Tx tx, int limit) {
        return tx.list(
                """
                select s.item_id, s.number from approval_stage s join request_item i on i.id = s.item_id
                  join request r on r.id = i.request_id
                 where s.state = 'open' and s.service is null and s.escalated_at is null and s.escalates_at > ? and i.state = 'pending' and i.decide_by > ?
                   and\s""" + GOES_ON + " order by s.escalates_at limit ? for update of i skip locked",
                row -> new Overdue(new ItemId(row.getString(1)), row.getInt(2), tx.now(), false),
                tx.now(),
                tx.now(),
                limit);
    }

    /** Those of these items for whose open stages too few were left. */
    static List<ItemId> deserted(Rx rx, List<ItemId> items) {
        return rx.list(
                """
                select distinct s.item_id from approval_stage s join request_item i on i.id = s.item_id
                  join request r on r.id = i.request_id
                 where s.item_id = any(?::text[]) and s.state = 'open' and (s.service is null or s.unheard_at is not null)
                   and\s""" + TOO_FEW,
                row -> new ItemId(row.getString(1)),
                items.stream().map(ItemId::value).toList());
    }

    /** Asks the others too, or passes the stage over for the next one; gives it as it was. */
    static Optional<ApprovalStage> escalate(Tx tx, Overdue overdue) {
        if (tx.update("""
                        update approval_stage
                           set escalated_at = ?,
                               fallback_at = greatest(?::timestamptz, escalates_at) + fallback_after_ms * interval '1 millisecond',
                               remind_at = case when service is null then remind_at when reminders > 0
                                                then ?::timestamptz + remind_every_ms * interval '1 millisecond' end
                         where item_id = ? and number = ? and state = 'open' and escalated_at is null
                        """, tx.now(), tx.now(), tx.now(), overdue.item(), overdue.number()) == 0) {
            return Optional.empty();
        }
        ApprovalStage stage = Stages.of(tx, overdue.item()).stream()
                .filter(one -> one.number() == overdue.number())
                .findFirst()
                .orElseThrow();
        boolean last = Stages.of(tx, overdue.item()).stream().noneMatch(one -> one.position() > stage.position());
        if (stage.escalateTo().isNobody() && !last) {
            Stages.move(tx, overdue.item(), stage, ApprovalStage.State.PASSED);
            Stages.openNext(tx, overdue.item());
        }
        return Optional.of(stage);
    }

    /** The service of a stage was given up. */
    static void unheard(Tx tx, ItemId item, int number) {
        tx.update("update approval_stage set unheard_at = ? where item_id = ? and number = ?", tx.now(), item, number);
    }

    /** What nobody has answered since others were asked too, oldest first. */
    static List<Overdue> unanswered(Rx rx, int limit) {
        return rx.list(
                """
                select s.item_id, s.number from approval_stage s join request_item i on i.id = s.item_id
                 where s.fallback_at <= ? and s.state = 'open' and i.state = 'pending' and i.decide_by > ?
                 order by s.fallback_at limit ?
                """,
                row -> new Overdue(new ItemId(row.getString(1)), row.getInt(2), rx.now(), false),
                rx.now(),
                rx.now(),
                limit);
    }

    /** Takes it up, once; the items of the request are locked. Nothing when somebody answered meanwhile, or it was taken. */
    static Optional<ApprovalStage> takeUnanswered(Tx tx, Overdue unanswered) {
        int taken = tx.update("""
                update approval_stage s set fallback_at = null from request_item i
                 where s.item_id = ? and s.number = ? and s.state = 'open' and s.fallback_at <= ?
                   and i.id = s.item_id and i.state = 'pending' and i.decide_by > ?
                """, unanswered.item(), unanswered.number(), tx.now(), tx.now());
        return taken == 0
                ? Optional.empty()
                : Stages.of(tx, unanswered.item()).stream()
                        .filter(stage -> stage.number() == unanswered.number())
                        .findFirst();
    }

    /** The stage is passed over because nobody answered; whether none is left to wait for. */
    static boolean fallBack(Tx tx, ItemId item, ApprovalStage stage) {
        tx.update(
                "update approval_stage set fell_back_at = ? where item_id = ? and number = ?",
                tx.now(),
                item,
                stage.number());
        Stages.move(tx, item, stage, ApprovalStage.State.PASSED);
        return Stages.openNext(tx, item);
    }
}
