package dev.sallyport.server.notification;

import dev.sallyport.notification.Undelivered;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;

/** Sockets for the mail library: they connect only where {@link Destinations} lets them, and close when time is up. */
final class GuardedSockets extends SocketFactory implements AutoCloseable {
    private final Destinations destinations;
    private final Deadlines deadlines;
    private final Duration time;
    private final SSLSocketFactory trust;
    private final List<Future<?>> running = new ArrayList<>();

    GuardedSockets(Destinations destinations, Deadlines deadlines, Duration time, SSLSocketFactory trust) {
        this.destinations = destinations;
        this.deadlines = deadlines;
        this.time = time;
        this.trust = trust;
    }

    /** The same, for what speaks TLS from the first byte or turns to it. */
    SSLSocketFactory tls() {
        return new Tls();
    }

    @Override
    public Socket createSocket() {
        var socket = new Guarded();
        running.add(deadlines.close(socket, time));
        return socket;
    }

    @Override
    public void close() {
        running.forEach(deadline -> deadline.cancel(false));
    }

    private static SocketException notUsed() {
        return new SocketException("only sockets that are not connected yet are made here");
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw notUsed();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        throw notUsed();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw notUsed();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        throw notUsed();
    }

    /** Judges the address that it connects to, which therefore cannot be another one. */
    private final class Guarded extends Socket {
        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            if (!(endpoint instanceof InetSocketAddress to)) {
                throw notUsed();
            }
            try {
                InetAddress address = destinations.resolve(to.getHostString());
                super.connect(new InetSocketAddress(address, to.getPort()), timeout);
            } catch (Undelivered undelivered) {
                throw new SocketException(undelivered.message());
            }
        }

        @Override
        public void connect(SocketAddress endpoint) throws IOException {
            connect(endpoint, Math.toIntExact(Posting.CONNECT.toMillis()));
        }
    }

    private final class Tls extends SSLSocketFactory {
        @Override
        public Socket createSocket() {
            return GuardedSockets.this.createSocket();
        }

        @Override
        public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
            return Trust.over(trust, socket, host, port);
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return trust.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return trust.getSupportedCipherSuites();
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            throw notUsed();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            throw notUsed();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            throw notUsed();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            throw notUsed();
        }
    }
}
