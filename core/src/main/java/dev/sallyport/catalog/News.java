package dev.sallyport.catalog;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What notifications are about, as routes name it. */
public enum News {
    /** To the approvers of a stage that is open. */
    REQUEST_TO_DECIDE,
    /** To those of them who have said nothing yet. */
    REQUEST_REMINDER,
    /** To who asked. */
    REQUEST_DECIDED,
    REQUEST_EXPIRED,
    REQUEST_ESCALATED,
    /** To the groups that the obligation {@code notify} names. */
    ACCESS_GRANTED,
    /** To who holds it. */
    GRANT_ENDING,
    GRANT_ENDED,
    /** To every channel, and to the groups that the obligation {@code notify} names. */
    BREAK_GLASS_USED,
    REVIEW_DUE,
    REVIEW_OVERDUE,
    /** To the owner of what it is about. */
    FINDING,
    /** To whose account it is: they sign in by one more passkey or app, or somebody else does. */
    FACTOR_ADDED,
    /** Somebody tries a channel; no route names it. */
    TEST;

    /** As documents say it: {@code request-to-decide}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static News ofWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** What routes may name. */
    static List<String> words() {
        return Arrays.stream(values())
                .filter(news -> news != TEST)
                .map(News::word)
                .toList();
    }

    @Override
    public String toString() {
        return word();
    }
}
