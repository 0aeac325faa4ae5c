package dev.sallyport.policy.code;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for parts of a condition that cannot hold together: one fact equal to two texts, a flag and its opposite, a number
 * above and below. It finds the plain cases and never finds one that is none.
 */
final class Contradiction {
    private final Map<String, String> equal = new HashMap<>();
    private final Map<String, Boolean> flags = new HashMap<>();
    private final Map<String, Long> least = new HashMap<>();
    private final Map<String, Long> most = new HashMap<>();
    private final Match match;

    private Contradiction(Match match) {
        this.match = match;
        match.targets().labels().forEach((label, value) -> equal.put("target.labels." + label, value));
        match.targets().type().ifPresent(type -> equal.put("target.type", type));
    }

    /** Why the rule can never hold, in half a sentence. */
    static Optional<String> in(Rule rule) {
        return rule.when().flatMap(condition -> new Contradiction(rule.match()).look(condition.expression()));
    }

    private Optional<String> look(CelExpr condition) {
        for (CelExpr part : parts(condition)) {
            Optional<String> found = part(part);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static List<CelExpr> parts(CelExpr expr) {
        if (isCall(expr, "_&&_")) {
            var all = new ArrayList<CelExpr>();
            expr.call().args().forEach(part -> all.addAll(parts(part)));
            return all;
        }
        return List.of(expr);
    }

    private Optional<String> part(CelExpr part) {
        if (part.getKind() == CelExpr.ExprKind.Kind.CONSTANT) {
            return part.constant().getKind() == CelConstant.Kind.BOOLEAN_VALUE
                            && !part.constant().booleanValue()
                    ? Optional.of("it says false")
                    : Optional.empty();
        }
        if (isCall(part, "!_")) {
            CelExpr negated = part.call().args().getFirst();
            return isFact(negated) ? ConditionWalk.path(negated).flatMap(path -> flag(path, false)) : Optional.empty();
        }
        if (part.getKind() == CelExpr.ExprKind.Kind.CALL && part.call().args().size() == 2) {
            CelExpr left = part.call().args().getFirst();
            CelExpr right = part.call().args().getLast();
            return ConditionWalk.path(left)
                    .filter(_ -> right.getKind() == CelExpr.ExprKind.Kind.CONSTANT)
                    .flatMap(path -> compared(path, part.call().function(), right.constant()));
        }
        return isFact(part) ? ConditionWalk.path(part).flatMap(path -> flag(path, true)) : Optional.empty();
    }

    /** A fact itself, and not the question whether it is there. */
    private static boolean isFact(CelExpr part) {
        return part.getKind() == CelExpr.ExprKind.Kind.SELECT && !part.select().testOnly();
    }

    private Optional<String> flag(String path, boolean wanted) {
        Boolean before = flags.putIfAbsent(path, wanted);
        return before != null && before != wanted ? Optional.of(path + " and its opposite") : Optional.empty();
    }

    private Optional<String> compared(String path, String operator, CelConstant value) {
        return switch (value.getKind()) {
            case STRING_VALUE -> operator.equals("_==_") ? text(path, value.stringValue()) : Optional.empty();
            case INT64_VALUE -> number(path, operator, value.int64Value());
            default -> Optional.empty();
        };
    }

    private Optional<String> text(String path, String value) {
        String before = equal.putIfAbsent(path, value);
        if (before != null && !before.equals(value)) {
            return Optional.of(path + " is \"" + before + "\" and \"" + value + "\"");
        }
        return switch (path) {
            case "role.name" -> outside(path, value, Set.copyOf(match.roles()));
            case "target.name" ->
                outside(path, value, Set.copyOf(match.targets().names()));
            default -> Optional.empty();
        };
    }

    private static Optional<String> outside(String path, String value, Set<String> matched) {
        return matched.isEmpty() || matched.contains(value)
                ? Optional.empty()
                : Optional.of(path + " is \"" + value + "\", which the policy's match leaves out");
    }

    private Optional<String> number(String path, String operator, long value) {
        switch (operator) {
            case "_==_" -> {
                least.merge(path, value, Math::max);
                most.merge(path, value, Math::min);
            }
            case "_>_" -> least.merge(path, value == Long.MAX_VALUE ? value : value + 1, Math::max);
            case "_>=_" -> least.merge(path, value, Math::max);
            case "_<_" -> most.merge(path, value == Long.MIN_VALUE ? value : value - 1, Math::min);
            case "_<=_" -> most.merge(path, value, Math::min);
            default -> {
                return Optional.empty();
            }
        }
        Long low = least.get(path);
        Long high = most.get(path);
        return low != null && high != null && low > high
                ? Optional.of(path + " is at least " + low + " and at most " + high)
                : Optional.empty();
    }

    private static boolean isCall(CelExpr expr, String function) {
        return expr.getKind() == CelExpr.ExprKind.Kind.CALL
                && expr.call().function().equals(function);
    }
}
