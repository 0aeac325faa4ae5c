package dev.sallyport.request;

import dev.sallyport.base.PersonId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What one approver said about one item, for one of its stages. */
public record Verdict(
        int stage,
        PersonId by,
        String byName,
        boolean approves,
        Optional<String> comment,
        Optional<Duration> duration,
        Instant at) {}
