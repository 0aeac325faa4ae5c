package dev.sallyport.catalog;

import dev.sallyport.database.Rx;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Through which eligibilities people may ask for something: who could reach it, without anybody having asked. */
public final class Ways {
    private Ways() {}

    /**
     * One way.
     *
     * @param attributes what those have who are neither named nor in a group; empty where that makes nobody eligible
     * @param until when it ends by itself
     */
    public record Way(
            String role,
            String eligibility,
            List<String> people,
            List<String> groups,
            Map<String, String> attributes,
            Optional<Instant> until) {
        public Way {
            people = List.copyOf(people);
            groups = List.copyOf(groups);
            attributes = Map.copyOf(attributes);
        }
    }

    /** Ways onto a target, by role. */
    public static List<Way> onto(Rx rx, Target target) {
        return running(rx).stream()
                .filter(eligibility -> eligibility.reaches(target))
                .flatMap(eligibility -> Catalog.role(rx, eligibility.role())
                        .filter(role -> role.targets().matches(target))
                        .map(role -> way(role, eligibility))
                        .stream())
                .sorted(Comparator.comparing(Way::role).thenComparing(Way::eligibility))
                .toList();
    }

    /** Ways to a role, on some target or other. */
    public static List<Way> to(Rx rx, Role role) {
        return running(rx).stream()
                .filter(eligibility -> eligibility.role().equals(role.id()))
                .map(eligibility -> way(role, eligibility))
                .toList();
    }

    /** Ways that whoever is in this group has, by role. */
    public static List<Way> through(Rx rx, String group) {
        return running(rx).stream()
                .filter(eligibility ->
                        eligibility.spec().at("subjects").texts("groups").contains(group))
                .flatMap(eligibility ->
                        Catalog.role(rx, eligibility.role()).map(role -> way(role, eligibility)).stream())
                .sorted(Comparator.comparing(Way::role).thenComparing(Way::eligibility))
                .toList();
    }

    private static List<Eligibility> running(Rx rx) {
        return Catalog.eligibilities(rx).stream()
                .filter(eligibility -> eligibility.isRunning(rx.now()))
                .toList();
    }

    private static Way way(Role role, Eligibility eligibility) {
        var subjects = eligibility.spec().at("subjects");
        return new Way(
                role.name(),
                eligibility.name(),
                subjects.texts("people"),
                subjects.texts("groups"),
                subjects.pairs("attributes"),
                eligibility.spec().text("until").map(Instant::parse));
    }
}
