package dev.sallyport.server.portal;

import dev.sallyport.base.Ids;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where things are in the portal: every id and every name leads to its page. */
final class Links {
    /** What has a page of its own under its id, by how ids begin. */
    private static final Map<String, String> PAGES = Map.ofEntries(
            Map.entry("req", "/requests/"),
            Map.entry("grt", "/grants/"),
            Map.entry("lse", "/leases/"),
            Map.entry("ssn", "/sessions/"),
            Map.entry("evt", "/audit/"),
            Map.entry("inc", "/incidents/"),
            Map.entry("rev", "/reviews/"),
            Map.entry("fnd", "/findings/"),
            Map.entry("dlg", "/delegations/"),
            Map.entry("ntf", "/settings/notifications/"),
            Map.entry("trm", "/terminals/"));

    /** What has one under its name. */
    private static final Map<String, String> CATALOGUE = Map.ofEntries(
            Map.entry("per", "/people/"),
            Map.entry("grp", "/groups/"),
            Map.entry("tgt", "/targets/"),
            Map.entry("rol", "/roles/"),
            Map.entry("elg", "/eligibilities/"),
            Map.entry("oip", "/oidc-providers/"),
            Map.entry("isr", "/incident-sources/"),
            Map.entry("nch", "/notification-channels/"),
            Map.entry("nro", "/notification-routes/"),
            Map.entry("dsv", "/decision-services/"),
            Map.entry("con", "/constants/"),
            Map.entry("cal", "/calendars/"),
            Map.entry("frz", "/freezes/"),
            Map.entry("pol", "/policies/"));

    /** What stands on the page of something else. */
    private static final Set<String> LISTED = Set.of("itm", "idn", "ses", "gtw", "bgk", "bgu", "cak", "tky", "psk");

    private Links() {}

    static Cell request(String id) {
        return id(id, "/requests/");
    }

    static Cell grant(String id) {
        return id(id, "/grants/");
    }

    static Cell session(String id) {
        return id(id, "/sessions/");
    }

    static Cell incident(String id) {
        return id(id, "/incidents/");
    }

    static Cell lease(String id) {
        return id(id, "/leases/");
    }

    static Cell finding(String id) {
        return id(id, "/findings/");
    }

    static Cell target(String name) {
        return name(name, "/targets/");
    }

    static Cell role(String name) {
        return name(name, "/roles/");
    }

    /** Who is no person, such as the server itself, has no page. */
    static Cell person(String name) {
        return name.contains("/") ? Cell.words(name) : name(name, "/people/");
    }

    /** Of whatever a text is the id, if it is one. */
    static Cell any(String text) {
        String kind = kind(text);
        if (!Ids.isId(kind + "_", text)) {
            return Cell.code(text);
        }
        return page(text)
                .map(path -> (Cell) new Cell.Link(path, text, true))
                .orElseGet(() -> CATALOGUE.containsKey(kind) || LISTED.contains(kind)
                        ? new Cell.Link("/id/" + text, text, true)
                        : Cell.code(text));
    }

    static boolean isId(String text) {
        return Ids.isId(kind(text) + "_", text);
    }

    /** The page of what has this id, where that follows from the id alone. */
    static Optional<String> page(String id) {
        return Optional.ofNullable(PAGES.get(kind(id))).map(path -> path + segment(id));
    }

    /** Where things of the catalogue are whose ids begin so. */
    static Optional<String> catalogued(String kind) {
        return Optional.ofNullable(CATALOGUE.get(kind));
    }

    /**
     * How an id begins.
     *
     * @throws dev.sallyport.base.Refusal {@code input.invalid-id} for what is none of those that lead somewhere
     */
    static String checked(String id) {
        String kind = kind(id);
        if (!PAGES.containsKey(kind) && !CATALOGUE.containsKey(kind) && !LISTED.contains(kind)) {
            throw InputRefusal.INVALID_ID.because(
                    "id: " + Text.quoted(id) + " (expected: an id that begins with one of "
                            + Stream.of(PAGES.keySet(), CATALOGUE.keySet(), LISTED)
                                    .flatMap(Set::stream)
                                    .sorted()
                                    .collect(Collectors.joining(", "))
                            + ")");
        }
        Ids.check(kind + "_", id);
        return kind;
    }

    private static String kind(String id) {
        int end = id.indexOf('_');
        return end < 0 ? "" : id.substring(0, end);
    }

    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Cell id(String id, String path) {
        return id.isEmpty() ? Cell.nothing() : new Cell.Link(path + segment(id), id, true);
    }

    private static Cell name(String name, String path) {
        return name.isEmpty() ? Cell.nothing() : Cell.link(path + segment(name), name);
    }
}
