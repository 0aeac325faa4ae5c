package dev.sallyport.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * What holds inside sessions through a gateway.
 *
 * @param supervised nobody watching, no session
 * @param opaque whether channels that cannot be read are let through although recording is strict
 * @param files whether files may be moved
 * @param remoteForwarding whether the target may open connections back through the client
 * @param idle how long nothing may happen before a session ends
 * @param longest how long a session may last
 * @param grace how long an open session goes on when its gateway has not heard the feed
 * @param environment names of variables a client may set, with * at the end for any ending
 * @param commands what is looked for in commands
 * @param redact patterns that reach no recording
 */
public record SessionObligations(
        Recording recording,
        boolean supervised,
        boolean opaque,
        boolean files,
        boolean remoteForwarding,
        Duration idle,
        Duration longest,
        Duration grace,
        List<String> environment,
        List<CommandRule> commands,
        List<String> redact) {
    public static final Duration IDLE = Duration.ofMinutes(30);
    public static final Duration LONGEST = Duration.ofHours(12);
    public static final Duration GRACE = Duration.ofSeconds(30);
    public static final Duration GRACE_MAX = Duration.ofMinutes(5);

    /** For everybody who says nothing else: recorded or not at all, nothing forwarded back, no variables. */
    public static final SessionObligations DEFAULT = new SessionObligations(
            Recording.STRICT,
            false,
            false,
            true,
            false,
            IDLE,
            LONGEST,
            GRACE,
            List.of("LANG", "LC_*"),
            List.of(),
            List.of());

    /** What happens when recording fails, the strictest first. */
    public enum Recording {
        STRICT,
        BEST_EFFORT,
        OFF
    }

    /** A pattern (RE2 syntax), whether a command that it is found in is blocked or only told of, and what the person reads. */
    public record CommandRule(String pattern, boolean blocks, String message) {}

    public SessionObligations {
        if (!idle.isPositive() || !longest.isPositive() || grace.isNegative()) {
            throw new IllegalArgumentException("session: idle " + idle + ", longest " + longest + ", grace " + grace
                    + " (expected: the first two > PT0S, the third >= PT0S)");
        }
        environment = List.copyOf(environment);
        commands = List.copyOf(commands);
        redact = List.copyOf(redact);
    }

    /** As these, and an open session ends at once when its gateway has not heard the feed. */
    public SessionObligations withoutGrace() {
        return new SessionObligations(
                recording,
                supervised,
                opaque,
                files,
                remoteForwarding,
                idle,
                longest,
                Duration.ZERO,
                environment,
                commands,
                redact);
    }

    /** As these, recorded at least this way, and supervised if so. */
    public SessionObligations atLeast(Recording wanted, boolean watched) {
        return new SessionObligations(
                recording.compareTo(wanted) <= 0 ? recording : wanted,
                supervised || watched,
                opaque,
                files,
                remoteForwarding,
                idle,
                longest,
                grace,
                environment,
                commands,
                redact);
    }

    /** Both these and the others, the stricter of each. */
    public SessionObligations strictest(SessionObligations other) {
        return new SessionObligations(
                recording.compareTo(other.recording) <= 0 ? recording : other.recording,
                supervised || other.supervised,
                opaque && other.opaque,
                files && other.files,
                remoteForwarding && other.remoteForwarding,
                shorter(idle, other.idle),
                shorter(longest, other.longest),
                shorter(grace, other.grace),
                environment.stream().filter(other.environment::contains).toList(),
                union(commands, other.commands),
                union(redact, other.redact));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    private static <T> List<T> union(List<T> one, List<T> other) {
        var all = new LinkedHashSet<>(one);
        all.addAll(other);
        return new ArrayList<>(all);
    }
}
