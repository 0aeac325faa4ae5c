package dev.sallyport.server.api;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.OfferOrder;
import dev.sallyport.database.Order;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The words by which callers say how a list is sorted. */
final class Orders {
    private Orders() {}

    /** Newest first without a word. */
    static Order byAge(@Nullable String asked) {
        return of(asked, Order.NEWEST, Order.OLDEST);
    }

    /** The same, oldest first without a word. */
    static Order sinceTheFirst(@Nullable String asked) {
        return asked == null || asked.isEmpty() ? Order.OLDEST : byAge(asked);
    }

    /** Newest first without a word, and by when something is due. */
    static Order byAgeOrDue(@Nullable String asked) {
        return of(asked, Order.NEWEST, Order.OLDEST, Order.DUE);
    }

    private static Order of(@Nullable String asked, Order... allowed) {
        if (asked == null || asked.isEmpty()) {
            return Order.NEWEST;
        }
        return Arrays.stream(allowed)
                .filter(order -> word(order).equals(asked))
                .findFirst()
                .orElseThrow(() ->
                        unknown(asked, Arrays.stream(allowed).map(Orders::word).toList()));
    }

    /** By name, from the end of the alphabet. */
    static boolean backwards(@Nullable String asked) {
        if (asked == null || asked.isEmpty() || asked.equals("name")) {
            return false;
        }
        if (asked.equals("name-desc")) {
            return true;
        }
        throw unknown(asked, List.of("name", "name-desc"));
    }

    private static final Map<String, OfferOrder> OFFERS = offers();

    private static Map<String, OfferOrder> offers() {
        var words = new LinkedHashMap<String, OfferOrder>();
        words.put("name", OfferOrder.ROLE);
        words.put("name-desc", OfferOrder.ROLE_DESC);
        words.put("target", OfferOrder.TARGET);
        words.put("target-desc", OfferOrder.TARGET_DESC);
        return words;
    }

    /** What somebody may ask for: by role, and within it by target, unless asked otherwise. */
    static OfferOrder ofOffers(@Nullable String asked) {
        if (asked == null || asked.isEmpty()) {
            return OfferOrder.ROLE;
        }
        OfferOrder order = OFFERS.get(asked);
        if (order == null) {
            throw unknown(asked, List.copyOf(OFFERS.keySet()));
        }
        return order;
    }

    private static RuntimeException unknown(String asked, List<String> allowed) {
        return InputRefusal.INVALID_VALUE.because("order: " + Text.quoted(asked) + " (expected: "
                + allowed.stream().collect(Collectors.joining(", ")).replaceFirst(", ([^,]*)$", " or $1") + ")");
    }

    private static String word(Order order) {
        return order.name().toLowerCase(Locale.ROOT);
    }
}
