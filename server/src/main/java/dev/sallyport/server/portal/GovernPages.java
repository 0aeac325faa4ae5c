package dev.sallyport.server.portal;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.server.portal.Section.Fact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What somebody should look at: findings, reviews that are owed after an emergency, incidents. */
@RestController
final class GovernPages {
    /** Whose commands a review shows. */
    private static final int SESSIONS = 10;

    private final HelpPages help;

    GovernPages(HelpPages help) {
        this.help = help;
    }

    @GetMapping("/findings")
    ResponseEntity<String> findings(Visit visit) {
        visit.follow();
        ApiCall call = Listings.asked(visit, ApiCall.get("/findings"), "state", "kind", "severity");
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column("Kind", this::kind)
                .column("Severity", finding -> new Cell.Badge(finding.text("severity"), severity(finding)))
                .column("About", finding -> Links.any(finding.text("subject")))
                .column("What", finding -> Cell.words(finding.text("message")))
                .column("Found", finding -> Cell.ago(finding.time("opened_at")))
                .sorted(Listings.byAge(visit))
                .column("Settled", finding -> Cell.ago(finding.time("closed_at")))
                .column("Finding", finding -> Links.finding(finding.text("id")))
                .empty("There is nothing to look at.")
                .next(Listings.next(visit, page))
                .rows(page.items());
        List<Field> filters = List.of(
                Listings.choice(visit, "state", "Which", Listings.ordered("", "Open", "closed", "Settled")),
                Listings.choice(
                        visit,
                        "severity",
                        "Severity",
                        Listings.ordered(
                                "",
                                "Any",
                                "medium",
                                "Medium or worse",
                                "high",
                                "High or worse",
                                "critical",
                                "Critical")),
                Listings.filter(visit, "kind", "Kind"));
        return visit.show(
                Sheet.of(
                        "Findings",
                        Listings.of(visit, "findings", table, filters, "finding", "sallyport findings", call)),
                "findings",
                table);
    }

    /** Leads to its runbook, if there is one. */
    private Cell kind(Doc finding) {
        return help.runbook(finding.text("kind"))
                .map(runbook -> Cell.link(runbook, finding.text("kind")))
                .orElse(Cell.words(finding.text("kind")));
    }

    @GetMapping("/findings/{id}")
    ResponseEntity<String> finding(Visit visit, @PathVariable String id) {
        ApiCall call = ApiCall.get("/findings/{}", id);
        Doc finding = visit.call(call);
        List<Fact> facts = List.of(
                new Fact("State", Cell.words(finding.has("closed_at") ? "settled" : "open")),
                new Fact("Kind", kind(finding)),
                new Fact("Severity", new Cell.Badge(finding.text("severity"), severity(finding))),
                new Fact("About", Links.any(finding.text("subject"))),
                new Fact("What", Cell.words(finding.text("message"))),
                new Fact("Found", Cell.at(finding.time("opened_at"))),
                new Fact("Settled", Cell.at(finding.time("closed_at"))));
        return visit.show(new Sheet(
                finding.text("kind"),
                id,
                List.of(Cell.link("/findings", "Findings")),
                List.of(),
                List.of(
                        new Section.Facts("", facts),
                        new Section.Verbatim("The same elsewhere", "sallyport show " + id + "\n" + visit.curl(call)))));
    }

    private static Cell.Tone severity(Doc doc) {
        return switch (doc.text("severity")) {
            case "critical" -> Cell.Tone.URGENT;
            case "high", "error" -> Cell.Tone.BAD;
            case "medium", "warning" -> Cell.Tone.WAIT;
            default -> Cell.Tone.PLAIN;
        };
    }

    // Reviews
    // ----------------------------------------------------------------------------------------------------------

    @GetMapping("/reviews")
    ResponseEntity<String> reviews(Visit visit) {
        visit.follow();
        ApiCall call = Listings.asked(visit, ApiCall.get("/reviews"), "state");
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column("Review", review -> Links.any(review.text("id")))
                .sorted(Listings.byAge(visit))
                .column("State", review -> Cell.state(review.text("state")))
                .column("Who", review -> Links.person(review.text("identity")))
                .column("What", review -> Cell.words(review.text("role") + " on " + review.text("target")))
                .column("Why", review -> Cell.words(review.text("reason")))
                .column(
                        "Due",
                        review -> review.has("closed_at")
                                ? Cell.words(review.text("verdict"))
                                : Cell.left(review.time("due_at")))
                .sorted(Listings.byDue(visit))
                .empty("No review is owed.")
                .next(Listings.next(visit, page))
                .rows(page.items());
        List<Field> filters =
                List.of(Listings.choice(visit, "state", "Which", Listings.ordered("", "Owed", "done", "Done")));
        return visit.show(
                Sheet.of(
                        "Break-glass reviews",
                        Listings.of(visit, "reviews", table, filters, "review", "sallyport reviews list", call)),
                "reviews",
                table);
    }

    /** What was done in the emergency, in one place: why, what was asked, the sessions, and the word of who reviews. */
    @GetMapping("/reviews/{id}")
    ResponseEntity<String> review(Visit visit, @PathVariable String id) {
        visit.follow();
        Doc review = visit.call(ApiCall.get("/reviews/{}", id));
        var facts = new ArrayList<Fact>();
        facts.add(new Fact("State", Cell.state(review.text("state"))));
        facts.add(new Fact("Who", Links.person(review.text("identity"))));
        facts.add(new Fact("What", Cell.words(review.text("role") + " on " + review.text("target"))));
        facts.add(new Fact("Owed because", Cell.words(review.text("because"))));
        facts.add(new Fact("Their reason", Cell.words(review.text("reason"))));
        facts.add(new Fact("Request", Links.request(review.text("request"))));
        facts.add(new Fact("Grant", Links.grant(review.text("grant"))));
        if (review.has("incident")) {
            facts.add(new Fact("Incident", Links.incident(review.text("incident"))));
        }
        facts.add(new Fact("Opened", Cell.at(review.time("opened_at"))));
        if (review.has("closed_at")) {
            facts.add(new Fact(
                    "Reviewed by",
                    Cell.many(Links.person(review.text("reviewer")), Cell.at(review.time("closed_at")))));
            facts.add(new Fact(
                    "Verdict", Cell.many(Cell.state(review.text("verdict")), Cell.words(review.text("comment")))));
        } else {
            facts.add(new Fact("Due", Cell.left(review.time("due_at"))));
        }
        var sections = new ArrayList<Section>();
        var known = new ArrayList<Section>();
        known.add(new Section.Facts("", facts));
        known.addAll(agreed(visit, review));
        sections.add(new Section.Part("facts", known));
        var part = new PartList(visit, "sessions");
        ApiCall call = part.asked(ApiCall.get("/sessions").with("grant", review.text("grant")));
        Doc sessions = visit.call(call);
        sections.add(Section.Part.of("sessions", sessions(visit, part, call, sessions)));
        if (!visit.isFollowing()) {
            sections.addAll(done(visit, review, sessions));
        }
        sections.add(Section.Part.of(
                "doing", new Section.Doing("Your word", review.has("closed_at") ? List.of() : List.of(closing(id)))));
        var head = new ArrayList<Cell>();
        if (visit.may(ApiCall.get("/audit/events"))) {
            head.add(Cell.link("/requests/" + Links.segment(review.text("request")) + "/story", "The whole story"));
        }
        return visit.show(new Sheet(
                        review.text("identity")
                                + (review.is("break_glass") ? " broke glass on " : " was on ")
                                + review.text("target"),
                        id,
                        List.of(Cell.link("/reviews", "Break-glass reviews")),
                        head,
                        sections)
                .following(visit, "review," + Live.SESSION));
    }

    /** What was done, as one opens the page: that somebody looks at commands is an event, and none follows by itself. */
    private static List<Section> done(Visit visit, Doc review, Doc sessions) {
        var done = new ArrayList<Section>();
        sessions.items().stream()
                .filter(session -> SessionPages.mayView(visit, session))
                .limit(SESSIONS)
                .forEach(session -> done.add(SessionPages.commands(
                        visit, session.text("id"), session.text("id"), "Commands of " + session.text("id"))));
        if (visit.may(ApiCall.get("/audit/events"))) {
            story(visit, review).ifPresent(done::add);
        }
        return done;
    }

    private static Form closing(String id) {
        return Form.of(
                        "/reviews/" + Links.segment(id),
                        "Close the review",
                        Field.choice(
                                "verdict",
                                "Was it right?",
                                List.of(
                                        new Field.Option("justified", "Justified"),
                                        new Field.Option("not-justified", "Not justified"))),
                        Field.lines("comment", "What you saw and conclude"))
                .primary();
    }

    /** Nothing where it is too long for a page; its own says so. */
    private static Optional<Section> story(Visit visit, Doc review) {
        try {
            return Optional.of(AuditPages.told(visit, review.text("request")));
        } catch (Refusal refusal) {
            if (refusal.kind() == Refusal.Kind.TOO_LARGE) {
                return Optional.empty();
            }
            throw refusal;
        }
    }

    /** What was decided and by whose word, for who may see the request. */
    private static List<Section> agreed(Visit visit, Doc review) {
        try {
            return visit.call(ApiCall.get("/requests/{}", review.text("request"))).list("items").stream()
                    .filter(item -> item.text("role").equals(review.text("role"))
                            && item.text("target").equals(review.text("target")))
                    .map(RequestViews::item)
                    .toList();
        } catch (Refusal refusal) {
            if (refusal.kind() == Refusal.Kind.NOT_FOUND || refusal.kind() == Refusal.Kind.FORBIDDEN) {
                return List.of();
            }
            throw refusal;
        }
    }

    private static Section sessions(Visit visit, PartList part, ApiCall call, Doc sessions) {
        Table table = Table.ofDocs()
                .column("Session", session -> Links.session(session.text("id")))
                .column("Began", session -> Cell.at(session.time("started_at")))
                .sorted(part.byAge())
                .column("State", session -> Cell.state(session.text("state")))
                .column("Recording", session -> recording(visit, session))
                .empty("No session went through a gateway with this grant, or none that you may see.")
                .next(part.next(sessions))
                .rows(sessions.items());
        return part.listing("Sessions", table, List.of(), "", Listings.cli("sallyport sessions", call), call);
    }

    /** What there is of it, and the way to it for who may look. */
    private static Cell recording(Visit visit, Doc session) {
        boolean open = session.text("state").equals("open");
        return Cell.many(
                Cell.state(session.text("recording.state")),
                SessionPages.mayView(visit, session)
                        ? Cell.link(
                                "/sessions/" + Links.segment(session.text("id")) + (open ? "/watch" : "/play"),
                                open ? "Watch" : "Play")
                        : Cell.nothing());
    }

    @PostMapping("/reviews/{id}")
    ResponseEntity<String> close(Visit visit, @PathVariable String id) {
        return visit.does(
                ApiCall.post(
                        "/reviews/{}/close",
                        Map.of("verdict", visit.parameter("verdict"), "comment", visit.parameter("comment")),
                        id),
                "/reviews/" + Links.segment(id),
                Said.CLOSED);
    }

    // Incidents
    // ----------------------------------------------------------------------------------------------------------

    @GetMapping("/incidents")
    ResponseEntity<String> incidents(Visit visit) {
        visit.follow();
        boolean mayAll = visit.caller().rights().contains("incident.read");
        String view = visit.parameter("view").isEmpty() ? (mayAll ? "all" : "mine") : visit.parameter("view");
        ApiCall call = Listings.asked(visit, ApiCall.get("/incidents").with("view", view), "state");
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column("Incident", incident -> Links.incident(incident.text("id")))
                .column("State", GovernPages::incidentState)
                .column("Severity", incident -> new Cell.Badge(incident.text("severity"), severity(incident)))
                .column("What", incident -> Cell.words(incident.text("title")))
                .column("Responders", incident -> Cell.list(incident.texts("responders")))
                .column("Opened", incident -> Cell.ago(incident.time("opened_at")))
                .sorted(Listings.byAge(visit))
                .empty(noIncident(visit.parameter("state").equals("closed"), view.equals("mine")))
                .next(Listings.next(visit, page))
                .rows(page.items());
        var filters = new ArrayList<Field>();
        if (mayAll) {
            filters.add(
                    Listings.choice(visit, "view", "Whose", Listings.ordered("all", "Everybody's", "mine", "Mine")));
        }
        filters.add(Listings.choice(visit, "state", "Which", Listings.ordered("", "Open", "closed", "Closed")));
        var sections = new ArrayList<Section>();
        sections.add(Listings.of(
                visit,
                "incidents",
                table,
                filters,
                Live.INCIDENT,
                "sallyport incidents list" + (view.equals("all") ? " --all" : ""),
                call));
        if (visit.may(ApiCall.post("/incidents", Map.of()))) {
            sections.add(new Section.Doing(
                    "Open an incident",
                    List.of(Form.of(
                            "/incidents",
                            "Open",
                            Field.line("title", "What is wrong"),
                            Field.line("severity", "Severity")
                                    .hinted("as your rules name it, such as sev1 or critical"),
                            Field.line("targets", "Targets").hinted("names, with spaces between"),
                            Field.line("responders", "Responders")
                                    .hinted("names, with spaces between")
                                    .optional(),
                            Field.line("responder_groups", "Groups that respond")
                                    .optional(),
                            Field.duration("lasts", "Ends by itself after").optional()))));
        }
        return visit.show(
                new Sheet(
                        "Incidents",
                        "Rules for responders hold while an incident is open; closing it ends what was granted for it.",
                        List.of(),
                        List.of(),
                        sections),
                "incidents",
                table);
    }

    /** Others may have some where one sees only one's own. */
    private static String noIncident(boolean closed, boolean mine) {
        String what = closed ? "No incident is closed" : "No incident is open";
        return what + (mine ? " that you opened or work on." : ".");
    }

    private static Cell incidentState(Doc incident) {
        Cell state = Cell.state(incident.text("state"));
        return incident.is("unconfirmed") ? Cell.many(state, Cell.words("not confirmed by a second person")) : state;
    }

    @PostMapping("/incidents")
    ResponseEntity<String> open(Visit visit) {
        var body = new LinkedHashMap<String, Object>();
        body.put("title", visit.parameter("title"));
        body.put("severity", visit.parameter("severity"));
        names(visit, body, "targets", "responders", "responder_groups");
        if (!visit.parameter("lasts").isEmpty()) {
            body.put("lasts", visit.parameter("lasts"));
        }
        return visit.does(ApiCall.post("/incidents", body), "/incidents", Said.OPENED);
    }

    @GetMapping("/incidents/{id}")
    ResponseEntity<String> incident(Visit visit, @PathVariable String id) {
        visit.follow();
        Doc incident = visit.call(ApiCall.get("/incidents/{}", id));
        boolean open = incident.text("state").equals("open");
        var facts = new ArrayList<Fact>();
        facts.add(new Fact("State", incidentState(incident)));
        facts.add(new Fact("Severity", new Cell.Badge(incident.text("severity"), severity(incident))));
        facts.add(new Fact(
                "Targets",
                new Cell.Many(
                        incident.texts("targets").stream().map(Links::target).toList())));
        facts.add(new Fact(
                "Responders",
                new Cell.Many(
                        incident.texts("responders").stream().map(Links::person).toList())));
        facts.add(new Fact("Groups", Cell.list(incident.texts("responder_groups"))));
        facts.add(new Fact(
                "Opened",
                Cell.many(
                        Cell.at(incident.time("opened_at")),
                        incident.has("opened_by")
                                ? Links.person(incident.text("opened_by"))
                                : Cell.words("by " + incident.text("source")))));
        facts.add(new Fact("Confirmed by", Links.person(incident.text("confirmed_by"))));
        facts.add(
                open
                        ? new Fact("Ends by itself", Cell.left(incident.time("ends_at")))
                        : new Fact(
                                "Closed",
                                Cell.many(
                                        Cell.at(incident.time("closed_at")),
                                        Links.person(incident.text("closed_by")),
                                        Cell.words(incident.text("close_reason")))));
        var forms = new ArrayList<Form>();
        String path = "/incidents/" + Links.segment(id);
        if (incident.is("unconfirmed")
                && HomePages.isOthers(visit, incident, "opened_by")
                && visit.may(ApiCall.post("/incidents/{}/confirm", Map.of(), id))) {
            forms.add(Form.of(path + "/confirm", "Confirm it").primary());
        }
        if (open && visit.may(ApiCall.post("/incidents/{}/close", Map.of(), id))) {
            forms.add(Form.of(path + "/close", "Close", Field.line("reason", "What it came to"))
                    .danger("Close the incident and end what was granted for it?"));
        }
        return visit.show(new Sheet(
                        incident.text("title"),
                        id,
                        List.of(Cell.link("/incidents", "Incidents")),
                        List.of(),
                        List.of(
                                Section.Part.of("facts", new Section.Facts("", facts)),
                                Section.Part.of(
                                        "doing",
                                        new Section.Doing("", forms),
                                        new Section.Doing(
                                                "Who works on it", open ? responders(visit, incident) : List.of()))))
                .following(visit, Live.INCIDENT));
    }

    private static List<Form> responders(Visit visit, Doc incident) {
        var forms = new ArrayList<Form>();
        String id = incident.text("id");
        String path = "/incidents/" + Links.segment(id) + "/responders";
        if (visit.may(ApiCall.post("/incidents/{}/responders/add", Map.of(), id))) {
            forms.add(Form.of(
                    path + "/add",
                    "Add responders",
                    Field.line("responders", "People")
                            .hinted("names, with spaces between")
                            .optional(),
                    Field.line("responder_groups", "Groups")
                            .hinted("names, with spaces between")
                            .optional()));
        }
        List<Field.Option> there = Stream.concat(
                        incident.texts("responders").stream()
                                .map(person -> new Field.Option("responders " + person, person)),
                        incident.texts("responder_groups").stream()
                                .map(group -> new Field.Option("responder_groups " + group, "group " + group)))
                .toList();
        if (!there.isEmpty() && visit.may(ApiCall.post("/incidents/{}/responders/remove", Map.of(), id))) {
            forms.add(Form.of(path + "/remove", "Remove", Field.choice("responder", "Who works on it no longer", there))
                    .danger("Remove them, and end what they were granted for this incident?"));
        }
        return forms;
    }

    @PostMapping("/incidents/{id}/responders/add")
    ResponseEntity<String> addResponders(Visit visit, @PathVariable String id) {
        var body = new LinkedHashMap<String, Object>();
        names(visit, body, "responders", "responder_groups");
        return visit.does(
                ApiCall.post("/incidents/{}/responders/add", body, id),
                "/incidents/" + Links.segment(id),
                Said.CHANGED);
    }

    @PostMapping("/incidents/{id}/responders/remove")
    ResponseEntity<String> removeResponder(Visit visit, @PathVariable String id) {
        String[] who = visit.parameter("responder").split(" ", 2);
        if (who.length != 2 || !List.of("responders", "responder_groups").contains(who[0])) {
            throw InputRefusal.INVALID_VALUE.because("responder: " + Text.quoted(visit.parameter("responder"))
                    + " (expected: one of those that the page names)");
        }
        return visit.does(
                ApiCall.post("/incidents/{}/responders/remove", Map.of(who[0], List.of(who[1])), id),
                "/incidents/" + Links.segment(id),
                Said.CHANGED);
    }

    /** Puts what a form says in fields of names with spaces between. */
    private static void names(Visit visit, Map<String, Object> body, String... lists) {
        for (String list : lists) {
            if (!visit.parameter(list).isEmpty()) {
                body.put(list, List.of(visit.parameter(list).split("[\\s,]+")));
            }
        }
    }

    @PostMapping("/incidents/{id}/confirm")
    ResponseEntity<String> confirm(Visit visit, @PathVariable String id) {
        return visit.does(
                ApiCall.bare("POST", "/incidents/{}/confirm", id), "/incidents/" + Links.segment(id), Said.CHANGED);
    }

    @PostMapping("/incidents/{id}/close")
    ResponseEntity<String> closeIncident(Visit visit, @PathVariable String id) {
        return visit.does(
                ApiCall.post("/incidents/{}/close", Map.of("reason", visit.parameter("reason")), id),
                "/incidents/" + Links.segment(id),
                Said.CLOSED);
    }
}
