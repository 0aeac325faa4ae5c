package dev.sallyport.notification;

import dev.sallyport.base.Text;
import dev.sallyport.database.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is told, before it looks like a mail or a message.
 *
 * @param title one line
 * @param next what its reader can do
 */
public record Story(String title, List<Fact> facts, String next) {
    /** The most characters of a title. */
    static final int TITLE_MAX = 200;

    public Story {
        title = cut(Text.printable(title));
        facts = List.copyOf(facts);
        next = Text.printable(next);
    }

    private static String cut(String title) {
        return title.codePointCount(0, title.length()) <= TITLE_MAX
                ? title
                : title.substring(0, title.offsetByCodePoints(0, TITLE_MAX)) + "…";
    }

    Map<String, Object> tree() {
        return Map.of(
                "title",
                title,
                "facts",
                facts.stream()
                        .map(fact -> Map.of("label", fact.label(), "value", fact.value()))
                        .toList(),
                "next",
                next);
    }

    static Story of(Spec stored) {
        return new Story(
                stored.text("title", ""),
                stored.all("facts").stream()
                        .map(fact -> new Fact(fact.text("label", ""), fact.text("value", "")))
                        .toList(),
                stored.text("next", ""));
    }

    /** Collects the facts that there are. */
    static final class Facts {
        private final List<Fact> facts = new ArrayList<>();

        Facts with(String label, String value) {
            if (!value.isBlank()) {
                facts.add(new Fact(label, value));
            }
            return this;
        }

        List<Fact> all() {
            return facts;
        }
    }
}
