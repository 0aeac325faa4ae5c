package dev.sallyport.server.portal;

import dev.sallyport.server.portal.Section.Listing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A list that is a part of a page, beside others: what is asked of it stands in the address under its own name, such as
 * {@code grants-state}, and what is asked of the others stays.
 */
final class PartList {
    private static final String ORDER = "order";
    private static final String AFTER = "after";

    private final Visit visit;
    private final String id;
    private final String page;

    PartList(Visit visit, String id) {
        this(visit, id, visit.path());
    }

    /** @param page where the list is; also where it is shown in the answer to a form, of which nothing stands in addresses then */
    PartList(Visit visit, String id, String page) {
        this.visit = visit;
        this.id = id;
        this.page = page;
    }

    private String here(Map<String, String> changed) {
        if (!visit.isSent()) {
            return visit.here(changed);
        }
        var asked = new TreeMap<String, List<String>>();
        changed.forEach((name, value) -> asked.put(name, List.of(value)));
        return Visit.address(page, asked);
    }

    private String name(String parameter) {
        return id + "-" + parameter;
    }

    String value(String parameter) {
        return visit.parameter(name(parameter));
    }

    /** The call with the list's own filters, order and place. */
    ApiCall asked(ApiCall call, String... filters) {
        ApiCall asked = Listings.of(visit.wantsFile(id), call, value(AFTER)).with(ORDER, value(ORDER));
        for (String filter : filters) {
            asked = asked.with(filter, value(filter));
        }
        return asked;
    }

    String next(Doc answer) {
        return answer.has("next") ? here(Map.of(name(AFTER), answer.text("next"))) + "#" + id : "";
    }

    Table.Sorting byName() {
        return sorting("name", "name", "name-desc");
    }

    /** The lists by targets, of which the other column is sorted by {@link #byName}. */
    Table.Sorting byTarget() {
        return sorting("name", "target", "target-desc");
    }

    Table.Sorting byAge() {
        return sorting("newest", "oldest", "newest");
    }

    Table.Sorting byDue() {
        return sorting("newest", "due", "");
    }

    /** For a list whose usual order is the oldest first. */
    Table.Sorting sinceTheFirst() {
        return sorting("oldest", "oldest", "newest");
    }

    private Table.Sorting sorting(String usual, String up, String down) {
        return Table.Sorting.of(
                value(ORDER), usual, up, down, order -> here(Map.of(name(ORDER), order, name(AFTER), "")) + "#" + id);
    }

    Field filter(String filter, String label) {
        return Listings.filter(visit, name(filter), label);
    }

    Field choice(String filter, String label, Map<String, String> choices) {
        return Listings.choice(visit, name(filter), label, choices);
    }

    /** A filter where there is more than a page shows, or where one is set already: a short list needs none. */
    List<Field> whenLong(Doc answer, Field filter) {
        boolean isLong =
                answer.has("next") || !value(AFTER).isEmpty() || !filter.value().isEmpty();
        return isLong ? List.of(filter) : List.of();
    }

    Listing listing(String title, Table table, List<Field> filters, String live, String cli, ApiCall call) {
        var fields = new ArrayList<>(filters);
        if (!filters.isEmpty() && !visit.isSent()) {
            List<String> own = filters.stream().map(Field::name).toList();
            visit.asked().forEach((name, value) -> {
                if (!own.contains(name) && !name.equals(name(AFTER))) {
                    fields.add(Field.hidden(name, value));
                }
            });
        }
        return new Listing(
                id,
                title,
                table,
                fields,
                Live.trigger(live),
                here(Map.of("as", "", "list", "")),
                cli,
                visit.curl(call));
    }
}
