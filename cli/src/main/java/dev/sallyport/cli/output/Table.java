package dev.sallyport.cli.output;

import dev.sallyport.base.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A table for people. When it is wider than the terminal the widest columns are cut, except ids, which are there to be
 * copied. What a cell holds is made printable.
 */
public final class Table {
    private static final int NARROWEST = 6;
    private static final String GAP = "  ";

    private final List<String> titles;
    private final List<List<String>> rows = new ArrayList<>();

    private Table(List<String> titles) {
        this.titles = titles;
    }

    public static Table of(String... titles) {
        return new Table(List.of(titles));
    }

    public Table row(String... cells) {
        if (cells.length != titles.size()) {
            throw new IllegalArgumentException(cells.length + " cells under " + titles.size() + " titles");
        }
        rows.add(Arrays.stream(cells).map(Text::printable).toList());
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    public String render(int width) {
        int[] widths = widths(width);
        var out = new StringBuilder();
        line(out, titles, widths);
        rows.forEach(row -> line(out, row, widths));
        return out.toString();
    }

    private int[] widths(int limit) {
        int[] widths = IntStream.range(0, titles.size())
                .map(column -> Math.max(
                        columns(titles.get(column)),
                        rows.stream()
                                .mapToInt(row -> columns(row.get(column)))
                                .max()
                                .orElse(0)))
                .toArray();
        int over = IntStream.of(widths).sum() + GAP.length() * (widths.length - 1) - limit;
        while (over > 0) {
            int widest = widest(widths);
            if (widest < 0) {
                break;
            }
            widths[widest]--;
            over--;
        }
        return widths;
    }

    private int widest(int[] widths) {
        int widest = -1;
        for (int column = 0; column < widths.length; column++) {
            boolean fixed = titles.get(column).equals("ID") || widths[column] <= NARROWEST;
            if (!fixed && (widest < 0 || widths[column] > widths[widest])) {
                widest = column;
            }
        }
        return widest;
    }

    private static void line(StringBuilder out, List<String> cells, int[] widths) {
        var line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = fit(cells.get(column), widths[column]);
            line.append(cell).repeat(" ", widths[column] - columns(cell)).append(GAP);
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }

    private static String fit(String cell, int width) {
        if (columns(cell) <= width) {
            return cell;
        }
        var cut = new StringBuilder();
        int used = 1;
        for (int point : cell.codePoints().toArray()) {
            used += columns(point);
            if (used > width) {
                break;
            }
            cut.appendCodePoint(point);
        }
        return cut.append('…').toString();
    }

    private static int columns(String text) {
        return text.codePoints().map(Table::columns).sum();
    }

    /** East Asian wide characters and emoji take two columns, combining marks none. */
    private static int columns(int point) {
        int type = Character.getType(point);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = point >= 0x1100 && point <= 0x115F
                || point >= 0x2E80 && point <= 0xA4CF
                || point >= 0xAC00 && point <= 0xD7A3
                || point >= 0xF900 && point <= 0xFAFF
                || point >= 0xFE30 && point <= 0xFE6F
                || point >= 0xFF00 && point <= 0xFF60
                || point >= 0x1F300 && point <= 0x1FAFF
                || point >= 0x20000 && point <= 0x3FFFD;
        return wide ? 2 : 1;
    }
}
