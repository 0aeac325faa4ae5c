package dev.sallyport.cli.policy;

import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Who could get what: a row for each person, a column for each role on each target. */
final class WhoCanMatrix {
    private static final String MAY_NOT_ASK = "-";

    private WhoCanMatrix() {}

    /** Where more may ask than the answer lists, it is not known of those who are not listed. */
    private static final String NOT_KNOWN = "?";

    static Table of(JsonNode answer, List<String> roles, List<String> targets) {
        Set<String> incomplete = Set.copyOf(Json.texts(answer.path("incomplete")));
        Map<String, String> effects = new HashMap<>();
        var people = new TreeSet<String>();
        for (JsonNode each : answer.path("items")) {
            people.add(Json.text(each, "person"));
            effects.put(
                    key(Json.text(each, "person"), Json.text(each, "role"), Json.text(each, "target")),
                    Json.text(each, "effect"));
        }
        var titles = new ArrayList<>(List.of("PERSON"));
        roles.forEach(role -> targets.forEach(target -> titles.add(role + " on " + target)));
        Table table = Table.of(titles.toArray(String[]::new));
        for (String person : people) {
            var cells = new ArrayList<>(List.of(person));
            roles.forEach(role -> targets.forEach(target -> cells.add(effects.getOrDefault(
                    key(person, role, target),
                    incomplete.contains(role + " on " + target) ? NOT_KNOWN : MAY_NOT_ASK))));
            table.row(cells.toArray(String[]::new));
        }
        return table;
    }

    private static String key(String person, String role, String target) {
        return person + "\n" + role + "\n" + target;
    }
}
