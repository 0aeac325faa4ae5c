package dev.sallyport.grant;

import dev.sallyport.audit.Audit;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.database.Tx;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Decided;
import dev.sallyport.decision.Decisions;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.Ruling;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Judges what runs again (PO7): when other rules are enforced, when somebody or something that they look at changes, and at
 * the instant a decision itself named because time alone may change it.
 */
final class Judging {
    /** How many grants one step takes. */
    private static final int BATCH = 200;

    private static final String RULES = " exists (select 1 from policy_stage where stage = 'enforced') ";

    private static final String MARK = """
            insert into grant_judging (grant_id, judge_at)
            select id, ?::timestamptz from access_grant where state in ('scheduled', 'active') and\s""";

    /** In the order in which everybody takes grants. */
    private static final String ORDERED = " order by id ";

    private static final String NOW = " on conflict (grant_id) do update set judge_at = excluded.judge_at";

    /** A grant goes on although a rule that only warns speaks against it. */
    static final String AGAINST = "grant-against-policy";

    private final Decisions decisions;
    private final Findings findings;
    private final Ends ends;

    Judging(Audit audit, Decisions decisions) {
        this.decisions = decisions;
        this.findings = new Findings(audit);
        this.ends = new Ends(audit);
    }

    /** A grant that is new, or lasts longer, is judged by the rules about what runs, which may name a time of their own. */
    static void soon(Tx tx, GrantId grant) {
        tx.update(
                "insert into grant_judging (grant_id, judge_at) select ?, ?::timestamptz where " + RULES + NOW,
                grant,
                tx.now());
    }

    /** Everything that runs, if any rules were ever enforced: what roles say by themselves does not end what runs. */
    static void everything(Tx tx) {
        tx.update(MARK + RULES + ORDERED + NOW, tx.now());
    }

    /** The same for what these persons hold. */
    static void of(Tx tx, List<PersonId> persons) {
        tx.update(
                MARK + "person_id = any(?::text[]) and " + RULES + ORDERED + NOW,
                tx.now(),
                persons.stream().map(PersonId::value).toList());
    }

    /** Has what goes on against a rule that only warns judged; says how many. */
    int warned(Tx tx) {
        return tx.update("""
                insert into grant_judging (grant_id, judge_at)
                select g.id, ?::timestamptz from finding f join access_grant g on g.id = f.subject
                 where f.kind = ? and f.closed_at is null and g.state = 'active' order by g.id
                """ + NOW, tx.now(), AGAINST);
    }

    /** One round; says how many were judged. Who changes the catalogue comes wholly before or wholly after. */
    int due(Tx tx) {
        if (!tx.exists("select 1 from grant_judging where judge_at <= ? limit 1", tx.now())) {
            return 0;
        }
        Catalog.hold(tx);
        List<GrantId> waiting = tx.list(
                "select grant_id from grant_judging where judge_at <= ? order by judge_at limit ?",
                row -> new GrantId(row.getString(1)),
                tx.now(),
                BATCH);
        Ends.lock(tx, waiting); // first, as everybody does who has a grant judged
        List<GrantId> due = tx.list(
                "delete from grant_judging where grant_id = any(?::text[]) and judge_at <= ? returning grant_id",
                row -> new GrantId(row.getString(1)),
                waiting.stream().map(GrantId::value).toList(),
                tx.now());
        // looked at after these were taken: what changes from now on marks them again
        Decisions.Asking asking = decisions.enforced(tx);
        List<Grant> grants = GrantStore.grantsById(tx, due);
        var held = new HeldGrants(tx, grants);
        var calm = new ArrayList<String>();
        grants.stream()
                .filter(Grant::isRunning)
                // one whose time has come is judged when it begins
                .filter(grant -> grant.state() != GrantState.SCHEDULED
                        || grant.startsAt().isAfter(tx.now()))
                .filter(grant -> judge(tx, asking, held, grant))
                .forEach(grant -> calm.add(grant.id().value()));
        findings.closeAll(tx, AGAINST, calm);
        return due.size();
    }

    /**
     * Why a grant whose time has come does not begin: what would be asked for now is denied, whatever was said when it was
     * asked for. Whose word it took was given then.
     */
    Optional<Against> against(Tx tx, Grant grant) {
        return new HeldGrants(tx, List.of(grant))
                .asked(grant)
                .map(held -> decisions.offer(tx, held.by(Action.REQUEST)))
                .filter(decided -> decided.ruling().effect() == Ruling.Effect.DENY)
                .map(decided -> new Against(
                        "policy does not let it begin: "
                                + String.join("; ", decided.ruling().sentences()),
                        Optional.of(decided)));
    }

    /** Why a grant ends, and what the rules said where it was they. */
    record Against(String why, Optional<Decided> by) {}

    /** Says whether it goes on and nothing stands against it. */
    private boolean judge(Tx tx, Decisions.Asking asking, HeldGrants held, Grant grant) {
        Optional<Asked> asked = held.asked(grant);
        if (asked.isEmpty()) {
            return false; // its person, role or target is gone, and it ends for that
        }
        Decided decided = asking.decided(asked.get());
        Ruling ruling = decided.ruling();
        List<String> incidents = held.incidents(grant);
        Optional<String> why = ends(incidents, ruling, () -> restsOn(incidents, asked.get(), asking));
        if (why.isPresent()) {
            ends.begin(tx, List.of(grant.id()), EndReason.POLICY, why.get(), Optional.of(decided));
            return false;
        }
        if (!ruling.warnings().isEmpty()) {
            findings.open(
                    tx,
                    AGAINST,
                    Severity.MEDIUM,
                    grant.id().value(),
                    grant.personName() + " holds " + grant.roleName() + " on " + grant.targetName()
                            + " against policy: "
                            + String.join("; ", ruling.warnings()));
        }
        ruling.again().filter(at -> at.isBefore(grant.endsAt())).ifPresent(at -> again(tx, grant.id(), at));
        return ruling.warnings().isEmpty();
    }

    /**
     * Why a running grant ends, by what is said to it now.
     *
     * @param restsOn whether one of its incidents is still a reason to allow it
     */
    static Optional<String> ends(List<String> incidents, Ruling ruling, BooleanSupplier restsOn) {
        if (ruling.effect() == Ruling.Effect.DENY) {
            return Optional.of("policy no longer allows it: " + String.join("; ", ruling.sentences()));
        }
        return incidents.isEmpty() || restsOn.getAsBoolean()
                ? Optional.empty()
                : Optional.of("no longer granted for " + String.join(", ", incidents));
    }

    /** As a request, or as the extension that it may have been given by. */
    static boolean restsOn(List<String> incidents, Asked held, Decisions.Asking asking) {
        return asking.restsOn(incidents, held.by(Action.REQUEST)) || asking.restsOn(incidents, held.by(Action.EXTEND));
    }

    private static void again(Tx tx, GrantId grant, Instant at) {
        tx.update("""
                insert into grant_judging (grant_id, judge_at) values (?, ?)
                    on conflict (grant_id) do update set judge_at = least(grant_judging.judge_at, excluded.judge_at)
                """, grant, at);
    }
}
