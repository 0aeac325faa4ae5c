package dev.sallyport.catalog;

import java.util.List;

/**
 * What happens, or would happen, to one object.
 *
 * @param fields dotted paths that differ, such as {@code spec.access}
 * @param takesAccessFrom running grants that end by it, such as {@code dev: ops on web-1 (grt_…)}
 */
public record Change(Action action, Kind kind, String name, List<String> fields, List<String> takesAccessFrom) {
    public Change {
        fields = List.copyOf(fields);
        takesAccessFrom = List.copyOf(takesAccessFrom);
    }

    /** Lines for a person. */
    public String text() {
        var text = new StringBuilder(action + " " + kind + " " + name);
        if (action == Action.UPDATE) {
            text.append(": ").append(String.join(", ", fields));
        }
        takesAccessFrom.forEach(line -> text.append("\n  takes access from ").append(line));
        return text.toString();
    }
}
