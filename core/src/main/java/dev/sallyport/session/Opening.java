package dev.sallyport.session;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.Bytes;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.LeaseId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Json;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.grant.GatewayGrants;
import dev.sallyport.grant.Grant;
import dev.sallyport.policy.SessionObligations;
import dev.sallyport.spi.gateway.Certified;
import dev.sallyport.spi.gateway.Opened;
import dev.sallyport.spi.gateway.PermitId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Begins sessions under permits, and gives gateways what they show to targets. */
final class Opening {
    private final Database database;
    private final Audit audit;
    private final GatewayGrants grants;
    private final StoredSecrets secrets;

    Opening(Database database, Audit audit, GatewayGrants grants, StoredSecrets secrets) {
        this.database = database;
        this.audit = audit;
        this.grants = grants;
        this.secrets = secrets;
    }

    private record StoredPermit(
            PermitId id,
            PersonId person,
            String personName,
            GrantId grant,
            String login,
            String clientAddress,
            Optional<byte[]> handshake,
            Optional<byte[]> link,
            Instant expiresAt,
            Optional<String> session) {
        static StoredPermit of(ResultSet row) throws SQLException {
            return new StoredPermit(
                    new PermitId(row.getString("id")),
                    new PersonId(row.getString("person_id")),
                    row.getString("person_name"),
                    new GrantId(row.getString("grant_id")),
                    row.getString("login"),
                    row.getString("client_address"),
                    Optional.ofNullable(row.getBytes("handshake_hash")),
                    Optional.ofNullable(row.getBytes("link_hash")),
                    Rows.instant(row, "expires_at"),
                    Optional.ofNullable(row.getString("session_id")));
        }
    }

    Opened open(Gateway gateway, PermitId id, SessionId session, dev.sallyport.spi.gateway.Opening opening) {
        StoredPermit permit = database.read(rx -> permit(rx, gateway, id, ""));
        var actor = new Actor(permit.person().value(), null, permit.personName(), permit.clientAddress(), null);
        return database.change(actor, tx -> {
            StoredPermit held = permit(tx, gateway, id, " for update of m");
            if (held.session().isPresent()) {
                return again(tx, gateway, held, session);
            }
            if (!tx.now().isBefore(held.expiresAt())) {
                throw SessionRefusal.PERMIT_UNKNOWN.because(id + ": expired at " + held.expiresAt());
            }
            return begin(tx, gateway, held, session, opening);
        });
    }

    private Opened begin(
            Tx tx, Gateway gateway, StoredPermit permit, SessionId id, dev.sallyport.spi.gateway.Opening opening) {
        if (SessionStore.find(tx, id).isPresent()) {
            throw SessionRefusal.PERMIT_USED.because(id + ": was opened under another permit");
        }
        spend(tx, permit, id);
        Grant grant = GatewayGrants.held(tx, permit.grant())
                .filter(found -> found.person().equals(permit.person())
                        && found.terms().logins().contains(permit.login()))
                .orElseThrow(() -> SessionRefusal.GRANT_ENDED.because("the grant has ended"));
        Target target = Catalog.target(tx, grant.target())
                .filter(found -> gateway.reaches(found) && found.admits(permit.login()))
                .orElseThrow(() -> SessionRefusal.GRANT_ENDED.because("the target is gone"));
        SessionObligations terms = grant.terms().session();
        Optional<RecordingKeys.Sealing> key = RecordingKeys.active(tx);
        boolean recorded = terms.recording() != SessionObligations.Recording.OFF;
        if (recorded && key.isEmpty()) {
            throw SessionRefusal.NO_RECORDING_KEY.because(
                    "there is no key to seal recordings to, so there is no session");
        }
        Instant longest = tx.now().plus(terms.longest());
        Instant ends = longest.isBefore(grant.endsAt()) ? longest : grant.endsAt();
        var session = new Session(
                id,
                true,
                gateway.id(),
                gateway.name(),
                grant.id(),
                grant.request(),
                grant.person(),
                grant.personName(),
                grant.targetName(),
                permit.login(),
                permit.clientAddress(),
                opening.clientVersion(),
                grant.terms(),
                false,
                tx.now(),
                ends,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                new Session.Recording(
                        recorded ? Session.Recording.PENDING : Session.Recording.OFF,
                        recorded ? key.map(RecordingKeys.Sealing::id) : Optional.empty(),
                        Optional.empty(),
                        0,
                        0,
                        0,
                        Optional.empty(),
                        List.of()));
        SessionStore.insert(
                tx, session, grant.target().value(), Json.text(grant.terms().tree()));
        audit.record(
                tx,
                about(SessionEvent.OPENED, session)
                        .happenedAt(opening.at())
                        .data("role", grant.roleName())
                        .data("ends_at", ends.toString())
                        .data("recording", terms.recording().name().toLowerCase(java.util.Locale.ROOT))
                        .data("recording_key", session.recording().key().orElse(null))
                        .personal("client_address", permit.clientAddress())
                        .personal("client_version", opening.clientVersion()));
        return answer(tx, session, target, key);
    }

    /** A gateway that never tells of the end gets nothing more after it. */
    private static void mayGoOn(Tx tx, Session session) {
        if (!tx.now().isBefore(session.endsAt())
                || GatewayGrants.held(tx, session.grant()).isEmpty()) {
            throw SessionRefusal.GRANT_ENDED.because("the grant has ended");
        }
    }

    private Opened again(Tx tx, Gateway gateway, StoredPermit permit, SessionId id) {
        if (!permit.session().equals(Optional.of(id.value()))) {
            throw SessionRefusal.PERMIT_USED.because(permit.id() + ": has opened a session already");
        }
        Session session = SessionStore.find(tx, id)
                .filter(Session::open)
                .orElseThrow(() -> SessionRefusal.CLOSED.because(id + " has ended"));
        mayGoOn(tx, session);
        Target target = Catalog.target(tx, session.target())
                .filter(gateway::reaches)
                .orElseThrow(() -> SessionRefusal.GRANT_ENDED.because("the target is gone"));
        Optional<RecordingKeys.Sealing> key = session.recording().key().flatMap(name -> RecordingKeys.find(tx, name));
        return answer(tx, session, target, key);
    }

    private Opened answer(Tx tx, Session session, Target target, Optional<RecordingKeys.Sealing> key) {
        Optional<String> name = target.injected(session.login());
        Optional<Secret> secret = name.flatMap(secrets::find);
        if (secret.isPresent()) {
            audit.record(
                    tx,
                    about(SessionEvent.SECRET_USED, session)
                            .data("secret", name.orElse(""))
                            .data("what_for", "redaction"));
        }
        return new Opened(
                key.map(RecordingKeys.Sealing::id).orElse(""),
                key.map(RecordingKeys.Sealing::publicKey).orElse(Bytes.of(new byte[0])),
                secret.stream().toList(),
                session.endsAt());
    }

    private static void spend(Tx tx, StoredPermit permit, SessionId session) {
        tx.update("update permit set session_id = ? where id = ?", session, permit.id());
        permit.handshake().ifPresent(hash -> {
            int spent = tx.update(
                    "update handshake set session_id = ? where hash = ? and session_id is null", session, hash);
            if (spent == 0) {
                throw SessionRefusal.PERMIT_USED.because("this handshake has opened a session already");
            }
        });
        permit.link().ifPresent(hash -> {
            int spent = tx.update(
                    "update sign_in_link set session_id = ? where link_hash = ? and session_id is null", session, hash);
            if (spent == 0) {
                throw SessionRefusal.PERMIT_USED.because("this sign-in has opened a session already");
            }
        });
    }

    Certified certify(Gateway gateway, SessionId id, LeaseId lease, String publicKey) {
        return database.change(gateway.actor(), tx -> {
            Session session = open(tx, gateway, id);
            GatewayGrants.Issued issued = grants.certify(
                    tx,
                    session.grant(),
                    id,
                    lease,
                    session.login(),
                    SshPublicKey.parse(publicKey),
                    StoredTerms.extensions(session.terms()),
                    session.endsAt());
            return new Certified(issued.certificate(), issued.expiresAt());
        });
    }

    Secret secret(Gateway gateway, SessionId id) {
        return database.change(gateway.actor(), tx -> {
            Session session = open(tx, gateway, id);
            mayGoOn(tx, session);
            String name = Catalog.target(tx, session.target())
                    .flatMap(target -> target.injected(session.login()))
                    .orElseThrow(() -> SessionRefusal.NO_SECRET.because("no secret is stored for this login"));
            Secret secret = secrets.find(name)
                    .orElseThrow(() -> SessionRefusal.NO_SECRET.because("the stored secret is not there"));
            audit.record(tx, about(SessionEvent.SECRET_USED, session).data("secret", name));
            return secret;
        });
    }

    /** The gateway's own open session, held until the change commits. */
    static Session open(Tx tx, Gateway gateway, SessionId id) {
        return SessionStore.held(tx, id)
                .filter(session -> session.gateway().equals(gateway.id()) && session.open())
                .orElseThrow(() -> SessionRefusal.NOT_YOURS.because(id + ": no open session of this gateway"));
    }

    static Event about(SessionEvent type, Session session) {
        return Event.of(type)
                .session(session.id().value())
                .request(session.request().value())
                .grant(session.grant().value())
                .target(session.target())
                .data("person", session.person().value())
                .data("login", session.login())
                .data("gateway", session.gatewayName());
    }

    private static StoredPermit permit(Rx rx, Gateway gateway, PermitId id, String lock) {
        return rx.one(
                        "select m.*, p.name as person_name from permit m join person p on p.id = m.person_id"
                                + " where m.id = ? and m.gateway_id = ?" + lock,
                        StoredPermit::of,
                        id,
                        gateway.id())
                .orElseThrow(() -> SessionRefusal.PERMIT_UNKNOWN.because(id + ": no such permit"));
    }
}
