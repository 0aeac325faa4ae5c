package dev.sallyport.grant;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.CrashPoint;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.Names;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.credential.SshCertificates;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Together;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.identity.SeenProofs;
import dev.sallyport.identity.UnspentProof;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Certificates for people who go to a target directly (CR1). Signing touches no target, so lease, event and certificate
 * are one transaction: a certificate exists only if its lease does. Those that are asked for at the same time share one.
 */
public final class SshAccess {
    /** How many transactions issue at once. */
    private static final int PLACES = 2;

    /** How many certificates share a transaction at most. */
    private static final int MOST = 64;

    private static final Actor ISSUER = Actor.system("credentials");

    private final Database database;
    private final Audit audit;
    private final Issuing issuing;
    private final Together<Wish, Optional<Issued>> together;

    public SshAccess(Database database, Audit audit, SshCertificates certificates) {
        this.database = database;
        this.audit = audit;
        this.issuing = new Issuing(audit, certificates);
        this.together = new Together<>(PLACES, MOST, this::atOnce);
    }

    /** A call, and the proof of possession that is spent with it. */
    private record Wish(Issuing.Call call, UnspentProof proof) {}

    /** What a person asks for; without a login the first of the role is taken, without a grant the longest that fits. */
    public record Ask(String target, Optional<String> login, SshPublicKey key, Optional<GrantId> grant) {}

    /** A certificate and how to use it. */
    public record Issued(
            Lease lease,
            Grant grant,
            String certificate,
            String login,
            String host,
            int port,
            List<String> knownHosts) {}

    /**
     * Issues a certificate under the person's running grant on the target that lasts longest and admits the login, and spends
     * the proof in the same transaction. Whatever comes of it, the proof is spent when this returns or refuses.
     *
     * @throws Refusal when there is none, when the role demands the gateway, or the login is not among its logins; the
     *     refusal is in the audit log
     */
    public Issued certify(Actor actor, PersonId person, Ask ask, UnspentProof proof) {
        Names.check("target", ask.target());
        var call = new Issuing.Call(actor, person, ask);
        Optional<Issued> together = this.together.call(new Wish(call, proof));
        proof.spend(); // it is already, unless those who went together failed together
        Issued issued = together.orElseGet(() -> alone(call));
        CrashPoint.reached("lease.issued");
        return issued;
    }

    /**
     * Answers those who simply get what they ask for, and spends the proofs of all; whoever is left empty-handed is looked at
     * alone, unless their proof was used before.
     */
    private List<Optional<Issued>> atOnce(List<Wish> wishes) {
        try {
            return database.change(ISSUER, tx -> atOnce(tx, wishes));
        } catch (Refusal refusal) {
            throw refusal; // the database is away, for each of them
        } catch (RuntimeException fault) {
            if (wishes.size() == 1) {
                throw fault;
            }
            return wishes.stream().map(_ -> Optional.<Issued>empty()).toList(); // one person's fault is not another's
        }
    }

    private List<Optional<Issued>> atOnce(Tx tx, List<Wish> wishes) {
        List<Boolean> mayGoOn =
                SeenProofs.spend(tx, wishes.stream().map(Wish::proof).toList());
        List<Issuing.Call> calls = IntStream.range(0, wishes.size())
                .filter(mayGoOn::get)
                .mapToObj(i -> wishes.get(i).call())
                .toList();
        Iterator<Issuing.Result> results = calls.isEmpty()
                ? Collections.emptyIterator()
                : issuing.issue(tx, calls, Issuing.Locked.PASSED_OVER).iterator();
        return mayGoOn.stream()
                .map(mine -> mine ? results.next().issued() : Optional.<Issued>empty())
                .toList();
    }

    private Issued alone(Issuing.Call call) {
        Issuing.Result result = database.change(
                call.actor(),
                tx -> issuing.issue(tx, List.of(call), Issuing.Locked.WAITED_FOR)
                        .getFirst());
        return switch (result) {
            case Issuing.Result.Done(Issued issued) -> issued;
            case Issuing.Result.No(Refusal refusal) -> {
                if (refusal.kind() == Refusal.Kind.FORBIDDEN) {
                    record(call, refusal);
                }
                throw refusal;
            }
        };
    }

    private void record(Issuing.Call call, Refusal refusal) {
        database.run(
                call.actor(),
                tx -> audit.record(
                        tx,
                        Event.of(GrantEvent.LEASE_REFUSED)
                                .outcome(Outcome.REFUSED)
                                .data("code", refusal.code())
                                .personal(
                                        "asked",
                                        call.ask().target() + "/"
                                                + call.ask().login().orElse(""))));
    }
}
