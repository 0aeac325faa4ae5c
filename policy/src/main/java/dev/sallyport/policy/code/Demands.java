package dev.sallyport.policy.code;

import dev.sallyport.policy.Access;
import dev.sallyport.policy.Obligations;
import dev.sallyport.policy.RoleRule;
import dev.sallyport.policy.SessionObligations;
import dev.sallyport.policy.SessionObligations.Recording;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BinaryOperator;

/**
 * The obligations of rules: what must hold for a grant that they allow. What a rule does not say, it does not restrict.
 *
 * @param reason whether a reason must be given; when no rule says, it must
 * @param tickets patterns, all of which the ticket must match
 */
public record Demands(
        Optional<Duration> maxDuration,
        Optional<Duration> mfaWithin,
        Optional<Boolean> reason,
        SortedSet<String> tickets,
        Optional<Recording> recording,
        boolean supervised,
        Optional<Access> access,
        Optional<Cut> cut,
        SortedSet<String> notified,
        boolean postReview) {
    /** The longest grant when no rule says. */
    public static final Duration LONGEST = Duration.ofHours(8);

    static final Demands NONE = new Demands(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new TreeSet<>(),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            new TreeSet<>(),
            false);

    /** The longest emergency, whatever rules say. */
    public static final Duration EMERGENCY_LONGEST = Duration.ofHours(1);

    /** What holds for every emergency: short, said why, recorded whole, reviewed. */
    static final Demands EMERGENCY = new Demands(
            Optional.of(EMERGENCY_LONGEST),
            Optional.empty(),
            Optional.of(true),
            new TreeSet<>(),
            Optional.of(Recording.STRICT),
            false,
            Optional.of(Access.GATEWAY),
            Optional.empty(),
            new TreeSet<>(),
            true);

    /** The same for the product itself, which has no sessions. */
    static final Demands EMERGENCY_OF_THE_PRODUCT = new Demands(
            EMERGENCY.maxDuration,
            EMERGENCY.mfaWithin,
            EMERGENCY.reason,
            EMERGENCY.tickets,
            Optional.empty(),
            false,
            Optional.empty(),
            EMERGENCY.cut,
            EMERGENCY.notified,
            true);

    /** What holds for an emergency that asks this. */
    static Demands ofEmergency(Question question) {
        return question.isOfTheProduct() ? EMERGENCY_OF_THE_PRODUCT : EMERGENCY;
    }

    /** How fast what is granted must be possible to end, the slowest first. */
    public enum Cut {
        EXPIRY,
        POLL,
        INSTANT
    }

    public Demands {
        tickets = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(tickets));
        notified = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(notified));
    }

    /** What holds for every grant of a role, whoever allows it. */
    static Demands of(RoleRule own) {
        return new Demands(
                Optional.of(own.maxDuration()),
                Optional.empty(),
                Optional.of(own.reasonRequired()),
                new TreeSet<>(),
                Optional.empty(),
                false,
                own.access() == Access.GATEWAY ? Optional.of(Access.GATEWAY) : Optional.empty(),
                Optional.empty(),
                new TreeSet<>(),
                false);
    }

    /** Whether only a session through a gateway keeps these. */
    boolean needGateway() {
        return supervised
                || access.equals(Optional.of(Access.GATEWAY))
                || cut.filter(speed -> speed != Cut.EXPIRY).isPresent()
                || recording.filter(mode -> mode != Recording.OFF).isPresent();
    }

    /** These together with what the role says of its grants, which this only makes stricter. */
    public Obligations obligations(RoleRule own) {
        SessionObligations session = own.session();
        return new Obligations(
                shorter(longest(), own.maxDuration()),
                needsReason(),
                needGateway() || own.access() == Access.GATEWAY ? Access.GATEWAY : Access.DIRECT,
                own.certificateValidity(),
                session.atLeast(recording.orElse(Recording.OFF), supervised),
                mfaWithin,
                List.copyOf(tickets),
                List.copyOf(notified),
                postReview);
    }

    public Duration longest() {
        return maxDuration.orElse(LONGEST);
    }

    public boolean needsReason() {
        return reason.orElse(true);
    }

    /** Both these and the others, the stricter of each. */
    Demands strictest(Demands other) {
        return new Demands(
                either(maxDuration, other.maxDuration, Demands::shorter),
                either(mfaWithin, other.mfaWithin, Demands::shorter),
                either(reason, other.reason, Boolean::logicalOr),
                union(tickets, other.tickets),
                either(recording, other.recording, (one, two) -> one.compareTo(two) <= 0 ? one : two),
                supervised || other.supervised,
                either(access, other.access, (one, two) -> one == Access.GATEWAY ? one : two),
                either(cut, other.cut, (one, two) -> one.compareTo(two) >= 0 ? one : two),
                union(notified, other.notified),
                postReview || other.postReview);
    }

    /** As data. */
    public Map<String, Object> tree() {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("max_duration", longest().toString());
        mfaWithin.ifPresent(span -> tree.put("mfa_within", span.toString()));
        tree.put("reason", needsReason() ? "required" : "optional");
        tree.put("tickets", List.copyOf(tickets));
        recording.ifPresent(mode -> tree.put("recording", word(mode)));
        tree.put("supervised", supervised);
        access.ifPresent(way -> tree.put("access", word(way)));
        cut.ifPresent(speed -> tree.put("cut", word(speed)));
        tree.put("notify", List.copyOf(notified));
        tree.put("post_review", postReview);
        return tree;
    }

    /** What these demand otherwise than others did, each as {@code recording: strict → off}. */
    public List<String> differences(Demands before) {
        Map<String, Object> was = before.tree();
        Map<String, Object> now = tree();
        var names = new TreeSet<>(was.keySet());
        names.addAll(now.keySet());
        return names.stream()
                .filter(name -> !java.util.Objects.equals(was.get(name), now.get(name)))
                .map(name -> name + ": " + said(was.get(name)) + " → " + said(now.get(name)))
                .toList();
    }

    private static String said(@org.jspecify.annotations.Nullable Object value) {
        return value == null ? "not said" : String.valueOf(value);
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <T> Optional<T> either(Optional<T> one, Optional<T> two, BinaryOperator<T> stricter) {
        return one.isPresent() && two.isPresent()
                ? Optional.of(stricter.apply(one.get(), two.get()))
                : one.or(() -> two);
    }

    private static Duration shorter(Duration one, Duration two) {
        return one.compareTo(two) <= 0 ? one : two;
    }

    private static SortedSet<String> union(SortedSet<String> one, SortedSet<String> two) {
        var all = new TreeSet<>(one);
        all.addAll(two);
        return all;
    }
}
