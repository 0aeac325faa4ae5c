package dev.sallyport.catalog;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.Refusal;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.document.DocumentError;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.identity.People;
import dev.sallyport.policy.code.PolicyDocument;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * Files of documents into the catalogue: all of them or none. What is sound and the same as before stays untouched, what
 * somebody else manages is refused, and pruning removes only what files made. The order of documents does not matter.
 */
public final class CatalogChanges {
    /** How many places of errors the log keeps. */
    private static final int PLACES = 10;

    private final Database database;
    private final Audit audit;
    private final Writer writer;
    private final CompiledPolicies policies;

    public CatalogChanges(
            Database database, Audit audit, People people, AccessChanged listener, CompiledPolicies policies) {
        this.policies = policies;
        this.database = database;
        this.audit = audit;
        this.writer = new Writer(audit, people, listener);
    }

    /** A plan, with the access it takes. */
    private record Plan(List<Step> steps, Lost lost) {
        List<Change> changes() {
            return steps.stream()
                    .map(step -> new Change(step.action(), step.kind(), step.name(), step.fields(), lost.lines(step)))
                    .toList();
        }

        long count(Action action) {
            return steps.stream().filter(step -> step.is(action)).count();
        }
    }

    /** What applying would do, and from whom it would take access; nothing is changed. */
    public CatalogAnswer plan(Rx rx, List<SourceFile> files, boolean prune) {
        var errors = new Errors();
        List<Document> documents = new DocumentReader(errors).read(files);
        if (!errors.isEmpty()) {
            return new CatalogAnswer.Unsound(errors.all());
        }
        Plan plan = plan(rx, documents, prune, errors, policies::of);
        return errors.isEmpty()
                ? new CatalogAnswer.Sound(plan.changes(), false)
                : new CatalogAnswer.Unsound(errors.all());
    }

    /** Applies the files, or only says what that would do; see {@link #plan}. */
    public CatalogAnswer apply(Actor actor, List<SourceFile> files, boolean prune, boolean dryRun) {
        if (dryRun) {
            return database.read(rx -> plan(rx, files, prune));
        }
        try {
            CatalogAnswer answer = read(actor, files, prune);
            if (answer instanceof CatalogAnswer.Unsound(List<DocumentError> errors)) {
                refused(actor, files, prune, CatalogRefusal.INVALID.code(), errors);
            }
            return answer;
        } catch (Refusal refusal) {
            if (refusal.kind() != Refusal.Kind.UNAVAILABLE) {
                refused(actor, files, prune, refusal.code(), List.of());
            }
            throw refusal;
        }
    }

    private CatalogAnswer read(Actor actor, List<SourceFile> files, boolean prune) {
        var errors = new Errors();
        List<Document> documents = new DocumentReader(errors).read(files);
        return errors.isEmpty()
                ? policies.<CatalogAnswer>change(
                        database, actor, tx -> apply(tx, documents, files.size(), prune), CatalogAnswer.Unsound::new)
                : new CatalogAnswer.Unsound(errors.all());
    }

    /** The places of the errors and not their texts, which repeat what stood there: it may have been a secret. */
    private void refused(Actor actor, List<SourceFile> files, boolean prune, String code, List<DocumentError> errors) {
        database.run(
                actor,
                tx -> audit.record(
                        tx,
                        Event.of(CatalogEvent.REFUSED)
                                .outcome(Outcome.REFUSED)
                                .data("code", code)
                                .data("files", files.size())
                                .data("prune", prune)
                                .data("errors", errors.size())
                                .personal(
                                        "places",
                                        errors.isEmpty()
                                                ? null
                                                : errors.stream()
                                                        .limit(PLACES)
                                                        .map(error -> error.file() + ":" + error.line())
                                                        .collect(Collectors.joining(" ")))));
    }

    private CatalogAnswer apply(Tx tx, List<Document> documents, int files, boolean prune) {
        CatalogStore.lock(tx);
        var errors = new Errors();
        Plan plan = plan(tx, documents, prune, errors, (wanted, _) -> policies.requireCompiled(wanted));
        if (!errors.isEmpty()) {
            return new CatalogAnswer.Unsound(errors.all());
        }
        writer.write(tx, plan.steps(), plan.lost(), Stored.FILE);
        Event event = Event.of(CatalogEvent.APPLIED).data("files", files).data("prune", prune);
        for (Action action : Action.values()) {
            event.data(action.toString(), plan.count(action));
        }
        audit.record(tx, event);
        return new CatalogAnswer.Sound(plan.changes(), true);
    }

    private static Plan plan(
            Rx rx,
            List<Document> documents,
            boolean prune,
            Errors errors,
            BiConsumer<List<PolicyDocument>, Errors> policies) {
        List<Step> steps = new Planner(rx, Stored.FILE, errors, policies).plan(documents, prune);
        return new Plan(steps, errors.isEmpty() ? Lost.by(rx, steps, Stored.FILE) : Lost.NOTHING);
    }
}
