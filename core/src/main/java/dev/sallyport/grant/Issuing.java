package dev.sallyport.grant;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.CrashPoint;
import dev.sallyport.base.LeaseId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.TargetId;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Target;
import dev.sallyport.credential.CaKey;
import dev.sallyport.credential.SshCertificateOrder;
import dev.sallyport.credential.SshCertificates;
import dev.sallyport.credential.SshLeases;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Spec;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.policy.Access;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Issues certificates for several people in one transaction: their grants locked, leases and events written beside. */
final class Issuing {
    private final Audit audit;
    private final SshCertificates certificates;

    Issuing(Audit audit, SshCertificates certificates) {
        this.audit = audit;
        this.certificates = certificates;
    }

    /** One person's wish. */
    record Call(Actor actor, PersonId person, SshAccess.Ask ask) {}

    /** What becomes of a grant that somebody is changing or ending at this moment. */
    enum Locked {
        WAITED_FOR,
        PASSED_OVER
    }

    /** What came of one wish. */
    sealed interface Result {
        record Done(SshAccess.Issued certificate) implements Result {}

        record No(Refusal refusal) implements Result {}

        default Optional<SshAccess.Issued> issued() {
            return this instanceof Done(SshAccess.Issued certificate) ? Optional.of(certificate) : Optional.empty();
        }
    }

    /** Answers each call in its order; what is issued has its lease and its event in this transaction. */
    List<Result> issue(Tx tx, List<Call> calls, Locked locked) {
        List<GrantStore.Usable> usable = GrantStore.usable(
                tx,
                calls.stream().map(Call::person).toList(),
                calls.stream().map(call -> call.ask().target()).toList(),
                locked == Locked.WAITED_FOR);
        Map<TargetId, Target> targets = targets(tx, usable);
        var results = new ArrayList<Result>();
        var events = new ArrayList<Event>();
        for (int i = 0; i < calls.size(); i++) {
            int place = i;
            List<GrantStore.Usable> mine =
                    usable.stream().filter(each -> each.place() == place).toList();
            results.add(issue(tx, calls.get(i), mine, targets, events));
        }
        if (!events.isEmpty()) {
            GrantStore.insert(
                    tx,
                    results.stream()
                            .flatMap(result -> result.issued().stream())
                            .map(SshAccess.Issued::lease)
                            .toList());
            audit.recordAll(tx, events);
            CrashPoint.reached("lease.signed");
        }
        return results;
    }

    private static Map<TargetId, Target> targets(Tx tx, List<GrantStore.Usable> usable) {
        List<String> ids = usable.stream()
                .map(each -> each.grant().target().value())
                .distinct()
                .toList();
        return ids.isEmpty()
                ? Map.of()
                : Catalog.targets(tx, ids).stream().collect(Collectors.toMap(Target::id, Function.identity()));
    }

    private Result issue(
            Tx tx, Call call, List<GrantStore.Usable> usable, Map<TargetId, Target> targets, List<Event> events) {
        try {
            return new Result.Done(certify(tx, call, usable, targets, events));
        } catch (Refusal refusal) {
            return new Result.No(refusal);
        }
    }

    private SshAccess.Issued certify(
            Tx tx, Call call, List<GrantStore.Usable> usable, Map<TargetId, Target> targets, List<Event> events) {
        SshAccess.Ask ask = call.ask();
        List<GrantStore.Usable> grants = usable.stream()
                .filter(each -> ask.grant().map(each.grant().id()::equals).orElse(true))
                .toList();
        if (grants.isEmpty()) {
            throw GrantRefusal.NO_GRANT.because(
                    "you hold no running grant on " + Text.quoted(ask.target()),
                    "sallyport request ROLE " + ask.target() + " --for 1h --reason …");
        }
        Target target = Optional.ofNullable(
                        targets.get(grants.getFirst().grant().target()))
                .filter(found -> found.type().equals(Target.SSH))
                .orElseThrow(() -> GrantRefusal.NOT_SSH.because(ask.target() + " is not an SSH server"));
        GrantStore.Usable chosen = chosen(grants, target, ask);
        Grant grant = chosen.grant();
        String login = ask.login().orElseGet(() -> logins(grant, target).getFirst());
        Instant until = earlier(tx.now().plus(grant.terms().certificateValidity()), grant.endsAt());
        var id = LeaseId.next();
        SshCertificates.Signed signed = certificates.sign(
                tx,
                new SshCertificateOrder(
                        id,
                        grant.personName(),
                        grant.request(),
                        grant.id(),
                        Optional.empty(),
                        List.of(grant.targetName() + "/" + login),
                        ask.key(),
                        tx.now(),
                        until,
                        grant.terms().extensions(),
                        grant.terms().sourceAddress() ? Optional.of(sourceOf(call.actor())) : Optional.empty()));
        var lease = new Lease(
                id,
                LeaseState.ISSUED,
                SshLeases.KIND,
                chosen.cut(),
                grant.id(),
                target.id(),
                target.name(),
                spec(signed, login, ask.key()),
                tx.now(),
                until,
                Optional.empty(),
                0,
                Optional.empty());
        events.add(event(call, grant, lease, signed, login));
        return new SshAccess.Issued(
                lease,
                grant,
                signed.line(),
                login,
                target.host().orElse(target.name()),
                target.port(),
                knownHosts(tx, target));
    }

    private static Event event(Call call, Grant grant, Lease lease, SshCertificates.Signed signed, String login) {
        return Grants.about(GrantEvent.LEASE_ISSUED, grant)
                .by(call.actor())
                .lease(lease.id().value())
                .data("kind", SshLeases.KIND)
                .data("serial", Long.toUnsignedString(signed.serial()))
                .data("ca_key", signed.caKey())
                .data("login", login)
                .data("public_key", call.ask().key().fingerprint())
                .data("expires_at", lease.expiresAt().toString());
    }

    /** Lines for known_hosts under the target's name: the pinned key, or the authority that signs host keys. */
    private List<String> knownHosts(Tx tx, Target target) {
        var lines = new ArrayList<String>();
        target.hostKey().ifPresent(key -> lines.add(target.name() + " " + key));
        for (CaKey ca : certificates.hostAuthorities(tx)) {
            lines.add("@cert-authority " + target.name() + " " + ca.publicKey().line());
        }
        return lines;
    }

    private static GrantStore.Usable chosen(List<GrantStore.Usable> grants, Target target, SshAccess.Ask ask) {
        List<GrantStore.Usable> direct = grants.stream()
                .filter(each -> each.grant().target().equals(target.id()))
                .filter(each -> each.grant().terms().access() == Access.DIRECT)
                .toList();
        if (direct.isEmpty()) {
            throw GrantRefusal.GATEWAY_ONLY.because("your grant on " + ask.target()
                    + " is for the gateway, which records; it gives no certificate to hold");
        }
        return direct.stream()
                .filter(each -> ask.login()
                        .map(logins(each.grant(), target)::contains)
                        .orElse(!logins(each.grant(), target).isEmpty()))
                .findFirst()
                .orElseThrow(() -> GrantRefusal.WRONG_LOGIN.because("login: "
                        + ask.login().map(Text::quoted).orElse("none") + " (expected: one of "
                        + direct.stream()
                                .flatMap(each -> logins(each.grant(), target).stream())
                                .distinct()
                                .toList() + ")"));
    }

    /** The grant's accounts that the target admits today. */
    private static List<String> logins(Grant grant, Target target) {
        return grant.terms().logins().stream().filter(target::admits).toList();
    }

    private static String sourceOf(Actor actor) {
        if (actor.sourceAddress() == null) {
            throw new IllegalStateException("the role binds certificates to an address, and the caller has none");
        }
        return actor.sourceAddress();
    }

    private static Spec spec(SshCertificates.Signed signed, String login, SshPublicKey key) {
        var tree = new TreeMap<String, Object>(Map.of(
                "serial", Long.toString(signed.serial()),
                "ca_key", signed.caKey(),
                "login", login,
                "public_key", key.fingerprint()));
        return new Spec(tree);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
