package dev.sallyport.gateway.ssh;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.jspecify.annotations.Nullable;

/**
 * The connection protocol of one end, in the place of MINA's own: it opens nothing and answers nothing, it only keeps
 * what arrives until the relay takes it.
 */
final class RelayService extends AbstractCloseable implements Service {
    private final Session session;
    private final Map<String, Object> properties = new ConcurrentHashMap<>();
    private final Inbox inbox;
    private final Outbox outbox;
    private volatile @Nullable Runnable started;
    private volatile Predicate<Packet> atOnce = _ -> false;

    RelayService(Session session) {
        this.session = session;
        this.inbox = new Inbox(
                () -> session.getIoSession().suspendRead(),
                () -> session.getIoSession().resumeRead());
        this.outbox = new Outbox(session);
    }

    /** What is done as soon as the other end may speak. */
    RelayService whenStarted(Runnable action) {
        started = action;
        return this;
    }

    /** Who may pass data on before it is kept. */
    void atOnce(Predicate<Packet> relay) {
        atOnce = relay;
    }

    Inbox inbox() {
        return inbox;
    }

    Outbox outbox() {
        return outbox;
    }

    long buffered() {
        return inbox.bytes() + outbox.unwritten();
    }

    void discard() {
        inbox.discard();
        outbox.close();
    }

    @Override
    public void start() {
        Runnable action = started;
        if (action != null) {
            action.run();
        }
    }

    @Override
    public void process(int command, Buffer buffer) {
        if (command < SshConstants.SSH_MSG_GLOBAL_REQUEST) {
            return; // late messages of the authentication
        }
        var packet = Packet.of(command, buffer);
        if (!packet.isData() || !atOnce.test(packet)) {
            inbox.offer(packet);
        }
    }

    @Override
    public Session getSession() {
        return session;
    }

    @Override
    public Map<String, Object> getProperties() {
        return properties;
    }

    /** What has arrived is still passed on; the relay ends the session when the inbox is empty. */
    @Override
    protected void preClose() {
        inbox.close();
        super.preClose();
    }
}
