package dev.sallyport.policy.code;

import dev.cel.common.ast.CelExpr;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.Program;
import java.util.Set;

/**
 * A checked condition.
 *
 * @param paths the facts it names, such as {@code target.labels.env}, and {@code target.*} where it names them all
 */
record Condition(String text, CelExpr expression, Program program, Set<String> paths) {
    /** What came out: true, false, or why nothing came out. */
    sealed interface Outcome {
        record Said(boolean value) implements Outcome {}

        record Erred(String why) implements Outcome {}
    }

    Outcome judge(Question.Seen facts) {
        try {
            return new Outcome.Said(Boolean.TRUE.equals(program.eval(facts)));
        } catch (CelEvaluationException e) {
            return new Outcome.Erred(
                    String.valueOf(e.getMessage()).replaceFirst("^evaluation error at <input>:\\d+: ", ""));
        } catch (RuntimeException e) {
            // whatever breaks while a condition is judged must not let anybody in: the rule decides as one that erred
            return new Outcome.Erred(e.getClass().getSimpleName());
        }
    }

    /** Whether its answer may change by itself as time passes, other than with calendars and freezes. */
    boolean isTimed() {
        return names("context.time") || names("context.mfaAge");
    }

    /** Whether it may look at this fact. */
    boolean names(String fact) {
        return paths.contains(fact) || paths.contains(fact.substring(0, fact.indexOf('.')) + ConditionWalk.ALL);
    }
}
