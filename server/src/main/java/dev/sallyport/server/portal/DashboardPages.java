package dev.sallyport.server.portal;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** What is going on, in numbers that lead to what they count: for those on call, those in charge, and those who run it. */
@RestController
final class DashboardPages {
    private static final int MOST = 200;
    private static final int DAYS = 30;

    /** What is drawn for those in charge: activities, and what they are called. */
    private static final Map<String, String> DRAWN = drawn();

    private static Map<String, String> drawn() {
        var names = new LinkedHashMap<String, String>();
        names.put("request.created", "requests");
        names.put("request.approved", "approvals");
        names.put("request.denied", "denials");
        names.put("request.expired", "requests that expired");
        names.put("break-glass.used", "emergencies");
        names.put("session.opened", "sessions");
        names.put("grant.ending", "accesses ended");
        names.put("finding.opened", "findings");
        return names;
    }

    @GetMapping("/dashboard")
    ResponseEntity<String> onCall(Visit visit) {
        visit.follow();
        var now = new ArrayList<Section.Figure>();
        count(
                visit,
                now,
                "open sessions",
                ApiCall.get("/sessions").with("live", "true").with("view", "all"),
                "/sessions?live=true");
        count(
                visit,
                now,
                "active grants",
                ApiCall.get("/grants").with("view", "all").with("state", "active"),
                "/grants");
        count(
                visit,
                now,
                "ending, not yet confirmed",
                ApiCall.get("/grants").with("view", "all").with("state", "ending"),
                "/grants?state=ending");
        var owed = new ArrayList<Section.Figure>();
        boolean all = visit.caller().rights().contains("incident.read");
        ApiCall incidents = ApiCall.get("/incidents").with("state", "open");
        count(
                visit,
                owed,
                all ? "open incidents" : "open incidents of yours",
                all ? incidents.with("view", "all") : incidents,
                all ? "/incidents?view=all" : "/incidents");
        count(visit, owed, "open findings", ApiCall.get("/findings"), "/findings");
        count(visit, owed, "reviews owed", ApiCall.get("/reviews"), "/reviews");
        undelivered(visit, owed);
        var sections = new ArrayList<Section>();
        sections.add(live(visit, "Now", now, "session,grant"));
        sections.add(live(visit, "Waits for somebody", owed, "incident,finding,review"));
        ServerFigures.of(visit)
                .ifPresent(figures -> sections.add(live(
                        visit,
                        "How quick it was, since this server started",
                        figures.times(),
                        "request,grant,session")));
        return visit.show(page("On call", "Each number leads to what it counts.", sections));
    }

    private static Section live(Visit visit, String title, List<Section.Figure> figures, String kinds) {
        String id = title.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-");
        return new Section.Figures(title, figures, id, Live.seldom(kinds), visit.here("as", ""));
    }

    /** How it went lately, and what a look at approvers shows. */
    @GetMapping("/dashboard/executive")
    ResponseEntity<String> executive(Visit visit) {
        var sections = new ArrayList<Section>();
        ApiCall call = ApiCall.get("/audit/counts")
                .with("activity", String.join(",", DRAWN.keySet()))
                .with("days", Integer.toString(DAYS));
        if (visit.may(call)) {
            Doc counts = visit.call(call);
            LocalDate first = LocalDate.parse(counts.text("first"));
            List<Chart> charts = counts.list("series").stream()
                    .map(series -> new Chart(
                            DRAWN.getOrDefault(series.text("activity"), series.text("activity")),
                            first,
                            series.at("counts").json().values().stream()
                                    .map(JsonNode::asLong)
                                    .toList(),
                            Cell.link(
                                    "/audit?activity=" + Links.segment(series.text("activity")) + "&since=" + DAYS
                                            + "d",
                                    "See them")))
                    .toList();
            sections.add(new Section.Charts("The last " + DAYS + " days", charts));
        }
        approvers(visit, sections);
        return visit.show(page("Executive", "Days are days in UTC; the last one is today.", sections));
    }

    /** The parts, and whether they are well. */
    @GetMapping("/dashboard/debug")
    ResponseEntity<String> debug(Visit visit) {
        visit.follow();
        var sections = new ArrayList<Section>();
        ServerFigures.of(visit).ifPresent(figures -> {
            sections.add(live(visit, "What waits", figures.waiting(), "request,grant,finding"));
            sections.add(live(visit, "Recordings that are not complete", figures.recordings(), "session"));
            sections.add(live(visit, "This server", figures.own(), "session,grant"));
        });
        var sending = new ArrayList<Section.Figure>();
        count(
                visit,
                sending,
                "notifications to be sent",
                ApiCall.get("/notifications").with("state", "waiting"),
                "/settings?notifications-state=waiting#notifications");
        undelivered(visit, sending);
        sections.add(new Section.Figures("Notifications", sending));
        gateways(visit, sections);
        hosts(visit, sections);
        ApiCall keys = ApiCall.get("/keys");
        if (visit.may(keys)) {
            sections.add(listing(
                    visit,
                    "Keys",
                    Table.ofDocs()
                            .column("Purpose", key -> Cell.words(key.text("purpose")))
                            .column("State", key -> Cell.state(key.text("state")))
                            .column("Since", key -> Cell.ago(key.time("since")))
                            .column("Fingerprint", key -> Cell.code(key.text("fingerprint")))
                            .column("Id", key -> Cell.code(key.text("id")))
                            .empty("There are no keys.")
                            .rows(visit.call(keys).items()),
                    "sallyport keys list",
                    keys));
        }
        return visit.show(page("Debug", "The parts, and whether they are well.", sections));
    }

    private static void gateways(Visit visit, List<Section> sections) {
        var part = new PartList(visit, "gateways");
        ApiCall call = part.asked(ApiCall.get("/gateways"), "q");
        if (!visit.may(call)) {
            return;
        }
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column("Gateway", gateway -> Cell.words(gateway.text("name")))
                .sorted(part.byName())
                .column("Address", gateway -> Cell.code(gateway.text("address")))
                .column(
                        "Kind",
                        gateway -> Cell.words(
                                gateway.is("built_in")
                                        ? "inside a server"
                                        : gateway.is("enrolled") ? "by itself" : "not enrolled yet"))
                .column("Last heard", gateway -> Cell.ago(gateway.time("seen_at")))
                .empty("There is no gateway.")
                .next(part.next(page))
                .rows(page.items());
        sections.add(part.listing(
                "Gateways",
                table,
                part.whenLong(page, part.filter("q", "Name contains")),
                "",
                Listings.cli("sallyport gateways list", call),
                call));
    }

    private static void hosts(Visit visit, List<Section> sections) {
        var part = new PartList(visit, "enrolled-hosts");
        ApiCall call = part.asked(ApiCall.get("/targets/hosts"), "q");
        if (!visit.may(call)) {
            return;
        }
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column("Target", host -> Links.target(host.text("target")))
                .sorted(part.byName())
                .number("Refuses by list", host -> host.number("confirmed_version"))
                .column("Confirmed", host -> Cell.ago(host.time("confirmed_at")))
                .column("State", host -> Cell.state(host.is("stale") ? "stale" : "fresh"))
                .column("Newest keys", host -> Cell.words(host.is("knows_keys") ? "yes" : "not yet"))
                .empty("No host is enrolled.")
                .next(part.next(page))
                .rows(page.items());
        sections.add(part.listing(
                "Enrolled hosts", table, part.whenLong(page, part.filter("q", "Name contains")), "", "", call));
    }

    private static Section listing(Visit visit, String title, Table table, String cli, ApiCall call) {
        String id = title.toLowerCase(Locale.ROOT).replace(' ', '-');
        return new Section.Listing(id, title, table, List.of(), "", visit.path(), cli, visit.curl(call));
    }

    private static Sheet page(String title, String lead, List<Section> sections) {
        return new Sheet(title, lead, List.of(), List.of(), sections)
                .head(
                        Cell.link("/dashboard", "On call"),
                        Cell.link("/dashboard/executive", "Executive"),
                        Cell.link("/dashboard/debug", "Debug"));
    }

    private static void undelivered(Visit visit, List<Section.Figure> figures) {
        count(
                visit,
                figures,
                "notifications that could not be sent",
                ApiCall.get("/notifications").with("state", "dead"),
                "/settings?notifications-state=dead#notifications");
    }

    /** A number, for those who may see what it counts. */
    private static void count(Visit visit, List<Section.Figure> figures, String name, ApiCall call, String path) {
        ApiCall counted = call.with("limit", Integer.toString(MOST));
        if (!visit.may(counted) || !mayAll(visit, call)) {
            return;
        }
        int found = visit.call(counted).items().size();
        figures.add(new Section.Figure(
                found < MOST ? Integer.toString(found) : MOST + " or more", name, Cell.link(path, "See them")));
    }

    private static boolean mayAll(Visit visit, ApiCall call) {
        if (!"all".equals(call.query().get("view"))) {
            return true;
        }
        return visit.caller()
                .rights()
                .contains(
                        switch (call.path()) {
                            case "/sessions" -> "session.read-all";
                            case "/incidents" -> "incident.read";
                            default -> "grant.read-all";
                        });
    }

    /** Abuse of approval is seen here first (RQ5). */
    private static void approvers(Visit visit, List<Section> sections) {
        ApiCall call = ApiCall.get("/approvers");
        if (!visit.may(call)) {
            return;
        }
        Table table = Table.ofDocs()
                .column("Approver", approver -> Links.person(approver.text("approver")))
                .number("Approved", approver -> approver.number("approved"))
                .number("Denied", approver -> approver.number("denied"))
                .column("Median time", approver -> Cell.words(RequestViews.duration(approver, "median")))
                .number("Too quick", approver -> approver.number("quick"))
                .number("Off hours", approver -> approver.number("off_hours"))
                .column("Signs", approver -> Cell.list(approver.texts("signs")))
                .empty("Nobody has approved anything in this time.")
                .rows(visit.call(call).items());
        sections.add(new Section.Listing(
                "approvers", "Approvers", table, List.of(), "", visit.path(), "sallyport approvers", visit.curl(call)));
    }
}
