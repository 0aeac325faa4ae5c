package dev.sallyport.server.portal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What an installation is connected with: providers, channels, gateways, kits, and what was sent. */
@RestController
final class SettingsPages {
    @GetMapping("/settings")
    ResponseEntity<String> settings(Visit visit) {
        var sections = new ArrayList<Section>();
        sections.add(documents(visit));
        for (Kind kind : KINDS) {
            kind(visit, kind, sections);
        }
        gateways(visit, sections);
        kits(visit, sections);
        notifications(visit, sections);
        limits(visit, sections);
        return visit.show(new Sheet(
                "Settings",
                "Everything here can be kept in files, too: sallyport export, sallyport apply.",
                List.of(),
                KitPages.mayHandIn(visit)
                        ? List.of(Cell.link(KitPages.RECORDS, "Hand in records of an opened kit"))
                        : List.of(),
                sections));
    }

    private record Kind(String path, String title) {}

    private static final List<Kind> KINDS = List.of(
            new Kind("oidc-providers", "Identity providers"),
            new Kind("notification-channels", "Notification channels"),
            new Kind("notification-routes", "Notification routes"),
            new Kind("incident-sources", "Incident sources"),
            new Kind("decision-services", "Decision services"));

    /** Where they are found, and made by who may. */
    private static Section documents(Visit visit) {
        return new Section.Facts(
                "Documents",
                KINDS.stream()
                        .filter(kind -> visit.may(ApiCall.get("/" + kind.path())))
                        .map(kind -> new Section.Fact(
                                kind.title(),
                                Cell.many(
                                        Cell.link("/" + kind.path(), "All of them"),
                                        visit.may(ApiCall.post("/" + kind.path(), Map.of()))
                                                ? Cell.link("/" + kind.path() + "/+new", "Make one")
                                                : Cell.nothing())))
                        .toList());
    }

    private static void kind(Visit visit, Kind kind, List<Section> sections) {
        ApiCall call = ApiCall.get("/" + kind.path());
        if (!visit.may(call)) {
            return;
        }
        Doc page = visit.call(call);
        // its own page has the rest, sorts and finds
        String next = page.has("next") ? "/" + kind.path() + "?after=" + Links.segment(page.text("next")) : "";
        Table table = CatalogPages.table(
                kind.path(),
                page.items(),
                next,
                new Table.Sorting("ascending", "/" + kind.path() + "?order=name-desc", false));
        sections.add(new Section.Listing(
                kind.path(),
                kind.title(),
                table,
                List.of(),
                "",
                "/" + kind.path(),
                CatalogPages.cli(kind.path()),
                visit.curl(call)));
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
                .column("Kind", gateway -> Cell.words(gateway.is("built_in") ? "in a server" : "by itself"))
                .column(
                        "State",
                        gateway -> gateway.is("enrolled") || gateway.is("built_in")
                                ? Cell.state("active")
                                : Cell.state("pending"))
                .column("Address", gateway -> Cell.code(gateway.text("address")))
                .column("Seen", gateway -> Cell.ago(gateway.time("seen_at")))
                .empty("No gateway is known.")
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

    private static void kits(Visit visit, List<Section> sections) {
        var part = new PartList(visit, "kits");
        ApiCall call = part.asked(ApiCall.get("/breakglass/kits"));
        if (!visit.may(call)) {
            return;
        }
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column("Kit", kit -> Cell.link("/settings/kits/" + Links.segment(kit.text("name")), kit.text("name")))
                .column("State", kit -> Cell.state(kit.text("state")))
                .column(
                        "Opened by",
                        kit -> Cell.words(kit.number("threshold") + " of "
                                + kit.texts("custodians").size() + ": " + String.join(", ", kit.texts("custodians"))))
                .column("Fingerprint", kit -> Cell.code(kit.text("fingerprint")))
                .column("Made", kit -> Cell.ago(kit.time("created_at")))
                .sorted(part.byAge())
                .empty("There is no kit for when the product is down: sallyport breakglass kit create.")
                .next(part.next(page))
                .rows(page.items());
        sections.add(part.listing(
                "Emergency kits", table, List.of(), "", Listings.cli("sallyport breakglass kit list", call), call));
    }

    private static void notifications(Visit visit, List<Section> sections) {
        var part = new PartList(visit, "notifications");
        ApiCall call = part.asked(ApiCall.get("/notifications"), "state", "channel", "request");
        if (!visit.may(call)) {
            return;
        }
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column(
                        "News",
                        news -> Cell.link(
                                "/settings/notifications/" + Links.segment(news.text("id")), news.text("title")))
                .column("State", news -> Cell.state(news.text("state")))
                .column("Channel", news -> Cell.words(news.text("channel")))
                .column("To", news -> Links.person(news.text("person")))
                .column("Happened", news -> Cell.ago(news.time("happened_at")))
                .sorted(part.byAge())
                .number("Attempts", news -> news.number("attempts"))
                .column("Last error", news -> Cell.words(news.text("last_error")))
                .column(
                        "",
                        news -> news.text("state").equals("dead")
                                ? new Cell.Button(Form.of(
                                        "/settings/notifications/" + Links.segment(news.text("id")) + "/retry",
                                        "Try again"))
                                : Cell.nothing())
                .empty("Nothing was sent.")
                .next(part.next(page))
                .rows(page.items());
        List<Field> filters = List.of(
                part.filter("channel", "Channel"),
                part.filter("request", "Request"),
                part.choice(
                        "state",
                        "State",
                        Listings.ordered("", "Any", "waiting", "Waiting", "sent", "Sent", "dead", "Given up")));
        sections.add(part.listing(
                "What was sent", table, filters, "", Listings.cli("sallyport notifications list", call), call));
    }

    /** As the server that answers has them. */
    private static void limits(Visit visit, List<Section> sections) {
        ApiCall call = ApiCall.get("/limits");
        if (!visit.may(call)) {
            return;
        }
        Table table = Table.ofDocs()
                .column("Limit", limit -> Cell.code(limit.text("name")))
                .column("Value", limit -> Cell.words(limit.text("value")))
                .column("Said by", limit -> switch (limit.text("source")) {
                    case "set" -> new Cell.Badge("the configuration", Cell.Tone.WAIT);
                    case "default" -> Cell.words("nobody: the default");
                    default -> Cell.words("nobody: it is fixed");
                })
                .rows(visit.call(call).items());
        sections.add(new Section.Listing(
                "limits",
                "Limits in force",
                table,
                List.of(),
                "",
                visit.path(),
                "sallyport api GET /limits",
                visit.curl(call)));
    }

    @GetMapping("/settings/notifications/{id}")
    ResponseEntity<String> notification(Visit visit, @PathVariable String id) {
        ApiCall call = ApiCall.get("/notifications/{}", id);
        Doc news = visit.call(call);
        var facts = new ArrayList<>(List.of(
                new Section.Fact("State", Cell.state(news.text("state"))),
                new Section.Fact("News", Cell.words(news.text("news"))),
                new Section.Fact(
                        "Channel",
                        Cell.link(
                                "/notification-channels/" + Links.segment(news.text("channel")), news.text("channel"))),
                new Section.Fact("To", Cell.many(Links.person(news.text("person")), Cell.code(news.text("address")))),
                new Section.Fact("About", Links.any(news.text("request"))),
                new Section.Fact("Happened", Cell.at(news.time("happened_at"))),
                new Section.Fact("Attempts", Cell.words(news.text("attempts"))),
                new Section.Fact("Sent, or given up", Cell.at(news.time("settled_at"))),
                new Section.Fact("Last error", Cell.words(news.text("last_error")))));
        news.list("facts")
                .forEach(fact -> facts.add(new Section.Fact(fact.text("label"), Cell.words(fact.text("value")))));
        return visit.show(new Sheet(
                news.text("title"),
                id,
                List.of(Cell.link("/settings", "Settings"), Cell.link("/settings#notifications", "What was sent")),
                List.of(),
                List.of(
                        new Section.Facts("", facts),
                        new Section.Verbatim("The same elsewhere", "sallyport show " + id + "\n" + visit.curl(call)))));
    }

    @PostMapping("/settings/notifications/{id}/retry")
    ResponseEntity<String> retry(Visit visit, @PathVariable String id) {
        return visit.does(ApiCall.post("/notifications/{}/retry", Map.of(), id), "/settings", Said.SENT);
    }
}
