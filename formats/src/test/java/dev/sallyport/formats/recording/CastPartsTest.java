package dev.sallyport.formats.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CastPartsTest {
    private static final Map<String, Object> HEAD = Map.of("version", 2, "width", 80, "height", 24);

    /** One event a second, each of a kilobyte, and a new size in the middle. */
    private static void cast(Asciicast.Lines lines, int seconds) {
        lines.head(HEAD);
        for (int second = 0; second < seconds; second++) {
            if (second == seconds / 2) {
                lines.event(second * 1000L, "r", "132x50");
            }
            lines.event(second * 1000L, "o", "line-" + second + " " + "x".repeat(1000) + "\r\n");
        }
    }

    private static CastParts.Plan plan(int seconds, int most) {
        var planning = new CastParts.Planning(most);
        cast(planning, seconds);
        return planning.plan();
    }

    private static List<String> part(CastParts.Plan plan, int part, int seconds) {
        var lines = new ArrayList<String>();
        cast(new CastParts.Part(plan, part, lines::add), seconds);
        return lines;
    }

    @Test
    void theEventsOfAllPartsAreThoseOfTheCastEachOnce() {
        CastParts.Plan plan = plan(1_000, 100_000);
        assertThat(plan.starts()).hasSizeBetween(9, 12).isSorted().startsWith(0L);

        List<String> all = IntStream.range(0, plan.starts().size())
                .mapToObj(part -> part(plan, part, 1_000))
                .flatMap(lines -> lines.stream().filter(line -> !line.startsWith("{") && !line.contains("\\u001bc")))
                .toList();

        var whole = new ArrayList<String>();
        cast(Asciicast.Lines.written(whole::add), 1_000);
        assertThat(all).isEqualTo(whole.subList(1, whole.size()));
    }

    @Test
    void aPartBeginsWithTheScreenAndTheSizeThatWereThere() {
        CastParts.Plan plan = plan(1_000, 300_000);
        int last = plan.starts().size() - 1;

        List<String> lines = part(plan, last, 1_000);

        long start = plan.starts().get(last);
        assertThat(lines.getFirst()).contains("\"width\":132", "\"height\":50");
        assertThat(lines.get(1))
                .startsWith("[" + start / 1000 + ".000,\"o\",\"\\u001bcline-")
                .contains("line-" + (start / 1000 - 1) + " ")
                .hasSizeLessThan(CastParts.LEAD + 10_000);
        assertThat(part(plan, 0, 1_000).getFirst()).contains("\"width\":80");
    }

    /** Characters of two units, no line feed, and an odd beginning: as somebody might print on purpose. */
    @Test
    void noCharacterIsDividedWhereALeadBegins() {
        var plan = new CastParts.Plan(List.of(0L, 2_000L), List.of(0L, 2L));
        var lines = new ArrayList<String>();
        var part = new CastParts.Part(plan, 1, lines::add);
        part.head(HEAD);

        part.event(1_000, "o", "\uD83D\uDE00".repeat(CastParts.LEAD));
        part.event(1_500, "o", "x");
        part.event(2_000, "o", "here");

        assertThat(lines).hasSize(3);
        assertThat(lines.get(1)).startsWith("[2.000,\"o\",\"\\u001bc").endsWith("x\"]");
    }

    @Test
    void aVeryLongCastHasLongerPartsAndNotMoreOfThem() {
        int seconds = 5 * CastParts.PARTS_MAX;
        CastParts.Plan plan = plan(seconds, 1_000);
        assertThat(plan.starts())
                .hasSizeBetween(CastParts.PARTS_MAX / 2, CastParts.PARTS_MAX)
                .isSorted();
        assertThat(plan.starts()).doesNotHaveDuplicates().startsWith(0L);

        long events = IntStream.range(0, plan.starts().size())
                .mapToLong(part -> part(plan, part, seconds).size() - (part > 0 ? 2 : 1))
                .sum();

        assertThat(events).as("those of the cast and its one new size").isEqualTo(seconds + 1);
    }

    @Test
    void aMomentIsShownByThePartThatItIsIn() {
        var plan = new CastParts.Plan(List.of(0L, 5_000L, 9_000L), List.of(0L, 10L, 20L));

        assertThat(List.of(plan.partAt(0), plan.partAt(4_999), plan.partAt(5_000), plan.partAt(1_000_000)))
                .containsExactly(0, 0, 1, 2);
    }

    @Test
    void whatIsShownInOneInstantIsNotDividedAndAShortCastIsOnePart() {
        var planning = new CastParts.Planning(10);
        for (int i = 0; i < 100; i++) {
            planning.event(7, "o", "x".repeat(100));
        }

        assertThat(planning.plan().starts()).containsExactly(0L, 7L);
        assertThat(plan(10, CastParts.PART_BYTES).starts()).containsExactly(0L);
        assertThat(part(plan(0, 10), 0, 0)).singleElement().asString().contains("\"version\":2");
    }
}
