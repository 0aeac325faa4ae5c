package dev.sallyport.grant;

import dev.sallyport.base.GrantId;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Decisions;
import dev.sallyport.decision.FactSource;
import dev.sallyport.policy.code.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What somebody holds and held, and how many others hold the same: for rules about what does not go together, and about how
 * many may at once. Of two grants that stand in each other's way the later one is judged against the earlier.
 */
public final class HeldFacts implements FactSource {
    /** How far back it looks. */
    public static final Duration BACK = Duration.ofDays(366);

    /** The most entries that are told, the latest first. */
    public static final int MOST = 200;

    /** The most holders that are counted. */
    private static final int COUNTED = 1_000;

    /**
     * Is held between two instants, the parameters the other way round. What is being ended counts until it has ended, but not
     * for what begins later.
     */
    private static String running(boolean later) {
        return "(g.starts_at < ? and (" + (later ? "" : "g.state = 'ending' or ")
                + "g.state in ('scheduled', 'active') and g.ends_at > ?))";
    }

    /** What goes on has no end that a rule about others could know. */
    private static final Duration EVER = Duration.ofDays(3_650);

    /** Has not ended. */
    private static final String STANDING = "g.state in ('scheduled', 'active', 'ending')";

    /** Began before the grant that begins or goes on; everything is earlier than what is only asked for. */
    private static final String EARLIER = """
             and g.id is distinct from ?::text
             and (?::text is null or (g.starts_at, g.id) < (select o.starts_at, o.id from access_grant o where o.id = ?))
            """;

    @Override
    public Set<String> paths() {
        return Set.of(Decisions.HELD, Decisions.HOLDERS);
    }

    @Override
    public Map<String, Map<String, Object>> facts(Rx rx, Asked asked) {
        return Map.of(
                "principal", Map.of("held", held(rx, asked)),
                "role", Map.of("holders", (int) holders(rx, asked)));
    }

    private static List<Map<String, Object>> held(Rx rx, Asked asked) {
        record Held(String role, String target, boolean running, Instant until) {
            Map<String, Object> tree() {
                return Map.of("role", role, "target", target, "running", running, "until", until.toString());
            }
        }
        var all = new ArrayList<Held>();
        asked.along().forEach(along -> all.add(new Held(along.role(), along.target(), true, rx.now())));
        var named = new HashSet<>(asked.along());
        String grant = text(asked.about());
        String going = asked.action() == Action.EXTEND ? null : grant;
        Instant then = then(rx, asked);
        rx
                .list(
                        "select g.role_name, g.target_name, bool_or(" + running(then.isAfter(rx.now()))
                                + ") as running,"
                                + " max(case when " + STANDING + " then ?::timestamptz else g.ended_at end) as until"
                                + " from access_grant g where g.person_id = ? and (" + STANDING + " or g.ended_at > ?)"
                                + EARLIER + " group by g.role_name, g.target_name order by until desc limit ?",
                        row -> new Held(
                                row.getString("role_name"),
                                row.getString("target_name"),
                                row.getBoolean("running"),
                                Rows.instant(row, "until")),
                        end(asked, then),
                        then,
                        rx.now(),
                        asked.person().id(),
                        rx.now().minus(BACK),
                        grant,
                        going,
                        going,
                        MOST)
                .stream()
                .filter(held -> !named.contains(new Asked.Along(held.role(), held.target())))
                .forEach(all::add);
        return all.stream().limit(MOST).map(Held::tree).toList();
    }

    private static long holders(Rx rx, Asked asked) {
        String going = asked.action() == Action.EXTEND ? null : text(asked.about());
        Instant then = then(rx, asked);
        return rx.count(
                "select count(*) from (select distinct g.person_id from access_grant g where g.target_id = ? and g.role_id = ?"
                        + " and g.person_id <> ? and " + running(then.isAfter(rx.now())) + EARLIER
                        + " limit ?) as others",
                asked.target().id(),
                asked.role().id(),
                asked.person().id(),
                end(asked, then),
                then,
                text(asked.about()),
                going,
                going,
                COUNTED);
    }

    /** When what is asked for would end. */
    private static Instant end(Asked asked, Instant then) {
        return then.plus(asked.action() == Action.REQUEST ? asked.wish().duration() : EVER);
    }

    /** When what is asked about begins, or now. */
    private static Instant then(Rx rx, Asked asked) {
        return asked.wish().start().filter(rx.now()::isBefore).orElse(rx.now());
    }

    private static @org.jspecify.annotations.Nullable String text(Optional<GrantId> grant) {
        return grant.map(GrantId::value).orElse(null);
    }
}
