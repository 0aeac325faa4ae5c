package dev.sallyport.policy.code;

import dev.sallyport.formats.document.Place;

/**
 * Finds where a character of a value stands in its file. Folding, indentation and block marks only move white space, so
 * the other characters are counted.
 */
final class Excerpt {
    private Excerpt() {}

    static Place place(String file, Place start, String value, int at) {
        long wanted =
                value.chars().limit(at).filter(c -> !Character.isWhitespace(c)).count();
        int from = offset(file, start);
        char style = from < file.length() ? file.charAt(from) : ' ';
        boolean block = style == '|' || style == '>';
        int begin = block ? after(file, from, '\n') : from + (style == '"' || style == '\'' ? 1 : 0);
        int line = block ? start.line() + 1 : start.line();
        int column = block ? 1 : start.column() + (begin - from);
        for (int i = begin; i < file.length(); i++) {
            char c = file.charAt(i);
            if (c == '\n') {
                line++;
                column = 1;
            } else {
                if (!Character.isWhitespace(c) && wanted-- == 0) {
                    break;
                }
                boolean escaped = style == '"' && c == '\\' || style == '\'' && c == '\'';
                i += escaped ? 1 : 0;
                column += escaped ? 2 : 1;
            }
        }
        return new Place(start.file(), line, column);
    }

    private static int offset(String file, Place start) {
        int offset = 0;
        for (int line = 1; line < start.line(); line++) {
            offset = after(file, offset, '\n');
        }
        return Math.min(file.length(), offset + start.column() - 1);
    }

    private static int after(String file, int from, char c) {
        int found = file.indexOf(c, from);
        return found < 0 ? file.length() : found + 1;
    }
}
