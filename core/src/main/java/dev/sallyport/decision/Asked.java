package dev.sallyport.decision;

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
 */
public record Asked(
        Action action, Person person, List<String> groups, boolean eligible, Role role, Target target, Wish wish) {
    /**
     * What was asked.
     *
     * @param address where the request comes from
     * @param mfaAge how long ago a second factor was shown
     */
    public record Wish(
            Duration duration,
            Optional<Instant> start,
            String reason,
            Optional<String> ticket,
            boolean breakGlass,
            Optional<String> address,
            Optional<Duration> mfaAge) {
        /** One that says nothing else. */
        public static Wish of(Duration duration, String reason) {
            return new Wish(
                    duration, Optional.empty(), reason, Optional.empty(), false, Optional.empty(), Optional.empty());
        }

        /** The same for another time. */
        public Wish lasting(Duration other) {
            return new Wish(other, start, reason, ticket, breakGlass, address, mfaAge);
        }

        /** The same, in the form in which facts were kept. */
        static Wish of(Question question) {
            return new Wish(
                    question.duration(),
                    question.start(),
                    question.reason(),
                    Optional.of(question.ticket()).filter(ticket -> !ticket.isEmpty()),
                    question.isBreakGlass(),
                    question.address(),
                    question.mfaAge());
        }
    }

    /** The attribute that names who somebody answers to. */
    public static final String MANAGER = "manager";

    public Asked {
        groups = List.copyOf(groups);
    }

    /** The facts as policies see them. */
    public Question question() {
        return Question.of(
                action,
                Map.of(
                        "principal",
                        principal(),
                        "role",
                        Map.of("name", role.name(), "logins", role.logins(), "rights", role.rights()),
                        "target",
                        where(),
                        "request",
                        request(),
                        "context",
                        context()));
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
        return context;
    }
}
