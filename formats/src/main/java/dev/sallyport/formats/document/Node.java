package dev.sallyport.formats.document;

import java.util.List;
import java.util.Optional;

/** A value of a file that still knows where it stands. */
public sealed interface Node {
    Place at();

    /** {@code null}, {@code ~} or nothing at all. */
    record Nothing(Place at) implements Node {}

    record Text(Place at, String value) implements Node {}

    /** A number without quotes, as written; fractions and exponents included. */
    record Numeral(Place at, String written) implements Node {}

    record Truth(Place at, boolean value) implements Node {}

    record Many(Place at, List<Node> items) implements Node {}

    record Fields(Place at, List<Field> fields) implements Node {
        public Optional<Node> get(String key) {
            return fields.stream()
                    .filter(field -> field.key().equals(key))
                    .map(Field::value)
                    .findFirst();
        }
    }

    record Field(Place at, String key, Node value) {}

    /** What it is, for a person who expected something else. */
    default String described() {
        return switch (this) {
            case Nothing _ -> "nothing";
            case Text text -> dev.sallyport.base.Text.quoted(text.value());
            case Numeral numeral -> dev.sallyport.base.Text.printable(numeral.written());
            case Truth truth -> Boolean.toString(truth.value());
            case Many _ -> "a list";
            case Fields _ -> "a map";
        };
    }

    /** The place of the value at a dotted path, or of the closest thing around it that exists. */
    default Place place(String path) {
        Node here = this;
        for (String key : path.split("\\.")) {
            Node next = switch (here) {
                case Fields fields -> fields.get(key).orElse(null);
                case Many many
                when key.matches("[0-9]{1,6}")
                        && Integer.parseInt(key) < many.items().size() ->
                    many.items().get(Integer.parseInt(key));
                case Many _, Nothing _, Text _, Numeral _, Truth _ -> null;
            };
            if (next == null) {
                return here.at();
            }
            here = next;
        }
        return here.at();
    }
}
