package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Durations;
import dev.sallyport.gateway.GatewayMeasures;
import dev.sallyport.gateway.Recorders;
import dev.sallyport.gateway.Reporter;
import dev.sallyport.spi.gateway.ControlPlane;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Logger;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.server.session.ServerUserAuthServiceFactory;

/** The SSH gateway: plain OpenSSH comes in, and goes on to a target under a grant, recorded. */
public final class SshGateway implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SshGateway.class.getName());
    private static final Duration TICK = Duration.ofMillis(500);

    private final SshServer server;
    private final TargetConnector targets;
    private final Sessions sessions;
    private final FeedWatch feed;
    private final Thread ticker;
    private volatile boolean stopped;

    /**
     * Where it listens and what it lets in.
     *
     * @param setUpsAtOnce log-ins that are decided and connected at the same time; the others wait
     * @param connectionsMax connections open at once, whether somebody is in or not
     */
    public record Config(InetSocketAddress listen, int setUpsAtOnce, int connectionsMax) {
        public Config {
            if (setUpsAtOnce < 1 || connectionsMax < 1) {
                throw new IllegalArgumentException("gateway: limits (expected: at least 1)");
            }
        }

        public static Config at(InetSocketAddress listen) {
            return new Config(listen, 4 * Runtime.getRuntime().availableProcessors(), 4096);
        }
    }

    private SshGateway(
            Config config,
            HostIdentity host,
            ControlPlane controlPlane,
            Recorders recorders,
            Reporter reporter,
            GatewayMeasures measures,
            Clock clock) {
        SshSecurity.prepare();
        sessions = new Sessions(clock, measures);
        targets = new TargetConnector(clock);
        var opener = new SessionOpener(controlPlane, targets, recorders, reporter, sessions, measures, clock);
        var logins = new Logins(controlPlane, opener, measures, config.setUpsAtOnce());
        server = ServerBuilder.builder().build();
        server.setHost(config.listen().getHostString());
        server.setPort(config.listen().getPort());
        server.setIoServiceFactoryFactory(Sockets.factory());
        server.setKeyPairProvider(host.keys());
        server.setHostKeyCertificateProvider(host.certificates());
        server.setCipherFactories(SshSecurity.clientCiphers());
        server.setMacFactories(SshSecurity.macs(false));
        server.setKeyExchangeFactories(keyExchanges());
        server.setSignatureFactories(SshSecurity.signatures(false));
        server.setForwardingFilter(null);
        server.setAgentFactory(null);
        server.setUserAuthFactories(List.of(HandshakeAuth.factory(logins, clock), InteractiveAuth.factory(logins)));
        server.setServiceFactories(List.of(ServerUserAuthServiceFactory.INSTANCE, new Connection()));
        server.addSessionListener(new Closings(config.connectionsMax()));
        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "SALLYPORT");
        CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, 20);
        CoreModuleProperties.AUTH_TIMEOUT.set(server, Duration.ofMinutes(2));
        CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.DISCONNECT_TIMEOUT.set(server, Duration.ofMillis(500));
        CoreModuleProperties.SOCKET_BACKLOG.set(server, 1024);
        CoreModuleProperties.SOCKET_KEEPALIVE.set(server, true);
        CoreModuleProperties.TCP_NODELAY.set(server, true);
        CoreModuleProperties.NIO2_READ_BUFFER_SIZE.set(server, 64 * 1024);
        feed = new FeedWatch(controlPlane, sessions);
        ticker = Thread.ofVirtual().name("gateway-limits").unstarted(this::tick);
    }

    /** Listens. A recorder and a reporter outlive it: whoever made them closes them. */
    public static SshGateway start(
            Config config,
            HostIdentity host,
            ControlPlane controlPlane,
            Recorders recorders,
            Reporter reporter,
            GatewayMeasures measures,
            Clock clock)
            throws IOException {
        var gateway = new SshGateway(config, host, controlPlane, recorders, reporter, measures, clock);
        gateway.feed.start();
        gateway.server.start();
        gateway.ticker.start();
        LOG.info(() -> "ssh gateway listens on " + config.listen().getHostString() + ":" + gateway.port());
        return gateway;
    }

    public int port() {
        return server.getPort();
    }

    /** Sessions that are open. */
    public int sessions() {
        return sessions.count();
    }

    /** Bytes that wait in the gateway to be passed on. */
    public long buffered() {
        return sessions.buffered();
    }

    /** Bytes that the open sessions have passed on, both ways. */
    public long passed() {
        return sessions.passed();
    }

    /** No session starts any more, those that are open may end by themselves for so long; then they are ended. */
    public void drain(Duration patience) {
        sessions.drain();
        if (patience.isPositive()) {
            sessions.tellAll("The gateway is being stopped; this session ends in " + Durations.shown(patience) + ".");
        }
        long until = System.nanoTime() + patience.toNanos();
        while (sessions.count() > 0 && System.nanoTime() < until) {
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
        sessions.endAll(EndReason.DRAINED, "The gateway is being stopped.");
    }

    @Override
    public void close() throws IOException {
        sessions.drain();
        sessions.endAll(EndReason.DRAINED, "The gateway is being stopped.");
        stopped = true;
        LockSupport.unpark(ticker);
        feed.close();
        server.stop(true);
        targets.close();
    }

    private static List<KeyExchangeFactory> keyExchanges() {
        return SshSecurity.keyExchanges(SshSecurity.KEY_EXCHANGES, false).stream()
                .map(ServerBuilder.DH2KEX)
                .toList();
    }

    private void tick() {
        while (!stopped) {
            sessions.tick();
            LockSupport.parkNanos(TICK.toNanos());
        }
    }

    /** Begins to relay for who has come in. */
    private static final class Connection implements ServiceFactory {
        @Override
        public String getName() {
            return "ssh-connection";
        }

        @Override
        public RelayService create(Session session) {
            GatewaySession opened = Login.of((ServerSession) session).session();
            if (opened == null) {
                throw new IllegalStateException("nobody is in");
            }
            return opened.begin();
        }
    }

    /** Refuses connections beyond the limit, and ends a session whose client goes before anything was relayed. */
    private record Closings(int most, java.util.concurrent.atomic.AtomicInteger open) implements SessionListener {
        Closings(int most) {
            this(most, new java.util.concurrent.atomic.AtomicInteger());
        }

        @Override
        public void sessionCreated(Session session) {
            if (open.incrementAndGet() > most) {
                session.close(true);
            }
        }

        @Override
        public void sessionClosed(Session session) {
            open.decrementAndGet();
            GatewaySession opened = Login.of((ServerSession) session).session();
            if (opened != null) {
                opened.clientGone();
            }
        }
    }
}
