package dev.sallyport.policy.code;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a policy speaks of: roles (none named means any), targets and actions. */
record Match(List<String> roles, Targets targets, Set<Action> actions) {
    /** Targets that fulfil everything said; nothing said means any but the product itself. */
    record Targets(Optional<String> type, Map<String, String> labels, List<String> names) {
        static final Targets ANY = new Targets(Optional.empty(), Map.of(), List.of());

        /** The type of the product itself as a target. */
        static final String ITSELF = "sallyport";

        Targets {
            labels = Map.copyOf(labels);
            names = List.copyOf(names);
        }

        boolean isAny() {
            return type.isEmpty() && labels.isEmpty() && names.isEmpty();
        }

        /** Whether the product itself is never among them. */
        boolean leavesOutItself() {
            return type.isEmpty() && names.isEmpty();
        }

        boolean namesItself() {
            return names.contains(ITSELF) || type.equals(Optional.of(ITSELF));
        }

        boolean includes(String name, Optional<String> itsType, Map<String, String> itsLabels) {
            if (leavesOutItself() && itsType.equals(Optional.of(ITSELF))) {
                return false;
            }
            return (names.isEmpty() || names.contains(name))
                    && (type.isEmpty() || type.equals(itsType))
                    && itsLabels.entrySet().containsAll(labels.entrySet());
        }
    }

    Match {
        roles = List.copyOf(roles);
        actions = Set.copyOf(actions);
    }

    boolean includes(Question question) {
        return actions.contains(question.action())
                && (roles.isEmpty() || roles.contains(question.role()))
                && targets.includes(question.target(), question.targetType(), question.labels());
    }

    /** Whether everything that the other speaks of is spoken of here. */
    boolean covers(Match other) {
        return actions.containsAll(other.actions)
                && (roles.isEmpty() || !other.roles.isEmpty() && roles.containsAll(other.roles))
                && (!targets.leavesOutItself() || !other.targets.namesItself())
                && (targets.type().isEmpty() || targets.type().equals(other.targets.type()))
                && other.targets
                        .labels()
                        .entrySet()
                        .containsAll(targets.labels().entrySet())
                && (targets.names().isEmpty()
                        || !other.targets.names().isEmpty() && targets.names().containsAll(other.targets.names()));
    }
}
