package dev.sallyport.catalog;

import dev.sallyport.audit.Audit;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.document.DocumentError;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.identity.People;
import dev.sallyport.identity.SetUp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One object at a time, as the API gives and takes it; what files manage is changed in the files. */
public final class CatalogObjects {
    /** The largest page. */
    public static final int PAGE_MAX = 500;

    /** Whose objects a caller of the API may change. */
    private static final Set<String> OURS = Set.of(Stored.API, SetUp.MANAGED_BY);

    private final Database database;
    private final CompiledPolicies policies;
    private final Writer writer;

    public CatalogObjects(
            Database database, Audit audit, People people, AccessChanged listener, CompiledPolicies policies) {
        this.database = database;
        this.policies = policies;
        this.writer = new Writer(audit, people, listener);
    }

    /** Objects by name, after a name, whose names hold the text; empty strings do not restrict. */
    public static List<Stored> page(Rx rx, Kind kind, boolean backwards, String after, String part, int limit) {
        return CatalogStore.page(rx, kind, backwards, after, part, Math.clamp(limit, 1, PAGE_MAX));
    }

    /** Targets by name, after a name, whose names hold the text and that the filter lets through. */
    public static List<Stored> targets(
            Rx rx, TargetFilter filter, boolean backwards, String after, String part, int limit) {
        return CatalogStore.page(rx, Kind.TARGET, filter, backwards, after, part, Math.clamp(limit, 1, PAGE_MAX));
    }

    /**
     * Those of an owner, those that a role is for, and those that an eligibility opens; together where several are named.
     *
     * @throws Refusal {@code catalog.not-found} for a role or eligibility that is none
     */
    public static TargetFilter filter(
            Rx rx, Optional<String> owner, Optional<String> role, Optional<String> eligibility) {
        var within = new ArrayList<TargetSelector>();
        role.ifPresent(name -> within.add(role(rx, name(rx, Kind.ROLE, name)).targets()));
        eligibility.ifPresent(name -> {
            var spec = new Spec(require(rx, Kind.ELIGIBILITY, name(rx, Kind.ELIGIBILITY, name))
                    .spec());
            within.add(role(rx, spec.text("role", "")).targets());
            if (spec.has("targets")) {
                within.add(TargetSelector.of(spec.at("targets")));
            }
        });
        return new TargetFilter(owner, within);
    }

    private static Role role(Rx rx, String name) {
        return Catalog.role(rx, require(rx, Kind.ROLE, name).name()).orElseThrow();
    }

    public static Optional<Stored> find(Rx rx, Kind kind, String name) {
        return CatalogStore.find(rx, kind, name);
    }

    /** The name of the object that a caller names by its id or its name; unknown text stays as it is. */
    public static String name(Rx rx, Kind kind, String idOrName) {
        return CatalogStore.nameOf(rx, kind, idOrName).orElse(idOrName);
    }

    /** @throws Refusal {@code catalog.not-found} */
    public static Stored require(Rx rx, Kind kind, String name) {
        return find(rx, kind, name)
                .orElseThrow(() -> CatalogRefusal.NOT_FOUND.because("no " + kind + " " + Text.quoted(name)));
    }

    /**
     * Makes the object of the document, which is JSON or YAML.
     *
     * @throws Refusal {@code catalog.invalid}, {@code catalog.exists}
     */
    public Stored create(Actor actor, Kind kind, String text) {
        Document document = DocumentReader.one(kind, text);
        return policies.change(database, actor, tx -> create(tx, kind, document), CatalogObjects::unsound);
    }

    private Stored create(Tx tx, Kind kind, Document document) {
        CatalogStore.lock(tx);
        if (find(tx, kind, document.name()).isPresent()) {
            throw CatalogRefusal.EXISTS.because(document.title() + " exists already", "replace it instead");
        }
        return write(tx, document, Stored.API);
    }

    /**
     * Replaces the object of this name or id, if it is still the version that the caller saw.
     *
     * @throws Refusal {@code catalog.invalid}, {@code catalog.stale}, {@code catalog.managed-elsewhere}
     */
    public Stored replace(Actor actor, Kind kind, String idOrName, long version, String text) {
        Document document = DocumentReader.one(kind, text);
        return policies.change(
                database,
                actor,
                tx -> replace(tx, kind, name(tx, kind, idOrName), version, document),
                CatalogObjects::unsound);
    }

    private static Stored unsound(List<DocumentError> errors) {
        throw CatalogRefusal.invalid(errors);
    }

    private Stored replace(Tx tx, Kind kind, String name, long version, Document document) {
        CatalogStore.lock(tx);
        Stored before = changeable(tx, kind, name, version);
        if (!document.name().equals(name)) {
            throw CatalogRefusal.INVALID.because(
                    "metadata.name: \"" + document.name() + "\" (expected: " + name + "; a name stays what it is)");
        }
        return write(tx, document, before.managedBy());
    }

    /**
     * Deletes the object of this name or id, if it is still the version that the caller saw and nothing names it.
     *
     * @throws Refusal {@code catalog.stale}, {@code catalog.in-use}, {@code catalog.managed-elsewhere}
     */
    public void delete(Actor actor, Kind kind, String idOrName, long version) {
        policies.<@Nullable Object>change(
                database,
                actor,
                tx -> {
                    delete(tx, kind, name(tx, kind, idOrName), version);
                    return null;
                },
                errors -> {
                    throw CatalogRefusal.IN_USE.because(CatalogRefusal.told(errors));
                });
    }

    private void delete(Tx tx, Kind kind, String name, long version) {
        CatalogStore.lock(tx);
        Stored before = changeable(tx, kind, name, version);
        var errors = new Errors();
        List<Step> steps = List.of(Step.delete(before));
        planner(tx, before.managedBy(), errors).check(steps);
        if (!errors.isEmpty()) {
            throw CatalogRefusal.IN_USE.because(CatalogRefusal.told(errors.all()));
        }
        writer.write(tx, steps, Lost.by(tx, steps, before.managedBy()), before.managedBy());
    }

    private static Stored changeable(Tx tx, Kind kind, String name, long version) {
        Stored before = require(tx, kind, name);
        if (before.isBuiltIn()) {
            throw CatalogRefusal.BUILT_IN.because(before.title() + " is the product itself and stays as it is");
        }
        if (!OURS.contains(before.managedBy())) {
            throw CatalogRefusal.MANAGED_ELSEWHERE.because(
                    before.title() + ": managed by " + before.managedBy() + " (expected: api)",
                    before.managedBy().equals(Stored.FILE) ? "change the file and apply it" : "change it there");
        }
        if (before.version() != version) {
            throw CatalogRefusal.STALE.because(
                    before.title() + ": version " + before.version() + " (expected: " + version + ", as you saw it)",
                    "look again, then repeat");
        }
        return before;
    }

    private Planner planner(Tx tx, String managedBy, Errors errors) {
        return new Planner(tx, managedBy, errors, (wanted, _) -> policies.requireCompiled(wanted));
    }

    private Stored write(Tx tx, Document document, String managedBy) {
        var errors = new Errors();
        List<Step> steps = planner(tx, managedBy, errors).plan(List.of(document), false);
        if (!errors.isEmpty()) {
            throw CatalogRefusal.invalid(errors.all());
        }
        writer.write(tx, steps, Lost.by(tx, steps, managedBy), managedBy);
        return require(tx, document.kind(), document.name());
    }
}
