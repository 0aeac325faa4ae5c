package dev.sallyport.request;

import dev.sallyport.base.Refusal;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Decided;
import dev.sallyport.decision.Decisions;
import dev.sallyport.decision.Kept;
import dev.sallyport.grant.Terms;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.policy.Obligations;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.Ruling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Something that was asked, beside what rules, role, target and whoever asked are today. */
record Today(Decisions decisions, Person requester, List<String> groups, Role role, Target target) {
    Today {
        groups = List.copyOf(groups);
    }

    /** Nothing when whoever asked, the role or the target is gone. */
    static Optional<Today> of(Rx rx, Decisions decisions, Request request, Item item) {
        return Directory.person(rx, request.requester())
                .flatMap(person -> Catalog.role(rx, item.role())
                        .flatMap(role -> Catalog.target(rx, item.target())
                                .map(target -> new Today(
                                        decisions, person, Directory.groups(rx, person.id()), role, target))));
    }

    /** What is granted in the end, and what holds for it by today's rules. */
    record Agreed(Terms terms, Obligations obligations, Decided by, boolean fellBack) {}

    private Asked asked(Request request, Asked.Wish wish) {
        return new Asked(
                request.extended().isPresent() ? Action.EXTEND : Action.REQUEST,
                requester,
                groups,
                true,
                role,
                target,
                wish,
                request.extended(),
                List.of());
    }

    /** As it was asked, with the facts that were kept. */
    private static Asked.Wish wish(Rx rx, Request request, Item item) {
        return RequestStore.kept(rx, item.id())
                .map(Kept::wish)
                .orElseGet(() -> new Asked.Wish(
                        request.duration(),
                        item.startsAt(request),
                        request.reason(),
                        request.ticket(),
                        false,
                        Optional.empty(),
                        Optional.empty()));
    }

    /** What would hold for whoever asked it rightly. */
    private Obligations offered(Rx rx, Request request, Asked.Wish wish) {
        return decisions.enforced(rx).offer(asked(request, wish)).demands().obligations(role.rule());
    }

    /** How old a second factor may be. */
    Optional<Duration> mfaWithin(Rx rx, Request request, Item item) {
        return offered(rx, request, wish(rx, request, item)).mfaWithin();
    }

    /**
     * What is granted: what was asked and seen by those who approved, and of that what role and policies still give.
     *
     * @throws Refusal when that is nothing, or when somebody else's word is wanted now
     */
    Agreed agreed(Tx tx, Request request, Item item) {
        Decided decided = decided(tx, request, item);
        var had = new ArrayList<>(Stages.of(tx, item.id()));
        boolean fellBack = had.stream().anyMatch(stage -> stage.fellBackAt().isPresent());
        Obligations obligations = fellBack ? decided.emergencyObligations() : decided.obligations();
        Terms terms = item.decision().terms().narrowed(Terms.of(role, target, obligations));
        if (terms.givesNothing()) {
            throw changed(item, "it no longer gives anything of what was asked for");
        }
        if (decided.ruling().effect() == Ruling.Effect.DENY) {
            throw changed(
                    item,
                    "it is denied now: " + String.join("; ", decided.ruling().sentences()));
        }
        for (ApprovalStage wanted : Stages.wanted(tx, decided.ruling().stages(), requester, target)) {
            // each word counts for one stage, as it did when it was given
            ApprovalStage found = had.stream()
                    .filter(stage -> stage.covers(wanted))
                    .findFirst()
                    .orElseThrow(() -> changed(item, "it now wants " + wanted.shown()));
            had.remove(found);
        }
        return new Agreed(terms, obligations, decided, fellBack);
    }

    /** What the rules of today say to it, for as long as they let it last. */
    Decided decided(Rx rx, Request request, Item item) {
        Asked.Wish wish = wish(rx, request, item);
        Duration most = offered(rx, request, wish).maxDuration();
        Duration fitting = wish.duration().compareTo(most) <= 0 ? wish.duration() : most;
        return decisions.decide(rx, asked(request, wish.lasting(fitting)));
    }

    static Refusal changed(Item item, String how) {
        return RequestRefusal.ROLE_CHANGED.because(
                "what holds for " + item.roleName() + " on " + item.targetName()
                        + " was changed since it was asked for: " + how,
                "it must be asked for again");
    }
}
