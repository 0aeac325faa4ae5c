package dev.sallyport.grant;

import dev.sallyport.catalog.Role;
import dev.sallyport.database.Spec;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.Obligations;
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
        Duration maxDuration) {
    public Terms {
        logins = List.copyOf(logins);
        extensions = List.copyOf(extensions);
        rights = List.copyOf(rights);
    }

    public static Terms of(Role role, Obligations obligations) {
        return new Terms(
                role.logins(),
                role.extensions(),
                role.sourceAddress(),
                role.rights(),
                obligations.access(),
                obligations.certificateValidity(),
                obligations.maxDuration());
    }

    static Terms of(Spec spec) {
        return new Terms(
                spec.texts("logins"),
                spec.texts("extensions"),
                spec.flag("source_address"),
                spec.texts("rights"),
                Access.valueOf(spec.text("access", "gateway").toUpperCase(Locale.ROOT)),
                spec.duration("certificate_validity", Duration.ofMinutes(1)),
                spec.duration("max_duration", Duration.ofMinutes(1)));
    }

    Map<String, Object> tree() {
        var tree = new TreeMap<String, Object>();
        tree.put("logins", logins);
        tree.put("extensions", extensions);
        tree.put("source_address", sourceAddress);
        tree.put("rights", rights);
        tree.put("access", access.name().toLowerCase(Locale.ROOT));
        tree.put("certificate_validity", certificateValidity.toString());
        tree.put("max_duration", maxDuration.toString());
        return tree;
    }
}
