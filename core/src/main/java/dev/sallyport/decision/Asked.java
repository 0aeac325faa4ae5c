package dev.sallyport.decision;

import dev.sallyport.base.GrantId;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.identity.Person;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.Question;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is to be decided about somebody, and what is known of it.
 *
 * @param eligible whether an eligibility lets them ask for it
 * @param about the grant that goes on or is extended
 * @param along what the same request asks for beside it, which counts as held
 */
public record Asked(
        Action action,
        Person person,
        List<String> groups,
        boolean eligible,
        Role role,
        Target target,
        Wish wish,
        Optional<GrantId> about,
        List<Along> along) {
    /** A role on a target that is asked for beside another. */
    public record Along(String role, String target) {}

    /** Something that is asked for by itself. */
    public Asked(
            Action action, Person person, List<String> groups, boolean eligible, Role role, Target target, Wish wish) {
        this(action, person, groups, eligible, role, target, wish, Optional.empty(), List.of());
    }

    /** The same about a grant that is there. */
    public Asked about(Optional<GrantId> grant) {
        return new Asked(action, person, groups, eligible, role, target, wish, grant, along);
    }

    /** The same with others beside it. */
    public Asked along(List<Along> others) {
        return new Asked(action, person, groups, eligible, role, target, wish, about, others);
    }

    /**
     * What was asked.
     *
     * @param address where the request comes from
     * @param mfaAge how long ago a second factor was shown
     * @param risk how unusual it is, where somebody looked
     */
    public record Wish(
            Duration duration,
            Optional<Instant> start,
            String reason,
            Optional<String> ticket,
            boolean breakGlass,
            Optional<String> address,
            Optional<Duration> mfaAge,
            Optional<RiskScore> risk) {
        /** One whose risk nobody looked at. */
        public Wish(
                Duration duration,
                Optional<Instant> start,
                String reason,
                Optional<String> ticket,
                boolean breakGlass,
                Optional<String> address,
                Optional<Duration> mfaAge) {
            this(duration, start, reason, ticket, breakGlass, address, mfaAge, Optional.empty());
        }

        /** One that says nothing else. */
        public static Wish of(Duration duration, String reason) {
            return new Wish(
                    duration, Optional.empty(), reason, Optional.empty(), false, Optional.empty(), Optional.empty());
        }

        /** The same for another time. */
        public Wish lasting(Duration other) {
            return new Wish(other, start, reason, ticket, breakGlass, address, mfaAge, risk);
        }

        Wish from(Instant time) {
            return new Wish(duration, Optional.of(time), reason, ticket, breakGlass, address, mfaAge, risk);
        }

        Wish asEmergency() {
            return new Wish(duration, start, reason, ticket, true, address, mfaAge, risk);
        }

        Wish withFactor(Duration age) {
            return new Wish(duration, start, reason, ticket, breakGlass, address, Optional.of(age), risk);
        }

        Wish withRisk(Optional<RiskScore> score) {
            return new Wish(duration, start, reason, ticket, breakGlass, address, mfaAge, score);
        }

        /** The same, in the form in which facts were kept; why it was unusual stands beside them. */
        static Wish of(Question question) {
            return new Wish(
                    question.duration(),
                    question.start(),
                    question.reason(),
                    Optional.of(question.ticket()).filter(ticket -> !ticket.isEmpty()),
                    question.isBreakGlass(),
                    question.address(),
                    question.mfaAge(),
                    question.risk().map(points -> new RiskScore(points, List.of())));
        }
    }

    /** The attribute that names who somebody answers to. */
    public static final String MANAGER = "manager";

    public Asked {
        groups = List.copyOf(groups);
        along = List.copyOf(along);
    }

    /** The same about another action. */
    public Asked by(Action other) {
        return new Asked(other, person, groups, eligible, role, target, wish, about, along);
    }

    /** The same for another time. */
    Asked lasting(Duration other) {
        return new Asked(action, person, groups, eligible, role, target, wish.lasting(other), about, along);
    }

    /** The same from a time on. */
    public Asked from(Instant time) {
        return new Asked(action, person, groups, eligible, role, target, wish.from(time), about, along);
    }

    /** The same, called an emergency. */
    public Asked asEmergency() {
        return new Asked(action, person, groups, eligible, role, target, wish.asEmergency(), about, along);
    }

    /** The same, had the second factor been shown just now. */
    public Asked withFreshFactor() {
        return new Asked(
                action, person, groups, eligible, role, target, wish.withFactor(Duration.ofSeconds(1)), about, along);
    }

    /** The same, with what is known of its risk. */
    public Asked withRisk(Optional<RiskScore> score) {
        return new Asked(action, person, groups, eligible, role, target, wish.withRisk(score), about, along);
    }

    /**
     * The facts as policies see them.
     *
     * @param known what features know that rest on decisions
     */
    Question question(List<Map<String, Map<String, Object>>> known) {
        Map<String, Map<String, Object>> facts = new TreeMap<>();
        facts.put("principal", principal());
        facts.put("role", new TreeMap<>(Map.of("name", role.name(), "logins", role.logins(), "rights", role.rights())));
        facts.put("target", where());
        facts.put("request", request());
        facts.put("context", context());
        known.forEach(source -> source.forEach((group, fields) ->
                facts.computeIfAbsent(group, _ -> new TreeMap<>()).putAll(fields)));
        return Question.of(action, new TreeMap<>(facts));
    }

    private Map<String, Object> principal() {
        var principal = new TreeMap<String, Object>();
        principal.put("name", person.name());
        principal.put("active", person.isActive());
        principal.put("eligible", eligible);
        principal.put("groups", groups);
        principal.put("attributes", person.attributes());
        Optional.ofNullable(person.attributes().get(MANAGER)).ifPresent(manager -> principal.put("manager", manager));
        return principal;
    }

    private Map<String, Object> where() {
        var where = new TreeMap<String, Object>();
        where.put("name", target.name());
        where.put("type", target.type());
        where.put("labels", target.labels().values());
        for (String key : List.of("environment", "criticality", "owner")) {
            target.spec().text(key).ifPresent(value -> where.put(key, value));
        }
        return where;
    }

    private Map<String, Object> request() {
        var request = new TreeMap<String, Object>();
        request.put("duration", wish.duration().toString());
        request.put("reason", wish.reason());
        request.put("breakGlass", wish.breakGlass());
        wish.start().ifPresent(start -> request.put("start", start.toString()));
        wish.ticket().ifPresent(ticket -> request.put("ticket", ticket));
        return request;
    }

    private Map<String, Object> context() {
        var context = new TreeMap<String, Object>();
        wish.address().ifPresent(address -> context.put("address", address));
        wish.mfaAge().ifPresent(age -> context.put("mfaAge", age.toString()));
        wish.risk().ifPresent(score -> context.put("risk", score.points()));
        return context;
    }
}
