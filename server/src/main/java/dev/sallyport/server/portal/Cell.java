package dev.sallyport.server.portal;

import dev.sallyport.base.Text;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What stands in one place of a page. Whatever it holds is shown as text: nothing in it is markup. */
public sealed interface Cell {
    /** How a state is coloured. */
    enum Tone {
        PLAIN,
        GOOD,
        WAIT,
        BAD,
        URGENT,
        LIVE;

        public String css() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    record Words(String text) implements Cell {
        public Words {
            text = Text.printable(text);
        }
    }

    /** What is typed, copied or compared: ids, commands, addresses. */
    record Code(String text) implements Cell {
        public Code {
            text = Text.printable(text);
        }
    }

    /** @param path within the portal */
    record Link(String path, String text, boolean code) implements Cell {
        public Link {
            text = Text.printable(text);
        }
    }

    /** How an instant is shown. */
    enum As {
        AT,
        LEFT,
        AGO
    }

    record Moment(Instant at, As as) implements Cell {}

    record Badge(String word, Tone tone) implements Cell {
        public Badge {
            word = Text.printable(word);
        }
    }

    /** A share of a hundred, drawn and said. */
    record Meter(int points) implements Cell {
        public String level() {
            return points >= 60 ? "high" : points >= 30 ? "mid" : "low";
        }
    }

    record Count(long value) implements Cell {}

    record Many(List<Cell> cells) implements Cell {
        public Many {
            cells = List.copyOf(cells);
        }
    }

    /** Words, links and times as they stand in a line of text, with nothing between them. */
    record Sentence(List<Cell> cells) implements Cell {
        public Sentence {
            cells = List.copyOf(cells);
        }
    }

    record Button(Form form) implements Cell {}

    static Cell words(String text) {
        return new Words(text);
    }

    static Cell code(String text) {
        return new Code(text);
    }

    static Cell link(String path, String text) {
        return new Link(path, text, false);
    }

    static Cell at(Optional<Instant> at) {
        return at.<Cell>map(instant -> new Moment(instant, As.AT)).orElse(nothing());
    }

    static Cell left(Optional<Instant> until) {
        return until.<Cell>map(instant -> new Moment(instant, As.LEFT)).orElse(nothing());
    }

    static Cell ago(Optional<Instant> at) {
        return at.<Cell>map(instant -> new Moment(instant, As.AGO)).orElse(nothing());
    }

    static Cell many(Cell... cells) {
        return new Many(List.of(cells));
    }

    static Cell list(List<String> texts) {
        return words(String.join(", ", texts));
    }

    /** The state of anything that has one, in its colour. */
    static Cell state(String word) {
        return new Badge(word, States.tone(word));
    }

    static Cell nothing() {
        return new Words("");
    }

    /** The same as plain text, for files. */
    default String plain() {
        return switch (this) {
            case Words(String text) -> text;
            case Code(String text) -> text;
            case Link link -> link.text();
            case Moment moment -> moment.at().toString();
            case Badge badge -> badge.word();
            case Meter(int points) -> Integer.toString(points);
            case Count(long value) -> Long.toString(value);
            case Many(List<Cell> cells) ->
                cells.stream()
                        .map(Cell::plain)
                        .filter(text -> !text.isEmpty())
                        .collect(java.util.stream.Collectors.joining(" "));
            case Sentence(List<Cell> cells) ->
                cells.stream().map(Cell::plain).collect(java.util.stream.Collectors.joining());
            case Button _ -> "";
        };
    }
}
