package dev.sallyport.policy.code;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.sallyport.base.Text;
import dev.sallyport.formats.document.Nearest;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Goes through a typed condition: what it names, what it may cost, and whether the texts in it can be read. */
final class ConditionWalk {
    /** Told with the place of what it is about, counted in characters from the condition's beginning. */
    interface Told {
        void tell(int at, String sentence);
    }

    /** Calls by which a condition would get around its types. */
    private static final Set<String> UNTYPED = Set.of("dyn", "type");

    private static final Pattern SPAN = Pattern.compile("([0-9]{1,6}h)?([0-9]{1,7}m)?([0-9]{1,9}s)?(?<=[hms])");

    /** Behind a name that is used by itself: all that stands below it may be looked at. */
    static final String ALL = ".*";

    private final CelAbstractSyntaxTree tree;
    private final Told told;
    private final Set<String> paths = new TreeSet<>();

    ConditionWalk(CelAbstractSyntaxTree tree, Told told) {
        this.tree = tree;
        this.told = told;
    }

    Set<String> paths() {
        return Set.copyOf(paths);
    }

    void check() {
        long cost = cost(tree.getExpr());
        if (cost > Limits.COST) {
            told.tell(
                    0,
                    "may cost " + cost + " (expected: at most " + Limits.COST + ", where each part costs 1, and "
                            + Limits.LOOP + " times that inside a loop)");
        }
    }

    private long cost(CelExpr expr) {
        return switch (expr.getKind()) {
            case SELECT ->
                path(expr).isPresent() ? chain(expr) : 1 + cost(expr.select().operand());
            case CALL -> {
                call(expr);
                yield 1
                        + expr.call().target().map(this::cost).orElse(0L)
                        + sum(expr.call().args());
            }
            case LIST -> 1 + sum(expr.list().elements());
            case STRUCT -> {
                told.tell(at(expr), "makes a " + expr.struct().messageName() + " (expected: only what facts hold)");
                yield 1;
            }
            case MAP ->
                1
                        + expr.map().entries().stream()
                                .mapToLong(entry -> cost(entry.key()) + cost(entry.value()))
                                .sum();
            case COMPREHENSION -> {
                var loop = expr.comprehension();
                yield cost(loop.iterRange())
                        + cost(loop.accuInit())
                        + Limits.LOOP * (cost(loop.loopCondition()) + cost(loop.loopStep()))
                        + cost(loop.result());
            }
            case IDENT -> {
                paths.add(expr.ident().name());
                paths.add(expr.ident().name() + ALL);
                yield 1;
            }
            case CONSTANT, NOT_SET -> 1;
        };
    }

    /** Fields of fields of a name: they are named, and nothing else of it. */
    private long chain(CelExpr expr) {
        path(expr).ifPresent(paths::add);
        return expr.getKind() == CelExpr.ExprKind.Kind.SELECT
                ? 1 + chain(expr.select().operand())
                : 1;
    }

    private long sum(List<CelExpr> parts) {
        return parts.stream().mapToLong(this::cost).sum();
    }

    /** The dotted path of a chain of fields that begins with a name. */
    static Optional<String> path(CelExpr expr) {
        return switch (expr.getKind()) {
            case IDENT -> Optional.of(expr.ident().name());
            case SELECT ->
                path(expr.select().operand())
                        .map(before -> before + "." + expr.select().field());
            case CALL, CONSTANT, LIST, MAP, STRUCT, COMPREHENSION, NOT_SET -> Optional.empty();
        };
    }

    private void call(CelExpr expr) {
        String function = expr.call().function();
        if (UNTYPED.contains(function)) {
            told.tell(at(expr), function + "() (expected: values that keep their types)");
        }
        List<CelExpr> arguments = expr.call().args();
        if (arguments.isEmpty()) {
            return;
        }
        CelExpr last = arguments.getLast();
        text(last).ifPresent(value -> literal(function, expr, last, value));
    }

    private void literal(String function, CelExpr call, CelExpr argument, String value) {
        switch (function) {
            case "matches" -> {
                if (!isPattern(value)) {
                    told.tell(at(argument), "matches " + Text.quoted(value) + " (expected: a pattern in RE2 syntax)");
                }
            }
            case "inNetwork" -> {
                if (Network.parse(value).isEmpty()) {
                    told.tell(
                            at(argument),
                            "inNetwork " + Text.quoted(value) + " (expected: a network such as 10.0.0.0/8)");
                }
            }
            case "duration" -> {
                if (!SPAN.matcher(value).matches()) {
                    told.tell(
                            at(argument),
                            "duration " + Text.quoted(value)
                                    + " (expected: hours, minutes and seconds, such as 1h30m)");
                }
            }
            case "timestamp" -> {
                if (!isTime(value)) {
                    told.tell(
                            at(argument),
                            "timestamp " + Text.quoted(value) + " (expected: such as 2027-01-31T08:00:00Z)");
                }
            }
            default -> {
                if (Functions.ZONED.contains(function) && call.call().target().isPresent()) {
                    zone(argument, value);
                }
            }
        }
    }

    private void zone(CelExpr argument, String value) {
        try {
            ZoneId.of(value);
        } catch (DateTimeException _) {
            told.tell(
                    at(argument),
                    "the time zone " + Text.quoted(value) + " is not known (expected: such as Europe/Berlin"
                            + Nearest.question(value, ZoneId.getAvailableZoneIds()) + ")");
        }
    }

    private static boolean isPattern(String value) {
        try {
            return !com.google.re2j.Pattern.compile(value).pattern().isEmpty();
        } catch (com.google.re2j.PatternSyntaxException _) {
            return false;
        }
    }

    private static boolean isTime(String value) {
        try {
            return java.time.OffsetDateTime.parse(value).getYear() > 0;
        } catch (DateTimeException _) {
            return false;
        }
    }

    private static Optional<String> text(CelExpr expr) {
        return expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
                        && expr.constant().getKind() == CelConstant.Kind.STRING_VALUE
                ? Optional.of(expr.constant().stringValue())
                : Optional.empty();
    }

    private int at(CelExpr expr) {
        return tree.getSource().getPositionsMap().getOrDefault(expr.id(), 0);
    }
}
