package dev.sallyport.server.portal;

import dev.sallyport.base.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

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

    /** @param numeric whether its values are aligned as numbers */
    public record Column(String name, boolean numeric) {}

    /** Collects columns and how each is read from a row. */
    static final class Of<T> {
        private final List<Column> columns = new ArrayList<>();
        private final List<Function<T, Cell>> cells = new ArrayList<>();
        private String empty = "There is nothing here.";
        private String next = "";

        Of<T> column(String name, Function<T, Cell> cell) {
            columns.add(new Column(name, false));
            cells.add(cell);
            return this;
        }

        Of<T> number(String name, Function<T, Long> value) {
            columns.add(new Column(name, true));
            cells.add(row -> new Cell.Count(value.apply(row)));
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

    /** The list as a file (RFC 4180); nothing in it can be taken for a formula by a spreadsheet. */
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
