package dev.sallyport.gateway.recorder;

import java.time.Duration;

/**
 * The recorder's named limits.
 *
 * @param slowestWrite a write that takes longer counts as failed
 * @param syncEvery how often what was written is forced to the disk; a crash of the machine loses at most this and the
 *     time that forcing takes
 * @param slowestSync a disk that was not forced for so long counts as failed
 * @param idleAfter a session without events for so long has its chunk sealed and its buffers given back
 */
public record RecorderLimits(Duration slowestWrite, Duration syncEvery, Duration slowestSync, Duration idleAfter) {
    public static final RecorderLimits USUAL = new RecorderLimits(
            Duration.ofSeconds(3), Duration.ofMillis(500), Duration.ofSeconds(5), Duration.ofMinutes(5));

    public RecorderLimits {
        check("slowestWrite", slowestWrite);
        check("syncEvery", syncEvery);
        check("slowestSync", slowestSync);
        check("idleAfter", idleAfter);
        if (syncEvery.compareTo(Duration.ofSeconds(1)) > 0) {
            throw new IllegalArgumentException("syncEvery: " + syncEvery + " (expected: <= PT1S)");
        }
    }

    private static void check(String name, Duration limit) {
        if (!limit.isPositive()) {
            throw new IllegalArgumentException(name + ": " + limit + " (expected: > PT0S)");
        }
    }
}
