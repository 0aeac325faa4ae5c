package dev.sallyport.server.portal;

import dev.sallyport.base.Refusal;
import dev.sallyport.identity.FactorRefusal;
import dev.sallyport.identity.StepUps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.http.ResponseEntity;

/**
 * Several requests decided by one form. What one is refused stops no other; where some want a fresh second factor, the others
 * are decided, and one that is shown then counts for all that are left.
 */
final class BulkDecision {
    /** The field with the requests that the form before this one is done with: decided, or refused for another reason. */
    static final String DONE = "done";

    private final Visit visit;
    private final Function<String, ApiCall> calls;
    private final Map<String, Cell> outcomes = new LinkedHashMap<>();
    private final Map<String, Refusal> wanting = new LinkedHashMap<>();

    /** @param calls what decides the request with an id */
    BulkDecision(Visit visit, Function<String, ApiCall> calls) {
        this.visit = visit;
        this.calls = calls;
        visit.parameters(DONE).forEach(id -> outcomes.put(id, state(id)));
    }

    private Cell state(String id) {
        try {
            return Cell.state(visit.call(ApiCall.get("/requests/{}", id)).text("state"));
        } catch (Refusal refusal) {
            return Cell.words(refusal.sentence());
        }
    }

    /** Decides what can be; then the page that says how each came out, or that asks for a factor. */
    ResponseEntity<String> of(List<String> ids) {
        ids.forEach(id -> decide(id, calls.apply(id)));
        if (!wanting.isEmpty() && visit.showsFactor()) {
            try {
                again(visit.proofs(wanted()));
            } catch (Refusal refusal) {
                return visit.ask(refusal, fields(), soFar()).orElseThrow(() -> refusal);
            }
        }
        return wanting.isEmpty()
                ? said()
                : visit.ask(wanted(), fields(), soFar()).orElseThrow();
    }

    private void decide(String id, ApiCall call) {
        try {
            outcomes.put(id, Cell.state(visit.call(call).text("state")));
        } catch (Refusal refusal) {
            if (Visit.isStepUp(refusal) && refusal.details().containsKey(StepUps.FOR)) {
                wanting.put(id, refusal);
            } else {
                outcomes.put(id, Cell.words(told(refusal)));
            }
        }
    }

    private static String told(Refusal refusal) {
        return Visit.isStepUp(refusal) ? refusal.sentence() + "; " + refusal.hint() : refusal.sentence();
    }

    private void again(Map<String, String> proofs) {
        for (String id : List.copyOf(wanting.keySet())) {
            String proof = proofs.get(purpose(Objects.requireNonNull(wanting.get(id))));
            if (proof != null) {
                wanting.remove(id);
                decide(id, calls.apply(id).header("Sallyport-Step-Up", proof));
            }
        }
    }

    private static String purpose(Refusal refusal) {
        return String.valueOf(refusal.details().get(StepUps.FOR));
    }

    /** What is told when several want a factor: all that it is then shown for. */
    private Refusal wanted() {
        Refusal first = wanting.values().iterator().next();
        return FactorRefusal.STEP_UP_REQUIRED
                .because("a fresh second factor is wanted for " + String.join(", ", wanting.keySet()))
                .with(
                        StepUps.FOR,
                        wanting.values().stream().map(BulkDecision::purpose).collect(Collectors.joining(" ")))
                .with(StepUps.BY, Objects.requireNonNull(first.details().get(StepUps.BY)));
    }

    private List<Field> fields() {
        var fields = new ArrayList<Field>();
        fields.add(Field.hidden("verdict", visit.parameter("verdict")));
        fields.add(Field.hidden("comment", visit.parameter("comment")));
        fields.add(Field.hidden("duration", visit.parameter("duration")));
        // what was refused for another reason is told in the end and not tried again
        wanting.keySet().forEach(id -> fields.add(Field.hidden("id", id)));
        outcomes.keySet().stream()
                .filter(id -> !wanting.containsKey(id))
                .forEach(id -> fields.add(Field.hidden(DONE, id)));
        return fields;
    }

    /** What is done already, whatever comes of the factor, and what waits for it. */
    private List<Section> soFar() {
        List<Section.Fact> done = facts();
        String all = " of " + (done.size() + wanting.size());
        var sections = new ArrayList<Section>();
        if (!done.isEmpty()) {
            sections.add(new Section.Facts("Done already: " + done.size() + all, done));
        }
        sections.add(new Section.Facts(
                "Waiting for your factor: " + wanting.size() + all,
                wanting.keySet().stream()
                        .map(id -> new Section.Fact(id, Cell.many(Cell.state("pending"), Links.request(id))))
                        .toList()));
        return sections;
    }

    /** How each came out that waits for nothing. */
    private List<Section.Fact> facts() {
        return outcomes.entrySet().stream()
                .filter(outcome -> !wanting.containsKey(outcome.getKey()))
                .map(outcome -> new Section.Fact(
                        outcome.getKey(), Cell.many(outcome.getValue(), Links.request(outcome.getKey()))))
                .toList();
    }

    private ResponseEntity<String> said() {
        return visit.show(Sheet.of("Decided", new Section.Facts("", facts())).under("/decide", "Decide"));
    }
}
