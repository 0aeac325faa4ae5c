package dev.sallyport.server.api;

import dev.sallyport.audit.AuditCounts;
import dev.sallyport.audit.AuditFilter;
import dev.sallyport.audit.AuditSearch;
import dev.sallyport.audit.RecordedEvent;
import dev.sallyport.base.Ids;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Database;
import dev.sallyport.database.Slice;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The audit log, for those who may read it. */
@RestController
@RequestMapping("/api/v1/audit")
final class AuditController {
    static final String READ = "audit.read";

    /** How often the tail looks while a caller waits. */
    private static final Duration LOOK = Duration.ofMillis(200);

    private static final int WAIT_MAX = 30;

    private final Database database;
    private final Draining draining;
    private final AuditCounts counts = new AuditCounts();

    AuditController(Database database, Draining draining) {
        this.database = database;
        this.draining = draining;
    }

    record ActorJson(
            @Nullable String person,
            @Nullable String identity,
            @Nullable String name) {}

    record EventJson(
            String id,
            Instant time,
            Instant recordedAt,

            @com.fasterxml.jackson.annotation.JsonProperty("class")
            String className,

            String activity,
            ActorJson actor,
            String outcome,
            @Nullable String sourceAddress,
            String source,
            String sourceSequence,
            Map<String, String> correlation,
            @Nullable String target,
            Map<String, Object> data,
            String leafHash) {
        static EventJson of(RecordedEvent event) {
            var data = new TreeMap<String, Object>(event.data().tree());
            event.personal().forEach((key, value) -> {
                if (!key.equals("actor_name") && !key.equals("source_address")) {
                    data.put(key, value);
                }
            });
            return new EventJson(
                    event.id(),
                    event.happenedAt(),
                    event.recordedAt(),
                    event.className(),
                    event.activity(),
                    new ActorJson(
                            event.actorPerson().orElse(null),
                            event.actorIdentity().orElse(null),
                            event.actorName().orElse(null)),
                    event.outcome(),
                    event.personal().get("source_address"),
                    event.source(),
                    event.sourceSequence(),
                    event.correlation(),
                    event.target().orElse(null),
                    data,
                    event.leafHash());
        }
    }

    @Needs(READ)
    @Summary("Events, newest first")
    @GetMapping("/events")
    Page<EventJson> search(
            @RequestParam(required = false) @Nullable Instant since,
            @RequestParam(required = false) @Nullable Instant until,
            @RequestParam(required = false) @Nullable String request,
            @RequestParam(required = false) @Nullable String grant,
            @RequestParam(required = false) @Nullable String lease,
            @RequestParam(required = false) @Nullable String session,
            @RequestParam(required = false) @Nullable String actor,
            @RequestParam(required = false) @Nullable String activity,
            @RequestParam(required = false) @Nullable String outcome,
            @RequestParam(required = false) @Nullable String target,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        var filter = new AuditFilter(
                Optional.ofNullable(since),
                Optional.ofNullable(until),
                Optional.ofNullable(request),
                Optional.ofNullable(grant),
                Optional.ofNullable(lease),
                Optional.ofNullable(session),
                Optional.ofNullable(actor),
                Optional.ofNullable(activity),
                Optional.ofNullable(outcome),
                Optional.ofNullable(target));
        List<RecordedEvent> events = database.read(
                rx -> AuditSearch.page(rx, filter, new Slice(Orders.byAge(order), Optional.ofNullable(after), size)));
        return Page.of(events, size, EventJson::of, AuditSearch::cursor);
    }

    @Needs(READ)
    @Summary(
            value = "One event",
            refuses = {"event.unknown"})
    @GetMapping("/events/{id}")
    EventJson show(@PathVariable String id) {
        return database.read(rx -> AuditSearch.event(rx, Ids.check("evt_", id)))
                .map(EventJson::of)
                .orElseThrow(() -> Unknown.EVENT.because(id + ": no such event"));
    }

    record SeriesJson(String activity, long total, List<Long> counts) {}

    record CountsJson(String first, int days, String zone, List<SeriesJson> series) {}

    @Needs(READ)
    @Summary("How often activities happened, day by day up to today")
    @GetMapping("/counts")
    CountsJson counts(
            @RequestParam String activity,
            @RequestParam(defaultValue = "30") int days,
            @RequestParam(defaultValue = "UTC") String zone) {
        ZoneId where = zone(zone);
        return database.read(rx -> {
            List<AuditCounts.Series> series = counts.daily(rx, List.of(activity.split(",", -1)), days, where);
            return new CountsJson(
                    AuditCounts.first(rx.now(), days, where).toString(),
                    days,
                    where.getId(),
                    series.stream()
                            .map(each -> new SeriesJson(each.activity(), each.total(), each.counts()))
                            .toList());
        });
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException _) {
            throw InputRefusal.INVALID_VALUE.because(
                    "zone: " + Text.quoted(name) + " (expected: a time zone such as Europe/Berlin)");
        }
    }

    /** Oldest first from a place on; without one, from now on. Waits for the next event if asked to. */
    @Needs(READ)
    @Summary("Events as they come, oldest first")
    @GetMapping("/tail")
    Page<EventJson> tail(
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(defaultValue = "0") int wait,
            @RequestParam(required = false) @Nullable Integer limit)
            throws InterruptedException {
        if (wait < 0 || wait > WAIT_MAX) {
            throw InputRefusal.INVALID_VALUE.because("wait: " + wait + " (expected: 0 to " + WAIT_MAX + " seconds)");
        }
        int size = Page.limit(limit);
        String from = after == null ? database.read(AuditSearch::end) : after;
        long deadline = System.nanoTime() + Duration.ofSeconds(wait).toNanos();
        List<RecordedEvent> events = database.read(rx -> AuditSearch.tail(rx, from, size));
        while (events.isEmpty() && System.nanoTime() < deadline && !draining.hasBegun()) {
            Thread.sleep(LOOK);
            events = database.read(rx -> AuditSearch.tail(rx, from, size));
        }
        return new Page<>(
                events.stream().map(EventJson::of).toList(),
                events.isEmpty() ? from : events.getLast().place());
    }

    private enum Unknown implements Refusal.Code {
        EVENT;

        @Override
        public Refusal.Kind kind() {
            return Refusal.Kind.NOT_FOUND;
        }

        @Override
        public String code() {
            return "event.unknown";
        }
    }
}
