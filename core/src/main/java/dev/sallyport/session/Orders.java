package dev.sallyport.session;

import dev.sallyport.base.SessionId;
import dev.sallyport.database.Database;
import dev.sallyport.database.Json;
import dev.sallyport.database.Spec;
import dev.sallyport.database.Tx;
import dev.sallyport.spi.gateway.Order;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What gateways are to do with sessions: numbered per gateway under the lock of its row, so that none is passed over. */
final class Orders {
    private static final int PAGE = 200;

    /** The longest that a call waits. */
    static final Duration WAIT_MAX = Duration.ofSeconds(30);

    private final Database database;
    private final Bell bell = new Bell();

    Orders(Database database) {
        this.database = database;
    }

    /** Appended when the rest of the change is done: the gateway's row is the last that is locked. */
    void give(Tx tx, String gateway, SessionId session, Order.What what) {
        tx.last(() -> {
            long sequence = tx.one(
                            "update gateway_contact set orders = orders + 1 where gateway_id = ? returning orders",
                            row -> row.getLong(1),
                            gateway)
                    .orElseThrow();
            tx.update(
                    "insert into gateway_order (gateway_id, sequence, session_id, what, at) values (?, ?, ?, ?::jsonb, ?)",
                    gateway,
                    sequence,
                    session,
                    Json.text(tree(what)),
                    tx.now());
        });
        tx.afterCommit(bell::ring);
    }

    List<Order> after(Gateway gateway, long after, Duration wait) {
        Duration limit = wait.compareTo(WAIT_MAX) < 0 ? wait : WAIT_MAX;
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            long mark = bell.mark();
            List<Order> orders = page(gateway, after);
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (!orders.isEmpty() || !left.isPositive()) {
                return orders;
            }
            try {
                bell.await(mark, left);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return List.of();
            }
        }
    }

    private List<Order> page(Gateway gateway, long after) {
        return database.read(rx -> rx.list(
                """
                select sequence, session_id, what from gateway_order
                 where gateway_id = ? and sequence > ? order by sequence limit ?
                """,
                row -> new Order(
                        row.getLong("sequence"),
                        new SessionId(row.getString("session_id")),
                        what(Spec.of(row.getString("what")))),
                gateway.id(),
                after,
                PAGE));
    }

    private static Map<String, Object> tree(Order.What what) {
        return switch (what) {
            case Order.Kill(String by, String reason) -> Map.of("what", "kill", "by", by, "text", reason);
            case Order.Message(String by, String text) -> Map.of("what", "message", "by", by, "text", text);
            case Order.Pause(String by) -> Map.of("what", "pause", "by", by);
            case Order.Resume(String by) -> Map.of("what", "resume", "by", by);
            case Order.Watch(String by, Duration lasting, Boolean begins) ->
                Map.of("what", "watch", "by", by, "lasting", lasting.toString(), "begins", Boolean.TRUE.equals(begins));
        };
    }

    private static Order.What what(Spec spec) {
        String by = spec.text("by", "");
        return switch (spec.text("what", "")) {
            case "message" -> new Order.Message(by, spec.text("text", ""));
            case "pause" -> new Order.Pause(by);
            case "resume" -> new Order.Resume(by);
            case "watch" -> new Order.Watch(by, spec.duration("lasting", Duration.ofSeconds(1)), spec.flag("begins"));
            default -> new Order.Kill(by, spec.text("text", ""));
        };
    }
}
