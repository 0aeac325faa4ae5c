package dev.sallyport.session;

import dev.sallyport.World;
import dev.sallyport.base.Bytes;
import dev.sallyport.base.Labels;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
import dev.sallyport.credential.SigningProvider;
import dev.sallyport.credential.SshCertificates;
import dev.sallyport.feed.FeedFollower;
import dev.sallyport.finding.Findings;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.grant.GatewayGrants;
import dev.sallyport.spi.gateway.Answer;
import dev.sallyport.spi.gateway.ControlPlane;
import dev.sallyport.spi.gateway.Destination;
import dev.sallyport.spi.gateway.Evidence;
import dev.sallyport.spi.gateway.Opened;
import dev.sallyport.spi.gateway.Opening;
import dev.sallyport.spi.gateway.Permit;
import dev.sallyport.spi.gateway.PermitId;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.NullMarked;

/** A world with gateways, whose clients sign handshakes as OpenSSH does. */
@NullMarked
final class GatewayWorld implements AutoCloseable {
    static final String ADDRESS = "192.0.2.7";

    final World world = new World();
    final FeedFollower follower = new FeedFollower(world.database, world.connections);
    final Gateways gateways = new Gateways(world.database, world.audit);
    final SignInLinks links = new SignInLinks(world.database, world.audit, URI.create("https://localhost:8443"));
    final RecordingKeys keys = new RecordingKeys(world.database, world.audit, world.vault);
    final Map<String, Secret> stored = new ConcurrentHashMap<>();
    final GatewayCertificates certificates =
            new GatewayCertificates(world.database, world.audit, new SshCertificates(world.authorities));
    final SessionDuty duty = new SessionDuty(world.database, world.audit, new Findings(world.audit));
    final GatewaySessions sessions;
    final Gateway gateway;
    final ControlPlane plane;
    private final SecureRandom random = new SecureRandom();

    GatewayWorld() {
        keys.createMissing();
        follower.start();
        sessions = new GatewaySessions(
                world.database,
                world.audit,
                follower,
                gateways,
                new GatewayGrants(world.audit, new SshCertificates(world.authorities)),
                world.requests,
                links,
                name -> Optional.ofNullable(stored.get(name)),
                keys);
        gateway = gateways.builtIn("here", Labels.NONE);
        plane = sessions.controlPlane(gateway);
    }

    static SshKeyPair pair() {
        return SshKeys.generateEd25519(SigningProvider.get());
    }

    byte[] sessionId() {
        var id = new byte[32];
        random.nextBytes(id);
        return id;
    }

    /** A handshake signed with a plain key. */
    static Evidence plain(SshKeyPair pair, String user, byte[] sessionId) {
        return evidence(pair, pair.publicKey().blob(), pair.publicKey().algorithm(), user, sessionId);
    }

    /** A handshake with a certificate that the person has just been given. */
    Evidence certified(PersonId person, String user) {
        return certified(person, user, sessionId());
    }

    Evidence certified(PersonId person, String user, byte[] sessionId) {
        SshKeyPair pair = pair();
        String line = certificates
                .issue(world.actor(person), person, pair.publicKey())
                .certificate();
        return shown(pair, line, user, sessionId);
    }

    static Evidence shown(SshKeyPair pair, String line, String user, byte[] sessionId) {
        byte[] blob = Base64.getDecoder().decode(line.split(" ")[1]);
        return evidence(pair, blob, "ssh-ed25519-cert-v01@openssh.com", user, sessionId);
    }

    private static Evidence evidence(SshKeyPair pair, byte[] blob, String algorithm, String user, byte[] sessionId) {
        var signed = new ByteArrayOutputStream();
        string(signed, sessionId);
        signed.write(50);
        for (String part : List.of(user, "ssh-connection", "publickey")) {
            string(signed, part.getBytes(StandardCharsets.UTF_8));
        }
        signed.write(1);
        string(signed, algorithm.getBytes(StandardCharsets.UTF_8));
        string(signed, blob);
        byte[] signature = pair.signer(SigningProvider.get()).sign(signed.toByteArray());
        return new Evidence(
                Optional.of(new Evidence.Handshake(
                        Bytes.of(sessionId), user, algorithm, Bytes.of(blob), Bytes.of(signature))),
                Optional.empty());
    }

    private static void string(ByteArrayOutputStream out, byte[] bytes) {
        out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
        out.writeBytes(bytes);
    }

    static Destination to(String login, String target) {
        return new Destination(target, Optional.of(login), ADDRESS, "SSH-2.0-OpenSSH_9.9");
    }

    Permit permit(PersonId person, String login, String target) {
        Answer answer = plane.authorize(certified(person, login + "@" + target), to(login, target));
        if (answer instanceof Answer.Permitted(Permit permit)) {
            return permit;
        }
        throw new AssertionError(answer);
    }

    SessionId open(PersonId person, String login, String target) {
        var id = SessionId.next();
        open(permit(person, login, target).id(), id);
        return id;
    }

    Opened open(PermitId permit, SessionId id) {
        return plane.open(permit, id, new Opening(Instant.now(), ADDRESS, "SSH-2.0-OpenSSH_9.9"));
    }

    Session session(SessionId id) {
        return world.database.read(rx -> GatewaySessions.find(rx, id).orElseThrow());
    }

    static SshPublicKey key() {
        return pair().publicKey();
    }

    @Override
    public void close() {
        follower.close();
        world.close();
    }
}
