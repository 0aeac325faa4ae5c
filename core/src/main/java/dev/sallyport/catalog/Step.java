package dev.sallyport.catalog;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One object on its way from what it is to what it shall be. */
record Step(
        Action action,
        Kind kind,
        String name,
        String id,
        @Nullable Stored before,
        @Nullable Document after,
        List<String> fields) {

    static Step to(Document after, @Nullable Stored before, String newId) {
        if (before == null) {
            return new Step(
                    Action.CREATE, after.kind(), after.name(), newId, null, after, paths(Map.of(), after.shown()));
        }
        List<String> fields = paths(before.shown(), after.shown());
        return new Step(
                fields.isEmpty() ? Action.UNCHANGED : Action.UPDATE,
                after.kind(),
                after.name(),
                before.id(),
                before,
                after,
                fields);
    }

    static Step delete(Stored before) {
        return new Step(Action.DELETE, before.kind(), before.name(), before.id(), before, null, List.of());
    }

    private static List<String> paths(Map<String, Object> before, Map<String, Object> after) {
        return Stored.differences(before, after).stream()
                .filter(path -> !path.equals("metadata.labels"))
                .toList();
    }

    /** Of a step that leaves something behind. */
    Document document() {
        return Objects.requireNonNull(after);
    }

    Stored stored() {
        return Objects.requireNonNull(before);
    }

    boolean is(Action wanted) {
        return action == wanted;
    }

    boolean changes() {
        return action != Action.UNCHANGED;
    }

    String title() {
        return kind.word() + " " + name;
    }
}
