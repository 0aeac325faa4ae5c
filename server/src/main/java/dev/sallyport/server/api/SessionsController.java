package dev.sallyport.server.api;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.SessionId;
import dev.sallyport.base.Text;
import dev.sallyport.database.Database;
import dev.sallyport.database.Slice;
import dev.sallyport.formats.recording.Ending;
import dev.sallyport.gateway.recorder.RecordingStore;
import dev.sallyport.server.Caller;
import dev.sallyport.session.GatewaySessions;
import dev.sallyport.session.Session;
import dev.sallyport.session.SessionFilter;
import dev.sallyport.spi.gateway.LiveFrame;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Sessions through gateways: who did what, what it looks like now, and how it is ended. */
@RestController
@RequestMapping("/api/v1")
final class SessionsController {
    /** May see that others' sessions are there. */
    static final String READ_ALL = "session.read-all";

    /** May see what was done in others' sessions. */
    static final String VIEW = "session.view";

    /** May end, pause and write into others' sessions. */
    static final String STEER = "session.steer";

    private static final int DETAILS_MAX = 5_000;
    private static final int WAIT_MAX = 10;

    private final Database database;
    private final GatewaySessions sessions;
    private final Playback playback;

    SessionsController(Database database, GatewaySessions sessions, RecordingStore recordings) {
        this.database = database;
        this.sessions = sessions;
        this.playback = new Playback(recordings);
    }

    /** The latest moment of a session that can be asked for: sessions end before. */
    private static final long LATEST_MILLIS = 10_000_000_000L;

    private static final int FIND_MAX = 200;

    /** Searches over all sessions that one server works at; each holds a connection for as long as it lasts. */
    private static final int SEARCHES_MAX = 4;

    /** Of these for one person. */
    private static final int SEARCHES_EACH = 2;

    private final Places searches = new Places(
            SEARCHES_MAX,
            SEARCHES_EACH,
            () -> searchesAreBusy("for others", SEARCHES_MAX),
            () -> searchesAreBusy("for you", SEARCHES_EACH));

    record SessionReasonJson(@Nullable String reason) {}

    record SessionMessageJson(@Nullable String text) {}

    record PlaybackJson(
            @Nullable String format,
            @Nullable String reason,
            @Nullable Integer channel,
            @Nullable Boolean input,
            @Nullable Long atMs,
            @Nullable String find) {
        PlaybackFormat.Choice choice(PlaybackFormat format) {
            if (atMs != null && (format != PlaybackFormat.ASCIICAST_V2 || atMs < 0 || atMs > LATEST_MILLIS)) {
                throw InputRefusal.INVALID_VALUE.because("at_ms: " + atMs + " with format " + format.word()
                        + " (expected: 0 to " + LATEST_MILLIS + ", with asciicast-v2)");
            }
            if ((format == PlaybackFormat.FOUND) != (find != null && !find.isBlank())
                    || find != null && find.length() > FIND_MAX) {
                throw InputRefusal.INVALID_VALUE.because(
                        "find: (expected: 1 to " + FIND_MAX + " characters with format found, and with no other)");
            }
            return new PlaybackFormat.Choice(
                    channel,
                    Boolean.TRUE.equals(input),
                    atMs,
                    null,
                    find == null ? "" : Text.line("find", find, 1, FIND_MAX));
        }
    }

    record WatchedJson(long after) {}

    record FrameJson(long offsetMs, int channel, int columns, int rows, String output, boolean picture) {
        static FrameJson of(LiveFrame frame) {
            return new FrameJson(
                    frame.offsetMillis(),
                    frame.channel(),
                    frame.columns(),
                    frame.rows(),
                    Base64.getEncoder().encodeToString(frame.output().toArray()),
                    frame.isPicture());
        }
    }

    record FramesJson(List<FrameJson> frames, long after, boolean open) {}

    record SessionCommandsJson(List<SessionJson.SessionCommandJson> items) {}

    record SessionFilesJson(List<SessionJson.SessionFileJson> items) {}

    @SignedIn
    @Summary(
            value =
                    "Sessions: one's own, or all (needs session.read-all); with grep those that showed a text, with doing also the last command of open ones (others' need session.view)",
            refuses = {"auth.missing-right", "session.search-busy"})
    @GetMapping("/sessions")
    Page<SessionJson> list(
            Caller caller,
            @RequestParam(required = false) @Nullable String view,
            @RequestParam(defaultValue = "false") boolean live,
            @RequestParam(required = false) @Nullable String target,
            @RequestParam(required = false) @Nullable String identity,
            @RequestParam(required = false) @Nullable String grant,
            @RequestParam(required = false) @Nullable String grep,
            @RequestParam(defaultValue = "false") boolean doing,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        boolean all = all(caller, view, grep == null && !doing ? READ_ALL : VIEW);
        SessionFilter filter = filter(caller, all, target, identity, grant, live);
        var slice = new Slice(
                Orders.byAge(order),
                Optional.ofNullable(after).map(SessionId::new).map(SessionId::value),
                size);
        if (grep != null) {
            try (var _ = searches.take(caller.personId())) {
                return Page.of(
                        sessions.search(caller.actor(), filter, grep, slice),
                        size,
                        found -> SessionJson.of(found.session(), found.offsets()),
                        found -> found.session().id().value());
            }
        }
        List<Session> found = database.read(rx -> GatewaySessions.list(rx, filter, slice));
        Map<SessionId, Session.Command> last =
                doing ? sessions.doing(caller.actor(), caller.personId(), found) : Map.of();
        return Page.of(
                found,
                size,
                session -> SessionJson.doing(session, last.get(session.id())),
                session -> session.id().value());
    }

    private static SessionFilter filter(
            Caller caller,
            boolean all,
            @Nullable String target,
            @Nullable String identity,
            @Nullable String grant,
            boolean live) {
        return new SessionFilter(
                all ? Optional.empty() : Optional.of(caller.personId()),
                Optional.ofNullable(identity),
                Optional.ofNullable(target),
                Optional.ofNullable(grant).map(GrantId::new),
                live);
    }

    /** @param atMs milliseconds of the session */
    record RanJson(
            String session,
            String identity,
            String target,
            String login,
            Instant at,
            long atMs,
            String command,
            boolean exact,
            @Nullable Integer exitStatus,
            @Nullable String pattern,
            boolean blocked) {
        static RanJson of(GatewaySessions.Ran ran) {
            return new RanJson(
                    ran.place().session().value(),
                    ran.person(),
                    ran.target(),
                    ran.login(),
                    ran.command().at(),
                    Math.max(
                            0, Duration.between(ran.began(), ran.command().at()).toMillis()),
                    ran.command().command(),
                    ran.command().exact(),
                    ran.command().exitStatus().orElse(null),
                    ran.command().pattern().orElse(null),
                    ran.command().blocked());
        }
    }

    @SignedIn
    @Summary(
            value =
                    "What was run in sessions, of the newest first: in one's own, or in all (needs session.view); with grep those that hold a text",
            refuses = {"auth.missing-right", "session.search-busy"})
    @GetMapping("/commands")
    Page<RanJson> ran(
            Caller caller,
            @RequestParam(required = false) @Nullable String view,
            @RequestParam(required = false) @Nullable String target,
            @RequestParam(required = false) @Nullable String identity,
            @RequestParam(required = false) @Nullable String grant,
            @RequestParam(required = false) @Nullable String grep,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        SessionFilter filter = filter(caller, all(caller, view, VIEW), target, identity, grant, false);
        Optional<GatewaySessions.Place> place = Optional.ofNullable(after).map(GatewaySessions.Place::parse);
        try (var _ = searches.take(caller.personId())) {
            return Page.of(
                    sessions.commands(caller.actor(), caller.personId(), filter, grep == null ? "" : grep, place, size),
                    size,
                    RanJson::of,
                    ran -> ran.place().toString());
        }
    }

    private static Refusal searchesAreBusy(String whose, int most) {
        return PlaybackRefusal.SEARCH_BUSY.because(
                "this server searches sessions " + whose + " already (allowed: " + most + " at once)",
                "try again in a moment");
    }

    /** Without a word: all for who may, one's own for everybody else. */
    private static boolean all(Caller caller, @Nullable String view, String right) {
        if (view == null) {
            return caller.rights().contains(right);
        }
        return switch (view) {
            case "mine" -> false;
            case "all" -> {
                caller.require(right);
                yield true;
            }
            default ->
                throw InputRefusal.INVALID_VALUE.because("view: " + Text.quoted(view) + " (expected: mine or all)");
        };
    }

    @SignedIn
    @Summary(
            value = "One session",
            refuses = {"session.unknown"})
    @GetMapping("/sessions/{id}")
    SessionJson show(Caller caller, @PathVariable String id) {
        return SessionJson.of(visible(caller, id, READ_ALL));
    }

    @SignedIn
    @Summary(
            value = "What was run in a session",
            refuses = {"session.unknown"})
    @GetMapping("/sessions/{id}/commands")
    SessionCommandsJson commands(Caller caller, @PathVariable String id) {
        Session session = visible(caller, id, VIEW);
        sessions.viewed(caller.actor(), caller.personId(), session, "commands");
        return database.read(
                rx -> new SessionCommandsJson(GatewaySessions.commands(rx, session.id(), DETAILS_MAX).stream()
                        .map(SessionJson.SessionCommandJson::of)
                        .toList()));
    }

    @SignedIn
    @Summary(
            value = "Files that were touched in a session",
            refuses = {"session.unknown"})
    @GetMapping("/sessions/{id}/files")
    SessionFilesJson files(Caller caller, @PathVariable String id) {
        Session session = visible(caller, id, VIEW);
        sessions.viewed(caller.actor(), caller.personId(), session, "files");
        return database.read(rx -> new SessionFilesJson(GatewaySessions.files(rx, session.id(), DETAILS_MAX).stream()
                .map(SessionJson.SessionFileJson::of)
                .toList()));
    }

    @SignedIn
    @Summary(
            value = "End a session now: one's own, or anybody's (needs session.steer)",
            refuses = {"session.unknown", "session.closed"})
    @PostMapping("/sessions/{id}/kill")
    SessionJson kill(Caller caller, @PathVariable String id, @RequestBody SessionReasonJson body) {
        Session session = visible(caller, id, STEER);
        sessions.kill(caller.actor(), session.id(), RequestsController.required("reason", body.reason()));
        return SessionJson.of(visible(caller, id, STEER));
    }

    @Needs(STEER)
    @Summary(
            value = "Write a line into the terminals of a session",
            refuses = {"session.unknown", "session.closed"})
    @PostMapping("/sessions/{id}/message")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void message(Caller caller, @PathVariable String id, @RequestBody SessionMessageJson body) {
        sessions.message(caller.actor(), new SessionId(id), RequestsController.required("text", body.text()));
    }

    @Needs(STEER)
    @Summary(
            value = "Let nothing through a session until it is resumed",
            refuses = {"session.unknown", "session.closed"})
    @PostMapping("/sessions/{id}/pause")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void pause(Caller caller, @PathVariable String id) {
        sessions.pause(caller.actor(), new SessionId(id));
    }

    @Needs(STEER)
    @Summary(
            value = "Let a paused session go on",
            refuses = {"session.unknown", "session.closed"})
    @PostMapping("/sessions/{id}/resume")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void resume(Caller caller, @PathVariable String id) {
        sessions.resume(caller.actor(), new SessionId(id));
    }

    @SignedIn
    @Summary(
            value = "Begin to watch an open session: one's own, or anybody's with a reason (needs session.view)",
            refuses = {"session.unknown", "session.closed", "session.reason-required", "session.own-supervision"})
    @PostMapping("/sessions/{id}/watch")
    WatchedJson watch(Caller caller, @PathVariable String id, @RequestBody SessionReasonJson body) {
        Session session = visible(caller, id, VIEW);
        return new WatchedJson(sessions.watch(
                caller.actor(), caller.personId(), session.id(), body.reason() == null ? "" : body.reason()));
    }

    /** Only for who has begun to watch; asking keeps the watch going. */
    @SignedIn
    @Summary(
            value = "What a watched session has shown since; waits for at most so many seconds",
            refuses = {"session.unknown", "session.reason-required"})
    @GetMapping("/sessions/{id}/frames")
    FramesJson frames(
            Caller caller,
            @PathVariable String id,
            @RequestParam(defaultValue = "0") long after,
            @RequestParam(defaultValue = "0") int wait) {
        if (wait < 0 || wait > WAIT_MAX) {
            throw InputRefusal.INVALID_VALUE.because("wait: " + wait + " (expected: 0 to " + WAIT_MAX + " seconds)");
        }
        Session session = visible(caller, id, VIEW);
        GatewaySessions.Seen seen =
                sessions.frames(caller.actor(), caller.personId(), session.id(), after, Duration.ofSeconds(wait));
        return new FramesJson(seen.frames().stream().map(FrameJson::of).toList(), seen.last(), seen.open());
    }

    /**
     * With {@code at_ms}, a moment of the session in milliseconds, only the part of a long cast that shows it;
     * Sallyport-Recording-Parts says when parts begin. With the format {@code found} and a text to {@code find}, where it was shown.
     * The header Sallyport-Recording says {@code complete} or {@code cut short}, and Sallyport-Recording-Gap, once for
     * each, what is missing. The connection breaks if the recording turns out to be damaged while it is shown.
     */
    @SignedIn
    @Summary(
            value =
                    "A recording as asciicast-v3, asciicast-v2, text, or where a text was found in it: one's own, or anybody's with a reason (needs session.view)",
            produces = "application/x-asciicast",
            refuses = {
                "session.unknown",
                "session.reason-required",
                "recording.not-there",
                "recording.damaged",
                "recording.not-the-one-announced",
                "playback.busy",
                "playback.store-away"
            })
    @PostMapping("/sessions/{id}/playback")
    void playback(
            Caller caller, @PathVariable String id, @RequestBody PlaybackJson body, HttpServletResponse response) {
        boolean input = Boolean.TRUE.equals(body.input());
        PlaybackFormat format = PlaybackFormat.of(RequestsController.required("format", body.format()), input);
        PlaybackFormat.Choice choice = body.choice(format);
        Session session = visible(caller, id, VIEW);
        GatewaySessions.Sealed sealed = sessions.view(
                caller.actor(),
                caller.personId(),
                session.id(),
                body.reason() == null ? "" : body.reason(),
                new GatewaySessions.Viewing(
                        format.word() + (input ? " with input" : ""), Optional.ofNullable(choice.at()), choice.find()));
        try {
            playback.show(caller.personId(), sealed, format, choice, new Shown(response, sealed.session(), format));
        } catch (Refusal refusal) {
            response.setHeader("Sallyport-Recording", null);
            response.setHeader("Content-Disposition", null);
            response.setHeader("Sallyport-Recording-Parts", null);
            response.setHeader("Sallyport-Recording-Gap", null);
            if (refusal.code().startsWith("recording.") || refusal.code().equals("recorder.not-stored")) {
                sessions.damaged(caller.actor(), session.id(), refusal.sentence());
            }
            throw refusal;
        }
    }

    /** The answer to one call for a recording. */
    private record Shown(HttpServletResponse response, Session session, PlaybackFormat format)
            implements Playback.Screen {
        @Override
        public OutputStream begin(Ending ending, PlaybackFormat.Choice choice) throws IOException {
            boolean whole = ending instanceof Ending.Complete
                    && session.recording().gaps().isEmpty();
            response.setContentType(format.mediaType());
            response.setHeader("Cache-Control", "no-store");
            response.setHeader("X-Content-Type-Options", "nosniff");
            response.setHeader(
                    "Content-Disposition", "attachment; filename=\"" + session.id() + format.suffix() + "\"");
            if (choice.part() != null) {
                response.setHeader(
                        "Sallyport-Recording-Parts",
                        choice.part().plan().starts().stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining(" ")));
            }
            response.setHeader("Sallyport-Recording", whole ? "complete" : "cut short");
            session.recording()
                    .gaps()
                    .forEach(gap -> response.addHeader(
                            "Sallyport-Recording-Gap", Text.printable(gap).replaceAll("[^ -~]", "?")));
            return response.getOutputStream();
        }

        @Override
        public boolean committed() {
            return response.isCommitted();
        }
    }

    /** One's own, or with the right anybody's; to everybody else it is not there. */
    private Session visible(Caller caller, String id, String right) {
        var session = new SessionId(id);
        return database.read(rx -> GatewaySessions.find(rx, session))
                .filter(found -> found.person().equals(caller.personId())
                        || caller.rights().contains(right))
                .orElseThrow(() -> GatewaySessions.unknown(session));
    }
}
