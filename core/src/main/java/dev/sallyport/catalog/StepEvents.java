package dev.sallyport.catalog;

import dev.sallyport.audit.Event;
import dev.sallyport.database.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Tells the audit log what became of each object: fields with their old and new values, those about persons erasable. */
final class StepEvents {
    private static final List<String> ABOUT_PERSONS =
            List.of("spec.displayName", "spec.email", "spec.attributes", "spec.description");

    private StepEvents() {}

    static Event of(Step step, String managedBy) {
        Event event = Event.of(type(step))
                .data("kind", step.kind().word())
                .data("name", step.name())
                .data("id", step.id())
                .data("managed_by", managedBy);
        if (step.kind() == Kind.TARGET) {
            event.target(step.name());
        }
        Map<String, Object> before =
                step.before() == null ? Map.of() : step.stored().shown();
        Map<String, Object> after =
                step.after() == null ? Map.of() : step.document().shown();
        var old = new TreeMap<String, Object>();
        var now = new TreeMap<String, Object>();
        List<String> fields = Stored.differences(before, after);
        for (String field : fields) {
            put(event, old, "old", field, at(before, field));
            put(event, now, "new", field, at(after, field));
        }
        return event.data("fields", fields).data("old", old).data("new", now);
    }

    private static void put(Event event, Map<String, Object> data, String side, String field, Optional<Object> value) {
        if (value.isEmpty()) {
            return;
        }
        if (ABOUT_PERSONS.stream().anyMatch(field::startsWith)) {
            event.personal(side + "." + field, value.get() instanceof String text ? text : Json.text(value.get()));
        } else {
            data.put(field, value.get());
        }
    }

    /** Keys may hold dots themselves, so the longest one that fits is followed. */
    private static Optional<Object> at(Map<?, ?> tree, String path) {
        if (tree.containsKey(path)) {
            return Optional.ofNullable(tree.get(path));
        }
        for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
            if (tree.get(path.substring(0, dot)) instanceof Map<?, ?> map) {
                return at(map, path.substring(dot + 1));
            }
        }
        return Optional.empty();
    }

    private static CatalogEvent type(Step step) {
        return switch (step.action()) {
            case CREATE -> CatalogEvent.CREATED;
            case UPDATE -> CatalogEvent.UPDATED;
            case DELETE -> CatalogEvent.DELETED;
            case UNCHANGED -> throw new IllegalStateException(step.title() + " is unchanged");
        };
    }
}
