package dev.sallyport.server.portal;

import dev.sallyport.base.InputRefusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Requests: one's own, all, those to decide, and each by itself. */
@RestController
final class RequestPages {
    /** Requests to decide on one page, each with what approvers want to know. */
    private static final int DECIDE = 20;

    /** The field of a form that has a tick for each item: then no tick is none, not all. */
    static final String APART = "apart";

    /** The field of each of those ticks. */
    static final String ITEM = "item";

    @GetMapping("/requests")
    ResponseEntity<String> list(Visit visit) {
        visit.follow();
        boolean mayAll = visit.caller().rights().contains("request.read-all");
        String view = visit.parameter("view").isEmpty() ? "mine" : visit.parameter("view");
        ApiCall call = Listings.asked(
                visit, ApiCall.get("/requests").with("view", view), "state", "requester", "role", "target");
        Doc page = visit.call(call);
        Table table = RequestViews.table(visit, page.items(), "Nothing was asked for yet.", Listings.next(visit, page));
        var filters = new ArrayList<Field>();
        if (mayAll) {
            filters.add(Listings.choice(
                    visit,
                    "view",
                    "Whose",
                    Listings.ordered("mine", "Mine", "all", "Everybody's", "to-decide", "Waiting for me")));
        }
        filters.add(Listings.choice(
                visit,
                "state",
                "State",
                Listings.ordered(
                        "",
                        "Any",
                        "pending",
                        "Pending",
                        "approved",
                        "Approved",
                        "denied",
                        "Denied",
                        "expired",
                        "Expired",
                        "withdrawn",
                        "Withdrawn")));
        if (!view.equals("mine")) {
            filters.add(Listings.filter(visit, "requester", "Who asked"));
        }
        filters.add(Listings.filter(visit, "role", "Role"));
        filters.add(Listings.filter(visit, "target", "Target"));
        return visit.show(
                Sheet.of(
                                "Requests",
                                Listings.of(
                                        visit,
                                        "requests",
                                        table,
                                        filters,
                                        Live.REQUEST,
                                        "sallyport requests" + (view.equals("mine") ? "" : " --" + view),
                                        call))
                        .head(Cell.link("/ask", "Ask for access")),
                "requests",
                table);
    }

    @GetMapping("/requests/{id}")
    ResponseEntity<String> show(Visit visit, @PathVariable String id) {
        visit.follow();
        Doc request = visit.call(ApiCall.get("/requests/{}", id));
        var facts = new ArrayList<Section>();
        facts.add(RequestViews.facts(request));
        request.list("items").forEach(item -> facts.add(RequestViews.item(item)));
        var head = new ArrayList<Cell>();
        head.add(Cell.link("/requests/" + Links.segment(id) + "/explanation", "Why"));
        if (visit.may(ApiCall.get("/audit/events"))) {
            head.add(Cell.link("/requests/" + Links.segment(id) + "/story", "The whole story"));
        }
        return visit.show(new Sheet(
                        String.join(", ", RequestViews.what(request)),
                        id,
                        List.of(Cell.link("/requests", "Requests")),
                        head,
                        List.of(
                                new Section.Part("facts", facts),
                                Section.Part.of("doing", new Section.Doing("", doings(request)))))
                .following(visit, Live.REQUEST + "," + Live.GRANT));
    }

    /** Why it was decided so; rule by rule for those who may read policies. */
    @GetMapping("/requests/{id}/explanation")
    ResponseEntity<String> explain(Visit visit, @PathVariable String id) {
        Doc explained = visit.call(ApiCall.get("/requests/{}/explanation", id));
        var sections = new ArrayList<Section>();
        for (Doc item : explained.list("items")) {
            sections.addAll(RequestViews.explanation(item));
        }
        return visit.show(new Sheet(
                "Why", id, List.of(Links.request(id), Cell.link("/requests", "Requests")), List.of(), sections));
    }

    private static List<Form> doings(Doc request) {
        var forms = new ArrayList<Form>();
        String path = "/requests/" + Links.segment(request.text("id"));
        List<String> may = request.texts("may");
        if (may.contains("withdraw")) {
            forms.add(Form.of(path + "/withdraw", "Withdraw"));
        }
        if (may.contains("approve")) {
            forms.add(said(
                            request,
                            "approve",
                            "Approve",
                            Field.line("comment", "Comment").optional(),
                            Field.duration("duration", "Shorter than asked").optional())
                    .primary());
        }
        if (may.contains("deny")) {
            forms.add(said(request, "deny", "Deny", Field.line("comment", "Why not"))
                    .danger(""));
        }
        return forms;
    }

    /** A form that decides; where several items wait for the reader, each can be left out. */
    private static Form said(Doc request, String verdict, String button, Field... asked) {
        var fields = new ArrayList<Field>();
        List<Doc> apart = RequestViews.apart(request, verdict);
        if (!apart.isEmpty()) {
            fields.add(Field.hidden(APART, "true"));
            apart.forEach(item -> fields.add(new Field(
                    ITEM,
                    RequestViews.itemName(item),
                    Field.Kind.TICKED,
                    item.text("id"),
                    item.text("starts_at"),
                    false,
                    List.of())));
        }
        fields.addAll(List.of(asked));
        return new Form("/requests/" + Links.segment(request.text("id")) + "/" + verdict, fields, button, "", "");
    }

    @PostMapping("/requests/{id}/withdraw")
    ResponseEntity<String> withdraw(Visit visit, @PathVariable String id) {
        return visit.does(
                ApiCall.bare("POST", "/requests/{}/withdraw", id), "/requests/" + Links.segment(id), Said.WITHDRAWN);
    }

    @PostMapping("/requests/{id}/{verdict:approve|deny}")
    ResponseEntity<String> decide(Visit visit, @PathVariable String id, @PathVariable String verdict) {
        String next = visit.parameter("next").equals("decide") ? "/decide" : "/requests/" + Links.segment(id);
        return visit.does(
                decision(visit, id, verdict, items(visit)),
                next,
                verdict.equals("approve") ? Said.APPROVED : Said.DENIED);
    }

    /** The items that are ticked; nothing for all of them, where the form has no ticks. */
    private static List<String> items(Visit visit) {
        List<String> ticked = visit.parameters(ITEM);
        if (ticked.isEmpty() && !visit.parameter(APART).isEmpty()) {
            throw InputRefusal.INVALID_VALUE.because("item: none is ticked (expected: at least one to decide)");
        }
        return ticked;
    }

    /** @param items those that are decided; all that may be, if there are none */
    private static ApiCall decision(Visit visit, String id, String verdict, List<String> items) {
        var body = new LinkedHashMap<String, Object>();
        if (!items.isEmpty()) {
            body.put("items", items);
        }
        for (String field : List.of("comment", "duration")) {
            if (!visit.parameter(field).isEmpty()) {
                body.put(field, visit.parameter(field));
            }
        }
        return new ApiCall(
                "POST",
                "/requests/" + Links.segment(id) + "/" + verdict,
                Map.of(),
                java.util.Optional.of(body),
                Map.of());
    }

    @GetMapping("/decide")
    ResponseEntity<String> waiting(Visit visit) {
        visit.follow();
        ApiCall call = ApiCall.get("/requests")
                .with("view", "to-decide")
                .with("limit", Integer.toString(DECIDE))
                .with("after", visit.parameter("after"));
        Doc page = visit.call(call);
        List<Doc> requests = page.items().stream()
                .map(request -> visit.call(ApiCall.get("/requests/{}", request.text("id"))))
                .toList();
        return visit.show(
                "decide", Map.of("requests", requests, "next", Listings.next(visit, page), "curl", visit.curl(call)));
    }

    /** Several at once, each by itself. */
    @PostMapping("/decide")
    ResponseEntity<String> bulk(Visit visit) {
        String verdict = visit.parameter("verdict").equals("approve") ? "approve" : "deny";
        List<String> ids = visit.parameters("id");
        int all = ids.size() + visit.parameters(BulkDecision.DONE).size();
        if (all > DECIDE) {
            throw InputRefusal.INVALID_VALUE.because("id: " + all + " at once (expected: at most " + DECIDE + ")");
        }
        return new BulkDecision(visit, id -> decision(visit, id, verdict, List.of())).of(ids);
    }
}
