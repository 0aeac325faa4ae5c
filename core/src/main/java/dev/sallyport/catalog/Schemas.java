package dev.sallyport.catalog;

import static dev.sallyport.formats.document.Shape.Key.optional;
import static dev.sallyport.formats.document.Shape.Key.required;

import dev.sallyport.formats.document.Shape.Choice;
import dev.sallyport.formats.document.Shape.Fields;
import dev.sallyport.formats.document.Shape.Flag;
import dev.sallyport.formats.document.Shape.Many;
import dev.sallyport.formats.document.Shape.Pairs;
import dev.sallyport.formats.document.Shape.Whole;
import dev.sallyport.formats.document.Shape.WordOr;
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
    private static final int RULES_MAX = 100;
    private static final Duration IDLE_MAX = Duration.ofHours(24);

    private static final Choice RIGHTS = new Choice(Rights.ALL.stream().sorted().toList());

    private static final Choice EXTENSIONS = Choice.of(
            "permit-pty",
            "permit-user-rc",
            "permit-port-forwarding",
            "permit-agent-forwarding",
            "permit-X11-forwarding");

    private static final Many NAMES = new Many(Words.NAME, NAMES_MAX);
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
                    Words.span(Duration.ofSeconds(1), SessionObligations.GRACE_MAX),
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

    private Schemas() {}
}
