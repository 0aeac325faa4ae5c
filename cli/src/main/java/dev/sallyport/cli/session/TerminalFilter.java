package dev.sallyport.cli.session;

import java.util.Set;

/**
 * Lets through what draws on a terminal and nothing that could reprogram it or make it answer: text, colours, moving the
 * cursor, clearing, scrolling, the alternate screen. What a recorded program sent beyond that is left out: every OSC
 * (titles, the clipboard, links, notifications), DCS, APC, PM and SOS string, questions that a terminal answers by typing
 * (device attributes, status reports, ENQ), window operations, mouse and paste modes, key remapping, resets, and C1
 * controls. It remembers where it is in a sequence, so text may come in any pieces.
 */
final class TerminalFilter {
    private static final int SEQUENCE_MAX = 64;
    private static final char ESC = 0x1b;
    private static final char BEL = 0x07;

    /** Final letters of sequences that only draw. */
    private static final String DRAWING = "@ABCDEFGHIJKLMPSTXZ`abdefgmrsu";

    /** Private modes that only draw: cursor keys aside, wrapping, the cursor, and the alternate screen. */
    private static final Set<String> MODES = Set.of("7", "12", "25", "47", "1047", "1048", "1049");

    private enum State {
        TEXT,
        ESCAPE,
        CHARSET,
        CSI,
        STRING,
        STRING_ESCAPE
    }

    private State state = State.TEXT;
    private final StringBuilder sequence = new StringBuilder();

    /** What of the text may reach a terminal. */
    String filter(CharSequence text) {
        var out = new StringBuilder(text.length());
        text.chars().forEach(c -> next((char) c, out));
        return out.toString();
    }

    private void next(char c, StringBuilder out) {
        switch (state) {
            case TEXT -> text(c, out);
            case ESCAPE -> escape(c, out);
            case CHARSET -> {
                if (c == '0' || c == 'A' || c == 'B') {
                    out.append(sequence).append(c);
                }
                state = State.TEXT;
            }
            case CSI -> csi(c, out);
            case STRING -> {
                if (c == ESC) {
                    state = State.STRING_ESCAPE;
                } else if (c == BEL || c == 0x9c || c == 0x18 || c == 0x1a) {
                    state = State.TEXT;
                }
            }
            case STRING_ESCAPE -> {
                if (c == '\\') {
                    state = State.TEXT;
                } else {
                    state = State.ESCAPE; // an ESC ends a string whatever follows
                    escape(c, out);
                }
            }
        }
    }

    private void text(char c, StringBuilder out) {
        if (c == ESC) {
            state = State.ESCAPE;
        } else if (c == 0x9b) {
            start(State.CSI);
        } else if (c == 0x90 || c == 0x98 || c == 0x9d || c == 0x9e || c == 0x9f) {
            state = State.STRING;
        } else if (c >= 0x20 && c < 0x7f || c > 0x9f || c == '\n' || c == '\r' || c == '\t' || c == '\b' || c == BEL) {
            out.append(c);
        } else if (c == 0x0e || c == 0x0f) {
            out.append(c); // shifts between the two character sets
        }
    }

    private void escape(char c, StringBuilder out) {
        switch (c) {
            case '[' -> start(State.CSI);
            case ']', 'P', 'X', '^', '_' -> state = State.STRING;
            case '(', ')' -> {
                start(State.CHARSET);
                sequence.append(ESC).append(c);
            }
            case '7', '8', 'D', 'E', 'M' -> {
                out.append(ESC).append(c);
                state = State.TEXT;
            }
            case ESC -> state = State.ESCAPE;
            default -> state = State.TEXT;
        }
    }

    private void csi(char c, StringBuilder out) {
        if (c == ESC) {
            state = State.ESCAPE;
        } else if (c >= 0x40 && c <= 0x7e) {
            String parameters = sequence.toString();
            if (isDrawing(parameters, c)) {
                out.append(ESC).append('[').append(parameters).append(c);
            }
            state = State.TEXT;
        } else if (c >= 0x20 && c <= 0x3f && sequence.length() < SEQUENCE_MAX) {
            sequence.append(c);
        } else if (c == 0x18 || c == 0x1a || sequence.length() >= SEQUENCE_MAX) {
            state = State.TEXT;
        }
    }

    private static boolean isDrawing(String parameters, char last) {
        if (parameters.chars().allMatch(c -> c >= '0' && c <= ';')) {
            return DRAWING.indexOf(last) >= 0 || (last == 'h' || last == 'l') && parameters.equals("4");
        }
        if (!parameters.startsWith("?")) {
            return false;
        }
        String plain = parameters.substring(1);
        return switch (last) {
            case 'J', 'K' -> plain.length() <= 1;
            case 'h', 'l' -> java.util.Arrays.stream(plain.split(";", -1)).allMatch(MODES::contains);
            default -> false;
        };
    }

    private void start(State next) {
        state = next;
        sequence.setLength(0);
    }
}
