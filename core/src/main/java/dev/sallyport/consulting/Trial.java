package dev.sallyport.consulting;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.decision.RiskScore;
import dev.sallyport.request.Request;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a service is asked to see whether it answers. */
public sealed interface Trial {
    /** What it would be asked about a request that was made, with the facts that are kept with it. */
    record OfRequest(Request request) implements Trial {}

    /**
     * Something that nobody asked. Its names need not be anybody's.
     *
     * @param facts those that policies would have seen; without, they are made of the rest
     * @param risk how unusual it is
     */
    record MadeUp(
            String requester,
            String role,
            String target,
            Duration duration,
            String reason,
            Optional<String> ticket,
            boolean breakGlass,
            Optional<RiskScore> risk,
            Optional<Map<String, Object>> facts)
            implements Trial {
        private static final int NAME_MAX = 200;
        private static final int REASON_MAX = 1_000;
        private static final Duration LONGEST = Duration.ofDays(365);

        public MadeUp {
            Text.line("requester", requester, 1, NAME_MAX);
            Text.line("role", role, 1, NAME_MAX);
            Text.line("target", target, 1, NAME_MAX);
            Text.line("reason", reason, 0, REASON_MAX);
            ticket.ifPresent(given -> Text.line("ticket", given, 1, NAME_MAX));
            if (!duration.isPositive() || duration.compareTo(LONGEST) > 0) {
                throw InputRefusal.INVALID_VALUE.because(
                        "duration: " + duration + " (expected: more than nothing, at most " + LONGEST + ")");
            }
        }

        /** The facts that were given, or those that follow from the rest, in the form in which policies see them. */
        Map<String, Object> known() {
            return facts.orElseGet(() -> {
                var request = new LinkedHashMap<String, Object>();
                request.put("duration", duration.toString());
                request.put("reason", reason);
                request.put("breakGlass", breakGlass);
                ticket.ifPresent(given -> request.put("ticket", given));
                return Map.of(
                        "principal",
                        Map.of("name", requester, "active", true, "eligible", true, "groups", List.of()),
                        "role",
                        Map.of("name", role),
                        "target",
                        Map.of("name", target),
                        "request",
                        request,
                        "context",
                        risk.map(score -> Map.<String, Object>of("risk", score.points()))
                                .orElse(Map.of()));
            });
        }
    }
}
