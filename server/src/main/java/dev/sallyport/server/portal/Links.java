package dev.sallyport.server.portal;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Where things are in the portal: every id and every name leads to its page. */
final class Links {
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

    static Cell event(String id) {
        return id(id, "/audit/");
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

    /** An id of anything that has a page. */
    static Cell any(String id) {
        int end = id.indexOf('_');
        return switch (end < 0 ? "" : id.substring(0, end)) {
            case "req" -> request(id);
            case "grt" -> grant(id);
            case "ssn" -> session(id);
            case "evt" -> event(id);
            case "inc" -> incident(id);
            case "lse" -> lease(id);
            case "fnd" -> finding(id);
            case "rev" -> id(id, "/reviews/");
            default -> Cell.code(id);
        };
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
