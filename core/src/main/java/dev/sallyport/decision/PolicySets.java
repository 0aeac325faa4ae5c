package dev.sallyport.decision;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.CompiledPolicies;
import dev.sallyport.catalog.DecisionService;
import dev.sallyport.catalog.PolicyDraft;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Order;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import dev.sallyport.policy.code.PolicySet;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Sets of policies, named by the hash of their content and never changed once they are frozen from the draft, and which of
 * them decides. A set is enforced, or put into shadow, as a whole.
 */
public final class PolicySets {
    /** The longest reason, in characters. */
    public static final int REASON_MAX = 1_000;

    private final Database database;
    private final Audit audit;
    private final PolicyChanged listener;
    private final Shelf shelf;

    public PolicySets(Database database, Audit audit, PolicyChanged listener, CompiledPolicies compiled) {
        this.shelf = new Shelf(compiled);
        this.database = database;
        this.audit = audit;
        this.listener = listener;
    }

    /** What decides and what stands beside it; the draft is what the catalogue's documents make together. */
    public record Status(Optional<StageChange> enforced, Optional<StageChange> shadow, String draft, int draftRules) {}

    /** Compiles what decides and what is in shadow before anybody waits for it, on each server; nothing is left to do then. */
    public int warm() {
        database.read(rx -> {
            enforced(rx);
            return shadow(rx);
        });
        return 0;
    }

    /** The set that decides; the one without rules when none is enforced. */
    public PolicySet enforced(Rx rx) {
        return current(rx, PolicyStage.ENFORCED).orElse(PolicySet.none());
    }

    /** The set that only says what it would have decided. */
    public Optional<PolicySet> shadow(Rx rx) {
        return current(rx, PolicyStage.SHADOW);
    }

    /** The set that the documents of the catalogue make now. */
    public PolicySet draft(Rx rx) {
        return shelf.of(PolicyDraft.documents(rx));
    }

    /**
     * A set by its hash, the beginning of its hash, or the words draft, enforced, shadow, and none for no rules at all.
     *
     * @throws Refusal {@code policy.unknown}
     */
    public PolicySet named(Rx rx, String name) {
        return switch (name) {
            case "none" -> PolicySet.none();
            case "draft" -> draft(rx);
            case "enforced" -> enforced(rx);
            case "shadow" -> shadow(rx).orElseThrow(() -> PolicyRefusal.UNKNOWN.because("no set is in shadow"));
            default -> {
                PolicySet draft = draft(rx);
                String hash = whole(rx, name, draft.hash());
                yield hash.equals(draft.hash()) ? draft : shelf.set(rx, hash);
            }
        };
    }

    public Status status(Rx rx) {
        PolicySet draft = draft(rx);
        return new Status(last(rx, PolicyStage.ENFORCED), last(rx, PolicyStage.SHADOW), draft.hash(), draft.size());
    }

    /** What was enforced or in shadow since when; a page goes on after the number of an entry. */
    public List<StageChange> history(Rx rx, Slice slice) {
        boolean oldest = slice.order() == Order.OLDEST;
        return rx.list(
                CHANGE
                        + "where ?::bigint is null or c.number %s ?::bigint order by c.number %s limit ?"
                                .formatted(oldest ? ">" : "<", oldest ? "asc" : "desc"),
                PolicySets::change,
                slice.from(),
                slice.from(),
                slice.limit());
    }

    /**
     * Makes a set the one that decides. Everything that runs is judged again.
     *
     * @param name of the set, as {@link #named} reads it
     * @throws Refusal when nothing would change, or when nobody could administer the product any more
     */
    public StageChange enforce(Actor actor, String name, String reason) {
        return enforce(actor, name, reason, false);
    }

    /**
     * The same.
     *
     * @param force also where nobody could administer any more in the ordinary way, if there is a way in an emergency
     */
    public StageChange enforce(Actor actor, String name, String reason, boolean force) {
        compile(name);
        return change(actor, tx -> enforce(tx, named(tx, name), reason, force));
    }

    /** Before anybody has to wait for the catalogue; what is wrong with it is said where it is changed. */
    private void compile(String name) {
        try {
            database.read(rx -> named(rx, name));
        } catch (Refusal _) {
            // the same comes out once more, and is recorded there
        }
    }

    /**
     * Goes back to the set that was enforced before, or to none.
     *
     * @throws Refusal {@code policy.unknown} when there never was one
     */
    public StageChange rollBack(Actor actor, String reason) {
        return rollBack(actor, reason, false);
    }

    /** The same, forced as {@link #enforce(Actor, String, String, boolean)} can be. */
    public StageChange rollBack(Actor actor, String reason, boolean force) {
        database.read(rx -> changes(rx, ENFORCED, 2).stream()
                .skip(1)
                .flatMap(before -> before.hash().stream())
                .flatMap(hash -> kept(rx, hash).stream())
                .findFirst());
        return change(actor, tx -> {
            List<StageChange> last = changes(tx, ENFORCED, 2);
            if (last.isEmpty()) {
                throw PolicyRefusal.UNKNOWN.because("no set was ever enforced", "sallyport policy history");
            }
            Optional<String> before =
                    last.size() < 2 ? Optional.empty() : last.get(1).hash();
            return enforce(tx, before.map(hash -> shelf.set(tx, hash)).orElse(PolicySet.none()), reason, force);
        });
    }

    private static final String ENFORCED = "stage = 'enforced'";

    /** A set that was enforced or in shadow, by its whole hash; nothing where it can no longer be read. */
    public Optional<PolicySet> kept(Rx rx, String hash) {
        if (hash.equals(PolicySet.none().hash())) {
            return Optional.of(PolicySet.none());
        }
        try {
            return Optional.of(shelf.set(rx, hash));
        } catch (Refusal | IllegalStateException _) {
            return Optional.empty();
        }
    }

    /** Has a set say beside the one that decides what it would decide; none ends that. */
    public StageChange shadow(Actor actor, Optional<String> name, String reason) {
        name.ifPresent(this::compile);
        return change(actor, tx -> {
            Optional<PolicySet> set = name.map(wanted -> named(tx, wanted));
            set.ifPresent(shadow -> keep(tx, shadow));
            return put(tx, PolicyStage.SHADOW, set, reason, PolicyEvent.SHADOWED);
        });
    }

    private StageChange enforce(Tx tx, PolicySet set, String reason, boolean force) {
        if (enforced(tx).hash().equals(set.hash())) {
            throw PolicyRefusal.NOTHING_TO_CHANGE.because("the set " + shown(set) + " is enforced already");
        }
        refuseUnknownServices(tx, set);
        Optional<String> forced = LockOut.refuse(tx, set, force);
        keep(tx, set);
        StageChange change = put(tx, PolicyStage.ENFORCED, Optional.of(set), reason, PolicyEvent.ENFORCED, forced);
        listener.policyChanged(tx);
        return change;
    }

    /** Nobody could ever give the word of a service that is not there. */
    private static void refuseUnknownServices(Tx tx, PolicySet set) {
        var unknown = new TreeMap<>(set.services());
        DecisionService.existing(tx, unknown.keySet()).forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            throw PolicyRefusal.CANNOT_BE_KEPT.because(
                    "the rule " + unknown.firstEntry().getValue() + " wants the word of the decision service "
                            + unknown.firstKey()
                            + ", and there is none of this name (expected: a DecisionService of the"
                            + " catalogue)",
                    "sallyport decision-services list shows those that there are");
        }
    }

    /** Freezes the set as it is; the documents are those it was compiled from. */
    private void keep(Tx tx, PolicySet set) {
        if (!set.hash().equals(PolicySet.none().hash())) {
            shelf.keep(tx, set);
        }
    }

    private StageChange put(Tx tx, PolicyStage stage, Optional<PolicySet> set, String reason, PolicyEvent type) {
        return put(tx, stage, set, reason, type, Optional.empty());
    }

    private StageChange put(
            Tx tx,
            PolicyStage stage,
            Optional<PolicySet> set,
            String reason,
            PolicyEvent type,
            Optional<String> forced) {
        Optional<String> hash = set.map(PolicySet::hash)
                .filter(known -> !known.equals(PolicySet.none().hash()));
        Optional<StageChange> before = last(tx, stage);
        tx.update(
                """
                insert into policy_stage (stage, hash, person_id, person_name, reason, at) values (?, ?, ?, ?, ?, ?)
                """,
                stage,
                hash.orElse(null),
                tx.actor().person(),
                tx.actor().name(),
                Text.line("reason", reason, 1, REASON_MAX),
                tx.now());
        audit.record(
                tx,
                Event.of(type)
                        .data("set", hash.orElse("none"))
                        .data("before", before.flatMap(StageChange::hash).orElse("none"))
                        .data("rules", set.map(PolicySet::size).orElse(0))
                        .data("forced", forced.orElse(null))
                        .personal("reason", reason));
        return last(tx, stage).orElseThrow();
    }

    private StageChange change(Actor actor, java.util.function.Function<Tx, StageChange> work) {
        try {
            return database.change(actor, tx -> {
                // decisions come wholly before or wholly after
                Catalog.lock(tx);
                return work.apply(tx);
            });
        } catch (Refusal refusal) {
            if (refusal.kind() != Refusal.Kind.UNAVAILABLE) {
                database.run(
                        actor,
                        tx -> audit.record(
                                tx,
                                Event.of(PolicyEvent.REFUSED)
                                        .outcome(Outcome.REFUSED)
                                        .data("code", refusal.code())));
            }
            throw refusal;
        }
    }

    private Optional<PolicySet> current(Rx rx, PolicyStage stage) {
        return rx
                .list(
                        "select hash from policy_stage where stage = ? order by number desc limit 1",
                        row -> Optional.ofNullable(row.getString(1)),
                        stage)
                .stream()
                .flatMap(Optional::stream)
                .findFirst()
                .map(hash -> shelf.set(rx, hash));
    }

    private static Optional<StageChange> last(Rx rx, PolicyStage stage) {
        return changes(rx, "stage = '" + Rows.stored(stage) + "'", 1).stream().findFirst();
    }

    private static final String CHANGE = """
            select c.*, coalesce(s.rules, 0) as rules from policy_stage c left join policy_set s on s.hash = c.hash
            """;

    private static List<StageChange> changes(Rx rx, String condition, int limit) {
        return rx.list(CHANGE + "where " + condition + " order by c.number desc limit ?", PolicySets::change, limit);
    }

    private static StageChange change(ResultSet row) throws SQLException {
        return new StageChange(
                row.getLong("number"),
                PolicyStage.valueOf(row.getString("stage").toUpperCase(java.util.Locale.ROOT)),
                Optional.ofNullable(row.getString("hash")),
                row.getInt("rules"),
                row.getString("person_name"),
                row.getString("reason"),
                Rows.instant(row, "at"));
    }

    /** The one hash, of a kept set or of the draft, that begins so. */
    private static String whole(Rx rx, String name, String draft) {
        if (!name.matches("[0-9a-f]{6,64}")) {
            throw PolicyRefusal.UNKNOWN.because("set: " + Text.quoted(name)
                    + " (expected: draft, enforced, shadow, none, or six or more characters of a hash)");
        }
        var hashes = new HashSet<>(rx.list(
                "select hash from policy_set where starts_with(hash, ?) limit 2", row -> row.getString(1), name));
        if (draft.startsWith(name)) {
            hashes.add(draft);
        }
        if (hashes.size() != 1) {
            throw PolicyRefusal.UNKNOWN.because(
                    "set: " + name + (hashes.isEmpty() ? ": no such set" : ": more than one begins so"),
                    "sallyport policy history shows the sets");
        }
        return hashes.iterator().next();
    }

    /** The beginning of its hash, as people read it. */
    static String shown(PolicySet set) {
        return set.hash().length() > 12 ? set.hash().substring(0, 12) : set.hash();
    }
}
