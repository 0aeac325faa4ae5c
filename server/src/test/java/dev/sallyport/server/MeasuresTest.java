package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.server.metrics.Measures;
import dev.sallyport.testkit.Await;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is counted from the audit log. */
class MeasuresTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void ofTheManyCertificatesOfAGrantTheFirstAloneSaysHowLongSomebodyWaited() {
        try (var world = new ApiWorld()) {
            var measures = world.server().feature(Measures.class);
            Someone dev = world.signIn("dev");
            dev.grant("look", "web-1");
            certificate(dev);
            counted(measures, 1, 1);

            certificate(dev);
            certificate(dev);

            counted(measures, 3, 1);
            world.apply("""
                    apiVersion: sallyport/v1
                    kind: Target
                    metadata: {name: web-2, labels: {tier: web}}
                    spec: {type: ssh, address: {host: 127.0.0.1, port: 2202}}
                    """);
            dev.grant("look", "web-2");
            dev.post("/credentials/ssh", Map.of("target", "web-2", "public_key", AccessApiTest.KEY));
            counted(measures, 4, 2);
        }
    }

    private static void certificate(Someone dev) {
        assertThat(dev.post("/credentials/ssh", Map.of("target", "web-1", "public_key", AccessApiTest.KEY))
                        .status())
                .isEqualTo(201);
    }

    private static void counted(Measures measures, int issued, int waited) {
        String events = "sallyport_events_total{activity=\"lease.issued\",outcome=\"success\"} " + issued;
        Await.until(events, LIMIT, () -> measures.scrape().lines().anyMatch(line -> line.startsWith(events)));
        assertThat(measures.scrape()).contains("sallyport_time_to_elevate_seconds_count " + waited + "\n");
    }
}
