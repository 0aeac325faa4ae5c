package dev.sallyport.policy.code;

import static dev.sallyport.formats.document.Shape.Key.optional;
import static dev.sallyport.formats.document.Shape.Key.required;

import dev.sallyport.formats.document.Shape;
import dev.sallyport.formats.document.Shape.Choice;
import dev.sallyport.formats.document.Shape.Fields;
import dev.sallyport.formats.document.Shape.Flag;
import dev.sallyport.formats.document.Shape.Many;
import dev.sallyport.formats.document.Shape.Pairs;
import dev.sallyport.formats.document.Shape.Whole;
import dev.sallyport.formats.document.Shape.Word;
import dev.sallyport.formats.document.Shape.WordOrMany;
import dev.sallyport.formats.document.TextShapes;
import dev.sallyport.policy.Approvals;
import dev.sallyport.policy.RoleRule;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** The shape of each kind's {@code spec}. */
final class PolicyShapes {
    static final String API_VERSION = "sallyport/v1";
    static final String NONE = "none";

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration MFA_MAX = Duration.ofDays(1);
    private static final Duration ESCALATE_MAX = Duration.ofDays(30);
    private static final Duration REMIND_MAX = Duration.ofDays(1);
    private static final Duration FACT_MAX = Duration.ofDays(3_650);

    static final Word IDENTIFIER = TextShapes.matching(
            "a name that conditions can use: a letter, then letters, digits and '_'", "[a-z][a-z0-9_]{0,62}");

    private static final Word CONDITION = new Word(
            "a condition of at most " + Limits.CONDITION + " characters",
            text -> Optional.of(text.strip()).filter(read -> !read.isEmpty() && read.length() <= Limits.CONDITION));

    private static final Word ZONE = new Word(
            "a time zone such as Europe/Berlin",
            text -> Optional.of(text)
                    .filter(name -> ZoneId.getAvailableZoneIds().contains(name)));

    private static final Word CLOCK =
            TextShapes.matching("a time of day such as 08:30, in quotes", "([01][0-9]|2[0-3]):[0-5][0-9]|24:00");
    private static final Word DATE =
            new Word("a date such as 2026-12-25", text -> date(text).map(LocalDate::toString));
    private static final Word PATTERN = new Word(
            "a pattern in RE2 syntax of at most 200 characters, which must match the whole ticket",
            PolicyShapes::pattern);
    private static final Word TEXT = TextShapes.line(0, 1_000);

    private static final Many NAMES = new Many(TextShapes.NAME, Limits.NAMES);

    private static final Fields TARGETS = Fields.of(
            optional("type", TextShapes.NAME, "targets of this type, such as ssh"),
            optional("labels", new Pairs(), "targets that carry all of these labels"),
            optional("names", NAMES, "these targets"));

    private static final Fields STAGE = Fields.of(
            optional("groups", NAMES, "members of any of these"),
            optional("people", NAMES, "these persons"),
            optional("targetOwner", new Flag(), "true: who owns the target"),
            optional("manager", new Flag(), "true: the requester's manager"),
            optional("webhook", TextShapes.NAME, "the word of this DecisionService; it stands alone in its stage"),
            optional("count", new Whole(1, Approvals.MAX), "how many different people; 1 if not given"),
            optional(
                    "escalateAfter",
                    TextShapes.span(SECOND, ESCALATE_MAX),
                    "how long it waits for these people alone; the last stage needs `escalateTo` with it"),
            optional(
                    "escalateTo",
                    Fields.of(
                            optional("groups", NAMES, "members of any of these"),
                            optional("people", NAMES, "these persons"),
                            optional("targetOwner", new Flag(), "true: who owns the target"),
                            optional("manager", new Flag(), "true: the requester's manager")),
                    "who may decide it as well then; without, it is passed over and the next stage's word is enough"),
            optional(
                    "fallback",
                    Fields.of(
                            required(
                                    "after",
                                    TextShapes.span(SECOND, ESCALATE_MAX),
                                    "how long after the escalation nobody has answered"),
                            required("groups", NAMES, "requesters who are in one of these")),
                    "granted without this stage's word then, as an emergency: an hour at most, recorded, reviewed; needs `escalateTo`"),
            optional(
                    "remind",
                    Fields.of(
                            optional(
                                    "every",
                                    TextShapes.span(MINUTE, REMIND_MAX),
                                    "how long they have before the first, and then again; 15m if not given"),
                            optional("times", new Whole(0, Limits.REMINDERS), "how many; 3 if not given, 0 for none")),
                    "how often those of its people who are silent are reminded"));

    static final Fields OBLIGATIONS = Fields.of(
            optional(
                    "maxDuration",
                    TextShapes.span(MINUTE, RoleRule.MAX_DURATION),
                    "the longest grant; 8h when no rule says"),
            optional(
                    "mfaWithin",
                    TextShapes.span(MINUTE, MFA_MAX),
                    "a second factor no older than this, of who asks and of who approves"),
            optional("reason", Choice.of("required", "optional"), "required when no rule says"),
            optional("ticket", PATTERN, "what the ticket must look like"),
            optional("recording", Choice.of("strict", "best-effort", "off"), "how sessions are recorded"),
            optional("supervised", new Flag(), "true: nobody watching, no session"),
            optional("access", Choice.of("direct", "gateway"), "gateway: never with a credential of one's own"),
            optional("cut", Choice.of("expiry", "poll", "instant"), "how fast it must be possible to end it"),
            optional("notify", NAMES, "groups that are told"),
            optional("postReview", new Flag(), "true: somebody must review it afterwards"));

    private static final Fields RULE = Fields.of(
            required("name", TextShapes.NAME, "unique in its policy; traces and tests name it `POLICY/RULE`"),
            optional("when", CONDITION, "the condition; always, if not given"),
            required("effect", Choice.of("allow", "deny"), "deny beats allow"),
            optional("override", new Flag(), "true: other allows that match do not count; never against a deny"),
            optional("message", TextShapes.line(1, 300), "what the requester reads when it denies"),
            optional(
                    "running",
                    Choice.of("end", "warn"),
                    "for deny: what becomes of what runs when it matches; `end` if not given, `warn` leaves it and opens a"
                            + " finding"),
            optional(
                    "approvals",
                    new WordOrMany(NONE, new Many(STAGE, Limits.STAGES)),
                    "for allow, and required there. `none`: granted without anybody's word"),
            optional("obligations", OBLIGATIONS, "for allow: what must hold for the grant"));

    static final Fields POLICY = Fields.of(
            optional("description", TextShapes.line(0, 500), "what it is for"),
            optional(
                    "match",
                    Fields.of(
                            optional("roles", NAMES, "these roles; any if not given"),
                            optional("targets", TARGETS, "these targets; any but the product itself if not given"),
                            optional(
                                    "actions",
                                    new Many(Choice.of("request", "extend", "hold"), 3),
                                    "all three if not given; hold: whether what runs may go on")),
                    "what it speaks of; everything if not given"),
            required("rules", new Many(RULE, Limits.RULES), "the rules; their order does not matter"));

    static final Fields CALENDAR = Fields.of(
            required("zone", ZONE, "where the hours are meant"),
            required(
                    "windows",
                    new Many(
                            Fields.of(
                                    required(
                                            "days",
                                            new Many(Choice.of("mon", "tue", "wed", "thu", "fri", "sat", "sun"), 7),
                                            "on these days"),
                                    optional("from", CLOCK, "00:00 if not given"),
                                    optional(
                                            "until",
                                            CLOCK,
                                            "24:00 if not given; a time not after `from` is one of the next day")),
                            Limits.WINDOWS),
                    "when it is open"),
            optional("closed", new Many(DATE, Limits.DATES), "dates on which no window begins"));

    static final Fields FREEZE = Fields.of(
            optional("description", TextShapes.line(0, 500), "what it is for"),
            optional("roles", NAMES, "only these roles"),
            optional("targets", TARGETS, "only these targets"),
            optional("from", TextShapes.TIME, "not before"),
            optional("until", TextShapes.TIME, "no longer than"),
            optional("calendar", IDENTIFIER, "while this calendar is open"),
            optional("unless", CONDITION, "who or what it does not stop"),
            optional("endsRunning", new Flag(), "true: what runs ends too"),
            required("message", TextShapes.line(1, 300), "what the requester reads"));

    static final Fields CONSTANTS = Fields.of(required(
            "values", new Shape.Values(Limits.CONSTANTS), "names and values; a name stands once in all documents"));

    static final Fields FACTS = facts(false);

    private static final Fields EXPECT = Fields.of(
            required("effect", Choice.of("allow", "approval", "deny"), "what is said"),
            optional(
                    "rules",
                    new Many(TextShapes.matching("POLICY/RULE", "[a-z0-9._-]{1,63}/[a-z0-9._-]{1,63}"), Limits.NAMES),
                    "exactly these rules matched"),
            optional(
                    "stages",
                    new Many(TextShapes.line(1, 300), Limits.STAGES),
                    "exactly these, as explained, such as `1: 2 approvals by leads`"),
            optional("obligations", OBLIGATIONS, "these hold, as merged; others may"),
            optional(
                    "says",
                    new Many(TextShapes.line(1, 300), Limits.NAMES),
                    "each is part of what the requester reads"),
            optional("again", TextShapes.TIME, "when it must be decided again"));

    static final Fields TEST = Fields.of(
            optional("facts", facts(true), "facts of all cases"),
            required(
                    "cases",
                    new Many(
                            Fields.of(
                                    required("name", TextShapes.line(1, 200), "what it shows"),
                                    optional("action", Choice.of("request", "extend", "hold"), "request if not given"),
                                    optional("facts", facts(true), "facts of this case, over those of all"),
                                    required("expect", EXPECT, "what must come out")),
                            Limits.CASES),
                    "the cases"));

    private PolicyShapes() {}

    /** @param partly for facts that are put over others, so that nothing in them is required */
    private static Fields facts(boolean partly) {
        return new Fields(FactTypes.ROOTS.stream()
                .map(group -> {
                    boolean needed = !partly
                            && group.fields().stream().anyMatch(field -> field.unsaid() == FactTypes.Unsaid.REFUSED);
                    return new Shape.Key(group.name(), shape(group, partly), needed, group.about());
                })
                .toList());
    }

    private static Fields shape(FactTypes.Group group, boolean partly) {
        return new Fields(group.fields().stream()
                .map(field -> new Shape.Key(
                        field.name(),
                        shape(field.type()),
                        !partly && field.unsaid() == FactTypes.Unsaid.REFUSED,
                        field.about()))
                .toList());
    }

    private static Shape shape(FactTypes.Type type) {
        return switch (type) {
            case FactTypes.Type.Plain plain ->
                switch (plain) {
                    case TEXT -> TEXT;
                    case NUMBER -> new Whole(0, 1_000_000);
                    case FLAG -> new Flag();
                    case SPAN -> TextShapes.span(Duration.ofSeconds(1), FACT_MAX);
                    case TIME -> TextShapes.TIME;
                    case TEXTS -> new Many(TEXT, Limits.NAMES);
                    case PAIRS -> new Pairs();
                };
            case FactTypes.Type.Part part -> shape(part.group(), false);
            case FactTypes.Type.Parts parts -> new Many(shape(parts.group(), false), Limits.NAMES);
        };
    }

    static Optional<LocalDate> date(String text) {
        try {
            return Optional.of(LocalDate.parse(text));
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    private static Optional<String> pattern(String text) {
        try {
            return text.isEmpty() || text.length() > 200
                    ? Optional.empty()
                    : Optional.of(com.google.re2j.Pattern.compile(text).pattern());
        } catch (com.google.re2j.PatternSyntaxException _) {
            return Optional.empty();
        }
    }
}
