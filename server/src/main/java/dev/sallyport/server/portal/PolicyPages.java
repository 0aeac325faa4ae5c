package dev.sallyport.server.portal;

import dev.sallyport.base.Durations;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.server.portal.Section.Fact;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Which policies decide, what they would say to somebody, what others would have said, and changing them. */
@RestController
final class PolicyPages {
    private final JsonMapper json;

    PolicyPages(JsonMapper json) {
        this.json = json;
    }

    private static final Duration SINCE = Duration.ofDays(30);

    private static final int HASH_SHOWN = 12;

    private static final List<Field.Option> SETS = List.of(
            new Field.Option("enforced", "The enforced set"),
            new Field.Option("draft", "The draft"),
            new Field.Option("shadow", "The set in shadow"));

    @GetMapping("/policy")
    ResponseEntity<String> status(Visit visit) {
        ApiCall call = ApiCall.get("/policy");
        Doc status = visit.call(call);
        var facts = new ArrayList<Fact>();
        facts.add(new Fact("Enforced", stage(status.at("enforced"), "nothing: roles decide by their own rule")));
        facts.add(new Fact("In shadow", stage(status.at("shadow"), "nothing")));
        facts.add(new Fact(
                "Draft",
                Cell.many(
                        set(status.text("draft.set")),
                        Cell.words(status.number("draft.rules") + " rules"),
                        status.is("draft.differs")
                                ? new Cell.Badge("differs from what is enforced", Cell.Tone.WAIT)
                                : Cell.nothing(),
                        Cell.link("/policy/sets/draft/forecast", "what would end"))));
        var part = new PartList(visit, "history");
        ApiCall histories = part.asked(ApiCall.get("/policy/history"));
        Doc changes = visit.call(histories);
        Table history = Table.ofDocs()
                .column("When", change -> Cell.at(change.time("at")))
                .sorted(part.byAge())
                .column("What", change -> Cell.state(change.text("stage")))
                .column("Set", change -> set(change.text("set")))
                .number("Rules", change -> change.number("rules"))
                .column("By", change -> Links.person(change.text("by")))
                .column("Why", change -> Cell.words(change.text("reason")))
                .empty("No set was enforced yet.")
                .next(part.next(changes))
                .rows(changes.items());
        var sections = new ArrayList<Section>();
        sections.add(new Section.Facts("", facts));
        sections.add(new Section.Facts(
                "Documents",
                List.of(
                        new Fact("Rules", Cell.link("/policies", "Policies")),
                        new Fact(
                                "Times",
                                Cell.many(Cell.link("/calendars", "Calendars"), Cell.link("/freezes", "Freezes"))),
                        new Fact("Values", Cell.link("/constants", "Constants")))));
        sections.add(new Section.Doing("Enforcing", doings(visit, status.text("draft.set"), status.has("shadow.set"))));
        sections.add(part.listing(
                "History", history, List.of(), "", Listings.cli("sallyport policy history", histories), histories));
        return visit.show(new Sheet(
                "Policy",
                "What decides, and since when. The draft is what the documents say now.",
                List.of(),
                List.of(
                        Cell.link("/policy/simulate", "What if"),
                        Cell.link("/policy/who-can", "Who can"),
                        Cell.link("/policy/replay", "Replay"),
                        Cell.link("/policy/check", "Check"),
                        Cell.link("/policy/tests", "Tests"),
                        Cell.link("/policy/differences", "What the shadow says")),
                sections));
    }

    /** What a set says, and which of its documents differ from those that decide. */
    @GetMapping("/policy/sets/{set}")
    ResponseEntity<String> set(Visit visit, @PathVariable String set) {
        ApiCall call = ApiCall.get("/policy/sets/{}", set);
        Doc shown = visit.call(call);
        Map<String, String> these = documents(shown);
        Map<String, String> deciding = documents(visit.call(ApiCall.get("/policy/sets/enforced")));
        var names = new TreeSet<>(these.keySet());
        names.addAll(deciding.keySet());
        Table table = new Table.Of<String>()
                .column("Document", Cell::words)
                .column("Beside what is enforced", name -> Cell.state(beside(these.get(name), deciding.get(name))))
                .empty("It has no documents.")
                .rows(List.copyOf(names));
        var sections = new ArrayList<Section>();
        sections.add(new Section.Listing(
                "documents",
                "",
                table,
                List.of(),
                "",
                visit.path(),
                "sallyport policy set " + shortened(shown.text("set")),
                visit.curl(call)));
        these.forEach((name, text) -> {
            sections.add(new Section.Verbatim(name, text));
            String now = deciding.get(name);
            if (now != null && !now.equals(text)) {
                sections.add(new Section.Verbatim(name + ", as it decides now", now));
            }
        });
        return visit.show(new Sheet(
                "The set " + shortened(shown.text("set")),
                shown.number("rules") + " rules",
                List.of(Cell.link("/policy", "Policy")),
                List.of(Cell.link("/policy/sets/" + Links.segment(set) + "/forecast", "What would end")),
                sections));
    }

    @GetMapping("/policy/sets/{set}/forecast")
    ResponseEntity<String> forecast(Visit visit, @PathVariable String set) {
        return visit.show(new Sheet(
                "What would end",
                "What would become of what runs, were this set enforced now.",
                List.of(Cell.link("/policy/sets/" + Links.segment(set), "The set"), Cell.link("/policy", "Policy")),
                List.of(),
                List.of(foretold(visit, set))));
    }

    /** What would become of what runs, were the set enforced now. */
    private static Section foretold(Visit visit, String set) {
        ApiCall call = ApiCall.post("/policy/forecast", Map.of("set", set));
        Doc forecast = visit.call(call);
        long unseen = forecast.number("running") - forecast.number("judged");
        return new Section.Listing(
                "forecast",
                forecast.number("ending") + " of " + forecast.number("running")
                        + " running grants would end or not begin, "
                        + forecast.number("warned") + " would be warned of"
                        + (unseen > 0 ? " (the oldest " + forecast.number("judged") + " were looked at)" : ""),
                Table.ofDocs()
                        .column("Grant", change -> Links.grant(change.text("grant")))
                        .column("Who", change -> Links.person(change.text("person")))
                        .column("What", change -> Cell.words(change.text("role") + " on " + change.text("target")))
                        .column("Until", change -> Cell.at(change.time("ends_at")))
                        .column("Would", change -> Cell.state(change.text("becomes")))
                        .column("Because", change -> Cell.list(change.texts("because")))
                        .empty("None to show: nothing would end, or you may not see the grants of others.")
                        .rows(forecast.items()),
                List.of(),
                "",
                visit.path(),
                "sallyport policy forecast --set " + shortened(set),
                visit.curl(call));
    }

    /** What is probably not meant in a set, and in the catalogue beside it. */
    @GetMapping("/policy/check")
    ResponseEntity<String> check(Visit visit) {
        List<Field> fields = List.of(Field.choice("set", "Which", SETS));
        var sections = new ArrayList<Section>();
        sections.add(asking(visit, "/policy/check", fields, "Check it"));
        if (!visit.parameter("set").isEmpty()) {
            ApiCall call = ApiCall.post("/policy/check", body(visit, fields));
            sections.add(new Section.Listing(
                    "notes",
                    "",
                    Table.ofDocs()
                            .column("What is probably not meant", note -> Cell.words(note.text("message")))
                            .column("Code", note -> Cell.code(note.text("code")))
                            .empty("Nothing looks odd.")
                            .rows(visit.call(call).items()),
                    List.of(),
                    "",
                    visit.here("as", ""),
                    "sallyport policy check --set " + Listings.quoted(visit.parameter("set")),
                    visit.curl(call)));
        }
        return visit.show(new Sheet(
                "Check",
                "Rules that never count, names that are not there, roles that nobody could get.",
                List.of(Cell.link("/policy", "Policy")),
                List.of(),
                sections));
    }

    private static final String TEST = """
            apiVersion: sallyport/v1
            kind: PolicyTest
            metadata: {name: mine}
            spec:
              facts:
                principal: {name: dev}
                role: {name: ops}
                target: {name: web-1}
                request: {duration: 1h, reason: deploy}
              cases:
                - name: somebody is asked
                  expect: {effect: approval}
            """;

    @GetMapping("/policy/tests")
    ResponseEntity<String> tests(Visit visit) {
        return tested(visit, TEST, "draft", List.of());
    }

    /** What comes of the cases that somebody wrote; nothing is kept of them. */
    @PostMapping("/policy/tests")
    ResponseEntity<String> test(Visit visit) {
        String text = visit.parameter("text");
        String set = visit.parameter("set");
        Doc tested = visit.call(ApiCall.post(
                "/policy/test", Map.of("set", set, "files", List.of(Map.of("name", "tests.yaml", "text", text)))));
        Table table = Table.ofDocs()
                .column("Case", one -> Cell.words(one.text("test") + ": " + one.text("name")))
                .column("Came out", one -> Cell.state(one.is("passed") ? "as expected" : "otherwise"))
                .column("Otherwise", one -> Cell.list(one.texts("differences")))
                .column("Rule by rule", one -> Cell.list(one.texts("trace")))
                .empty("No cases.")
                .rows(tested.items());
        return tested(
                visit,
                text,
                set,
                List.of(new Section.Listing(
                        "cases",
                        tested.number("passed") + " passed, " + tested.number("failed") + " failed",
                        table,
                        List.of(),
                        "",
                        "",
                        "sallyport policy test -f tests.yaml --set " + Listings.quoted(set),
                        "")));
    }

    private static ResponseEntity<String> tested(Visit visit, String text, String set, List<Section> results) {
        var sections = new ArrayList<Section>();
        sections.add(new Section.Doing(
                "",
                List.of(Form.of(
                        "/policy/tests",
                        "Run the cases",
                        Field.choice("set", "By", SETS).valued(set),
                        Field.line("text", "PolicyTest documents")
                                .as(Field.Kind.TEXT)
                                .valued(text)))));
        sections.addAll(results);
        return visit.show(new Sheet(
                "Tests",
                "What policies must say to given facts. Keep the cases with your files: the command line runs them too.",
                List.of(Cell.link("/policy", "Policy")),
                List.of(),
                sections));
    }

    private static String beside(@Nullable String text, @Nullable String deciding) {
        if (text == null) {
            return "not in it";
        }
        return deciding == null ? "new" : text.equals(deciding) ? "the same" : "changed";
    }

    /** Its documents by kind and name, as YAML. */
    private Map<String, String> documents(Doc set) {
        var documents = new TreeMap<String, String>();
        set.list("documents")
                .forEach(document -> documents.put(
                        document.text("kind") + " " + document.text("name"),
                        CatalogPages.dumped(
                                json.convertValue(document.at("spec").json(), Object.class))));
        return documents;
    }

    @GetMapping("/policy/differences")
    ResponseEntity<String> differences(Visit visit) {
        visit.follow();
        ApiCall call = Listings.asked(visit, ApiCall.get("/policy/shadow/differences"));
        Doc page = visit.call(call);
        Table table = changes(Listings.byAge(visit))
                .empty("The set in shadow has said nothing else, or there is none.")
                .next(Listings.next(visit, page))
                .rows(page.items());
        return visit.show(new Sheet(
                "What the shadow says",
                "Requests about which the set in shadow would have said something else than the one that decided.",
                List.of(Cell.link("/policy", "Policy")),
                List.of(),
                List.of(Listings.of(
                        visit, "differences", table, List.of(), Live.REQUEST, "sallyport policy shadow", call))));
    }

    private static Table.Of<Doc> changes(Table.Sorting byAge) {
        return Table.ofDocs()
                .column("Request", change -> Links.request(change.text("request")))
                .sorted(byAge)
                .column("Who", change -> Links.person(change.text("requester")))
                .column("What", change -> Cell.words(change.text("role") + " on " + change.text("target")))
                .column("Was", change -> Cell.state(change.text("was")))
                .column("Would be", change -> Cell.state(change.text("now")))
                .column("Because", change -> Cell.list(change.texts("now_because")))
                .column("Rules", change -> Cell.list(change.texts("rules")));
    }

    /** A set by as much of its hash as tells it from others. */
    static Cell set(String hash) {
        return hash.isEmpty() || hash.equals("none")
                ? Cell.code(hash)
                : new Cell.Link("/policy/sets/" + Links.segment(hash), shortened(hash), true);
    }

    private static String shortened(String hash) {
        return hash.length() > HASH_SHOWN ? hash.substring(0, HASH_SHOWN) : hash;
    }

    private static Cell stage(Doc change, String nothing) {
        if (!change.has("set")) {
            return Cell.words(nothing);
        }
        return Cell.many(
                set(change.text("set")),
                Cell.words(change.number("rules") + " rules, since"),
                Cell.at(change.time("at")),
                Cell.words("by"),
                Links.person(change.text("by")));
    }

    /** What is enforced is the set that was looked at, whatever is applied meanwhile: it is named by its content. */
    private static List<Form> doings(Visit visit, String draft, boolean shadowed) {
        if (!visit.may(ApiCall.post("/policy/enforce", Map.of()))) {
            return List.of();
        }
        var forms = new ArrayList<>(List.of(
                Form.of(
                                "/policy/enforce",
                                "Enforce the draft",
                                Field.hidden("set", draft),
                                Field.line("reason", "Why"),
                                Field.tick("force", "Also if nobody could administer any more but in an emergency"))
                        .danger("Let the set " + shortened(draft)
                                + " decide from now on? What runs is judged again: see first what would end."),
                Form.of(
                        "/policy/shadow",
                        "Put the draft in shadow",
                        Field.hidden("set", draft),
                        Field.line("reason", "Why")),
                Form.of("/policy/rollback", "Roll back", Field.line("reason", "Why"))
                        .danger("Let the set decide again that was enforced before?")));
        if (shadowed) {
            forms.add(Form.of(
                    "/policy/shadow", "End the shadow", Field.hidden("set", "none"), Field.line("reason", "Why")));
        }
        return forms;
    }

    @PostMapping("/policy/enforce")
    ResponseEntity<String> enforce(Visit visit) {
        return change(visit, "/policy/enforce", seen(visit));
    }

    @PostMapping("/policy/shadow")
    ResponseEntity<String> shadow(Visit visit) {
        return change(visit, "/policy/shadow", seen(visit));
    }

    @PostMapping("/policy/rollback")
    ResponseEntity<String> rollBack(Visit visit) {
        return change(visit, "/policy/rollback", Map.of("reason", visit.parameter("reason")));
    }

    private static Map<String, Object> seen(Visit visit) {
        String set = visit.parameter("set");
        if (set.isEmpty()) {
            throw InputRefusal.INVALID_VALUE.because("set: missing (expected: the set that the page showed)");
        }
        var body = new LinkedHashMap<String, Object>();
        body.put("set", set);
        body.put("reason", visit.parameter("reason"));
        if (visit.parameter("force").equals("true")) {
            body.put("force", true);
        }
        return body;
    }

    private static ResponseEntity<String> change(Visit visit, String path, Map<String, Object> body) {
        return visit.does(ApiCall.post(path, body), "/policy", path.endsWith("shadow") ? Said.CHANGED : Said.ENFORCED);
    }

    @GetMapping("/policy/simulate")
    ResponseEntity<String> simulate(Visit visit) {
        List<Field> fields = List.of(
                Field.line("person", "Who"),
                Field.line("role", "Role"),
                Field.line("target", "Target"),
                Field.duration("duration", "For").optional(),
                Field.line("starts_at", "From")
                        .hinted("a later time, such as 2027-01-04T08:00:00Z; left empty, now")
                        .optional(),
                Field.line("reason", "Why").optional(),
                Field.line("ticket", "Ticket").optional(),
                Field.line("address", "From address").optional(),
                Field.line("mfa_age", "Second factor shown")
                        .hinted("so long ago, such as 10m")
                        .optional(),
                Field.line("risk", "Risk")
                        .hinted("0 to 100; left empty, it is scored as a request would be")
                        .optional(),
                Field.line("also_in_groups", "As if in groups")
                        .hinted("with commas between")
                        .optional(),
                Field.line("not_in_groups", "As if not in groups")
                        .hinted("with commas between")
                        .optional(),
                Field.line("incident", "As if they worked on an incident there")
                        .hinted("its severity")
                        .optional(),
                Field.choice("set", "By", SETS));
        var sections = new ArrayList<Section>();
        sections.add(asking(visit, "/policy/simulate", fields, "What would be decided?"));
        if (!visit.parameter("person").isEmpty()) {
            Doc simulated = visit.call(ApiCall.post("/policy/simulate", body(visit, fields)));
            Doc ruling = simulated.at("ruling");
            sections.add(ruling(ruling, simulated.at("risk")));
            sections.add(new Section.Verbatim("Rule by rule", String.join("\n", ruling.texts("trace"))));
        }
        return visit.show(new Sheet(
                "What if",
                "What a set of policies would say, without anybody asking.",
                List.of(Cell.link("/policy", "Policy")),
                List.of(),
                sections));
    }

    private static Section ruling(Doc ruling, Doc risk) {
        var facts = new ArrayList<Fact>();
        facts.add(new Fact("Decision", Shown.effect(ruling)));
        ruling.texts("explanation").forEach(sentence -> facts.add(new Fact("Because", Cell.words(sentence))));
        if (risk.has("points")) {
            facts.add(new Fact("Risk", Cell.list(riskOf(risk))));
        }
        for (Doc stage : ruling.list("stages")) {
            facts.add(new Fact(
                    "Stage " + stage.number("stage"),
                    Cell.words(stage.number("count") + " by " + RequestViews.whose(stage) + later(stage))));
        }
        facts.add(new Fact("It would hold", Cell.list(demands(ruling.at("obligations")))));
        if (ruling.has("again")) {
            facts.add(new Fact("Judged again", Cell.at(ruling.time("again"))));
        }
        return new Section.Facts("Decision", facts);
    }

    /** What becomes of a stage whose people are silent. */
    private static String later(Doc stage) {
        String words = "";
        if (stage.has("escalate_after")) {
            words += "; after " + RequestViews.duration(stage, "escalate_after") + " also "
                    + (stage.has("escalate_to") ? RequestViews.whose(stage.at("escalate_to")) : "the next stage");
        }
        if (stage.has("fallback")) {
            words += "; after " + RequestViews.duration(stage, "fallback.after") + " members of "
                    + String.join(", ", stage.texts("fallback.groups")) + " are let in as an emergency";
        }
        return words;
    }

    private static List<String> demands(Doc demands) {
        var words = new ArrayList<String>();
        words.add("at most " + RequestViews.duration(demands, "max_duration"));
        String held = RequestViews.obligations(demands);
        if (!held.isEmpty()) {
            words.add(held);
        }
        if (demands.text("reason").equals("required")) {
            words.add("a reason is required");
        }
        demands.texts("tickets").forEach(pattern -> words.add("a ticket like " + pattern));
        if (demands.has("cut")) {
            words.add("cut: " + demands.text("cut"));
        }
        if (!demands.texts("notify").isEmpty()) {
            words.add("told to " + String.join(", ", demands.texts("notify")));
        }
        return words;
    }

    /** Its points and what makes them; nothing where nobody looked. */
    private static List<String> riskOf(Doc risk) {
        var lines = new ArrayList<String>();
        if (risk.has("points")) {
            lines.add("" + risk.number("points"));
            risk.list("reasons").forEach(reason -> lines.add(reason.number("points") + ": " + reason.text("why")));
        }
        return lines;
    }

    @GetMapping("/policy/who-can")
    ResponseEntity<String> whoCan(Visit visit) {
        List<Field> fields = List.of(
                Field.line("role", "Role").hinted("or several, with commas between"),
                Field.line("target", "Target").hinted("or several, with commas between"),
                Field.choice("set", "By", SETS));
        var sections = new ArrayList<Section>();
        sections.add(asking(visit, "/policy/who-can", fields, "Who can get it?"));
        if (!visit.parameter("role").isEmpty()) {
            var body = new LinkedHashMap<>(body(visit, fields));
            for (String each : List.of("role", "target")) {
                Object given = body.remove(each);
                body.put(each + "s", given == null ? List.of() : names(given.toString()));
            }
            body.put("limit", Listings.ROWS);
            if (!visit.parameter("after").isEmpty() && !visit.wantsFile()) {
                body.put("after", visit.parameter("after"));
            }
            ApiCall call = ApiCall.post("/policy/who-can", body).whole(visit.wantsFile());
            Doc answer = visit.call(call);
            Table table = Table.ofDocs()
                    .column("Who", could -> Links.person(could.text("person")))
                    .column("What", could -> Cell.words(could.text("role") + " on " + could.text("target")))
                    .column("Would be", Shown::effect)
                    .column("Because", could -> Cell.list(could.texts("explanation")))
                    .column("Risk", could -> Cell.list(riskOf(could.at("risk"))))
                    .empty("Nobody may ask for it.")
                    .next(Listings.next(visit, answer))
                    .rows(answer.items());
            sections.add(new Section.Listing(
                    "could",
                    answer.has("next") || answer.texts("incomplete").isEmpty()
                            ? ""
                            : "The first of each; there are more for " + String.join(", ", answer.texts("incomplete"))
                                    + ": ask for each alone",
                    table,
                    List.of(),
                    "",
                    visit.here("as", ""),
                    "sallyport policy who-can " + Listings.quoted(visit.parameter("role"))
                            + (visit.parameter("target").isEmpty()
                                    ? ""
                                    : " " + Listings.quoted(visit.parameter("target"))),
                    visit.curl(call)));
        }
        return visit.show(new Sheet("Who can", "", List.of(Cell.link("/policy", "Policy")), List.of(), sections));
    }

    @GetMapping("/policy/replay")
    ResponseEntity<String> replay(Visit visit) {
        List<Field> fields =
                List.of(Field.duration("since", "What was asked in the last"), Field.choice("set", "Decided by", SETS));
        var sections = new ArrayList<Section>();
        sections.add(asking(visit, "/policy/replay", fields, "Decide it again"));
        if (!visit.parameter("since").isEmpty()) {
            boolean first = visit.parameter("after").isEmpty() || visit.wantsFile();
            ApiCall call = ApiCall.post("/policy/replay", first ? whole(visit, fields) : further(visit));
            Doc replay = visit.call(call);
            if (first) {
                sections.add(figures(replay));
            }
            Table table = changes(Table.Sorting.NONE)
                    .empty(first ? "Everything would come out as it did." : "That was all.")
                    .next(
                            replay.has("next") && !visit.wantsFile()
                                    ? visit.here(Map.of(
                                            "after", replay.text("next"),
                                            "from", replay.text("since"),
                                            "hash", replay.text("set")))
                                    : "")
                    .rows(visit.wantsFile() ? all(visit, replay) : replay.list("changes"));
            sections.add(new Section.Listing(
                    "changes",
                    first ? "What would change" : "What else would change",
                    table,
                    List.of(),
                    "",
                    visit.here("as", ""),
                    "sallyport policy replay --since " + Listings.quoted(visit.parameter("since"))
                            + (visit.parameter("set").isEmpty()
                                    ? ""
                                    : " --set " + Listings.quoted(visit.parameter("set"))),
                    visit.curl(call)));
        }
        return visit.show(new Sheet(
                "Replay",
                "Everything that was really asked, decided again by another set.",
                List.of(Cell.link("/policy", "Policy")),
                List.of(),
                sections));
    }

    private static Map<String, Object> whole(Visit visit, List<Field> fields) {
        var body = new LinkedHashMap<>(body(visit, fields));
        Duration back = Durations.parse("since", visit.parameter("since"));
        body.put("since", Instant.now().minus(back).toString());
        return body;
    }

    /** The changes of all parts, as {@code policy replay} lists them. */
    private static List<Doc> all(Visit visit, Doc first) {
        var changes = new ArrayList<>(first.list("changes"));
        Doc part = first;
        while (part.has("next")) {
            part = visit.call(ApiCall.post(
                    "/policy/replay",
                    Map.of("since", first.text("since"), "set", first.text("set"), "after", part.text("next"))));
            changes.addAll(part.list("changes"));
        }
        return changes;
    }

    /** A later part is of the instant and the set of the first, whatever has become of the draft since. */
    private static Map<String, Object> further(Visit visit) {
        return Map.of(
                "since", visit.parameter("from"),
                "set", visit.parameter("hash"),
                "after", visit.parameter("after"));
    }

    private static Section figures(Doc replay) {
        return new Section.Figures(
                "",
                List.of(
                        new Section.Figure("" + replay.number("decided"), "decided again", Cell.nothing()),
                        new Section.Figure("" + replay.number("changed"), "come out otherwise", Cell.nothing()),
                        new Section.Figure("" + replay.number("skipped"), "could not be decided again", Cell.nothing()),
                        new Section.Figure(
                                "" + replay.texts("unused").size(),
                                "rules that matched nothing",
                                Cell.list(replay.texts("unused")))));
    }

    /** A form that only asks: what it asks stands in the address. */
    private static Section asking(Visit visit, String path, List<Field> fields, String button) {
        return new Section.Asking(
                path,
                fields.stream()
                        .map(field -> field.valued(
                                field.name().equals("since")
                                                && visit.parameter("since").isEmpty()
                                        ? Durations.shown(SINCE)
                                        : visit.parameter(field.name())))
                        .toList(),
                button);
    }

    private static Map<String, Object> body(Visit visit, List<Field> fields) {
        var body = new LinkedHashMap<String, Object>();
        for (Field field : fields) {
            if (!visit.parameter(field.name()).isEmpty()) {
                body.put(field.name(), value(field.name(), visit.parameter(field.name())));
            }
        }
        return body;
    }

    private static List<String> names(String given) {
        return Arrays.stream(given.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private static Object value(String name, String given) {
        if (name.endsWith("_groups")) {
            return names(given);
        }
        if (!name.equals("risk")) {
            return given;
        }
        if (!given.matches("\\d{1,3}")) {
            throw InputRefusal.INVALID_VALUE.because("risk: " + Text.quoted(given) + " (expected: 0 to 100)");
        }
        return Integer.valueOf(given);
    }
}
