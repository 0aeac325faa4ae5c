package dev.sallyport.decision;

import dev.sallyport.catalog.CompiledPolicies;
import dev.sallyport.database.Json;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.policy.code.PolicyDocument;
import dev.sallyport.policy.code.PolicyKind;
import dev.sallyport.policy.code.PolicySet;
import java.util.List;
import java.util.Map;

/** Sets that are kept in the database, by their hash, and what the documents of the catalogue make. */
final class Shelf {
    private final CompiledPolicies compiled;

    Shelf(CompiledPolicies compiled) {
        this.compiled = compiled;
    }

    PolicySet set(Rx rx, String hash) {
        PolicySet known = compiled.known(hash);
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
        var errors = new Errors();
        return compiled.of(documents, errors)
                .orElseThrow(() -> PolicyRefusal.UNSOUND.because(
                        "the policies are not sound together: " + errors.all().getFirst()));
    }

    void keep(Tx tx, PolicySet set) {
        tx.update("""
                insert into policy_set (hash, documents, rules, created_at) values (?, ?::jsonb, ?, ?) on conflict (hash) do nothing
                """, set.hash(), Json.text(Map.of("documents", set.documents())), set.size(), tx.now());
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
