package dev.sallyport.server.metrics;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.sallyport.audit.Audit;
import dev.sallyport.audit.AuditSearch;
import dev.sallyport.audit.RecordedEvent;
import dev.sallyport.base.Refusal;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.feed.FeedFollower;
import dev.sallyport.gateway.GatewayMeasures;
import dev.sallyport.notification.Notifications;
import dev.sallyport.review.EmergencyLimits;
import dev.sallyport.review.Reviews;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Computes the measures. What happened is read from the audit log behind a cursor, each node counting its own events, so
 * that sums over nodes are right; what is, is counted in the database when somebody asks.
 */
public final class Measures {
    /** Events of one look. */
    private static final int BATCH = 2_000;

    /** Grants of which it is remembered when they gave their first credential. */
    private static final int GRANTS_MAX = 20_000;

    /** Teams that are told of; those with most. */
    private static final int TEAMS_MAX = 100;

    private final Database database;
    private final String source;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MultiGauge leases;
    private final MultiGauge grants;
    private final MultiGauge emergencies;
    private final EmergencyLimits limits;
    private final MultiGauge waiting;
    private final MultiGauge sessions;
    private final MultiGauge recordings;
    private final MultiGauge notifications;
    private final MultiGauge notificationLag;
    private final Map<String, First> firsts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, First> eldest) {
            return size() > GRANTS_MAX;
        }
    };
    private @Nullable String place;

    /** When a grant was asked for, and when it gave its first credential. */
    private record First(Instant asked, Instant issued) {
        /** Of a grant that says nothing about how long people wait. */
        static final First NEVER = new First(Instant.EPOCH, Instant.EPOCH);
    }

    public Measures(Database database, Audit audit, FeedFollower feed, HikariDataSource pool, EmergencyLimits limits) {
        this.limits = limits;
        this.database = database;
        this.source = audit.source();
        this.leases = several(Metric.LEASES);
        this.grants = several(Metric.GRANTS);
        this.emergencies = several(Metric.EMERGENCIES);
        this.waiting = several(Metric.WAITING);
        this.sessions = several(Metric.SESSIONS_OPEN);
        this.recordings = several(Metric.RECORDINGS);
        this.notifications = several(Metric.NOTIFICATIONS);
        this.notificationLag = several(Metric.NOTIFICATION_LAG, "seconds");
        gauge(Metric.FEED_STALENESS, feed, follower -> follower.staleness().toMillis() / 1000.0, "seconds");
        gauge(Metric.EMERGENCY_BUDGET, limits, known -> (double) known.budget(), null);
        gauge(Metric.FEED_VERSION, feed, follower -> (double) follower.version(), null);
        connections(pool, "active", HikariPoolMXBean::getActiveConnections);
        connections(pool, "idle", HikariPoolMXBean::getIdleConnections);
        connections(pool, "waiting", HikariPoolMXBean::getThreadsAwaitingConnection);
    }

    /** One request that was answered; the route is the pattern, never the path. */
    public void answered(String method, String route, int status, Duration took) {
        Timer.builder(Metric.HTTP_REQUESTS.key())
                .description(Metric.HTTP_REQUESTS.description())
                .tags("method", method, "route", route, "status", Integer.toString(status))
                .serviceLevelObjectives(objectives(5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 30_000))
                .register(registry)
                .record(took);
    }

    /** What this node's gateway counts, and the folder where its recordings grow. */
    public GatewayMeasures gateway(Path spool) {
        gauge(Metric.SPOOL_BYTES, spool, Measures::bytes, null);
        return new GatewayMetrics(registry);
    }

    private static double bytes(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            return Double.NaN; // there is no spool, or nobody may read it
        }
    }

    /**
     * Reads on in the audit log; returns how many events, or none when it has caught up: what comes meanwhile is read together
     * after a rest.
     */
    public synchronized int readOn() {
        String from = place;
        if (from == null) {
            place = database.read(AuditSearch::end);
            return 0;
        }
        List<RecordedEvent> events = database.read(rx -> AuditSearch.tail(rx, from, BATCH));
        List<RecordedEvent> own =
                events.stream().filter(event -> event.source().equals(source)).toList();
        elevated(own.stream()
                .filter(event -> event.activity().equals("lease.issued"))
                .toList());
        own.forEach(this::count);
        if (!events.isEmpty()) {
            place = events.getLast().place();
        }
        return events.size() == BATCH ? BATCH : 0;
    }

    /** Everything, in the text format of Prometheus. */
    public String scrape() {
        try {
            countNow();
        } catch (Refusal _) {
            // the database is away: what this node knows by itself is told all the same
        }
        return registry.scrape();
    }

    private void countNow() {
        database.<@Nullable Object>read(rx -> {
            count(rx);
            return null;
        });
    }

    /** What people look at who run it: how quick it is, what waits, and how old what nodes heard is; in the order of metrics. */
    public List<Figure> figures() {
        countNow();
        return Arrays.stream(Metric.values())
                .filter(Metric::isShown)
                .flatMap(metric -> registry.find(metric.key()).meters().stream()
                        .sorted(Comparator.comparing(
                                meter -> meter.getId().getTags().toString()))
                        .map(meter -> figure(metric, meter)))
                .toList();
    }

    private static Figure figure(Metric metric, Meter meter) {
        Map<String, String> labels =
                meter.getId().getTags().stream().collect(Collectors.toMap(Tag::getKey, Tag::getValue));
        return meter instanceof Timer timer
                ? new Figure(
                        metric.told(true),
                        labels,
                        Figure.Unit.COUNT,
                        metric.isEverywhere(),
                        timer.count(),
                        Optional.of(took(timer)))
                : new Figure(
                        metric.told(metric.unit() == Figure.Unit.SECONDS),
                        labels,
                        metric.unit(),
                        metric.isEverywhere(),
                        ((Gauge) meter).value(),
                        Optional.empty());
    }

    private static Figure.Took took(Timer timer) {
        return new Figure.Took(
                Duration.ofMillis(Math.round(timer.mean(TimeUnit.MILLISECONDS))),
                Arrays.stream(timer.takeSnapshot().histogramCounts())
                        .filter(bucket -> Double.isFinite(bucket.bucket()))
                        .map(bucket -> new Figure.Within(
                                Duration.ofMillis(Math.round(bucket.bucket(TimeUnit.MILLISECONDS))),
                                Math.round(bucket.count())))
                        .toList());
    }

    private void count(RecordedEvent event) {
        registry.counter(Metric.EVENTS.key(), "activity", event.activity(), "outcome", event.outcome())
                .increment();
        switch (event.activity()) {
            case "request.approved" ->
                timer(Metric.TIME_TO_GRANT, 100, 1_000, 60_000, 300_000, 3_600_000)
                        .record(Duration.ofMillis(event.data().number("waited_ms", 0)));
            case "lease.closed" -> {
                if (event.data().text("how", "").startsWith("the host")) {
                    timer(Metric.REVOCATION_LATENCY, 50, 100, 250, 500, 1_000, 5_000, 60_000)
                            .record(Duration.ofMillis(event.data().number("closing_ms", 0)));
                }
            }
            case "session.closed" -> {
                if (event.data().has("cut_ms")) {
                    timer(Metric.SESSION_CUT, 25, 50, 100, 250, 500, 1_000, 5_000, 30_000)
                            .record(Duration.ofMillis(event.data().number("cut_ms", 0)));
                }
            }
            default -> {}
        }
    }

    /** Only the first credential of a grant counts; of the many after it nothing is asked. */
    private void elevated(List<RecordedEvent> issued) {
        learn(issued.stream()
                .map(Measures::grant)
                .filter(grant -> !firsts.containsKey(grant))
                .distinct()
                .toList());
        for (RecordedEvent event : issued) {
            First first = firsts.getOrDefault(grant(event), First.NEVER);
            if (event.happenedAt().equals(first.issued())) {
                timer(Metric.TIME_TO_ELEVATE, 250, 500, 1_000, 5_000, 30_000, 120_000, 600_000)
                        .record(Duration.between(first.asked(), first.issued()));
            }
        }
    }

    private static String grant(RecordedEvent event) {
        return event.correlation().getOrDefault("grant", "");
    }

    private void learn(List<String> grants) {
        if (grants.isEmpty()) {
            return;
        }
        record Known(String grant, First first) {}
        List<Known> known = database.read(rx -> rx.list(
                """
                        select g.id, r.created_at, (select min(issued_at) from lease where grant_id = g.id) as first
                          from access_grant g join request r on r.id = g.request_id
                         where g.id = any(?::text[]) and g.starts_at <= r.created_at + interval '1 day'
                        """,
                row -> new Known(
                        row.getString("id"), new First(Rows.instant(row, "created_at"), Rows.instant(row, "first"))),
                grants));
        grants.forEach(grant -> firsts.put(grant, First.NEVER));
        known.forEach(each -> firsts.put(each.grant(), each.first()));
    }

    private void count(Rx rx) {
        leases.register(rows(rx, "select state, count(*) from lease where state <> 'closed' group by state"), true);
        grants.register(
                rows(rx, "select state, count(*) from access_grant where state <> 'ended' group by state"), true);
        emergencies.register(
                Reviews.emergencies(rx, limits).entrySet().stream()
                        .sorted(Map.Entry.<String, Integer>comparingByValue()
                                .reversed()
                                .thenComparing(Map.Entry.comparingByKey()))
                        .limit(TEAMS_MAX)
                        .map(team -> MultiGauge.Row.of(Tags.of("team", team.getKey()), team.getValue()))
                        .toList(),
                true);
        sessions.register(
                rows(
                        rx,
                        "select g.name as state, count(s.id) from gateway g left join session s on s.gateway_id = g.id and s.state = 'open'"
                                + " where g.withdrawn_at is null group by g.name limit 100",
                        "gateway"),
                true);
        recordings.register(
                rows(rx, "select state, count(*) from recording where state <> 'complete' group by state"), true);
        count(Notifications.Health.of(rx));
        waiting.register(
                List.of(
                        row(
                                "closing due",
                                rx.count("select count(*) from lease_closing where next_attempt_at <= ?", rx.now())),
                        row("closing stuck", rx.count("select count(*) from lease_closing where attempts >= 8")),
                        row("requests pending", rx.count("select count(*) from request_item where state = 'pending'")),
                        row("findings open", rx.count("select count(*) from finding where closed_at is null"))),
                true);
    }

    private void count(Notifications.Health health) {
        notifications.register(
                List.of(
                        MultiGauge.Row.of(Tags.of("state", "waiting"), health.waiting()),
                        MultiGauge.Row.of(Tags.of("state", "dead"), health.dead())),
                true);
        notificationLag.register(
                List.of(
                        MultiGauge.Row.of(
                                Tags.of("of", "events"), health.behind().toMillis() / 1000.0),
                        MultiGauge.Row.of(
                                Tags.of("of", "letters"), health.oldest().toMillis() / 1000.0)),
                true);
    }

    private static List<MultiGauge.Row<?>> rows(Rx rx, String sql) {
        return rows(rx, sql, "state");
    }

    private static List<MultiGauge.Row<?>> rows(Rx rx, String sql, String label) {
        return rx.<MultiGauge.Row<?>>list(
                sql, row -> MultiGauge.Row.of(Tags.of(label, row.getString(1)), row.getLong(2)));
    }

    private static MultiGauge.Row<Number> row(String what, long count) {
        return MultiGauge.Row.of(Tags.of("what", what), count);
    }

    private MultiGauge several(Metric metric) {
        return several(metric, null);
    }

    private MultiGauge several(Metric metric, @Nullable String unit) {
        return MultiGauge.builder(metric.key())
                .description(metric.description())
                .baseUnit(unit)
                .register(registry);
    }

    private <T> void gauge(Metric metric, T of, ToDoubleFunction<T> value, @Nullable String unit) {
        Gauge.builder(metric.key(), of, value)
                .description(metric.description())
                .baseUnit(unit)
                .register(registry);
    }

    private void connections(HikariDataSource pool, String state, ToDoubleFunction<HikariPoolMXBean> value) {
        Gauge.builder(Metric.DATABASE_CONNECTIONS.key(), pool, source -> {
                    HikariPoolMXBean bean = source.getHikariPoolMXBean();
                    return bean == null ? 0 : value.applyAsDouble(bean);
                })
                .description(Metric.DATABASE_CONNECTIONS.description())
                .tag("state", state)
                .register(registry);
    }

    private Timer timer(Metric metric, long... millis) {
        return Timer.builder(metric.key())
                .description(metric.description())
                .serviceLevelObjectives(objectives(millis))
                .register(registry);
    }

    private static Duration[] objectives(long... millis) {
        return java.util.Arrays.stream(millis).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }
}
