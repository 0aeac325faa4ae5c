package dev.sallyport.server.api;

import dev.sallyport.base.Durations;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.Secret;
import dev.sallyport.consulting.DecisionServices;
import dev.sallyport.consulting.Trial;
import dev.sallyport.consulting.Tried;
import dev.sallyport.decision.RiskScore;
import dev.sallyport.request.Requests;
import dev.sallyport.server.Caller;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The keys of decision services, and trying them; the services themselves are documents of the catalogue. */
@RestController
@RequestMapping("/api/v1")
final class DecisionServicesController {
    private static final String WRITE = "decision-service.write";

    private final DecisionServices services;
    private final Requests requests;

    DecisionServicesController(DecisionServices services, Requests requests) {
        this.services = services;
        this.requests = requests;
    }

    record DecisionServiceSecretJson(@Nullable String secret) {
        @Override
        public String toString() {
            return "[secret]";
        }
    }

    @Needs(WRITE)
    @Summary(
            value = "Set the key that questions to a decision service and its answers are signed with",
            refuses = {"decision-service.unknown", "decision-service.invalid"})
    @PutMapping("/decision-services/{name}/secret")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void secret(Caller caller, @PathVariable String name, @RequestBody DecisionServiceSecretJson body) {
        services.setSecret(caller.actor(), name, Secret.of(RequestsController.required("secret", body.secret())));
    }

    /** Either a request that was made, or something made up; facts and all else of the latter may be left out. */
    record DecisionServiceTestJson(
            @Nullable String request,
            @Nullable String requester,
            @Nullable String role,
            @Nullable String target,
            @Nullable String duration,
            @Nullable String reason,
            @Nullable String ticket,
            @Nullable Boolean breakGlass,
            @Nullable Integer risk,
            @Nullable Map<String, Object> facts) {
        private static final Duration AN_HOUR = Duration.ofHours(1);
        private static final String NOBODY = "test";

        Trial.MadeUp madeUp() {
            return new Trial.MadeUp(
                    or(requester, NOBODY),
                    or(role, NOBODY),
                    or(target, NOBODY),
                    duration == null ? AN_HOUR : Durations.parse("duration", duration),
                    or(reason, "a test"),
                    Optional.ofNullable(ticket),
                    Boolean.TRUE.equals(breakGlass),
                    Optional.ofNullable(risk).map(RiskScore::stated),
                    Optional.ofNullable(facts));
        }

        private boolean saysMore() {
            return Stream.of(requester, role, target, duration, reason, ticket, breakGlass, risk, facts)
                    .anyMatch(Objects::nonNull);
        }

        private static String or(@Nullable String given, String otherwise) {
            return given == null ? otherwise : given;
        }
    }

    /**
     * @param answered whether there was an answer that would have counted
     * @param silence what no answer would have meant: deny or escalate
     */
    record DecisionServiceTriedJson(
            String question,
            String url,
            long milliseconds,
            boolean answered,
            @Nullable String decision,
            @Nullable String comment,
            @Nullable String failure,
            int attempts,
            String silence) {
        static DecisionServiceTriedJson of(Tried tried) {
            return switch (tried.outcome()) {
                case Tried.Outcome.Answered(var word, var comment) ->
                    of(tried, RequestJson.word(word), comment.orElse(null), null);
                case Tried.Outcome.Failed(var why) -> of(tried, null, null, why);
            };
        }

        private static DecisionServiceTriedJson of(
                Tried tried, @Nullable String decision, @Nullable String comment, @Nullable String failure) {
            return new DecisionServiceTriedJson(
                    tried.question(),
                    tried.url().toString(),
                    tried.took().toMillis(),
                    decision != null,
                    decision,
                    comment,
                    failure,
                    tried.attempts(),
                    tried.escalates() ? "escalate" : "deny");
        }
    }

    @Needs(WRITE)
    @Summary(
            value =
                    "Ask a decision service something that is marked as a test, about a request that the caller may see (needs policy.read) or"
                            + " about something made up; its answer decides nothing",
            refuses = {"decision-service.unknown", "decision-service.busy", "request.unknown", "auth.missing-right"})
    @PostMapping("/decision-services/{name}/test")
    DecisionServiceTriedJson test(Caller caller, @PathVariable String name, @RequestBody DecisionServiceTestJson body) {
        return DecisionServiceTriedJson.of(services.test(caller.actor(), name, trial(caller, body)));
    }

    private Trial trial(Caller caller, DecisionServiceTestJson body) {
        if (body.request() == null) {
            return body.madeUp();
        }
        if (body.saysMore()) {
            throw InputRefusal.INVALID_VALUE.because("request: stands beside made-up facts (expected: one of the two)");
        }
        // the service is told every fact, and could be anybody's
        caller.require(PoliciesController.READ);
        return new Trial.OfRequest(requests.find(
                caller.personId(), caller.rights().contains("request.read-all"), new RequestId(body.request())));
    }
}
