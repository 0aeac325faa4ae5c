package dev.sallyport.catalog;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of documents, in the order in which they can be made: what is named stands before what names it. */
public enum Kind {
    PERSON("Person", "people", "A human, or a workload that acts by itself.", Schemas.PERSON),
    GROUP("Group", "groups", "Persons that eligibilities and approvals name together.", Schemas.GROUP),
    TARGET("Target", "targets", "A system that people get access to.", Schemas.TARGET),
    ROLE("Role", "roles", "What is granted, on which targets, and after whose word.", Schemas.ROLE),
    ELIGIBILITY("Eligibility", "eligibilities", "Who may ask for a role, where, and between when.", Schemas.ELIGIBILITY),
    OIDC_PROVIDER("OidcProvider", "oidc-providers", "Where people may sign in instead of here.", Schemas.OIDC_PROVIDER);

    private final String word;
    private final String plural;
    private final String about;
    private final Shape.Fields spec;

    Kind(String word, String plural, String about, Shape.Fields spec) {
        this.word = word;
        this.plural = plural;
        this.about = about;
        this.spec = spec;
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
        return spec;
    }

    static List<String> words() {
        return Arrays.stream(values()).map(Kind::word).toList();
    }

    static Optional<Kind> ofWord(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
    }

    public static Optional<Kind> ofPlural(String plural) {
        return Arrays.stream(values()).filter(kind -> kind.plural.equals(plural)).findFirst();
    }

    @Override
    public String toString() {
        return word;
    }
}
