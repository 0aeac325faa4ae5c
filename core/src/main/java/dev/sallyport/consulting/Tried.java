package dev.sallyport.consulting;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * What came of a test of a service.
 *
 * @param question the id of the question
 * @param took from before connecting until the answer was checked, or given up
 * @param outcome what it would have meant
 * @param attempts how often a real question would be asked before it counts as unanswered
 * @param escalates whether silence lets others decide; otherwise it denies
 */
public record Tried(String question, URI url, Duration took, Outcome outcome, int attempts, boolean escalates) {
    /** What came back. */
    public sealed interface Outcome {
        /** An answer that would have counted. */
        record Answered(Word word, Optional<String> comment) implements Outcome {}

        /** None that would have, and why. */
        record Failed(String why) implements Outcome {}
    }

    /** What a service may say. */
    public enum Word {
        APPROVE,
        DENY,
        ABSTAIN
    }
}
