package dev.sallyport.grant;

import dev.sallyport.audit.Audit;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.LeaseId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.SessionId;
import dev.sallyport.catalog.Target;
import dev.sallyport.credential.CaKey;
import dev.sallyport.credential.SshCertificateOrder;
import dev.sallyport.credential.SshCertificates;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.spi.Cut;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Grants as gateways use them: looked up while their rows are held against ending, and with a lease for each session. The
 * lease lasts as long as its session may; the certificate in it only minutes, and only for logging in once.
 */
public final class GatewayGrants {
    /** The kind of the leases. */
    public static final String KIND = "ssh-session";

    /** How long a gateway may take to log in at the target. */
    public static final Duration CERTIFICATE_VALIDITY = Duration.ofMinutes(3);

    private final Audit audit;
    private final SshCertificates certificates;

    public GatewayGrants(Audit audit, SshCertificates certificates) {
        this.audit = audit;
        this.certificates = certificates;
    }

    /** What a gateway gets. */
    public record Issued(String certificate, Instant expiresAt) {}

    /** The person's running grants on the target, longest first, held against ending until the change commits. */
    public static List<Grant> usable(Tx tx, PersonId person, String target) {
        return GrantStore.usable(tx, List.of(person), List.of(target), true).stream()
                .map(GrantStore.Usable::grant)
                .toList();
    }

    /** This grant, held against ending until the change commits; nothing if it does not run any more. */
    public static Optional<Grant> held(Tx tx, GrantId id) {
        return GrantStore.grant(tx, id)
                .flatMap(grant -> usable(tx, grant.person(), grant.targetName()).stream()
                        .filter(usable -> usable.id().equals(id))
                        .findFirst());
    }

    /** Lines for known_hosts under the target's name: the pinned key, or the authorities that sign host keys. */
    public List<String> knownHosts(Rx rx, Target target) {
        var lines = new ArrayList<String>();
        target.hostKey().ifPresent(key -> lines.add(target.name() + " " + key));
        for (CaKey ca : certificates.hostAuthorities(rx)) {
            lines.add("@cert-authority " + target.name() + " " + ca.publicKey().line());
        }
        return lines;
    }

    /**
     * A certificate for a session's own key, as a lease; asked again with the same id it is the same certificate.
     *
     * @throws Refusal {@code grant.ended} when the grant does not run any more
     */
    public Issued certify(
            Tx tx,
            GrantId grantId,
            SessionId session,
            LeaseId lease,
            String login,
            SshPublicKey key,
            List<String> extensions,
            Instant sessionEnds) {
        Optional<Lease> earlier = GrantStore.lease(tx, lease);
        if (earlier.isPresent()) {
            return again(earlier.get(), session, key);
        }
        Grant grant = held(tx, grantId)
                .orElseThrow(() -> GrantRefusal.ENDED.because(grantId + " has ended; no session starts under it"));
        Instant until = tx.now().plus(CERTIFICATE_VALIDITY);
        Instant expires = until.isBefore(sessionEnds) ? until : sessionEnds;
        SshCertificates.Signed signed = certificates.sign(
                tx,
                new SshCertificateOrder(
                        lease,
                        grant.personName(),
                        grant.request(),
                        grant.id(),
                        Optional.of(session),
                        List.of(grant.targetName() + "/" + login),
                        key,
                        tx.now(),
                        expires,
                        extensions,
                        Optional.empty()));
        GrantStore.insert(
                tx,
                List.of(new Lease(
                        lease,
                        LeaseState.ISSUED,
                        KIND,
                        Cut.INSTANT,
                        grant.id(),
                        grant.target(),
                        grant.targetName(),
                        new Spec(new TreeMap<>(Map.of(
                                "session", session.value(),
                                "serial", Long.toString(signed.serial()),
                                "ca_key", signed.caKey(),
                                "login", login,
                                "public_key", key.fingerprint(),
                                "certificate", signed.line(),
                                "certificate_expires_at", expires.toString()))),
                        tx.now(),
                        sessionEnds,
                        Optional.empty(),
                        0,
                        Optional.empty())));
        audit.record(
                tx,
                Grants.about(GrantEvent.LEASE_ISSUED, grant)
                        .lease(lease.value())
                        .session(session.value())
                        .data("kind", KIND)
                        .data("serial", Long.toUnsignedString(signed.serial()))
                        .data("ca_key", signed.caKey())
                        .data("login", login)
                        .data("public_key", key.fingerprint())
                        .data("expires_at", expires.toString()));
        return new Issued(signed.line(), expires);
    }

    /** A session that has closed needs its leases no more; the grant's row is held, as by everybody who closes leases. */
    public static void letGo(Tx tx, GrantId grant, SessionId session) {
        Ends.lock(tx, List.of(grant));
        List<String> open = tx.list("""
                with open as (select id from lease where grant_id = ? and kind = ? and state in ('issuing', 'issued')
                                 and spec ->> 'session' = ? order by id for update)
                update lease l set state = 'closing', closing_at = ? from open where l.id = open.id returning l.id
                """, row -> row.getString(1), grant, KIND, session, tx.now());
        if (!open.isEmpty()) {
            tx.update("""
                    insert into lease_closing (lease_id, target_id, feed_version, next_attempt_at)
                    select id, target_id, 0, ? from lease where id = any(?::text[])
                    """, tx.now(), open);
        }
        // those that were closing already are looked at now
        tx.update("""
                update lease_closing set next_attempt_at = ? where lease_id in (
                    select id from lease where grant_id = ? and kind = ? and state = 'closing' and spec ->> 'session' = ?)
                """, tx.now(), grant, KIND, session);
    }

    private static Issued again(Lease lease, SessionId session, SshPublicKey key) {
        Spec spec = lease.spec();
        if (!spec.text("session", "").equals(session.value())
                || !spec.text("public_key", "").equals(key.fingerprint())) {
            throw GrantRefusal.NO_GRANT.because(lease.id() + " is another session's lease");
        }
        return new Issued(spec.text("certificate", ""), Instant.parse(spec.text("certificate_expires_at", "")));
    }
}
