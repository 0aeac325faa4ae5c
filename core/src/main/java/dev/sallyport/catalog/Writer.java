package dev.sallyport.catalog;

import dev.sallyport.audit.Audit;
import dev.sallyport.base.PersonId;
import dev.sallyport.database.Tx;
import dev.sallyport.identity.People;
import java.util.List;

/** Carries out steps: rows, events, and word to those who hold grants, in one transaction. */
final class Writer {
    /** What is named is made first and deleted last, in the order of {@link Kind}. */
    private static final List<Kind> KINDS = List.of(Kind.values());

    /** What the record of a person says. */
    private static final String BECAUSE = "the catalogue says so";

    private final Audit audit;
    private final People people;
    private final AccessChanged listener;

    Writer(Audit audit, People people, AccessChanged listener) {
        this.audit = audit;
        this.people = people;
        this.listener = listener;
    }

    void write(Tx tx, List<Step> steps, Lost lost, String managedBy) {
        for (Kind kind : KINDS.reversed()) {
            List<Step> deleted = of(steps, kind, Action.DELETE);
            if (kind == Kind.PERSON) {
                deleted.forEach(step -> people.delete(tx, new PersonId(step.id()), BECAUSE));
            } else if (!deleted.isEmpty()) {
                CatalogStore.delete(tx, kind, deleted);
            }
            if (kind == Kind.OIDC_PROVIDER) {
                deleted.forEach(step -> people.forgetProvider(tx, step.name(), new Rejudging(listener)));
            }
        }
        for (Kind kind : KINDS) {
            CatalogStore.insert(tx, kind, of(steps, kind, Action.CREATE), managedBy);
            CatalogStore.update(tx, kind, of(steps, kind, Action.UPDATE));
        }
        members(tx, steps, managedBy);
        lost.lock(tx);
        of(steps, Kind.PERSON, Action.UPDATE).forEach(step -> state(tx, step));
        audit.recordAll(
                tx,
                steps.stream()
                        .filter(Step::changes)
                        .map(step -> StepEvents.of(step, managedBy))
                        .toList());
        lost.tell(tx, steps, listener);
        facts(tx, steps);
    }

    /** What is new is looked at by nothing that runs, but a new group may have members. */
    private void facts(Tx tx, List<Step> steps) {
        boolean others = steps.stream()
                .anyMatch(step -> step.changes()
                        && (step.kind() == Kind.GROUP
                                || step.is(Action.UPDATE) && (step.kind() == Kind.TARGET || step.kind() == Kind.ROLE)));
        List<PersonId> persons = of(steps, Kind.PERSON, Action.UPDATE).stream()
                .map(step -> new PersonId(step.id()))
                .toList();
        if (others) {
            listener.factsChanged(tx);
        } else if (!persons.isEmpty()) {
            listener.factsChanged(tx, persons);
        }
    }

    /** Identity disables and enables, because sessions and tokens end with it. */
    private void state(Tx tx, Step step) {
        Object before = step.stored().spec().get("state");
        Object after = step.document().spec().get("state");
        if (before == null && after != null) {
            people.disable(tx, new PersonId(step.id()), BECAUSE);
        } else if (before != null && after == null) {
            people.enable(tx, new PersonId(step.id()), BECAUSE);
        }
    }

    private static void members(Tx tx, List<Step> steps, String managedBy) {
        List<Step> persons = kept(steps, Kind.PERSON);
        if (!persons.isEmpty()) {
            CatalogStore.setGroupsOf(tx, persons, managedBy);
        }
        List<Step> groups = kept(steps, Kind.GROUP);
        if (!groups.isEmpty()) {
            CatalogStore.setMembersOf(tx, groups, managedBy);
        }
    }

    private static List<Step> kept(List<Step> steps, Kind kind) {
        return steps.stream()
                .filter(step -> step.kind() == kind && (step.is(Action.CREATE) || step.is(Action.UPDATE)))
                .toList();
    }

    private static List<Step> of(List<Step> steps, Kind kind, Action action) {
        return steps.stream()
                .filter(step -> step.kind() == kind && step.is(action))
                .toList();
    }
}
