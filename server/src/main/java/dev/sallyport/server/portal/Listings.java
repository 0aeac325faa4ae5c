package dev.sallyport.server.portal;

import dev.sallyport.server.HttpRefusal;
import dev.sallyport.server.portal.Section.Listing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What lists of the portal have in common: filters that stand in the address, the next page, the same call elsewhere. */
final class Listings {
    static final int ROWS = 50;

    /** As many as the API gives at once. */
    private static final int MANY = 500;

    /** The most that a page shows of what it shows whole, and that a file holds. */
    static final int ALL = 10_000;

    private static final String ITEMS = "items";
    private static final String AFTER = "after";

    private Listings() {}

    /** The call with the page's own filters and place; for a file, all that the filters match. */
    static ApiCall asked(Visit visit, ApiCall call, String... filters) {
        ApiCall asked = of(visit.wantsFile(), call, visit.parameter(AFTER)).with("order", visit.parameter("order"));
        for (String filter : filters) {
            asked = asked.with(filter, visit.parameter(filter));
        }
        return asked;
    }

    /** One page of a list, or all of it from its beginning. */
    static ApiCall of(boolean whole, ApiCall call, String after) {
        return whole
                ? call.with("limit", Integer.toString(MANY)).whole(true)
                : call.with("limit", Integer.toString(ROWS)).with(AFTER, after);
    }

    /** All pages of a list as one, up to {@link #ALL} rows; where there are more, it says where it goes on. */
    static Doc whole(Visit visit, ApiCall call) {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        ApiCall page = call;
        while (true) {
            Doc answer = visit.call(page);
            rows.addAll(answer.at(ITEMS).json().values());
            if (!answer.has("next") || rows.size() >= ALL) {
                ObjectNode all = (ObjectNode) answer.json().deepCopy();
                all.set(ITEMS, rows);
                return new Doc(all);
            }
            page = from(call, answer.text("next"));
        }
    }

    private static ApiCall from(ApiCall call, String after) {
        if (!(call.body().orElse(null) instanceof Map<?, ?> asked)) {
            return call.with(AFTER, after);
        }
        var body = new LinkedHashMap<String, Object>();
        asked.forEach((name, value) -> body.put(String.valueOf(name), value));
        body.put(AFTER, after);
        return call.sending(body);
    }

    /**
     * The whole of a list, page by page.
     *
     * @throws dev.sallyport.base.Refusal {@code input.too-large} for more than {@link #ALL} rows: nothing is left out silently
     */
    static List<Doc> all(Visit visit, ApiCall call) {
        var rows = new java.util.ArrayList<Doc>();
        ApiCall page = call.with("limit", Integer.toString(MANY));
        while (true) {
            Doc answer = visit.call(page);
            rows.addAll(answer.items());
            if (!answer.has("next")) {
                return rows;
            }
            if (rows.size() >= ALL) {
                throw HttpRefusal.TOO_LARGE.because(
                        "this has more than " + ALL + " entries, too many for a page",
                        "ask for it on the command line, which shows them page by page");
            }
            page = page.with(AFTER, answer.text("next"));
        }
    }

    /** Where the list goes on. */
    static String next(Visit visit, Doc page) {
        return page.has("next") ? visit.here(AFTER, page.text("next")) : "";
    }

    static Listing of(Visit visit, String id, Table table, List<Field> filters, String live, String cli, ApiCall call) {
        return new Listing(
                id,
                "",
                table,
                filters,
                Live.trigger(live),
                visit.here("as", ""),
                cli(cli, call),
                visit.curl(call),
                visit.parameter("order"));
    }

    /** Filters as the command line calls them; what is left out is said by the verb itself. */
    private static final Map<String, String> OPTIONS = ordered(
            "target", "--target",
            "identity", "--identity",
            "person", "--person",
            "role", "--role",
            "state", "--state",
            "channel", "--channel",
            "actor", "--actor",
            "activity", "--activity",
            "outcome", "--outcome",
            "request", "--request",
            "session", "--session",
            "grant", "--grant",
            "lease", "--lease",
            "since", "--since",
            "until", "--until",
            "grep", "--grep",
            "q", "--search",
            "order", "--order");

    /** The same list on the command line, with the filters of the call. */
    static String cli(String verb, ApiCall call) {
        var line = new StringBuilder(verb);
        OPTIONS.forEach((name, option) -> {
            String value = call.query().getOrDefault(name, "");
            if (value.isEmpty()) {
                return;
            }
            if (name.equals("state") && verb.matches("sallyport (reviews|incidents) list( --all)?")) {
                line.append(" --").append(value);
            } else {
                line.append(' ').append(option).append(' ').append(quoted(value));
            }
        });
        return line.toString();
    }

    /** For a shell. */
    static String quoted(String value) {
        return value.matches("[A-Za-z0-9._:/@+-]+") ? value : "'" + value.replace("'", "'\\''") + "'";
    }

    /** By age, the newest first unless asked otherwise. */
    static Table.Sorting byAge(Visit visit) {
        return Table.Sorting.of(visit, "newest", "oldest", "newest");
    }

    /** By when something is due, the soonest first; asked again, the newest. */
    static Table.Sorting byDue(Visit visit) {
        return Table.Sorting.of(visit, "newest", "due", "");
    }

    static Field filter(Visit visit, String name, String label) {
        return Field.line(name, label).optional().valued(visit.parameter(name));
    }

    /** A choice of filters; the first one is what is shown without. */
    static Field choice(Visit visit, String name, String label, Map<String, String> choices) {
        return Field.choice(
                        name,
                        label,
                        choices.entrySet().stream()
                                .map(entry -> new Field.Option(entry.getKey(), entry.getValue()))
                                .toList())
                .valued(visit.parameter(name));
    }

    /** A map that keeps its order. */
    static Map<String, String> ordered(String... pairs) {
        var map = new LinkedHashMap<String, String>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
