package dev.sallyport.request;

import dev.sallyport.database.Spec;
import dev.sallyport.grant.SessionTree;
import dev.sallyport.grant.Terms;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.Approvals;
import dev.sallyport.policy.Decision;
import dev.sallyport.policy.Obligations;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A decision as it stands with its item.
 *
 * @param terms what was asked for and approvers see; a later change of the role narrows it and never widens it
 */
public record StoredDecision(
        Effect effect, Optional<Approvals> approvals, Obligations obligations, Terms terms, List<String> explanation) {
    public StoredDecision {
        explanation = List.copyOf(explanation);
    }

    /** What policy said. */
    public enum Effect {
        ALLOW,
        APPROVAL,
        DENY
    }

    public static StoredDecision of(Decision decision, Terms terms) {
        return switch (decision) {
            case Decision.Allow(var obligations, var explanation) ->
                new StoredDecision(Effect.ALLOW, Optional.empty(), obligations, terms, explanation);
            case Decision.NeedsApproval(var approvals, var obligations, var explanation) ->
                new StoredDecision(Effect.APPROVAL, Optional.of(approvals), obligations, terms, explanation);
            case Decision.Deny(var explanation, var obligations) ->
                new StoredDecision(Effect.DENY, Optional.empty(), obligations, terms, explanation);
        };
    }

    static StoredDecision of(Spec spec) {
        Spec obligations = spec.at("obligations");
        return new StoredDecision(
                Effect.valueOf(spec.text("effect", "deny").toUpperCase(Locale.ROOT)),
                spec.text("approver_group").map(group -> new Approvals(group, spec.number("approvals_needed", 1))),
                new Obligations(
                        obligations.duration("max_duration", Duration.ofMinutes(1)),
                        obligations.flag("reason_required"),
                        Access.valueOf(obligations.text("access", "gateway").toUpperCase(Locale.ROOT)),
                        obligations.duration("certificate_validity", Duration.ofMinutes(1)),
                        SessionTree.read(obligations.at("session"))),
                Terms.of(spec.at("terms")),
                spec.texts("explanation"));
    }

    Map<String, Object> tree() {
        var tree = new TreeMap<String, Object>();
        tree.put("effect", effect.name().toLowerCase(Locale.ROOT));
        approvals.ifPresent(wanted -> {
            tree.put("approver_group", wanted.group());
            tree.put("approvals_needed", wanted.count());
        });
        tree.put(
                "obligations",
                Map.of(
                        "max_duration", obligations.maxDuration().toString(),
                        "reason_required", obligations.reasonRequired(),
                        "access", obligations.access().name().toLowerCase(Locale.ROOT),
                        "certificate_validity",
                                obligations.certificateValidity().toString(),
                        "session", SessionTree.of(obligations.session())));
        tree.put("terms", terms.tree());
        tree.put("explanation", explanation);
        return tree;
    }
}
