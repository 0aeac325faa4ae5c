package dev.sallyport.server.portal;

import dev.sallyport.audit.AuditSearch;
import dev.sallyport.audit.RecordedEvent;
import dev.sallyport.audit.Seen;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.server.RateLimits;
import dev.sallyport.server.api.Draining;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tells open pages that something of a kind has happened, so that they show it: server-sent events that say the kind and
 * nothing else. What each page then sees is what the API shows whoever looks at it.
 */
@RestController
final class Live implements AutoCloseable {
    static final String REQUEST = "request";
    static final String GRANT = "grant";
    static final String SESSION = "session";
    static final String INCIDENT = "incident";

    /** Open pages of one server. */
    static final int PAGES_MAX = RateLimits.LIVE_PAGES;

    /** Open pages of one person. */
    static final int PAGES_PER_PERSON = RateLimits.LIVE_PAGES_PER_PERSON;

    private static final Logger LOG = Logger.getLogger(Live.class.getName());
    private static final Duration LOOK = Duration.ofMillis(400);
    private static final Duration BREATH = Duration.ofSeconds(15);
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final int BATCH = 500;

    /** What was recorded within so long before something was told may have become visible after it. */
    private static final Duration OVERLAP = Duration.ofSeconds(5);

    /** Whoever was away longer is told of every kind, and the log is not asked. */
    private static final Duration REMEMBERED = LONGEST.plusMinutes(5);

    /** Of so many events a page that comes back is told the kinds; after more than that, all kinds. */
    private static final int MISSED_MAX = 2_000;

    /** Tells a page to come back after some seconds. What has no data is not heeded by the script that hears it. */
    private static final String LATER = "retry: 8000\nevent: sallyport:later\ndata: 1\n\n";

    /** A list is shown anew at once; what happens together shows it once. */
    private static final String SOON = "delay:150ms";

    /** Numbers cost more to count than a page of a list. */
    private static final String NOW_AND_THEN = "throttle:5s";

    /** That somebody looked changes nothing that pages show. */
    private static final Set<String> LOOKING =
            Set.of("session.viewed", "session.searched", "session.watched", "session.glimpsed");

    /** Kinds of what happens. */
    private enum Kind {
        REQUEST,
        GRANT,
        SESSION,
        INCIDENT,
        REVIEW,
        FINDING;

        /** By the first word of the activity; nothing for what no page follows. */
        static Optional<Kind> of(String activity) {
            if (LOOKING.contains(activity)) {
                return Optional.empty();
            }
            return Optional.ofNullable(
                    switch (activity.replaceFirst("\\..*", "")) {
                        case "request", "approval" -> REQUEST;
                        case "grant", "lease" -> GRANT;
                        case "session", "recorder", "recording" -> SESSION;
                        case "incident" -> INCIDENT;
                        case "review", "break-glass" -> REVIEW;
                        case "finding" -> FINDING;
                        default -> null;
                    });
        }

        static Set<Kind> of(Collection<String> activities) {
            Set<Kind> kinds = EnumSet.noneOf(Kind.class);
            activities.forEach(activity -> of(activity).ifPresent(kinds::add));
            return kinds;
        }

        String event() {
            return "sallyport:" + name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param seen what was to be seen when it was made, if it says so
     * @param over whether a later page of the same person has taken its place
     */
    private record Page(
            long number, String person, Optional<Seen> seen, BlockingQueue<Kind> happened, AtomicBoolean over) {
        /** Of what it does not show already. */
        void tell(List<RecordedEvent> events) {
            Kind.of(events.stream()
                            .filter(event -> seen.map(then -> !then.has(event)).orElse(true))
                            .map(RecordedEvent::activity)
                            .toList())
                    .forEach(happened::offer);
        }
    }

    private final Database database;
    private final Set<Page> pages = ConcurrentHashMap.newKeySet();
    private final AtomicLong numbers = new AtomicLong();
    private final Draining draining;
    private volatile boolean closed;

    /** Until when what happened has been told to the pages that are open, in the database's time. */
    private volatile Instant told = Instant.EPOCH;

    private boolean looking;

    Live(Database database, Draining draining) {
        this.database = database;
        this.draining = draining;
    }

    /** What makes htmx show a section anew: kinds with commas between; nothing for none. */
    static String trigger(String kinds) {
        return trigger(kinds, SOON);
    }

    /** The same for figures: every few seconds at most. */
    static String seldom(String kinds) {
        return trigger(kinds, NOW_AND_THEN);
    }

    private static String trigger(String kinds, String how) {
        return kinds.isEmpty()
                ? ""
                : Arrays.stream(kinds.split(","))
                        .map(kind -> "sallyport:" + kind + " from:body " + how)
                        .collect(Collectors.joining(", "));
    }

    /** Where a page is told what happens; from the moment on that it was made, if it follows anything. */
    static String address(Optional<Seen> seen) {
        return seen.map(then -> "/live?after=" + ApiCall.encoded(then.text())).orElse("/live");
    }

    @GetMapping("/live")
    void follow(Visit visit, HttpServletResponse response) throws IOException, InterruptedException {
        Optional<Seen> seen = Optional.of(visit.parameter("after"))
                .filter(after -> !after.isEmpty())
                .map(after -> Seen.of("after", after));
        response.setContentType("text/event-stream;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no");
        if (pages.size() >= PAGES_MAX) {
            write(response.getOutputStream(), LATER);
            return;
        }
        var page = new Page(
                numbers.incrementAndGet(),
                visit.caller().personId().value(),
                seen,
                new LinkedBlockingQueue<>(Kind.values().length * 2),
                new AtomicBoolean());
        Instant began = database.read(Rx::now);
        makeRoom(page.person());
        pages.add(page);
        try {
            look();
            missed(visit, seen).forEach(page.happened()::offer);
            tell(page, began, response.getOutputStream());
        } finally {
            pages.remove(page);
        }
    }

    /**
     * Somebody's oldest page gives way: it is most likely one that they have left, which is noticed only at the next word to
     * it. One that is still open comes back after a while.
     */
    private void makeRoom(String person) {
        List<Page> theirs = pages.stream()
                .filter(page -> page.person().equals(person))
                .sorted(Comparator.comparingLong(Page::number))
                .toList();
        theirs.stream().limit(Math.max(0, theirs.size() - PAGES_PER_PERSON + 1)).forEach(page -> {
            page.over().set(true);
            pages.remove(page);
        });
    }

    /** Until the page has gone, or long enough that who has lost the right to look is asked again. */
    private void tell(Page page, Instant began, OutputStream out) throws InterruptedException {
        long end = System.nanoTime() + LONGEST.toNanos();
        long breathe = System.nanoTime() + BREATH.toNanos();
        try {
            write(out, id(began));
            while (!closed && !draining.hasBegun() && System.nanoTime() < end) {
                Kind first = page.happened().poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (page.over().get()) {
                    write(out, LATER);
                    return;
                }
                if (System.nanoTime() > breathe) {
                    write(out, id(began));
                    breathe = System.nanoTime() + BREATH.toNanos();
                }
                if (first == null) {
                    continue;
                }
                var kinds = new LinkedHashSet<Kind>();
                kinds.add(first);
                page.happened().drainTo(kinds);
                for (Kind kind : kinds) {
                    write(out, "event: " + kind.event() + "\ndata: 1\n\n");
                }
                write(out, id(began));
            }
        } catch (IOException _) {
            LOG.log(Level.FINER, "a page has gone");
        }
    }

    /** What a page that has lost us says when it comes back: until when it has been told what happened. */
    private String id(Instant began) {
        Instant until = told.isAfter(began) ? told : began;
        return "id: " + until.minus(OVERLAP).toEpochMilli() + "\n\n";
    }

    /**
     * What happened while a page was away: in the background, without a network, or between two of our answers; of one that
     * connects for the first time, between its making and now.
     */
    private Set<Kind> missed(Visit visit, Optional<Seen> seen) {
        return visit.lastEventId()
                .map(since -> since.isBefore(Instant.now().minus(REMEMBERED))
                        ? EnumSet.allOf(Kind.class)
                        : kinds(database.read(rx -> AuditSearch.activities(rx, since, MISSED_MAX))))
                .or(() -> seen.map(then -> kinds(database.read(
                        rx -> AuditSearch.activities(rx, then, Instant.now().minus(REMEMBERED), MISSED_MAX)))))
                .orElse(Set.of());
    }

    private static Set<Kind> kinds(Optional<Set<String>> activities) {
        return activities.map(Kind::of).orElse(EnumSet.allOf(Kind.class));
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** From here on pages are told what happens: what a page that is open now missed is read after this. */
    private synchronized void look() {
        if (!looking && !closed) {
            told = database.read(Rx::now);
            String place = database.read(AuditSearch::end);
            looking = true;
            Thread.ofVirtual().name("live pages").start(() -> follow(place));
        }
    }

    /** Reads on in the log as long as any page is open. */
    private void follow(String after) {
        String place = after;
        while (!closed) {
            try {
                String from = place;
                Instant now = database.read(Rx::now);
                List<RecordedEvent> events = database.read(rx -> AuditSearch.tail(rx, from, BATCH));
                if (!events.isEmpty()) {
                    place = events.getLast().place();
                    pages.forEach(page -> page.tell(events));
                }
                if (events.size() < BATCH) {
                    told = now;
                }
                Thread.sleep(LOOK);
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException e) {
                // it goes on from the same place
                LOG.log(Level.FINE, "live pages: the log cannot be read now", e);
            }
            synchronized (this) {
                if (pages.isEmpty()) {
                    looking = false;
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
