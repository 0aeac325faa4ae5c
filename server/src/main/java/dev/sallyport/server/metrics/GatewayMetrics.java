package dev.sallyport.server.metrics;

import dev.sallyport.gateway.GatewayMeasures;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what the gateway of this node does. */
final class GatewayMetrics implements GatewayMeasures {
    private final MeterRegistry registry;
    private final Counter sessions;
    private final Timer cut;
    private final Timer waited;
    private final Timer setUp;
    private final AtomicLong feedAge = new AtomicLong();
    private final AtomicInteger journal = new AtomicInteger();

    GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.sessions = Counter.builder(Metric.GATEWAY_SESSIONS.key())
                .description(Metric.GATEWAY_SESSIONS.description())
                .register(registry);
        this.cut = timer(Metric.GATEWAY_CUT, 10, 25, 50, 100, 250, 500, 1_000, 5_000);
        this.waited = timer(Metric.GATEWAY_WAITED, 10, 100, 1_000, 10_000);
        this.setUp = timer(Metric.GATEWAY_SET_UP, 25, 50, 100, 250, 500, 1_000, 10_000);
        Gauge.builder(Metric.GATEWAY_FEED_AGE.key(), feedAge, age -> age.get() / 1000.0)
                .description(Metric.GATEWAY_FEED_AGE.description())
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder(Metric.GATEWAY_JOURNAL.key(), journal, AtomicInteger::get)
                .description(Metric.GATEWAY_JOURNAL.description())
                .register(registry);
    }

    @Override
    public void sessionOpened() {
        sessions.increment();
    }

    @Override
    public void sessionClosed(String reason) {
        counter(Metric.GATEWAY_ENDED, "reason", reason).increment();
    }

    @Override
    public void refused(String code) {
        counter(Metric.GATEWAY_REFUSED, "code", code).increment();
    }

    @Override
    public void cut(Duration latency) {
        cut.record(latency.isNegative() ? Duration.ZERO : latency);
    }

    @Override
    public void setUp(Duration waiting, Duration took) {
        waited.record(waiting);
        setUp.record(took);
    }

    @Override
    public void feedAge(Duration age) {
        feedAge.set(age.toMillis());
    }

    @Override
    public void journal(int waiting) {
        journal.set(waiting);
    }

    private Counter counter(Metric metric, String label, String value) {
        return Counter.builder(metric.key())
                .description(metric.description())
                .tag(label, value)
                .register(registry);
    }

    private Timer timer(Metric metric, long... millis) {
        return Timer.builder(metric.key())
                .description(metric.description())
                .serviceLevelObjectives(
                        Arrays.stream(millis).mapToObj(Duration::ofMillis).toArray(Duration[]::new))
                .register(registry);
    }
}
