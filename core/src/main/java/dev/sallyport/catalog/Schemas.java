package dev.sallyport.catalog;

import static dev.sallyport.formats.document.Shape.Key.optional;
import static dev.sallyport.formats.document.Shape.Key.required;

import dev.sallyport.formats.document.Shape;
import dev.sallyport.formats.document.Shape.Choice;
import dev.sallyport.formats.document.Shape.Fields;
import dev.sallyport.formats.document.Shape.Flag;
import dev.sallyport.formats.document.Shape.Many;
import dev.sallyport.formats.document.Shape.Pairs;
import dev.sallyport.formats.document.Shape.Whole;
import dev.sallyport.formats.document.Shape.WordOr;
import dev.sallyport.formats.document.Shape.WordOrMany;
import dev.sallyport.identity.Rights;
import dev.sallyport.policy.Approvals;
import dev.sallyport.policy.RoleRule;
import dev.sallyport.policy.SessionObligations;
import java.time.Duration;

/** The shape of each kind's {@code spec}. */
final class Schemas {
    static final String API_VERSION = "sallyport/v1";

    /** The most names in one list. */
    static final int NAMES_MAX = 10_000;

    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration DECIDE_MAX = Duration.ofDays(30);
    private static final Duration CERTIFICATE_MAX = Duration.ofHours(1);
    private static final int LOGINS_MAX = 100;
    private static final int ADDRESSES_MAX = 50;
    private static final int RULES_MAX = 100;
    private static final Duration IDLE_MAX = Duration.ofHours(24);

    private static final int SOURCE_SERVICES_MAX = 1_000;
    private static final Duration INCIDENT_MAX = Duration.ofDays(14);

    private static final Choice RIGHTS = new Choice(Rights.ALL.stream().sorted().toList());

    private static final Choice EXTENSIONS = Choice.of(
            "permit-pty",
            "permit-user-rc",
            "permit-port-forwarding",
            "permit-agent-forwarding",
            "permit-X11-forwarding");

    private static final Many NAMES = new Many(Words.NAME, NAMES_MAX);
    private static final Many SOME_NAMES = new Many(Words.NAME, 50);
    private static final Many LOGINS = new Many(Words.LOGIN, LOGINS_MAX);

    private static final Fields SELECTOR = Fields.of(
            optional("type", Choice.of(Target.SSH, Target.SALLYPORT), "targets of this type"),
            optional("labels", new Pairs(), "targets that carry all of these labels"),
            optional("names", NAMES, "these targets"),
            optional("all", new Flag(), "true: every target, the product itself excepted; stands alone"));

    static final Fields PERSON = Fields.of(
            optional("displayName", Words.line(1, 200), "how others see this person; the name if not given"),
            optional("email", Words.EMAIL, "for people to read; it proves nothing"),
            optional("attributes", new Pairs(), "facts that eligibilities may name"),
            optional("groups", NAMES, "groups this person is in; a group may list the person instead"),
            optional("state", Choice.of("active", "disabled"), "disabled: may not sign in or gain anything"));

    static final Fields GROUP = Fields.of(
            optional("description", Words.line(0, 500), "what the group is for"),
            optional("members", NAMES, "persons in the group; a person may list the group instead"));

    static final Fields TARGET = Fields.of(
            required("type", Choice.of(Target.SSH), "how people get in"),
            optional("environment", Words.line(1, 63), "for people to read, such as prod"),
            optional(
                    "criticality",
                    Choice.of("low", "medium", "high", "critical"),
                    "critical: no sign-in by link, and no session outlives the contact of its gateway; the others are for people to read"),
            optional("owner", Words.NAME, "the person or group that answers for it"),
            required(
                    "address",
                    Fields.of(
                            required("host", Words.HOST, "where it listens"),
                            optional("port", new Whole(1, 65_535), "22 if not given")),
                    "where it is"),
            optional(
                    "ssh",
                    Fields.of(
                            optional(
                                    "hostKey",
                                    Words.PUBLIC_KEY,
                                    "the only host key to accept, where there is no host certificate"),
                            optional(
                                    "logins",
                                    LOGINS,
                                    "accounts that roles may name; any that a role names if not given"),
                            optional(
                                    "oldAlgorithms",
                                    new Flag(),
                                    "true: a gateway may use algorithms with it that are off by default"),
                            optional(
                                    "injected",
                                    new Pairs(),
                                    "for hosts that know no certificates: per account the file with its password or private key, in the folder secrets of each server's data; people never see it")),
                    "settings for type ssh"));

    private static final Fields SESSION = Fields.of(
            optional(
                    "recording",
                    Choice.of("strict", "best-effort", "off"),
                    "strict, if not given: recorded whole, or it does not happen; best-effort: it goes on, and the gap is told"),
            optional("supervised", new Flag(), "true: nobody watching, no session"),
            optional(
                    "opaque",
                    new Flag(),
                    "true: channels that cannot be read, such as forwarded ports, are let through although recording is strict"),
            optional("files", new Flag(), "false: no files are moved"),
            optional(
                    "remoteForwarding",
                    new Flag(),
                    "true: ports of the target may be forwarded to the client (spec.ssh.extensions has the others)"),
            optional("idle", Words.span(SHORTEST, IDLE_MAX), "how long nothing may happen; 30m if not given"),
            optional(
                    "longest",
                    Words.span(SHORTEST, RoleRule.MAX_DURATION),
                    "how long one session may last; 12h if not given"),
            optional(
                    "grace",
                    Words.spanOrNone(Duration.ofSeconds(1), SessionObligations.GRACE_MAX),
                    "how long an open session goes on when its gateway does not hear from the server; 30s if not given, and none on critical targets"),
            optional(
                    "environment",
                    new Many(Words.VARIABLE, LOGINS_MAX),
                    "variables that a client may set; LANG and LC_* if not given"),
            optional(
                    "commands",
                    new Many(
                            Fields.of(
                                    required("pattern", Words.PATTERN, "what is looked for in a command"),
                                    required("act", Choice.of("alert", "block"), "block: it does not reach the target"),
                                    optional("message", Words.line(1, 200), "what the person reads")),
                            RULES_MAX),
                    "what is looked for in commands; a shell can hide what it runs"),
            optional("redact", new Many(Words.PATTERN, RULES_MAX), "what reaches no recording"));

    static final Fields ROLE = Fields.of(
            optional("description", Words.line(0, 500), "what one can do with it"),
            required("targets", SELECTOR, "where the role exists"),
            optional(
                    "ssh",
                    Fields.of(
                            required("logins", LOGINS, "accounts the holder may use; at least one"),
                            optional(
                                    "extensions",
                                    new Many(EXTENSIONS, 5),
                                    "what a session may do; permit-pty and permit-user-rc if not given"),
                            optional(
                                    "sourceAddress",
                                    new Flag(),
                                    "true: certificates work only from the address that asked")),
                    "for targets of type ssh; either this or rights"),
            optional("rights", new Many(RIGHTS, RIGHTS.words().size()), "for the target sallyport; either this or ssh"),
            optional(
                    "access",
                    Choice.of("direct", "gateway"),
                    "with a credential of one's own (the default), or only through a gateway"),
            optional("session", SESSION, "what holds inside sessions through a gateway"),
            required(
                    "request",
                    Fields.of(
                            optional(
                                    "approval",
                                    new WordOr(
                                            "auto",
                                            Fields.of(
                                                    required("group", Words.NAME, "whose members approve"),
                                                    optional(
                                                            "count",
                                                            new Whole(1, Approvals.MAX),
                                                            "how many different people; 1 if not given"))),
                                    "whose word it needs; auto: nobody's; only policies grant it if not given"),
                            optional(
                                    "maxDuration",
                                    Words.span(SHORTEST, RoleRule.MAX_DURATION),
                                    "the longest grant; 8h if not given"),
                            optional("reason", Choice.of("required", "optional"), "required if not given"),
                            optional(
                                    "decideWithin",
                                    Words.span(SHORTEST, DECIDE_MAX),
                                    "how long a request waits; 1h if not given"),
                            optional(
                                    "certificateValidity",
                                    Words.span(SHORTEST, CERTIFICATE_MAX),
                                    "how long one certificate lives; 10m if not given")),
                    "how it is asked for"));

    static final Fields ELIGIBILITY = Fields.of(
            required("role", Words.NAME, "the role that may be asked for"),
            required(
                    "subjects",
                    Fields.of(
                            optional("groups", NAMES, "members of any of these"),
                            optional("people", NAMES, "these persons"),
                            optional("attributes", new Pairs(), "persons with all of these attributes")),
                    "who; any of the three suffices, and one must be there"),
            optional("targets", SELECTOR, "only on these of the role's targets"),
            optional("from", Words.TIME, "not before this time"),
            optional("until", Words.TIME, "no longer than this time"));

    static final Fields OIDC_PROVIDER = Fields.of(
            optional("displayName", Words.line(1, 200), "what the sign-in page shows; the name if not given"),
            required("issuer", Words.ISSUER, "the provider's issuer"),
            required("clientId", Words.line(1, 255), "who we are there"),
            optional(
                    "clientSecretFile",
                    Words.SECRET_FILE,
                    "holds the client secret, in the folder secrets of each server's data; secrets never stand in documents"),
            optional(
                    "scopes",
                    new Many(Words.matching("a scope", "[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,100}"), 20),
                    "openid if not given"),
            optional("provision", new Flag(), "true: who is unknown becomes a person by signing in; refused if not"),
            optional("name", Words.EXPRESSION, "gives a new person's name; claims.preferred_username if not given"),
            optional("groups", Words.EXPRESSION, "gives the groups, replaced at each sign-in; none if not given"),
            optional(
                    "fills",
                    NAMES,
                    "the only groups it may name members of; if not given, all but those that set-up made"),
            optional("attributes", new Pairs(), "an expression for each attribute, replaced at each sign-in"));

    static final Fields INCIDENT_SOURCE = Fields.of(
            optional("description", Words.line(0, 500), "what it is"),
            required(
                    "shape",
                    Choice.of("pagerduty", "opsgenie"),
                    "what its messages look like: webhooks of PagerDuty (v3, signed), or of Opsgenie (with a token in the header Sallyport-Token)"),
            required(
                    "secretFile",
                    Words.INCIDENT_SECRET_FILE,
                    "holds the secret of the webhook, in the folder secrets of each server's data; several during a rotation, each on a line of its own and of at least 16 characters"),
            optional(
                    "services",
                    new Many(
                            Fields.of(
                                    required(
                                            "service",
                                            Words.line(1, 200),
                                            "id or name of a service there; at Opsgenie the entity or a tag of the alert"),
                                    required("targets", SELECTOR, "the targets that an incident of it is about")),
                            SOURCE_SERVICES_MAX),
                    "what its services are here; an incident of another one is about no target"),
            optional(
                    "responders",
                    Fields.of(
                            optional("groups", SOME_NAMES, "members of any of these, as they are at any moment"),
                            optional("people", SOME_NAMES, "these persons")),
                    "who works on its incidents; what its messages say of people is not read"),
            optional(
                    "severities",
                    new Pairs(),
                    "its priority or urgency, and what that is here, such as {P1: sev1}; others in lower case"),
            optional(
                    "confirmation",
                    Choice.of("none", "required"),
                    "required: an incident counts for nobody until a person confirms it; none if not given"),
            optional(
                    "longest",
                    Words.span(SHORTEST, INCIDENT_MAX),
                    "an incident that is never resolved there ends here after this; 24h if not given"));

    private static final Shape.Key CA = optional(
            "ca",
            Words.CERTIFICATES,
            "certificates (PEM) that its own certificate must lead to; those that Java trusts if not given");

    static final Fields NOTIFICATION_CHANNEL = Fields.of(
            optional("description", Words.line(0, 500), "what it is for"),
            optional(
                    "mail",
                    Fields.of(
                            required("host", Words.HOST, "the SMTP server"),
                            optional("port", new Whole(1, 65_535), "587, or with security: tls 465, if not given"),
                            optional(
                                    "security",
                                    Choice.of("starttls", "tls"),
                                    "starttls if not given; nothing is sent without TLS"),
                            optional("user", Words.line(1, 254), "who signs in there; its password is the secret"),
                            required("from", Words.EMAIL, "who it comes from"),
                            required(
                                    "to",
                                    new WordOrMany("people", new Many(Words.EMAIL, ADDRESSES_MAX)),
                                    "people: those whom the news concerns, each at spec.email of theirs; or always these addresses"),
                            CA),
                    "an SMTP server"),
            optional(
                    "chat",
                    Fields.of(
                            required("style", Choice.of("slack", "teams"), "what the message looks like"),
                            required(
                                    "host",
                                    Words.HOST,
                                    "where the incoming webhook is; its whole address is the secret"),
                            CA),
                    "an incoming webhook of a chat"),
            optional(
                    "webhook",
                    Fields.of(required("url", Words.ISSUER, "where it is posted; its signing key is the secret"), CA),
                    "a program of yours"));

    static final Fields NOTIFICATION_ROUTE = Fields.of(
            required("channel", Words.NAME, "the NotificationChannel it goes to"),
            optional("news", new Many(new Choice(News.words()), 20), "only these; all if not given"),
            optional(
                    "severity",
                    Choice.of("low", "medium", "high", "critical"),
                    "only news at least so severe; low if not given"),
            optional("owners", NAMES, "only about targets that one of these persons or groups owns"),
            optional("labels", new Pairs(), "only about targets that carry all of these labels"));

    static final Fields DECISION_SERVICE = Fields.of(
            optional("description", Words.line(0, 500), "what it decides by"),
            required(
                    "url",
                    Words.ISSUER,
                    "where the question is posted; the key that both sides sign with is the secret"),
            CA,
            optional(
                    "timeout",
                    Words.span(DecisionService.TIMEOUT_MIN, DecisionService.TIMEOUT_MAX),
                    "how long one attempt may take, from connecting to the last byte of the answer; 5s if not given"),
            optional(
                    "attempts",
                    new Whole(1, DecisionService.ATTEMPTS_MAX),
                    "how often it is asked before it counts as silent; 3 if not given"),
            required(
                    "default",
                    Choice.of("deny", "escalate"),
                    "what its silence means: the item is denied, or others decide (the stage's `escalateTo`, or else the next stage)"));

    private Schemas() {}
}
