package dev.sallyport.policy;

import java.time.Duration;

/** Everything a decision rests on; kept with the request, so that it can be decided again. */
public record Facts(
        String person,
        boolean personActive,
        boolean eligible,
        String role,
        String target,
        Duration duration,
        String reason,
        boolean extending) {}
