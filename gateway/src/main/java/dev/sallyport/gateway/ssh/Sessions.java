package dev.sallyport.gateway.ssh;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.SessionId;
import dev.sallyport.base.Text;
import dev.sallyport.gateway.GatewayMeasures;
import dev.sallyport.spi.gateway.ControlPlane;
import dev.sallyport.spi.gateway.FeedPage;
import dev.sallyport.spi.gateway.LiveFrame;
import dev.sallyport.spi.gateway.Order;
import dev.sallyport.spi.gateway.Report;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The sessions that are open here, and everything that may end them: the feed, orders, limits, and silence of the control
 * plane. A grant that has ended is remembered, so that a session under it that is still being opened ends too.
 */
final class Sessions {
    private static final Logger LOG = Logger.getLogger(Sessions.class.getName());

    /** How long a supervised session may wait for somebody to watch. */
    static final Duration UNWATCHED_MAX = Duration.ofMinutes(5);

    /** How long the feed may be silent before no session starts (design.md, effective deny). */
    static final Duration DEAF = Duration.ofSeconds(1);

    /** How long a log-in waits for the feed, as in a burst that keeps the machine busy. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Ended grants that are remembered. */
    private static final int ENDED_MAX = 10_000;

    /** Sessions that orders are kept for although they are not open here: not yet, or not any more. */
    private static final int EARLY_MAX = 1_000;

    /** Orders kept for one of them: the latest. */
    private static final int EARLY_ORDERS_MAX = 8;

    private final Clock clock;
    private final GatewayMeasures measures;
    private final Map<SessionId, GatewaySession> open = new HashMap<>();
    private final Map<SessionId, List<Order.What>> early = new LinkedHashMap<>();
    private final Map<String, Instant> ended = new LinkedHashMap<>();
    private long version = -1;
    private long heardNanos = System.nanoTime();
    private boolean heard;
    private boolean draining;

    Sessions(Clock clock, GatewayMeasures measures) {
        this.clock = clock;
        this.measures = measures;
    }

    /**
     * Lets a session in if nothing has ended it meanwhile.
     *
     * @throws dev.sallyport.base.Refusal if the gateway is deaf, drains, or the grant has ended
     */
    void add(GatewaySession session) throws InterruptedException {
        register(session).forEach(what -> obey(session, what));
    }

    private synchronized List<Order.What> register(GatewaySession session) throws InterruptedException {
        awaitVersion(session.permit().feedVersion());
        if (ended.containsKey(session.permit().grant().value())) {
            throw GatewayRefusal.ENDED.because("the grant has ended");
        }
        open.put(session.id(), session);
        measures.sessionOpened();
        List<Order.What> missed = early.remove(session.id());
        return missed == null ? List.of() : missed;
    }

    synchronized void remove(GatewaySession session, EndReason reason) {
        if (open.remove(session.id(), session)) {
            measures.sessionClosed(reason.word);
        }
    }

    synchronized int count() {
        return open.size();
    }

    long buffered() {
        return all().stream().mapToLong(GatewaySession::buffered).sum();
    }

    long passed() {
        return all().stream().mapToLong(GatewaySession::passed).sum();
    }

    private synchronized List<GatewaySession> all() {
        return List.copyOf(open.values());
    }

    private void refuseIfClosed(long needed) {
        if (draining) {
            throw GatewayRefusal.DRAINING.because("the gateway is being stopped; try again in a moment");
        }
        if (isDeaf()) {
            throw GatewayRefusal.DEAF.because("the gateway cannot hear the control plane; try again in a moment");
        }
        if (version < needed) {
            throw GatewayRefusal.DEAF.because("the gateway is behind the control plane; try again in a moment");
        }
    }

    /** Waits a moment for the feed to be heard, and to reach a version; then refuses if it has not. */
    synchronized void awaitVersion(long needed) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while ((version < needed || isDeaf()) && !draining && System.nanoTime() < until) {
            wait(50);
        }
        refuseIfClosed(needed);
    }

    private boolean isDeaf() {
        return !heard || silence().compareTo(DEAF) > 0;
    }

    private Duration silence() {
        return Duration.ofNanos(System.nanoTime() - heardNanos);
    }

    synchronized long version() {
        return version;
    }

    /** What the feed says. */
    void heard(FeedPage page) {
        for (FeedPage.Entry entry : page.entries()) {
            apply(entry);
        }
        synchronized (this) {
            var entries = page.entries();
            version = Math.max(
                    version, entries.isEmpty() ? page.head() : entries.getLast().version());
            heard = true;
            heardNanos = System.nanoTime();
            notifyAll();
        }
    }

    private void apply(FeedPage.Entry entry) {
        if (!entry.kind().toLowerCase(Locale.ROOT).replace('_', '-').equals("grant-ended")) {
            return;
        }
        List<GatewaySession> hit;
        synchronized (this) {
            ended.put(entry.subject(), entry.at());
            if (ended.size() > ENDED_MAX) {
                var oldest = ended.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
            hit = open.values().stream()
                    .filter(session -> session.permit().grant().equals(new GrantId(entry.subject())))
                    .toList();
        }
        for (GatewaySession session : hit) {
            session.end(EndReason.GRANT_ENDED, entry.subject(), "Your access has ended.");
            measures.cut(Duration.between(entry.at(), clock.instant()));
        }
    }

    /** What is ordered while a session is still being opened is done as soon as it is. */
    void obey(Order order) {
        GatewaySession session;
        synchronized (this) {
            session = open.get(order.session());
            if (session == null) {
                keepForLater(order);
                return;
            }
        }
        obey(session, order.what());
    }

    /** What ends or holds a session; whoever watches asks again, and a message was for what was to be seen. */
    private void keepForLater(Order order) {
        switch (order.what()) {
            case Order.Kill _, Order.Pause _, Order.Resume _ -> {
                List<Order.What> kept = early.computeIfAbsent(order.session(), _ -> new ArrayList<>());
                kept.add(order.what());
                if (kept.size() > EARLY_ORDERS_MAX) {
                    kept.removeFirst();
                }
                if (early.size() > EARLY_MAX) {
                    early.remove(early.keySet().iterator().next());
                }
            }
            case Order.Message _, Order.Watch _ -> {}
        }
    }

    private void obey(GatewaySession session, Order.What what) {
        switch (what) {
            case Order.Kill(String by, String reason) ->
                session.end(
                        EndReason.KILLED,
                        by + ": " + reason,
                        by + " has ended this session: " + Text.printable(reason));
            case Order.Message(String by, String text) -> {
                session.show(by + ": " + text);
                session.report(new Report.Supervised("message", Map.of("by", by, "text", Text.printable(text))));
            }
            case Order.Pause(String by) -> {
                session.supervision().pause();
                session.show(by + " has paused this session.");
                session.report(new Report.Supervised("paused", Map.of("by", by)));
            }
            case Order.Resume(String by) -> {
                session.supervision().resume();
                session.show("The session goes on.");
                session.report(new Report.Supervised("resumed", Map.of("by", by)));
            }
            case Order.Watch(String by, Duration lasting, Boolean begins) -> {
                boolean first = session.supervision().watch(clock.instant(), lasting);
                if (first || Boolean.TRUE.equals(begins)) {
                    session.picture();
                }
                if (first) {
                    session.report(new Report.Supervised("watched", Map.of("by", by)));
                }
            }
        }
    }

    /** Looks at every limit; called about once a second. */
    void tick() {
        Instant now = clock.instant();
        Duration silence;
        synchronized (this) {
            silence = heard ? silence() : Duration.ZERO;
            measures.feedAge(silence);
        }
        all().forEach(session -> tick(session, now, silence));
    }

    private static void tick(GatewaySession session, Instant now, Duration silence) {
        var terms = session.terms();
        if (session.supervision().tick(now)) {
            session.report(new Report.Supervised("unwatched", Map.of()));
        }
        Duration unwatched = session.supervision().unwatched(now);
        if (!now.isBefore(session.permit().endsAt())) {
            session.end(EndReason.GRANT_ENDED, "time", "Your access has ended: its time is over.");
        } else if (!now.isBefore(session.endsAt())) {
            session.end(EndReason.LONGEST, terms.longest().toString(), "This session has reached its longest time.");
        } else if (Duration.between(session.lastActivity(), now).compareTo(terms.idle()) >= 0) {
            session.end(EndReason.IDLE, terms.idle().toString(), "Nothing has happened for too long.");
        } else if (silence.compareTo(DEAF) > 0 && silence.minus(DEAF).compareTo(terms.grace()) > 0) {
            session.end(EndReason.DEAF, silence.toString(), "The gateway has lost the control plane.");
        } else if (unwatched != null && unwatched.compareTo(UNWATCHED_MAX) > 0) {
            session.end(EndReason.UNWATCHED, unwatched.toString(), "Nobody watches this session, and somebody must.");
        }
    }

    /** Sends what watched sessions show. */
    void sendFrames(ControlPlane controlPlane) {
        for (GatewaySession session : all()) {
            List<LiveFrame> frames = session.supervision().takeFrames();
            if (!frames.isEmpty()) {
                try {
                    controlPlane.live(session.id(), frames);
                } catch (Refusal e) {
                    if (e.kind() == Refusal.Kind.UNAVAILABLE) {
                        throw e; // which holds for all others, too
                    }
                    LOG.log(Level.WARNING, e, () -> "what " + session.id() + " shows could not be sent");
                }
            }
        }
    }

    synchronized void drain() {
        draining = true;
        notifyAll();
    }

    void tellAll(String sentence) {
        all().forEach(session -> session.show(sentence));
    }

    void endAll(EndReason reason, String sentence) {
        all().forEach(session -> session.end(reason, "", sentence));
    }
}
