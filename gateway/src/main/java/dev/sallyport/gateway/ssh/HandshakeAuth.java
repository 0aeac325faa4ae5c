package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Bytes;
import dev.sallyport.base.Refusal;
import dev.sallyport.formats.ssh.SshCertificate;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.gateway.ssh.Logins.Outcome;
import dev.sallyport.spi.gateway.Answer;
import dev.sallyport.spi.gateway.Evidence;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.auth.AbstractUserAuth;
import org.apache.sshd.server.auth.AsyncAuthException;
import org.apache.sshd.server.auth.UserAuth;
import org.apache.sshd.server.auth.UserAuthFactory;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * Public-key authentication (RFC 4252, 7) that trusts nobody by itself: it checks that the key was proved in this
 * handshake, and the control plane judges what the key is worth.
 */
final class HandshakeAuth extends AbstractUserAuth {
    static final String NAME = "publickey";

    private static final String CERTIFICATE = "-cert-v01@openssh.com";
    private static final int KEY_MAX = 64 * 1024;

    private final Logins logins;
    private final Clock clock;

    private HandshakeAuth(Logins logins, Clock clock) {
        super(NAME);
        this.logins = logins;
        this.clock = clock;
    }

    static UserAuthFactory factory(Logins logins, Clock clock) {
        return new UserAuthFactory() {
            @Override
            public String getName() {
                return NAME;
            }

            @Override
            public UserAuth createUserAuth(ServerSession session) {
                return new HandshakeAuth(logins, clock);
            }
        };
    }

    @Override
    protected @Nullable Boolean doAuth(Buffer buffer, boolean init) throws IOException, AsyncAuthException {
        if (!init) {
            return false;
        }
        boolean signed = buffer.getBoolean();
        String algorithm = buffer.getString();
        byte[] blob = buffer.getBytes();
        Login login = Login.of(getServerSession());
        if (blob.length > KEY_MAX || !"ssh-connection".equals(getService())) {
            return false;
        }
        Optional<SshPublicKey> key = key(algorithm, blob);
        boolean certificate = HostTrust.isCertificate(blob);
        if (key.isEmpty() || !certificate && login.hasProved()) {
            return false;
        }
        if (!signed) {
            acceptable(algorithm, blob);
            return null;
        }
        byte[] signature = buffer.getBytes();
        if (!login.another() || !key.get().verifies(signedData(algorithm, blob), signature)) {
            return false;
        }
        if (!login.begin()) {
            login.disconnect("two attempts to sign in at once");
            return null;
        }
        var evidence = new Evidence(
                Optional.of(new Evidence.Handshake(
                        Bytes.of(getServerSession().getSessionId()),
                        getUsername(),
                        algorithm,
                        Bytes.of(blob),
                        Bytes.of(signature))),
                Optional.empty());
        var answer = new AsyncAuthException();
        Thread.ofVirtual().name("login").start(() -> decide(login, evidence, answer));
        throw answer;
    }

    private void decide(Login login, Evidence evidence, AsyncAuthException answer) {
        try {
            switch (logins.attempt(login, getUsername(), evidence)) {
                case Outcome.In() -> answer.setAuthed(true);
                case Outcome.NotYet(Answer why) -> {
                    explain(login, getUsername(), evidence, why);
                    login.decided(null);
                    answer.setAuthed(false);
                }
                case Outcome.Over() -> login.decided(null);
            }
        } catch (InterruptedException _) {
            login.client().close(true);
        }
    }

    private static void explain(Login login, String user, Evidence evidence, Answer why) {
        switch (why) {
            case Answer.Denied(String _, String sentence) -> {
                if (isCertificate(evidence)) {
                    login.banner(sentence); // after a plain key a client may still offer its certificate
                }
            }
            case Answer.SignIn _ -> {
                login.remember(evidence);
                login.banner("nobody is known by this key yet: sign in with \"sallyport login\", or by the link that an"
                        + " interactive ssh shows");
            }
            case Answer.MayAsk(String person, var offers) -> {
                login.remember(evidence);
                login.banner(person + " has no running grant here; ask with: sallyport request "
                        + offers.stream().map(Answer.Offer::role).findFirst().orElse("ROLE") + " "
                        + UserName.parse(user).target()
                        + " --for 1h --reason …");
            }
            case Answer.Permitted _ -> {}
        }
    }

    private static boolean isCertificate(Evidence evidence) {
        return evidence.handshake()
                .map(proof -> HostTrust.isCertificate(proof.key().toArray()))
                .orElse(false);
    }

    /** The key that is to be proved; nothing if it is none, or a certificate that is of no use to anybody. */
    private Optional<SshPublicKey> key(String algorithm, byte[] blob) {
        try {
            boolean certified = algorithm.endsWith(CERTIFICATE);
            SshPublicKey key;
            if (certified) {
                SshCertificate certificate = SshCertificate.ofBlob(blob);
                if (certificate.type() != SshCertificate.Type.USER || !certificate.isValidAt(clock.instant())) {
                    return Optional.empty();
                }
                key = certificate.publicKey();
            } else {
                key = SshPublicKey.ofBlob(blob);
            }
            return fits(certified, algorithm, key) ? Optional.of(key) : Optional.empty();
        } catch (Refusal _) {
            return Optional.empty();
        }
    }

    private static boolean fits(boolean certified, String algorithm, SshPublicKey key) {
        String suffix = certified ? CERTIFICATE : "";
        return switch (key.algorithm()) {
            case "ssh-rsa" -> algorithm.equals("rsa-sha2-512" + suffix) || algorithm.equals("rsa-sha2-256" + suffix);
            default -> algorithm.equals(certified ? key.type().certificateAlgorithm() : key.algorithm());
        };
    }

    /** What is signed: the session, then the request as it was sent. */
    private byte[] signedData(String algorithm, byte[] blob) {
        var data = new ByteArrayBuffer();
        data.putBytes(getServerSession().getSessionId());
        data.putByte(SshConstants.SSH_MSG_USERAUTH_REQUEST);
        data.putString(getUsername());
        data.putString(getService());
        data.putString(NAME);
        data.putBoolean(true);
        data.putString(algorithm);
        data.putBytes(blob);
        return data.getCompactData();
    }

    private void acceptable(String algorithm, byte[] blob) throws IOException {
        Buffer out = getServerSession().createBuffer(SshConstants.SSH_MSG_USERAUTH_PK_OK);
        out.putString(algorithm);
        out.putBytes(blob);
        getServerSession().writePacket(out);
    }
}
