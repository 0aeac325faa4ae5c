package dev.sallyport.session;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.SessionId;
import dev.sallyport.base.Text;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import dev.sallyport.feed.FeedFollower;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import dev.sallyport.formats.recording.ChainAt;
import dev.sallyport.grant.GatewayGrants;
import dev.sallyport.request.Requests;
import dev.sallyport.spi.gateway.ControlPlane;
import dev.sallyport.spi.gateway.LiveFrame;
import dev.sallyport.spi.gateway.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The door to sessions: what gateways ask, and what people see and do. Callers have checked the rights. */
public final class GatewaySessions {
    /** The longest reason, message or text that is searched for, in characters. */
    public static final int TEXT_MAX = 500;

    /** Shorter texts are in no index. */
    public static final int SEARCH_MIN = 3;

    /** How long a watch lasts that is not asked for again. */
    static final Duration WATCH = Duration.ofSeconds(15);

    private static final Duration WAIT_MAX = Duration.ofSeconds(10);

    private final Database database;
    private final Audit audit;
    private final FeedFollower follower;
    private final Gateways gateways;
    private final Authorizing authorizing;
    private final Opening opening;
    private final Reporting reporting;
    private final Orders orders;
    private final LiveFrames frames;
    private final RecordingKeys keys;
    private final Glimpses glimpses = new Glimpses();
    private final Glimpses readings = new Glimpses();

    public GatewaySessions(
            Database database,
            Audit audit,
            FeedFollower follower,
            Gateways gateways,
            GatewayGrants grants,
            Requests requests,
            SignInLinks links,
            StoredSecrets secrets,
            RecordingKeys keys) {
        this.database = database;
        this.audit = audit;
        this.follower = follower;
        this.gateways = gateways;
        this.keys = keys;
        this.authorizing = new Authorizing(database, audit, grants, requests, links, secrets);
        this.opening = new Opening(database, audit, grants, secrets);
        this.reporting = new Reporting(database, audit, new Findings(audit));
        this.orders = new Orders(database);
        this.frames = new LiveFrames(database);
    }

    /** The words of this gateway, and of no other. */
    public ControlPlane controlPlane(Gateway gateway) {
        return new ControlPlaneFor(
                gateway, gateways, database, follower, authorizing, opening, reporting, orders, frames);
    }

    public static Optional<Session> find(Rx rx, SessionId id) {
        return SessionStore.find(rx, id);
    }

    public static List<Session> list(Rx rx, SessionFilter filter, Slice slice) {
        return SessionStore.list(rx, filter, slice);
    }

    public static List<Session.Command> commands(Rx rx, SessionId id, int limit) {
        return SessionStore.commands(rx, id, limit);
    }

    /**
     * What those of these sessions that are open did last, where that is known. That somebody looks at others' is an event
     * before they see it, one for each session an hour.
     */
    public Map<SessionId, Session.Command> doing(Actor actor, PersonId viewer, List<Session> those) {
        List<SessionId> open =
                those.stream().filter(Session::open).map(Session::id).toList();
        List<SessionId> news = those.stream()
                .filter(session -> session.open() && !session.person().equals(viewer))
                .map(Session::id)
                .filter(session -> glimpses.isNew(viewer, session))
                .toList();
        if (!news.isEmpty()) {
            database.run(
                    actor,
                    tx -> audit.record(
                            tx,
                            Event.of(SessionEvent.GLIMPSED)
                                    .data(
                                            "sessions",
                                            news.stream().map(SessionId::value).toList())));
            news.forEach(session -> glimpses.noted(viewer, session));
        }
        return database.read(rx -> SessionStore.last(rx, open));
    }

    public static List<Session.File> files(Rx rx, SessionId id, int limit) {
        return SessionStore.files(rx, id, limit);
    }

    /** A session in which a text was shown, and when that was, in milliseconds since it began. */
    public record Found(Session session, List<Long> offsets) {
        public Found {
            offsets = List.copyOf(offsets);
        }
    }

    /**
     * Sessions in which the text was shown, whatever its case. That it was searched for is in the audit log.
     *
     * @param filter whose and which
     */
    public List<Found> search(Actor actor, SessionFilter filter, String text, Slice slice) {
        String wanted = wanted(text);
        return database.change(actor, tx -> {
            List<Found> found = SessionSearch.showed(tx, filter, wanted, slice);
            searched(
                    tx,
                    "screens",
                    filter,
                    wanted,
                    found.stream().map(Found::session).map(Session::id));
            return found;
        });
    }

    /** Where a command stands among those of all sessions. */
    public record Place(SessionId session, long number) {
        private static final Pattern WRITTEN = Pattern.compile("(ssn_[0-9a-z]{1,40})\\.([0-9]{1,18})");

        /** @throws Refusal {@code input.invalid-value} */
        public static Place parse(String text) {
            var written = WRITTEN.matcher(text);
            if (!written.matches()) {
                throw InputRefusal.INVALID_VALUE.because(
                        "after: " + Text.quoted(text) + " (expected: the 'next' of an earlier page)");
            }
            return new Place(new SessionId(written.group(1)), Long.parseLong(written.group(2)));
        }

        @Override
        public String toString() {
            return session + "." + number;
        }
    }

    /** A command, and the session in which it was run. */
    public record Ran(
            Place place, String person, String target, String login, Instant began, Session.Command command) {}

    /**
     * What was run in sessions (SE8), of the newest first. That it was looked for is in the audit log, and for each of
     * others' sessions that is shown that somebody looked at it, once an hour.
     *
     * @param text what a command holds, whatever its case; empty for all of them
     * @param after where the part before ended
     */
    public List<Ran> commands(
            Actor actor, PersonId viewer, SessionFilter filter, String text, Optional<Place> after, int limit) {
        String wanted = text.isEmpty() ? "" : wanted(text);
        var news = new ArrayList<SessionId>();
        List<Ran> seen = database.change(actor, tx -> {
            news.clear();
            List<Ran> found = SessionSearch.ran(tx, filter, wanted, after, limit);
            searched(
                    tx,
                    "commands",
                    filter,
                    wanted,
                    found.stream().map(ran -> ran.place().session()));
            for (Session session : othersSeen(tx, viewer, found)) {
                audit.record(tx, Opening.about(SessionEvent.VIEWED, session).data("how", "commands"));
                news.add(session.id());
            }
            return found;
        });
        news.forEach(session -> readings.noted(viewer, session));
        return seen;
    }

    /** Sessions of others in which these were run, unless it is noted already that this person looks at them. */
    private List<Session> othersSeen(Rx rx, PersonId viewer, List<Ran> found) {
        List<String> ids = found.stream()
                .map(ran -> ran.place().session().value())
                .distinct()
                .toList();
        return SessionStore.byId(rx, ids).stream()
                .filter(session -> !session.person().equals(viewer) && readings.isNew(viewer, session.id()))
                .toList();
    }

    private static String wanted(String text) {
        return Grams.folded(Text.line("grep", text, SEARCH_MIN, TEXT_MAX));
    }

    private void searched(Tx tx, String what, SessionFilter filter, String wanted, Stream<SessionId> sessions) {
        List<String> ids = sessions.map(SessionId::value).toList();
        audit.record(
                tx,
                Event.of(SessionEvent.SEARCHED)
                        .data("what", what)
                        .data("target", filter.target().orElse(null))
                        .data("grant", filter.grant().map(GrantId::value).orElse(null))
                        .data("whose", filter.person().isPresent() ? "one's own" : "anybody's")
                        .personal("identity", filter.personName().orElse(null))
                        .data("found", ids.size())
                        .data("sessions", ids.stream().distinct().toList())
                        .personal("text", wanted.isEmpty() ? null : wanted));
    }

    /** Ends it: its gateway is told at once, and says when it is done. */
    public void kill(Actor actor, SessionId id, String reason) {
        String why = Text.line("reason", reason, 1, TEXT_MAX);
        steer(actor, id, "kill", why, new Order.Kill(actor.name(), why));
    }

    public void message(Actor actor, SessionId id, String text) {
        String line = Text.line("text", text, 1, TEXT_MAX);
        steer(actor, id, "message", line, new Order.Message(actor.name(), line));
    }

    public void pause(Actor actor, SessionId id) {
        steer(actor, id, "pause", "", new Order.Pause(actor.name()));
    }

    public void resume(Actor actor, SessionId id) {
        steer(actor, id, "resume", "", new Order.Resume(actor.name()));
    }

    private void steer(Actor actor, SessionId id, String what, String text, Order.What order) {
        database.run(actor, tx -> {
            Session session = openSession(tx, id);
            orders.give(tx, session.gateway(), id, order);
            if (order instanceof Order.Pause || order instanceof Order.Resume) {
                tx.update("update session set paused = ? where id = ?", order instanceof Order.Pause, id);
            }
            audit.record(
                    tx,
                    Opening.about(SessionEvent.STEERED, session)
                            .data("what", what)
                            .personal("text", text.isEmpty() ? null : text));
        });
    }

    /**
     * Begins to watch.
     *
     * @return the number after which frames are to be asked for
     * @throws Refusal {@code session.reason-required} where somebody else's session is watched without saying why, and
     *     {@code session.own-supervision} for the person in a session that somebody else must watch
     */
    public long watch(Actor actor, PersonId watcher, SessionId id, String reason) {
        return database.change(actor, tx -> {
            Session session = openSession(tx, id);
            if (session.terms().session().supervised() && session.person().equals(watcher)) {
                throw SessionRefusal.OWN_SUPERVISION.because(
                        id + " is supervised: somebody else must watch it, not the person in it",
                        "ask somebody who may view sessions");
            }
            String why = why(session, watcher, reason);
            keep(tx, session, actor, watcher, true);
            audit.record(
                    tx,
                    Opening.about(SessionEvent.VIEWED, session)
                            .data("how", "live")
                            .personal("reason", why));
            return LiveFrames.newest(tx, id);
        });
    }

    /** Frames of a session that is watched, and the number of the last. */
    public record Seen(List<LiveFrame> frames, long last, boolean open) {
        public Seen {
            frames = List.copyOf(frames);
        }
    }

    /**
     * What was shown after the number; keeps the watch going.
     *
     * @throws Refusal {@code session.reason-required} for somebody whose watch has not begun or has lapsed
     */
    public Seen frames(Actor actor, PersonId watcher, SessionId id, long after, Duration wait) {
        boolean open = database.change(actor, tx -> {
            Session session = SessionStore.find(tx, id).orElseThrow(() -> unknown(id));
            Instant until = tx.one(
                            "select until from watch where session_id = ? and person_id = ?",
                            row -> dev.sallyport.database.Rows.instant(row, "until"),
                            id,
                            watcher)
                    .filter(end -> end.isAfter(tx.now()))
                    .orElseThrow(() -> SessionRefusal.REASON_REQUIRED.because(
                            "you do not watch " + id + ", or have stopped", "sallyport watch " + id));
            if (session.open() && until.isBefore(tx.now().plus(WATCH.dividedBy(2)))) {
                keep(tx, session, actor, watcher, false);
            }
            return session.open();
        });
        List<LiveFrames.Numbered> found =
                frames.after(id, after, open ? (wait.compareTo(WAIT_MAX) < 0 ? wait : WAIT_MAX) : Duration.ZERO);
        return new Seen(
                found.stream().map(LiveFrames.Numbered::frame).toList(),
                found.isEmpty() ? after : found.getLast().number(),
                open);
    }

    /** @param begins whether they have just begun, and are shown what there is to see now */
    private void keep(Tx tx, Session session, Actor actor, PersonId watcher, boolean begins) {
        tx.update("""
                insert into watch (session_id, person_id, until) values (?, ?, ?)
                    on conflict (session_id, person_id) do update set until = excluded.until
                """, session.id(), watcher, tx.now().plus(WATCH));
        orders.give(tx, session.gateway(), session.id(), new Order.Watch(actor.name(), WATCH, begins));
    }

    /**
     * A recording that somebody may see, with the key that opens it. That they saw it is in the audit log before they do.
     *
     * @param key the public half, by which the recording names it
     * @param privateKey X25519, 32 bytes; for the reader alone
     * @param announced what the audit log says of the recording's chain at moments of the session
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    public record Sealed(
            Session session, String location, RecordingKeys.Sealing key, byte[] privateKey, List<ChainAt> announced) {
        public Sealed {
            announced = List.copyOf(announced);
        }
    }

    /**
     * What of a recording somebody looks at, for the log.
     *
     * @param how the format
     * @param atMillis the moment of the session whose part is wanted
     * @param find the text that is looked for; empty for none
     */
    public record Viewing(String how, Optional<Long> atMillis, String find) {
        public static Viewing of(String how) {
            return new Viewing(how, Optional.empty(), "");
        }
    }

    /** @throws Refusal {@code recording.not-there} while nothing has arrived, or {@code session.reason-required} */
    public Sealed view(Actor actor, PersonId viewer, SessionId id, String reason, Viewing viewing) {
        return database.change(actor, tx -> {
            Session session = SessionStore.find(tx, id).orElseThrow(() -> unknown(id));
            String why = why(session, viewer, reason);
            String location = session.recording()
                    .location()
                    .orElseThrow(() -> SessionRefusal.NO_RECORDING.because(
                            id + ": its recording is " + session.recording().state()
                                    + (session.open() ? " (the session is still open)" : ""),
                            session.open() ? "watch it: sallyport watch " + id : "try again in a moment"));
            String key = session.recording()
                    .key()
                    .orElseThrow(() -> SessionRefusal.NO_RECORDING.because(id + ": was not recorded"));
            audit.record(
                    tx,
                    Opening.about(SessionEvent.VIEWED, session)
                            .data("how", viewing.how())
                            .data("at_ms", viewing.atMillis().orElse(null))
                            .personal("reason", why)
                            .personal("find", viewing.find().isEmpty() ? null : viewing.find()));
            return new Sealed(
                    session,
                    location,
                    RecordingKeys.find(tx, key).orElseThrow(),
                    keys.open(tx, key),
                    Announced.of(tx, session.id()));
        });
    }

    /** Notes that a recording turned out not to be what was recorded. */
    public void damaged(Actor actor, SessionId id, String why) {
        database.run(actor, tx -> {
            new Findings(audit)
                    .open(tx, "recording-damaged", Severity.HIGH, id.value(), "the recording of " + id + ": " + why);
            SessionStore.find(tx, id)
                    .ifPresent(session -> audit.record(
                            tx,
                            Opening.about(SessionEvent.RECORDING_DAMAGED, session)
                                    .outcome(Outcome.FAILURE)
                                    .data("why", why)));
        });
    }

    /** Notes that somebody looks at what was done in another's session, before they do. */
    public void viewed(Actor actor, PersonId viewer, Session session, String how) {
        if (!session.person().equals(viewer)) {
            database.run(
                    actor,
                    tx -> audit.record(
                            tx, Opening.about(SessionEvent.VIEWED, session).data("how", how)));
        }
    }

    /** One's own session needs no reason. */
    private static String why(Session session, PersonId viewer, String reason) {
        if (session.person().equals(viewer) && reason.isBlank()) {
            return "their own";
        }
        if (reason.isBlank()) {
            throw SessionRefusal.REASON_REQUIRED.because(
                    "reason: missing (expected: why you look at what " + session.personName() + " did)", "--reason R");
        }
        return Text.line("reason", reason, 1, TEXT_MAX);
    }

    private static Session openSession(Tx tx, SessionId id) {
        Session session = SessionStore.find(tx, id).orElseThrow(() -> unknown(id));
        if (!session.open()) {
            throw SessionRefusal.CLOSED.because(
                    id + " has ended: " + session.endReason().orElse(""), "sallyport show " + id);
        }
        return session;
    }

    public static Refusal unknown(SessionId id) {
        return SessionRefusal.UNKNOWN.because(id + ": no such session, or you may not see it");
    }
}
