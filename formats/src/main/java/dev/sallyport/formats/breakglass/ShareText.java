package dev.sallyport.formats.breakglass;

import java.util.Arrays;
import java.util.List;

/** A share in a text: in clear, under a passphrase, or encrypted in the age format, between its BEGIN and END lines. */
public sealed interface ShareText {
    /** In clear, as {@code age -d} gives it. */
    record Open(Share share) implements ShareText {}

    /** Under a passphrase. */
    record Sealed(SealedShare share) implements ShareText {}

    /** The armored file of the age format. */
    record Age(String armored) implements ShareText {}

    int LENGTH_MAX = 64 * 1024;
    String OPEN = "SALLYPORT SHARE";
    String SEALED = "SALLYPORT SEALED SHARE";
    String AGE = "AGE ENCRYPTED FILE";

    /** The share in clear; the text is as secret as it is. */
    static String of(Share share) {
        byte[] bytes = share.bytes();
        try {
            return block(OPEN, TypedCode.lines(bytes));
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    static String of(SealedShare share) {
        return block(SEALED, TypedCode.lines(share.bytes()));
    }

    /**
     * The one share that is in the text, whatever stands around it.
     *
     * @throws dev.sallyport.base.Refusal {@code breakglass.malformed-share}, {@code breakglass.mistyped-share} naming the
     *     line, or {@code breakglass.newer-version}
     */
    static ShareText read(String text) {
        if (text.length() > LENGTH_MAX) {
            throw KitRefusal.MALFORMED_SHARE.because(
                    text.length() + " characters (expected: at most " + LENGTH_MAX + ")");
        }
        List<String> lines = text.lines().map(String::strip).toList();
        List<String> labels = List.of(OPEN, SEALED, AGE).stream()
                .filter(label -> lines.contains(begin(label)))
                .toList();
        long begun =
                lines.stream().filter(line -> line.startsWith("-----BEGIN ")).count();
        if (labels.size() != 1 || begun != 1) {
            throw KitRefusal.MALFORMED_SHARE.because("the text holds " + begun + " blocks (expected: one line "
                    + begin(OPEN) + ", " + begin(SEALED) + " or " + begin(AGE) + ")");
        }
        String label = labels.getFirst();
        int from = lines.indexOf(begin(label));
        int to = lines.indexOf(end(label));
        if (to < from) {
            throw KitRefusal.MALFORMED_SHARE.because("the line " + end(label) + " is missing");
        }
        List<String> inside = lines.subList(from + 1, to);
        return switch (label) {
            case OPEN -> new Open(typed(inside));
            case SEALED -> new Sealed(SealedShare.ofBytes(TypedCode.bytes(inside)));
            default -> new Age(block(AGE, inside));
        };
    }

    /** A share in clear, typed without the lines around it. */
    static Share typed(List<String> lines) {
        byte[] bytes = TypedCode.bytes(lines);
        try {
            return Share.ofBytes(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static String block(String label, List<String> lines) {
        return begin(label) + "\n" + String.join("\n", lines) + "\n" + end(label) + "\n";
    }

    private static String begin(String label) {
        return "-----BEGIN " + label + "-----";
    }

    private static String end(String label) {
        return "-----END " + label + "-----";
    }
}
