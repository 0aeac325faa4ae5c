package dev.sallyport.server.portal;

import dev.sallyport.server.portal.Section.Fact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What is granted: one's own, everybody's, and each by itself with its leases. */
@RestController
final class GrantPages {
    private static final String REVOKE = "grant.revoke";

    @GetMapping("/grants")
    ResponseEntity<String> list(Visit visit) {
        visit.follow();
        boolean mayAll = visit.caller().rights().contains("grant.read-all");
        String view = visit.parameter("view").isEmpty() ? (mayAll ? "all" : "mine") : visit.parameter("view");
        String state = visit.parameter("state").isEmpty() ? "active" : visit.parameter("state");
        ApiCall call = Listings.asked(visit, ApiCall.get("/grants").with("view", view), "identity", "target", "role");
        call = state.equals("any") ? call : call.with("state", state);
        Doc page = visit.call(call);
        Table table = table(page.items(), Listings.next(visit, page), Listings.byAge(visit), Listings.byDue(visit));
        var filters = new ArrayList<Field>();
        if (mayAll) {
            filters.add(
                    Listings.choice(visit, "view", "Whose", Listings.ordered("all", "Everybody's", "mine", "Mine")));
            filters.add(Listings.filter(visit, "identity", "Person"));
        }
        filters.add(Listings.filter(visit, "target", "Target"));
        filters.add(Listings.filter(visit, "role", "Role"));
        filters.add(Listings.choice(visit, "state", "State", STATES));
        ApiCall shown = call;
        return visit.show(
                Sheet.of(
                        "Active access",
                        Listings.of(
                                visit,
                                "grants",
                                table,
                                filters,
                                Live.GRANT,
                                "sallyport grants" + (view.equals("all") ? " --all" : ""),
                                shown)),
                "grants",
                table);
    }

    private static final Map<String, String> STATES = Listings.ordered(
            "active", "Active", "scheduled", "Scheduled", "ending", "Ending", "ended", "Ended", "any", "Any");

    /**
     * Those of a person, on a target or of a role, as a part of its page.
     *
     * @param by the filter of the API that says which, such as {@code target}
     */
    static Section part(Visit visit, String by, String name) {
        var part = new PartList(visit, "grants");
        String state = part.value("state").isEmpty() ? "active" : part.value("state");
        ApiCall call = part.asked(ApiCall.get("/grants").with("view", "all"), "identity", "target", "role")
                .with(by, name)
                .with("state", state.equals("any") ? "" : state);
        Doc page = visit.call(call);
        Table table = table(page.items(), part.next(page), part.byAge(), part.byDue());
        var filters = new ArrayList<Field>();
        Listings.ordered("identity", "Person", "target", "Target", "role", "Role")
                .forEach((filter, label) -> {
                    if (!filter.equals(by)) {
                        filters.add(part.filter(filter, label));
                    }
                });
        filters.add(part.choice("state", "State", STATES));
        return part.listing(
                state.equals("active") ? "Held now" : "Granted",
                table,
                filters,
                Live.GRANT,
                Listings.cli("sallyport grants --all", call),
                call);
    }

    private static Table table(List<Doc> grants, String next, Table.Sorting byAge, Table.Sorting byEnd) {
        return Table.ofDocs()
                .column("Grant", grant -> Links.grant(grant.text("id")))
                .sorted(byAge)
                .column("Who", grant -> Links.person(grant.text("identity")))
                .column("Role", grant -> Links.role(grant.text("role")))
                .column("Target", grant -> Links.target(grant.text("target")))
                .column("State", grant -> Cell.state(grant.text("state")))
                .column(
                        "Ends",
                        grant -> grant.has("ended_at")
                                ? Cell.many(Cell.ago(grant.time("ended_at")), Cell.words(grant.text("end_reason")))
                                : grant.text("state").equals("scheduled")
                                        ? Cell.many(Cell.words("starts"), Cell.ago(grant.time("starts_at")))
                                        : Cell.left(grant.time("ends_at")))
                .sorted(byEnd)
                .empty("Nobody holds anything here: that is how it should be.")
                .next(next)
                .rows(grants);
    }

    @GetMapping("/grants/{id}")
    ResponseEntity<String> show(Visit visit, @PathVariable String id) {
        visit.follow();
        Doc grant = visit.call(ApiCall.get("/grants/{}", id));
        var facts = new ArrayList<Fact>();
        facts.add(new Fact("State", Cell.state(grant.text("state"))));
        facts.add(new Fact("Who", Links.person(grant.text("identity"))));
        facts.add(new Fact("Role", Links.role(grant.text("role"))));
        facts.add(new Fact("Target", Links.target(grant.text("target"))));
        facts.add(new Fact("Asked for in", Links.request(grant.text("request"))));
        facts.add(new Fact("Starts", Cell.at(grant.time("starts_at"))));
        facts.add(new Fact(
                "Ends",
                Cell.many(
                        Cell.at(grant.time("ends_at")),
                        isOver(grant) ? Cell.nothing() : Cell.left(grant.time("ends_at")))));
        if (grant.has("ended_at")) {
            facts.add(new Fact(
                    "Ended",
                    Cell.many(
                            Cell.at(grant.time("ended_at")),
                            Cell.words(grant.text("end_reason")),
                            Cell.words(grant.text("end_comment")))));
        }
        facts.add(new Fact("Way in", Cell.words(grant.text("access"))));
        if (!isOver(grant) && !grant.texts("logins").isEmpty()) {
            facts.add(new Fact("On the command line", Cell.code(command(grant))));
        }
        for (String incident : grant.texts("incidents")) {
            facts.add(new Fact("Because of", Links.incident(incident)));
        }
        Table leases = Table.ofDocs()
                .column("Lease", lease -> Links.lease(lease.text("id")))
                .column("State", lease -> Cell.state(lease.is("stuck") ? "stuck" : lease.text("state")))
                .column("Kind", lease -> Cell.words(lease.text("kind")))
                .column("Can be cut", lease -> Cell.words(lease.text("cut")))
                .column("Made", lease -> Cell.ago(lease.time("issued_at")))
                .column("Dies by itself", lease -> Cell.at(lease.time("expires_at")))
                .column("Last error", lease -> Cell.words(lease.text("last_error")))
                .empty("No credential was made for it.")
                .rows(grant.list("leases"));
        return visit.show(new Sheet(
                        grant.text("role") + " on " + grant.text("target"),
                        id,
                        List.of(Cell.link("/grants", "Active access")),
                        List.of(),
                        List.of(
                                Section.Part.of("facts", new Section.Facts("", facts)),
                                Section.Part.of("doing", new Section.Doing("", doings(visit, grant))),
                                Section.Part.of(
                                        "credentials",
                                        new Section.Listing(
                                                "leases",
                                                "Credentials",
                                                leases,
                                                List.of(),
                                                "",
                                                visit.path(),
                                                "sallyport show " + id,
                                                visit.curl(ApiCall.get("/grants/{}", id))))))
                .following(visit, Live.GRANT));
    }

    @GetMapping("/leases/{id}")
    ResponseEntity<String> lease(Visit visit, @PathVariable String id) {
        ApiCall call = ApiCall.get("/leases/{}", id);
        Doc lease = visit.call(call);
        var facts = new ArrayList<Fact>();
        facts.add(new Fact("State", Cell.state(lease.is("stuck") ? "stuck" : lease.text("state"))));
        facts.add(new Fact("Made for", Links.grant(lease.text("grant"))));
        facts.add(new Fact("Target", Links.target(lease.text("target"))));
        facts.add(new Fact("Kind", Cell.words(lease.text("kind"))));
        facts.add(new Fact("Serial", Cell.code(lease.text("serial"))));
        facts.add(new Fact("Can be cut", Cell.words(lease.text("cut"))));
        facts.add(new Fact("Made", Cell.at(lease.time("issued_at"))));
        facts.add(new Fact("Dies by itself", Cell.at(lease.time("expires_at"))));
        facts.add(new Fact("Confirmed as gone", Cell.at(lease.time("closed_at"))));
        facts.add(new Fact("Attempts to close", Cell.words(lease.text("attempts"))));
        facts.add(new Fact("Last error", Cell.words(lease.text("last_error"))));
        return visit.show(new Sheet(
                "A credential on " + lease.text("target"),
                id,
                List.of(
                        Cell.link("/grants", "Active access"),
                        Cell.link("/grants/" + Links.segment(lease.text("grant")), lease.text("grant"))),
                List.of(),
                List.of(
                        new Section.Facts("", facts),
                        new Section.Verbatim("The same elsewhere", "sallyport show " + id + "\n" + visit.curl(call)))));
    }

    /** How one gets in with it. */
    static String command(Doc grant) {
        return "sallyport ssh " + grant.texts("logins").getFirst() + "@" + grant.text("target");
    }

    private static boolean isOver(Doc grant) {
        return grant.text("state").equals("ended") || grant.text("state").equals("ending");
    }

    private static List<Form> doings(Visit visit, Doc grant) {
        var forms = new ArrayList<Form>();
        if (isOver(grant)) {
            return forms;
        }
        String path = "/grants/" + Links.segment(grant.text("id"));
        boolean mine = grant.text("identity").equals(visit.caller().name());
        if (TerminalPages.fits(visit, grant)) {
            forms.addAll(TerminalPages.forms(grant));
        }
        if (mine) {
            forms.add(Form.of(path + "/return", "Give it back"));
            forms.add(Form.of(
                    path + "/extend",
                    "Ask for more time",
                    Field.duration("duration", "How much more"),
                    Field.line("reason", "Why"),
                    Field.line("ticket", "Ticket").optional()));
        }
        if (visit.caller().rights().contains(REVOKE)) {
            forms.add(Form.of(path + "/revoke", "Revoke", Field.line("reason", "Why"))
                    .danger("End this access of " + grant.text("identity") + " now, open sessions included?"));
        }
        return forms;
    }

    @PostMapping("/grants/{id}/return")
    ResponseEntity<String> giveBack(Visit visit, @PathVariable String id) {
        return visit.does(
                ApiCall.bare("POST", "/grants/{}/return", id),
                visit.parameter("next").equals("home") ? "/" : "/grants/" + Links.segment(id),
                Said.RETURNED);
    }

    @PostMapping("/grants/{id}/extend")
    ResponseEntity<String> extend(Visit visit, @PathVariable String id) {
        var body = new LinkedHashMap<String, Object>();
        for (String field : List.of("duration", "reason", "ticket")) {
            if (!visit.parameter(field).isEmpty()) {
                body.put(field, visit.parameter(field));
            }
        }
        return visit.does(ApiCall.post("/grants/{}/extend", body, id), "/grants/" + Links.segment(id), Said.EXTENDED);
    }

    @PostMapping("/grants/{id}/revoke")
    ResponseEntity<String> revoke(Visit visit, @PathVariable String id) {
        return visit.does(
                ApiCall.post("/grants/{}/revoke", Map.of("reason", visit.parameter("reason")), id),
                "/grants/" + Links.segment(id),
                Said.REVOKED);
    }
}
