package dev.sallyport.request;

import dev.sallyport.base.Durations;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RoleId;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Decided;
import dev.sallyport.decision.Decisions;
import dev.sallyport.decision.Words;
import dev.sallyport.grant.Terms;
import dev.sallyport.identity.Person;
import dev.sallyport.identity.StepUps;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.Ruling;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What is decided about each item of an ask, whether it is asked for or only looked at. */
final class Weighing {
    /** How many there are is not said: who asks may not know who is in a group. */
    static final String TOO_FEW = "fewer people than that could approve it now";

    private static final String AWAITS_REVIEW = "your last emergency still awaits its review";

    /** How many changes of calendars and freezes are looked at for a time from which it would be let in. */
    private static final int CHANGES = 4;

    private final Decisions decisions;
    private final Reviewing reviewing;

    Weighing(Decisions decisions, Reviewing reviewing) {
        this.decisions = decisions;
        this.reviewing = reviewing;
    }

    /** Who asks, from where, and how long ago they showed a second factor. */
    record Asker(Person person, List<String> groups, Optional<String> address, Optional<Duration> mfaAge) {}

    /** Each item of each window; all are known and may be asked for, or it is refused. */
    List<Weighed> all(Rx rx, Asker asker, Ask ask) {
        UnaryOperator<Asked> risk = decisions.weighing(rx, asker.person(), asker.groups());
        return ask.windows().stream()
                .flatMap(start -> ask.items().stream()
                        .map(wanted -> weigh(rx, risk.apply(asked(rx, asker, ask, start, wanted)), ask)))
                .toList();
    }

    private static Asked asked(Rx rx, Asker asker, Ask ask, Optional<Instant> start, Ask.Wanted wanted) {
        Role role = Catalog.role(rx, wanted.role()).orElseThrow(() -> nothing(wanted));
        Target target = Catalog.target(rx, wanted.target()).orElseThrow(() -> nothing(wanted));
        if (!Catalog.isEligible(rx, asker.person(), asker.groups(), role, target)) {
            throw nothing(wanted);
        }
        return new Asked(
                ask.extended().isPresent() ? Action.EXTEND : Action.REQUEST,
                asker.person(),
                asker.groups(),
                true,
                role,
                target,
                new Asked.Wish(
                        ask.duration(),
                        start,
                        ask.reason(),
                        ask.ticket(),
                        ask.breakGlass(),
                        asker.address(),
                        asker.mfaAge()),
                ask.extended(),
                ask.items().stream()
                        .takeWhile(other -> !other.equals(wanted))
                        .map(other -> new Asked.Along(other.role(), other.target()))
                        .toList());
    }

    private static Refusal nothing(Ask.Wanted wanted) {
        return Requests.nothing(wanted.role(), wanted.target());
    }

    private Weighed weigh(Rx rx, Asked asked, Ask ask) {
        Role role = asked.role();
        Target target = asked.target();
        Person person = asked.person();
        Decided decided = decisions.decide(rx, asked);
        List<ApprovalStage> stages = Stages.wanted(rx, decided.ruling().stages(), person, target);
        StoredDecision decision = StoredDecision.of(decided, Terms.of(role, target, decided.obligations()));
        if (decision.terms().givesNothing()) {
            decision = decision.denied(target.name() + " admits none of the accounts of the role " + role.name());
        } else {
            Optional<String> nobody = Stages.nobody(decided.ruling().stages(), stages);
            if (nobody.isPresent()) {
                decision = decision.denied("nobody can approve it: needs " + nobody.get() + " for " + target.name()
                        + ", and there is none");
            }
        }
        boolean emergency = ask.breakGlass() || decided.ruling().isAutomaticInIncident();
        if (emergency
                && decision.effect() == Ruling.Effect.ALLOW
                && reviewing.owes(rx, person.id(), decided.ruling().incidents())) {
            List<String> second = decided.obligations().notified();
            decision = second.isEmpty()
                    ? decision.denied(AWAITS_REVIEW + ", and no rule says who could agree")
                    : decision.afterApproval(
                            AWAITS_REVIEW + ", so a second person has to agree: one of " + String.join(", ", second));
            stages = second.isEmpty() ? List.of() : List.of(ApprovalStage.by(second));
        }
        return new Weighed(
                role,
                target,
                asked,
                decided,
                decision,
                stages,
                asked.wish().start().filter(_ -> ask.repeat().isPresent()));
    }

    /** How fresh a second factor it wants, where nothing else stands in its way. */
    Optional<Duration> missingFactor(Rx rx, Weighed weighed) {
        return weighed.decided().ruling().effect() != Ruling.Effect.DENY
                ? Optional.empty()
                : weighed.decided()
                        .obligations()
                        .mfaWithin()
                        .filter(within ->
                                StepUps.isMissing(weighed.asked().wish().mfaAge(), within))
                        .filter(_ -> decisions.effect(rx, weighed.asked().withFreshFactor()) != Ruling.Effect.DENY);
    }

    /** What would come of each; a factor that would be asked for is taken for shown. */
    List<Preview> previews(Rx rx, Asker asker, Ask ask) {
        List<Weighed> weighed = all(rx, asker, ask);
        Map<RoleId, UsualWait> waits =
                UsualWaits.of(rx, weighed.stream().map(each -> each.role().id()).toList());
        return weighed.stream()
                .map(each -> preview(
                        rx, ask, each, Optional.ofNullable(waits.get(each.role().id()))))
                .toList();
    }

    private Preview preview(Rx rx, Ask ask, Weighed stated, Optional<UsualWait> wait) {
        Optional<Duration> factor = missingFactor(rx, stated);
        Weighed weighed = factor.isPresent() ? weigh(rx, stated.asked().withFreshFactor(), ask) : stated;
        var helps = new ArrayList<String>();
        factor.ifPresent(
                within -> helps.add("you are asked for a second factor no older than " + Durations.shown(within)));
        if (weighed.decided().ruling().effect() == Ruling.Effect.DENY) {
            helps.addAll(otherwise(rx, ask, weighed.asked()));
        }
        boolean waits = weighed.decision().effect() == Ruling.Effect.APPROVAL;
        if (waits
                && Words.missing(rx, weighed.decided().ruling(), weighed.asked().person(), weighed.target())
                        .isPresent()) {
            helps.add(TOO_FEW);
        }
        return new Preview(
                weighed.role(),
                weighed.target(),
                weighed.startsAt(),
                weighed.decision(),
                weighed.stages(),
                wait.filter(_ -> waits),
                helps);
    }

    /** What would come of asking otherwise for what is denied: rightly, later, or as an emergency. */
    private List<String> otherwise(Rx rx, Ask ask, Asked denied) {
        Decisions.Asking enforced = decisions.enforced(rx);
        Ruling rightly = enforced.offerOfSomeLength(denied);
        if (rightly.effect() != Ruling.Effect.DENY) {
            return List.of("with that mended: " + String.join("; ", rightly.sentences()));
        }
        var helps = new ArrayList<String>();
        if (ask.extended().isEmpty() && !ask.breakGlass()) {
            later(rx, enforced, denied, rightly).ifPresent(helps::add);
            if (ask.items().size() == 1
                    && ask.startsAt().isEmpty()
                    && enforced.couldBreakGlass(denied.asEmergency().withFreshFactor())) {
                helps.add("if it is an emergency, breaking glass may let you in");
            }
        }
        return helps;
    }

    /** From when it would not be denied, as far as calendars and freezes say when they change. */
    private static Optional<String> later(Rx rx, Decisions.Asking enforced, Asked denied, Ruling now) {
        Optional<Instant> change = now.again();
        for (int i = 0; i < CHANGES; i++) {
            Optional<Instant> from = change.filter(rx.now().plus(Ask.AHEAD_MAX)::isAfter);
            if (from.isEmpty()) {
                return Optional.empty();
            }
            Ruling then = enforced.offerOfSomeLength(denied.from(from.get()));
            if (then.effect() != Ruling.Effect.DENY) {
                return Optional.of("from " + from.get() + " on: " + String.join("; ", then.sentences()));
            }
            change = then.again();
        }
        return Optional.empty();
    }
}
