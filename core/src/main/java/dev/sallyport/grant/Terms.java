package dev.sallyport.grant;

import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Spec;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.Obligations;
import dev.sallyport.policy.SessionObligations;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a grant gives and asks for, as it stood when it was decided; later changes of the role do not widen it. */
public record Terms(
        List<String> logins,
        List<String> extensions,
        boolean sourceAddress,
        List<String> rights,
        Access access,
        Duration certificateValidity,
        Duration maxDuration,
        SessionObligations session) {
    public Terms {
        logins = List.copyOf(logins);
        extensions = List.copyOf(extensions);
        rights = List.copyOf(rights);
    }

    /** Whether the role gives anything on the target. */
    public static boolean gives(Role role, Target target) {
        return !role.rights().isEmpty() || role.logins().stream().anyMatch(target::admits);
    }

    /** What the role gives on the target: of its accounts those that the target admits. */
    public static Terms of(Role role, Target target, Obligations obligations) {
        return new Terms(
                role.logins().stream().filter(target::admits).toList(),
                role.extensions(),
                role.sourceAddress(),
                role.rights(),
                obligations.access(),
                obligations.certificateValidity(),
                obligations.maxDuration(),
                target.isCritical() ? obligations.session().withoutGrace() : obligations.session());
    }

    /** Whether there is anything to hold: an account or a right. */
    public boolean givesNothing() {
        return logins.isEmpty() && rights.isEmpty();
    }

    /** What both these and the other terms give, under the stricter of their conditions. */
    public Terms narrowed(Terms other) {
        return new Terms(
                logins.stream().filter(other.logins::contains).toList(),
                extensions.stream().filter(other.extensions::contains).toList(),
                sourceAddress || other.sourceAddress,
                rights.stream().filter(other.rights::contains).toList(),
                access == Access.DIRECT ? other.access : access,
                shorter(certificateValidity, other.certificateValidity),
                shorter(maxDuration, other.maxDuration),
                session.strictest(other.session));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** As stored; what is missing gives nothing. */
    public static Terms of(Spec spec) {
        return new Terms(
                spec.texts("logins"),
                spec.texts("extensions"),
                spec.flag("source_address"),
                spec.texts("rights"),
                Access.valueOf(spec.text("access", "gateway").toUpperCase(Locale.ROOT)),
                spec.duration("certificate_validity", Duration.ofMinutes(1)),
                spec.duration("max_duration", Duration.ofMinutes(1)),
                SessionTree.read(spec.at("session")));
    }

    /** As it is stored. */
    public Map<String, Object> tree() {
        var tree = new TreeMap<String, Object>();
        tree.put("logins", logins);
        tree.put("extensions", extensions);
        tree.put("source_address", sourceAddress);
        tree.put("rights", rights);
        tree.put("access", access.name().toLowerCase(Locale.ROOT));
        tree.put("certificate_validity", certificateValidity.toString());
        tree.put("max_duration", maxDuration.toString());
        tree.put("session", SessionTree.of(session));
        return tree;
    }
}
