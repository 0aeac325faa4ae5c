package dev.sallyport.server;

import dev.sallyport.base.Refusal;
import dev.sallyport.database.Database;
import dev.sallyport.feed.FeedFollower;
import dev.sallyport.server.transport.Listener;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What load balancers and installers ask; public, and silent about everything else. */
@RestController
final class HealthController {
    /** How far a node's clock may be from the database's. */
    static final Duration CLOCK_TOLERANCE = Duration.ofMillis(500);

    private final Database database;
    private final FeedFollower feed;
    private final Listener listener;

    HealthController(Database database, FeedFollower feed, Listener listener) {
        this.database = database;
        this.feed = feed;
        this.listener = listener;
    }

    @GetMapping("/livez")
    Map<String, Boolean> live() {
        return Map.of("live", true);
    }

    @GetMapping("/readyz")
    ResponseEntity<Map<String, Object>> ready() {
        var checks = new LinkedHashMap<String, Object>();
        checks.put("feed", !feed.isDeaf());
        try {
            Instant before = Instant.now();
            Instant there = database.read(
                    rx -> rx.one("select clock_timestamp() as t", row -> dev.sallyport.database.Rows.instant(row, "t"))
                            .orElseThrow());
            Instant after = Instant.now();
            checks.put("database", true);
            checks.put(
                    "clock",
                    there.plus(CLOCK_TOLERANCE).isAfter(before)
                            && there.minus(CLOCK_TOLERANCE).isBefore(after));
        } catch (Refusal _) {
            checks.put("database", false);
        }
        boolean ready = checks.values().stream().allMatch(Boolean.TRUE::equals);
        checks.put("ready", ready);
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(ready ? 200 : 503);
        return (ready ? answer : answer.header("Retry-After", ApiProblems.RETRY_AFTER)).body(checks);
    }

    @GetMapping("/ca.pem")
    ResponseEntity<String> authority() {
        return listener.caPem()
                .map(pem -> ResponseEntity.ok()
                        .contentType(MediaType.parseMediaType("application/x-pem-file"))
                        .body(pem))
                .orElseThrow(() -> HttpRefusal.UNKNOWN_PATH.because("this server has no authority of its own"));
    }
}
