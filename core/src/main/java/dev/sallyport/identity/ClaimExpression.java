package dev.sallyport.identity;

import dev.sallyport.base.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where in a provider's claims a value stands: {@code claims.groups}, {@code claims.realm_access.roles},
 * {@code claims['https://example.org/roles']}, or a text that is always the same, {@code 'corp'}. It is a part of CEL, so
 * that what is written today stays right when conditions come. A claim that is not there gives nothing.
 */
public sealed interface ClaimExpression {
    /** What a person should write. */
    String EXPECTED = "an expression such as claims.groups, claims['x'] or 'text'";

    int LONGEST = 500;

    /** A way down through objects, at least one step. */
    record Path(List<String> steps) implements ClaimExpression {
        private static final int MOST_STEPS = 10;

        public Path {
            steps = List.copyOf(steps);
        }
    }

    /** The same text for everybody. */
    record Literal(String text) implements ClaimExpression {}

    /** Reads an expression; nothing when it is not one. */
    static Optional<ClaimExpression> parse(String text) {
        return text.length() > LONGEST ? Optional.empty() : Grammar.read(text.strip());
    }

    /** The texts there: of a list those of its entries that are single values, of a single value that one. */
    default List<String> texts(Map<String, Object> claims) {
        return switch (this) {
            case Literal literal -> List.of(literal.text);
            case Path path -> {
                Object found = found(path, claims);
                yield found instanceof List<?> list
                        ? list.stream().flatMap(entry -> single(entry).stream()).toList()
                        : single(found).stream().toList();
            }
        };
    }

    /** The one text there; a list of several is none. */
    default Optional<String> text(Map<String, Object> claims) {
        List<String> texts = texts(claims);
        return texts.size() == 1 ? Optional.of(texts.getFirst()) : Optional.empty();
    }

    private static @Nullable Object found(Path path, Map<String, Object> claims) {
        Object here = claims;
        for (String step : path.steps) {
            here = here instanceof Map<?, ?> map ? map.get(step) : null;
        }
        return here;
    }

    private static Optional<String> single(@Nullable Object value) {
        return switch (value) {
            case String text -> Optional.of(text);
            case Number number -> Optional.of(number.toString());
            case Boolean flag -> Optional.of(flag.toString());
            case null, default -> Optional.empty();
        };
    }

    /** The grammar: {@code claims} and then steps, or a quoted text without escapes. */
    final class Grammar {
        private static final String QUOTED = "'([^'\\\\]*)'|\"([^\"\\\\]*)\"";
        private static final Pattern LITERAL = Pattern.compile(QUOTED);
        private static final Pattern STEP = Pattern.compile("\\.([A-Za-z_][A-Za-z0-9_]*)|\\[(?:" + QUOTED + ")]");
        private static final String ROOT = "claims";

        private Grammar() {}

        private static Optional<ClaimExpression> read(String text) {
            if (text.codePoints().anyMatch(Text::isUnprintable)) {
                return Optional.empty();
            }
            Matcher literal = LITERAL.matcher(text);
            if (literal.matches()) {
                return Optional.of(new Literal(quoted(literal, 1)));
            }
            if (!text.startsWith(ROOT)) {
                return Optional.empty();
            }
            var steps = new ArrayList<String>();
            Matcher step = STEP.matcher(text).region(ROOT.length(), text.length());
            while (step.lookingAt()) {
                steps.add(step.group(1) == null ? quoted(step, 2) : step.group(1));
                step.region(step.end(), text.length());
            }
            boolean whole = step.regionStart() == text.length();
            return whole && !steps.isEmpty() && steps.size() <= Path.MOST_STEPS
                    ? Optional.of(new Path(steps))
                    : Optional.empty();
        }

        private static String quoted(Matcher match, int group) {
            return match.group(group) == null ? match.group(group + 1) : match.group(group);
        }
    }
}
