package dev.sallyport.request;

import dev.sallyport.base.ItemId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RequestId;
import dev.sallyport.database.Rx;
import java.util.List;

/**
 * A stage that waits for somebody's word now.
 *
 * @param escalated whether others than its own people were asked too
 * @param people who may still give it, delegates too: active, not who asked, and silent so far, also through others
 */
public record Awaited(ItemId item, int stage, boolean escalated, Approvers approvers, List<PersonId> people) {
    /** The most people of one stage that are told. */
    public static final int PEOPLE_MAX = 200;

    public Awaited {
        people = List.copyOf(people);
    }

    /** What names it: {@code itm_…/1}. */
    public String name() {
        return item.value() + "/" + stage;
    }

    /** Those of a request, in order. */
    public static List<Awaited> of(Rx rx, RequestId request) {
        List<ItemId> waiting = rx.list(
                "select id from request_item where request_id = ? and state = 'pending' and decide_by > ? order by id",
                row -> new ItemId(row.getString(1)),
                request,
                rx.now());
        return waiting.stream()
                .flatMap(item -> Stages.of(rx, item).stream()
                        .filter(stage -> stage.isOpen() && stage.waitsForPeople())
                        .map(stage -> new Awaited(
                                item,
                                stage.number(),
                                stage.escalatedAt().isPresent(),
                                stage.approvers(),
                                silent(rx, item, stage.number()))))
                .toList();
    }

    private static List<PersonId> silent(Rx rx, ItemId item, int stage) {
        return rx.list(
                """
                select me.id from approval_stage s join request_item i on i.id = s.item_id join request r on r.id = i.request_id
                  join person me on me.state = 'active' and me.quarantined_at is null and me.id <> r.requester_id
                 where s.item_id = ? and s.number = ?
                   and not exists (select 1 from approval a where a.item_id = i.id and me.id in (a.approver_id, a.seat_id)) and\s""" + Stages.MAY_SAY + " order by me.name limit " + PEOPLE_MAX,
                row -> new PersonId(row.getString("id")),
                item,
                stage,
                rx.now(),
                rx.now(),
                rx.now());
    }
}
