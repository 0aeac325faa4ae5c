package dev.sallyport.policy.code;

import dev.sallyport.formats.document.Place;

/**
 * Finds where a character of a value stands in its file. Folding, indentation and block marks only move white space, so
 * the other characters are counted. Characters are code points, as in the places of the reader.
 */
final class Excerpt {
    /** What stands for white space after a backslash in double quotes. */
    private static final String ESCAPED_SPACE = "ntr \n";

    private final int[] file;
    private int at;
    private int line;
    private int column;

    private Excerpt(String file, Place start) {
        this.file = file.codePoints().toArray();
        this.line = start.line();
        this.column = start.column();
        for (int passed = 1; passed < start.line(); passed++) {
            skipLine();
        }
        this.at = Math.min(this.file.length, at + start.column() - 1);
    }

    /** @param at counted from the beginning of the value */
    static Place place(String file, Place start, String value, int at) {
        long before = value.codePoints()
                .limit(at)
                .filter(point -> !Character.isWhitespace(point))
                .count();
        var excerpt = new Excerpt(file, start);
        excerpt.pass(before);
        return new Place(start.file(), excerpt.line, excerpt.column);
    }

    private void pass(long before) {
        int style = point(at);
        if (style == '|' || style == '>') {
            skipLine();
            line++;
            column = 1;
        } else if (style == '"' || style == '\'') {
            step(1);
        }
        long left = before;
        while (at < file.length) {
            int point = point(at);
            boolean escape = style == '"' && point == '\\';
            boolean space = Character.isWhitespace(point) || escape && ESCAPED_SPACE.indexOf(point(at + 1)) >= 0;
            if (!space && left-- == 0) {
                return;
            }
            step(escape || style == '\'' && point == '\'' ? 2 : 1);
        }
    }

    private void step(int points) {
        for (int i = 0; i < points; i++) {
            boolean ends = point(at) == '\n';
            line += ends ? 1 : 0;
            column = ends ? 1 : column + 1;
            at++;
        }
    }

    private void skipLine() {
        while (at < file.length && file[at] != '\n') {
            at++;
        }
        at = Math.min(file.length, at + 1);
    }

    private int point(int index) {
        return index < file.length ? file[index] : ' ';
    }
}
