package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.spi.gateway.TargetAccess;
import java.io.IOException;
import java.net.SocketAddress;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.keyboard.UserInteraction;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.core.CoreModuleProperties;

/**
 * An SSH client for people whose terminal is a browser: it goes through a gateway as any client does, shows a certificate
 * that a server got for them, and knows the gateway by the authority that signs host keys.
 */
public final class BrowserClient implements AutoCloseable {
    /** How it names itself to gateways (RFC 4253, 4.2): sessions show it as the client's program. */
    public static final String PROGRAM = "Sallyport_browser_terminal";

    /** How long signing in may take; a person may be asked to wait for somebody who watches only after it. */
    static final Duration SIGN_IN_LIMIT = Duration.ofSeconds(40);

    /** A gateway that answers none of three questions is gone. */
    private static final Duration BEAT = Duration.ofSeconds(15);

    private static final int BEATS_MISSED = 3;

    private static final AttributeKey<Going> GOING = new AttributeKey<>();

    private final SshClient client;
    private final Clock clock;

    /**
     * A gateway, and who goes where through it.
     *
     * @param alias under which the gateway stands in the known hosts
     * @param user {@code login@target}
     * @param knownHosts lines in the format of known_hosts; a gateway that they do not name is not trusted
     */
    public record Way(String host, int port, String alias, String user, List<String> knownHosts) {
        public Way {
            knownHosts = List.copyOf(knownHosts);
        }
    }

    /** A connection from before its first byte: what the gateway should be, and what it has said. */
    private record Going(
            HostTrust trust,
            AtomicReference<String> doubt,
            AtomicReference<String> said,
            AtomicReference<String> farewell) {
        Going(HostTrust trust) {
            this(trust, new AtomicReference<>(""), new AtomicReference<>(""), new AtomicReference<>(""));
        }
    }

    public BrowserClient(Clock clock) {
        SshSecurity.prepare();
        this.clock = clock;
        client = SshClient.setUpDefaultClient();
        client.setIoServiceFactoryFactory(Sockets.factory());
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setAgentFactory(null);
        client.setForwardingFilter(null);
        client.setCipherFactories(SshSecurity.ciphers(false));
        client.setMacFactories(SshSecurity.macs(false));
        client.setKeyExchangeFactories(TargetKex.all(false));
        client.setSignatureFactories(certificatesOnly());
        var keys = new UserAuthPublicKeyFactory();
        keys.setSignatureFactories(SshSecurity.signatures(false));
        client.setUserAuthFactories(List.of(keys));
        client.setServerKeyVerifier(this::verify);
        client.setUserInteraction(new Listening());
        client.addSessionListener(new Farewells());
        CoreModuleProperties.CLIENT_IDENTIFICATION.set(client, PROGRAM);
        CoreModuleProperties.SOCKET_KEEPALIVE.set(client, true);
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, BEAT);
        CoreModuleProperties.HEARTBEAT_REQUEST.set(client, "keepalive@openssh.com");
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, BEATS_MISSED);
        client.start();
    }

    /** The refusal of a gateway that cannot be reached, where another may be tried. */
    public static final String AWAY = BrowserRefusal.AWAY.code();

    /** @throws Refusal {@code terminal.*}, with what the gateway says */
    public BrowserConnection connect(Way way, SshKeyPair key, String certificate) {
        var access =
                new TargetAccess(way.host(), way.port(), way.knownHosts(), false, TargetAccess.Credential.CERTIFICATE);
        var going = new Going(HostTrust.of(way.alias(), access));
        ClientSession session = reach(way, going);
        boolean done = false;
        try {
            var stored = TargetConnector.Credential.stored(key.openSshText());
            session.addPublicKeyIdentity(TargetConnector.Credential.certified(stored.pair(), certificate)
                    .pair());
            session.auth().verify(SIGN_IN_LIMIT);
            done = true;
            return new BrowserConnection(session, going.farewell()::get);
        } catch (IOException e) {
            throw refused(way, going, e);
        } finally {
            if (!done) {
                session.close(true);
            }
        }
    }

    private ClientSession reach(Way way, Going going) {
        try {
            return client.connect(way.user(), way.host(), way.port(), AttributeRepository.ofKeyValuePair(GOING, going))
                    .verify(TargetConnector.CONNECT_LIMIT)
                    .getSession();
        } catch (IOException e) {
            throw BrowserRefusal.AWAY.because(
                    "the gateway at " + way.host() + ":" + way.port() + " cannot be reached from this server: "
                            + Text.printable(String.valueOf(e.getMessage())),
                    "tell whoever runs it; your own ssh may still get through");
        }
    }

    private static Refusal refused(Way way, Going going, IOException failure) {
        String doubt = going.doubt().get();
        if (!doubt.isEmpty()) {
            return BrowserRefusal.NOT_TRUSTED.because(
                    "the gateway at " + way.host() + ":" + way.port() + " is not trusted: " + doubt);
        }
        String said = Text.printable((going.said().get() + going.farewell().get()).strip());
        return BrowserRefusal.REFUSED.because(
                said.isEmpty()
                        ? "the gateway does not let you in: " + Text.printable(String.valueOf(failure.getMessage()))
                        : said);
    }

    private boolean verify(ClientSession session, SocketAddress address, PublicKey key) {
        Going going = session.getConnectionContext().getAttribute(GOING);
        if (going == null) {
            return false;
        }
        var blob = new ByteArrayBuffer();
        blob.putRawPublicKey(key);
        Optional<HostTrust.Doubt> doubt = going.trust().doubt(blob.getCompactData(), clock.instant());
        doubt.ifPresent(found -> going.doubt().set(found.sentence()));
        return doubt.isEmpty();
    }

    /** A gateway always has a host certificate; nothing else would be trusted. */
    private static List<NamedFactory<Signature>> certificatesOnly() {
        return SshSecurity.signatures(false).stream()
                .filter(signature -> signature.getName().endsWith("-cert-v01@openssh.com"))
                .toList();
    }

    @Override
    public void close() {
        client.stop();
    }

    /** Keeps what a gateway says when it ends a session. */
    private static final class Farewells implements SessionListener {
        @Override
        public void sessionDisconnect(Session session, int reason, String message, String language, boolean initiator) {
            Going going = ((ClientSession) session).getConnectionContext().getAttribute(GOING);
            if (going != null && message != null && !initiator) {
                going.farewell().set(message);
            }
        }
    }

    /** Keeps what the gateway says while somebody signs in; it is why they are refused, if they are. */
    private static final class Listening implements UserInteraction {
        private static final int SAID_MAX = 4096;

        @Override
        public boolean isInteractionAllowed(ClientSession session) {
            return true; // or nothing is heard; keys are the only way in that is tried
        }

        @Override
        public String[] interactive(
                ClientSession session, String name, String instruction, String lang, String[] prompt, boolean[] echo) {
            return new String[0];
        }

        @Override
        public String getUpdatedPassword(ClientSession session, String prompt, String lang) {
            throw new UnsupportedOperationException("no password is known here");
        }

        @Override
        public void welcome(ClientSession session, String banner, String lang) {
            Going going = session.getConnectionContext().getAttribute(GOING);
            if (going != null && banner != null) {
                var _ = going.said()
                        .updateAndGet(said -> said.length() + banner.length() > SAID_MAX ? said : said + banner + "\n");
            }
        }
    }
}
