package dev.sallyport.server.portal;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What Ctrl-K offers beside the pages themselves, as JSON for its script: what one may ask for, and what is called so, for
 * those who may list it.
 */
@RestController
final class PalettePages {
    private static final String OFFERS = "12";

    /** Of each kind of thing. */
    private static final int NAMED = 5;

    private static final int QUESTION_MAX = 100;

    /** How an offer reads, but for its role and target. */
    private static final Set<String> OF_OFFERS = Set.of("ask", "for", "on");

    /**
     * What is looked up by its name.
     *
     * @param word what one of them is called
     */
    private record Named(String word, String kind) {
        /** Somebody may say which kind they mean. */
        boolean isMeant(String said) {
            return said.equals(word) || said.equals(kind);
        }
    }

    private static final List<Named> KINDS = List.of(
            new Named("target", "targets"),
            new Named("role", "roles"),
            new Named("person", "people"),
            new Named("group", "groups"));

    record Item(String text, String href, String kind) {}

    record Found(List<Item> items) {}

    @GetMapping("/palette")
    Found find(Visit visit) {
        List<String> words = Arrays.stream(Text.line("q", visit.parameter("q"), 0, QUESTION_MAX)
                        .toLowerCase(Locale.ROOT)
                        .split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
        var items = new ArrayList<>(offers(visit, words));
        KINDS.forEach(kind -> items.addAll(named(visit, kind, words)));
        return new Found(items);
    }

    private static List<Item> offers(Visit visit, List<String> words) {
        String wanted = words.stream().filter(word -> !OF_OFFERS.contains(word)).collect(Collectors.joining(" "));
        return visit.call(ApiCall.get("/me/reach").with("q", wanted).with("limit", OFFERS)).items().stream()
                .map(offer -> new Item(
                        "Ask for " + offer.text("role") + " on " + offer.text("target"),
                        visit.to("/ask?item=" + Links.segment(AskPages.key(offer))),
                        "ask"))
                .toList();
    }

    private static List<Item> named(Visit visit, Named kind, List<String> words) {
        List<String> parts = words.stream().filter(word -> !kind.isMeant(word)).toList();
        ApiCall list = ApiCall.get("/" + kind.kind());
        if (parts.isEmpty() || !visit.may(list)) {
            return List.of();
        }
        String longest =
                parts.stream().max(Comparator.comparingInt(String::length)).orElseThrow();
        // where one word is asked for, that is all there is to it
        String limit = Integer.toString(parts.size() == 1 ? NAMED : 10 * NAMED);
        Doc page = visit.call(list.with("q", longest).with("limit", limit));
        List<String> names = page.items().stream()
                .map(item -> item.text("metadata.name"))
                .filter(name -> parts.stream().allMatch(name::contains))
                .toList();
        // what is called exactly so stands first, also among many that are called alike
        return Stream.concat(
                        Stream.of(longest)
                                .filter(name ->
                                        parts.size() == 1 && isThere(visit, kind, name, names, page.has("next"))),
                        names.stream().filter(name -> parts.size() > 1 || !name.equals(longest)))
                .limit(NAMED)
                .map(name -> new Item(name, visit.to("/" + kind.kind() + "/" + Links.segment(name)), kind.word()))
                .toList();
    }

    private static boolean isThere(Visit visit, Named kind, String name, List<String> names, boolean more) {
        if (names.contains(name) || !more) {
            return names.contains(name);
        }
        try {
            return visit.call(ApiCall.get("/" + kind.kind() + "/{}", name))
                    .text("metadata.name")
                    .equals(name);
        } catch (Refusal refusal) {
            if (refusal.kind() == Refusal.Kind.NOT_FOUND) {
                return false;
            }
            throw refusal;
        }
    }
}
