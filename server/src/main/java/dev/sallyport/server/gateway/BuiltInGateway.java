package dev.sallyport.server.gateway;

import dev.sallyport.base.Labels;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.gateway.GatewayFiles;
import dev.sallyport.gateway.GatewayMeasures;
import dev.sallyport.gateway.Journal;
import dev.sallyport.gateway.SealedRecorders;
import dev.sallyport.gateway.recorder.RecorderLimits;
import dev.sallyport.gateway.recorder.RecordingStore;
import dev.sallyport.gateway.ssh.HostIdentity;
import dev.sallyport.gateway.ssh.SshGateway;
import dev.sallyport.server.ServerConfig;
import dev.sallyport.session.Gateway;
import dev.sallyport.session.GatewayCertificates;
import dev.sallyport.session.GatewaySessions;
import dev.sallyport.session.Gateways;
import dev.sallyport.spi.gateway.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * The gateway that runs inside a server: listens once the feed is followed, and stops before it is not any more. What an
 * earlier run left in the spool and in the journal is taken up first.
 */
public final class BuiltInGateway implements SmartLifecycle {
    /** How often the host certificate is made anew; it holds for much longer. */
    private static final Duration CERTIFIED_EVERY = Duration.ofDays(1);

    /** How soon it is tried again when that failed. */
    private static final Duration CERTIFIED_AGAIN = Duration.ofMinutes(1);

    private static final Logger LOG = Logger.getLogger(BuiltInGateway.class.getName());

    private final ServerConfig.SshGateway config;
    private final Path keyFile;
    private final Path journalFolder;
    private final Gateways gateways;
    private final GatewaySessions sessions;
    private final GatewayCertificates certificates;
    private final RecordingStore store;
    private final GatewayMeasures measures;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private @Nullable SshGateway ssh;

    public BuiltInGateway(
            ServerConfig config,
            Gateways gateways,
            GatewaySessions sessions,
            GatewayCertificates certificates,
            RecordingStore store,
            GatewayMeasures measures) {
        this.config = config.gateway();
        this.keyFile = config.data().resolve("gateway_host_key");
        this.journalFolder = config.data().resolve("gateway-journal");
        this.gateways = gateways;
        this.sessions = sessions;
        this.certificates = certificates;
        this.store = store;
        this.measures = measures;
    }

    /** @throws IllegalStateException naming the setting, if the port or the spool is somebody else's */
    @Override
    public synchronized void start() {
        if (!config.enabled()) {
            return;
        }
        try {
            begin();
        } catch (BindException e) {
            closeParts();
            throw new IllegalStateException(
                    "gateway.port: " + config.port() + " on " + config.bind()
                            + " cannot be listened at: " + e.getMessage()
                            + " (expected: a free port; or gateway.enabled: false)",
                    e);
        } catch (IOException e) {
            closeParts();
            throw new UncheckedIOException("gateway: cannot be started: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            closeParts();
            throw e;
        }
    }

    private void begin() throws IOException {
        Clock clock = Clock.systemUTC();
        Gateway self = gateways.builtIn(config.name(), new Labels(config.labels()));
        ControlPlane controlPlane = sessions.controlPlane(self);
        SshKeyPair key = hostKey();
        HostIdentity host = HostIdentity.of(key.openSshText());
        certify(self, key.publicKey(), host);
        Journal journal = Journal.open(journalFolder, controlPlane, measures, clock);
        parts.push(journal);
        SealedRecorders recorders = SealedRecorders.open(config.spool(), RecorderLimits.USUAL, store, journal, clock);
        parts.push(recorders);
        var listen = new InetSocketAddress(config.bind(), config.port());
        ssh = SshGateway.start(SshGateway.Config.at(listen), host, controlPlane, recorders, journal, measures, clock);
        parts.push(ssh);
        ScheduledExecutorService renewals = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("gateway-certificate").daemon().factory());
        parts.push(renewals::shutdownNow);
        renew(renewals, self, key.publicKey(), host, CERTIFIED_EVERY);
    }

    private void renew(
            ScheduledExecutorService renewals, Gateway self, SshPublicKey key, HostIdentity host, Duration after) {
        var _ = renewals.schedule(
                () -> {
                    Duration next = CERTIFIED_AGAIN;
                    try {
                        certify(self, key, host);
                        next = CERTIFIED_EVERY;
                    } catch (Refusal e) {
                        LOG.log(Level.WARNING, "the gateway''s host certificate waits: {0}", e.sentence());
                    } catch (RuntimeException e) {
                        LOG.log(Level.SEVERE, "the gateway's host certificate", e);
                    }
                    renew(renewals, self, key, host, next);
                },
                after.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void certify(Gateway self, SshPublicKey key, HostIdentity host) {
        var _ = host.certificate(certificates.certifyHost(self, config.address(), key));
    }

    /** Made at the first start; clients trust it through the authority, so it may differ between nodes. */
    private SshKeyPair hostKey() throws IOException {
        if (Files.exists(keyFile)) {
            return SshKeyPair.ofOpenSshText(Secret.of(Files.readString(keyFile)));
        }
        SshKeyPair made = SshKeys.generateEd25519(null);
        GatewayFiles.write(keyFile, made.openSshText().reveal());
        return made;
    }

    /** The port it listens at, if it does. */
    public synchronized int port() {
        return ssh == null ? 0 : ssh.port();
    }

    /** No session starts any more; those that are open are told, and have {@code gateway.drain} to end by themselves. */
    @Override
    public synchronized void stop() {
        if (ssh != null) {
            ssh.drain(config.drain());
        }
        closeParts();
    }

    private void closeParts() {
        ssh = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                LOG.log(Level.WARNING, "a part of the gateway could not be closed", e);
            }
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return ssh != null;
    }

    /** After the feed, and before the listener for HTTP. */
    @Override
    public int getPhase() {
        return 1;
    }
}
