package dev.sallyport.formats.recording;

import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A form that secrets have: a fixed beginning, then so many characters of a class, such as
 * {@code AKIA[A-Z0-9]{16}} or {@code ghp_[A-Za-z0-9]{36,255}}. No more than that, so that matching takes one pass and a
 * bounded look ahead.
 */
public final class TokenPattern {
    /** No match is longer. */
    public static final int MAX_LENGTH = 4096;

    private static final Pattern FORM =
            Pattern.compile("([A-Za-z0-9_.:=+/-]{3,64})\\[([^\\]]{1,64})\\]\\{([0-9]{1,4})(?:,([0-9]{1,4}))?\\}");

    /** The product's own tokens: those for hosts, and JSON web tokens, which is what access and refresh tokens are. */
    public static final List<TokenPattern> OURS =
            List.of(of("sph_[A-Za-z0-9_-]{20,200}"), of("eyJ[A-Za-z0-9_.-]{60,4000}"));

    private final String text;
    private final byte[] beginning;
    private final BitSet body = new BitSet(256);
    private final int least;
    private final int most;

    private TokenPattern(String text, Matcher form) {
        this.text = text;
        this.beginning = form.group(1).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        this.least = Integer.parseInt(form.group(3));
        this.most = form.group(4) == null ? least : Integer.parseInt(form.group(4));
        if (least < 1 || most < least || beginning.length + most > MAX_LENGTH) {
            throw refuse(text);
        }
        fill(form.group(2));
    }

    public static TokenPattern of(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw refuse(text);
        }
        return new TokenPattern(text, form);
    }

    private static IllegalArgumentException refuse(String text) {
        return new IllegalArgumentException("pattern: " + text
                + " (expected: at least 3 fixed characters, a class, a count, as in AKIA[A-Z0-9]{16}; at most "
                + MAX_LENGTH + " characters)");
    }

    private void fill(String set) {
        for (int i = 0; i < set.length(); i++) {
            char from = set.charAt(i);
            boolean range = i + 2 < set.length() && set.charAt(i + 1) == '-';
            char to = range ? set.charAt(i + 2) : from;
            if (from > 0x7e || to > 0x7e || to < from) {
                throw refuse(text);
            }
            body.set(from, to + 1);
            i += range ? 2 : 0;
        }
    }

    /** How much of these bytes is a match that begins here; 0 if none, -1 if more bytes could make one or a longer one. */
    int match(byte[] bytes, int from, int end) {
        int fixed = 0;
        while (fixed < beginning.length) {
            if (from + fixed == end) {
                return -1;
            }
            if (bytes[from + fixed] != beginning[fixed]) {
                return 0;
            }
            fixed++;
        }
        int count = 0;
        while (count < most && from + fixed + count < end && body.get(bytes[from + fixed + count] & 0xff)) {
            count++;
        }
        if (count < most && from + fixed + count == end) {
            return -1;
        }
        return count >= least ? fixed + count : 0;
    }

    /** A match that is long enough although more might have come. */
    int settle(byte[] bytes, int from, int end) {
        int count = 0;
        while (from + beginning.length + count < end
                && count < most
                && body.get(bytes[from + beginning.length + count] & 0xff)) {
            count++;
        }
        return count >= least ? beginning.length + count : 0;
    }

    /** What is fixed; at least three bytes. */
    byte[] beginning() {
        return beginning.clone();
    }

    @Override
    public String toString() {
        return text;
    }
}
