package dev.sallyport.request;

import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Decisions;
import dev.sallyport.decision.Kept;
import dev.sallyport.decision.PolicySets;
import dev.sallyport.decision.RiskScore;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Question;
import dev.sallyport.policy.code.Ruling;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Asks a set of policies about what was and what might be: recorded requests again, and a hypothetical one (PO5). */
public final class PolicyHistory {
    /** How many changes one answer lists; all are counted. */
    public static final int CHANGES_MAX = 1_000;

    private PolicyHistory() {}

    /** An item that another set would have decided otherwise. */
    public record Change(
            String request,
            String requester,
            String role,
            String target,
            Instant at,
            Ruling.Effect was,
            List<String> wasBecause,
            Ruling.Effect now,
            List<String> nowBecause,
            List<String> rules) {}

    /**
     * What came of deciding all that was recorded again.
     *
     * @param decided how many items were decided again
     * @param skipped how many were not: their facts are from before they were kept, or something else than policy denied
     * @param changed how many came out otherwise; the newest of them are listed
     * @param unused rules that matched nothing of it (PO6); rules about nothing but what runs are not among them
     */
    public record Replay(int decided, int skipped, int changed, List<Change> changes, List<String> unused) {}

    /**
     * Decides everything again that was asked since then, each on its own facts and at its own time. Something has changed
     * when another effect comes out, another word is needed, or something else would hold.
     */
    public static Replay replay(Rx rx, PolicySets sets, PolicySet set, Instant since) {
        return new Replaying(set, sets::kept).since(rx, since);
    }

    /** What the set in shadow decided otherwise than the one that decides, newest first. */
    public static List<Change> shadowed(Rx rx, Instant since, int limit) {
        return rx.list(
                """
                select i.request_id, p.name as requester, i.role_name, i.target_name, r.created_at, i.decision, i.shadow
                  from request_item i join request r on r.id = i.request_id join person p on p.id = r.requester_id
                 where i.shadow ->> 'differs' = 'true' and r.created_at >= ? order by i.id desc limit ?
                """,
                row -> {
                    var decision = Spec.of(row.getString("decision"));
                    var shadow = Spec.of(row.getString("shadow"));
                    return new Change(
                            row.getString("request_id"),
                            row.getString("requester"),
                            row.getString("role_name"),
                            row.getString("target_name"),
                            Rows.instant(row, "created_at"),
                            effect(decision.text("effect", "deny")),
                            decision.texts("explanation"),
                            effect(shadow.text("effect", "deny")),
                            shadow.texts("explanation"),
                            shadow.texts("rules"));
                },
                since,
                Math.clamp(limit, 1, CHANGES_MAX));
    }

    static Ruling.Effect effect(String word) {
        return Ruling.Effect.valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** What would be said to somebody, and how unusual it would be. */
    public record Simulated(Ruling ruling, Optional<RiskScore> risk) {}

    /**
     * What a set would say to a person who asked this now, on the facts that a request would have; whether they may ask at
     * all is one of them.
     *
     * @param wish a risk that it states is taken for theirs
     */
    public static Simulated simulate(
            Rx rx,
            PolicySet set,
            Decisions decisions,
            Person person,
            Role role,
            Target target,
            Asked.Wish wish,
            Supposing supposing) {
        List<String> groups = supposing.groups(Directory.groups(rx, person.id()));
        boolean eligible = Catalog.isEligible(rx, person, groups, role, target);
        var stated = new Asked(Action.REQUEST, person, groups, eligible, role, target, wish);
        Asked asked = wish.risk().isPresent()
                ? stated
                : decisions.weighing(rx, person, groups).apply(stated);
        return new Simulated(
                set.decide(supposed(decisions.question(rx, asked), asked, supposing), role.rule(), rx.now()),
                asked.wish().risk());
    }

    private static Question supposed(Question question, Asked asked, Supposing supposing) {
        return supposing
                .incidentOf(asked.person(), asked.target())
                .map(question::withOneMore)
                .orElse(question);
    }

    /** What was said at the last word, where it took one. */
    public static Optional<LastWord> lastWord(Rx rx, Item item) {
        return RequestStore.lastWord(rx, item.id());
    }

    /** The facts of an item, if they were kept. */
    public static Optional<Kept> facts(Rx rx, Item item) {
        return RequestStore.kept(rx, item.id());
    }
}
