package dev.sallyport.risk;

import dev.sallyport.base.Durations;
import dev.sallyport.decision.RiskScore;
import dev.sallyport.decision.RiskScore.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Scores a question by comparing it with a history: pure, so that the same history always gives the same score. Each
 * feature says what it saw; one that has too little to compare with says nothing.
 */
final class RiskModel {
    /** How many requests granted before make a habit. */
    static final int HABIT = 10;

    /** Hours to both sides that count as the same time of day. */
    static final int HOURS_BESIDE = 2;

    /** A time of day that holds less than this share of what was asked is unusual. */
    static final double RARE = 0.05;

    /** This many requests in a day are never many. */
    static final int FEW_A_DAY = 5;

    /** How many times the usual is far more than usual. */
    static final int FAR_MORE = 3;

    /** How many peers it takes to say what is usual among them. */
    static final int PEERS = 3;

    /** How long ago a denial is lately. */
    static final Duration LATELY = Duration.ofDays(7);

    private static final int HOURS = 24;

    private final RiskWeights weights;

    /** What is asked for now. */
    record Wanted(
            History.Right right,
            String role,
            String target,
            Duration duration,
            boolean breakGlass,
            Optional<String> network) {}

    RiskModel(RiskWeights weights) {
        this.weights = weights;
    }

    RiskScore score(History history, Wanted wanted, Instant now) {
        List<Reason> reasons = new ArrayList<>();
        hour(history, now).ifPresent(why -> add(reasons, "hour", weights.hour(), why));
        address(history, wanted).ifPresent(why -> add(reasons, "address", weights.address(), why));
        role(history, wanted).ifPresent(why -> add(reasons, "role", weights.role(), why));
        target(history, wanted).ifPresent(why -> add(reasons, "target", weights.target(), why));
        frequency(history, now).ifPresent(why -> add(reasons, "frequency", weights.frequency(), why));
        duration(history, wanted).ifPresent(why -> add(reasons, "duration", weights.duration(), why));
        peers(history, wanted).ifPresent(why -> add(reasons, "peers", weights.peers(), why));
        denied(history, now, reasons);
        if (wanted.breakGlass()) {
            add(reasons, "break_glass", weights.breakGlass(), "it is asked for as an emergency");
        }
        reasons.sort(Comparator.comparingInt(Reason::points).reversed().thenComparing(Reason::feature));
        int sum = reasons.stream().mapToInt(Reason::points).sum();
        return new RiskScore(Math.min(RiskScore.MOST, sum), reasons);
    }

    private static void add(List<Reason> reasons, String feature, int points, String why) {
        if (points > 0) {
            reasons.add(new Reason(feature, points, why));
        }
    }

    private static long requests(List<History.Past> items) {
        return items.stream().map(History.Past::request).distinct().count();
    }

    private static int hourOf(Instant at) {
        return at.atOffset(ZoneOffset.UTC).getHour();
    }

    private static Optional<String> hour(History history, Instant now) {
        List<History.Past> granted = granted(history).toList();
        long all = requests(granted);
        if (all < HABIT) {
            return Optional.empty();
        }
        long near = requests(granted.stream()
                .filter(past -> {
                    int apart = Math.abs(hourOf(past.at()) - hourOf(now));
                    return Math.min(apart, HOURS - apart) <= HOURS_BESIDE;
                })
                .toList());
        return near < RARE * all
                ? Optional.of("asked at %02d h UTC; of %d requests granted before %d came within %d hours of that"
                        .formatted(hourOf(now), all, near, HOURS_BESIDE))
                : Optional.empty();
    }

    /** Asking twice makes nothing usual. */
    private static Stream<History.Past> granted(History history) {
        return history.items().stream().filter(History.Past::granted);
    }

    private static Optional<String> address(History history, Wanted wanted) {
        List<String> known =
                granted(history).flatMap(past -> past.network().stream()).toList();
        return wanted.network()
                .filter(network -> !known.isEmpty() && !known.contains(network))
                .map(_ -> "asked from an address from which nothing was granted before");
    }

    private static Optional<String> role(History history, Wanted wanted) {
        return granted(history)
                        .noneMatch(past ->
                                past.right().role().equals(wanted.right().role()))
                ? Optional.of("never had the role " + wanted.role() + " before")
                : Optional.empty();
    }

    private static Optional<String> target(History history, Wanted wanted) {
        return granted(history)
                        .noneMatch(past ->
                                past.right().target().equals(wanted.right().target()))
                ? Optional.of("never had anything on " + wanted.target() + " before")
                : Optional.empty();
    }

    private static Optional<String> frequency(History history, Instant now) {
        Instant yesterday = now.minus(Duration.ofDays(1));
        List<History.Past> today = history.items().stream()
                .filter(past -> past.at().isAfter(yesterday))
                .toList();
        long lately = requests(today) + 1;
        double usual = (double) (requests(history.items()) - requests(today)) / (History.BACK.toDays() - 1);
        return lately > FEW_A_DAY && lately > FAR_MORE * usual
                ? Optional.of("the request number %d within a day; usually %.1f".formatted(lately, usual))
                : Optional.empty();
    }

    private static Optional<String> duration(History history, Wanted wanted) {
        List<Duration> before =
                granted(history).map(History.Past::duration).sorted().toList();
        if (before.size() < HABIT) {
            return Optional.empty();
        }
        Duration usual = before.get(before.size() * 9 / 10);
        return wanted.duration().compareTo(usual.multipliedBy(2)) > 0
                ? Optional.of("asked for " + Durations.shown(wanted.duration())
                        + "; nine of ten granted before were at most " + Durations.shown(usual))
                : Optional.empty();
    }

    private static Optional<String> peers(History history, Wanted wanted) {
        // of too many peers not all were read
        boolean own = granted(history).anyMatch(past -> past.right().equals(wanted.right()));
        boolean telling = history.peers() >= PEERS
                && history.peers() < History.PEERS_MAX
                && history.heldByPeers().size() < History.RIGHTS_MAX;
        return telling && !own && !history.heldByPeers().contains(wanted.right())
                ? Optional.of("none of the " + history.peers() + " who share a group with them has held it lately")
                : Optional.empty();
    }

    private void denied(History history, Instant now, List<Reason> reasons) {
        Instant since = now.minus(LATELY);
        long times = history.items().stream()
                .filter(past -> past.denied() && past.at().isAfter(since))
                .count();
        if (times > 0) {
            add(
                    reasons,
                    "denied",
                    weights.denied() * (int) Math.min(2, times),
                    "denied " + times + (times == 1 ? " time" : " times") + " within " + LATELY.toDays() + " days");
        }
    }
}
