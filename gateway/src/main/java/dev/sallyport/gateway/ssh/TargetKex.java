package dev.sallyport.gateway.ssh;

import java.util.List;
import org.apache.sshd.client.kex.DHGClient;
import org.apache.sshd.client.kex.DHGEXClient;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyExchange;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.session.Session;

/**
 * Key exchange with a target. MINA compares a host certificate's principals with the address that was dialled; a target
 * has a name of its own, so the certificate is judged whole by {@link HostTrust}, which MINA asks before anything else
 * follows.
 */
final class TargetKex implements KeyExchangeFactory {
    private final DHFactory algorithm;

    private TargetKex(DHFactory algorithm) {
        this.algorithm = algorithm;
    }

    static List<KeyExchangeFactory> all(boolean old) {
        return SshSecurity.keyExchanges(SshSecurity.TARGET_KEY_EXCHANGES, old).stream()
                .map(TargetKex::of)
                .toList();
    }

    private static KeyExchangeFactory of(BuiltinDHFactories algorithm) {
        return algorithm.isGroupExchange() ? DHGEXClient.newFactory(algorithm) : new TargetKex(algorithm);
    }

    @Override
    public String getName() {
        return algorithm.getName();
    }

    @Override
    public KeyExchange createKeyExchange(Session session) throws Exception {
        return new DHGClient(algorithm, session) {
            @Override
            protected void verifyCertificate(Session ours, OpenSshCertificate certificate) {
                // HostTrust does
            }
        };
    }
}
