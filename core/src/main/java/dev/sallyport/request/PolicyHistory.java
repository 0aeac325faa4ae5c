package dev.sallyport.request;

import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Kept;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Ruling;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks a set of policies about what was and what might be: recorded requests again, and a hypothetical one (PO5). */
public final class PolicyHistory {
    /** How many changes one answer lists; all are counted. */
    public static final int CHANGES_MAX = 1_000;

    /** How many requests are read at once. */
    private static final int PAGE = 2_000;

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
     */
    public record Replay(int decided, int skipped, int changed, List<Change> changes) {}

    private record Recorded(String item, Change bare, Optional<Kept> kept, boolean overruled) {}

    /** Decides everything again that was asked since then, each on its own facts and at its own time. */
    public static Replay replay(Rx rx, PolicySet set, Instant since) {
        int decided = 0;
        int skipped = 0;
        int changed = 0;
        var changes = new ArrayList<Change>();
        @Nullable String before = null;
        while (true) {
            List<Recorded> page = page(rx, since, before);
            for (Recorded recorded : page) {
                if (recorded.kept().isEmpty() || recorded.overruled()) {
                    skipped++;
                    continue;
                }
                decided++;
                Change was = recorded.bare();
                Ruling ruling = recorded.kept().get().decide(set, was.at());
                if (ruling.effect() != was.was()
                        || ruling.effect() == Ruling.Effect.APPROVAL
                                && !ruling.sentences().equals(was.wasBecause())) {
                    changed++;
                    if (changes.size() < CHANGES_MAX) {
                        changes.add(with(was, ruling));
                    }
                }
            }
            if (page.size() < PAGE) {
                return new Replay(decided, skipped, changed, changes);
            }
            before = page.getLast().item();
        }
    }

    private static List<Recorded> page(Rx rx, Instant since, @Nullable String before) {
        return rx.list(
                """
                select i.id, i.request_id, p.name as requester, i.role_name, i.target_name, r.created_at, i.decision, i.facts
                  from request_item i join request r on r.id = i.request_id join person p on p.id = r.requester_id
                 where r.created_at >= ? and (?::text is null or i.id < ?) order by i.id desc limit ?
                """,
                row -> {
                    var decision = Spec.of(row.getString("decision"));
                    return new Recorded(
                            row.getString("id"),
                            new Change(
                                    row.getString("request_id"),
                                    row.getString("requester"),
                                    row.getString("role_name"),
                                    row.getString("target_name"),
                                    Rows.instant(row, "created_at"),
                                    effect(decision.text("effect", "deny")),
                                    decision.texts("explanation"),
                                    Ruling.Effect.DENY,
                                    List.of(),
                                    List.of()),
                            Kept.of(Spec.of(row.getString("facts"))),
                            decision.flag("overruled"));
                },
                since,
                before,
                before,
                PAGE);
    }

    private static Change with(Change was, Ruling ruling) {
        return new Change(
                was.request(),
                was.requester(),
                was.role(),
                was.target(),
                was.at(),
                was.was(),
                was.wasBecause(),
                ruling.effect(),
                ruling.sentences(),
                ruling.matched());
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

    private static Ruling.Effect effect(String word) {
        return Ruling.Effect.valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** What a set would say to a person who asked this now; whether they may ask at all is one of the facts. */
    public static Ruling simulate(Rx rx, PolicySet set, Person person, Role role, Target target, Asked.Wish wish) {
        List<String> groups = Directory.groups(rx, person.id());
        return set.decide(
                new Asked(
                                Action.REQUEST,
                                person,
                                groups,
                                Catalog.isEligible(rx, person, groups, role, target),
                                role,
                                target,
                                wish)
                        .question(),
                role.rule(),
                rx.now());
    }

    /** The facts of an item, if they were kept. */
    public static Optional<Kept> facts(Rx rx, Item item) {
        return RequestStore.kept(rx, item.id());
    }
}
