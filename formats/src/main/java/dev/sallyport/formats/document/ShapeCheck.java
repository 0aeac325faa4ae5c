package dev.sallyport.formats.document;

import dev.sallyport.base.Labels;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Holds a tree against its shape: gives it back in its one stored form, and tells everything that does not fit. */
public final class ShapeCheck {
    private static final int VALUE_MAX = 500;
    private static final Shape.Many VALUES = new Shape.Many(TextShapes.line(0, VALUE_MAX), 1_000);

    private final Errors errors;

    public ShapeCheck(Errors errors) {
        this.errors = errors;
    }

    /** The stored form; keys come in the order of the shape, what is not said is left out. */
    public Map<String, Object> fields(Node node, Shape.Fields shape, String path) {
        var read = new LinkedHashMap<String, Object>();
        if (!(node instanceof Node.Fields map)) {
            errors.add(node.at(), wrong(path, node, shape.expected()));
            return read;
        }
        List<String> names = shape.names();
        for (Node.Field field : map.fields()) {
            if (!names.contains(field.key())) {
                errors.add(
                        field.at(),
                        below(path, Text.printable(shortened(field.key()))) + ": unknown key (expected: "
                                + String.join(", ", names) + Nearest.question(field.key(), names) + ")");
            }
        }
        for (Shape.Key key : shape.keys()) {
            String place = below(path, key.name());
            Optional<Node> value = map.get(key.name()).filter(found -> !(found instanceof Node.Nothing));
            if (value.isPresent()) {
                value(value.get(), key.shape(), place).ifPresent(stored -> read.put(key.name(), stored));
            } else if (key.required()) {
                errors.add(
                        map.at(), place + ": missing (expected: " + key.shape().expected() + ")");
            }
        }
        return read;
    }

    private Optional<Object> value(Node node, Shape shape, String path) {
        return switch (shape) {
            case Shape.Word word -> word(node, word, path);
            case Shape.Choice choice -> choice(node, choice, path);
            case Shape.Whole whole -> whole(node, whole, path);
            case Shape.Flag flag ->
                node instanceof Node.Truth truth ? Optional.of(truth.value()) : refuse(node, path, flag.expected());
            case Shape.Pairs pairs -> pairs(node, pairs, path);
            case Shape.Many many -> many(node, many, path);
            case Shape.Fields fields -> Optional.of(fields(node, fields, path));
            case Shape.WordOr either ->
                node instanceof Node.Fields
                        ? Optional.of(fields(node, either.fields(), path))
                        : node instanceof Node.Text text && text.value().equals(either.word())
                                ? Optional.of(either.word())
                                : refuse(node, path, either.expected());
            case Shape.WordOrMany either ->
                node instanceof Node.Text text && text.value().equals(either.word())
                        ? Optional.of(either.word())
                        : node instanceof Node.Many
                                ? many(node, either.many(), path)
                                : refuse(node, path, either.expected());
            case Shape.Values values -> values(node, values, path);
        };
    }

    private Optional<Object> word(Node node, Shape.Word word, String path) {
        if (node instanceof Node.Text text) {
            Optional<String> stored = word.reader().apply(text.value());
            return stored.isPresent() ? Optional.of(stored.get()) : refuse(node, path, word.expected());
        }
        return refuse(node, path, word.expected() + quotes(node));
    }

    private Optional<Object> choice(Node node, Shape.Choice choice, String path) {
        if (node instanceof Node.Text text) {
            return choice.words().contains(text.value())
                    ? Optional.of(text.value())
                    : refuse(node, path, choice.expected() + Nearest.question(text.value(), choice.words()));
        }
        return refuse(node, path, choice.expected());
    }

    private Optional<Object> whole(Node node, Shape.Whole whole, String path) {
        if (node instanceof Node.Numeral numeral && numeral.written().matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(numeral.written());
            if (number >= whole.min() && number <= whole.max()) {
                return Optional.of(number);
            }
        }
        return refuse(node, path, whole.expected());
    }

    private Optional<Object> pairs(Node node, Shape.Pairs pairs, String path) {
        if (!(node instanceof Node.Fields map)) {
            return refuse(node, path, pairs.expected());
        }
        var read = new TreeMap<String, Object>();
        if (map.fields().size() > Labels.MAX) {
            return refuse(node, path, "at most " + Labels.MAX + " of them");
        }
        for (Node.Field field : map.fields()) {
            String place = below(path, Text.printable(shortened(field.key())));
            if (field.value() instanceof Node.Text text) {
                try {
                    read.putAll(new Labels(Map.of(field.key(), text.value().strip())).values());
                } catch (Refusal refused) {
                    errors.add(field.at(), refused.sentence().replaceFirst("^labels", pathWords(path)));
                }
            } else {
                refuse(field.value(), place, "text" + quotes(field.value()));
            }
        }
        return Optional.of(read);
    }

    private Optional<Object> values(Node node, Shape.Values values, String path) {
        if (!(node instanceof Node.Fields map) || map.fields().size() > values.max()) {
            return refuse(node, path, values.expected() + ", at most " + values.max() + " of them");
        }
        var read = new TreeMap<String, Object>();
        for (Node.Field field : map.fields()) {
            String place = below(path, Text.printable(shortened(field.key())));
            if (!Shape.Values.KEY.matcher(field.key()).matches()) {
                errors.add(field.at(), place + ": (expected: a letter from a to z, then letters, digits and '_')");
            } else {
                free(field.value(), place).ifPresent(value -> read.put(field.key(), value));
            }
        }
        return Optional.of(read);
    }

    private Optional<Object> free(Node node, String path) {
        return switch (node) {
            case Node.Text text when text.value().length() <= VALUE_MAX -> Optional.of(text.value());
            case Node.Truth truth -> Optional.of(truth.value());
            case Node.Numeral numeral
            when numeral.written().matches("-?[0-9]{1,9}") -> Optional.of(Integer.parseInt(numeral.written()));
            case Node.Many _ -> many(node, VALUES, path);
            case Node.Text _, Node.Numeral _, Node.Nothing _, Node.Fields _ ->
                refuse(
                        node,
                        path,
                        "a text of at most " + VALUE_MAX
                                + " characters, a whole number, true or false, or a list of texts");
        };
    }

    private Optional<Object> many(Node node, Shape.Many many, String path) {
        if (!(node instanceof Node.Many list)) {
            return refuse(node, path, many.expected());
        }
        if (list.items().size() > many.max()) {
            return refuse(node, path, "at most " + many.max() + " of them");
        }
        var read = new ArrayList<Object>();
        var seen = new HashSet<Object>();
        for (int i = 0; i < list.items().size(); i++) {
            Node item = list.items().get(i);
            Optional<Object> stored = value(item, many.item(), path + "." + i);
            stored.ifPresent(read::add);
            if (stored.isPresent() && !seen.add(stored.get())) {
                errors.add(item.at(), path + ": " + item.described() + " stands twice (expected: once)");
            }
        }
        return Optional.of(read);
    }

    private Optional<Object> refuse(Node node, String path, String expected) {
        errors.add(node.at(), wrong(path, node, expected));
        return Optional.empty();
    }

    private static String wrong(String path, Node node, String expected) {
        return (path.isEmpty() ? "document" : path) + ": " + node.described() + " (expected: " + expected + ")";
    }

    private static String quotes(Node node) {
        return switch (node) {
            case Node.Numeral _, Node.Truth _ -> ", in quotes: \"" + node.described() + "\"";
            case Node.Text _, Node.Nothing _, Node.Many _, Node.Fields _ -> "";
        };
    }

    private static String pathWords(String path) {
        return java.util.regex.Matcher.quoteReplacement(path);
    }

    private static String below(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static String shortened(String key) {
        return key.length() > Text.QUOTED_MAX ? key.substring(0, Text.QUOTED_MAX) + "…" : key;
    }
}
