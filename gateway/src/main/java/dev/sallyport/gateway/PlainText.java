package dev.sallyport.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The words in what a terminal was sent, for the index: whole lines without control sequences. Of one channel not more
 * than {@link #TOTAL_MAX} is kept, and nothing of what is no text (an archive, a program); the recording itself has
 * everything. Called by one thread at a time per channel.
 */
final class PlainText {
    /** A line that grows beyond is given out as it is. */
    static final int PIECE_MAX = 4096;

    static final int TOTAL_MAX = 4 * 1024 * 1024;

    /** So much of what comes at once is looked at to tell whether it is text; less than the least is taken for text. */
    private static final int LOOKED_AT = 1024;

    private static final int LEAST = 64;

    /** Of compressed or encrypted bytes a tenth are none that text is made of. */
    private static final int STRANGE = 32;

    private static final byte[] NOTHING = {};

    private enum State {
        TEXT,
        ESCAPE,
        CSI,
        STRING
    }

    private byte[] line = NOTHING;
    private int length;
    private State state = State.TEXT;
    private int total;

    /** Takes more; gives out lines that are complete. */
    synchronized Optional<String> add(byte[] bytes) {
        if (total > TOTAL_MAX) {
            return Optional.empty();
        }
        if (isNoText(bytes)) {
            state = State.TEXT;
            return rest();
        }
        if (line.length - length < bytes.length) {
            line = Arrays.copyOf(line, length + bytes.length);
        }
        int whole = 0;
        for (byte next : bytes) {
            step(next);
            if (next == '\n' && state == State.TEXT) {
                whole = length;
            }
        }
        if (whole == 0 && length < PIECE_MAX) {
            return Optional.empty();
        }
        return rest();
    }

    /** Whether one in so many is a control character that neither texts nor terminals have; what pads is none of them. */
    private static boolean isNoText(byte[] bytes) {
        int looked = Math.min(bytes.length, LOOKED_AT);
        int strange = 0;
        for (int i = 0; i < looked; i++) {
            int next = bytes[i] & 0xff;
            if (next > 0 && next < 0x07 || next > 0x0f && next < 0x1b || next > 0x1b && next < 0x20) {
                strange++;
            }
        }
        return looked >= LEAST && strange > looked / STRANGE;
    }

    synchronized Optional<String> rest() {
        String text = new String(line, 0, length, StandardCharsets.UTF_8).strip();
        line = NOTHING;
        length = 0;
        total += text.length();
        return text.isEmpty() || total > TOTAL_MAX ? Optional.empty() : Optional.of(text);
    }

    private void step(byte next) {
        switch (state) {
            case TEXT -> {
                if (next == 0x1b) {
                    state = State.ESCAPE;
                } else if (next == '\n' || next == '\t' || (next & 0xff) >= 0x20 && next != 0x7f) {
                    line[length++] = next;
                }
            }
            case ESCAPE ->
                state = switch (next) {
                    case '[' -> State.CSI;
                    case ']', 'P', '_', '^' -> State.STRING;
                    default -> State.TEXT;
                };
            case CSI -> {
                if (next >= 0x40 && next <= 0x7e) {
                    state = State.TEXT;
                }
            }
            case STRING -> {
                if (next == 0x07 || next == 0x1b) {
                    state = next == 0x07 ? State.TEXT : State.ESCAPE;
                }
            }
        }
    }
}
