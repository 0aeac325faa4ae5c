package dev.sallyport.server.portal;

import dev.sallyport.base.Durations;
import dev.sallyport.server.portal.Section.Fact;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Sessions: those that are open and those that were, each by itself, and what can be done with an open one. */
@RestController
final class SessionPages {
    /** As many commands as the API tells of one session. */
    private static final int DETAILS = 5_000;

    private static final String VIEW = "session.view";
    private static final int COMMAND_SHOWN = 80;

    @GetMapping("/sessions")
    ResponseEntity<String> list(Visit visit) {
        visit.follow();
        ApiCall call = Listings.asked(visit, ApiCall.get("/sessions"), "target", "identity", "grep", "live", "view");
        boolean live = visit.parameter("live").equals("true")
                && visit.parameter("grep").isEmpty();
        Set<String> rights = visit.caller().rights();
        boolean doing = live && (rights.contains(VIEW) || !rights.contains("session.read-all"));
        call = doing ? call.with("doing", "true") : call;
        Doc page = visit.call(call);
        String grep = visit.parameter("grep");
        Table table = table(visit, page.items(), grep, Listings.next(visit, page));
        var filters = new ArrayList<Field>();
        filters.add(Listings.choice(visit, "live", "Which", Listings.ordered("false", "All", "true", "Open now")));
        filters.add(Listings.filter(visit, "target", "Target"));
        if (visit.caller().rights().contains("session.read-all")) {
            filters.add(Listings.filter(visit, "identity", "Person"));
        }
        filters.add(Listings.filter(visit, "grep", "Text that was on the screen"));
        ApiCall shown = call;
        String cli = "sallyport sessions" + (visit.parameter("live").equals("true") ? " --live" : "")
                + (doing ? " --doing" : "");
        return visit.show(
                Sheet.of(
                                "Sessions",
                                // a search is an event of its own: it does not follow itself
                                Listings.of(
                                        visit,
                                        "sessions",
                                        table,
                                        filters,
                                        grep.isEmpty() ? Live.SESSION : "",
                                        cli,
                                        shown))
                        .head(Cell.link("/commands", "Commands of all sessions")),
                "sessions",
                table);
    }

    /** What was run in sessions (SE8): that somebody looks is an event, so the list does not follow by itself. */
    @GetMapping("/commands")
    ResponseEntity<String> commands(Visit visit) {
        ApiCall call = Listings.asked(visit, ApiCall.get("/commands"), "grep", "target", "identity", "view");
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column("When", command -> Cell.at(command.time("at")))
                .column("Who", command -> Links.person(command.text("identity")))
                .column(
                        "Where",
                        command -> Cell.many(
                                Cell.words(command.text("login") + " on"), Links.target(command.text("target"))))
                .column("Session", command -> Links.session(command.text("session")))
                .column(
                        "Command",
                        command -> Cell.many(
                                Cell.code(command.text("command")),
                                Cell.words(command.is("exact") ? "" : "(as typed)"),
                                Cell.link(
                                        "/sessions/" + Links.segment(command.text("session")) + "/play?t="
                                                + command.number("at_ms") / 1000,
                                        "Play")))
                .column("Exit", command -> Cell.words(command.text("exit_status")))
                .column("Rule", SessionPages::rule)
                .empty("No command matches.")
                .next(Listings.next(visit, page))
                .rows(page.items());
        var filters = new ArrayList<Field>();
        filters.add(Listings.filter(visit, "grep", "Text in the command"));
        filters.add(Listings.filter(visit, "target", "Target"));
        if (visit.caller().rights().contains(VIEW)) {
            filters.add(Listings.filter(visit, "identity", "Person"));
        }
        return visit.show(
                Sheet.of("Commands", Listings.of(visit, "commands", table, filters, "", "sallyport commands", call))
                        .lead("What was given to ssh, exactly, and what was typed into shells, as far as it can be read"
                                + " off the terminal: a shell can hide what it runs.")
                        .head(Cell.link("/sessions", "Sessions")),
                "commands",
                table);
    }

    /** What a rule said about a command, if one did. */
    private static Cell rule(Doc command) {
        return command.has("pattern")
                ? Cell.many(
                        Cell.state(command.is("blocked") ? "refused" : "warned"), Cell.code(command.text("pattern")))
                : Cell.nothing();
    }

    private static Table table(Visit visit, List<Doc> sessions, String grep, String next) {
        Table.Of<Doc> table = Table.ofDocs()
                .column("Session", session -> Links.session(session.text("id")))
                .column("Who", session -> Links.person(session.text("identity")))
                .column(
                        "Where",
                        session -> Cell.many(
                                Cell.words(session.text("login") + " on"), Links.target(session.text("target"))))
                .column("State", SessionPages::state)
                .column("Began", session -> Cell.ago(session.time("started_at")))
                .sorted(Listings.byAge(visit))
                .column("Took", session -> Cell.words(took(session)))
                .column("Recording", session -> Cell.state(session.text("recording.state")));
        if (sessions.stream().anyMatch(session -> session.has("last_command"))) {
            table.column(
                    "Last command",
                    session -> session.has("last_command")
                            ? Cell.many(
                                    Cell.code(shortened(session.text("last_command.command"))),
                                    Cell.ago(session.time("last_command.at")))
                            : Cell.nothing());
        }
        if (!grep.isEmpty()) {
            table.column(
                    "Found",
                    session -> new Cell.Many(session.texts("found_at_ms").stream()
                            .limit(5)
                            .map(at -> Cell.link(
                                    "/sessions/" + Links.segment(session.text("id")) + "/play?t="
                                            + Long.parseLong(at) / 1000,
                                    clock(Long.parseLong(at))))
                            .toList()));
        }
        return table.empty("No session matches.").next(next).rows(sessions);
    }

    private static String shortened(String command) {
        return command.length() > COMMAND_SHOWN ? command.substring(0, COMMAND_SHOWN) + " …" : command;
    }

    private static Cell state(Doc session) {
        if (!session.text("state").equals("open")) {
            return Cell.many(Cell.state("closed"), Cell.words(session.text("end_reason")));
        }
        return session.is("paused") ? Cell.state("paused") : new Cell.Badge("live", Cell.Tone.LIVE);
    }

    private static String took(Doc session) {
        Instant end = session.time("ended_at").orElseGet(Instant::now);
        return session.time("started_at")
                .map(start -> Durations.shown(Duration.ofSeconds(
                        Math.max(1, Duration.between(start, end).toSeconds()))))
                .orElse("");
    }

    static String clock(long millis) {
        long seconds = millis / 1000;
        return "%d:%02d".formatted(seconds / 60, seconds % 60);
    }

    @GetMapping("/sessions/{id}")
    ResponseEntity<String> show(Visit visit, @PathVariable String id) {
        visit.follow();
        Doc session = visit.call(ApiCall.get("/sessions/{}", id));
        boolean open = session.text("state").equals("open");
        var facts = new ArrayList<Fact>();
        facts.add(new Fact("State", state(session)));
        facts.add(new Fact("Who", Links.person(session.text("identity"))));
        facts.add(new Fact(
                "Where", Cell.many(Cell.words(session.text("login") + " on"), Links.target(session.text("target")))));
        facts.add(new Fact(
                "From",
                Cell.many(Cell.code(session.text("client_address")), Cell.words(session.text("client_version")))));
        facts.add(new Fact("Through", Cell.words("the gateway " + session.text("gateway"))));
        facts.add(new Fact("Grant", Links.grant(session.text("grant"))));
        facts.add(new Fact("Asked for in", Links.request(session.text("request"))));
        facts.add(new Fact("Began", Cell.at(session.time("started_at"))));
        facts.add(
                open
                        ? new Fact("Ends at the latest", Cell.left(session.time("ends_at")))
                        : new Fact(
                                "Ended",
                                Cell.many(
                                        Cell.at(session.time("ended_at")),
                                        Cell.words(session.text("end_reason")),
                                        Cell.words(session.text("end_detail")))));
        facts.add(new Fact("Recording", recording(session.at("recording"))));
        var sections = new ArrayList<Section>();
        sections.add(Section.Part.of("facts", new Section.Facts("", facts)));
        sections.add(Section.Part.of("doing", new Section.Doing("", doings(visit, session))));
        // that somebody looks at them is an event: a page does not do so by itself
        if (mayView(visit, session) && !visit.isFollowing()) {
            sections.add(commands(visit, id));
            sections.add(files(visit, id));
        }
        var head = new ArrayList<Cell>();
        if (mayView(visit, session)) {
            head.add(
                    Cell.link("/sessions/" + Links.segment(id) + (open ? "/watch" : "/play"), open ? "Watch" : "Play"));
        }
        return visit.show(new Sheet(
                        session.text("identity") + " on " + session.text("target"),
                        id,
                        List.of(Cell.link("/sessions", "Sessions")),
                        head,
                        sections)
                .following(visit, Live.SESSION));
    }

    private static Cell recording(Doc recording) {
        var cells = new ArrayList<Cell>();
        cells.add(Cell.state(recording.text("state")));
        cells.add(Cell.words(recording.number("bytes") + " bytes"));
        recording.texts("gaps").forEach(gap -> cells.add(Cell.words(gap)));
        if (recording.has("sha256")) {
            cells.add(Cell.code(recording.text("sha256")));
        }
        return new Cell.Many(cells);
    }

    static boolean isMine(Visit visit, Doc session) {
        return session.text("identity").equals(visit.caller().name());
    }

    static boolean mayView(Visit visit, Doc session) {
        return isMine(visit, session) || visit.caller().rights().contains(VIEW);
    }

    private static List<Form> doings(Visit visit, Doc session) {
        var forms = new ArrayList<Form>();
        if (!session.text("state").equals("open")) {
            return forms;
        }
        String path = "/sessions/" + Links.segment(session.text("id"));
        boolean steers = visit.may(ApiCall.post("/sessions/{}/pause", Map.of(), session.text("id")));
        if (steers) {
            forms.add(
                    session.is("paused")
                            ? Form.of(path + "/resume", "Let it go on")
                            : Form.of(path + "/pause", "Pause"));
            forms.add(Form.of(path + "/message", "Send", Field.line("text", "Write into the terminal")));
        }
        if (steers || isMine(visit, session)) {
            forms.add(Form.of(path + "/kill", "End the session", Field.line("reason", "Why: the person sees it"))
                    .danger("End this session of " + session.text("identity") + " now?"));
        }
        return forms;
    }

    private static Section commands(Visit visit, String id) {
        return commands(visit, id, "commands", "Commands");
    }

    /** As a list of a page that may have several. */
    static Section commands(Visit visit, String id, String place, String name) {
        ApiCall call = ApiCall.get("/sessions/{}/commands", id);
        Doc session = visit.call(call);
        Table table = Table.ofDocs()
                .column("When", command -> Cell.at(command.time("at")))
                .column("Command", command -> Cell.code(command.text("command")))
                .column(
                        "Known",
                        command -> Cell.words(
                                command.is("exact") ? "exactly" : "from what was typed: a shell can hide more"))
                .column("Exit", command -> Cell.words(command.text("exit_status")))
                .column("Rule", SessionPages::rule)
                .empty("No command is known of it.")
                .rows(session.items());
        String title = session.items().size() < DETAILS ? name : name + ": the first " + DETAILS + ", and more";
        return new Section.Listing(
                place, title, table, List.of(), "", visit.path(), "sallyport commands " + id, visit.curl(call));
    }

    private static Section files(Visit visit, String id) {
        ApiCall call = ApiCall.get("/sessions/{}/files", id);
        Table table = Table.ofDocs()
                .column("When", file -> Cell.at(file.time("at")))
                .column("What", file -> Cell.words(file.text("operation")))
                .column("Path", file -> Cell.code(file.text("path")))
                .number("Bytes", file -> file.number("bytes"))
                .column("SHA-256", file -> Cell.code(file.text("sha256")))
                .empty("No file was moved.")
                .rows(visit.call(call).items());
        return new Section.Listing(
                "files",
                "Files",
                table,
                List.of(),
                "",
                visit.path(),
                "sallyport commands " + id + " --files",
                visit.curl(call));
    }

    // Steering
    // ----------------------------------------------------------------------------------------------------------

    @PostMapping("/sessions/{id}/kill")
    ResponseEntity<String> kill(Visit visit, @PathVariable String id) {
        return steer(visit, id, "kill", Map.of("reason", visit.parameter("reason")), Said.ENDED);
    }

    @PostMapping("/sessions/{id}/message")
    ResponseEntity<String> message(Visit visit, @PathVariable String id) {
        return steer(visit, id, "message", Map.of("text", visit.parameter("text")), Said.SENT);
    }

    @PostMapping("/sessions/{id}/pause")
    ResponseEntity<String> pause(Visit visit, @PathVariable String id) {
        return steer(visit, id, "pause", Map.of(), Said.PAUSED);
    }

    @PostMapping("/sessions/{id}/resume")
    ResponseEntity<String> resume(Visit visit, @PathVariable String id) {
        return steer(visit, id, "resume", Map.of(), Said.RESUMED);
    }

    private static ResponseEntity<String> steer(
            Visit visit, String id, String verb, Map<String, Object> body, Said said) {
        String next =
                "/sessions/" + Links.segment(id) + (visit.parameter("next").equals("watch") ? "/watch" : "");
        return visit.does(ApiCall.post("/sessions/{}/" + verb, body, id), next, said);
    }
}
