package dev.sallyport.formats.recording;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A small model of a terminal: lines that grow at the bottom, a cursor among the last of them, erasing, inserting and
 * wrapping at the width. Enough to say what stands in a line; colours and scrolling regions are left out, and while the
 * alternate screen is shown (editors, pagers) nothing is drawn.
 */
final class Screen {
    /** A line has no more characters. */
    static final int MAX_LINE = 4096;

    /** How many lines back the cursor can go. */
    static final int MAX_LINES = 200;

    private static final int MAX_SEQUENCE = 256;

    private final List<StringBuilder> lines = new ArrayList<>();
    private final Watch watch;
    private int columns;
    private int row;
    private int column;
    private boolean alternate;
    private boolean wrapPending;
    private Parse parse = Parse.TEXT;
    private final StringBuilder sequence = new StringBuilder();

    private enum Parse {
        TEXT,
        ESCAPE,
        CSI,
        OSC,
        OSC_ESCAPE,
        SKIP_ONE
    }

    /** Hears what scrolls by. */
    interface Watch {
        /** A line feed left this line; what is given may change afterwards. */
        void line(CharSequence text);

        /** Text that an editor or a pager draws. */
        default void drawn(String text) {}

        /** A mark of shell integration (OSC 133): its letter, and the status behind D. */
        default void mark(char letter, OptionalInt status) {}
    }

    Screen(int columns, Watch watch) {
        this.watch = watch;
        resize(columns);
        lines.add(new StringBuilder());
    }

    void resize(int to) {
        columns = to < 2 ? 80 : Math.min(to, MAX_LINE);
    }

    boolean isAlternate() {
        return alternate;
    }

    /** The line the cursor is in, up to its end. */
    String line() {
        return lines.get(row).toString();
    }

    int row() {
        return row;
    }

    int column() {
        return column;
    }

    /** From a place to the end of the line that the cursor is in, with wrapped lines as one. */
    String from(int fromRow, int fromColumn) {
        var text = new StringBuilder();
        for (int i = Math.max(0, fromRow); i <= row; i++) {
            StringBuilder line = lines.get(i);
            text.append(line, Math.min(line.length(), i == fromRow ? fromColumn : 0), line.length());
        }
        return text.toString();
    }

    void write(String text) {
        int at = 0;
        while (at < text.length()) {
            int run = parse == Parse.TEXT && !alternate ? printable(text, at) : 0;
            if (run > 0) {
                print(text, at, run);
                at += run;
            } else {
                take(text.charAt(at++));
            }
        }
    }

    private static int printable(String text, int from) {
        int at = from;
        while (at < text.length() && isPrintable(text.charAt(at))) {
            at++;
        }
        return at - from;
    }

    private static boolean isPrintable(char c) {
        return c >= ' ' && c != 0x7f;
    }

    private void take(char c) {
        switch (parse) {
            case TEXT -> text(c);
            case ESCAPE -> escape(c);
            case CSI -> csi(c);
            case OSC -> osc(c);
            case OSC_ESCAPE -> {
                parse = Parse.TEXT;
                oscDone();
            }
            case SKIP_ONE -> parse = Parse.TEXT;
        }
    }

    private void text(char c) {
        if (c == 0x1b) {
            parse = Parse.ESCAPE;
            sequence.setLength(0);
        } else if (alternate) {
            if (isPrintable(c)) {
                watch.drawn(String.valueOf(c));
            }
        } else if (c == '\n') {
            feed();
        } else if (c == '\r') {
            column = 0;
            wrapPending = false;
        } else if (c == '\b') {
            column = Math.max(0, column - 1);
            wrapPending = false;
        } else if (c == '\t') {
            column = Math.min(columns - 1, (column / 8 + 1) * 8);
        }
    }

    /** Writes characters that have a place, as many of a line at once as fit in. */
    private void print(String text, int from, int count) {
        int at = from;
        while (at < from + count) {
            if (wrapPending) {
                down();
                column = 0;
            }
            StringBuilder line = lines.get(row);
            pad(line, column);
            int fit = Math.min(from + count - at, Math.max(1, columns - column));
            int over = Math.min(fit, line.length() - column);
            for (int i = 0; i < over; i++) {
                line.setCharAt(column + i, text.charAt(at + i));
            }
            line.append(text, at + over, at + fit);
            at += fit;
            column += fit;
            wrapPending = column >= columns;
            if (wrapPending) {
                column = columns - 1;
            }
        }
    }

    private static void pad(StringBuilder line, int to) {
        while (line.length() < to) {
            line.append(' ');
        }
    }

    private void feed() {
        watch.line(lines.get(row));
        down();
    }

    private void down() {
        wrapPending = false;
        row++;
        if (row == lines.size()) {
            lines.add(new StringBuilder());
        }
        if (lines.size() > MAX_LINES) {
            lines.removeFirst();
            row--;
            dropped++;
        }
    }

    private long dropped;

    /** How many lines were forgotten above the first that is kept. */
    long dropped() {
        return dropped;
    }

    private void escape(char c) {
        parse = switch (c) {
            case '[' -> Parse.CSI;
            case ']', 'P', '_', '^', 'X' -> Parse.OSC;
            case '(', ')', '*', '+', '#', '%' -> Parse.SKIP_ONE;
            default -> Parse.TEXT;
        };
        if (c == ']') {
            sequence.append(']');
        }
    }

    private void osc(char c) {
        if (c == 0x07) {
            parse = Parse.TEXT;
            oscDone();
        } else if (c == 0x1b) {
            parse = Parse.OSC_ESCAPE;
        } else if (sequence.length() < MAX_SEQUENCE) {
            sequence.append(c);
        }
    }

    private void oscDone() {
        String text = sequence.toString();
        if (text.startsWith("]133;") && text.length() > 5) {
            String status = text.length() > 7 ? text.substring(7).split(";", 2)[0] : "";
            watch.mark(
                    text.charAt(5),
                    status.matches("[0-9]{1,3}") ? OptionalInt.of(Integer.parseInt(status)) : OptionalInt.empty());
        }
    }

    private void csi(char c) {
        if (c == 0x1b) {
            parse = Parse.ESCAPE;
            sequence.setLength(0);
        } else if (c >= 0x40 && c <= 0x7e) {
            parse = Parse.TEXT;
            command(c, sequence.toString());
        } else if (sequence.length() < MAX_SEQUENCE) {
            sequence.append(c);
        } else {
            parse = Parse.TEXT;
        }
    }

    private void command(char c, String arguments) {
        if ((c == 'h' || c == 'l') && arguments.matches("\\?(.*;)?(47|1047|1049)(;.*)?")) {
            alternate = c == 'h';
            return;
        }
        if (alternate) {
            if (c == 'H' || c == 'f' || c == 'd') {
                watch.drawn("\n");
            }
            return;
        }
        int n = Math.max(1, number(arguments, 0, 1));
        StringBuilder line = lines.get(row);
        switch (c) {
            case 'C' -> column = Math.min(columns - 1, column + n);
            case 'D' -> column = Math.max(0, column - n);
            case 'G' -> column = Math.min(columns - 1, n - 1);
            case 'A' -> row = Math.max(0, row - n);
            case 'B' -> row = Math.min(lines.size() - 1, row + n);
            case 'K' -> erase(line, number(arguments, 0, 0));
            case 'P' -> line.delete(Math.min(column, line.length()), Math.min(line.length(), column + n));
            case '@' -> insert(line, n);
            case 'J' -> eraseBelow(line, number(arguments, 0, 0));
            case 'H', 'f' -> home();
            default -> {
                return;
            }
        }
        wrapPending = false;
    }

    private void insert(StringBuilder line, int count) {
        pad(line, column);
        line.insert(column, " ".repeat(Math.min(count, columns)));
        line.setLength(Math.min(line.length(), MAX_LINE));
    }

    private void erase(StringBuilder line, int what) {
        switch (what) {
            case 0 -> line.setLength(Math.min(column, line.length()));
            case 1 -> {
                for (int i = 0; i <= column && i < line.length(); i++) {
                    line.setCharAt(i, ' ');
                }
            }
            default -> line.setLength(0);
        }
    }

    private void eraseBelow(StringBuilder line, int what) {
        if (what == 0) {
            erase(line, 0);
            while (lines.size() > row + 1) {
                lines.removeLast();
            }
        }
    }

    /** Absolute places are not followed: what comes after goes to a new line at the bottom. */
    private void home() {
        row = lines.size() - 1;
        if (!lines.get(row).isEmpty()) {
            feed();
        }
        column = 0;
    }

    private static int number(String arguments, int from, int otherwise) {
        int value = 0;
        boolean any = false;
        for (int i = from; i < arguments.length() && i < from + 4; i++) {
            char c = arguments.charAt(i);
            if (c < '0' || c > '9') {
                break;
            }
            value = value * 10 + (c - '0');
            any = true;
        }
        return any ? value : otherwise;
    }
}
