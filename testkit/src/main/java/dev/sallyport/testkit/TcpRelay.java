package dev.sallyport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A port of 127.0.0.1 that leads to another one, as well or as badly as a test wants. */
public final class TcpRelay implements AutoCloseable {
    private static final int BACKLOG = 256;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final int target;
    private final int port;
    private final RelayGate gate = new RelayGate();
    private final Set<RelayLink> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private @Nullable ServerSocket listener;
    private @Nullable Thread acceptor;

    private TcpRelay(int target) {
        this.target = target;
        this.port = listen(0);
    }

    public static TcpRelay to(int port) {
        return new TcpRelay(port);
    }

    /** Where clients connect. */
    public int port() {
        return port;
    }

    /** Connections accepted since the start. */
    public int accepted() {
        return accepted.get();
    }

    /** Connections open now. */
    public int open() {
        return links.size();
    }

    /** Resets every connection; new ones are welcome. */
    public void cut() {
        links.forEach(RelayLink::reset);
    }

    /** New connections are refused; open ones live on. */
    public synchronized void refuse() {
        closeListener();
    }

    /** Nothing passes any more, and nobody is told: a black hole. New connections open and stay silent. */
    public void stall() {
        gate.shut();
    }

    /** What arrives from now on leaves this much later, each way. */
    public void delay(Duration eachWay) {
        gate.delay(eachWay);
    }

    /** Back to a good network; what was held up by a stall passes now. */
    public synchronized void restore() {
        gate.delay(Duration.ZERO);
        gate.open();
        if (listener == null) {
            listen(port);
        }
    }

    @Override
    public synchronized void close() {
        closeListener();
        cut();
    }

    private int listen(int wanted) {
        try {
            var socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(FreePort.LOOPBACK, wanted), BACKLOG);
            listener = socket;
            acceptor = Thread.ofPlatform().name("relay-accept").daemon().start(() -> accept(socket));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket socket) {
        while (true) {
            Socket client;
            try {
                client = socket.accept();
            } catch (IOException e) {
                return; // closed
            }
            accepted.incrementAndGet();
            var link = new RelayLink(client, gate, links::remove);
            links.add(link);
            link.start(target);
        }
    }

    private void closeListener() {
        if (listener != null) {
            try {
                listener.close();
                if (acceptor != null) {
                    // the kernel lets go of the port only once nobody waits in accept any more
                    acceptor.join(CLOSE_LIMIT.toMillis());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while closing", e);
            }
            listener = null;
            Await.until("port " + port + " refuses", CLOSE_LIMIT, () -> !FreePort.answers(port));
        }
    }
}
