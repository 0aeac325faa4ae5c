package dev.sallyport.policy.code;

import dev.sallyport.formats.document.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of documents that policies are made of. */
public enum PolicyKind {
    CONSTANTS("Constants", "Values that conditions use by name: `constant.NAME`."),
    CALENDAR("Calendar", "Hours of a week in a named zone: `calendar.NAME` is true while it is open."),
    FREEZE(
            "Freeze",
            "A time in which nothing new is granted, emergencies excepted: `freeze.NAME` is true while it is on."),
    POLICY("Policy", "Rules: what they speak of, when they hold, and what follows."),
    TEST("PolicyTest", "Facts, and what policies must say to them; for `policy test`, never sent to a server."),
    QUESTION("Question", "The facts of one request, as `policy explain` reads them; never sent to a server.");

    private final String word;
    private final String about;

    PolicyKind(String word, String about) {
        this.word = word;
        this.about = about;
    }

    /** As documents say it: {@code Policy}. */
    public String word() {
        return word;
    }

    String about() {
        return about;
    }

    public Shape.Fields spec() {
        return switch (this) {
            case CONSTANTS -> PolicyShapes.CONSTANTS;
            case CALENDAR -> PolicyShapes.CALENDAR;
            case FREEZE -> PolicyShapes.FREEZE;
            case POLICY -> PolicyShapes.POLICY;
            case TEST -> PolicyShapes.TEST;
            case QUESTION -> PolicyShapes.FACTS;
        };
    }

    /** What a document of this kind may be called; conditions name calendars and freezes, so those look like names there. */
    public Shape.Word nameShape() {
        return this == CALENDAR || this == FREEZE
                ? PolicyShapes.IDENTIFIER
                : dev.sallyport.formats.document.TextShapes.NAME;
    }

    static List<String> words() {
        return Arrays.stream(values()).map(PolicyKind::word).toList();
    }

    public static Optional<PolicyKind> ofWord(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
    }
}
