package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditCountsTest {
    private static final String ARRANGED = "test.arranged";

    private final World world = new World();
    private final AuditCounts counts = new AuditCounts();

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void whatHappenedIsCountedDayByDayUpToToday() {
        long before = daily(List.of(ARRANGED), 1, ZoneOffset.UTC).getFirst().total();
        world.arrange(_ -> {});
        world.arrange(_ -> {});
        world.later(Duration.ofDays(2));
        world.arrange(_ -> {});

        List<AuditCounts.Series> series = daily(List.of("request.created", ARRANGED), 3, ZoneOffset.UTC);

        assertThat(series).extracting(AuditCounts.Series::activity).containsExactly("request.created", ARRANGED);
        assertThat(series.getFirst().counts()).containsExactly(0L, 0L, 0L);
        assertThat(series.getLast().counts()).containsExactly(before + 2, 0L, 1L);
        assertThat(daily(List.of(ARRANGED), 2, ZoneOffset.UTC).getFirst().counts())
                .as("what is further back is left out")
                .containsExactly(0L, 1L);
    }

    @Test
    void daysThatAreOverAreRememberedAndTodayIsCountedAnew() {
        world.arrange(_ -> {});
        world.later(Duration.ofDays(3));
        List<Long> before =
                daily(List.of(ARRANGED), 5, ZoneOffset.UTC).getFirst().counts();
        world.arrange(_ -> {});

        List<Long> after =
                daily(List.of(ARRANGED), 5, ZoneOffset.UTC).getFirst().counts();
        List<Long> fresh = world.database
                .read(rx -> new AuditCounts().daily(rx, List.of(ARRANGED), 5, ZoneOffset.UTC))
                .getFirst()
                .counts();
        List<Long> both = daily(List.of(ARRANGED, "request.created"), 7, ZoneOffset.UTC)
                .getFirst()
                .counts();

        assertThat(after.subList(0, 4)).isEqualTo(before.subList(0, 4));
        assertThat(after.getLast()).isEqualTo(before.getLast() + 1);
        assertThat(after).isEqualTo(fresh);
        assertThat(both.subList(2, 7)).isEqualTo(after);
    }

    @Test
    void daysAreThoseOfTheReader() {
        var far = ZoneId.of("Pacific/Kiritimati");
        world.arrange(_ -> {});

        var there = daily(List.of(ARRANGED), 1, far).getFirst();
        LocalDate today = world.database.read(rx -> AuditCounts.first(rx.now(), 1, far));
        LocalDate dateThere = world.database.read(rx -> LocalDate.ofInstant(rx.now(), far));

        assertThat(there.counts()).hasSize(1);
        assertThat(there.total()).isPositive();
        assertThat(today).isEqualTo(dateThere);
    }

    @Test
    void zonesAreThoseOfTheReaderAlsoWhereTheDatabaseKnowsOthersByTheirNames() {
        world.arrange(_ -> {});
        for (String name : List.of("+05:30", "-09:00", "UTC+5", "Etc/GMT+12", "Europe/Berlin", "Z")) {
            ZoneId zone = ZoneId.of(name);
            LocalDate today = world.database.read(rx -> LocalDate.ofInstant(rx.now(), zone));
            long since = world.database.read(rx -> rx.count(
                    "select count(*) from event where activity = ? and recorded_at >= ?",
                    ARRANGED,
                    today.atStartOfDay(zone).toInstant()));

            assertThat(daily(List.of(ARRANGED), 7, zone).getFirst().counts().getLast())
                    .as(name)
                    .isEqualTo(since);
        }
    }

    @Test
    void moreThanTheLimitsIsRefused() {
        assertThatThrownBy(() -> daily(List.of(ARRANGED), 0, ZoneOffset.UTC)).hasMessageContaining("days: 0");
        assertThatThrownBy(() -> daily(List.of(ARRANGED), 93, ZoneOffset.UTC)).hasMessageContaining("1 to 92");
        assertThatThrownBy(() -> daily(List.of(), 1, ZoneOffset.UTC)).hasMessageContaining("1 to 20");
        assertThatThrownBy(() -> daily(Collections.nCopies(21, ARRANGED), 1, ZoneOffset.UTC))
                .hasMessageContaining("1 to 20");
    }

    private List<AuditCounts.Series> daily(List<String> activities, int days, ZoneId zone) {
        return world.database.read(rx -> counts.daily(rx, activities, days, zone));
    }
}
