package dev.sallyport.server.portal;

import java.util.List;

/**
 * Something that can be done on a page.
 *
 * @param path where it is sent, within the portal
 * @param tone how its button looks: primary, danger, urgent, or nothing
 * @param confirm what is asked before it is sent; nothing to send at once
 */
public record Form(String path, List<Field> fields, String button, String tone, String confirm) {
    public Form {
        fields = List.copyOf(fields);
    }

    static Form of(String path, String button, Field... fields) {
        return new Form(path, List.of(fields), button, "", "");
    }

    /** Whether there is something to fill in. */
    public boolean asks() {
        return fields.stream().anyMatch(Field::isSeen);
    }

    Form primary() {
        return new Form(path, fields, button, "primary", confirm);
    }

    Form danger(String question) {
        return new Form(path, fields, button, "danger", question);
    }

    Form urgent(String question) {
        return new Form(path, fields, button, "urgent", question);
    }
}
