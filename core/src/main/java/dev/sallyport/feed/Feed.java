package dev.sallyport.feed;

import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;

/**
 * Effective deny as one ordered list. Versions come from one locked row, so they are handed out in commit order: who has
 * seen version n has seen everything before it. Only ends append here, and only this notifies.
 */
public final class Feed {
    /** The channel of LISTEN and NOTIFY. */
    static final String CHANNEL = "sallyport_feed";

    /** One page of entries. */
    static final int PAGE = 1_000;

    private Feed() {}

    /** An entry; the subject's form depends on the kind. */
    public record Entry(long version, FeedKind kind, String subject, Instant at) {
        /** Whose tokens stop counting, of an entry of kind {@link FeedKind#EPOCH}: what stands before the number. */
        public String person() {
            int colon = subject.lastIndexOf(':');
            return colon < 0 ? subject : subject.substring(0, colon);
        }
    }

    /** Appends an entry when the rest of the change is done. */
    public static void append(Tx tx, FeedKind kind, String subject) {
        append(tx, kind, subject, _ -> {});
    }

    /**
     * Appends an entry when the rest of the change is done, and then does what needs its version. The head's row is the
     * last lock that a change takes, and is held until the commit.
     */
    public static void append(Tx tx, FeedKind kind, String subject, LongConsumer then) {
        tx.last(() -> then.accept(write(tx, kind, List.of(subject))));
    }

    /** Appends an entry for each subject when the rest of the change is done; nothing for none. */
    public static void appendAll(Tx tx, FeedKind kind, List<String> subjects) {
        if (!subjects.isEmpty()) {
            tx.last(() -> write(tx, kind, subjects));
        }
    }

    private static long write(Tx tx, FeedKind kind, List<String> subjects) {
        long last = tx.one("update feed_head set version = version + ? returning version", row -> row.getLong(1), (long)
                        subjects.size())
                .orElseThrow();
        tx.update("""
                insert into feed (version, kind, subject, at)
                select ? + place, ?, subject, ? from unnest(?::text[]) with ordinality as entries (subject, place)
                """, last - subjects.size(), stored(kind), tx.now(), subjects);
        tx.list("select pg_notify(?, ?)", _ -> true, CHANNEL, Long.toString(last));
        return last;
    }

    /** The newest version that is committed. */
    public static long head(Rx rx) {
        return rx.count("select version from feed_head");
    }

    /** Entries after a version, oldest first, a page of them. */
    public static List<Entry> after(Rx rx, long version) {
        return rx.list(
                "select version, kind, subject, at from feed where version > ? order by version limit " + PAGE,
                row -> new Entry(
                        row.getLong("version"),
                        FeedKind.valueOf(
                                row.getString("kind").toUpperCase(Locale.ROOT).replace(' ', '_')),
                        row.getString("subject"),
                        Rows.instant(row, "at")),
                version);
    }

    private static String stored(FeedKind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
