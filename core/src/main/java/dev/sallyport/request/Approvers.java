package dev.sallyport.request;

import java.util.ArrayList;
import java.util.List;

/** Any of these people, by name: members of the groups, and the persons. */
public record Approvers(List<String> groups, List<String> people) {
    static final Approvers NOBODY = new Approvers(List.of(), List.of());

    public Approvers {
        groups = groups.stream().distinct().sorted().toList();
        people = people.stream().distinct().sorted().toList();
    }

    public boolean isNobody() {
        return groups.isEmpty() && people.isEmpty();
    }

    /** Whether all the others are among these. */
    boolean include(Approvers others) {
        return groups.containsAll(others.groups) && people.containsAll(others.people);
    }

    Approvers and(Approvers others) {
        var allGroups = new ArrayList<>(groups);
        allGroups.addAll(others.groups);
        var allPeople = new ArrayList<>(people);
        allPeople.addAll(others.people);
        return new Approvers(allGroups, allPeople);
    }

    /** As a person reads it. */
    public String shown() {
        var names = new ArrayList<>(groups);
        names.addAll(people);
        return String.join(" or ", names);
    }
}
