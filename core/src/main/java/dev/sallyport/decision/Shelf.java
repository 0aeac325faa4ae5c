package dev.sallyport.decision;

import dev.sallyport.database.Json;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.policy.code.PolicyDocument;
import dev.sallyport.policy.code.PolicyFiles;
import dev.sallyport.policy.code.PolicyKind;
import dev.sallyport.policy.code.PolicySet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Compiled sets by their hash, as compiling takes a millisecond for each condition; the last few that were used. */
final class Shelf {
    /** How many sets are kept compiled. */
    private static final int KEPT = 8;

    private final Map<String, PolicySet> compiled = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, PolicySet> eldest) {
            return size() > KEPT;
        }
    };

    private final Map<String, Object> compiling = new ConcurrentHashMap<>();

    PolicySet set(Rx rx, String hash) {
        PolicySet known = known(hash);
        if (known != null) {
            return known;
        }
        PolicySet set = of(documents(rx, hash));
        if (!set.hash().equals(hash)) {
            throw new IllegalStateException("the policy set " + hash + " reads as " + set.hash());
        }
        return set;
    }

    /**
     * What these documents make together.
     *
     * @throws dev.sallyport.base.Refusal {@code policy.unsound}
     */
    PolicySet of(List<PolicyDocument> documents) {
        String hash = PolicyFiles.hashOf(documents);
        PolicySet known = known(hash);
        if (known != null) {
            return known;
        }
        // those who want it at the same moment wait for the one that compiles it
        synchronized (compiling.computeIfAbsent(hash, _ -> new Object())) {
            try {
                PolicySet meanwhile = known(hash);
                return meanwhile == null ? compile(hash, documents) : meanwhile;
            } finally {
                compiling.remove(hash);
            }
        }
    }

    private @Nullable PolicySet known(String hash) {
        synchronized (compiled) {
            return compiled.get(hash);
        }
    }

    private PolicySet compile(String hash, List<PolicyDocument> documents) {
        PolicySet set = compiled(documents);
        synchronized (compiled) {
            compiled.put(hash, set);
        }
        return set;
    }

    void keep(Tx tx, PolicySet set) {
        tx.update("""
                insert into policy_set (hash, documents, rules, created_at) values (?, ?::jsonb, ?, ?) on conflict (hash) do nothing
                """, set.hash(), Json.text(Map.of("documents", set.documents())), set.size(), tx.now());
    }

    private static PolicySet compiled(List<PolicyDocument> documents) {
        var errors = new Errors();
        PolicyFiles files = PolicyFiles.of(documents, errors);
        return files.set()
                .orElseThrow(() -> PolicyRefusal.UNSOUND.because(
                        "the policies are not sound together: " + files.errors().getFirst()));
    }

    private static List<PolicyDocument> documents(Rx rx, String hash) {
        Spec stored = rx.one("select documents from policy_set where hash = ?", row -> Spec.of(row.getString(1)), hash)
                .orElseThrow(() -> PolicyRefusal.UNKNOWN.because("set: " + hash + ": no such set"));
        return stored.all("documents").stream()
                .map(document -> PolicyDocument.stored(
                        PolicyKind.ofWord(document.text("kind", "")).orElseThrow(),
                        document.text("name", ""),
                        document.at("spec").tree()))
                .toList();
    }
}
