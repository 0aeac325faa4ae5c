package dev.sallyport.policy.code;

import dev.sallyport.base.Durations;
import dev.sallyport.base.Text;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.formats.document.Nearest;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.SessionObligations.Recording;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Turns documents into declared names and rules. */
final class RuleReader {
    private final Errors errors;

    RuleReader(Errors errors) {
        this.errors = errors;
    }

    Declared declared(List<Written> documents) {
        var constants = new TreeMap<String, Object>();
        var calendars = new TreeMap<String, Calendar>();
        var freezes = new TreeMap<String, Freeze>();
        for (Written document : documents) {
            switch (document.kind()) {
                case CONSTANTS -> constants(document, constants);
                case CALENDAR -> calendars.put(document.name(), calendar(document.part()));
                case FREEZE -> freeze(document, calendars).ifPresent(freeze -> freezes.put(document.name(), freeze));
                case POLICY, TEST, QUESTION -> {
                    // these declare nothing
                }
            }
        }
        return new Declared(constants, calendars, freezes);
    }

    List<Rule> rules(List<Written> documents, Declared declared) {
        var compiler = new ConditionCompiler(declared, errors);
        var rules = new ArrayList<Rule>();
        for (Written document : documents) {
            switch (document.kind()) {
                case POLICY -> policy(document, compiler, rules);
                case FREEZE -> freezing(document, declared, compiler).ifPresent(rules::add);
                case CONSTANTS, CALENDAR, TEST, QUESTION -> {
                    // these are no rules
                }
            }
        }
        return rules;
    }

    private void constants(Written document, Map<String, Object> constants) {
        document.part().at("values").tree().forEach((name, value) -> {
            if (constants.putIfAbsent(name, value instanceof Integer number ? (Object) number.longValue() : value)
                    != null) {
                errors.add(
                        document.place("spec.values." + name),
                        "spec.values." + name + ": stands in another document too (expected: once)");
            }
        });
    }

    private static Calendar calendar(Written.Part spec) {
        return new Calendar(
                ZoneId.of(spec.text("zone").orElseThrow()),
                spec.parts("windows").stream().map(RuleReader::window).toList(),
                spec.texts("closed").stream()
                        .flatMap(date -> PolicyShapes.date(date).stream())
                        .collect(Collectors.toSet()));
    }

    private static Calendar.Window window(Written.Part window) {
        return new Calendar.Window(
                window.texts("days").stream().map(RuleReader::day).collect(Collectors.toSet()),
                clock(window.text("from").orElse("00:00")),
                clock(window.text("until").orElse("24:00")));
    }

    private static DayOfWeek day(String word) {
        return java.util.Arrays.stream(DayOfWeek.values())
                .filter(day -> day.name().toLowerCase(Locale.ROOT).startsWith(word))
                .findFirst()
                .orElseThrow();
    }

    private static LocalTime clock(String text) {
        return text.equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(text);
    }

    private Optional<Freeze> freeze(Written document, Map<String, Calendar> calendars) {
        Written.Part spec = document.part();
        Optional<Instant> from = spec.text("from").map(Instant::parse);
        Optional<Instant> until = spec.text("until").map(Instant::parse);
        Optional<String> named = spec.text("calendar");
        if (from.isEmpty() && until.isEmpty() && named.isEmpty()) {
            errors.add(document.place("spec"), "spec: says no time (expected: from, until or calendar)");
            return Optional.empty();
        }
        if (from.isPresent() && until.isPresent() && !from.get().isBefore(until.get())) {
            errors.add(document.place("spec.until"), "spec.until: " + until.get() + " (expected: after from)");
            return Optional.empty();
        }
        if (named.isPresent() && !calendars.containsKey(named.get())) {
            errors.add(
                    document.place("spec.calendar"),
                    "spec.calendar: " + Text.quoted(named.get()) + " (expected: a Calendar that is there"
                            + Nearest.question(named.get(), calendars.keySet()) + ")");
            return Optional.empty();
        }
        return Optional.of(new Freeze(from, until, named.map(calendars::get)));
    }

    private Optional<Rule> freezing(Written document, Declared declared, ConditionCompiler compiler) {
        Freeze freeze = declared.freezes().get(document.name());
        if (freeze == null) {
            return Optional.empty();
        }
        Written.Part spec = document.part();
        Optional<Condition> unless = condition(document, spec, "unless", compiler);
        Set<Action> actions =
                spec.flag("endsRunning", false) ? Set.of(Action.values()) : Set.of(Action.REQUEST, Action.EXTEND);
        return Optional.of(new Rule(
                "freeze/" + document.name(),
                new Match(spec.texts("roles"), targets(spec.at("targets")), actions),
                unless,
                Optional.of(freeze),
                true,
                false,
                spec.text("message"),
                false,
                List.of(),
                Demands.NONE));
    }

    private void policy(Written document, ConditionCompiler compiler, List<Rule> rules) {
        Written.Part spec = document.part();
        Match match = match(spec.at("match"));
        var names = new HashSet<String>();
        for (Written.Part rule : spec.parts("rules")) {
            String name = rule.text("name").orElseThrow();
            if (!names.add(name)) {
                errors.add(
                        document.place(rule.below("name")),
                        rule.below("name") + ": " + Text.quoted(name)
                                + " stands twice in this policy (expected: once)");
            }
            rule(document, match, rule, compiler).ifPresent(rules::add);
        }
        if (names.isEmpty()) {
            errors.add(document.place("spec.rules"), "spec.rules: none (expected: at least one)");
        }
    }

    private Optional<Rule> rule(Written document, Match match, Written.Part rule, ConditionCompiler compiler) {
        int before = errors.count();
        boolean denies = rule.text("effect").orElseThrow().equals("deny");
        for (String key : denies ? List.of("approvals", "obligations", "override") : List.of("message", "running")) {
            if (rule.has(key)) {
                errors.add(
                        document.place(rule.below(key)),
                        rule.below(key) + ": stands at " + (denies ? "a deny" : "an allow") + " (expected: only at "
                                + (denies ? "an allow" : "a deny") + ")");
            }
        }
        if (!denies && !rule.has("approvals")) {
            errors.add(
                    document.place(rule.path()),
                    rule.below("approvals") + ": missing (expected: stages, or none in so many words)");
        }
        Optional<Condition> when = condition(document, rule, "when", compiler);
        List<Stage> stages = stages(document, rule);
        if (errors.count() > before || before == Errors.MAX) {
            return Optional.empty();
        }
        return Optional.of(new Rule(
                document.name() + "/" + rule.text("name").orElseThrow(),
                match,
                when,
                Optional.empty(),
                denies,
                rule.flag("override", false),
                rule.text("message"),
                rule.text("running").filter("warn"::equals).isPresent(),
                stages,
                demands(rule.at("obligations"))));
    }

    private Optional<Condition> condition(Written document, Written.Part part, String key, ConditionCompiler compiler) {
        return part.text(key)
                .flatMap(text ->
                        compiler.compile(text, part.below(key), at -> document.place(part.below(key), text, at)));
    }

    private List<Stage> stages(Written document, Written.Part rule) {
        var stages = new ArrayList<Stage>();
        List<Written.Part> said = rule.parts("approvals");
        if (said.isEmpty() && rule.tree().get("approvals") instanceof List<?>) {
            errors.add(
                    document.place(rule.below("approvals")),
                    rule.below("approvals") + ": an empty list (expected: stages, or none in so many words)");
        }
        for (Written.Part stage : said) {
            Stage.Approvers by = approvers(stage);
            Optional<Duration> escalateAfter = span(stage, "escalateAfter");
            Optional<Stage.Approvers> escalateTo =
                    stage.has("escalateTo") ? Optional.of(approvers(stage.at("escalateTo"))) : Optional.empty();
            boolean last = stages.size() + 1 == said.size();
            // a service may be silent at once, so its stage can name others without a time
            boolean untimed = escalateAfter.isEmpty() && by.webhook().isEmpty();
            if (escalateTo.isPresent() && (untimed || escalateTo.get().isNobody())) {
                errors.add(
                        document.place(stage.below("escalateTo")),
                        stage.below("escalateTo")
                                + (untimed
                                        ? ": stands without escalateAfter (expected: both)"
                                        : ": nobody (expected: groups, people, targetOwner or manager)"));
            } else if (escalateAfter.isPresent() && escalateTo.isEmpty() && last) {
                errors.add(
                        document.place(stage.below("escalateAfter")),
                        stage.below("escalateAfter")
                                + ": there is no later stage to go on to (expected: escalateTo with it)");
            }
            int count = stage.number("count", 1);
            boolean few = by.groups().isEmpty() && !by.targetOwner();
            int most = by.people().size() + (by.manager() ? 1 : 0);
            if (by.isNobody()) {
                errors.add(
                        document.place(stage.path()),
                        stage.path() + ": nobody (expected: groups, people, targetOwner, manager or webhook)");
            } else if (by.webhook().isPresent() && (!few || most > 0 || count > 1)) {
                errors.add(
                        document.place(stage.below("webhook")),
                        stage.below("webhook")
                                + ": stands beside others (expected: alone in its stage, and counts once)");
            } else if (by.webhook().isEmpty() && few && count > most) {
                errors.add(
                        document.place(stage.below("count")),
                        stage.below("count") + ": " + count + " of " + most + " (expected: no more than there are)");
            }
            stages.add(new Stage(
                    stages.size() + 1,
                    by,
                    count,
                    escalateAfter,
                    escalateTo,
                    fallback(document, stage, escalateTo),
                    reminders(stage)));
        }
        return stages;
    }

    private static Optional<Stage.Reminders> reminders(Written.Part stage) {
        if (!stage.has("remind")) {
            return Optional.empty();
        }
        Written.Part said = stage.at("remind");
        return Optional.of(new Stage.Reminders(
                span(said, "every").orElse(Stage.Reminders.USUAL.every()),
                said.number("times", Stage.Reminders.USUAL.times())));
    }

    /** Only after others were asked too, and only to groups that the policy names. */
    private Optional<Stage.Fallback> fallback(
            Written document, Written.Part stage, Optional<Stage.Approvers> escalateTo) {
        if (!stage.has("fallback")) {
            return Optional.empty();
        }
        Written.Part said = stage.at("fallback");
        if (escalateTo.isEmpty()) {
            errors.add(
                    document.place(stage.below("fallback")),
                    stage.below("fallback")
                            + ": stands without escalateTo (expected: both, as others are asked first)");
        }
        if (said.texts("groups").isEmpty()) {
            errors.add(
                    document.place(said.below("groups")),
                    said.below("groups") + ": nobody (expected: groups that are authorised beforehand)");
        }
        return span(said, "after").map(after -> new Stage.Fallback(after, said.texts("groups")));
    }

    private static Stage.Approvers approvers(Written.Part said) {
        return new Stage.Approvers(
                said.texts("groups"),
                said.texts("people"),
                said.flag("targetOwner", false),
                said.flag("manager", false),
                said.text("webhook"));
    }

    private static Match match(Written.Part match) {
        return new Match(
                match.texts("roles"),
                targets(match.at("targets")),
                match.has("actions")
                        ? match.texts("actions").stream()
                                .map(word -> Action.valueOf(word.toUpperCase(Locale.ROOT)))
                                .collect(Collectors.toSet())
                        : Set.of(Action.values()));
    }

    private static Match.Targets targets(Written.Part targets) {
        return new Match.Targets(targets.text("type"), new HashMap<>(targets.pairs("labels")), targets.texts("names"));
    }

    static Demands demands(Written.Part said) {
        return new Demands(
                span(said, "maxDuration"),
                span(said, "mfaWithin"),
                said.text("reason").map("required"::equals),
                new TreeSet<>(said.text("ticket").stream().toList()),
                said.text("recording").map(word -> Recording.valueOf(constant(word))),
                said.flag("supervised", false),
                said.text("access").map(word -> Access.valueOf(constant(word))),
                said.text("cut").map(word -> Demands.Cut.valueOf(constant(word))),
                new TreeSet<>(said.texts("notify")),
                said.flag("postReview", false));
    }

    private static String constant(String word) {
        return word.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static Optional<Duration> span(Written.Part part, String key) {
        return part.text(key).map(text -> Durations.parse(key, text));
    }
}
