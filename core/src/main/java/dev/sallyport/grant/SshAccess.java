package dev.sallyport.grant;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.CrashPoint;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.LeaseId;
import dev.sallyport.base.Names;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Target;
import dev.sallyport.credential.CaKey;
import dev.sallyport.credential.SshCertificateOrder;
import dev.sallyport.credential.SshCertificates;
import dev.sallyport.credential.SshLeases;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
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

/**
 * Certificates for people who go to a target directly (CR1). Signing touches no target, so lease, event and certificate
 * are one transaction: a certificate exists only if its lease does.
 */
public final class SshAccess {
    private final Database database;
    private final Audit audit;
    private final SshCertificates certificates;

    public SshAccess(Database database, Audit audit, SshCertificates certificates) {
        this.database = database;
        this.audit = audit;
        this.certificates = certificates;
    }

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
     * Issues a certificate under the person's running grant on the target that lasts longest and admits the login.
     *
     * @throws Refusal when there is none, when the role demands the gateway, or the login is not among its logins; the
     *     refusal is in the audit log
     */
    public Issued certify(Actor actor, PersonId person, Ask ask) {
        try {
            Issued issued = database.change(actor, tx -> certify(tx, person, ask));
            CrashPoint.reached("lease.issued");
            return issued;
        } catch (Refusal refusal) {
            if (refusal.kind() == Refusal.Kind.FORBIDDEN) {
                database.run(
                        actor,
                        tx -> audit.record(
                                tx,
                                Event.of(GrantEvent.LEASE_REFUSED)
                                        .outcome(Outcome.REFUSED)
                                        .data("code", refusal.code())
                                        .personal(
                                                "asked",
                                                ask.target() + "/" + ask.login().orElse(""))));
            }
            throw refusal;
        }
    }

    private Issued certify(Tx tx, PersonId person, Ask ask) {
        Names.check("target", ask.target());
        List<Grant> grants = GrantStore.usable(tx, person, ask.target(), tx.now()).stream()
                .filter(grant -> ask.grant().map(grant.id()::equals).orElse(true))
                .toList();
        if (grants.isEmpty()) {
            throw GrantRefusal.NO_GRANT.because(
                    "you hold no running grant on " + Text.quoted(ask.target()),
                    "sallyport request ROLE " + ask.target() + " --for 1h --reason …");
        }
        Target target = Catalog.target(tx, grants.getFirst().target())
                .filter(found -> found.type().equals(Target.SSH))
                .orElseThrow(() -> GrantRefusal.NOT_SSH.because(ask.target() + " is not an SSH server"));
        Grant grant = chosen(grants, target, ask);
        String login = ask.login().orElseGet(() -> logins(grant, target).getFirst());
        Instant until = earlier(tx.now().plus(grant.terms().certificateValidity()), grant.endsAt());
        var id = LeaseId.next();
        Optional<String> source = grant.terms().sourceAddress() ? Optional.of(sourceOf(tx.actor())) : Optional.empty();
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
                        source));
        var lease = new Lease(
                id,
                LeaseState.ISSUED,
                SshLeases.KIND,
                SshLeases.cut(tx, target.id()),
                grant.id(),
                target.id(),
                target.name(),
                spec(signed, login, ask.key()),
                tx.now(),
                until,
                Optional.empty(),
                0,
                Optional.empty());
        GrantStore.insert(tx, lease);
        audit.record(
                tx,
                Grants.about(GrantEvent.LEASE_ISSUED, grant)
                        .lease(id.value())
                        .data("kind", SshLeases.KIND)
                        .data("serial", Long.toUnsignedString(signed.serial()))
                        .data("ca_key", signed.caKey())
                        .data("login", login)
                        .data("public_key", ask.key().fingerprint())
                        .data("expires_at", until.toString()));
        CrashPoint.reached("lease.signed");
        return new Issued(
                lease,
                grant,
                signed.line(),
                login,
                target.host().orElse(target.name()),
                target.port(),
                knownHosts(tx, target));
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

    private static Grant chosen(List<Grant> grants, Target target, Ask ask) {
        List<Grant> direct = grants.stream()
                .filter(grant -> grant.target().equals(target.id()))
                .filter(grant -> grant.terms().access() == Access.DIRECT)
                .toList();
        if (direct.isEmpty()) {
            throw GrantRefusal.GATEWAY_ONLY.because("your grant on " + ask.target()
                    + " is for the gateway, which records; it gives no certificate to hold");
        }
        return direct.stream()
                .filter(grant -> ask.login()
                        .map(logins(grant, target)::contains)
                        .orElse(!logins(grant, target).isEmpty()))
                .findFirst()
                .orElseThrow(() -> GrantRefusal.WRONG_LOGIN.because(
                        "login: " + ask.login().map(Text::quoted).orElse("none") + " (expected: one of "
                                + direct.stream()
                                        .flatMap(grant -> logins(grant, target).stream())
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
