package dev.sallyport.catalog;

import dev.sallyport.base.Durations;
import dev.sallyport.base.RoleId;
import dev.sallyport.database.Spec;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.Approvals;
import dev.sallyport.policy.RoleRule;
import dev.sallyport.policy.SessionObligations;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is granted, on which targets, and after whose word. */
public record Role(RoleId id, String name, Spec spec, String managedBy, long version) {
    public String description() {
        return spec.text("description", "");
    }

    public TargetSelector targets() {
        return TargetSelector.of(spec.at("targets"));
    }

    /** Accounts on SSH servers. */
    public List<String> logins() {
        return spec.at("ssh").texts("logins");
    }

    /** Certificate extensions; without any, not even a terminal. */
    public List<String> extensions() {
        return spec.at("ssh").has("extensions")
                ? spec.at("ssh").texts("extensions")
                : List.of("permit-pty", "permit-user-rc");
    }

    /** Whether certificates work only from the address that asked for them. */
    public boolean sourceAddress() {
        return spec.at("ssh").flag("sourceAddress");
    }

    /** Administration rights on the product itself. */
    public List<String> rights() {
        return spec.texts("rights");
    }

    /** The rule by which it is asked for; one that cannot be read denies. */
    public RoleRule rule() {
        Spec request = spec.at("request");
        return new RoleRule(
                "auto".equals(request.tree().get("approval")),
                approvals(request.at("approval")),
                request.duration("maxDuration", java.time.Duration.ofHours(8)),
                !request.text("reason", "required").equals("optional"),
                request.duration("decideWithin", RoleRule.DECIDE_WITHIN),
                Access.valueOf(spec.text("access", "direct").toUpperCase(Locale.ROOT)),
                request.duration("certificateValidity", RoleRule.CERTIFICATE_VALIDITY),
                session());
    }

    /** What holds inside sessions through a gateway; what cannot be read is read the strictest way. */
    private SessionObligations session() {
        Spec session = spec.at("session");
        return new SessionObligations(
                switch (session.text("recording", "strict")) {
                    case "off" -> SessionObligations.Recording.OFF;
                    case "best-effort" -> SessionObligations.Recording.BEST_EFFORT;
                    default -> SessionObligations.Recording.STRICT;
                },
                session.flag("supervised"),
                session.flag("opaque"),
                !session.has("files") || session.flag("files"),
                session.flag("remoteForwarding"),
                session.duration("idle", SessionObligations.IDLE),
                session.duration("longest", SessionObligations.LONGEST),
                session.text("grace")
                        .map(text -> Durations.parseOrNone("grace", text))
                        .orElse(SessionObligations.GRACE),
                session.has("environment") ? session.texts("environment") : SessionObligations.DEFAULT.environment(),
                session.all("commands").stream()
                        .map(rule -> new SessionObligations.CommandRule(
                                rule.text("pattern", ""),
                                !rule.text("act", "block").equals("alert"),
                                rule.text("message", "")))
                        .toList(),
                session.texts("redact"));
    }

    private static Optional<Approvals> approvals(Spec approval) {
        int count = approval.has("count") ? approval.number("count", 0) : 1;
        return approval.tree().get("group") instanceof String group
                        && !group.isBlank()
                        && count >= 1
                        && count <= Approvals.MAX
                ? Optional.of(new Approvals(group, count))
                : Optional.empty();
    }
}
