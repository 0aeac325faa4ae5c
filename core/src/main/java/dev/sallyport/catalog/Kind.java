package dev.sallyport.catalog;

import dev.sallyport.formats.document.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of documents, in the order in which they can be made: what is named stands before what names it. */
public enum Kind {
    PERSON("Person", "people", "A human, or a workload that acts by itself."),
    GROUP("Group", "groups", "Persons that eligibilities and approvals name together."),
    TARGET("Target", "targets", "A system that people get access to."),
    ROLE("Role", "roles", "What is granted, on which targets, and after whose word."),
    ELIGIBILITY("Eligibility", "eligibilities", "Who may ask for a role, where, and between when."),
    OIDC_PROVIDER("OidcProvider", "oidc-providers", "Where people may sign in instead of here.");

    private final String word;
    private final String plural;
    private final String about;

    Kind(String word, String plural, String about) {
        this.word = word;
        this.plural = plural;
        this.about = about;
    }

    /** As documents say it: {@code Target}. */
    public String word() {
        return word;
    }

    /** As addresses say it: {@code targets}. */
    public String plural() {
        return plural;
    }

    String about() {
        return about;
    }

    Shape.Fields spec() {
        return switch (this) {
            case PERSON -> Schemas.PERSON;
            case GROUP -> Schemas.GROUP;
            case TARGET -> Schemas.TARGET;
            case ROLE -> Schemas.ROLE;
            case ELIGIBILITY -> Schemas.ELIGIBILITY;
            case OIDC_PROVIDER -> Schemas.OIDC_PROVIDER;
        };
    }

    static List<String> words() {
        return Arrays.stream(values()).map(Kind::word).toList();
    }

    static Optional<Kind> ofWord(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
    }

    public static Optional<Kind> ofPlural(String plural) {
        return Arrays.stream(values())
                .filter(kind -> kind.plural.equals(plural))
                .findFirst();
    }

    @Override
    public String toString() {
        return word;
    }
}
