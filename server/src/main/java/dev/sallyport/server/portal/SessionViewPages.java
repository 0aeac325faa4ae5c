package dev.sallyport.server.portal;

import dev.sallyport.base.Text;
import dev.sallyport.server.page.Policies;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Seeing what happens in a session, and what happened. */
@RestController
final class SessionViewPages {
    /** Recordings are shown without pauses longer than this, in seconds, unless the reader wants them. */
    private static final String SKIP = "2";

    private static final int MARKERS = 200;

    /** How long a page that watches waits for the next output, in seconds; then it asks again. */
    private static final String FRAMES_WAIT = "2";

    private final JsonMapper json;

    SessionViewPages(JsonMapper json) {
        this.json = json;
    }

    /** One's own is shown at once; others' ask for a reason first, which goes into the log. */
    @GetMapping("/sessions/{id}/play")
    ResponseEntity<String> play(Visit visit, @PathVariable String id) {
        Doc session = visit.call(ApiCall.get("/sessions/{}", id));
        return SessionPages.isMine(visit, session) ? player(visit, session, "") : reason(visit, session, "play");
    }

    @PostMapping("/sessions/{id}/play")
    ResponseEntity<String> playWith(Visit visit, @PathVariable String id) {
        return player(visit, visit.call(ApiCall.get("/sessions/{}", id)), visit.parameter("reason"));
    }

    private static ResponseEntity<String> reason(Visit visit, Doc session, String verb) {
        var fields = new ArrayList<Field>();
        fields.add(Field.line("reason", "Why do you look at it?").hinted("The log says who looked, when and why."));
        if (!visit.parameter("t").isEmpty()) {
            fields.add(Field.hidden("t", visit.parameter("t")));
        }
        String path = "/sessions/" + Links.segment(session.text("id"));
        var form = new Form(path + "/" + verb, fields, verb.equals("play") ? "Play" : "Watch", "primary", "");
        return visit.show(Sheet.of(
                        session.text("identity") + " on " + session.text("target"),
                        new Section.Doing("", List.of(form)))
                .under("/sessions", "Sessions")
                .under(path, session.text("id")));
    }

    private ResponseEntity<String> player(Visit visit, Doc session, String reason) {
        String id = session.text("id");
        List<Doc> commands =
                visit.call(ApiCall.get("/sessions/{}/commands", id)).items();
        Instant start = session.time("started_at").orElseThrow();
        var jumps = new ArrayList<Jump>();
        for (Doc command : commands) {
            long at = Math.max(
                    0, Duration.between(start, command.time("at").orElseThrow()).toSeconds());
            jumps.add(new Jump(at, SessionPages.clock(at * 1000), command.text("command")));
        }
        List<List<Object>> markers = jumps.stream()
                .limit(MARKERS)
                .map(jump -> List.<Object>of(jump.seconds(), jump.command()))
                .toList();
        String from = visit.parameter("t").matches("\\d{1,8}") ? visit.parameter("t") : "0";
        ResponseEntity<String> page = visit.show(
                "play",
                Map.of(
                        "session",
                        session,
                        "jumps",
                        jumps,
                        "markers",
                        json.writeValueAsString(markers),
                        "from",
                        from,
                        "reason",
                        Text.printable(reason),
                        "length",
                        session.time("ended_at")
                                .map(end -> Duration.between(start, end).toSeconds())
                                .orElse(0L),
                        "skip",
                        SKIP,
                        "keepsPauses",
                        visit.parameter("pauses").equals("yes")));
        return under(Policies.PLAYER, page);
    }

    /** The page with a policy of its own. */
    static ResponseEntity<String> under(String policy, ResponseEntity<String> page) {
        return ResponseEntity.status(page.getStatusCode())
                .headers(page.getHeaders())
                .header("Content-Security-Policy", policy)
                .body(page.getBody());
    }

    /** The recording itself: the part that shows a moment for the player, all of it to be kept. */
    @PostMapping("/sessions/{id}/cast")
    void cast(Visit visit, @PathVariable String id) {
        var body = playback(visit, "asciicast-v2");
        if (visit.parameter("at").matches("\\d{1,10}")) {
            body.put("at_ms", Long.valueOf(visit.parameter("at")));
        }
        visit.pass(ApiCall.post("/sessions/{}/playback", body, id));
    }

    /** Where a text was shown. */
    @PostMapping("/sessions/{id}/find")
    void find(Visit visit, @PathVariable String id) {
        var body = playback(visit, "found");
        body.put("find", visit.parameter("text"));
        visit.pass(ApiCall.post("/sessions/{}/playback", body, id));
    }

    private static Map<String, Object> playback(Visit visit, String format) {
        var body = new LinkedHashMap<String, Object>();
        body.put("format", format);
        body.put("reason", visit.parameter("reason"));
        return body;
    }

    @GetMapping("/sessions/{id}/watch")
    ResponseEntity<String> watch(Visit visit, @PathVariable String id) {
        Doc session = visit.call(ApiCall.get("/sessions/{}", id));
        if (!session.text("state").equals("open")) {
            return visit.go("/sessions/" + Links.segment(id));
        }
        return SessionPages.isMine(visit, session) ? watching(visit, session, "") : reason(visit, session, "watch");
    }

    @PostMapping("/sessions/{id}/watch")
    ResponseEntity<String> watchWith(Visit visit, @PathVariable String id) {
        return watching(visit, visit.call(ApiCall.get("/sessions/{}", id)), visit.parameter("reason"));
    }

    private ResponseEntity<String> watching(Visit visit, Doc session, String reason) {
        var body = new LinkedHashMap<String, Object>();
        if (!reason.isEmpty()) {
            body.put("reason", reason);
        }
        Doc watched = visit.call(ApiCall.post("/sessions/{}/watch", body, session.text("id")));
        String nonce = Policies.nonce();
        ResponseEntity<String> page = visit.show(
                "watch",
                Map.of(
                        "session",
                        session,
                        "after",
                        watched.number("after"),
                        "nonce",
                        nonce,
                        "steers",
                        visit.may(ApiCall.post("/sessions/{}/pause", Map.of(), session.text("id")))));
        return under(Policies.withStyles(nonce), page);
    }

    @GetMapping(path = "/sessions/{id}/frames", produces = MediaType.APPLICATION_JSON_VALUE)
    void frames(Visit visit, @PathVariable String id) {
        visit.pass(new ApiCall(
                "GET",
                "/sessions/" + Links.segment(id) + "/frames",
                Map.of(
                        "after",
                        visit.parameter("after").isEmpty() ? "0" : visit.parameter("after"),
                        "wait",
                        FRAMES_WAIT),
                Optional.empty(),
                Map.of()));
    }
}
