package dev.sallyport.decision;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.database.Spec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How unusual something is that was asked: 0 to 100, with what makes it so.
 *
 * @param reasons the heaviest first
 */
public record RiskScore(int points, List<Reason> reasons) {
    public static final int MOST = 100;

    /**
     * One feature that was found.
     *
     * @param feature its name in the reference
     * @param why what was seen, in a sentence for whoever decides
     */
    public record Reason(String feature, int points, String why) {}

    public RiskScore {
        reasons = List.copyOf(reasons);
        if (points < 0 || points > MOST) {
            throw new IllegalArgumentException("risk: " + points + " (expected: 0 to " + MOST + ")");
        }
    }

    /** One that somebody states, without reasons. */
    public static RiskScore stated(int points) {
        if (points < 0 || points > MOST) {
            throw InputRefusal.INVALID_VALUE.because("risk: " + points + " (expected: 0 to " + MOST + ")");
        }
        return new RiskScore(points, List.of());
    }

    public Map<String, Object> tree() {
        return Map.of(
                "points",
                points,
                "reasons",
                reasons.stream()
                        .map(reason -> {
                            var tree = new LinkedHashMap<String, Object>();
                            tree.put("feature", reason.feature());
                            tree.put("points", reason.points());
                            tree.put("why", reason.why());
                            return tree;
                        })
                        .toList());
    }

    static RiskScore of(Spec spec) {
        return new RiskScore(
                spec.number("points", 0),
                spec.all("reasons").stream()
                        .map(reason -> new Reason(
                                reason.text("feature", ""), reason.number("points", 0), reason.text("why", "")))
                        .toList());
    }
}
