package dev.sallyport.consulting;

import dev.sallyport.base.ItemId;
import dev.sallyport.base.RequestId;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.request.ServiceWords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Rows of questions. Who takes one has it until its next attempt is due. */
final class QuestionStore {
    private QuestionStore() {}

    /**
     * A stage that waits for a service.
     *
     * @param answerBy when others are asked, or it expires
     */
    record Wanted(ServiceWords.Stage stage, Instant answerBy) {}

    /** Stages whose service has not been asked at all, those that wait longest first. */
    static List<Wanted> unasked(Rx rx, int limit) {
        return rx.list(
                """
                select s.item_id, s.number, s.service, i.request_id,
                       least(case when s.escalated_at is null then s.escalates_at end, i.decide_by) as answer_by
                  from approval_stage s join request_item i on i.id = s.item_id
                 where s.state = 'open' and s.service is not null and not s.asked and i.state = 'pending' and i.decide_by > ?
                 order by s.opened_at, s.item_id limit ?
                """,
                row -> new Wanted(
                        new ServiceWords.Stage(
                                new RequestId(row.getString("request_id")),
                                new ItemId(row.getString("item_id")),
                                row.getInt("number"),
                                row.getString("service")),
                        Rows.instant(row, "answer_by")),
                rx.now(),
                limit);
    }

    /** Nothing happens when another server has put it. */
    static void put(Tx tx, Question question) {
        boolean first = tx.update(
                        "update approval_stage set asked = true where item_id = ? and number = ? and not asked",
                        question.stage().item(),
                        question.stage().number())
                == 1;
        if (!first) {
            return;
        }
        tx.update(
                """
                insert into decision_question (item_id, stage, id, service, request_id, nonce, hash, question, state,
                                               next_attempt_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?)
                """,
                question.stage().item(),
                question.stage().number(),
                question.id(),
                question.service(),
                question.stage().request(),
                question.nonce(),
                question.hash(),
                question.text(),
                tx.now());
    }

    /** Takes what is due, in the order in which it became so. */
    static List<Question> claim(Tx tx, int limit, Duration lease) {
        return tx.list("""
                update decision_question q set attempts = q.attempts + 1, next_attempt_at = ?
                 where q.id in (select id from decision_question where state = 'waiting' and next_attempt_at <= ?
                                 order by next_attempt_at, id limit ? for update skip locked)
                returning q.*
                """, Question::of, tx.now().plus(lease), tx.now(), limit);
    }

    /** Settles questions that are due and whose stage waits for the service no more. */
    static List<Question> takeMoot(Tx tx, int limit) {
        return tx.list("""
                with moot as (select q.id, q.question from decision_question q
                                join approval_stage s on s.item_id = q.item_id and s.number = q.stage
                                join request_item i on i.id = q.item_id
                               where q.state = 'waiting' and q.next_attempt_at <= ?
                                 and (s.state <> 'open' or i.state <> 'pending' or i.decide_by <= ?)
                               order by q.next_attempt_at limit ? for update of q skip locked)
                update decision_question q set state = 'moot', settled_at = ?, question = null from moot where q.id = moot.id
                returning q.id, q.request_id, q.item_id, q.stage, q.service, q.nonce, q.hash, moot.question, q.attempts
                """, Question::of, tx.now(), tx.now(), limit, tx.now());
    }

    /** False when it is settled already. Whoever brings an answer settles it, also one whose lease has run out. */
    static boolean answered(Tx tx, Question question) {
        return tx.update("""
                        update decision_question set state = 'answered', settled_at = ?, last_error = null, question = null
                         where id = ? and state = 'waiting'
                        """, tx.now(), question.id()) == 1;
    }

    /** False when it is settled already. */
    static boolean moot(Tx tx, Question question) {
        return tx.update("""
                        update decision_question set state = 'moot', settled_at = ?, question = null
                         where id = ? and state = 'waiting'
                        """, tx.now(), question.id()) == 1;
    }

    /** False when it is settled, or somebody else has it now. */
    static boolean unanswered(Tx tx, Question question, String why) {
        return tx.update("""
                        update decision_question set state = 'unanswered', settled_at = ?, last_error = ?, question = null
                         where id = ? and state = 'waiting' and attempts = ?
                        """, tx.now(), why, question.id(), question.attempts()) == 1;
    }

    /** False when it is settled, or somebody else has it now. */
    static boolean again(Tx tx, Question question, Instant at, String why) {
        return tx.update("""
                        update decision_question set next_attempt_at = ?, last_error = ?
                         where id = ? and state = 'waiting' and attempts = ?
                        """, at, why, question.id(), question.attempts()) == 1;
    }
}
