package dev.sallyport.session;

import dev.sallyport.base.Bytes;
import dev.sallyport.base.SessionId;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.spi.gateway.LiveFrame;
import java.time.Duration;
import java.util.List;

/** What watched sessions show, on its way to those who watch; kept for a minute, in the database for all nodes. */
final class LiveFrames {
    static final Duration KEPT = Duration.ofMinutes(1);

    private static final int FRAME_MAX = 256 * 1_024;
    private static final int FRAMES_MAX = 500;
    private static final int PAGE = 200;

    private final Database database;
    private final Bell bell = new Bell();

    LiveFrames(Database database) {
        this.database = database;
    }

    /** A frame and its number. */
    record Numbered(long number, LiveFrame frame) {}

    /** Dropped when nobody watches the session, or it is not this gateway's. */
    void take(Gateway gateway, SessionId session, List<LiveFrame> frames) {
        List<LiveFrame> kept = frames.stream()
                .filter(frame -> frame.output().size() <= FRAME_MAX)
                .limit(FRAMES_MAX)
                .toList();
        if (kept.isEmpty()) {
            return;
        }
        database.run(gateway.actor(), tx -> {
            boolean watched = tx.exists("""
                    select 1 from session s join watch w on w.session_id = s.id
                     where s.id = ? and s.gateway_id = ? and s.state = 'open' and w.until > ? limit 1
                    """, session, gateway.id(), tx.now());
            if (watched) {
                kept.forEach(frame -> tx.update(
                        """
                        insert into live_frame (session_id, at, offset_ms, channel, columns, rows, output, picture)
                        values (?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                        session,
                        tx.now(),
                        frame.offsetMillis(),
                        frame.channel(),
                        frame.columns(),
                        frame.rows(),
                        frame.output().toArray(),
                        frame.isPicture()));
            }
            tx.afterCommit(bell::ring);
        });
    }

    /** The newest number there is; who begins to watch begins there. */
    static long newest(Rx rx, SessionId session) {
        return rx.count("select coalesce(max(id), 0) from live_frame where session_id = ?", session);
    }

    /** Frames after a number, waiting for one for a while. */
    List<Numbered> after(SessionId session, long after, Duration wait) {
        long deadline = System.nanoTime() + wait.toNanos();
        while (true) {
            long mark = bell.mark();
            List<Numbered> frames = database.read(rx -> rx.list(
                    "select * from live_frame where session_id = ? and id > ? order by id limit ?",
                    row -> new Numbered(
                            row.getLong("id"),
                            new LiveFrame(
                                    row.getLong("offset_ms"),
                                    row.getInt("channel"),
                                    row.getInt("columns"),
                                    row.getInt("rows"),
                                    Bytes.of(row.getBytes("output")),
                                    row.getBoolean("picture"))),
                    session,
                    after,
                    PAGE));
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (!frames.isEmpty() || !left.isPositive()) {
                return frames;
            }
            try {
                bell.await(mark, left);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return List.of();
            }
        }
    }

    void ring() {
        bell.ring();
    }
}
