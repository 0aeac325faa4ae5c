package dev.sallyport.policy.code;

import java.util.List;
import java.util.Optional;

/**
 * Everything conditions may speak of. The types of CEL, the reading of facts, the hints in errors and the reference page
 * are all made from these tables.
 */
final class FactTypes {
    /** What a fact looks like. */
    sealed interface Type {
        enum Plain implements Type {
            TEXT,
            NUMBER,
            FLAG,
            SPAN,
            TIME,
            TEXTS,
            PAIRS
        }

        record Part(Group group) implements Type {}

        record Parts(Group group) implements Type {}
    }

    /** @param unsaid what holds when facts do not say it: a flag's value, or that it is absent ({@code has()} tells) */
    record Field(String name, Type type, Unsaid unsaid, String about) {}

    enum Unsaid {
        REFUSED,
        ABSENT,
        EMPTY,
        FALSE,
        TRUE
    }

    record Group(String name, String about, List<Field> fields) {
        Optional<Field> field(String wanted) {
            return fields.stream().filter(field -> field.name().equals(wanted)).findFirst();
        }

        List<String> names() {
            return fields.stream().map(Field::name).toList();
        }
    }

    private static final Group DEVICE = new Group(
            "device",
            "The device, where something vouches for it.",
            List.of(
                    new Field("id", Type.Plain.TEXT, Unsaid.REFUSED, "what it is known by"),
                    new Field("managed", Type.Plain.FLAG, Unsaid.FALSE, "whether we manage it"),
                    new Field("compliant", Type.Plain.FLAG, Unsaid.FALSE, "whether it is as it should be")));

    /** The field of the context that holds the open incidents. */
    static final String INCIDENTS = "incidents";

    static final Group INCIDENT = new Group(
            "incident",
            "An open incident. One that the asker opened is there for them only once it is confirmed.",
            List.of(
                    new Field("id", Type.Plain.TEXT, Unsaid.REFUSED, "what it is known by"),
                    new Field("severity", Type.Plain.TEXT, Unsaid.REFUSED, "such as sev1 or high"),
                    new Field("openedBy", Type.Plain.TEXT, Unsaid.ABSENT, "the person who opened it"),
                    new Field(
                            "confirmed",
                            Type.Plain.FLAG,
                            Unsaid.FALSE,
                            "whether somebody else than who opened it and who asks vouches for it"),
                    new Field("source", Type.Plain.TEXT, Unsaid.ABSENT, "the IncidentSource that told of it"),
                    new Field("reference", Type.Plain.TEXT, Unsaid.ABSENT, "what that source calls it"),
                    new Field("responders", Type.Plain.TEXTS, Unsaid.EMPTY, "persons who work on it"),
                    new Field("targets", Type.Plain.TEXTS, Unsaid.EMPTY, "targets it is about")));

    private static final Group HELD = new Group(
            "held",
            "A role on a target that the person holds, or held in the last year.",
            List.of(
                    new Field("role", Type.Plain.TEXT, Unsaid.REFUSED, "its name"),
                    new Field("target", Type.Plain.TEXT, Unsaid.REFUSED, "where"),
                    new Field(
                            "running",
                            Type.Plain.FLAG,
                            Unsaid.FALSE,
                            "whether it runs, or will by a grant that is there"),
                    new Field("until", Type.Plain.TIME, Unsaid.REFUSED, "when it was last held; now while it runs")));

    static final Group PRINCIPAL = new Group(
            "principal",
            "Who asks.",
            List.of(
                    new Field("name", Type.Plain.TEXT, Unsaid.REFUSED, "the person's name"),
                    new Field("workload", Type.Plain.FLAG, Unsaid.FALSE, "whether it is a workload and no human"),
                    new Field("active", Type.Plain.FLAG, Unsaid.TRUE, "not disabled and not in quarantine"),
                    new Field(
                            "eligible", Type.Plain.FLAG, Unsaid.TRUE, "whether an eligibility lets them ask for this"),
                    new Field("groups", Type.Plain.TEXTS, Unsaid.EMPTY, "groups they are in; also as `groups`"),
                    new Field("attributes", Type.Plain.PAIRS, Unsaid.EMPTY, "attributes, such as team"),
                    new Field("manager", Type.Plain.TEXT, Unsaid.ABSENT, "the person they answer to"),
                    new Field("claims", Type.Plain.PAIRS, Unsaid.EMPTY, "what a workload's issuer says, such as ref"),
                    new Field(
                            "held",
                            new Type.Parts(HELD),
                            Unsaid.EMPTY,
                            "what they hold and held, without what is decided; for `hold` what began earlier")));

    static final Group ROLE = new Group(
            "role",
            "The role that is asked for.",
            List.of(
                    new Field("name", Type.Plain.TEXT, Unsaid.REFUSED, "its name"),
                    new Field("logins", Type.Plain.TEXTS, Unsaid.EMPTY, "accounts on SSH servers"),
                    new Field("rights", Type.Plain.TEXTS, Unsaid.EMPTY, "administration rights"),
                    new Field(
                            "holders",
                            Type.Plain.NUMBER,
                            Unsaid.ABSENT,
                            "how many others hold it on this target; for `hold` those who began earlier")));

    static final Group TARGET = new Group(
            "target",
            "Where it is asked for.",
            List.of(
                    new Field("name", Type.Plain.TEXT, Unsaid.REFUSED, "its name"),
                    new Field("type", Type.Plain.TEXT, Unsaid.ABSENT, "such as ssh"),
                    new Field("environment", Type.Plain.TEXT, Unsaid.ABSENT, "such as prod"),
                    new Field("criticality", Type.Plain.TEXT, Unsaid.ABSENT, "low, medium, high or critical"),
                    new Field("owner", Type.Plain.TEXT, Unsaid.ABSENT, "the person or group that answers for it"),
                    new Field("labels", Type.Plain.PAIRS, Unsaid.EMPTY, "its labels, such as env or scope")));

    static final Group REQUEST = new Group(
            "request",
            "What is asked.",
            List.of(
                    new Field("duration", Type.Plain.SPAN, Unsaid.REFUSED, "for how long"),
                    new Field("start", Type.Plain.TIME, Unsaid.ABSENT, "when it shall begin, if later"),
                    new Field("reason", Type.Plain.TEXT, Unsaid.ABSENT, "why"),
                    new Field("ticket", Type.Plain.TEXT, Unsaid.ABSENT, "the ticket"),
                    new Field("breakGlass", Type.Plain.FLAG, Unsaid.FALSE, "whether it is an emergency")));

    static final Group CONTEXT = new Group(
            "context",
            "Around it.",
            List.of(
                    new Field(
                            "time",
                            Type.Plain.TIME,
                            Unsaid.ABSENT,
                            "the time it is decided for: now, or when it shall begin, if that is later; always there"),
                    new Field("address", Type.Plain.TEXT, Unsaid.ABSENT, "where the request comes from: IPv4 or IPv6"),
                    new Field("mfaAge", Type.Plain.SPAN, Unsaid.ABSENT, "how long ago a second factor was shown"),
                    new Field("device", new Type.Part(DEVICE), Unsaid.ABSENT, "the device"),
                    new Field("risk", Type.Plain.NUMBER, Unsaid.ABSENT, "the risk score, 0 to 100"),
                    new Field(INCIDENTS, new Type.Parts(INCIDENT), Unsaid.EMPTY, "open incidents")));

    /** The variables that are maps of facts. */
    static final List<Group> ROOTS = List.of(PRINCIPAL, ROLE, TARGET, REQUEST, CONTEXT);

    /** In the order of the reference page. */
    static final List<Group> ALL = List.of(PRINCIPAL, ROLE, TARGET, REQUEST, CONTEXT, HELD, DEVICE, INCIDENT);

    private FactTypes() {}
}
