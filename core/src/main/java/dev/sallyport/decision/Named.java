package dev.sallyport.decision;

import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.identity.Person;
import dev.sallyport.policy.code.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Those whose word a stage wants, by name, with the owner of the target and the manager of the requester. Persons who are not
 * there now are left out: nobody becomes an approver by taking a name.
 */
public record Named(List<String> groups, List<String> people) {
    public Named {
        groups = List.copyOf(groups);
        people = List.copyOf(people);
    }

    public static Named of(Rx rx, Stage.Approvers by, Person requester, Target target) {
        var groups = new ArrayList<>(by.groups());
        var people = new ArrayList<>(by.people());
        if (by.targetOwner()) {
            target.spec().text("owner").ifPresent(owner -> {
                if (rx.exists("select 1 from person_group where name = ?", owner)) {
                    groups.add(owner);
                } else {
                    people.add(owner);
                }
            });
        }
        if (by.manager()) {
            Optional.ofNullable(requester.attributes().get(Asked.MANAGER)).ifPresent(people::add);
        }
        return new Named(
                groups,
                people.isEmpty()
                        ? people
                        : rx.list(
                                "select name from person where name = any(?::text[])",
                                row -> row.getString(1),
                                people));
    }
}
