package dev.sallyport.catalog;

import dev.sallyport.base.RoleId;
import dev.sallyport.database.Spec;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.Approvals;
import dev.sallyport.policy.RoleRule;
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

    public RoleRule rule() {
        Spec request = spec.at("request");
        Spec approval = request.at("approval");
        return new RoleRule(
                approval.has("group")
                        ? Optional.of(new Approvals(approval.text("group", ""), approval.number("count", 1)))
                        : Optional.empty(),
                request.duration("maxDuration", java.time.Duration.ofHours(8)),
                !request.text("reason", "required").equals("optional"),
                request.duration("decideWithin", RoleRule.DECIDE_WITHIN),
                Access.valueOf(spec.text("access", "direct").toUpperCase(Locale.ROOT)),
                request.duration("certificateValidity", RoleRule.CERTIFICATE_VALIDITY));
    }
}
