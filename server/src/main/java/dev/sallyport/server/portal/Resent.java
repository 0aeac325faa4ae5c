package dev.sallyport.server.portal;

import dev.sallyport.base.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A form that was refused, as it was filled in, to be put right and sent again. Forms tell what they look like when they are
 * sent; nobody but their page can say so, since none is read without its token. What is secret is typed anew.
 */
final class Resent {
    private static final String BUTTON = "_button";
    private static final String FIELD = "_field";
    private static final int FIELDS_MAX = 40;

    /** The words of an approver, which several pages ask for, each in a form of its own. */
    private static final Pattern WORD = Pattern.compile("/requests/[^/]+/(approve|deny)");

    private Resent() {}

    /** Nothing where no form was sent, where it asks nothing, and where sending it again changes nothing. */
    static Optional<Form> of(Visit visit, Refusal refusal) {
        if (!visit.isSent()
                || refusal.kind() == Refusal.Kind.FORBIDDEN
                || refusal.kind() == Refusal.Kind.NOT_FOUND
                || refusal.kind() == Refusal.Kind.TOO_LARGE) {
            return Optional.empty();
        }
        String button = visit.parameter(BUTTON);
        List<Field> fields = visit.parameters(FIELD).stream()
                .limit(FIELDS_MAX)
                .flatMap(described -> Field.of(described).stream())
                .flatMap(field -> filledIn(visit, field).stream())
                .toList();
        return button.isEmpty() || fields.stream().noneMatch(Field::isSeen)
                ? word(visit)
                : Optional.of(Form.of(visit.path(), button, fields.toArray(Field[]::new))
                        .primary());
    }

    private static List<Field> filledIn(Visit visit, Field field) {
        List<String> values = visit.parameters(field.name());
        String first = values.isEmpty() ? "" : values.getFirst();
        return switch (field.kind()) {
            case SECRET, CODE -> List.of(field);
            case HIDDEN ->
                values.stream().map(value -> Field.hidden(field.name(), value)).toList();
            case TICK, TICKED ->
                field.options().stream()
                        .limit(1)
                        .map(tick -> field.valued(tick.value())
                                .as(values.contains(tick.value()) ? Field.Kind.TICKED : Field.Kind.TICK))
                        .toList();
            case LINE, LINES, TEXT, DURATION, MOMENT, FILE, LOG, CHOICE -> List.of(field.valued(first));
        };
    }

    private static Optional<Form> word(Visit visit) {
        Matcher asked = WORD.matcher(visit.path());
        if (!asked.matches()) {
            return Optional.empty();
        }
        List<String> items = visit.parameters(RequestPages.ITEM);
        if (items.isEmpty() && !visit.parameter(RequestPages.APART).isEmpty()) {
            return Optional.empty(); // what was to be ticked stands on the page it came from
        }
        boolean denies = asked.group(1).equals("deny");
        var fields = new ArrayList<Field>();
        Field comment = Field.line("comment", "Comment").valued(visit.parameter("comment"));
        fields.add(denies ? comment.hinted("needed to deny") : comment.optional());
        if (!denies) {
            fields.add(
                    Field.duration("duration", "Shorter than asked").optional().valued(visit.parameter("duration")));
        }
        // what was left out stays so
        items.forEach(item -> fields.add(Field.hidden(RequestPages.ITEM, item)));
        if (!visit.parameter("next").isEmpty()) {
            fields.add(Field.hidden("next", visit.parameter("next")));
        }
        Form form = Form.of(visit.path(), denies ? "Deny" : "Approve", fields.toArray(Field[]::new));
        return Optional.of(denies ? form.danger("") : form.primary());
    }
}
