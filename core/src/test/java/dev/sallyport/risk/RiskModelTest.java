package dev.sallyport.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.decision.RiskScore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** RI1: each feature says what it saw, or nothing. */
class RiskModelTest {
    private static final Instant NOON = Instant.parse("2027-01-04T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final History.Right USUAL = new History.Right(RoleId.next(), TargetId.next());
    private static final RiskModel.Wanted WANTED =
            new RiskModel.Wanted(USUAL, "ops", "web-1", HOUR, false, Optional.of("192.0.2.1"));

    private final RiskModel model = new RiskModel(RiskWeights.DEFAULT);

    private static History.Past past(String id, Instant at) {
        return new History.Past(id, at, HOUR, USUAL, false, true, Optional.of("192.0.2.1"));
    }

    /** Every second day at noon, for {@code n} times. */
    private static List<History.Past> habit(int n) {
        var items = new ArrayList<History.Past>();
        for (int i = 1; i <= n; i++) {
            items.add(past("req-" + i, NOON.minus(Duration.ofDays(2L * i))));
        }
        return items;
    }

    private static History history(List<History.Past> items) {
        return new History(items, 0, Set.of());
    }

    private List<String> features(History history, RiskModel.Wanted wanted, Instant now) {
        return model.score(history, wanted, now).reasons().stream()
                .map(RiskScore.Reason::feature)
                .toList();
    }

    @Test
    void theUsualIsNoRisk() {
        RiskScore score = model.score(history(habit(20)), WANTED, NOON);

        assertThat(score).isEqualTo(new RiskScore(0, List.of()));
    }

    @Test
    void anHourAtWhichTheyNeverAskIsUnusualOnceThereIsAHabit() {
        Instant night = NOON.minus(Duration.ofHours(9));

        RiskScore score = model.score(history(habit(10)), WANTED, night);

        assertThat(score.points()).isEqualTo(15);
        assertThat(score.reasons())
                .extracting(RiskScore.Reason::why)
                .containsExactly("asked at 03 h UTC; of 10 requests granted before 0 came within 2 hours of that");
        assertThat(features(history(habit(9)), WANTED, night)).isEmpty();
        assertThat(features(history(habit(10)), WANTED, NOON.plus(Duration.ofHours(2))))
                .isEmpty();
    }

    @Test
    void askingTwiceMakesNothingUsual() {
        var wanted = new RiskModel.Wanted(
                new History.Right(RoleId.next(), TargetId.next()),
                "root",
                "db-1",
                HOUR,
                false,
                Optional.of("198.51.100.9"));
        var items = new ArrayList<History.Past>(habit(5));
        List<String> first = features(new History(items, 3, Set.of(USUAL)), wanted, NOON);
        items.add(new History.Past(
                "again", NOON.minus(Duration.ofMinutes(1)), HOUR, wanted.right(), false, false, wanted.network()));

        assertThat(first).contains("role", "target", "address", "peers");
        assertThat(features(new History(items, 3, Set.of(USUAL)), wanted, NOON)).isEqualTo(first);
    }

    @Test
    void midnightIsNoBorder() {
        Instant late = Instant.parse("2027-01-04T23:30:00Z");
        List<History.Past> nights = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            nights.add(past("req-" + i, late.minus(Duration.ofDays(2L * i))));
        }

        assertThat(features(history(nights), WANTED, Instant.parse("2027-01-05T01:10:00Z")))
                .isEmpty();
    }

    @Test
    void anAddressThatIsNewIsToldOnceOneIsKnown() {
        var elsewhere = new RiskModel.Wanted(USUAL, "ops", "web-1", HOUR, false, Optional.of("198.51.100.1"));
        var unknown = new RiskModel.Wanted(USUAL, "ops", "web-1", HOUR, false, Optional.empty());

        assertThat(features(history(habit(1)), elsewhere, NOON)).containsExactly("address");
        assertThat(features(history(habit(1)), unknown, NOON)).isEmpty();
        assertThat(features(history(List.of()), elsewhere, NOON)).containsExactly("role", "target");
    }

    @Test
    void whatTheyNeverAskedForIsNewByRoleAndByTarget() {
        var newTarget = new History.Right(USUAL.role(), TargetId.next());
        var newRole = new History.Right(RoleId.next(), USUAL.target());

        assertThat(features(
                        history(habit(1)),
                        new RiskModel.Wanted(newTarget, "ops", "db-1", HOUR, false, Optional.empty()),
                        NOON))
                .containsExactly("target");
        assertThat(features(
                        history(habit(1)),
                        new RiskModel.Wanted(newRole, "root", "web-1", HOUR, false, Optional.empty()),
                        NOON))
                .containsExactly("role");
    }

    @Test
    void askingAtNightOrForLongMakesNeitherUsual() {
        Instant night = NOON.minus(Duration.ofHours(9));
        Duration days = HOUR.multipliedBy(100);
        var wanted = new RiskModel.Wanted(USUAL, "ops", "web-1", days, false, Optional.of("192.0.2.1"));
        var items = new ArrayList<History.Past>(habit(20));
        for (int i = 1; i <= 10; i++) {
            items.add(new History.Past(
                    "tried-" + i,
                    night.minus(Duration.ofDays(2L * i)),
                    days,
                    USUAL,
                    false,
                    false,
                    Optional.of("192.0.2.1")));
        }

        assertThat(features(history(items), wanted, night)).containsExactly("hour", "duration");
    }

    @Test
    void manyRequestsInADayAreUnusualForWhoAsksSeldom() {
        List<History.Past> items = new ArrayList<>(habit(20));
        for (int i = 0; i < 5; i++) {
            items.add(past("today-" + i, NOON.minus(Duration.ofMinutes(i + 1))));
        }

        assertThat(features(history(items), WANTED, NOON)).containsExactly("frequency");
        assertThat(features(history(items.subList(0, 24)), WANTED, NOON)).isEmpty();
    }

    @Test
    void farLongerThanUsualIsUnusual() {
        var longer = new RiskModel.Wanted(USUAL, "ops", "web-1", HOUR.multipliedBy(3), false, Optional.empty());
        var twice = new RiskModel.Wanted(USUAL, "ops", "web-1", HOUR.multipliedBy(2), false, Optional.empty());

        assertThat(features(history(habit(10)), longer, NOON)).containsExactly("duration");
        assertThat(features(history(habit(10)), twice, NOON)).isEmpty();
    }

    @Test
    void whatNobodyOfTheirGroupsHoldsIsUnusualUnlessTheyWereGivenIt() {
        var other = new History.Right(RoleId.next(), USUAL.target());
        var wanted = new RiskModel.Wanted(other, "root", "web-1", HOUR, false, Optional.empty());

        assertThat(features(new History(habit(1), 3, Set.of(USUAL)), wanted, NOON))
                .containsExactly("peers", "role");
        assertThat(features(new History(habit(1), 3, Set.of(other)), wanted, NOON))
                .containsExactly("role");
        assertThat(features(new History(habit(1), 2, Set.of()), wanted, NOON)).containsExactly("role");
        assertThat(features(new History(habit(1), 3, Set.of()), WANTED, NOON)).isEmpty();
        assertThat(features(new History(habit(1), History.PEERS_MAX, Set.of()), wanted, NOON))
                .containsExactly("role");
    }

    @Test
    void denialsCountTwiceAtMostAndForAWeek() {
        List<History.Past> items = new ArrayList<>(habit(3));
        for (int i = 1; i <= 3; i++) {
            items.add(new History.Past(
                    "no-" + i, NOON.minus(Duration.ofDays(i)), HOUR, USUAL, true, false, Optional.of("192.0.2.1")));
        }

        assertThat(model.score(history(items), WANTED, NOON).points()).isEqualTo(20);
        assertThat(model.score(history(items), WANTED, NOON.plus(Duration.ofDays(4)))
                        .points())
                .isEqualTo(20);
        assertThat(model.score(history(items), WANTED, NOON.plus(Duration.ofDays(5)))
                        .points())
                .isEqualTo(10);
        assertThat(model.score(history(items), WANTED, NOON.plus(Duration.ofDays(7)))
                        .points())
                .isZero();
    }

    @Test
    void theHeaviestComesFirstAndTheSumEndsAtAHundred() {
        var heavy = new RiskModel(new RiskWeights(15, 20, 60, 10, 15, 10, 15, 10, 70));
        var emergency = new RiskModel.Wanted(
                new History.Right(RoleId.next(), TargetId.next()), "root", "db-1", HOUR, true, Optional.empty());

        RiskScore score = heavy.score(history(habit(1)), emergency, NOON);

        assertThat(score.points()).isEqualTo(100);
        assertThat(score.reasons())
                .extracting(RiskScore.Reason::feature)
                .containsExactly("break_glass", "role", "target");
    }

    @Test
    void aWeightOfZeroSwitchesAFeatureOffAndOthersAreBounded() {
        var off = new RiskModel(new RiskWeights(0, 0, 0, 0, 0, 0, 0, 0, 0));
        var elsewhere = new RiskModel.Wanted(USUAL, "ops", "web-1", HOUR, true, Optional.of("198.51.100.1"));

        assertThat(off.score(history(habit(1)), elsewhere, NOON)).isEqualTo(new RiskScore(0, List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RiskWeights(0, 101, 0, 0, 0, 0, 0, 0, 0))
                .withMessage("risk.weights.address: 101 (expected: 0 to 100)");
    }
}
