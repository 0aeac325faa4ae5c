package dev.sallyport.catalog;

import dev.sallyport.formats.document.Shape;
import dev.sallyport.policy.code.PolicyKind;
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
    OIDC_PROVIDER("OidcProvider", "oidc-providers", "Where people may sign in instead of here."),
    INCIDENT_SOURCE("IncidentSource", "incident-sources", "What tells of incidents, and what its words mean here."),
    NOTIFICATION_CHANNEL(
            "NotificationChannel",
            "notification-channels",
            "Where news can be sent: mail, a chat, or a program; exactly one of the three."),
    NOTIFICATION_ROUTE("NotificationRoute", "notification-routes", "Which news goes to a channel."),
    DECISION_SERVICE(
            "DecisionService",
            "decision-services",
            "A program of yours whose word stages of policies want; it is asked by webhook and answers at once."),
    CONSTANTS("Constants", "constants", "Values that conditions of policies use by name."),
    CALENDAR("Calendar", "calendars", "Hours of a week in a named zone, for conditions of policies."),
    FREEZE("Freeze", "freezes", "A time in which nothing new is granted, emergencies excepted."),
    POLICY("Policy", "policies", "Rules that decide requests, once the set they stand in is enforced.");

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

    /** What the same document is to policies; nothing for kinds that are no part of them. */
    Optional<PolicyKind> policy() {
        return switch (this) {
            case CONSTANTS -> Optional.of(PolicyKind.CONSTANTS);
            case CALENDAR -> Optional.of(PolicyKind.CALENDAR);
            case FREEZE -> Optional.of(PolicyKind.FREEZE);
            case POLICY -> Optional.of(PolicyKind.POLICY);
            case PERSON,
                    GROUP,
                    TARGET,
                    ROLE,
                    ELIGIBILITY,
                    OIDC_PROVIDER,
                    INCIDENT_SOURCE,
                    NOTIFICATION_CHANNEL,
                    NOTIFICATION_ROUTE,
                    DECISION_SERVICE -> Optional.empty();
        };
    }

    Shape.Fields metadata() {
        return this == TARGET
                ? DocumentReader.TARGET_METADATA
                : Shape.Fields.of(Shape.Key.required(
                        "name", policy().map(PolicyKind::nameShape).orElse(Words.NAME), "unique among its kind"));
    }

    Shape.Fields spec() {
        return switch (this) {
            case PERSON -> Schemas.PERSON;
            case GROUP -> Schemas.GROUP;
            case TARGET -> Schemas.TARGET;
            case ROLE -> Schemas.ROLE;
            case ELIGIBILITY -> Schemas.ELIGIBILITY;
            case OIDC_PROVIDER -> Schemas.OIDC_PROVIDER;
            case INCIDENT_SOURCE -> Schemas.INCIDENT_SOURCE;
            case NOTIFICATION_CHANNEL -> Schemas.NOTIFICATION_CHANNEL;
            case NOTIFICATION_ROUTE -> Schemas.NOTIFICATION_ROUTE;
            case DECISION_SERVICE -> Schemas.DECISION_SERVICE;
            case CONSTANTS, CALENDAR, FREEZE, POLICY -> policy().orElseThrow().spec();
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
