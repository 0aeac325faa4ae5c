package dev.sallyport.policy.code;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be decided, and every fact it is decided on: plain texts, numbers, lists and maps, in the form in which
 * documents write them, so that it can be kept and decided again.
 */
public final class Question {
    /** What tests and hypothetical questions take for now when they do not say: a Monday, at noon in UTC. */
    public static final Instant SOME_MONDAY = Instant.parse("2027-01-04T12:00:00Z");

    private final Action action;
    private final Written.Part facts;

    private Question(Action action, Map<String, Object> facts) {
        this.action = action;
        this.facts = new Written.Part(facts, "spec");
    }

    /** @param facts as a document of kind Question has them, already held against its shape */
    static Question of(Action action, Map<String, Object> facts) {
        return new Question(action, facts);
    }

    Action action() {
        return action;
    }

    public String principal() {
        return facts.at("principal").text("name").orElse("");
    }

    public String role() {
        return facts.at("role").text("name").orElse("");
    }

    public String target() {
        return facts.at("target").text("name").orElse("");
    }

    Optional<String> targetType() {
        return facts.at("target").text("type");
    }

    Map<String, String> labels() {
        return facts.at("target").pairs("labels");
    }

    boolean isActive() {
        return facts.at("principal").flag("active", true);
    }

    boolean isEligible() {
        return facts.at("principal").flag("eligible", true);
    }

    boolean isBreakGlass() {
        return facts.at("request").flag("breakGlass", false);
    }

    public Duration duration() {
        return span("request", "duration").orElse(Duration.ZERO);
    }

    String reason() {
        return facts.at("request").text("reason").orElse("");
    }

    String ticket() {
        return facts.at("request").text("ticket").orElse("");
    }

    Optional<Duration> mfaAge() {
        return span("context", "mfaAge");
    }

    /** The time that the facts themselves name. */
    public Optional<Instant> time() {
        return facts.at("context").text("time").map(Instant::parse);
    }

    private Optional<Duration> span(String group, String field) {
        return facts.at(group).text(field).map(text -> dev.sallyport.base.Durations.parse(field, text));
    }

    /** The facts as conditions see them; what is not known is not there, and who names it anyway errs. */
    Map<String, Object> activation(Instant now, Declared declared) {
        var variables = new LinkedHashMap<String, Object>();
        for (FactTypes.Group group : FactTypes.ROOTS) {
            variables.put(group.name(), seen(group, facts.at(group.name())));
        }
        variables.put("context", with(variables.get("context"), "time", now));
        variables.put(Declared.GROUPS, facts.at("principal").texts("groups"));
        variables.put(Declared.CONSTANT, declared.constants());
        var calendars = new LinkedHashMap<String, Object>();
        declared.calendars().forEach((name, calendar) -> calendars.put(name, calendar.isOpen(now)));
        variables.put(Declared.CALENDAR, calendars);
        var freezes = new LinkedHashMap<String, Object>();
        declared.freezes().forEach((name, freeze) -> freezes.put(name, freeze.isOn(now)));
        variables.put(Declared.FREEZE, freezes);
        return variables;
    }

    private static Map<String, Object> with(@org.jspecify.annotations.Nullable Object map, String key, Object value) {
        var copy = new LinkedHashMap<String, Object>();
        if (map instanceof Map<?, ?> known) {
            known.forEach((name, held) -> copy.put(String.valueOf(name), held));
        }
        copy.put(key, value);
        return copy;
    }

    private static Map<String, Object> seen(FactTypes.Group group, Written.Part part) {
        var seen = new LinkedHashMap<String, Object>();
        for (FactTypes.Field field : group.fields()) {
            if (part.has(field.name())) {
                seen.put(field.name(), value(field, part));
            } else {
                switch (field.unsaid()) {
                    case TRUE -> seen.put(field.name(), true);
                    case FALSE -> seen.put(field.name(), false);
                    case EMPTY ->
                        seen.put(field.name(), field.type() == FactTypes.Type.Plain.PAIRS ? Map.of() : List.of());
                    case ABSENT, REFUSED -> {
                        // not known, so not there
                    }
                }
            }
        }
        return seen;
    }

    private static Object value(FactTypes.Field field, Written.Part part) {
        String name = field.name();
        return switch (field.type()) {
            case FactTypes.Type.Plain plain ->
                switch (plain) {
                    case TEXT -> part.text(name).orElse("");
                    case NUMBER -> (long) part.number(name, 0);
                    case FLAG -> part.flag(name, false);
                    case SPAN ->
                        dev.sallyport.base.Durations.parse(name, part.text(name).orElse(""));
                    case TIME -> Instant.parse(part.text(name).orElse(""));
                    case TEXTS -> part.texts(name);
                    case PAIRS -> part.pairs(name);
                };
            case FactTypes.Type.Part(var group) -> seen(group, part.at(name));
            case FactTypes.Type.Parts(var group) ->
                part.parts(name).stream().map(one -> seen(group, one)).toList();
        };
    }
}
