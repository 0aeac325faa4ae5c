package dev.sallyport.gateway.ssh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.io.AbstractIoServiceFactoryFactory;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoConnector;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.IoServiceFactoryFactory;
import org.apache.sshd.common.io.nio2.Nio2Acceptor;
import org.apache.sshd.common.io.nio2.Nio2Connector;
import org.apache.sshd.common.io.nio2.Nio2Service;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactory;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.jspecify.annotations.Nullable;

/**
 * Sockets that are read by the threads that wait for them: MINA's own have one thread that waits and hands everything to
 * others, which costs each keystroke a change of threads.
 */
final class Sockets extends Nio2ServiceFactory {
    /** How many threads read. */
    static final int THREADS = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

    private final AsynchronousChannelGroup group;
    private final ExecutorService resuming;

    private Sockets(FactoryManager manager) {
        super(manager, null, null);
        try {
            group = AsynchronousChannelGroup.withFixedThreadPool(
                    THREADS, Thread.ofPlatform().daemon().name("gateway-io-", 0).factory());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        resuming = Executors.newVirtualThreadPerTaskExecutor();
    }

    static IoServiceFactoryFactory factory() {
        return new AbstractIoServiceFactoryFactory(null) {
            @Override
            public IoServiceFactory create(FactoryManager manager) {
                return new Sockets(manager);
            }
        };
    }

    @Override
    public IoConnector createConnector(IoHandler handler) {
        return autowireCreatedService(new Nio2Connector(this, getFactoryManager(), handler, group, resuming));
    }

    @Override
    public IoAcceptor createAcceptor(IoHandler handler) {
        return autowireCreatedService(new Nio2Acceptor(this, getFactoryManager(), handler, group, resuming));
    }

    @Override
    public Nio2Session createSession(
            Nio2Service service,
            IoHandler handler,
            AsynchronousSocketChannel socket,
            @Nullable SocketAddress acceptedAt)
            throws IOException {
        return new GatheringSocket(service, getFactoryManager(), handler, socket, acceptedAt);
    }

    @Override
    protected void doCloseImmediately() {
        try {
            group.shutdownNow();
        } catch (IOException _) {
            // its channels are closed one by one, too
        }
        resuming.shutdownNow();
        super.doCloseImmediately();
    }
}
