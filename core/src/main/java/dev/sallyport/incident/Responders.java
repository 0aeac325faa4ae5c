package dev.sallyport.incident;

import java.util.List;

/** Persons and groups by name. */
public record Responders(List<String> people, List<String> groups) {
    static final int MAX = 100;

    public Responders {
        people = List.copyOf(people);
        groups = List.copyOf(groups);
        if (people.size() + groups.size() > MAX) {
            throw IncidentRefusal.INVALID.because(
                    "responders: " + (people.size() + groups.size()) + " (expected: at most " + MAX + ")");
        }
    }

    boolean isNobody() {
        return people.isEmpty() && groups.isEmpty();
    }
}
