package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Text;
import dev.sallyport.spi.gateway.Destination;
import dev.sallyport.spi.gateway.Evidence;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/** One connection on its way in: what it has proved, and the session it leads to in the end. */
final class Login {
    /** The most keys that are looked at on one connection. */
    static final int PROOFS_MAX = 6;

    private static final AttributeKey<Login> KEY = new AttributeKey<>();

    private final ServerSession client;
    private @Nullable Evidence proved;
    private int proofs;
    private boolean deciding;
    private @Nullable GatewaySession session;
    private String told = "";

    private Login(ServerSession client) {
        this.client = client;
    }

    static Login of(ServerSession client) {
        return client.computeAttributeIfAbsent(KEY, _ -> new Login(client));
    }

    ServerSession client() {
        return client;
    }

    /** Counts a key; false when there were too many. */
    synchronized boolean another() {
        return ++proofs <= PROOFS_MAX;
    }

    /** One decision at a time: a client that asks for two at once breaks the protocol. */
    synchronized boolean begin() {
        if (deciding || session != null) {
            return false;
        }
        deciding = true;
        return true;
    }

    synchronized void decided(@Nullable GatewaySession opened) {
        deciding = false;
        session = opened;
    }

    synchronized @Nullable GatewaySession session() {
        return session;
    }

    /** What was proved and did not suffice; the first key counts. */
    synchronized void remember(Evidence evidence) {
        if (proved == null) {
            proved = evidence;
        }
    }

    synchronized Evidence proved() {
        return proved == null ? Evidence.NONE : proved;
    }

    synchronized boolean hasProved() {
        return proved != null;
    }

    Destination destination(String user) {
        UserName name = UserName.parse(user);
        return new Destination(name.target(), name.login(), address(), version());
    }

    String address() {
        return client.getRemoteAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress()
                : "unknown";
    }

    String version() {
        return Text.printable(Optional.ofNullable(client.getClientVersion()).orElse("unknown"));
    }

    /** Shows a line before anybody is in, in batch mode too (RFC 4252, 5.4); the same line once. */
    void banner(String line) {
        synchronized (this) {
            if (line.equals(told)) {
                return;
            }
            told = line;
        }
        try {
            Buffer buffer = client.createBuffer(SshConstants.SSH_MSG_USERAUTH_BANNER);
            buffer.putString("sallyport: " + Text.printable(line) + "\r\n");
            buffer.putString("");
            client.writePacket(buffer);
        } catch (IOException _) {
            client.close(true);
        }
    }

    void disconnect(String sentence) {
        try {
            client.disconnect(
                    SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
                    "sallyport: " + Text.printable(sentence));
        } catch (IOException _) {
            client.close(true);
        }
    }
}
