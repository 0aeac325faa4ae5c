package dev.sallyport.server.portal;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A figure over the last days, drawn as bars and told in words for those who do not see them.
 *
 * @param name of what is counted, in the plural
 * @param first the day of the first bar
 * @param more where what is counted is listed
 */
public record Chart(String name, LocalDate first, List<Long> counts, Cell more) {
    static final int BAR = 8;
    static final int HEIGHT = 48;

    public Chart {
        counts = List.copyOf(counts);
    }

    /** A bar: its place and height, and what it says. */
    public record Bar(int x, int y, int width, int height, String title) {}

    public int width() {
        return counts.size() * BAR;
    }

    public int height() {
        return HEIGHT;
    }

    public long total() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    /** A day on which something happened has a bar that can be seen. */
    public List<Bar> bars() {
        long most =
                Math.max(1, counts.stream().flatMapToLong(LongStream::of).max().orElse(1));
        var bars = new ArrayList<Bar>();
        for (int day = 0; day < counts.size(); day++) {
            long count = counts.get(day);
            int height = count == 0 ? 0 : Math.max(2, (int) (count * HEIGHT / most));
            bars.add(new Bar(day * BAR + 1, HEIGHT - height, BAR - 2, height, first.plusDays(day) + ": " + count));
        }
        return bars;
    }

    /** The whole of it in a sentence. */
    public String sentence() {
        long most = 0;
        LocalDate when = first;
        for (int day = 0; day < counts.size(); day++) {
            if (counts.get(day) > most) {
                most = counts.get(day);
                when = first.plusDays(day);
            }
        }
        return total() + " " + name + " in " + counts.size() + " days"
                + (most == 0 ? "" : ", most of them on " + when + " (" + most + ")") + ", today "
                + (counts.isEmpty() ? 0 : counts.getLast());
    }
}
