package dev.sallyport.server.portal;

import dev.sallyport.base.Refusal;
import dev.sallyport.server.ApiProblems;
import dev.sallyport.server.portal.Section.Fact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Emergency kits: letting hosts trust one that somebody else proposed, and ending that; and handing in what happened with one
 * that was opened. Kits are made and opened at a laptop.
 */
@RestController
final class KitPages {
    private static final String KITS = "/settings/kits";

    /** Not below the kits: a kit may have any name. */
    static final String RECORDS = "/settings/kit-records";

    private static final String HOW = "/help/how-to/break-glass-offline";
    private static final String ROTATIONS = "/settings/kit-rotations";

    @GetMapping(KITS + "/{name}")
    ResponseEntity<String> kit(Visit visit, @PathVariable String name) {
        Doc kit = visit.call(ApiCall.get("/breakglass/kits/{}", name));
        var facts = new ArrayList<Fact>();
        facts.add(new Fact("State", Cell.state(kit.text("state"))));
        facts.add(new Fact(
                "Opened by",
                Cell.words(kit.number("threshold") + " of "
                        + kit.texts("custodians").size() + ": " + String.join(", ", kit.texts("custodians")))));
        facts.add(new Fact("Proposed by", Links.person(kit.text("created_by"))));
        facts.add(new Fact("Made", Cell.at(kit.time("created_at"))));
        if (kit.has("confirmed_by")) {
            facts.add(new Fact("Confirmed by", Links.person(kit.text("confirmed_by"))));
        }
        if (kit.has("ended_at")) {
            facts.add(new Fact("Ended", Cell.at(kit.time("ended_at"))));
        }
        facts.add(new Fact("Id", Cell.code(kit.text("id"))));
        var sections = new ArrayList<Section>();
        sections.add(new Section.Facts("", facts));
        sections.addAll(known(visit, kit));
        sections.add(new Section.Doing("", doings(visit, kit)));
        var head = new ArrayList<Cell>();
        if (mayHandIn(visit)) {
            head.add(Cell.link(RECORDS, "Hand in records"));
        }
        head.add(Cell.link(HOW, "How kits work"));
        return visit.show(new Sheet(
                kit.text("name"),
                "Emergency kit: it opens hosts when the product is down.",
                List.of(Cell.link("/settings", "Settings")),
                head,
                sections));
    }

    static boolean mayHandIn(Visit visit) {
        return visit.may(ApiCall.post("/breakglass/reconciliations", Map.of()));
    }

    /** What was handed in about the kit so far. */
    private static List<Section> known(Visit visit, Doc kit) {
        ApiCall call = ApiCall.get("/breakglass/kits/{}/uses", kit.text("name"));
        Doc known = visit.call(call);
        if (known.number("use_count") == 0 && known.number("unexplained_count") == 0) {
            return List.of();
        }
        var sections = new ArrayList<Section>();
        alarm(known.number("unexplained_count")).ifPresent(sections::add);
        sections.add(listing(
                visit,
                "openings",
                "Openings" + counted(known.list("uses").size(), known.number("use_count")),
                openings(known),
                call));
        sections.add(listing(
                visit,
                "unexplained",
                "Logins without a record"
                        + counted(known.list("unexplained").size(), known.number("unexplained_count")),
                unexplained(known),
                call));
        rotation(visit, known, kit.text("name")).ifPresent(sections::add);
        return sections;
    }

    private static String counted(int shown, long all) {
        return shown < all ? ": the newest " + shown + " of " + all : "";
    }

    private static Section listing(Visit visit, String id, String title, Table table, ApiCall call) {
        boolean sent = visit.isSent();
        return new Section.Listing(
                id,
                title,
                table,
                List.of(),
                "",
                sent ? "" : visit.path(),
                sent ? "sallyport breakglass reconcile --record FILE --log TARGET=FILE" : "",
                visit.curl(call));
    }

    private static Optional<Section> alarm(long unexplained) {
        return unexplained == 0
                ? Optional.empty()
                : Optional.of(new Section.Note(
                        Cell.Tone.URGENT,
                        List.of("ALARM: " + unexplained + (unexplained == 1 ? " login" : " logins")
                                + " by a certificate of a kit, and no record says who opened it. Treat it as an"
                                + " intrusion until somebody hands the record in.")));
    }

    private static Table openings(Doc answer) {
        return Table.ofDocs()
                .column("Opened", use -> Cell.at(use.time("opened_at")))
                .column("Account", use -> Cell.code(use.text("login")))
                .column(
                        "Targets",
                        use -> new Cell.Many(
                                use.texts("targets").stream().map(Links::target).toList()))
                .column("By", use -> Cell.words(use.text("operator")))
                .column("With the shares of", use -> Cell.list(use.texts("custodians")))
                .column("Why", use -> Cell.words(use.text("reason")))
                .column(
                        "Logins",
                        use -> use.number("logins") == 0
                                ? new Cell.Badge("none in the logs handed in", Cell.Tone.WAIT)
                                : new Cell.Badge(use.number("logins") + " matched", Cell.Tone.GOOD))
                .empty("No record of an opening was handed in.")
                .rows(answer.list("uses"));
    }

    private static Table unexplained(Doc answer) {
        return Table.ofDocs()
                .column("Login", login -> Cell.at(login.time("at")))
                .column("Target", login -> Links.target(login.text("target")))
                .column("Account", login -> Cell.code(login.text("login")))
                .column("From", login -> Cell.code(login.text("address")))
                .column("Kit", login -> Cell.words(login.text("kit")))
                .column("Serial", login -> Cell.code(login.text("serial")))
                .empty("None: every login that hosts saw has its record.")
                .rows(answer.list("unexplained"));
    }

    /** For who may say so: that what could be read on a target has been changed. */
    private static Optional<Section> rotation(Visit visit, Doc answer, String kit) {
        List<String> targets = answer.texts("targets_to_rotate");
        if (targets.isEmpty()) {
            return Optional.empty();
        }
        if (!visit.may(ApiCall.post("/breakglass/rotations", Map.of()))) {
            return Optional.of(new Section.Note(
                    Cell.Tone.WAIT, List.of("To change is what could be read on: " + String.join(", ", targets))));
        }
        return Optional.of(new Section.Doing(
                "What could be read there is to be changed",
                List.of(Form.of(
                        ROTATIONS,
                        "It has been changed",
                        Field.choice(
                                "target",
                                "Target",
                                targets.stream()
                                        .map(target -> new Field.Option(target, target))
                                        .toList()),
                        Field.line("comment", "What was changed").hinted("host keys, passwords, cloud keys"),
                        Field.hidden("kit", kit)))));
    }

    @GetMapping(RECORDS)
    ResponseEntity<String> records(Visit visit) {
        return visit.show(handingIn(visit, ""));
    }

    private static Sheet handingIn(Visit visit, String alert) {
        var sections = new ArrayList<Section>();
        if (!alert.isEmpty()) {
            sections.add(new Section.Alert(List.of(alert)));
        }
        if (mayHandIn(visit)) {
            sections.add(new Section.Doing(
                    "",
                    List.of(Form.of(
                                    RECORDS,
                                    "Hand it in",
                                    Field.line("record", "Record")
                                            .as(Field.Kind.FILE)
                                            .optional()
                                            .valued(visit.parameter("record"))
                                            .hinted("the file ….record that opening wrote"),
                                    Field.line("target", "Whose log follows")
                                            .optional()
                                            .valued(visit.parameter("target"))
                                            .hinted("the target's name; without it, the host's own name in the log"),
                                    Field.line("log", "Log")
                                            .as(Field.Kind.LOG)
                                            .optional()
                                            .valued(visit.parameter("log"))
                                            .hinted("auth.log, or journalctl -u ssh -o short-iso or -o json; of a file,"
                                                    + " only lines about logins by a key are taken, at most "
                                                    + Field.FILE_MAX + " characters"))
                            .danger("The kits concerned are distrusted: hosts refuse what they sign."))));
        } else {
            sections.add(new Section.Note(
                    Cell.Tone.PLAIN, List.of("You may not hand in records: that needs breakglass.reconcile.")));
        }
        return new Sheet(
                "Hand in records of an opened kit",
                "What happened while the server was away comes into the audit log. Done again, it adds only what is new.",
                List.of(Cell.link("/settings", "Settings")),
                List.of(Cell.link(HOW, "How kits work")),
                sections);
    }

    @PostMapping(RECORDS)
    ResponseEntity<String> handIn(Visit visit) {
        String record = visit.parameter("record");
        String log = visit.parameter("log");
        if (record.isEmpty() && log.isEmpty()) {
            return visit.show(400, handingIn(visit, "a record or a log: missing (expected: one of them, or both)"));
        }
        Doc answer;
        try {
            answer = visit.act(ApiCall.post(
                    "/breakglass/reconciliations",
                    Map.of(
                            "records",
                            record.isEmpty() ? List.of() : List.of(record),
                            "logs",
                            log.isEmpty() ? List.of() : List.of(log(visit, log)))));
        } catch (Refusal refusal) {
            if (refusal.kind() == Refusal.Kind.INVALID) {
                return visit.show(
                        ApiProblems.status(refusal),
                        handingIn(
                                visit,
                                (refusal.sentence() + " " + Objects.requireNonNullElse(refusal.hint(), "")).strip()));
            }
            return visit.ask(refusal).orElseThrow(() -> refusal);
        }
        return visit.show(told(visit, answer));
    }

    private static Map<String, Object> log(Visit visit, String text) {
        var log = new LinkedHashMap<String, Object>(Map.of("text", text));
        if (!visit.parameter("target").isEmpty()) {
            log.put("target", visit.parameter("target"));
        }
        if (!visit.parameter("zone").isEmpty()) {
            log.put("zone", visit.parameter("zone"));
        }
        return log;
    }

    /** What came of it, as the command line tells it. */
    private static Sheet told(Visit visit, Doc answer) {
        ApiCall call = ApiCall.bare("POST", "/breakglass/reconciliations");
        var sections = new ArrayList<Section>();
        if (answer.list("uses").isEmpty() && answer.list("unexplained").isEmpty()) {
            sections.add(new Section.Note(
                    Cell.Tone.PLAIN,
                    List.of("Nothing of any kit is in it. Logins by other certificates: " + answer.number("unrelated")
                            + ".")));
        } else {
            alarm(answer.list("unexplained").size()).ifPresent(sections::add);
            sections.add(listing(visit, "openings", "Openings", openings(answer), call));
            sections.add(listing(visit, "unexplained", "Logins without a record", unexplained(answer), call));
        }
        if (!answer.texts("distrusted").isEmpty()) {
            sections.add(new Section.Note(
                    Cell.Tone.WAIT,
                    List.of("Distrusted from now on: " + String.join(", ", answer.texts("distrusted"))
                            + ". Make a new kit: sallyport breakglass kit create")));
        }
        rotation(visit, answer, "").ifPresent(sections::add);
        return new Sheet(
                "What was handed in",
                "",
                List.of(Cell.link("/settings", "Settings"), Cell.link(RECORDS, "Hand in records")),
                List.of(Cell.link(RECORDS, "Hand in more")),
                sections);
    }

    @PostMapping(ROTATIONS)
    ResponseEntity<String> rotated(Visit visit) {
        String kit = visit.parameter("kit");
        return visit.does(
                ApiCall.post(
                        "/breakglass/rotations",
                        Map.of("target", visit.parameter("target"), "comment", visit.parameter("comment"))),
                kit.isEmpty() ? RECORDS : KITS + "/" + Links.segment(kit),
                Said.ROTATED);
    }

    private static List<Form> doings(Visit visit, Doc kit) {
        var forms = new ArrayList<Form>();
        String path = KITS + "/" + Links.segment(kit.text("name"));
        if (!visit.may(ApiCall.post("/breakglass/kits/x/retire", Map.of())) || kit.has("ended_at")) {
            return forms;
        }
        if (kit.text("state").equals("proposed")) {
            forms.add(Form.of(
                            path + "/confirm",
                            "Let hosts trust it",
                            Field.line("fingerprint", "Fingerprint")
                                    .hinted("from a custodian's printed page or the kit's file, not from this server"))
                    .danger("Hosts will let in whoever opens this kit. Was the fingerprint read from paper?"));
        }
        forms.add(Form.of(path + "/retire", "Retire it", Field.line("reason", "Why"))
                .danger("Hosts refuse what this kit signs from now on. There is no way back."));
        return forms;
    }

    @PostMapping(KITS + "/{name}/confirm")
    ResponseEntity<String> confirm(Visit visit, @PathVariable String name) {
        return visit.does(
                ApiCall.post(
                        "/breakglass/kits/{}/confirm", Map.of("fingerprint", visit.parameter("fingerprint")), name),
                KITS + "/" + Links.segment(name),
                Said.CHANGED);
    }

    @PostMapping(KITS + "/{name}/retire")
    ResponseEntity<String> retire(Visit visit, @PathVariable String name) {
        return visit.does(
                ApiCall.post("/breakglass/kits/{}/retire", Map.of("reason", visit.parameter("reason")), name),
                KITS + "/" + Links.segment(name),
                Said.CHANGED);
    }
}
