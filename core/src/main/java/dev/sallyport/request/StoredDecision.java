package dev.sallyport.request;

import dev.sallyport.database.Spec;
import dev.sallyport.decision.Decided;
import dev.sallyport.grant.SessionTree;
import dev.sallyport.grant.Terms;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.Obligations;
import dev.sallyport.policy.code.Ruling;
import dev.sallyport.policy.code.Step;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A decision as it stands with its item.
 *
 * @param terms what was asked for and approvers see; a later change of the role narrows it and never widens it
 * @param policy the hash of the set that decided
 * @param trace each rule that was looked at, and why it did or did not match: for those who may read policies
 * @param overruled whether something else than policy made it stricter
 * @param incidents open ones without which it would be stricter
 */
public record StoredDecision(
        Ruling.Effect effect,
        Obligations obligations,
        Terms terms,
        List<String> explanation,
        String policy,
        List<String> trace,
        boolean overruled,
        List<String> incidents) {
    public StoredDecision {
        explanation = List.copyOf(explanation);
        trace = List.copyOf(trace);
        incidents = List.copyOf(incidents);
    }

    static StoredDecision of(Ruling ruling, Obligations obligations, Terms terms, String policy) {
        return new StoredDecision(
                ruling.effect(),
                obligations,
                terms,
                ruling.sentences(),
                policy,
                ruling.trace().stream().map(Step::shown).toList(),
                false,
                ruling.incidents());
    }

    static StoredDecision of(Decided decided, Terms terms) {
        return of(decided.ruling(), decided.obligations(), terms, decided.policy());
    }

    /** The same, and denied for a reason that is not policy's. */
    StoredDecision denied(String why) {
        return new StoredDecision(Ruling.Effect.DENY, obligations, terms, List.of(why), policy, trace, true, incidents);
    }

    /** The same, and somebody has to agree although policy wants nobody's word. */
    StoredDecision afterApproval(String why) {
        return new StoredDecision(
                Ruling.Effect.APPROVAL, obligations, terms, List.of(why), policy, trace, true, incidents);
    }

    static StoredDecision of(Spec spec) {
        Spec obligations = spec.at("obligations");
        return new StoredDecision(
                Ruling.Effect.valueOf(spec.text("effect", "deny").toUpperCase(Locale.ROOT)),
                new Obligations(
                        obligations.duration("max_duration", Duration.ofMinutes(1)),
                        obligations.flag("reason_required"),
                        Access.valueOf(obligations.text("access", "gateway").toUpperCase(Locale.ROOT)),
                        obligations.duration("certificate_validity", Duration.ofMinutes(1)),
                        SessionTree.read(obligations.at("session")),
                        obligations.text("mfa_within").map(Duration::parse),
                        obligations.texts("tickets"),
                        obligations.texts("notify"),
                        obligations.flag("post_review")),
                Terms.of(spec.at("terms")),
                spec.texts("explanation"),
                spec.text("policy", "none"),
                spec.texts("trace"),
                spec.flag("overruled"),
                spec.texts("incidents"));
    }

    Map<String, Object> tree() {
        var tree = new TreeMap<String, Object>();
        tree.put("effect", effect.name().toLowerCase(Locale.ROOT));
        tree.put("obligations", obligationsTree());
        tree.put("terms", terms.tree());
        tree.put("explanation", explanation);
        tree.put("policy", policy);
        tree.put("trace", trace);
        tree.put("overruled", overruled);
        if (!incidents.isEmpty()) {
            tree.put("incidents", incidents);
        }
        return tree;
    }

    private Map<String, Object> obligationsTree() {
        var tree = new TreeMap<String, Object>();
        tree.put("max_duration", obligations.maxDuration().toString());
        tree.put("reason_required", obligations.reasonRequired());
        tree.put("access", obligations.access().name().toLowerCase(Locale.ROOT));
        tree.put("certificate_validity", obligations.certificateValidity().toString());
        tree.put("session", SessionTree.of(obligations.session()));
        obligations.mfaWithin().ifPresent(within -> tree.put("mfa_within", within.toString()));
        tree.put("tickets", obligations.tickets());
        tree.put("notify", obligations.notified());
        tree.put("post_review", obligations.postReview());
        return tree;
    }
}
