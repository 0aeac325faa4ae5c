package dev.sallyport.server.portal;

import dev.sallyport.base.Durations;
import dev.sallyport.base.Ids;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What templates call: how requests, offers and grants read. */
public final class Shown {
    /** What is filled in where a role allows more. */
    private static final Duration USUAL = Duration.ofHours(1);

    private Shown() {}

    public static String trigger(String kinds) {
        return Live.trigger(kinds);
    }

    public static List<String> what(Doc request) {
        return RequestViews.what(request);
    }

    public static String duration(Doc doc, String path) {
        return RequestViews.duration(doc, path);
    }

    public static String command(Doc grant) {
        return GrantPages.command(grant);
    }

    /** Whether a terminal can be opened under a grant of one's own. */
    public static boolean isTerminal(Doc grant) {
        return TerminalPages.leadsThere(grant);
    }

    public static String segment(String text) {
        return Links.segment(text);
    }

    /** What the decision would be, in a word and whose word it takes. */
    public static Cell effect(Doc decision) {
        return switch (decision.text("effect")) {
            case "allow" -> new Cell.Badge("granted at once", Cell.Tone.GOOD);
            case "approval" -> Cell.many(new Cell.Badge("needs approval", Cell.Tone.WAIT), Cell.words(whose(decision)));
            default -> new Cell.Badge("would be denied", Cell.Tone.BAD);
        };
    }

    /** How long people usually take to decide; empty where it is not known, or nobody is asked. */
    public static String usually(Doc offer) {
        Doc wait = offer.at("usual_wait");
        return offer.has("usual_wait")
                ? "Usually decided within " + shortly(wait, "half") + ", nine times of ten within "
                        + shortly(wait, "most") + " (the last " + wait.number("decisions") + ")."
                : "";
    }

    private static String shortly(Doc wait, String path) {
        Duration took = wait.duration(path).orElse(Duration.ZERO);
        return took.compareTo(Duration.ofMinutes(1)) < 0
                ? "a minute"
                : Durations.shown(Duration.ofMinutes(took.plusSeconds(30).toMinutes()));
    }

    private static String whose(Doc decision) {
        return decision.list("stages").stream()
                .map(stage -> stage.number("needed") + " by " + RequestViews.whose(stage))
                .collect(Collectors.joining(", then "));
    }

    /**
     * The asking page with one more item.
     *
     * @param looked what is looked for there, which stays so
     */
    public static String plus(List<String> items, String item, Map<String, String> looked) {
        var all = new ArrayList<>(items);
        all.add(item);
        return asking(all, looked);
    }

    public static String without(List<String> items, String item, Map<String, String> looked) {
        return asking(items.stream().filter(other -> !other.equals(item)).toList(), looked);
    }

    static String asking(List<String> items, Map<String, String> looked) {
        var asked = new TreeMap<String, List<String>>();
        asked.put("item", items);
        looked.forEach((name, value) -> asked.put(name, List.of(value)));
        return Visit.address("/ask", asked);
    }

    /** A key of its own for each form shown: sent twice, it asks once. */
    public static String key() {
        return Ids.next("web_");
    }

    public static String usual(String longest) {
        return longest.isEmpty() || Durations.parse("longest", longest).compareTo(USUAL) > 0
                ? Durations.shown(USUAL)
                : longest;
    }

    public static boolean reasonNeeded(List<Doc> offers) {
        return offers.stream().anyMatch(offer -> offer.is("reason_required"));
    }

    public static String gives(Doc item) {
        String obligations = RequestViews.obligations(item.at("decision.obligations"));
        return "Opens " + RequestViews.gives(item.at("gives")) + (obligations.isEmpty() ? "" : "; " + obligations);
    }

    /** Whether the reader may decide items of a request apart. */
    public static boolean isApart(Doc request) {
        return !RequestViews.apart(request, "deny").isEmpty();
    }

    /** Whether a word of the reader is waited for about an item. */
    public static boolean isTheirs(Doc item) {
        return item.texts("may").contains("deny");
    }

    public static String obligations(Doc item) {
        return item.text("decision.effect").equals("deny")
                ? ""
                : RequestViews.obligations(item.at("decision.obligations"));
    }

    /** Words that begin like a sentence, and end like one. */
    public static String sentence(String words) {
        return words.isEmpty() ? "" : Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
    }

    public static String background(Doc item) {
        return item.has("background") ? RequestViews.background(item.at("background")) : "";
    }

    public static String risk(Doc item) {
        return item.list("background.risk.reasons").stream()
                .map(reason -> reason.text("why"))
                .collect(Collectors.joining("; "));
    }
}
