package dev.sallyport.catalog;

import dev.sallyport.base.Labels;
import dev.sallyport.database.Spec;
import java.util.List;
import java.util.Optional;

/**
 * Chooses targets: by name, or by type and labels; what is not said does not restrict, but nothing at all chooses none.
 *
 * @param all every target except the product itself, which must be named or typed
 */
public record TargetSelector(Optional<String> type, Labels labels, List<String> names, boolean all) {
    public TargetSelector {
        names = List.copyOf(names);
    }

    static TargetSelector of(Spec spec) {
        return new TargetSelector(
                spec.text("type"), new Labels(spec.pairs("labels")), spec.texts("names"), spec.flag("all"));
    }

    public boolean matches(Target target) {
        if (all) {
            return !target.type().equals(Target.SALLYPORT);
        }
        if (type.isEmpty() && labels.values().isEmpty() && names.isEmpty()) {
            return false;
        }
        return type.map(target.type()::equals).orElse(true)
                && target.labels().matches(labels)
                && (names.isEmpty() || names.contains(target.name()));
    }
}
