package dev.sallyport.spi.gateway;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What holds inside a session: the obligations of the decision that gave the grant.
 *
 * @param supervised nobody watching, no session
 * @param opaque whether channels that cannot be read (forwarded ports) are let through although recording is strict
 * @param idle how long nothing may happen before the session ends
 * @param longest how long a session may last
 * @param grace how long an open session goes on when the gateway has not heard the feed; nothing for critical roles
 * @param environment names of variables a client may set, with * at the end for any ending
 * @param rules what is looked for in commands
 * @param redacted forms of secrets that reach no recording, beside the secrets the product knows: a fixed beginning, a
 *     class and a count, as in {@code AKIA[A-Z0-9]{16}}
 */
public record SessionTerms(
        Recording recording,
        boolean supervised,
        boolean opaque,
        Set<Ability> abilities,
        Duration idle,
        Duration longest,
        Duration grace,
        List<String> environment,
        List<CommandRule> rules,
        List<String> redacted) {
    public SessionTerms {
        abilities = Set.copyOf(abilities);
        environment = List.copyOf(environment);
        rules = List.copyOf(rules);
        redacted = List.copyOf(redacted);
    }

    /** What happens when recording fails. */
    public enum Recording {
        /** No byte reaches the user before it is in the spool; without a recording there is no session. */
        STRICT,
        /** The session goes on, and the gap is marked and told. */
        BEST_EFFORT,
        /** Nothing is recorded. */
        OFF
    }

    /** What a client may do beyond running commands and moving files. */
    public enum Ability {
        TERMINAL,
        LOCAL_FORWARDING,
        REMOTE_FORWARDING,
        AGENT_FORWARDING,
        X11_FORWARDING,
        FILES
    }

    /** A pattern (RE2 syntax) looked for in each command, and what is done when it is found. */
    public record CommandRule(String pattern, Act act, String message) {}

    /** What a rule does. */
    public enum Act {
        ALERT,
        BLOCK
    }
}
