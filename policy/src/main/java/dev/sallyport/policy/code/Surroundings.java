package dev.sallyport.policy.code;

import dev.sallyport.formats.document.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Documents of the catalogue that stand in the same files: what they name, for the lint. The server checks them itself. */
public final class Surroundings {
    static final String DECISION_SERVICE = "DecisionService";

    /** Kinds that the catalogue reads and policies only name. */
    static final List<String> KINDS = List.of(
            "Person",
            "Group",
            "Target",
            "Role",
            "Eligibility",
            "OidcProvider",
            "IncidentSource",
            "NotificationChannel",
            "NotificationRoute",
            DECISION_SERVICE);

    record Target(String name, Optional<String> type, Map<String, String> labels) {}

    private final Map<String, Set<String>> names = new HashMap<>();
    private final List<Target> targets = new ArrayList<>();
    private final Set<String> rolesAskedFor = new HashSet<>();

    /** Takes the names of a kind that are there. */
    public void add(String kind, Collection<String> those) {
        names.computeIfAbsent(kind, _ -> new HashSet<>()).addAll(those);
    }

    /** Takes what can be read; what cannot is left out. */
    void add(String kind, Node.Fields document) {
        text(document, "metadata", "name").ifPresent(name -> {
            names.computeIfAbsent(kind, _ -> new HashSet<>()).add(name);
            if (kind.equals("Target")) {
                targets.add(new Target(name, text(document, "spec", "type"), labels(document)));
            }
        });
        if (kind.equals("Eligibility")) {
            text(document, "spec", "role").ifPresent(rolesAskedFor::add);
        }
    }

    Set<String> named(String kind) {
        return names.getOrDefault(kind, Set.of());
    }

    List<Target> targets() {
        return targets;
    }

    Set<String> rolesAskedFor() {
        return rolesAskedFor;
    }

    private static Optional<String> text(Node.Fields document, String part, String key) {
        return document.get(part)
                .flatMap(node -> node instanceof Node.Fields map ? map.get(key) : Optional.empty())
                .flatMap(node -> node instanceof Node.Text text ? Optional.of(text.value()) : Optional.empty());
    }

    private static Map<String, String> labels(Node.Fields document) {
        var labels = new TreeMap<String, String>();
        document.get("metadata")
                .flatMap(node -> node instanceof Node.Fields map ? map.get("labels") : Optional.empty())
                .ifPresent(node -> {
                    if (node instanceof Node.Fields map) {
                        map.fields().forEach(field -> {
                            if (field.value() instanceof Node.Text text) {
                                labels.put(field.key(), text.value());
                            }
                        });
                    }
                });
        return labels;
    }
}
