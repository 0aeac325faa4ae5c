package dev.sallyport.server.portal;

import dev.sallyport.server.HttpRefusal;
import dev.sallyport.server.portal.Section.Listing;
import java.util.List;
import java.util.Map;

/** What lists of the portal have in common: filters that stand in the address, the next page, the same call elsewhere. */
final class Listings {
    static final int ROWS = 50;

    /** The most that a page shows of what it shows whole. */
    static final int ALL = 10_000;

    private Listings() {}

    /** The call with the page's own filters and place. */
    static ApiCall asked(Visit visit, ApiCall call, String... filters) {
        ApiCall asked = call.with("limit", Integer.toString(ROWS))
                .with("order", visit.parameter("order"))
                .with("after", visit.parameter("after"));
        for (String filter : filters) {
            asked = asked.with(filter, visit.parameter(filter));
        }
        return asked;
    }

    /**
     * The whole of a list, page by page.
     *
     * @throws dev.sallyport.base.Refusal {@code input.too-large} for more than {@link #ALL} rows: nothing is left out silently
     */
    static List<Doc> all(Visit visit, ApiCall call) {
        var rows = new java.util.ArrayList<Doc>();
        ApiCall page = call.with("limit", "500");
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
            page = page.with("after", answer.text("next"));
        }
    }

    /** Where the list goes on. */
    static String next(Visit visit, Doc page) {
        return page.has("next") ? visit.here("after", page.text("next")) : "";
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
            "eligibility", "--eligibility",
            "owner", "--owner",
            "state", "--state",
            "channel", "--channel",
            "actor", "--actor",
            "activity", "--activity",
            "outcome", "--outcome",
            "request", "--request",
            "session", "--session",
            "grant", "--grant",
            "since", "--since",
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
            if (name.equals("state") && verb.matches("sallyport (reviews|incidents) list")) {
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
        var map = new java.util.LinkedHashMap<String, String>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
