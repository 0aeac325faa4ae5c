package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.finding.Finding;
import dev.sallyport.finding.Findings;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** RQ5: how people approve, and what about it somebody should look at. */
@NullMarked
class ApproverWatchTest {
    private static final Instant MONDAY_NOON = Instant.parse("2027-01-04T12:00:00Z");
    private static final ApprovalLimits LIMITS = limits(10);

    private static ApprovalLimits limits(int perDay) {
        return new ApprovalLimits(
                Duration.ofDays(30),
                4,
                perDay,
                Duration.ofSeconds(20),
                50,
                50,
                2,
                ZoneOffset.UTC,
                LocalTime.of(7, 0),
                LocalTime.of(20, 0));
    }

    private static List<ApproverFigures.Word> words(
            int count, String approver, String requester, boolean approves, Instant at, Duration took) {
        var words = new ArrayList<ApproverFigures.Word>();
        for (int i = 0; i < count; i++) {
            words.add(new ApproverFigures.Word(approver, requester, approves, at, at.minus(took)));
        }
        return words;
    }

    private static List<String> kinds(List<ApproverFigures.Word> words) {
        return ApproverFigures.of(words, LIMITS).stream()
                .flatMap(figures -> figures.signs().stream())
                .map(sign -> sign.kind() + " " + sign.subject())
                .distinct()
                .toList();
    }

    @Test
    void whoLooksAndDeniesNowAndThenInWorkingHoursIsNoFinding() {
        var words = words(6, "lead", "dev", true, MONDAY_NOON, Duration.ofMinutes(5));
        words.addAll(words(1, "lead", "dev", false, MONDAY_NOON, Duration.ofMinutes(1)));

        ApproverFigures figures = ApproverFigures.of(words, LIMITS).getFirst();

        assertThat(figures.signs()).isEmpty();
        assertThat(figures.approved()).isEqualTo(6);
        assertThat(figures.denied()).isEqualTo(1);
        assertThat(figures.median()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void whoApprovesAtOnceAndDeniesNothingIsARubberStamp() {
        var words = words(3, "lead", "dev", true, MONDAY_NOON, Duration.ofSeconds(5));
        assertThat(kinds(words)).as("too few to mean anything").isEmpty();

        words.addAll(words(1, "lead", "dev", true, MONDAY_NOON, Duration.ofHours(1)));
        assertThat(kinds(words)).containsExactly("approval-rubber-stamp lead");

        words.addAll(words(1, "lead", "dev", false, MONDAY_NOON, Duration.ofHours(1)));
        assertThat(kinds(words)).containsExactly("approval-speed lead");

        words.addAll(words(2, "lead", "dev", true, MONDAY_NOON, Duration.ofHours(1)));
        assertThat(kinds(words)).isEmpty();
    }

    @Test
    void nightsAndWeekendsAreOutsideOfWorkingHours() {
        Instant saturday = Instant.parse("2027-01-02T12:00:00Z");
        Instant night = Instant.parse("2027-01-04T20:00:00Z");
        var words = words(2, "lead", "dev", true, MONDAY_NOON, Duration.ofHours(1));
        words.addAll(words(1, "lead", "dev", true, saturday, Duration.ofHours(1)));
        assertThat(kinds(words)).isEmpty();

        words.addAll(words(1, "lead", "dev", true, night, Duration.ofHours(1)));

        assertThat(kinds(words)).containsExactly("approval-off-hours lead");
    }

    @Test
    void twoWhoApproveForEachOtherAreOneFinding() {
        var words = words(3, "lead", "chief", true, MONDAY_NOON, Duration.ofHours(1));
        words.addAll(words(2, "chief", "lead", true, MONDAY_NOON, Duration.ofHours(1)));
        assertThat(kinds(words)).isEmpty();

        words.addAll(words(1, "chief", "lead", true, MONDAY_NOON, Duration.ofHours(1)));

        assertThat(kinds(words)).containsExactly("approval-pair chief and lead");
    }

    @Test
    void manyWordsOnOneDayAreAFinding() {
        var words = words(10, "lead", "dev", true, MONDAY_NOON, Duration.ofHours(1));
        assertThat(kinds(words)).isEmpty();

        words.addAll(words(1, "lead", "dev", true, MONDAY_NOON, Duration.ofHours(1)));

        assertThat(kinds(words)).containsExactly("approval-volume lead");
        assertThat(ApproverFigures.of(words, LIMITS)
                        .getFirst()
                        .signs()
                        .getFirst()
                        .message())
                .isEqualTo("lead gave 11 words on one day (limit: 10)");
    }

    @Test
    void limitsAreChecked() {
        assertThatThrownBy(() -> limits(0)).hasMessage("approvals.per_day: 0 (expected: 1 or more)");
    }

    @Test
    void findingsOpenAndEndWithWhatIsStored() {
        try (var world = new World()) {
            PersonId dev = world.person("dev", "developers");
            PersonId lead = world.person("lead", "leads");
            world.target("web-1", Map.of("tier", "web"));
            world.eligible(world.role("ops", 1), "developers");
            var watch = new ApproverWatch(world.database, new Findings(world.audit), limits(1));

            world.approve(lead, world.ask(dev, "ops", "web-1", Duration.ofHours(1)));
            watch.watch();
            List<Finding> before = world.findings();
            world.approve(lead, world.ask(dev, "ops", "web-1", Duration.ofHours(1)));
            watch.watch();
            List<Finding> open = world.findings();
            world.later(Duration.ofDays(31));
            watch.watch();

            assertThat(before).isEmpty();
            assertThat(watch.figures()).isEmpty();
            assertThat(open).extracting(Finding::kind).containsExactly("approval-volume");
            assertThat(open.getFirst().message()).isEqualTo("lead gave 2 words on one day (limit: 1)");
            assertThat(world.findings()).isEmpty();
        }
    }
}
