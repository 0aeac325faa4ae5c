package dev.sallyport.request;

import dev.sallyport.catalog.Target;
import dev.sallyport.identity.Person;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a hypothetical question takes to be otherwise than it is.
 *
 * @param joined groups that the person is taken to be in
 * @param left groups that they are taken not to be in
 * @param incident the severity of an incident that is taken to be open, confirmed, about the target, with them working on it
 */
public record Supposing(List<String> joined, List<String> left, Optional<String> incident) {
    public static final Supposing NOTHING = new Supposing(List.of(), List.of(), Optional.empty());

    public Supposing {
        joined = List.copyOf(joined);
        left = List.copyOf(left);
    }

    List<String> groups(List<String> real) {
        var groups = new TreeSet<>(real);
        groups.addAll(joined);
        left.forEach(groups::remove);
        return List.copyOf(groups);
    }

    Optional<Map<String, Object>> incidentOf(Person person, Target target) {
        return incident.map(severity -> Map.of(
                "id",
                "supposed",
                "severity",
                severity,
                "confirmed",
                true,
                "responders",
                List.of(person.name()),
                "targets",
                List.of(target.name())));
    }
}
