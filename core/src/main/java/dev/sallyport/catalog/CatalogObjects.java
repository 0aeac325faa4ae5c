package dev.sallyport.catalog;

import dev.sallyport.audit.Audit;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.identity.People;
import dev.sallyport.identity.SetUp;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One object at a time, as the API gives and takes it; what files manage is changed in the files. */
public final class CatalogObjects {
    /** The largest page. */
    public static final int PAGE_MAX = 500;

    /** Whose objects a caller of the API may change. */
    private static final Set<String> OURS = Set.of(Stored.API, SetUp.MANAGED_BY);

    private final Writer writer;

    public CatalogObjects(Audit audit, People people, AccessChanged listener) {
        this.writer = new Writer(audit, people, listener);
    }

    /** Objects by name, after a name, whose names hold the text; empty strings do not restrict. */
    public static List<Stored> page(Rx rx, Kind kind, boolean backwards, String after, String part, int limit) {
        return CatalogStore.page(rx, kind, backwards, after, part, Math.clamp(limit, 1, PAGE_MAX));
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
    public Stored create(Tx tx, Kind kind, String text) {
        Document document = DocumentReader.one(kind, text);
        CatalogStore.lock(tx);
        if (find(tx, kind, document.name()).isPresent()) {
            throw CatalogRefusal.EXISTS.because(document.title() + " exists already", "replace it instead");
        }
        return write(tx, document, Stored.API);
    }

    /**
     * Replaces the object, if it is still the version that the caller saw.
     *
     * @throws Refusal {@code catalog.invalid}, {@code catalog.stale}, {@code catalog.managed-elsewhere}
     */
    public Stored replace(Tx tx, Kind kind, String name, long version, String text) {
        Document document = DocumentReader.one(kind, text);
        CatalogStore.lock(tx);
        Stored before = changeable(tx, kind, name, version);
        if (!document.name().equals(name)) {
            throw CatalogRefusal.INVALID.because(
                    "metadata.name: \"" + document.name() + "\" (expected: " + name + "; a name stays what it is)");
        }
        return write(tx, document, before.managedBy());
    }

    /**
     * Deletes the object, if it is still the version that the caller saw and nothing names it.
     *
     * @throws Refusal {@code catalog.stale}, {@code catalog.in-use}, {@code catalog.managed-elsewhere}
     */
    public void delete(Tx tx, Kind kind, String name, long version) {
        CatalogStore.lock(tx);
        Stored before = changeable(tx, kind, name, version);
        var errors = new Errors();
        List<Step> steps = List.of(Step.delete(before));
        new Planner(tx, before.managedBy(), errors).check(steps);
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

    private Stored write(Tx tx, Document document, String managedBy) {
        var errors = new Errors();
        List<Step> steps = new Planner(tx, managedBy, errors).plan(List.of(document), false);
        if (!errors.isEmpty()) {
            throw CatalogRefusal.invalid(errors.all());
        }
        writer.write(tx, steps, Lost.by(tx, steps, managedBy), managedBy);
        return require(tx, document.kind(), document.name());
    }
}
