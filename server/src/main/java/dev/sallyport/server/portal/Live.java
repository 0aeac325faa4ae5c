package dev.sallyport.server.portal;

import dev.sallyport.audit.AuditSearch;
import dev.sallyport.audit.RecordedEvent;
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

    /** Whoever was away longer is told of every kind. */
    private static final Duration REMEMBERED = Duration.ofHours(1);

    /** So much later than it was recorded an event can be seen. */
    private static final Duration LATE = Duration.ofSeconds(30);

    /** Tells a page to come back in half a minute. */
    private static final String LATER = "retry: 30000\n\n";

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

        static Set<Kind> of(List<String> activities) {
            Set<Kind> kinds = EnumSet.noneOf(Kind.class);
            activities.forEach(activity -> of(activity).ifPresent(kinds::add));
            return kinds;
        }

        String event() {
            return "sallyport:" + name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param over whether a later page of the same person has taken its place */
    private record Page(long number, String person, BlockingQueue<Kind> happened, AtomicBoolean over) {}

    private final Database database;
    private final Set<Page> pages = ConcurrentHashMap.newKeySet();
    private final AtomicLong numbers = new AtomicLong();
    private final Draining draining;
    private volatile boolean closed;
    private boolean looking;

    /** Everything up to then has been told to every page. */
    private volatile Instant told = Instant.EPOCH;

    Live(Database database, Draining draining) {
        this.database = database;
        this.draining = draining;
    }

    /** What makes htmx show a section anew: kinds with commas between; nothing for none. */
    static String trigger(String kinds) {
        return kinds.isEmpty()
                ? ""
                : Arrays.stream(kinds.split(","))
                        .map(kind -> "sallyport:" + kind + " from:body delay:150ms")
                        .collect(Collectors.joining(", "));
    }

    @GetMapping("/live")
    void follow(Visit visit, HttpServletResponse response) throws IOException, InterruptedException {
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
                new LinkedBlockingQueue<>(Kind.values().length * 2),
                new AtomicBoolean());
        makeRoom(page.person());
        pages.add(page);
        try {
            look();
            tell(page, missed(page, visit.lastEventId()), response.getOutputStream());
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

    /**
     * Tells a page that comes back what has happened while it was away.
     *
     * @param last when it was told of everything, as its last event said
     * @return now
     */
    private Instant missed(Page page, Optional<Instant> last) {
        return database.read(rx -> {
            Instant now = rx.now();
            last.ifPresent(since -> (since.isBefore(now.minus(REMEMBERED))
                            ? EnumSet.allOf(Kind.class)
                            : Kind.of(AuditSearch.activities(rx, since.minus(LATE), BATCH)))
                    .forEach(page.happened()::offer));
            return now;
        });
    }

    /** Until the page has gone, or long enough that who has lost the right to look is asked again. */
    private void tell(Page page, Instant began, OutputStream out) throws InterruptedException {
        long end = System.nanoTime() + LONGEST.toNanos();
        long breathe = System.nanoTime() + BREATH.toNanos();
        try {
            write(out, id(began));
            write(out, "\n");
            while (!closed && !draining.hasBegun() && System.nanoTime() < end) {
                // what comes after this may be among what is told now, and is told again then
                String id = id(told.isAfter(began) ? told : began);
                Kind first = page.happened().poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (page.over().get()) {
                    write(out, LATER);
                    return;
                }
                if (first == null) {
                    if (System.nanoTime() > breathe) {
                        write(out, id + "\n");
                        breathe = System.nanoTime() + BREATH.toNanos();
                    }
                    continue;
                }
                var kinds = new LinkedHashSet<Kind>();
                kinds.add(first);
                page.happened().drainTo(kinds);
                for (Kind kind : kinds) {
                    write(out, "event: " + kind.event() + "\ndata: 1\n\n");
                }
                write(out, id + "\n");
            }
        } catch (IOException _) {
            LOG.log(Level.FINER, "a page has gone");
        }
    }

    private static String id(Instant told) {
        return "id: " + told.toEpochMilli() + "\n";
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private synchronized void look() {
        if (!looking && !closed) {
            looking = true;
            Thread.ofVirtual().name("live pages").start(this::follow);
        }
    }

    /** Reads on in the log as long as any page is open. */
    private void follow() {
        String place = "";
        while (!closed) {
            try {
                String from = place;
                Instant before = database.read(Rx::now);
                if (from.isEmpty()) {
                    place = database.read(AuditSearch::end);
                } else {
                    List<RecordedEvent> events = database.read(rx -> AuditSearch.tail(rx, from, BATCH));
                    if (!events.isEmpty()) {
                        place = events.getLast().place();
                        Set<Kind> kinds = Kind.of(
                                events.stream().map(RecordedEvent::activity).toList());
                        pages.forEach(page -> kinds.forEach(page.happened()::offer));
                    }
                    told = before;
                }
                Thread.sleep(LOOK);
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException e) {
                LOG.log(Level.FINE, "live pages: the log cannot be read now", e);
                place = "";
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
