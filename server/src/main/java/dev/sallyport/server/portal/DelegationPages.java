package dev.sallyport.server.portal;

import dev.sallyport.base.Refusal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who decides in one's place, and in whose place one decides. */
@RestController
final class DelegationPages {
    static List<Section> sections(Visit visit) {
        return List.of(list(visit), new Section.Doing("Let another decide while you are away", List.of(form(visit))));
    }

    private static Section list(Visit visit) {
        PartList part = MePages.part(visit, "delegations");
        ApiCall call = part.asked(ApiCall.get("/delegations"));
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column("Delegation", delegation -> Links.any(delegation.text("id")))
                .sorted(part.byAge())
                .column("State", delegation -> Cell.state(delegation.text("state")))
                .column("Who decides", delegation -> Links.person(delegation.text("to")))
                .column("In place of", delegation -> Links.person(delegation.text("from")))
                .column("From", delegation -> Cell.at(delegation.time("starts_at")))
                .column("Until", delegation -> Cell.at(delegation.time("until")))
                .column("Only", DelegationPages::only)
                .column("Why", delegation -> Cell.words(delegation.text("reason")))
                .column(
                        "",
                        delegation -> delegation.text("state").equals("ended")
                                ? Cell.nothing()
                                : new Cell.Button(Form.of(
                                        "/me/delegations/" + Links.segment(delegation.text("id")) + "/end", "End")))
                .empty("Nobody decides in your place, and you in nobody's.")
                .next(part.next(page))
                .rows(page.items());
        return part.listing(
                "Deciding for others", table, List.of(), "", Listings.cli("sallyport delegations list", call), call);
    }

    @GetMapping("/delegations/{id}")
    ResponseEntity<String> show(Visit visit, @PathVariable String id) {
        ApiCall call = ApiCall.get("/delegations/{}", id);
        Doc delegation = visit.call(call);
        var facts = List.of(
                new Section.Fact("State", Cell.state(delegation.text("state"))),
                new Section.Fact("Who decides", Links.person(delegation.text("to"))),
                new Section.Fact("In place of", Links.person(delegation.text("from"))),
                new Section.Fact("From", Cell.at(delegation.time("starts_at"))),
                new Section.Fact("Until", Cell.at(delegation.time("until"))),
                new Section.Fact("Only", only(delegation)),
                new Section.Fact("Why", Cell.words(delegation.text("reason"))),
                new Section.Fact("Made", Cell.at(delegation.time("created_at"))),
                new Section.Fact("Ended", Cell.at(delegation.time("ended_at"))));
        return visit.show(new Sheet(
                delegation.text("to") + " decides for " + delegation.text("from"),
                id,
                List.of(Cell.link("/me", "Sign-in and factors")),
                List.of(),
                List.of(new Section.Facts("", facts), new Section.Verbatim("The same elsewhere", visit.curl(call)))));
    }

    private static Cell only(Doc delegation) {
        Cell target = delegation.has("target")
                ? Cell.many(Cell.words("on"), Links.target(delegation.text("target")))
                : Cell.nothing();
        return Cell.many(Links.role(delegation.text("role")), target);
    }

    /** As it was filled in, if it was. */
    private static Form form(Visit visit) {
        return Form.of(
                        "/me/delegations",
                        "Hand over",
                        Field.line("to", "Who decides instead").valued(typed(visit, "to")),
                        Field.moment("starts_at", "From")
                                .hinted("your time; empty: now")
                                .optional()
                                .valued(typed(visit, "starts_at")),
                        Field.moment("until", "Until")
                                .hinted("your time; 90 days at most")
                                .valued(typed(visit, "until")),
                        Field.line("role", "Only for this role").optional().valued(typed(visit, "role")),
                        Field.line("target", "Only on this target").optional().valued(typed(visit, "target")),
                        Field.line("reason", "Why").valued(typed(visit, "reason")))
                .danger("Let somebody else decide in your name?");
    }

    /** What a form was sent with; a link fills in nothing. */
    private static String typed(Visit visit, String field) {
        return visit.isSent() ? visit.parameter(field) : "";
    }

    @PostMapping("/me/delegations")
    ResponseEntity<String> handOver(Visit visit) {
        try {
            visit.call(ApiCall.post("/delegations", body(visit)));
        } catch (Refusal refusal) {
            return MePages.refused(visit, refusal, Objects.requireNonNullElse(refusal.hint(), ""));
        }
        return visit.done("/me", Said.HANDED_OVER);
    }

    private static Map<String, Object> body(Visit visit) {
        var body = new LinkedHashMap<String, Object>();
        for (String field : List.of("to", "role", "target", "reason")) {
            if (!visit.parameter(field).isEmpty()) {
                body.put(field, visit.parameter(field));
            }
        }
        for (String field : List.of("starts_at", "until")) {
            visit.instant(field).ifPresent(at -> body.put(field, at));
        }
        return body;
    }

    @PostMapping("/me/delegations/{id}/end")
    ResponseEntity<String> end(Visit visit, @PathVariable String id) {
        return visit.does(ApiCall.bare("POST", "/delegations/{}/end", id), "/me", Said.ENDED);
    }
}
