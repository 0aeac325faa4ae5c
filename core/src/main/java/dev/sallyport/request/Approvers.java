package dev.sallyport.request;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Any of these people, by name: members of the groups, and the persons.
 *
 * @param service a decision service instead of people; others may join it
 */
public record Approvers(List<String> groups, List<String> people, Optional<String> service) {
    static final Approvers NOBODY = new Approvers(List.of(), List.of());

    Approvers(List<String> groups, List<String> people) {
        this(groups, people, Optional.empty());
    }

    static Approvers service(String name) {
        return new Approvers(List.of(), List.of(), Optional.of(name));
    }

    public Approvers {
        groups = groups.stream().distinct().sorted().toList();
        people = people.stream().distinct().sorted().toList();
    }

    public boolean isNobody() {
        return groups.isEmpty() && people.isEmpty() && service.isEmpty();
    }

    /** Whether all the others are among these. */
    boolean include(Approvers others) {
        return groups.containsAll(others.groups)
                && people.containsAll(others.people)
                && (others.service.isEmpty() || others.service.equals(service));
    }

    Approvers and(Approvers others) {
        var allGroups = new ArrayList<>(groups);
        allGroups.addAll(others.groups);
        var allPeople = new ArrayList<>(people);
        allPeople.addAll(others.people);
        return new Approvers(allGroups, allPeople, service.or(() -> others.service));
    }

    /** As a person reads it. */
    public String shown() {
        var names = new ArrayList<>(groups);
        names.addAll(people);
        service.map(Verdict::ofService).ifPresent(names::add);
        return String.join(" or ", names);
    }
}
