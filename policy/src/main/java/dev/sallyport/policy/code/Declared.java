package dev.sallyport.policy.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What documents of a set declare for its conditions: {@code constant.NAME}, {@code calendar.NAME}, {@code freeze.NAME}. */
record Declared(Map<String, Object> constants, Map<String, Calendar> calendars, Map<String, Freeze> freezes) {
    static final String CONSTANT = "constant";
    static final String CALENDAR = "calendar";
    static final String FREEZE = "freeze";
    static final String GROUPS = "groups";

    Declared {
        constants = Map.copyOf(constants);
        calendars = Map.copyOf(calendars);
        freezes = Map.copyOf(freezes);
    }

    /** The names that may begin a path. */
    static List<String> variables() {
        var names = new ArrayList<>(
                FactTypes.ROOTS.stream().map(FactTypes.Group::name).toList());
        names.addAll(List.of(GROUPS, CONSTANT, CALENDAR, FREEZE));
        return names;
    }

    /** What may follow a name that begins a path; nothing for names that are not known. */
    Optional<List<String>> fields(String variable) {
        return switch (variable) {
            case CONSTANT -> Optional.of(constants.keySet().stream().sorted().toList());
            case CALENDAR -> Optional.of(calendars.keySet().stream().sorted().toList());
            case FREEZE -> Optional.of(freezes.keySet().stream().sorted().toList());
            default ->
                FactTypes.ROOTS.stream()
                        .filter(group -> group.name().equals(variable))
                        .findFirst()
                        .map(FactTypes.Group::names);
        };
    }
}
