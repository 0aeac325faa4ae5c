package dev.sallyport.policy.code;

import dev.sallyport.base.Durations;
import dev.sallyport.base.Text;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One decision on its way. */
final class Deciding {
    private final Question question;
    private final Instant now;
    private final Declared declared;
    private final Question.Seen facts;
    private final List<Step> trace = new ArrayList<>();
    private final List<Rule> denies = new ArrayList<>();
    private final List<Rule> warns = new ArrayList<>();
    private final List<Rule> allows = new ArrayList<>();
    private final String when;
    private boolean offering;

    Deciding(Question question, Instant now, Declared declared) {
        this.question = question;
        this.now = question.judgedAt(now);
        this.declared = declared;
        this.facts = question.seen(this.now, declared);
        this.when = this.now.equals(now) ? "now" : "at the time it is asked for";
    }

    /** Decides for somebody who has not asked yet and will ask rightly. */
    Deciding offering() {
        offering = true;
        return this;
    }

    /** @param base what holds whichever rules match */
    Ruling by(List<Rule> rules, Demands base) {
        rules.forEach(this::judge);
        boolean overridden = allows.stream().anyMatch(Rule::overrides);
        if (overridden) {
            replace();
        }
        List<Rule> counted =
                allows.stream().filter(rule -> !overridden || rule.overrides()).toList();
        Demands demands = counted.stream().map(Rule::demands).reduce(floor(base), Demands::strictest);
        List<String> against = against(counted, demands);
        Optional<Instant> again = again(rules);
        if (!against.isEmpty()) {
            return new Ruling(Ruling.Effect.DENY, List.of(), demands, against, trace, List.of(), again);
        }
        List<Stage> stages = question.action() == Action.HOLD ? List.of() : stages(counted);
        var sentences = new ArrayList<String>();
        if (stages.isEmpty()) {
            sentences.add(question.role() + " is granted without approval");
        }
        stages.forEach(stage -> sentences.add("needs " + stage.shown()));
        if (offering) {
            wants(demands, sentences);
        }
        return new Ruling(
                stages.isEmpty() ? Ruling.Effect.ALLOW : Ruling.Effect.APPROVAL,
                stages,
                demands,
                sentences,
                trace,
                messages(warns),
                again);
    }

    /** What to mind when asking. */
    private static void wants(Demands demands, List<String> sentences) {
        demands.tickets().forEach(pattern -> sentences.add("wants a ticket (expected: " + pattern + ")"));
        demands.mfaWithin()
                .ifPresent(within -> sentences.add("wants a second factor no older than " + Durations.shown(within)));
    }

    private Demands floor(Demands base) {
        if (!question.isBreakGlass()) {
            return base;
        }
        return base.strictest(Demands.ofEmergency(question));
    }

    private void judge(Rule rule) {
        if (rule.isFreeze()) {
            freeze(rule);
        } else if (!rule.denies() && question.isBreakGlass() && !rule.speaksOfEmergencies()) {
            not(rule, "an emergency is granted only by rules that name request.breakGlass");
        } else if (rule.when().isEmpty()) {
            matched(rule, "it has no condition");
        } else {
            switch (rule.when().get().judge(facts)) {
                case Condition.Outcome.Said(boolean holds) -> {
                    if (holds) {
                        matched(rule, "its condition holds");
                    } else {
                        not(rule, "its condition does not hold");
                    }
                }
                case Condition.Outcome.Erred(String why) -> {
                    if (rule.denies()) {
                        matched(rule, "its condition erred, and a deny that errs matches: " + why);
                    } else {
                        not(rule, "its condition erred, and an allow that errs does not match: " + why);
                    }
                }
            }
        }
    }

    private void freeze(Rule rule) {
        if (!rule.during().orElseThrow().isOn(now)) {
            not(rule, "it is not on");
        } else if (question.isBreakGlass()) {
            not(rule, "it does not stop emergencies");
        } else if (rule.when()
                .map(unless -> unless.judge(facts))
                .filter(outcome -> outcome instanceof Condition.Outcome.Said(boolean holds) && holds)
                .isPresent()) {
            not(rule, "its exception holds");
        } else {
            matched(rule, "it is on");
        }
    }

    private void matched(Rule rule, String why) {
        boolean warns = rule.onlyWarns() && question.action() == Action.HOLD;
        (warns ? this.warns : rule.denies() ? denies : allows).add(rule);
        trace.add(new Step(rule.id(), rule.denies(), Step.Came.MATCHED, why));
    }

    private void not(Rule rule, String why) {
        trace.add(new Step(rule.id(), rule.denies(), Step.Came.NOT_MATCHED, why));
    }

    private void replace() {
        List<String> replaced =
                allows.stream().filter(rule -> !rule.overrides()).map(Rule::id).toList();
        trace.replaceAll(step -> replaced.contains(step.rule())
                ? new Step(step.rule(), false, Step.Came.REPLACED, "it matched, and an override replaces it")
                : step);
    }

    /** Everything that stands in the way, in words for the requester. */
    private List<String> against(List<Rule> counted, Demands demands) {
        var against = new ArrayList<String>();
        String what = question.role() + " on " + question.target();
        if (!question.isActive()) {
            against.add("your account may not ask for anything right now");
        }
        if (!question.isEligible()) {
            against.add("you are not eligible for " + what);
        }
        if (!denies.isEmpty()) {
            against.addAll(messages(denies));
        } else if (counted.isEmpty()) {
            against.add("no policy allows " + what + " to you " + when);
        } else if (question.isOfTheProduct() && demands.needGateway()) {
            against.add("policy wants a session through a gateway, and administration has none");
        } else if (question.action() != Action.HOLD && !offering) {
            unmet(demands, against);
        }
        return against;
    }

    private List<String> messages(List<Rule> rules) {
        return rules.stream()
                .map(rule -> rule.message()
                        .orElse("policy does not allow " + question.role() + " on " + question.target() + " " + when))
                .distinct()
                .toList();
    }

    private void unmet(Demands demands, List<String> against) {
        if (question.duration().compareTo(demands.longest()) > 0) {
            against.add("at most " + Durations.shown(demands.longest()) + "; you asked "
                    + Durations.shown(question.duration()));
        }
        if (demands.needsReason() && question.reason().isBlank()) {
            against.add("a reason is required");
        }
        for (String pattern : demands.tickets()) {
            if (!com.google.re2j.Pattern.matches(pattern, question.ticket())) {
                against.add(
                        question.ticket().isEmpty()
                                ? "a ticket is required (expected: " + pattern + ")"
                                : "ticket: " + Text.quoted(question.ticket()) + " (expected: " + pattern + ")");
            }
        }
        demands.mfaWithin()
                .filter(within ->
                        question.mfaAge().map(age -> age.compareTo(within) > 0).orElse(true))
                .ifPresent(within ->
                        against.add("show a second factor first, then ask within " + Durations.shown(within)));
    }

    private static List<Stage> stages(List<Rule> counted) {
        var merged = new ArrayList<Stage>();
        counted.stream().flatMap(rule -> rule.stages().stream()).forEach(stage -> {
            for (int i = 0; i < merged.size(); i++) {
                if (merged.get(i).isSamePeople(stage)) {
                    merged.set(i, merged.get(i).strictest(stage));
                    return;
                }
            }
            merged.add(stage);
        });
        merged.sort(Comparator.comparingInt(Stage::position).thenComparing(Stage::shown));
        return merged;
    }

    /** Rules that look at the clock are looked at again with the next minute, others when a calendar or a freeze changes. */
    private Optional<Instant> again(List<Rule> rules) {
        return rules.stream().flatMap(this::changes).min(Comparator.naturalOrder());
    }

    private Stream<Instant> changes(Rule rule) {
        return Stream.concat(
                rule.during().flatMap(freeze -> freeze.next(now)).stream(),
                rule.when().stream().flatMap(this::changes));
    }

    private Stream<Instant> changes(Condition condition) {
        Stream<Instant> named = Stream.concat(
                declared.calendars().entrySet().stream()
                        .filter(known -> condition.names(Declared.CALENDAR + "." + known.getKey()))
                        .map(known -> known.getValue().next(now)),
                declared.freezes().entrySet().stream()
                        .filter(known -> condition.names(Declared.FREEZE + "." + known.getKey()))
                        .flatMap(known -> known.getValue().next(now).stream()));
        return condition.isTimed()
                ? Stream.concat(
                        named, Stream.of(now.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES)))
                : named;
    }
}
