package dev.sallyport.policy.code;

import dev.sallyport.base.Text;
import dev.sallyport.formats.document.Nearest;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what is wrong with a condition, what is known there, and what was probably meant. */
final class Mistakes {
    private static final Pattern NOT_DECLARED = Pattern.compile("undeclared reference to '([^']*)'.*", Pattern.DOTALL);
    private static final Pattern NO_FIELD = Pattern.compile("undefined field '([^']*)'.*", Pattern.DOTALL);
    private static final Pattern NO_OVERLOAD = Pattern.compile(
            "found no matching overload for '([^']*)' applied to '([^']*)'(?: \\(candidates: (.*)\\))?",
            Pattern.DOTALL);
    private static final Pattern WRONG_TYPE =
            Pattern.compile("expected type '([^']*)' but found '([^']*)'", Pattern.DOTALL);
    private static final Pattern TOO_MANY_PARTS =
            Pattern.compile("expression node limit \\(\\d+\\) exceeded.*", Pattern.DOTALL);
    private static final int SHOWN = 300;

    private final Declared declared;

    Mistakes(Declared declared) {
        this.declared = declared;
    }

    /** @param place of the mistake, counted in code points */
    String sentence(String condition, int place, String message) {
        int at = condition.offsetByCodePoints(0, Math.min(place, condition.codePointCount(0, condition.length())));
        Matcher match = NOT_DECLARED.matcher(message);
        if (match.matches()) {
            return notDeclared(condition, at, match.group(1));
        }
        match = NO_FIELD.matcher(message);
        if (match.matches()) {
            return noField(condition, at, match.group(1));
        }
        match = NO_OVERLOAD.matcher(message);
        if (match.matches()) {
            return operator(match.group(1)) + " does not take " + plain(match.group(2))
                    + Optional.ofNullable(match.group(3))
                            .map(known -> " (expected: " + plain(known) + ")")
                            .orElse("");
        }
        match = WRONG_TYPE.matcher(message);
        if (match.matches()) {
            return "gives " + plain(match.group(2)) + " (expected: " + plain(match.group(1)) + ")";
        }
        if (TOO_MANY_PARTS.matcher(message).matches()) {
            return "a condition of more than " + Limits.CONDITION_PARTS + " parts (expected: at most "
                    + Limits.CONDITION_PARTS + " names, values and operators)";
        }
        String shown = Text.printable(message.replace("<EOF>", "its end"));
        return "not a condition: " + (shown.length() > SHOWN ? shown.substring(0, SHOWN) + "…" : shown);
    }

    private static String notDeclared(String condition, int at, String name) {
        boolean called = Pattern.compile("\\b" + Pattern.quote(name) + "\\s*\\(")
                        .matcher(condition)
                        .find()
                || at < condition.length() && condition.charAt(at) == '(';
        List<String> known = called ? Functions.NAMES.stream().sorted().toList() : Declared.variables();
        return name + (called ? "()" : "") + " is not known (expected: " + String.join(", ", known)
                + Nearest.question(name, known) + ")";
    }

    private String noField(String condition, int at, String field) {
        Optional<String> owner = owner(condition, at, field);
        Optional<List<String>> known = owner.flatMap(path -> fields(condition, path));
        if (owner.isEmpty() || known.isEmpty()) {
            return field + " is not known here";
        }
        String meant = Nearest.to(field, known.get())
                .map(name -> "; did you mean " + owner.get() + "." + name + "?")
                .orElse("");
        return owner.get() + "." + field + " is not known (expected: "
                + (known.get().isEmpty() ? "no name at all, for none is declared" : String.join(", ", known.get()))
                + meant
                + ")";
    }

    /** What stands before the field that is meant: the one at the place told, or the first after it. */
    private static Optional<String> owner(String condition, int at, String field) {
        Matcher chains = Pattern.compile(
                        "([A-Za-z_]\\w*(?:\\s*\\.\\s*[A-Za-z_]\\w*)*)\\s*\\.\\s*" + Pattern.quote(field) + "\\b")
                .matcher(condition);
        while (chains.find()) {
            if (chains.end() > at) {
                return Optional.of(chains.group(1).replaceAll("\\s", ""));
            }
        }
        return Optional.empty();
    }

    private Optional<List<String>> fields(String condition, String path) {
        String[] steps = path.split("\\.", -1);
        if (steps.length == 1 && declared.fields(steps[0]).isPresent()) {
            return declared.fields(steps[0]);
        }
        return group(condition, path).map(FactTypes.Group::names);
    }

    /** The facts that a path leads to; the variable of a loop stands for an element of what is looped over. */
    private static Optional<FactTypes.Group> group(String condition, String path) {
        String[] steps = path.split("\\.", -1);
        Optional<FactTypes.Group> here = FactTypes.ROOTS.stream()
                .filter(group -> group.name().equals(steps[0]))
                .findFirst()
                .or(() -> looped(condition, steps[0]));
        for (int i = 1; i < steps.length; i++) {
            String step = steps[i];
            here = here.flatMap(group -> group.field(step)).flatMap(field -> below(field.type()));
        }
        return here;
    }

    private static Optional<FactTypes.Group> looped(String condition, String variable) {
        Matcher loop = Pattern.compile("([A-Za-z_][\\w.]*)\\.(?:exists|exists_one|all|filter|map)\\(\\s*"
                        + Pattern.quote(variable) + "\\s*,")
                .matcher(condition);
        return loop.find() ? group("", loop.group(1)) : Optional.empty();
    }

    private static Optional<FactTypes.Group> below(FactTypes.Type type) {
        return switch (type) {
            case FactTypes.Type.Plain _ -> Optional.empty();
            case FactTypes.Type.Part(var group) -> Optional.of(group);
            case FactTypes.Type.Parts(var group) -> Optional.of(group);
        };
    }

    private static String operator(String function) {
        return function.replaceAll("^_(.*)_$", "$1").replace("[_", "[]").replace("@in", "in");
    }

    /** Types by the names that the reference page uses. */
    private static String plain(String types) {
        var known = new TreeSet<String>(List.of(
                types.replace("google.protobuf.", "").replace("%A0", "any").split(",(?=\\()", -1)));
        return Text.printable(String.join(", ", known))
                .replace("Timestamp", "timestamp")
                .replace("Duration", "duration");
    }
}
