package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.spi.gateway.Permit;
import dev.sallyport.spi.gateway.TargetAccess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.client.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientUserAuthServiceFactory;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/** Opens connections to targets: knows their keys beforehand, and shows a credential that the user never sees. */
final class TargetConnector implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(TargetConnector.class.getName());

    static final Duration CONNECT_LIMIT = Duration.ofSeconds(15);
    static final Duration SIGN_IN_LIMIT = Duration.ofSeconds(20);

    private static final AttributeKey<Destination> DESTINATION = new AttributeKey<>();
    private static final AttributeKey<RelayService> SERVICE = new AttributeKey<>();

    private final SshClient client;
    private final SshClient oldClient;
    private final Clock clock;

    /** Where a connection leads, from before its first byte. */
    private record Destination(HostTrust trust, TargetAccess access, AtomicReference<@Nullable String> doubt) {}

    TargetConnector(Clock clock) {
        SshSecurity.prepare();
        this.clock = clock;
        client = client(false);
        oldClient = client(true);
    }

    /** Old algorithms are spoken by a client of its own, so that nothing of them is offered to other targets. */
    private SshClient client(boolean old) {
        SshClient made = SshClient.setUpDefaultClient();
        made.setIoServiceFactoryFactory(Sockets.factory());
        made.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        made.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        made.setAgentFactory(null);
        made.setForwardingFilter(null);
        made.setCipherFactories(SshSecurity.ciphers(old));
        made.setMacFactories(SshSecurity.macs(old));
        made.setKeyExchangeFactories(TargetKex.all(old));
        made.setSignatureFactories(SshSecurity.signatures(old));
        var keys = new UserAuthPublicKeyFactory();
        keys.setSignatureFactories(SshSecurity.signatures(old));
        made.setUserAuthFactories(
                List.of(keys, UserAuthPasswordFactory.INSTANCE, UserAuthKeyboardInteractiveFactory.INSTANCE));
        made.setServerKeyVerifier(this::verify);
        made.setServiceFactories(List.of(ClientUserAuthServiceFactory.INSTANCE, new Connection()));
        made.addSessionListener(new BeforeTheFirstByte());
        CoreModuleProperties.CLIENT_IDENTIFICATION.set(made, "SALLYPORT");
        CoreModuleProperties.NIO2_READ_BUFFER_SIZE.set(made, 64 * 1024);
        CoreModuleProperties.SOCKET_KEEPALIVE.set(made, true);
        CoreModuleProperties.TCP_NODELAY.set(made, true);
        CoreModuleProperties.PASSWORD_PROMPTS.set(made, 1);
        made.start();
        return made;
    }

    /** A connection whose host was recognised; nobody has signed in yet. */
    ClientSession connect(Permit permit) {
        TargetAccess access = permit.access();
        var destination = new Destination(HostTrust.of(permit.target(), access), access, new AtomicReference<>());
        try {
            ClientSession session = (access.oldAlgorithms() ? oldClient : client)
                    .connect(
                            permit.login(),
                            access.host(),
                            access.port(),
                            AttributeRepository.ofKeyValuePair(DESTINATION, destination))
                    .verify(CONNECT_LIMIT)
                    .getSession();
            return session;
        } catch (IOException e) {
            throw away(permit, destination, e);
        }
    }

    /** Signs in; afterwards what the target says waits in the service. */
    RelayService signIn(ClientSession session, Permit permit, Credential credential) {
        Destination destination = session.getConnectionContext().getAttribute(DESTINATION);
        try {
            switch (credential) {
                case Credential.Key(KeyPair pair) -> session.addPublicKeyIdentity(pair);
                case Credential.Password(Secret password) -> session.addPasswordIdentity(password.reveal());
            }
            session.auth().verify(SIGN_IN_LIMIT);
            RelayService service = session.getAttribute(SERVICE);
            if (service == null) {
                throw new IllegalStateException("a target's session without its service");
            }
            return service;
        } catch (IOException e) {
            String doubt = destination == null ? null : destination.doubt().get();
            if (doubt != null) {
                throw notTrusted(permit, doubt);
            }
            LOG.log(Level.INFO, e, () -> "target " + permit.target() + " does not let us in");
            throw GatewayRefusal.TARGET_REFUSES.because(
                    "target " + permit.target() + " does not let " + Text.printable(permit.login()) + " in");
        }
    }

    /** What the gateway shows to a target. */
    sealed interface Credential {
        record Key(KeyPair pair) implements Credential {}

        record Password(Secret password) implements Credential {}

        /** A key, with the certificate that was made for it. */
        static Key certified(KeyPair pair, String certificate) {
            try {
                PublicKey key = PublicKeyEntry.parsePublicKeyEntry(certificate)
                        .resolvePublicKey(null, java.util.Map.of(), PublicKeyEntryResolver.FAILING);
                return new Key(new KeyPair(key, pair.getPrivate()));
            } catch (IOException | GeneralSecurityException e) {
                throw new IllegalStateException("the control plane's certificate cannot be read", e);
            }
        }

        /** A private key in OpenSSH's format, without a passphrase. */
        static Key stored(Secret text) {
            try {
                var pairs = SecurityUtils.loadKeyPairIdentities(
                        null,
                        () -> "stored key",
                        new ByteArrayInputStream(text.reveal().getBytes(StandardCharsets.UTF_8)),
                        FilePasswordProvider.EMPTY);
                return new Key(pairs.iterator().next());
            } catch (IOException | GeneralSecurityException | RuntimeException _) {
                throw GatewayRefusal.TARGET_REFUSES.because("the stored key for this target cannot be read");
            }
        }
    }

    @Override
    public void close() {
        client.stop();
        oldClient.stop();
    }

    private boolean verify(ClientSession session, SocketAddress address, PublicKey key) {
        Destination destination = session.getConnectionContext().getAttribute(DESTINATION);
        if (destination == null) {
            return false;
        }
        var blob = new ByteArrayBuffer();
        blob.putRawPublicKey(key);
        Optional<HostTrust.Doubt> doubt = destination.trust().doubt(blob.getCompactData(), clock.instant());
        doubt.ifPresent(found -> destination.doubt().set(found.sentence()));
        return doubt.isEmpty();
    }

    private static Refusal away(Permit permit, Destination destination, IOException failure) {
        String doubt = destination.doubt().get();
        if (doubt != null) {
            return notTrusted(permit, doubt);
        }
        return GatewayRefusal.TARGET_AWAY.because("target " + permit.target() + " cannot be reached: "
                + Text.printable(String.valueOf(failure.getMessage())));
    }

    private static Refusal notTrusted(Permit permit, String doubt) {
        return GatewayRefusal.HOST_KEY.because("target " + permit.target() + " is not trusted: " + doubt);
    }

    private static final class Connection implements ServiceFactory {
        @Override
        public String getName() {
            return "ssh-connection";
        }

        @Override
        public Service create(Session session) {
            var service = new RelayService(session);
            session.setAttribute(SERVICE, service);
            return service;
        }
    }

    /** Asks only for the kinds of host keys that are known, so that a target never shows another. */
    private static final class BeforeTheFirstByte implements SessionListener {
        @Override
        public void sessionCreated(Session session) {
            var client = (ClientSession) session;
            Destination destination = client.getConnectionContext().getAttribute(DESTINATION);
            if (destination == null) {
                throw new IllegalStateException("a connection to nowhere");
            }
            client.setSignatureFactories(
                    hostKeys(destination.trust(), destination.access().oldAlgorithms()));
        }

        private static List<NamedFactory<Signature>> hostKeys(HostTrust trust, boolean old) {
            var wanted = new ArrayList<NamedFactory<Signature>>();
            for (NamedFactory<Signature> factory : SshSecurity.signatures(old)) {
                String name = factory.getName();
                boolean certificate = name.endsWith("-cert-v01@openssh.com");
                if (certificate ? !trust.authorities().isEmpty() : knows(trust, name)) {
                    wanted.add(factory);
                }
            }
            return wanted;
        }

        private static boolean knows(HostTrust trust, String algorithm) {
            String key = algorithm.startsWith("rsa-sha2-") ? "ssh-rsa" : algorithm;
            return trust.keyAlgorithms().contains(key);
        }
    }
}
