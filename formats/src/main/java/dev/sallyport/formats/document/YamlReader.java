package dev.sallyport.formats.document;

import dev.sallyport.base.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML 1.2 (and with it JSON) into trees that know their places. Only data: no anchors and aliases, by which a
 * small file becomes a large tree, no tags, by which a file chooses types, and no depth beyond {@value #DEPTH_MAX}.
 */
public final class YamlReader {
    public static final int DEPTH_MAX = 16;

    private static final Pattern NUMERAL =
            Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?|0x[0-9a-fA-F]+|0o[0-7]+"
                    + "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

    private final String file;
    private final Errors errors;
    private final Iterator<Event> events;

    /** Ends the reading of one file, whose error is already told. */
    private static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stop() {
            super(null, null, false, false);
        }
    }

    private YamlReader(String file, String text, Errors errors) {
        this.file = file;
        this.errors = errors;
        var settings = LoadSettings.builder()
                .setUseMarks(true)
                .setLabel("file")
                .setCodePointLimit(SourceFile.MAX + 1)
                .build();
        this.events = new Parse(settings).parseString(text).iterator();
    }

    /** The documents of the file that hold anything; what is wrong goes to the errors, and nothing after it is read. */
    public static List<Node> read(SourceFile source, Errors errors) {
        String text = source.text().startsWith("\uFEFF") ? source.text().substring(1) : source.text();
        var documents = new ArrayList<Node>();
        if (!isPlain(source.name(), text, errors)) {
            return documents;
        }
        try {
            new YamlReader(source.name(), text, errors).documents(documents);
        } catch (Stop _) {
            // told
        } catch (MarkedYamlEngineException e) {
            errors.add(
                    e.getProblemMark().map(mark -> place(source.name(), mark)).orElse(new Place(source.name(), 1, 1)),
                    problem(e));
        } catch (YamlEngineException e) {
            errors.add(new Place(source.name(), 1, 1), "not YAML: " + Text.printable(String.valueOf(e.getMessage())));
        }
        return documents;
    }

    private static String problem(MarkedYamlEngineException e) {
        String problem = Text.printable(String.valueOf(e.getProblem()));
        return problem.contains("TAB")
                ? "a tab begins the line (expected: spaces)"
                : "not YAML: " + (e.getContext() == null ? "" : Text.printable(e.getContext()) + ": ") + problem;
    }

    private static boolean isPlain(String file, String text, Errors errors) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int point = text.codePointAt(i);
            if (Text.isUnprintable(point) && point != '\n' && point != '\r' && point != '\t') {
                errors.add(
                        new Place(file, line, column),
                        "holds the control character U+%04X (expected: plain text)".formatted(point));
                return false;
            }
            column = point == '\n' ? 1 : column + 1;
            line += point == '\n' ? 1 : 0;
        }
        return true;
    }

    private void documents(List<Node> documents) {
        while (events.hasNext()) {
            if (events.next() instanceof DocumentStartEvent) {
                Node document = node(events.next(), 1);
                if (!(document instanceof Node.Nothing)) {
                    documents.add(document);
                }
            }
        }
    }

    private Node node(Event event, int depth) {
        Place at = place(event);
        if (event instanceof AliasEvent
                || event instanceof NodeEvent named && named.getAnchor().isPresent()) {
            throw stop(at, "an anchor or alias (expected: the value itself; aliases are not read)");
        }
        if (depth > DEPTH_MAX) {
            throw stop(at, "nested too deep (expected: at most " + DEPTH_MAX + " levels)");
        }
        return switch (event) {
            case ScalarEvent scalar -> scalar(at, scalar);
            case MappingStartEvent map -> fields(at, map, depth);
            case SequenceStartEvent list -> many(at, list, depth);
            default -> throw stop(at, "not YAML: " + event.getEventId() + " is not expected here");
        };
    }

    private Node scalar(Place at, ScalarEvent scalar) {
        refuseTag(at, scalar.getTag().orElse(null));
        String value = scalar.getValue();
        if (!scalar.isPlain()) {
            return new Node.Text(at, value);
        }
        return switch (value) {
            case "", "~", "null", "Null", "NULL" -> new Node.Nothing(at);
            case "true", "True", "TRUE" -> new Node.Truth(at, true);
            case "false", "False", "FALSE" -> new Node.Truth(at, false);
            default -> NUMERAL.matcher(value).matches() ? new Node.Numeral(at, value) : new Node.Text(at, value);
        };
    }

    private Node many(Place at, CollectionStartEvent start, int depth) {
        refuseTag(at, start.getTag().orElse(null));
        var items = new ArrayList<Node>();
        for (Event next = events.next(); next.getEventId() != Event.ID.SequenceEnd; next = events.next()) {
            items.add(node(next, depth + 1));
        }
        return new Node.Many(at, items);
    }

    private Node fields(Place at, CollectionStartEvent start, int depth) {
        refuseTag(at, start.getTag().orElse(null));
        var fields = new ArrayList<Node.Field>();
        var seen = new HashSet<String>();
        for (Event next = events.next(); next.getEventId() != Event.ID.MappingEnd; next = events.next()) {
            Node key = node(next, depth + 1);
            Node value = node(events.next(), depth + 1);
            Optional<String> name = keyText(key);
            if (name.isEmpty()) {
                errors.add(key.at(), "key: " + key.described() + " (expected: a word)");
            } else if (!seen.add(name.get())) {
                errors.add(key.at(), "key " + Text.quoted(name.get()) + " stands twice in one map (expected: once)");
            } else {
                fields.add(new Node.Field(key.at(), name.get(), value));
            }
        }
        return new Node.Fields(at, fields);
    }

    private static Optional<String> keyText(Node key) {
        return switch (key) {
            case Node.Text text -> Optional.of(text.value());
            case Node.Numeral numeral -> Optional.of(numeral.written());
            case Node.Truth _, Node.Nothing _, Node.Many _, Node.Fields _ -> Optional.empty();
        };
    }

    private void refuseTag(Place at, @Nullable String tag) {
        if (tag != null && !tag.equals("!")) {
            throw stop(at, "the tag " + Text.quoted(tag) + " (expected: no tags)");
        }
    }

    private Stop stop(Place at, String message) {
        errors.add(at, message);
        return new Stop();
    }

    private Place place(Event event) {
        return event.getStartMark().map(mark -> place(file, mark)).orElse(new Place(file, 1, 1));
    }

    private static Place place(String file, Mark mark) {
        return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
    }
}
