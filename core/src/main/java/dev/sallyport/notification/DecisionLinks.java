package dev.sallyport.notification;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.identity.Ticket;
import dev.sallyport.request.Requests;
import java.time.Instant;
import java.util.Optional;

/**
 * Links by which an approver decides (RQ2): 256 random bits that only their letter holds, for one person and one request, once,
 * and no longer than the request waits. A link is not enough to decide: whoever follows it must be signed in as that person.
 */
public final class DecisionLinks {
    private DecisionLinks() {}

    /** A new link for the person that a letter asks; earlier copies of the letter may have arrived, so theirs work as well. */
    static Optional<Secret> make(Tx tx, Notification letter) {
        if (letter.asks().isEmpty()
                || letter.personId().isEmpty()
                || letter.request().isEmpty()) {
            return Optional.empty();
        }
        Optional<Instant> expires =
                Requests.find(tx, new RequestId(letter.request().get())).map(request -> request.decideBy());
        if (expires.filter(tx.now()::isBefore).isEmpty()) {
            return Optional.empty();
        }
        Secret token = Ticket.next();
        tx.update(
                """
                insert into notification_link (hash, notification_id, request_id, person_id, expires_at) values (?, ?, ?, ?, ?)
                """,
                Ticket.hash(token),
                letter.id(),
                letter.request().get(),
                letter.personId().get(),
                expires.get());
        return Optional.of(token);
    }

    /**
     * The request that the link is for.
     *
     * @throws dev.sallyport.base.Refusal {@code notification.link-invalid}, the same for a link that never was, was used, has
     *     expired, or is somebody else's
     */
    public static RequestId open(Rx rx, PersonId person, Secret token) {
        return rx.one("""
                        select request_id from notification_link
                         where hash = ? and person_id = ? and used_at is null and expires_at > ?
                        """, row -> new RequestId(row.getString(1)), Ticket.hash(token), person, rx.now())
                .orElseThrow(DecisionLinks::invalid);
    }

    /**
     * Uses the link up, and with it all others that this person has for the same request.
     *
     * @throws dev.sallyport.base.Refusal {@code notification.link-invalid}
     */
    public static void spend(Tx tx, PersonId person, Secret token) {
        RequestId request = open(tx, person, token);
        int used = tx.update(
                "update notification_link set used_at = ? where hash = ? and used_at is null",
                tx.now(),
                Ticket.hash(token));
        if (used != 1) {
            throw invalid();
        }
        tx.update(
                "update notification_link set used_at = ? where person_id = ? and request_id = ? and used_at is null",
                tx.now(),
                person,
                request);
    }

    private static dev.sallyport.base.Refusal invalid() {
        return NotificationRefusal.LINK_INVALID.because(
                "this link is not yours, was used, or has expired",
                "sallyport requests --to-decide shows what waits for you");
    }
}
