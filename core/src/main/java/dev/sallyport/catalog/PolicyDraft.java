package dev.sallyport.catalog;

import dev.sallyport.database.Rx;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.policy.code.PolicyDocument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The policies of the catalogue, all together: what the next set is made from. They decide nothing before that set is
 * enforced, and are always sound together.
 */
public final class PolicyDraft {
    private static final List<Kind> KINDS = Arrays.stream(Kind.values())
            .filter(kind -> kind.policy().isPresent())
            .toList();

    private PolicyDraft() {}

    /** The documents as they are stored, by kind and name. */
    public static List<PolicyDocument> documents(Rx rx) {
        return KINDS.stream()
                .flatMap(kind -> CatalogStore.all(rx, kind).stream())
                .map(PolicyDraft::document)
                .toList();
    }

    /**
     * Refuses steps after which the documents would not be sound together.
     *
     * @param policies checks what the documents will be
     */
    static void check(Rx rx, List<Step> steps, Errors errors, BiConsumer<List<PolicyDocument>, Errors> policies) {
        List<Step> changing = steps.stream()
                .filter(step -> step.changes() && step.kind().policy().isPresent())
                .toList();
        if (changing.isEmpty() || !errors.isEmpty()) {
            return;
        }
        Map<String, PolicyDocument> all = new HashMap<>();
        KINDS.stream()
                .flatMap(kind -> CatalogStore.all(rx, kind).stream())
                .forEach(stored -> all.put(stored.title(), document(stored)));
        steps.stream().filter(step -> step.kind().policy().isPresent()).forEach(step -> {
            if (step.is(Action.DELETE)) {
                all.remove(step.title());
            } else {
                all.put(step.title(), document(step.document()));
            }
        });
        policies.accept(new ArrayList<>(all.values()), errors);
    }

    private static PolicyDocument document(Stored stored) {
        return PolicyDocument.stored(stored.kind().policy().orElseThrow(), stored.name(), stored.spec());
    }

    private static PolicyDocument document(Document document) {
        return new PolicyDocument(
                document.kind().policy().orElseThrow(),
                document.name(),
                document.spec(),
                document.source(),
                document.text());
    }
}
