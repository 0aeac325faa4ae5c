package dev.sallyport.server.portal;

import dev.sallyport.base.Durations;
import dev.sallyport.server.portal.Section.Fact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** How requests are shown. */
final class RequestViews {
    private RequestViews() {}

    static Table table(Visit visit, List<Doc> requests, String empty, String next) {
        return Table.ofDocs()
                .column("Request", request -> Links.request(request.text("id")))
                .column("State", RequestViews::state)
                .column("Who", request -> Links.person(request.text("requester")))
                .column("What", request -> Cell.list(what(request)))
                .column("For", request -> Cell.words(duration(request, "requested_duration")))
                .column("Why", request -> Cell.words(request.text("reason")))
                .column("Asked", request -> Cell.ago(request.time("created_at")))
                .sorted(Listings.byAge(visit))
                .column(
                        "Expires",
                        request -> request.text("state").equals("pending")
                                ? Cell.left(request.time("expires_at"))
                                : Cell.nothing())
                .sorted(Listings.byDue(visit))
                .empty(empty)
                .next(next)
                .rows(requests);
    }

    static Cell state(Doc request) {
        Cell state = Cell.state(request.text("state"));
        return request.is("break_glass") ? Cell.many(state, Cell.state("break-glass")) : state;
    }

    /** Each item as role on target. */
    static List<String> what(Doc request) {
        var windows = new LinkedHashMap<String, Integer>();
        request.list("items").forEach(item -> windows.merge(itemName(item), 1, Integer::sum));
        return windows.entrySet().stream()
                .map(entry -> entry.getKey() + (entry.getValue() > 1 ? ", " + entry.getValue() + " windows" : ""))
                .toList();
    }

    static String itemName(Doc item) {
        return item.text("role") + " on " + item.text("target");
    }

    /** The items about which the reader may say a word each; nothing where there is only one. */
    static List<Doc> apart(Doc request, String verdict) {
        List<Doc> theirs = request.list("items").stream()
                .filter(item -> item.texts("may").contains(verdict))
                .toList();
        return theirs.size() > 1 ? theirs : List.of();
    }

    static String duration(Doc doc, String path) {
        return doc.duration(path).map(Durations::shown).orElse("");
    }

    /** What is asked for, by whom, why. */
    static Section facts(Doc request) {
        var facts = new ArrayList<Fact>();
        facts.add(new Fact("State", state(request)));
        facts.add(new Fact("Asked by", Links.person(request.text("requester"))));
        facts.add(new Fact("Why", Cell.words(request.text("reason"))));
        if (request.has("ticket")) {
            facts.add(new Fact("Ticket", Cell.code(request.text("ticket"))));
        }
        facts.add(new Fact("For", Cell.words(duration(request, "requested_duration"))));
        if (request.has("starts_at")) {
            facts.add(new Fact("From", Cell.at(request.time("starts_at"))));
        }
        if (request.has("extends")) {
            facts.add(new Fact("More time for", Links.grant(request.text("extends"))));
        }
        facts.add(new Fact("Asked", Cell.at(request.time("created_at"))));
        if (request.text("state").equals("pending")) {
            facts.add(new Fact("Expires if nobody decides", Cell.left(request.time("expires_at"))));
        }
        return new Section.Facts("", facts);
    }

    /** One item: what it opens, whose word it waits for, how risky it is, and why it was decided as it was. */
    static Section item(Doc item) {
        var facts = new ArrayList<Fact>();
        facts.add(new Fact("State", Cell.state(item.text("state"))));
        if (item.has("starts_at")) {
            facts.add(new Fact("From", Cell.at(item.time("starts_at"))));
        }
        if (item.has("grant")) {
            facts.add(new Fact("Grant", Links.grant(item.text("grant"))));
        }
        facts.add(new Fact("Opens", Cell.words(gives(item.at("gives")))));
        String obligations = obligations(item.at("decision.obligations"));
        if (!obligations.isEmpty()) {
            facts.add(new Fact("With", Cell.words(obligations)));
        }
        for (Doc stage : item.list("decision.stages")) {
            facts.add(new Fact("Stage " + stage.number("stage"), stage(stage)));
        }
        for (Doc word : item.list("decision.approvals")) {
            facts.add(new Fact(
                    word.text("verdict").equals("approve") ? "Approved by" : "Denied by",
                    Cell.many(
                            Cell.words(word.text("by")
                                    + (word.has("for") ? " for " + word.text("for") : "")
                                    + (word.has("comment") ? ": " + word.text("comment") : "")),
                            Cell.ago(word.time("at")))));
        }
        if (item.has("background.risk")) {
            Doc risk = item.at("background.risk");
            facts.add(new Fact("Risk", new Cell.Meter((int) risk.number("points"))));
            for (Doc reason : risk.list("reasons")) {
                facts.add(new Fact("+" + reason.number("points"), Cell.words(reason.text("why"))));
            }
        }
        if (item.has("background")) {
            facts.add(new Fact("Before", Cell.words(background(item.at("background")))));
        }
        for (String sentence : item.texts("decision.explanation")) {
            facts.add(new Fact("Because", Cell.words(sentence)));
        }
        return new Section.Facts(itemName(item), facts);
    }

    /** What was said to an item, when it was asked for and at its last word, and by which rules. */
    static List<Section> explanation(Doc item) {
        var sections = new ArrayList<Section>();
        sections.add(new Section.Facts(itemName(item), said(item)));
        traced(sections, "Rule by rule, when it was asked for", item);
        if (item.has("last_word")) {
            Doc last = item.at("last_word");
            var facts = new ArrayList<>(List.of(new Section.Fact("When", Cell.at(last.time("at")))));
            facts.addAll(said(last));
            sections.add(new Section.Facts("At the last word", facts));
            traced(sections, "Rule by rule, at the last word", last);
        }
        if (item.has("facts")) {
            sections.add(new Section.Verbatim(
                    "What it was decided on", item.at("facts").json().toPrettyString()));
        }
        return sections;
    }

    private static List<Section.Fact> said(Doc decided) {
        var facts = new ArrayList<Section.Fact>();
        facts.add(new Section.Fact("Decision", Shown.effect(decided)));
        decided.texts("explanation").forEach(said -> facts.add(new Section.Fact("Because", Cell.words(said))));
        if (decided.has("set")) {
            facts.add(new Section.Fact("By the set", PolicyPages.set(decided.text("set"))));
        }
        return facts;
    }

    private static void traced(List<Section> sections, String title, Doc decided) {
        if (!decided.texts("trace").isEmpty()) {
            sections.add(new Section.Verbatim(title, String.join("\n", decided.texts("trace"))));
        }
    }

    static String background(Doc background) {
        String held = background.number("held") == 0
                ? "Has not held it in 90 days"
                : "Has held it " + background.number("held") + " times in 90 days";
        String denied =
                background.number("denied") == 0 ? "" : ", was denied it " + background.number("denied") + " times";
        List<String> others = background.texts("held_by");
        return held + denied + ". "
                + (others.isEmpty() ? "Nobody holds it now." : "Held now by " + String.join(", ", others) + ".");
    }

    static String gives(Doc gives) {
        var parts = new ArrayList<String>();
        if (!gives.texts("logins").isEmpty()) {
            parts.add("login as " + String.join(", ", gives.texts("logins")));
        }
        if (!gives.texts("rights").isEmpty()) {
            parts.add("rights " + String.join(", ", gives.texts("rights")));
        }
        return parts.isEmpty() ? "nothing by itself" : String.join("; ", parts);
    }

    static String obligations(Doc obligations) {
        var parts = new ArrayList<String>();
        if (obligations.text("access").equals("gateway")) {
            parts.add("through the gateway, recorded (" + obligations.text("recording") + ")");
        }
        if (obligations.is("supervised")) {
            parts.add("somebody must watch");
        }
        if (obligations.has("mfa_within")) {
            parts.add("a second factor within " + duration(obligations, "mfa_within"));
        }
        if (!obligations.texts("notified").isEmpty()) {
            parts.add("told to " + String.join(", ", obligations.texts("notified")));
        }
        if (obligations.is("post_review")) {
            parts.add("reviewed afterwards");
        }
        return String.join("; ", parts);
    }

    /** Any of these may say the word of a stage. */
    static String whose(Doc stage) {
        if (stage.has("service")) {
            return "the service " + stage.text("service");
        }
        String groups = String.join(", ", stage.texts("groups"));
        String people = String.join(", ", stage.texts("people"));
        return people.isEmpty() ? groups : groups.isEmpty() ? people : groups + " or " + people;
    }

    private static Cell stage(Doc stage) {
        String words = stage.number("given") + " of " + stage.number("needed") + " by " + whose(stage);
        if (stage.has("untold")) {
            words += ". " + stage.text("untold");
        }
        Cell escalates = stage.has("escalates_at") && stage.text("state").equals("open")
                ? Cell.many(Cell.words("escalates"), Cell.ago(stage.time("escalates_at")))
                : Cell.nothing();
        return Cell.many(Cell.state(stage.text("state")), Cell.words(words), escalates);
    }
}
