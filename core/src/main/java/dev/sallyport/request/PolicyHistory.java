package dev.sallyport.request;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.ItemId;
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
    /** How many changes one part of a replay lists; all are counted by its first part, and all are listed by its parts. */
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
     * What is to be decided again, and which part of what comes of it is wanted.
     *
     * @param since nothing that was asked before then; every part of one replay names the same instant
     * @param after the item of the last change that the part before listed; nothing for the first part
     * @param limit how many changes are listed
     */
    public record Part(Instant since, Optional<ItemId> after, int limit) {
        public Part {
            if (limit < 1 || limit > CHANGES_MAX) {
                throw InputRefusal.INVALID_VALUE.because("limit: " + limit + " (expected: 1 to " + CHANGES_MAX + ")");
            }
        }

        /** The first part, with as many changes as one lists. */
        public static Part first(Instant since) {
            return new Part(since, Optional.empty(), CHANGES_MAX);
        }
    }

    /**
     * What came of deciding again, by the first part of a replay everything, by a later one what lies between the change
     * that it goes on from and the last one that it lists.
     *
     * @param decided how many items were decided again
     * @param skipped how many were not: their facts are from before they were kept, or something else than policy denied
     * @param changed how many came out otherwise
     * @param unused rules that matched nothing of it (PO6); rules about nothing but what runs are not among them
     * @param next where the changes go on that are not listed; it may lead to none where a later part is full
     */
    public record Replay(
            int decided, int skipped, int changed, List<Change> changes, List<String> unused, Optional<ItemId> next) {}

    /**
     * Decides again what was asked, each item on its own facts and at its own time, the newest first. Something has changed
     * when another effect comes out, another word is needed, or something else would hold.
     *
     * <p>The first part decides everything, since it counts. A later one begins behind the item it goes on from and stops as
     * soon as its list is full, so that all later parts together decide nothing twice: whoever reads every change costs at
     * most two replays, however many parts they take it in, and the server keeps nothing between them.
     */
    public static Replay replay(Rx rx, PolicySets sets, PolicySet set, Part part) {
        return new Replaying(set, sets::kept, part).run(rx);
    }

    /** What the set in shadow decided otherwise, and of which item of the request. */
    public record Shadowed(ItemId item, Change change) {}

    /** What the set in shadow decided otherwise than the one that decides, newest first, behind an item. */
    public static List<Shadowed> shadowed(Rx rx, Instant since, Optional<ItemId> after, int limit) {
        return rx.list(
                """
                select i.id, i.request_id, p.name as requester, i.role_name, i.target_name, r.created_at, i.decision, i.shadow
                  from request_item i join request r on r.id = i.request_id join person p on p.id = r.requester_id
                 where i.shadow ->> 'differs' = 'true' and r.created_at >= ? and (?::text is null or i.id < ?)
                 order by i.id desc limit ?
                """,
                row -> {
                    var decision = Spec.of(row.getString("decision"));
                    var shadow = Spec.of(row.getString("shadow"));
                    var change = new Change(
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
                    return new Shadowed(new ItemId(row.getString("id")), change);
                },
                since,
                after.map(ItemId::value).orElse(null),
                after.map(ItemId::value).orElse(null),
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
