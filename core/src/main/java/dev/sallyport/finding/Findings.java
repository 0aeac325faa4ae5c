package dev.sallyport.finding;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.Ids;
import dev.sallyport.base.Text;
import dev.sallyport.database.Order;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Opens and closes findings; the same thing found again does not open a second one. */
public final class Findings {
    private static final Order.Of LIST = Order.Of.byAge("finding", "f");

    private final Audit audit;

    public Findings(Audit audit) {
        this.audit = audit;
    }

    public void open(Tx tx, String kind, Severity severity, String subject, String message) {
        String id = Ids.next("fnd_");
        int opened = tx.update("""
                insert into finding (id, kind, severity, subject, message, opened_at) values (?, ?, ?, ?, ?, ?)
                    on conflict (kind, subject) where closed_at is null do nothing
                """, id, kind, severity, subject, message, tx.now());
        if (opened == 1) {
            audit.record(
                    tx,
                    Event.of(FindingEvent.OPENED)
                            .data("finding", id)
                            .data("kind", kind)
                            .data("severity", severity.name().toLowerCase(Locale.ROOT))
                            .data("subject", subject));
        }
    }

    /** Closes what is open of this kind and subject. */
    public void close(Tx tx, String kind, String subject) {
        closeAll(tx, kind, List.of(subject));
    }

    /** Closes what is open of this kind and these subjects. */
    public void closeAll(Tx tx, String kind, List<String> subjects) {
        List<Event> closed = tx.list(
                """
                update finding set closed_at = ? where kind = ? and subject = any(?::text[]) and closed_at is null
                returning id, subject
                """,
                row -> Event.of(FindingEvent.CLOSED)
                        .data("finding", row.getString(1))
                        .data("kind", kind)
                        .data("subject", row.getString(2)),
                tx.now(),
                kind,
                subjects);
        audit.recordAll(tx, closed);
    }

    /** @throws dev.sallyport.base.Refusal {@code finding.unknown} */
    public static Finding find(Rx rx, String id) {
        return rx.one(
                        "select id, kind, severity, subject, message, opened_at, closed_at from finding where id = ?",
                        Findings::finding,
                        id)
                .orElseThrow(() -> FindingRefusal.UNKNOWN.because(Text.quoted(id) + ": no such finding"));
    }

    private static Finding finding(ResultSet row) throws SQLException {
        return new Finding(
                row.getString("id"),
                row.getString("kind"),
                Severity.valueOf(row.getString("severity").toUpperCase(Locale.ROOT)),
                row.getString("subject"),
                row.getString("message"),
                Rows.instant(row, "opened_at"),
                Optional.ofNullable(Rows.instantOrNull(row, "closed_at")));
    }

    public static List<Finding> list(Rx rx, boolean open, Slice slice) {
        return list(rx, new Filter(open, Optional.empty(), Optional.empty()), slice);
    }

    /**
     * Which findings a list shows.
     *
     * @param open those that are not settled, or those that are
     * @param kind only these, such as {@code krl-stale}
     * @param atLeast only as severe as this, or more
     */
    public record Filter(boolean open, Optional<String> kind, Optional<Severity> atLeast) {}

    public static List<Finding> list(Rx rx, Filter filter, Slice slice) {
        List<String> severities = filter.atLeast().stream()
                .flatMap(least -> Arrays.stream(Severity.values()).filter(each -> each.compareTo(least) >= 0))
                .map(Rows::stored)
                .toList();
        return rx.list(
                """
                select id, kind, severity, subject, message, opened_at, closed_at from finding f
                 where (closed_at is null) = ? and (?::text is null or kind = ?)
                   and (not ? or severity = any(?::text[])) and\s""" + slice.condition(LIST) + " order by " + slice.order().by(LIST) + " limit ?",
                Findings::finding,
                filter.open(),
                filter.kind().orElse(null),
                filter.kind().orElse(null),
                filter.atLeast().isPresent(),
                severities,
                slice.from(),
                slice.from(),
                slice.limit());
    }
}
