package dev.sallyport.session;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.Names;
import dev.sallyport.base.PersonId;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Target;
import dev.sallyport.credential.SshCertificates;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.grant.GatewayGrants;
import dev.sallyport.grant.Grant;
import dev.sallyport.grant.GrantRefusal;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.identity.SeenProofs;
import dev.sallyport.identity.UnspentProof;
import dev.sallyport.policy.Access;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What people hold for gateways: a certificate that says who they are and nothing of what they may do, so that one serves
 * for every target. No target trusts the authority that signs it.
 */
public final class GatewayCertificates {
    /** How long one holds. */
    public static final Duration VALID = Duration.ofMinutes(10);

    private final Database database;
    private final Audit audit;
    private final SshCertificates certificates;

    public GatewayCertificates(Database database, Audit audit, SshCertificates certificates) {
        this.database = database;
        this.audit = audit;
        this.certificates = certificates;
    }

    /** A certificate in OpenSSH's format, one line, and when it expires. */
    public record Issued(String certificate, Instant expiresAt) {}

    /** For the person who is signed in; it stops counting with this sign-in. */
    public Issued issue(Actor actor, PersonId id, SshPublicKey key) {
        return database.change(actor, tx -> issue(tx, id, key, Optional.empty()));
    }

    /**
     * A certificate, the grant that made somebody ask for it, and how gateways are known.
     *
     * @param ways the gateways that reach the target, the nearest first; at least one
     */
    public record IssuedFor(
            Issued certificate, Grant grant, String login, List<Ways.Way> ways, List<String> knownHosts) {
        public IssuedFor {
            ways = List.copyOf(ways);
            knownHosts = List.copyOf(knownHosts);
        }
    }

    /**
     * Where somebody wants to go.
     *
     * @param login the account; without one, the first that a grant gives
     * @param grant the only one that counts, if one is named
     * @param here the gateway of the server that answers
     * @param browser the address of the browser, where that is the terminal and the server keeps the key: what the
     *     gateway sees is the server's
     */
    public record Ask(
            String target,
            Optional<String> login,
            Optional<GrantId> grant,
            SshPublicKey key,
            Optional<Ways.Way> here,
            Optional<String> browser) {
        public Ask {
            Names.check("target", target);
        }
    }

    /**
     * A certificate for going to a target through a gateway; the proof of who asks is spent in its transaction, and not when
     * there is none.
     *
     * @return nothing where the person holds no running grant there that is for gateways, or holds one that is not
     * @throws dev.sallyport.base.Refusal {@code credential.no-gateway} when no gateway reaches the target now
     */
    public Optional<IssuedFor> issueFor(Actor actor, PersonId person, Ask ask, UnspentProof proof) {
        return database.<Optional<IssuedFor>>change(actor, tx -> {
            List<Grant> running = GatewayGrants.usable(tx, person, ask.target()).stream()
                    .filter(grant -> ask.grant().map(grant.id()::equals).orElse(true))
                    .toList();
            Optional<Target> target = running.isEmpty()
                    ? Optional.empty()
                    : Catalog.target(tx, running.getFirst().target());
            if (target.isEmpty()
                    || running.stream().anyMatch(grant -> grant.terms().access() == Access.DIRECT)) {
                return Optional.empty();
            }
            SeenProofs.spend(tx, proof);
            record Fit(Grant grant, String login) {}
            return running.stream()
                    .flatMap(grant -> grant.terms().logins().stream()
                            .filter(login -> target.get().admits(login)
                                    && ask.login().map(login::equals).orElse(true))
                            .map(login -> new Fit(grant, login)))
                    .findFirst()
                    .map(fit -> new IssuedFor(
                            issue(
                                    tx,
                                    person,
                                    ask.key(),
                                    ask.browser()
                                            .map(address -> new SshCertificates.Browser(
                                                    address, fit.grant().id()))),
                            fit.grant(),
                            fit.login(),
                            ways(tx, target.get(), ask.here()),
                            certificates.hostAuthorities(tx).stream()
                                    .map(ca -> "@cert-authority " + SshCertificates.GATEWAY_ALIAS + " "
                                            + ca.publicKey().line())
                                    .toList()));
        });
    }

    private static List<Ways.Way> ways(Tx tx, Target target, Optional<Ways.Way> here) {
        List<Ways.Way> ways = Ways.to(tx, target, here);
        if (ways.isEmpty()) {
            throw SessionRefusal.NO_GATEWAY.because(
                    target.name() + ": no gateway reaches it now (expected: one that was heard in the last "
                            + Ways.HEARD_WITHIN.toSeconds() + " seconds and whose labels the target carries)",
                    "somebody who may enrol gateways sees them with: sallyport gateways list");
        }
        return ways;
    }

    /** What a gateway shows to clients instead of a bare key. */
    public String certifyHost(Gateway gateway, String address, SshPublicKey key) {
        return database.change(gateway.actor(), tx -> {
            SshCertificates.Signed signed = certificates.gatewayHost(tx, gateway.name(), address, key);
            audit.record(
                    tx,
                    Event.of(SessionEvent.HOST_CERTIFIED)
                            .data("gateway", gateway.name())
                            .data("serial", Long.toUnsignedString(signed.serial()))
                            .data("ca_key", signed.caKey())
                            .data("public_key", key.fingerprint()));
            return signed.line();
        });
    }

    private Issued issue(Tx tx, PersonId id, SshPublicKey key, Optional<SshCertificates.Browser> browser) {
        Actor actor = tx.actor();
        Person person = Directory.person(tx, id)
                .filter(Person::isActive)
                .orElseThrow(() -> GrantRefusal.NOT_ACTIVE.because("your account may not be given anything right now"));
        String signIn = actor.session() == null ? "" : actor.session();
        Instant until = tx.now().plus(VALID);
        var held = new SshCertificates.Held(id, person.name(), person.epoch(), signIn, browser);
        SshCertificates.Signed signed = certificates.hold(tx, held, key, until);
        audit.record(
                tx,
                Event.of(SessionEvent.CERTIFICATE_ISSUED)
                        .data("serial", Long.toUnsignedString(signed.serial()))
                        .data("ca_key", signed.caKey())
                        .data("public_key", key.fingerprint())
                        .data("for", browser.isPresent() ? "browser-terminal" : "client")
                        .data("expires_at", until.toString()));
        return new Issued(signed.line(), until);
    }
}
