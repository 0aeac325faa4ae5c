package dev.sallyport.decision;

import dev.sallyport.database.Spec;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.Approvals;
import dev.sallyport.policy.RoleRule;
import dev.sallyport.policy.SessionObligations;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Question;
import dev.sallyport.policy.code.Ruling;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The facts of a decision as they stand with it, so that it can be decided again by other rules. */
public record Kept(Question question, RoleRule own, Optional<RiskScore> risk) {
    /** What was asked. */
    public Asked.Wish wish() {
        Asked.Wish wish = Asked.Wish.of(question);
        return risk.isPresent() ? wish.withRisk(risk) : wish;
    }

    /** What this set says to the same facts at that time. */
    public Ruling decide(PolicySet set, Instant at) {
        return set.decide(question, own, at);
    }

    public Map<String, Object> tree() {
        var rule = new TreeMap<String, Object>();
        rule.put("automatic", own.automatic());
        own.approval().ifPresent(wanted -> {
            rule.put("group", wanted.group());
            rule.put("count", wanted.count());
        });
        rule.put("max_duration", own.maxDuration().toString());
        rule.put("reason_required", own.reasonRequired());
        rule.put("access", own.access().name().toLowerCase(Locale.ROOT));
        var tree = new TreeMap<String, Object>();
        tree.put("action", question.action().name().toLowerCase(Locale.ROOT));
        tree.put("facts", question.tree());
        tree.put("own", rule);
        risk.ifPresent(score -> tree.put("risk", score.tree()));
        return tree;
    }

    /** Nothing for what was decided before facts were kept in this form. */
    public static Optional<Kept> of(Spec kept) {
        if (!kept.has("facts") || !kept.has("own")) {
            return Optional.empty();
        }
        Spec rule = kept.at("own");
        return Optional.of(new Kept(
                Question.of(
                        Action.valueOf(kept.text("action", "request").toUpperCase(Locale.ROOT)),
                        kept.at("facts").tree()),
                new RoleRule(
                        rule.flag("automatic"),
                        rule.text("group").map(group -> new Approvals(group, rule.number("count", 1))),
                        rule.duration("max_duration", RoleRule.MAX_DURATION),
                        rule.flag("reason_required"),
                        RoleRule.DECIDE_WITHIN,
                        Access.valueOf(rule.text("access", "gateway").toUpperCase(Locale.ROOT)),
                        RoleRule.CERTIFICATE_VALIDITY,
                        SessionObligations.DEFAULT),
                kept.has("risk") ? Optional.of(RiskScore.of(kept.at("risk"))) : Optional.empty()));
    }
}
