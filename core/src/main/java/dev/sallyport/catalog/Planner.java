package dev.sallyport.catalog;

import dev.sallyport.base.Ids;
import dev.sallyport.database.Rx;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.formats.document.Nearest;
import dev.sallyport.formats.document.Place;
import dev.sallyport.policy.code.PolicyDocument;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** Compares documents with what is stored, and refuses what would leave a name without its object. */
final class Planner {
    private static final Place PRUNE = new Place("--prune", 1, 1);

    private final Rx rx;
    private final String managedBy;
    private final Errors errors;
    private final BiConsumer<List<PolicyDocument>, Errors> policies;

    /** @param policies checks what the policies will be, all together */
    Planner(Rx rx, String managedBy, Errors errors, BiConsumer<List<PolicyDocument>, Errors> policies) {
        this.rx = rx;
        this.managedBy = managedBy;
        this.errors = errors;
        this.policies = policies;
    }

    /** Steps for the documents in their order, and then for what is managed by the same hand and not among them, if pruning. */
    List<Step> plan(List<Document> documents, boolean prune) {
        var steps = new ArrayList<Step>();
        Map<String, Stored> stored = stored(documents);
        for (Document document : documents) {
            Stored before = stored.get(document.title());
            Step step = Step.to(document, before, Ids.next(prefix(document.kind())));
            if (before != null && step.changes() && !before.managedBy().equals(managedBy)) {
                errors.add(
                        document.place("metadata.name"),
                        document.title() + ": managed by " + before.managedBy() + " (expected: " + managedBy
                                + "; change it there)");
            }
            steps.add(step);
        }
        if (prune) {
            var kept = documents.stream().map(Document::title).collect(Collectors.toSet());
            for (Kind kind : Kind.values()) {
                CatalogStore.managedBy(rx, kind, managedBy).stream()
                        .filter(object -> !kept.contains(object.title()))
                        .forEach(object -> steps.add(Step.delete(object)));
            }
        }
        check(steps);
        return steps;
    }

    /** Refuses names without an object, and deletions of what is still named. */
    void check(List<Step> steps) {
        Map<Kind, Set<String>> defined = names(steps, false);
        Map<Kind, Set<String>> deleted = names(steps, true);
        refuseDangling(steps, defined, deleted);
        refuseDeletedInUse(steps, deleted);
        refuseDeletedInTheRecord(steps);
        PolicyDraft.check(rx, steps, errors, policies);
    }

    private Map<String, Stored> stored(List<Document> documents) {
        var wanted = new EnumMap<Kind, List<String>>(Kind.class);
        documents.forEach(document ->
                wanted.computeIfAbsent(document.kind(), _ -> new ArrayList<>()).add(document.name()));
        var stored = new HashMap<String, Stored>();
        wanted.forEach((kind, names) ->
                CatalogStore.named(rx, kind, names).forEach(object -> stored.put(object.title(), object)));
        return stored;
    }

    private static Map<Kind, Set<String>> names(List<Step> steps, boolean deleted) {
        var names = new EnumMap<Kind, Set<String>>(Kind.class);
        for (Kind kind : Kind.values()) {
            names.put(kind, new HashSet<>());
        }
        steps.stream()
                .filter(step -> step.is(Action.DELETE) == deleted)
                .forEach(step -> of(names, step.kind()).add(step.name()));
        return names;
    }

    private void refuseDangling(List<Step> steps, Map<Kind, Set<String>> defined, Map<Kind, Set<String>> deleted) {
        List<Reference> references = steps.stream()
                .filter(step -> !step.is(Action.DELETE))
                .flatMap(step -> Reference.of(step.document()).stream())
                .toList();
        var known = new EnumMap<Kind, Set<String>>(Kind.class);
        for (Kind kind : Kind.values()) {
            Set<String> asked = references.stream()
                    .filter(reference -> reference.kinds().contains(kind))
                    .map(Reference::name)
                    .filter(name -> !of(defined, kind).contains(name)
                            && !of(deleted, kind).contains(name))
                    .collect(Collectors.toSet());
            var names = new HashSet<>(CatalogStore.existing(rx, kind, asked));
            names.addAll(of(defined, kind));
            known.put(kind, names);
        }
        for (Reference reference : references) {
            if (reference.kinds().stream().noneMatch(kind -> of(known, kind).contains(reference.name()))) {
                errors.add(reference.place(), dangling(reference, defined));
            }
        }
    }

    private static String dangling(Reference reference, Map<Kind, Set<String>> defined) {
        List<String> candidates = reference.kinds().stream()
                .flatMap(kind -> of(defined, kind).stream())
                .limit(1_000)
                .toList();
        return reference.path() + ": \"" + reference.name() + "\" does not exist (expected: a "
                + reference.kinds().stream().sorted().map(Kind::word).collect(Collectors.joining(" or "))
                + " in the catalogue or in these files" + Nearest.question(reference.name(), candidates) + ")";
    }

    private void refuseDeletedInUse(List<Step> steps, Map<Kind, Set<String>> deleted) {
        List<String> groups = List.copyOf(of(deleted, Kind.GROUP));
        List<String> roles = List.copyOf(of(deleted, Kind.ROLE));
        List<String> people = List.copyOf(of(deleted, Kind.PERSON));
        List<String> channels = List.copyOf(of(deleted, Kind.NOTIFICATION_CHANNEL));
        List<String> services = List.copyOf(of(deleted, Kind.DECISION_SERVICE));
        if (groups.isEmpty() && roles.isEmpty() && people.isEmpty() && channels.isEmpty() && services.isEmpty()) {
            return;
        }
        Collection<String> changed = steps.stream().map(Step::title).collect(Collectors.toSet());
        for (CatalogStore.Use use : CatalogStore.uses(rx, groups, roles, people, channels, services)) {
            if (!changed.contains(use.kind().word() + " " + use.name())) {
                errors.add(
                        PRUNE,
                        use.usedKind().word() + " " + use.used() + ": still named by "
                                + use.kind().word() + " " + use.name() + " (expected: named by nothing)");
            }
        }
        if (!services.isEmpty()) {
            CatalogStore.enforcedUses(rx, services)
                    .forEach(use -> errors.add(
                            PRUNE,
                            use.usedKind().word() + " " + use.used() + ": still named by the enforced "
                                    + use.kind().word() + " " + use.name()
                                    + " (expected: named by nothing; enforce policies without it first)"));
        }
    }

    private void refuseDeletedInTheRecord(List<Step> steps) {
        List<String> persons = steps.stream()
                .filter(step -> step.is(Action.DELETE) && step.kind() == Kind.PERSON)
                .map(Step::id)
                .toList();
        if (persons.isEmpty()) {
            return;
        }
        var kept = Set.copyOf(CatalogStore.inTheRecord(rx, persons));
        steps.stream()
                .filter(step -> kept.contains(step.id()))
                .forEach(step -> errors.add(
                        PRUNE,
                        step.title() + ": stands in the record of requests, grants and sign-ins"
                                + " (expected: kept, with spec.state: disabled)"));
    }

    private static Set<String> of(Map<Kind, Set<String>> names, Kind kind) {
        return names.getOrDefault(kind, Set.of());
    }

    private static String prefix(Kind kind) {
        return switch (kind) {
            case PERSON -> "per_";
            case GROUP -> "grp_";
            case TARGET -> "tgt_";
            case ROLE -> "rol_";
            case ELIGIBILITY -> "elg_";
            case OIDC_PROVIDER -> "oip_";
            case INCIDENT_SOURCE -> "isr_";
            case NOTIFICATION_CHANNEL -> "nch_";
            case NOTIFICATION_ROUTE -> "nro_";
            case DECISION_SERVICE -> "dsv_";
            case CONSTANTS -> "con_";
            case CALENDAR -> "cal_";
            case FREEZE -> "frz_";
            case POLICY -> "pol_";
        };
    }
}
