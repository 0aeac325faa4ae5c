package dev.sallyport.policy.code;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The groups, people, roles and targets that a condition names by writing their names down: compared with {@code ==} or
 * {@code !=}, or looked for with {@code in}, also inside a loop over groups. Names that come by way of constants and
 * attributes are not among them.
 */
final class ConditionNames {
    /** Facts that hold a name. */
    private static final Map<String, String> NAMES = Map.of(
            "principal.name", "Person", "principal.manager", "Person", "role.name", "Role", "target.name", "Target");

    /** Facts that hold a list of names. */
    private static final Map<String, String> LISTS = Map.of("groups", "Group", "principal.groups", "Group");

    /** A name that a condition writes down, and what kind of thing it is meant to be. */
    record Named(String kind, String name) {}

    private final Set<Named> found = new LinkedHashSet<>();
    private final Map<String, String> loops = new HashMap<>();

    private ConditionNames() {}

    static List<Named> in(Condition condition) {
        var names = new ConditionNames();
        names.walk(condition.expression());
        return List.copyOf(names.found);
    }

    private void walk(CelExpr expr) {
        switch (expr.getKind()) {
            case SELECT -> walk(expr.select().operand());
            case CALL -> call(expr.call());
            case LIST -> expr.list().elements().forEach(this::walk);
            case MAP ->
                expr.map().entries().forEach(entry -> {
                    walk(entry.key());
                    walk(entry.value());
                });
            case COMPREHENSION -> loop(expr.comprehension());
            case STRUCT, IDENT, CONSTANT, NOT_SET -> {
                // nothing stands below these
            }
        }
    }

    private void call(CelExpr.CelCall call) {
        call.target().ifPresent(this::walk);
        call.args().forEach(this::walk);
        if (call.args().size() != 2) {
            return;
        }
        CelExpr left = call.args().getFirst();
        CelExpr right = call.args().getLast();
        switch (call.function()) {
            case "_==_", "_!=_" -> {
                named(left).ifPresent(kind -> texts(right).forEach(name -> found.add(new Named(kind, name))));
                named(right).ifPresent(kind -> texts(left).forEach(name -> found.add(new Named(kind, name))));
            }
            case "@in" -> {
                named(left).ifPresent(kind -> texts(right).forEach(name -> found.add(new Named(kind, name))));
                Optional.ofNullable(LISTS.get(path(right)))
                        .ifPresent(kind -> texts(left).forEach(name -> found.add(new Named(kind, name))));
            }
            default -> {
                // other calls compare with no name
            }
        }
    }

    private void loop(CelExpr.CelComprehension loop) {
        walk(loop.iterRange());
        String kind = LISTS.get(path(loop.iterRange()));
        String outer = kind == null ? loops.remove(loop.iterVar()) : loops.put(loop.iterVar(), kind);
        walk(loop.loopCondition());
        walk(loop.loopStep());
        loops.remove(loop.iterVar());
        if (outer != null) {
            loops.put(loop.iterVar(), outer);
        }
        walk(loop.result());
    }

    /** What kind of thing an expression holds the name of. */
    private Optional<String> named(CelExpr expr) {
        String path = path(expr);
        return Optional.ofNullable(loops.getOrDefault(path, NAMES.get(path)));
    }

    private static String path(CelExpr expr) {
        return ConditionWalk.path(expr).orElse("");
    }

    /** A text, or those of a list. */
    private static List<String> texts(CelExpr expr) {
        var texts = new ArrayList<String>();
        List<CelExpr> parts =
                expr.getKind() == CelExpr.ExprKind.Kind.LIST ? expr.list().elements() : List.of(expr);
        for (CelExpr part : parts) {
            if (part.getKind() == CelExpr.ExprKind.Kind.CONSTANT
                    && part.constant().getKind() == CelConstant.Kind.STRING_VALUE) {
                texts.add(part.constant().stringValue());
            }
        }
        return texts;
    }
}
