package dev.sallyport.request;

import dev.sallyport.base.ItemId;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import dev.sallyport.decision.Kept;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Ruling;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides recorded items again, page by page, the newest first. While one page is decided, by as many threads as there are
 * cores, the next is read; what is held at once are two pages and the changes that are listed. A later part of a replay
 * stops when its list is full; what it has decided or read ahead by then, two pages at most, is decided again by the next.
 */
final class Replaying {
    /** How many items are read at once. */
    private static final int PAGE = 2_000;

    private final PolicySet set;
    private final Set<String> unused;
    private final BiFunction<Rx, String, Optional<PolicySet>> kept;
    private final PolicyHistory.Part part;

    /** Those of the pages that were read. */
    private final Map<String, Optional<PolicySet>> before = new ConcurrentHashMap<>();

    private final List<PolicyHistory.Change> changes = new ArrayList<>();
    private int decided;
    private int skipped;
    private int changed;
    private Optional<ItemId> listed = Optional.empty();

    /** @param kept sets by which was decided, by their hash */
    Replaying(PolicySet set, BiFunction<Rx, String, Optional<PolicySet>> kept, PolicyHistory.Part part) {
        this.set = set;
        this.kept = kept;
        this.part = part;
        this.unused = new LinkedHashSet<>(set.asked());
    }

    /** An item as it is stored: reading its texts is work for those who decide. */
    private record Row(
            String item,
            String request,
            String requester,
            String role,
            String target,
            Instant at,
            String decision,
            String facts,
            @Nullable String policy) {}

    /** What became of one item. */
    private sealed interface Came {
        record Skipped() implements Came {}

        record Same(Ruling ruling) implements Came {}

        record Changed(Ruling ruling, ItemId item, PolicyHistory.Change change) implements Came {}
    }

    PolicyHistory.Replay run(Rx rx) {
        List<Row> page = page(rx, part.after().map(ItemId::value).orElse(null));
        while (!page.isEmpty() && !isDone()) {
            List<Row> now = page;
            now.forEach(row -> {
                if (row.policy() != null) {
                    before.computeIfAbsent(row.policy(), hash -> kept.apply(rx, hash));
                }
            });
            ForkJoinTask<List<Came>> deciding = ForkJoinPool.commonPool()
                    .submit(() -> now.parallelStream().map(this::decide).toList());
            try {
                page = now.size() < PAGE ? List.of() : page(rx, now.getLast().item());
            } finally {
                deciding.join().stream().takeWhile(_ -> !isDone()).forEach(this::count);
            }
        }
        return new PolicyHistory.Replay(decided, skipped, changed, changes, List.copyOf(unused), next());
    }

    private boolean isFull() {
        return changes.size() >= part.limit();
    }

    private boolean isDone() {
        return part.after().isPresent() && isFull();
    }

    /** The first part knows whether more follow; a later one has not looked. */
    private Optional<ItemId> next() {
        return isDone() || changed > changes.size() ? listed : Optional.empty();
    }

    private void count(Came came) {
        switch (came) {
            case Came.Skipped() -> skipped++;
            case Came.Same(var ruling) -> {
                decided++;
                unused.removeAll(ruling.matched());
            }
            case Came.Changed(var ruling, var item, var change) -> {
                decided++;
                changed++;
                unused.removeAll(ruling.matched());
                if (!isFull()) {
                    changes.add(change);
                    listed = Optional.of(item);
                }
            }
        }
    }

    private Came decide(Row row) {
        var decision = Spec.of(row.decision());
        Optional<Kept> kept = Kept.of(Spec.of(row.facts()));
        if (kept.isEmpty() || decision.flag("overruled")) {
            return new Came.Skipped();
        }
        Ruling ruling = kept.get().decide(set, row.at());
        Ruling.Effect was = PolicyHistory.effect(decision.text("effect", "deny"));
        List<String> otherwise = ruling.effect() == was ? otherwise(row, kept.get(), ruling) : List.of();
        boolean same = ruling.effect() == was
                && otherwise.isEmpty()
                && (was != Ruling.Effect.APPROVAL || ruling.sentences().equals(said(decision)));
        return same
                ? new Came.Same(ruling)
                : new Came.Changed(
                        ruling,
                        new ItemId(row.item()),
                        new PolicyHistory.Change(
                                row.request(),
                                row.requester(),
                                row.role(),
                                row.target(),
                                row.at(),
                                was,
                                decision.texts("explanation"),
                                ruling.effect(),
                                Stream.concat(ruling.sentences().stream(), otherwise.stream())
                                        .toList(),
                                ruling.matched()));
    }

    /** What rules said, without what was added when something else became of it. */
    private static List<String> said(Spec decision) {
        List<String> all = decision.texts("explanation");
        return all.subList(0, Math.max(0, all.size() - decision.number("added", 0)));
    }

    /** What would hold for it otherwise than by the set that decided it. */
    private List<String> otherwise(Row row, Kept facts, Ruling ruling) {
        if (row.policy() == null || row.policy().equals(set.hash()) || ruling.effect() == Ruling.Effect.DENY) {
            return List.of();
        }
        return before.getOrDefault(row.policy(), Optional.empty())
                .map(known -> facts.decide(known, row.at()))
                .filter(was -> was.effect() == ruling.effect())
                .map(was -> ruling.demands().differences(was.demands()))
                .orElse(List.of());
    }

    private List<Row> page(Rx rx, @Nullable String before) {
        return rx.list(
                """
                select i.id, i.request_id, p.name as requester, i.role_name, i.target_name, r.created_at, i.decision, i.facts, i.policy_hash
                  from request_item i join request r on r.id = i.request_id join person p on p.id = r.requester_id
                 where r.created_at >= ? and (?::text is null or i.id < ?) order by i.id desc limit ?
                """,
                row -> new Row(
                        row.getString("id"),
                        row.getString("request_id"),
                        row.getString("requester"),
                        row.getString("role_name"),
                        row.getString("target_name"),
                        Rows.instant(row, "created_at"),
                        row.getString("decision"),
                        row.getString("facts"),
                        row.getString("policy_hash")),
                part.since(),
                before,
                before,
                PAGE);
    }
}
