package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.keyprovider.HostKeyCertificateProvider;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/** What the gateway shows to clients: a host key, and the certificate for it that is newest; a new one joins while it runs. */
public final class HostIdentity {
    private final KeyPair key;
    private volatile Optional<OpenSshCertificate> certificate = Optional.empty();

    private HostIdentity(KeyPair key) {
        this.key = key;
    }

    /** @param privateKey in OpenSSH's format, without a passphrase */
    public static HostIdentity of(Secret privateKey) {
        SshSecurity.prepare();
        try {
            var pairs = SecurityUtils.loadKeyPairIdentities(
                    null,
                    () -> "host key",
                    new ByteArrayInputStream(privateKey.reveal().getBytes(StandardCharsets.UTF_8)),
                    FilePasswordProvider.EMPTY);
            return new HostIdentity(pairs.iterator().next());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("gateway: the host key cannot be read", e);
        }
    }

    /** Shows this certificate from now on. */
    public HostIdentity certificate(String line) {
        try {
            var read = PublicKeyEntry.parsePublicKeyEntry(line)
                    .resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.FAILING);
            if (!(read instanceof OpenSshCertificate host) || host.getType() != OpenSshCertificate.Type.HOST) {
                throw new IllegalArgumentException("gateway: this is no host certificate");
            }
            certificate = Optional.of(host);
            return this;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("gateway: the host certificate cannot be read", e);
        }
    }

    KeyPairProvider keys() {
        return KeyPairProvider.wrap(key);
    }

    HostKeyCertificateProvider certificates() {
        return _ -> certificate.map(List::of).orElse(List.of());
    }
}
