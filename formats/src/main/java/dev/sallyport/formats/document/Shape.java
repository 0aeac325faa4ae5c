package dev.sallyport.formats.document;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What a value of a document must look like; the reference page is made from it too. */
public sealed interface Shape {
    /** What a person should write. */
    String expected();

    /** Text; the reader gives it in its one stored form, or nothing when it does not fit. */
    record Word(String expected, Function<String, Optional<String>> reader) implements Shape {}

    record Choice(List<String> words) implements Shape {
        public static Choice of(String... words) {
            return new Choice(List.of(words));
        }

        @Override
        public String expected() {
            return words.size() == 1
                    ? words.getFirst()
                    : String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast();
        }
    }

    record Whole(int min, int max) implements Shape {
        @Override
        public String expected() {
            return "a number from " + min + " to " + max;
        }
    }

    record Flag() implements Shape {
        @Override
        public String expected() {
            return "true or false";
        }
    }

    /** Labels or attributes: free keys, texts as values. */
    record Pairs() implements Shape {
        @Override
        public String expected() {
            return "a map of texts, such as {env: prod}";
        }
    }

    record Many(Shape item, int max) implements Shape {
        @Override
        public String expected() {
            return "a list, each " + item.expected();
        }
    }

    record Fields(List<Key> keys) implements Shape {
        public static Fields of(Key... keys) {
            return new Fields(List.of(keys));
        }

        public List<String> names() {
            return keys.stream().map(Key::name).toList();
        }

        @Override
        public String expected() {
            return "a map with " + String.join(", ", names());
        }
    }

    /** One word, or a map. */
    record WordOr(String word, Fields fields) implements Shape {
        @Override
        public String expected() {
            return word + ", or " + fields.expected();
        }
    }

    /** One word, or a list. */
    record WordOrMany(String word, Many many) implements Shape {
        @Override
        public String expected() {
            return word + ", or " + many.expected();
        }
    }

    /** Free keys that programs name too; texts, whole numbers, true or false, or lists of texts as values. */
    record Values(int max) implements Shape {
        /** A key, as expressions can name it. */
        static final Pattern KEY = Pattern.compile("[a-z][a-zA-Z0-9_]{0,62}");

        @Override
        public String expected() {
            return "a map of texts, whole numbers, true or false, or lists of texts, such as {vendors: [acme]}";
        }
    }

    /** A key of a map, with a sentence for the reference page. */
    record Key(String name, Shape shape, boolean required, String about) {
        public static Key required(String name, Shape shape, String about) {
            return new Key(name, shape, true, about);
        }

        public static Key optional(String name, Shape shape, String about) {
            return new Key(name, shape, false, about);
        }
    }
}
