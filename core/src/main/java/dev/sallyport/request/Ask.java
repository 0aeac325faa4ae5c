package dev.sallyport.request;

import dev.sallyport.base.Durations;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.Names;
import dev.sallyport.base.Text;
import dev.sallyport.identity.Purpose;
import dev.sallyport.policy.RoleRule;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * What somebody wants; checked when made, so that nothing half-checked reaches a decision.
 *
 * @param breakGlass whether it is an emergency
 */
public record Ask(
        List<Wanted> items,
        Duration duration,
        Optional<Instant> startsAt,
        String reason,
        Optional<String> ticket,
        Optional<GrantId> extended,
        Optional<String> idempotencyKey,
        boolean breakGlass,
        Optional<Repeat> repeat) {
    /** The shortest reason for an emergency, in characters. */
    public static final int EMERGENCY_REASON_MIN = 10;

    /** One for a single window. */
    public Ask(
            List<Wanted> items,
            Duration duration,
            Optional<Instant> startsAt,
            String reason,
            Optional<String> ticket,
            Optional<GrantId> extended,
            Optional<String> idempotencyKey,
            boolean breakGlass) {
        this(items, duration, startsAt, reason, ticket, extended, idempotencyKey, breakGlass, Optional.empty());
    }

    /** An ordinary one. */
    public Ask(
            List<Wanted> items,
            Duration duration,
            Optional<Instant> startsAt,
            String reason,
            Optional<String> ticket,
            Optional<GrantId> extended,
            Optional<String> idempotencyKey) {
        this(items, duration, startsAt, reason, ticket, extended, idempotencyKey, false);
    }

    /** The most items of one request. */
    public static final int ITEMS_MAX = 50;

    /** The longest reason, in characters. */
    public static final int REASON_MAX = 1_000;

    /** The longest ticket number, in characters. */
    public static final int TICKET_MAX = 120;

    /** How far ahead a request may start. */
    public static final Duration AHEAD_MAX = Duration.ofDays(90);

    private static final int KEY_MAX = 64;

    /** A role on a target, by their names. */
    public record Wanted(String role, String target) {
        public Wanted {
            Names.check("role", role);
            Names.check("target", target);
        }
    }

    public Ask {
        items = List.copyOf(items);
        if (items.isEmpty() || items.size() > ITEMS_MAX) {
            throw RequestRefusal.INVALID.because("items: " + items.size() + " (expected: 1 to " + ITEMS_MAX + ")");
        }
        if (new HashSet<>(items).size() < items.size()) {
            throw RequestRefusal.INVALID.because("items: the same role and target twice (expected: each once)");
        }
        Durations.within("duration", duration, RoleRule.MAX_DURATION);
        reason = Text.line("reason", reason, 0, REASON_MAX);
        if (breakGlass && reason.strip().length() < EMERGENCY_REASON_MIN) {
            throw RequestRefusal.INVALID.because("reason: " + Text.quoted(reason) + " (expected: at least "
                    + EMERGENCY_REASON_MIN + " characters for an emergency: what happened)");
        }
        if (breakGlass && items.size() > 1) {
            throw RequestRefusal.INVALID.because(
                    "items: " + items.size() + " (expected: one for an emergency; each is reviewed by itself)");
        }
        if (breakGlass && (startsAt.isPresent() || extended.isPresent() || repeat.isPresent())) {
            throw RequestRefusal.INVALID.because(
                    "break_glass: stands beside starts_at, repeat or extends (expected: a new request, from now on)");
        }
        if (repeat.isPresent()) {
            checkRepeat(repeat.get(), items.size(), duration, startsAt, extended);
        }
        ticket = ticket.map(text -> Text.line("ticket", text, 1, TICKET_MAX));
        idempotencyKey = idempotencyKey.map(text -> Text.line("Idempotency-Key", text, 1, KEY_MAX));
    }

    private static void checkRepeat(
            Repeat repeat, int items, Duration duration, Optional<Instant> startsAt, Optional<GrantId> extended) {
        if (startsAt.isEmpty()) {
            throw RequestRefusal.INVALID.because(
                    "starts_at: missing (expected: when the first of the windows begins)", "--from T");
        }
        if (extended.isPresent()) {
            throw RequestRefusal.INVALID.because(
                    "repeat: stands beside extends (expected: a new request, with windows of its own)");
        }
        if (items * repeat.times() > ITEMS_MAX) {
            throw RequestRefusal.INVALID.because("repeat.times: " + repeat.times() + " windows of " + items
                    + " items (expected: at most " + ITEMS_MAX + " altogether)");
        }
        if (duration.compareTo(repeat.every().longest()) > 0) {
            throw RequestRefusal.INVALID.because("duration: " + Durations.shown(duration) + " (expected: at most "
                    + Durations.shown(repeat.every().longest()) + " for windows of every "
                    + repeat.every().word() + ")");
        }
        List<Instant> starts = starts(repeat, startsAt.get());
        for (int i = 1; i < starts.size(); i++) {
            if (starts.get(i - 1).plus(duration).isAfter(starts.get(i))) {
                throw RequestRefusal.INVALID.because("duration: " + Durations.shown(duration)
                        + " (expected: windows that do not run into each other; one begins " + starts.get(i) + ")");
            }
        }
        Instant last = starts.getLast();
        if (last.isAfter(startsAt.get().plus(AHEAD_MAX))) {
            throw RequestRefusal.INVALID.because("repeat.times: " + repeat.times() + " (the last window begins " + last
                    + "; expected: at most " + AHEAD_MAX.toDays() + " days ahead)");
        }
    }

    private static List<Instant> starts(Repeat repeat, Instant first) {
        try {
            return repeat.starts(first);
        } catch (DateTimeException | ArithmeticException _) {
            throw RequestRefusal.INVALID.because(
                    "starts_at: " + first + " (expected: at most " + AHEAD_MAX.toDays() + " days ahead)");
        }
    }

    /** When each window begins; one that says nothing begins at once. */
    List<Optional<Instant>> windows() {
        return repeat.map(again -> again.starts(startsAt.orElseThrow()).stream()
                        .map(Optional::of)
                        .toList())
                .orElse(List.of(startsAt));
    }

    /** What a proof of a second factor for just this is made for; sent again under another key, it is the same. */
    Purpose purpose() {
        return Purpose.of(List.of("request", items, duration, startsAt, reason, ticket, extended, breakGlass, repeat));
    }
}
