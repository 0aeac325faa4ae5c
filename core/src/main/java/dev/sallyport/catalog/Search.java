package dev.sallyport.catalog;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which of what somebody may ask for is looked for; what is empty does not restrict.
 *
 * @param target the name of the only target
 * @param role the name of the only role
 * @param words each of which stands in the name of the role or of the target, or in what the role says of itself
 * @param order of what is found
 */
public record Search(Optional<String> target, Optional<String> role, List<String> words, OfferOrder order) {
    public static final Search ALL = on(Optional.empty());

    public Search {
        words = List.copyOf(words);
    }

    /** Everything on a target, if one is named. */
    public static Search on(Optional<String> target) {
        return new Search(target, Optional.empty(), List.of(), OfferOrder.ROLE);
    }

    /** The words of a text, whatever their case. */
    public static List<String> words(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Those words that the name of a target has to hold, because its role does not. */
    List<String> left(Role wanted) {
        String said = (wanted.name() + " " + wanted.description()).toLowerCase(Locale.ROOT);
        return words.stream().filter(word -> !said.contains(word)).toList();
    }

    boolean isFor(Role wanted) {
        return role.map(wanted.name()::equals).orElse(true);
    }
}
