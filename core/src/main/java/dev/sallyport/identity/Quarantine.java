package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Text;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.feed.Feed;
import dev.sallyport.feed.FeedKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Stops a person at once: everything issued to them stops counting (a new epoch), their sessions and tokens end, and who
 * handed things out to them is told in the same transaction.
 */
public final class Quarantine {
    private static final int LONGEST_REASON = 1_000;

    private final Audit audit;
    private final Sessions sessions;
    private final List<IdentityEnded> listeners;

    public Quarantine(Audit audit, Sessions sessions, List<IdentityEnded> listeners) {
        this.audit = audit;
        this.sessions = sessions;
        this.listeners = List.copyOf(listeners);
    }

    /** Puts the person into quarantine and returns how many sessions that ended. */
    public int impose(Tx tx, PersonId person, String reason) {
        String said = Text.line("reason", reason, 1, LONGEST_REASON);
        int changed = tx.update("""
                update person set quarantined_at = ?, quarantine_reason = ?, quarantined_by = ?, version = version + 1
                 where id = ? and quarantined_at is null
                """, tx.now(), said, tx.actor().person(), person);
        if (changed == 0) {
            Person found = People.require(tx, person);
            throw IdentityRefusal.QUARANTINED_ALREADY.because(found.name() + " is in quarantine already");
        }
        audit.record(
                tx,
                Event.of(IdentityEvent.PERSON_QUARANTINED)
                        .data("person", person.value())
                        .personal("reason", said));
        return cut(tx, person, EndReason.QUARANTINED, said);
    }

    /** Lets the person back in; what was ended stays ended. */
    public void lift(Tx tx, PersonId person, String reason) {
        String said = Text.line("reason", reason, 1, LONGEST_REASON);
        int changed = tx.update("""
                update person set quarantined_at = null, quarantine_reason = null, quarantined_by = null,
                       version = version + 1
                 where id = ? and quarantined_at is not null
                """, person);
        if (changed == 0) {
            Person found = People.require(tx, person);
            throw IdentityRefusal.NOT_QUARANTINED.because(found.name() + " is not in quarantine");
        }
        audit.record(
                tx,
                Event.of(IdentityEvent.QUARANTINE_LIFTED)
                        .data("person", person.value())
                        .personal("reason", said));
    }

    /** A new epoch, no sessions, nothing handed out; also what disabling a person does. */
    int cut(Tx tx, PersonId person, EndReason why, String reason) {
        long epoch = tx.one(
                        "update person set epoch = epoch + 1 where id = ? returning epoch",
                        row -> row.getLong(1),
                        person)
                .orElseThrow();
        Feed.append(tx, FeedKind.EPOCH, person + ":" + epoch);
        Enrolment.done(tx, person);
        String word = why.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        listeners.forEach(listener -> listener.ended(tx, person, word, reason));
        return sessions.endAll(tx, person, why, null);
    }

    /**
     * A person who is frozen.
     *
     * @param by who did so; nobody where that is not known, or they are gone
     */
    public record Quarantined(String name, Instant since, String reason, Optional<String> by) {}

    /** Those who are, by name. */
    public List<Quarantined> list(Rx rx, Optional<String> person, String after, int limit) {
        return rx.list(
                """
                select p.name, p.quarantined_at, p.quarantine_reason, b.name as by_name
                  from person p left join person b on b.id = p.quarantined_by
                 where p.quarantined_at is not null and (?::text is null or p.name = ?) and p.name > ?
                 order by p.name limit ?
                """,
                row -> new Quarantined(
                        row.getString("name"),
                        Rows.instant(row, "quarantined_at"),
                        Optional.ofNullable(row.getString("quarantine_reason")).orElse(""),
                        Optional.ofNullable(row.getString("by_name"))),
                person.orElse(null),
                person.orElse(null),
                after,
                limit);
    }
}
