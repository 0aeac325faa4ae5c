package dev.sallyport.notification;

import dev.sallyport.base.Secret;
import dev.sallyport.catalog.News;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Spec;
import dev.sallyport.finding.Severity;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One letter in the outbox.
 *
 * @param person the name of whom it is for; nothing: the channel's own address
 * @param personId the same person's id
 * @param asks the stages that it tells people of
 * @param nextAttemptAt while it waits
 */
public record Notification(
        String id,
        News news,
        Severity severity,
        String channel,
        Optional<String> person,
        Optional<String> personId,
        Optional<String> address,
        Optional<String> request,
        List<String> asks,
        Story story,
        State state,
        int attempts,
        Instant happenedAt,
        Instant createdAt,
        Optional<Instant> nextAttemptAt,
        Optional<Instant> settledAt,
        Optional<String> lastError) {
    /** How far it is. */
    public enum State {
        WAITING,
        SENT,
        /** Given up; somebody may try it again. */
        DEAD
    }

    static final String SELECT =
            "select n.*, p.name as person_name from notification n left join person p on p.id = n.person_id ";

    /** Whether it has approvers do something, and is worth nothing late. */
    boolean isUrgent() {
        return !asks.isEmpty();
    }

    Letter letter(Optional<Secret> link) {
        return new Letter(id, news, severity, happenedAt, story, address, request, link);
    }

    static Notification of(ResultSet row) throws SQLException {
        State state = State.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
        return new Notification(
                row.getString("id"),
                News.ofWord(row.getString("news")),
                Severity.valueOf(row.getString("severity").toUpperCase(Locale.ROOT)),
                row.getString("channel"),
                Optional.ofNullable(row.getString("person_name")),
                Optional.ofNullable(row.getString("person_id")),
                Optional.ofNullable(row.getString("address")),
                Optional.ofNullable(row.getString("request_id")),
                Rows.strings(row, "asks"),
                Story.of(Spec.of(row.getString("content"))),
                state,
                row.getInt("attempts"),
                Rows.instant(row, "happened_at"),
                Rows.instant(row, "created_at"),
                state == State.WAITING ? Optional.of(Rows.instant(row, "next_attempt_at")) : Optional.empty(),
                Optional.ofNullable(Rows.instantOrNull(row, "settled_at")),
                Optional.ofNullable(row.getString("last_error")));
    }
}
