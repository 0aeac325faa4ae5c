package dev.sallyport.formats.document;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses which known word a person meant. */
public final class Nearest {
    /** Longer words are not compared. */
    private static final int LENGTH_MAX = 64;

    private Nearest() {}

    /** The closest known word, when a third of its letters or fewer differ. */
    public static Optional<String> to(String word, Collection<String> known) {
        if (word.length() > LENGTH_MAX) {
            return Optional.empty();
        }
        return known.stream()
                .filter(candidate -> distance(word, candidate) <= Math.max(1, candidate.length() / 3))
                .min(Comparator.comparingInt((String candidate) -> distance(word, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Either {@code ; did you mean x?} or nothing. */
    public static String question(String word, Collection<String> known) {
        return to(word, known).map(meant -> "; did you mean " + meant + "?").orElse("");
    }

    /** Letters to insert, delete or replace (Levenshtein), upper and lower case alike. */
    private static int distance(String one, String two) {
        var row = new int[two.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= two.length(); j++) {
                int same = Character.toLowerCase(one.charAt(i - 1)) == Character.toLowerCase(two.charAt(j - 1)) ? 0 : 1;
                int best = Math.min(Math.min(row[j], row[j - 1]) + 1, diagonal + same);
                diagonal = row[j];
                row[j] = best;
            }
        }
        return row[two.length()];
    }
}
