package dev.sallyport.session;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Numbers for the triples of characters of a text. A text that holds another holds all of its triples, so an index of
 * numbers finds where to look; two triples may share a number, so what is found is looked at again.
 */
final class Grams {
    private static final int LENGTH = 3;

    private Grams() {}

    static String folded(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** Of a text that is folded. */
    static int[] of(String folded) {
        Set<Integer> grams = new HashSet<>();
        for (int i = 0; i + LENGTH <= folded.length(); i++) {
            grams.add(folded.charAt(i) * 31 * 31 * 31 + folded.charAt(i + 1) * 31 * 31 + folded.charAt(i + 2));
        }
        return grams.stream().mapToInt(Integer::intValue).sorted().toArray();
    }
}
