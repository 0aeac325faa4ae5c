package dev.sallyport.catalog;

import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.document.DocumentError;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.policy.code.PolicyDocument;
import dev.sallyport.policy.code.PolicyFiles;
import dev.sallyport.policy.code.PolicySet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sets of policies by the hash of what they say, compiled, as compiling takes a millisecond for each condition: the last few
 * that were used. Whoever wants one that is being compiled waits for it, and nothing is compiled while the catalogue is held
 * ({@link #change}).
 */
public final class CompiledPolicies {
    /** How many sets are kept compiled. */
    private static final int KEPT = 8;

    /** How often a change begins anew because the policies became others while its set was compiled. */
    private static final int ATTEMPTS = 10;

    private final BiFunction<List<PolicyDocument>, Errors, PolicyFiles> compiler;

    private final Map<String, PolicySet> compiled = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, PolicySet> eldest) {
            return size() > KEPT;
        }
    };

    private final Map<String, Object> compiling = new ConcurrentHashMap<>();

    public CompiledPolicies() {
        this(PolicyFiles::of);
    }

    CompiledPolicies(BiFunction<List<PolicyDocument>, Errors, PolicyFiles> compiler) {
        this.compiler = compiler;
    }

    /** A change needs a set that is not compiled, and may not wait for it where it is. */
    @SuppressWarnings("serial") // it goes no further than to who began the change
    private static final class NotCompiled extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final List<PolicyDocument> documents;

        NotCompiled(List<PolicyDocument> documents) {
            super("policies that are not compiled are asked for while the catalogue is held", null, false, false);
            this.documents = documents;
        }
    }

    /**
     * What these documents make together; nothing when they are not sound.
     *
     * @param errors takes what is wrong with them
     */
    public Optional<PolicySet> of(List<PolicyDocument> documents, Errors errors) {
        String hash = PolicyFiles.hashOf(documents);
        PolicySet known = known(hash);
        if (known != null) {
            return Optional.of(known);
        }
        // those who want it at the same moment wait for the one that compiles it
        synchronized (compiling.computeIfAbsent(hash, _ -> new Object())) {
            try {
                PolicySet meanwhile = known(hash);
                return meanwhile == null ? compile(hash, documents, errors) : Optional.of(meanwhile);
            } finally {
                compiling.remove(hash);
            }
        }
    }

    /** A set by its hash, if it is compiled. */
    public @Nullable PolicySet known(String hash) {
        synchronized (compiled) {
            return compiled.get(hash);
        }
    }

    private Optional<PolicySet> compile(String hash, List<PolicyDocument> documents, Errors errors) {
        Optional<PolicySet> set = compiler.apply(documents, errors).set();
        set.ifPresent(made -> {
            synchronized (compiled) {
                compiled.put(hash, made);
            }
        });
        return set;
    }

    /** Has the change that asks begin anew unless these are compiled, and so known to be sound together. */
    void requireCompiled(List<PolicyDocument> documents) {
        if (known(PolicyFiles.hashOf(documents)) == null) {
            throw new NotCompiled(documents);
        }
    }

    /**
     * Runs a change that holds the catalogue. Where it leads to policies that are not compiled it is undone, they are compiled
     * while nobody has to wait for the catalogue, and it runs again.
     *
     * @param unsound what comes of policies that are not sound together
     */
    public <T extends @Nullable Object> T change(
            Database database, Actor actor, Function<Tx, T> work, Function<List<DocumentError>, T> unsound) {
        for (int attempt = 1; ; attempt++) {
            try {
                return database.change(actor, work);
            } catch (NotCompiled wanted) {
                var errors = new Errors();
                if (of(wanted.documents, errors).isEmpty()) {
                    return unsound.apply(errors.all());
                }
                if (attempt == ATTEMPTS) {
                    throw CatalogRefusal.STALE.because(
                            "policies were changed " + ATTEMPTS + " times while these were compiled",
                            "try again when nobody else changes them");
                }
            }
        }
    }
}
