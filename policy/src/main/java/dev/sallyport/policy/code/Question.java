package dev.sallyport.policy.code;

import dev.cel.runtime.CelVariableResolver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

    /** @param facts in the form of a document of kind Question; what is not there is not known */
    public static Question of(Action action, Map<String, Object> facts) {
        return new Question(action, facts);
    }

    /** The facts, as they were given: to be kept and asked again. */
    public Map<String, Object> tree() {
        return facts.tree();
    }

    public Action action() {
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

    boolean isOfTheProduct() {
        return targetType().equals(Optional.of(Match.Targets.ITSELF));
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

    public boolean isBreakGlass() {
        return facts.at("request").flag("breakGlass", false);
    }

    public Duration duration() {
        return span("request", "duration").orElse(Duration.ZERO);
    }

    public String reason() {
        return facts.at("request").text("reason").orElse("");
    }

    public String ticket() {
        return facts.at("request").text("ticket").orElse("");
    }

    public Optional<Instant> start() {
        return facts.at("request").text("start").map(Instant::parse);
    }

    public Optional<String> address() {
        return facts.at("context").text("address");
    }

    public Optional<Duration> mfaAge() {
        return span("context", "mfaAge");
    }

    /** The open incidents that are there for who asks: of those that they opened themselves, only the confirmed ones. */
    List<Map<String, Object>> incidents() {
        return there(facts.at(FactTypes.CONTEXT.name())).map(Written.Part::tree).toList();
    }

    private Stream<Written.Part> there(Written.Part context) {
        String asker = principal();
        return context.parts(FactTypes.INCIDENTS).stream()
                .filter(incident -> incident.flag("confirmed", false)
                        || !incident.text("openedBy").equals(Optional.of(asker)));
    }

    /** The same, with these open incidents and no others. */
    public Question withIncidents(List<Map<String, Object>> incidents) {
        var context = new TreeMap<>(facts.at(FactTypes.CONTEXT.name()).tree());
        context.remove(FactTypes.INCIDENTS);
        if (!incidents.isEmpty()) {
            context.put(FactTypes.INCIDENTS, incidents);
        }
        var all = new TreeMap<>(facts.tree());
        all.put(FactTypes.CONTEXT.name(), context);
        return new Question(action, all);
    }

    /** The same with one more open incident. */
    public Question withOneMore(Map<String, Object> incident) {
        var all = new ArrayList<Map<String, Object>>();
        facts.at(FactTypes.CONTEXT.name()).parts(FactTypes.INCIDENTS).forEach(part -> all.add(part.tree()));
        all.add(incident);
        return withIncidents(all);
    }

    public Optional<Integer> risk() {
        Written.Part context = facts.at("context");
        return context.has("risk") ? Optional.of(context.number("risk", 0)) : Optional.empty();
    }

    /** The time for which it is decided: that at which it shall begin, or now. */
    Instant judgedAt(Instant now) {
        return start().filter(now::isBefore).orElse(now);
    }

    /** The time that the facts themselves name. */
    public Optional<Instant> time() {
        return facts.at("context").text("time").map(Instant::parse);
    }

    private Optional<Duration> span(String group, String field) {
        return facts.at(group).text(field).map(text -> dev.sallyport.base.Durations.parse(field, text));
    }

    /** The facts as conditions see them; what is not known is not there, and who names it anyway errs. */
    Seen seen(Instant now, Declared declared) {
        return new Seen(this, now, declared);
    }

    /** Facts of one decision, each group made when a condition first names it. */
    static final class Seen implements CelVariableResolver {
        private final Question question;
        private final Written.Part facts;
        private final Instant now;
        private final Declared declared;
        private final Map<String, Object> made = new HashMap<>();

        private Seen(Question question, Instant now, Declared declared) {
            this.question = question;
            this.facts = question.facts;
            this.now = now;
            this.declared = declared;
        }

        @Override
        public Optional<Object> find(String name) {
            return Optional.ofNullable(made.computeIfAbsent(name, this::make));
        }

        private @Nullable Object make(String name) {
            return switch (name) {
                case Declared.GROUPS -> facts.at("principal").texts("groups");
                case Declared.CONSTANT -> declared.constants();
                case Declared.CALENDAR -> states(declared.calendars(), calendar -> calendar.isOpen(now));
                case Declared.FREEZE -> states(declared.freezes(), freeze -> freeze.isOn(now));
                default ->
                    FactTypes.ROOTS.stream()
                            .filter(group -> group.name().equals(name))
                            .findFirst()
                            .map(this::group)
                            .orElse(null);
            };
        }

        private Object group(FactTypes.Group group) {
            Map<String, Object> seen = Question.seen(group, facts.at(group.name()));
            if (group.equals(FactTypes.CONTEXT)) {
                seen.put("time", now);
                seen.put(
                        FactTypes.INCIDENTS,
                        question.there(facts.at(group.name()))
                                .map(incident -> Question.seen(FactTypes.INCIDENT, incident))
                                .toList());
            }
            return seen;
        }

        private static <T> Map<String, Object> states(Map<String, T> declared, Predicate<T> isOn) {
            return declared.entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, entry -> isOn.test(entry.getValue())));
        }
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
