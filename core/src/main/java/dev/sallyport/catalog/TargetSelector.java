package dev.sallyport.catalog;

import dev.sallyport.base.Labels;
import dev.sallyport.database.Spec;
import java.util.List;
import java.util.Optional;

/** Chooses targets: by name, or by type and labels; what is not said does not restrict, but nothing at all chooses none. */
public record TargetSelector(Optional<String> type, Labels labels, List<String> names) {
    public TargetSelector {
        names = List.copyOf(names);
    }

    static TargetSelector of(Spec spec) {
        return new TargetSelector(spec.text("type"), new Labels(spec.pairs("labels")), spec.texts("names"));
    }

    public boolean matches(Target target) {
        if (type.isEmpty() && labels.values().isEmpty() && names.isEmpty()) {
            return false;
        }
        return type.map(target.type()::equals).orElse(true)
                && target.labels().matches(labels)
                && (names.isEmpty() || names.contains(target.name()));
    }
}
