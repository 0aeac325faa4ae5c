package dev.sallyport.server.portal;

import dev.sallyport.base.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A list, row by row.
 *
 * @param empty what is said when there is nothing
 * @param next where the list goes on, or nothing
 */
public record Table(List<Column> columns, List<List<Cell>> rows, String empty, String next) {
    public Table {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /**
     * @param numeric whether its values are aligned as numbers
     * @param sorting how the list is sorted by it
     */
    public record Column(String name, boolean numeric, Sorting sorting) {}

    /**
     * How a list is sorted by a column.
     *
     * @param state as {@code aria-sort} says it; nothing where the list cannot be sorted by this column
     * @param address of the list sorted by it, the other way round if it is already
     * @param age whether that is by age, and neither by name nor by when something is due
     */
    public record Sorting(String state, String address, boolean age) {
        static final Sorting NONE = new Sorting("", "", false);

        public boolean possible() {
            return !address.isEmpty();
        }

        /** The list as it is asked for, sorted by words of the API. */
        static Sorting of(Visit visit, String usual, String up, String down) {
            return of(visit.parameter("order"), usual, up, down, visit::sorted);
        }

        /** @param address of the list sorted by a word; by none, as usual */
        static Sorting of(String asked, String usual, String up, String down, UnaryOperator<String> address) {
            String now = asked.isEmpty() ? usual : asked;
            String state = now.equals(up) ? "ascending" : now.equals(down) ? "descending" : "none";
            String next = now.equals(up) ? down : up;
            return new Sorting(state, address.apply(next.equals(usual) ? "" : next), down.equals("newest"));
        }
    }

    /** What stands where the list goes on. */
    public String onwards() {
        return columns.stream()
                .map(Column::sorting)
                .filter(Sorting::age)
                .map(sorting -> switch (sorting.state()) {
                    case "descending" -> "Older";
                    case "ascending" -> "Newer";
                    default -> "More";
                })
                .findFirst()
                .orElse("More");
    }

    /** Collects columns and how each is read from a row. */
    static final class Of<T> {
        private final List<Column> columns = new ArrayList<>();
        private final List<Function<T, Cell>> cells = new ArrayList<>();
        private String empty = "There is nothing here.";
        private String next = "";

        Of<T> column(String name, Function<T, Cell> cell) {
            columns.add(new Column(name, false, Sorting.NONE));
            cells.add(cell);
            return this;
        }

        Of<T> number(String name, Function<T, Long> value) {
            columns.add(new Column(name, true, Sorting.NONE));
            cells.add(row -> new Cell.Count(value.apply(row)));
            return this;
        }

        /** The last column is one by which the list can be sorted. */
        Of<T> sorted(Sorting sorting) {
            Column last = columns.removeLast();
            columns.add(new Column(last.name(), last.numeric(), sorting));
            return this;
        }

        Of<T> empty(String sentence) {
            empty = sentence;
            return this;
        }

        Of<T> next(String address) {
            next = address;
            return this;
        }

        Table rows(List<T> rows) {
            return new Table(
                    columns,
                    rows.stream()
                            .map(row ->
                                    cells.stream().map(cell -> cell.apply(row)).toList())
                            .toList(),
                    empty,
                    next);
        }
    }

    static Of<Doc> ofDocs() {
        return new Of<>();
    }

    /** The list as a file (RFC 4180), which says so at its end where it is not all of it; nothing in it can be taken for a formula by a spreadsheet. */
    String csv() {
        var file = new StringBuilder();
        file.append(String.join(
                ",", columns.stream().map(column -> csv(column.name())).toList()));
        file.append("\r\n");
        for (List<Cell> row : rows) {
            file.append(
                    String.join(",", row.stream().map(cell -> csv(cell.plain())).toList()));
            file.append("\r\n");
        }
        if (!next.isEmpty()) {
            file.append(csv("There is more: these are the first " + rows.size() + " rows."))
                    .append("\r\n");
        }
        return file.toString();
    }

    private static String csv(String value) {
        String text = Text.printable(value);
        if (!text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0) {
            text = "'" + text;
        }
        // spreadsheets of many countries split at semicolons
        text = text.replaceAll("([;|])([ ]*[=+@-])", "$1'$2");
        return text.matches("(?s).*[\",;\r\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
