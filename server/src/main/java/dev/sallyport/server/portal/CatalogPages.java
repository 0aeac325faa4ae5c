package dev.sallyport.server.portal;

import dev.sallyport.base.Text;
import dev.sallyport.server.api.CatalogPaths;
import dev.sallyport.server.portal.Section.Fact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everything that is configuration, kind by kind: lists, and each object with what it touches and what can be done with it.
 */
@RestController
final class CatalogPages {
    static final String KIND = CatalogPaths.KIND;

    private static final int SUMMARY = 140;

    private final JsonMapper json;

    CatalogPages(JsonMapper json) {
        this.json = json;
    }

    /**
     * How a kind is called, and under which page of the portal it is.
     *
     * @param document the kind as documents say it
     */
    record Words(String many, String document, String above, String aboveName) {}

    static Words words(String kind) {
        return switch (kind) {
            case "people" -> new Words("People", "Person", "", "");
            case "groups" -> new Words("Groups", "Group", "", "");
            case "targets" -> new Words("Targets", "Target", "", "");
            case "roles" -> new Words("Roles", "Role", "", "");
            case "eligibilities" -> new Words("Eligibility", "Eligibility", "", "");
            case "policies" -> new Words("Policies", "Policy", "/policy", "Policy");
            case "calendars" -> new Words("Calendars", "Calendar", "/policy", "Policy");
            case "freezes" -> new Words("Freezes", "Freeze", "/policy", "Policy");
            case "constants" -> new Words("Constants", "Constants", "/policy", "Policy");
            case "oidc-providers" -> new Words("Identity providers", "OidcProvider", "/settings", "Settings");
            case "incident-sources" -> new Words("Incident sources", "IncidentSource", "/settings", "Settings");
            case "notification-channels" ->
                new Words("Notification channels", "NotificationChannel", "/settings", "Settings");
            case "decision-services" -> new Words("Decision services", "DecisionService", "/settings", "Settings");
            case "notification-routes" ->
                new Words("Notification routes", "NotificationRoute", "/settings", "Settings");
            default -> throw new IllegalArgumentException(kind);
        };
    }

    @GetMapping(KIND)
    ResponseEntity<String> list(Visit visit, @PathVariable String kind) {
        Words words = words(kind);
        ApiCall call = Listings.asked(visit, ApiCall.get("/" + kind), "q");
        Doc page = visit.call(call);
        Table table = table(
                kind, page.items(), Listings.next(visit, page), Table.Sorting.of(visit, "name", "name", "name-desc"));
        return visit.file(kind, table).orElseGet(() -> {
            Sheet sheet = Sheet.of(
                    words.many(),
                    Listings.of(
                            visit,
                            kind,
                            table,
                            List.of(Listings.filter(visit, "q", "Name contains")),
                            "",
                            cli(kind),
                            call));
            if (!words.above().isEmpty()) {
                sheet = sheet.under(words.above(), words.aboveName());
            }
            return visit.show(
                    visit.may(ApiCall.post("/" + kind, Map.of()))
                            ? sheet.head(Cell.link("/" + kind + "/+new", "Make one"))
                            : sheet);
        });
    }

    /** The list on the command line; providers have no verb of their own there. */
    static String cli(String kind) {
        return kind.equals("oidc-providers") ? "sallyport export --kind OidcProvider" : "sallyport " + kind + " list";
    }

    static Table table(String kind, List<Doc> items, String next, Table.Sorting sorting) {
        return Table.ofDocs()
                .column(
                        "Name",
                        item -> Cell.link(
                                "/" + kind + "/" + Links.segment(item.text("metadata.name")),
                                item.text("metadata.name")))
                .sorted(sorting)
                .column("Says", item -> Cell.words(summary(item)))
                .column("Kept by", item -> Cell.words(item.text("metadata.managed_by")))
                .empty("There is none yet.")
                .next(next)
                .rows(items);
    }

    /** The first few things that its document says. */
    private static String summary(Doc item) {
        var parts = new ArrayList<String>();
        for (Map.Entry<String, JsonNode> entry : item.at("spec").json().properties()) {
            if (entry.getValue().isValueNode()) {
                parts.add(entry.getKey() + ": " + new Doc(entry.getValue()).text());
            } else if (!entry.getValue().isEmpty()) {
                parts.add(entry.getKey() + ": " + Text.printable(flat(entry.getValue())));
            }
        }
        String all = String.join("; ", parts);
        return all.length() > SUMMARY ? all.substring(0, SUMMARY) + " …" : all;
    }

    private static String flat(JsonNode node) {
        if (node.isArray()) {
            return String.join(
                    ", ", node.values().stream().map(CatalogPages::flat).toList());
        }
        if (node.isObject()) {
            return String.join(
                    " ",
                    node.properties().stream()
                            .map(entry -> entry.getKey() + "=" + flat(entry.getValue()))
                            .toList());
        }
        return node.asString();
    }

    // One
    // ----------------------------------------------------------------------------------------------------------

    @GetMapping(KIND + "/{name}")
    ResponseEntity<String> show(Visit visit, @PathVariable String kind, @PathVariable String name) {
        if (followed(visit, kind)) {
            visit.follow();
        }
        ApiCall call = ApiCall.get("/" + kind + "/{}", name);
        Doc item = visit.call(call);
        var facts = new ArrayList<Fact>();
        if (!item.at("metadata.labels").json().isEmpty()) {
            facts.add(
                    new Fact("labels", Cell.code(flat(item.at("metadata.labels").json()))));
        }
        for (Map.Entry<String, JsonNode> entry : item.at("spec").json().properties()) {
            if (kind.equals("eligibilities") && entry.getKey().equals("subjects")) {
                facts.add(new Fact("who", who(new Doc(entry.getValue()))));
                continue;
            }
            facts.add(new Fact(
                    entry.getKey(),
                    entry.getKey().equals("owner")
                                    && isGroup(visit, entry.getValue().asString(""))
                            ? value("group", entry.getValue())
                            : value(entry.getKey(), entry.getValue())));
        }
        facts.add(new Fact("Kept by", Cell.words(item.text("metadata.managed_by"))));
        var sections = new ArrayList<Section>();
        if (kind.equals("people") && visit.may(ApiCall.get("/quarantines"))) {
            quarantined(visit, item.text("metadata.name"))
                    .ifPresent(frozen -> sections.add(new Section.Facts(
                            "In quarantine",
                            List.of(
                                    new Fact("Since", Cell.at(frozen.time("since"))),
                                    new Fact("Why", Cell.words(frozen.text("reason")))))));
        }
        sections.add(new Section.Facts("", facts));
        sections.addAll(touched(visit, kind, item.text("metadata.name")));
        var doings = new ArrayList<>(ConnectionPages.doings(visit, kind, item));
        doings.addAll(
                doings(visit, kind, item.text("metadata.name"), item.etag().orElse("")));
        sections.add(new Section.Doing("", doings));
        sections.add(new Section.Verbatim("As a document", yaml(json, item)));
        sections.add(new Section.Verbatim(
                "The same elsewhere",
                (kind.equals("oidc-providers") ? cli(kind) : "sallyport " + kind + " show " + name) + "\n"
                        + visit.curl(call)));
        var head = new ArrayList<Cell>();
        if (visit.may(ApiCall.yaml("PUT", "/" + kind + "/{}", "", name))) {
            head.add(Cell.link("/" + kind + "/" + Links.segment(name) + "/edit", "Change"));
        }
        return visit.show(new Sheet(item.text("metadata.name"), words(kind).document(), crumbs(kind), head, sections));
    }

    static List<Cell> crumbs(String kind) {
        Words words = words(kind);
        var crumbs = new ArrayList<Cell>();
        if (!words.above().isEmpty()) {
            crumbs.add(Cell.link(words.above(), words.aboveName()));
        }
        crumbs.add(Cell.link("/" + kind, words.many()));
        return crumbs;
    }

    /** An owner is a person or a group. */
    private static boolean isGroup(Visit visit, String name) {
        return !name.isEmpty()
                && visit.call(ApiCall.get("/groups").with("q", name).with("limit", "500")).items().stream()
                        .anyMatch(group -> group.text("metadata.name").equals(name));
    }

    /** What a field says; names of other objects lead to them. */
    private static Cell value(String field, JsonNode node) {
        String path = switch (field) {
            case "owner", "sponsor", "manager", "person", "people", "members", "responders" -> "/people/";
            case "groups", "group", "approvers", "responder_groups" -> "/groups/";
            case "targets" -> "/targets/";
            case "roles", "role" -> "/roles/";
            default -> "";
        };
        if (!path.isEmpty() && node.isArray() && node.values().stream().allMatch(JsonNode::isString)) {
            return new Cell.Many(node.values().stream()
                    .map(one -> Cell.link(path + Links.segment(one.asString()), one.asString()))
                    .toList());
        }
        if (!path.isEmpty() && node.isString() && !node.asString().isEmpty()) {
            return Cell.link(path + Links.segment(node.asString()), node.asString());
        }
        return Cell.words(node.isNull() ? "" : flat(node));
    }

    /** Whether what is held with it is shown. */
    private static boolean followed(Visit visit, String kind) {
        return List.of("people", "targets", "roles").contains(kind)
                && visit.caller().rights().contains("grant.read-all");
    }

    /** What runs because of it, or with it. */
    private static List<Section> touched(Visit visit, String kind, String name) {
        String filter = switch (kind) {
            case "people" -> "identity";
            case "targets" -> "target";
            case "roles" -> "role";
            default -> "";
        };
        var sections = new ArrayList<Section>();
        switch (kind) {
            case "people" -> {
                if (visit.may(ApiCall.get("/identities"))) {
                    sections.add(logins(visit, name));
                }
                sections.add(reached(visit, name));
                sections.add(targets(visit, "owner", name, "Owns"));
            }
            case "targets" -> sections.add(ways(visit, kind, name));
            case "roles" -> {
                sections.add(targets(visit, "role", name, "Targets it is for"));
                sections.add(ways(visit, kind, name));
            }
            case "eligibilities" -> sections.add(targets(visit, "eligibility", name, "Targets it opens"));
            case "groups" -> {
                sections.addAll(group(visit, name));
                sections.add(targets(visit, "owner", name, "Owns"));
            }
            default -> {
                // nothing is reached by it
            }
        }
        if (!followed(visit, kind)) {
            return sections;
        }
        sections.add(GrantPages.part(visit, filter, name));
        return sections;
    }

    /** As whom a person signs in. */
    private static Section logins(Visit visit, String name) {
        var part = new PartList(visit, "logins");
        ApiCall call = part.asked(ApiCall.get("/identities").with("person", name));
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column("Provider", login -> Cell.words(login.text("issuer")))
                .column("Subject", login -> Cell.code(login.text("subject")))
                .column("Login", login -> Cell.code(login.text("id")))
                .column("Since", login -> Cell.at(login.time("created_at")))
                .sorted(part.sinceTheFirst())
                .empty("Nobody can sign in as this person.")
                .next(part.next(page))
                .rows(page.items());
        return part.listing("Signs in as", table, List.of(), "", Listings.cli("sallyport identities list", call), call);
    }

    /** What a person could ask for. */
    private static Section reached(Visit visit, String name) {
        var part = new PartList(visit, "reach");
        ApiCall call = part.asked(ApiCall.get("/people/{}/reach", name), "q");
        Doc reach = visit.call(call);
        Table table = Table.ofDocs()
                .column("Role", item -> Links.role(item.text("role")))
                .sorted(part.byName())
                .column("Target", item -> Links.target(item.text("target")))
                .sorted(part.byTarget())
                .column("What it is", item -> Cell.words(item.text("description")))
                .empty("Nothing.")
                .next(part.next(reach))
                .rows(reach.items());
        return part.listing(
                reach.is("more") ? "May ask for, among more" : "May ask for",
                table,
                part.whenLong(reach, part.filter("q", "Words of role or target")),
                "",
                Listings.cli("sallyport reach --person " + Listings.quoted(name), call),
                call);
    }

    /**
     * The targets that somebody owns, or that a role or an eligibility is for.
     *
     * @param by the filter of the API that says which
     */
    private static Section targets(Visit visit, String by, String name, String title) {
        var part = new PartList(visit, "targets");
        ApiCall call = part.asked(ApiCall.get("/targets").with(by, name), "q");
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column("Target", target -> Links.target(target.text("metadata.name")))
                .sorted(part.byName())
                .column(
                        "Labels",
                        target -> Cell.code(flat(target.at("metadata.labels").json())))
                .column("Type", target -> Cell.words(target.text("spec.type")))
                .empty("No target.")
                .next(part.next(page))
                .rows(page.items());
        return part.listing(
                title,
                table,
                part.whenLong(page, part.filter("q", "Name contains")),
                "",
                Listings.cli("sallyport targets list", call),
                call);
    }

    /** Who could ask for a role, or for something on a target. */
    private static Section ways(Visit visit, String kind, String name) {
        var part = new PartList(visit, "reach");
        ApiCall call = part.asked(ApiCall.get("/" + kind + "/{}/reach", name), "q");
        Doc page = visit.call(call);
        boolean whoCan = kind.equals("targets") && visit.may(ApiCall.post("/policy/who-can", Map.of()));
        Table.Of<Doc> table = Table.ofDocs()
                .column("Role", way -> Links.role(way.text("role")))
                .sorted(part.byName())
                .column("Who", CatalogPages::who)
                .column("Through", CatalogPages::through)
                .column("Until", way -> Cell.at(way.time("until")));
        if (whoCan) {
            table.column(
                    "What they would be told",
                    way -> Cell.link(
                            "/policy/who-can?role=" + Links.segment(way.text("role")) + "&target="
                                    + Links.segment(name),
                            "each of them"));
        }
        return part.listing(
                "Who may ask for it",
                table.empty("Nobody.").next(part.next(page)).rows(page.items()),
                part.whenLong(page, part.filter("q", "Role, group, person or eligibility")),
                "",
                Listings.cli(
                        "sallyport reach --" + (kind.equals("roles") ? "role " : "target ") + Listings.quoted(name),
                        call),
                call);
    }

    private static Cell through(Doc way) {
        return Cell.link("/eligibilities/" + Links.segment(way.text("eligibility")), way.text("eligibility"));
    }

    /** Who is in a group, whoever says so, what they may ask for through it, and what they approve. */
    private static List<Section> group(Visit visit, String name) {
        String cli = "sallyport reach --group " + name;
        return List.of(members(visit, name, cli), through(visit, name, cli), approves(visit, name, cli));
    }

    private static Section members(Visit visit, String name, String cli) {
        var part = new PartList(visit, "members");
        ApiCall call = part.asked(ApiCall.get("/groups/{}/members", name), "q");
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column("Who", member -> Links.person(member.text("person")))
                .sorted(part.byName())
                .column("Name", member -> Cell.words(member.text("display_name")))
                .column("State", member -> Cell.state(member.is("active") ? "active" : "disabled"))
                .column("Says", member -> Cell.list(member.texts("sources")))
                .empty("Nobody.")
                .next(part.next(page))
                .rows(page.items());
        return part.listing(
                "Who is in it", table, part.whenLong(page, part.filter("q", "Name contains")), "", cli, call);
    }

    private static Section through(Visit visit, String name, String cli) {
        var part = new PartList(visit, "reach");
        ApiCall call = part.asked(ApiCall.get("/groups/{}/ways", name), "q");
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column("Role", way -> Links.role(way.text("role")))
                .sorted(part.byName())
                .column("Through", CatalogPages::through)
                .column("Until", way -> Cell.at(way.time("until")))
                .empty("Nothing.")
                .next(part.next(page))
                .rows(page.items());
        return part.listing(
                "What they may ask for through it",
                table,
                part.whenLong(page, part.filter("q", "Role or eligibility")),
                "",
                cli,
                call);
    }

    private static Section approves(Visit visit, String name, String cli) {
        var part = new PartList(visit, "approves");
        ApiCall call = part.asked(ApiCall.get("/groups/{}/approves", name), "q");
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column(
                        "Role or policy",
                        word -> word.has("role")
                                ? Links.role(word.text("role"))
                                : Cell.link(
                                        "/policies/"
                                                + Links.segment(
                                                        word.text("rule").replaceFirst("/.*", "")),
                                        word.text("rule")))
                .sorted(part.byName())
                .column(
                        "What its word is",
                        word -> Cell.words(
                                switch (word.text("as")) {
                                    case "escalation" -> "counts when others are silent";
                                    case "fallback" -> "its members are let in as an emergency when nobody answers";
                                    default -> "counts";
                                }))
                .number("Stage", word -> word.number("stage"))
                .number("Approvals", word -> word.number("count"))
                .empty("Nothing: no role and no policy that is enforced asks for its word.")
                .next(part.next(page))
                .rows(page.items());
        return part.listing(
                "What they approve", table, part.whenLong(page, part.filter("q", "Name contains")), "", cli, call);
    }

    private static Cell who(Doc way) {
        var who = new ArrayList<Cell>();
        way.texts("groups").forEach(group -> who.add(Cell.link("/groups/" + Links.segment(group), group)));
        way.texts("people").forEach(person -> who.add(Links.person(person)));
        if (!way.at("attributes").json().isEmpty()) {
            who.add(Cell.words("whoever has " + flat(way.at("attributes").json())));
        }
        return new Cell.Many(who);
    }

    private static List<Form> doings(Visit visit, String kind, String name, String etag) {
        var forms = new ArrayList<Form>();
        String path = "/" + kind + "/" + Links.segment(name);
        if (kind.equals("people") && visit.may(ApiCall.post("/quarantines", Map.of()))) {
            forms.add(
                    quarantined(visit, name).isPresent()
                            ? Form.of(path + "/unquarantine", "Lift the quarantine", Field.line("reason", "Why"))
                            : Form.of(path + "/quarantine", "Quarantine", Field.line("reason", "Why"))
                                    .danger("Freeze " + name
                                            + " everywhere: sessions cut, access ended, requests refused?"));
        }
        if (kind.equals("people") && visit.may(ApiCall.post("/people/{}/password-reset", Map.of(), name))) {
            forms.add(Form.of(path + "/password-reset", "Make a link for a new password", Field.line("reason", "Why")));
        }
        if (kind.equals("people") && visit.may(ApiCall.post("/people/{}/enrolment-code", Map.of(), name))) {
            forms.add(Form.of(
                    path + "/enrolment-code",
                    "Make a code for a first second factor",
                    Field.line("reason", "Why"),
                    Field.line("duration", "Good for").valued("1h").hinted("1m to 7d")));
        }
        if (kind.equals("people") && visit.may(ApiCall.post("/people/{}/factor-reset", Map.of(), name))) {
            forms.add(Form.of(path + "/factor-reset", "Take away a lost second factor", Field.line("reason", "Why"))
                    .danger("Take away the second factor of " + name + "? Their sessions end."));
        }
        if (List.of("people", "targets", "roles").contains(kind) && visit.may(ApiCall.post("/revocations", Map.of()))) {
            forms.add(Form.of(path + "/revoke", "Revoke all", Field.line("reason", "Why"))
                    .danger("End every access here now, open sessions included?"));
        }
        if (visit.may(ApiCall.bare("DELETE", "/" + kind + "/{}", name))) {
            forms.add(Form.of(path + "/delete", "Delete", Field.hidden("etag", etag))
                    .danger("Delete " + name + "?"));
        }
        return forms;
    }

    @PostMapping("/people/{name}/quarantine")
    ResponseEntity<String> quarantine(Visit visit, @PathVariable String name) {
        return visit.does(
                ApiCall.post("/quarantines", Map.of("person", name, "reason", visit.parameter("reason"))),
                "/people/" + Links.segment(name),
                Said.QUARANTINED);
    }

    /** The link is shown once, on this page alone. */
    @PostMapping("/people/{name}/password-reset")
    ResponseEntity<String> resetPassword(Visit visit, @PathVariable String name) {
        Doc link =
                visit.act(ApiCall.post("/people/{}/password-reset", Map.of("reason", visit.parameter("reason")), name));
        return visit.show(once(
                "A link for " + link.text("person"),
                "It is shown once. Give it to nobody else: whoever opens it first sets the password.",
                name,
                link,
                new Section.Verbatim("The link", link.text("url"))));
    }

    /** What is told this once, and until when it is good. */
    private static Sheet once(String title, String lead, String person, Doc made, Section.Verbatim what) {
        return new Sheet(
                title,
                lead,
                List.of(Cell.link("/people", "People"), Cell.link("/people/" + Links.segment(person), person)),
                List.of(),
                List.of(
                        new Section.Facts("", List.of(new Fact("Good until", Cell.left(made.time("expires_at"))))),
                        what));
    }

    /** The code is shown once, on this page alone. */
    @PostMapping("/people/{name}/enrolment-code")
    ResponseEntity<String> enrolmentCode(Visit visit, @PathVariable String name) {
        Doc made = visit.act(ApiCall.post(
                "/people/{}/enrolment-code",
                Map.of("reason", visit.parameter("reason"), "duration", visit.parameter("duration")),
                name));
        return visit.show(once(
                "A code for " + made.text("person"),
                "It is shown once. Give it to nobody else, and by another way than their password: with both of them a first"
                        + " second factor is set up, on " + visit.url() + "/me.",
                name,
                made,
                new Section.Verbatim("The code", made.text("code"))));
    }

    @PostMapping("/people/{name}/factor-reset")
    ResponseEntity<String> resetFactor(Visit visit, @PathVariable String name) {
        return visit.does(
                ApiCall.post("/people/{}/factor-reset", Map.of("reason", visit.parameter("reason")), name),
                "/people/" + Links.segment(name),
                Said.FACTOR_RESET);
    }

    /** Since when and why somebody is frozen. */
    private static Optional<Doc> quarantined(Visit visit, String name) {
        return visit.call(ApiCall.get("/quarantines").with("person", name)).items().stream()
                .findFirst();
    }

    @PostMapping("/people/{name}/unquarantine")
    ResponseEntity<String> release(Visit visit, @PathVariable String name) {
        return visit.does(
                ApiCall.bare("DELETE", "/quarantines/{}", name).sending(Map.of("reason", visit.parameter("reason"))),
                "/people/" + Links.segment(name),
                Said.RELEASED);
    }

    @PostMapping("/{kind:people|targets|roles}/{name}/revoke")
    ResponseEntity<String> revoke(Visit visit, @PathVariable String kind, @PathVariable String name) {
        String what = kind.equals("people") ? "identity" : kind.substring(0, kind.length() - 1);
        return visit.does(
                ApiCall.post("/revocations", Map.of(what, name, "reason", visit.parameter("reason"))),
                "/" + kind + "/" + Links.segment(name),
                Said.REVOKED);
    }

    /** The document as people write it, without what only the server says. */
    static String yaml(JsonMapper json, Doc item) {
        var document = new LinkedHashMap<String, Object>();
        document.put("apiVersion", item.text("api_version"));
        document.put("kind", item.text("kind"));
        var metadata = new LinkedHashMap<String, Object>();
        metadata.put("name", item.text("metadata.name"));
        if (!item.at("metadata.labels").json().isEmpty()) {
            metadata.put("labels", json.convertValue(item.at("metadata.labels").json(), Object.class));
        }
        document.put("metadata", metadata);
        document.put("spec", json.convertValue(item.at("spec").json(), Object.class));
        return dumped(document);
    }

    /** As people write it. */
    static String dumped(Object document) {
        var settings =
                DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build();
        return new Dump(settings).dumpToString(document);
    }
}
