package dev.sallyport.server.portal;

import dev.sallyport.base.Durations;
import dev.sallyport.server.portal.Section.Chapter;
import dev.sallyport.server.portal.Section.Fact;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** The audit log: searched, one event in full, and everything about one request as a story. */
@RestController
final class AuditPages {
    private static final int DATA_SHOWN = 160;

    @GetMapping("/audit")
    ResponseEntity<String> search(Visit visit) {
        ApiCall call = Listings.asked(
                visit,
                ApiCall.get("/audit/events")
                        .with("since", moment(visit, "since"))
                        .with("until", moment(visit, "until")),
                "actor",
                "activity",
                "outcome",
                "target",
                "request",
                "grant",
                "lease",
                "session");
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column("When", event -> Cell.at(event.time("time")))
                .sorted(Listings.byAge(visit))
                .column(
                        "Event",
                        event -> new Cell.Link(
                                "/audit/" + Links.segment(event.text("id")), event.text("activity"), false))
                .column("Who", event -> Links.person(event.text("actor.name")))
                .column("Outcome", event -> Cell.state(event.text("outcome")))
                .column("About", AuditPages::about)
                .column("From", event -> Cell.code(event.text("source_address")))
                .empty("No event matches.")
                .next(Listings.next(visit, page))
                .rows(page.items());
        List<Field> filters = List.of(
                Listings.filter(visit, "actor", "Who"),
                Listings.filter(visit, "activity", "Event"),
                Listings.choice(
                        visit,
                        "outcome",
                        "Outcome",
                        Listings.ordered("", "Any", "success", "Success", "refused", "Refused", "failure", "Failure")),
                Listings.filter(visit, "target", "Target"),
                Listings.filter(visit, "request", "Request"),
                Listings.filter(visit, "grant", "Grant"),
                Listings.filter(visit, "lease", "Lease"),
                Listings.filter(visit, "session", "Session"),
                Listings.filter(visit, "since", "Since (such as 1d or 2026-11-26T08:00:00Z)"),
                Listings.filter(visit, "until", "Until (such as 2h or 2026-11-26T09:00:00Z)"));
        return visit.show(
                Sheet.of("Audit", Listings.of(visit, "events", table, filters, "", "sallyport audit search", call))
                        .lead("Everything that was done, and by whom. Nobody can change it, not even the server."),
                "audit",
                table);
    }

    /** A time as the API reads it; also as long ago as a duration says. */
    private static String moment(Visit visit, String name) {
        String said = visit.parameter(name);
        if (said.isEmpty() || said.contains("T") && said.endsWith("Z")) {
            return said;
        }
        return Instant.now().minus(Durations.parse(name, said)).toString();
    }

    private static Cell about(Doc event) {
        var cells = new ArrayList<Cell>();
        for (String kind : List.of("request", "grant", "session")) {
            if (event.has("correlation." + kind)) {
                cells.add(Links.any(event.text("correlation." + kind)));
            }
        }
        if (!cells.isEmpty()) {
            return new Cell.Many(cells.subList(0, 1));
        }
        // what is changed in the catalogue is said by its kind and name
        return Cell.words(
                event.has("data.name")
                        ? (event.text("data.kind") + " " + event.text("data.name")).strip()
                        : event.text("target"));
    }

    @GetMapping("/audit/{id}")
    ResponseEntity<String> show(Visit visit, @PathVariable String id) {
        Doc event = visit.call(ApiCall.get("/audit/events/{}", id));
        var facts = new ArrayList<Fact>();
        facts.add(new Fact("Happened", Cell.at(event.time("time"))));
        facts.add(new Fact("Recorded", Cell.at(event.time("recorded_at"))));
        facts.add(new Fact(
                "Who", Cell.many(Links.person(event.text("actor.name")), Links.any(event.text("actor.person")))));
        facts.add(new Fact("Outcome", Cell.state(event.text("outcome"))));
        facts.add(new Fact("From", Cell.code(event.text("source_address"))));
        facts.add(new Fact("Class", Cell.words(event.text("class"))));
        for (Map.Entry<String, JsonNode> entry : event.at("correlation").json().properties()) {
            facts.add(new Fact(entry.getKey(), Links.any(new Doc(entry.getValue()).text())));
        }
        for (Map.Entry<String, JsonNode> entry : event.at("data").json().properties()) {
            facts.add(new Fact(entry.getKey(), value(entry.getValue())));
        }
        facts.add(new Fact("Told by", Cell.code(event.text("source") + " #" + event.text("source_sequence"))));
        facts.add(new Fact("Leaf hash", Cell.code(event.text("leaf_hash"))));
        return visit.show(new Sheet(
                event.text("activity"),
                id,
                List.of(Cell.link("/audit", "Audit")),
                List.of(),
                List.of(new Section.Facts("", facts))));
    }

    private static Cell value(JsonNode value) {
        if (value.isArray() && value.values().stream().allMatch(JsonNode::isValueNode)) {
            List<String> texts =
                    value.values().stream().map(one -> new Doc(one).text()).toList();
            return texts.stream().anyMatch(Links::isId)
                    ? new Cell.Many(texts.stream().map(Links::any).toList())
                    : Cell.list(texts);
        }
        if (!value.isValueNode()) {
            return Cell.words(value.toString());
        }
        String text = new Doc(value).text();
        return Links.isId(text) ? Links.any(text) : Cell.words(text);
    }

    @GetMapping("/requests/{id}/story")
    ResponseEntity<String> story(Visit visit, @PathVariable String id) {
        Doc request = visit.call(ApiCall.get("/requests/{}", id));
        return visit.show(new Sheet(
                "The story of " + String.join(", ", RequestViews.what(request)),
                id,
                List.of(Cell.link("/requests", "Requests"), new Cell.Link("/requests/" + Links.segment(id), id, true)),
                List.of(),
                List.of(
                        RequestViews.facts(request),
                        told(visit, id),
                        new Section.Verbatim(
                                "The same elsewhere",
                                "sallyport audit search --request " + id + "\n" + visit.curl(events(id))))));
    }

    private static ApiCall events(String request) {
        return ApiCall.get("/audit/events").with("request", request);
    }

    /** Everything about a request, in its order. */
    static Section told(Visit visit, String request) {
        List<Doc> events = Listings.all(visit, events(request).with("order", "oldest")).stream()
                .sorted(Comparator.comparing(event -> event.time("time").orElseThrow()))
                .toList();
        Map<String, String> names = names(events);
        return new Section.Story(
                "What happened",
                events.stream().map(event -> chapter(event, names)).toList());
    }

    /** Who is known by name, by id: those who did something, which for a request is nearly everybody in its story. */
    private static Map<String, String> names(List<Doc> events) {
        return events.stream()
                .filter(event -> event.has("actor.person") && event.has("actor.name"))
                .collect(Collectors.toMap(
                        event -> event.text("actor.person"), event -> event.text("actor.name"), (_, later) -> later));
    }

    private static Chapter chapter(Doc event, Map<String, String> names) {
        Cell.Tone tone = event.text("outcome").equals("success") ? Cell.Tone.GOOD : Cell.Tone.BAD;
        Cell activity = Cell.link("/audit/" + Links.segment(event.text("id")), event.text("activity"));
        Instant at = event.time("time").orElseThrow();
        return Sentences.of(event, names)
                .map(sentence -> new Chapter(at, tone, sentence, activity))
                .orElseGet(() -> new Chapter(at, tone, named(event, activity), Cell.words(data(event))));
    }

    private static Cell named(Doc event, Cell activity) {
        String by = event.text("actor.name");
        return Cell.many(activity, Cell.words(by.isEmpty() ? "" : "by " + by));
    }

    private static String data(Doc event) {
        String data = event.at("data").json().properties().stream()
                .filter(entry ->
                        entry.getValue().isValueNode() && !entry.getValue().isNull())
                .map(entry -> entry.getKey().replace('_', ' ') + ": " + new Doc(entry.getValue()).text())
                .collect(Collectors.joining(", "));
        return data.length() > DATA_SHOWN ? data.substring(0, DATA_SHOWN) + " …" : data;
    }
}
