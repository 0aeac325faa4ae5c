package dev.sallyport.catalog;

import dev.sallyport.database.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which targets are looked for; what is empty does not restrict.
 *
 * @param owner the person or group that answers for them
 * @param within all of which match them
 */
public record TargetFilter(Optional<String> owner, List<TargetSelector> within) {
    static final TargetFilter ALL = new TargetFilter(Optional.empty(), List.of());

    public TargetFilter {
        within = List.copyOf(within);
    }

    /** A condition on the target {@code o}, and its values. */
    record Condition(String sql, List<Object> values) {}

    Condition condition() {
        var conditions = new ArrayList<String>();
        var values = new ArrayList<>();
        owner.ifPresent(name -> {
            conditions.add("o.spec ->> 'owner' = ?");
            values.add(name);
        });
        within.forEach(selector -> choosing(selector, conditions, values));
        return new Condition(conditions.isEmpty() ? "true" : String.join(" and ", conditions), values);
    }

    /** As {@link TargetSelector#matches} judges. */
    private static void choosing(TargetSelector selector, List<String> conditions, List<Object> values) {
        if (selector.all()) {
            conditions.add("o.type <> '" + Target.SALLYPORT + "'");
            return;
        }
        if (selector.type().isEmpty()
                && selector.labels().values().isEmpty()
                && selector.names().isEmpty()) {
            conditions.add("false");
        }
        if (!selector.labels().values().isEmpty()) {
            conditions.add("o.labels @> ?::jsonb");
            values.add(Json.text(selector.labels().values()));
        }
        selector.type().ifPresent(type -> {
            conditions.add("o.type = ?");
            values.add(type);
        });
        if (!selector.names().isEmpty()) {
            conditions.add("o.name = any(?::text[])");
            values.add(selector.names());
        }
    }
}
