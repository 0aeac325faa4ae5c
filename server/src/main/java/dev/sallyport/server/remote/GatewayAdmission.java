package dev.sallyport.server.remote;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Database;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.gateway.wire.WireBodies;
import dev.sallyport.server.ServerConfig.Remote;
import dev.sallyport.session.Gateway;
import dev.sallyport.session.GatewayAuthorities;
import dev.sallyport.session.GatewayCertificates;
import dev.sallyport.session.RemoteGateways;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;

/** Who of the gateways outside is let in, and the certificates by which they are known. */
public final class GatewayAdmission {
    private static final int P256_BITS = 256;

    private final GatewayAuthorities authorities;
    private final RemoteGateways remotes;
    private final GatewayCertificates certificates;
    private final Database database;
    private final Remote config;

    public GatewayAdmission(
            GatewayAuthorities authorities,
            RemoteGateways remotes,
            GatewayCertificates certificates,
            Database database,
            Remote config) {
        this.authorities = authorities;
        this.remotes = remotes;
        this.certificates = certificates;
        this.database = database;
        this.config = config;
    }

    private enum Why implements Refusal.Code {
        OFF(Refusal.Kind.CONFLICT, "gateway.remote-off"),
        EXPIRED(Refusal.Kind.UNAUTHENTICATED, "gateway.certificate-expired");

        private final Refusal.Kind kind;
        private final String code;

        Why(Refusal.Kind kind, String code) {
            this.kind = kind;
            this.code = code;
        }

        @Override
        public Refusal.Kind kind() {
            return kind;
        }

        @Override
        public String code() {
            return code;
        }
    }

    /** Where gateways come in. */
    public Remote config() {
        return config;
    }

    /**
     * Refuses where there is no listener.
     *
     * @throws Refusal {@code gateway.remote-off}
     */
    public void requireListener() {
        if (!config.isOn()) {
            throw Why.OFF.because(
                    "this server does not listen for remote gateways (expected: gateway.remote.port in its configuration)",
                    "set gateway.remote.port and gateway.remote.address, and restart the server");
        }
    }

    /** What a gateway gets when it enrols. */
    public record Enrolled(
            Gateway gateway, String certificate, String authority, String server, String hostCertificate) {}

    /**
     * Lets a gateway in by its token.
     *
     * @param publicKey of its certificates: SubjectPublicKeyInfo of an EC key on P-256
     * @param hostKey what it shows to people, a line of OpenSSH's
     */
    public Enrolled enrol(String address, Secret token, byte[] publicKey, String hostKey) {
        requireListener();
        PublicKey key = key(publicKey);
        SshPublicKey host = SshPublicKey.parse(hostKey);
        Gateway gateway = remotes.enrol(address, token, publicKey);
        WireBodies.Renewed both = certify(gateway, key, host);
        String at = config.address().contains(":") && !config.address().startsWith("[")
                ? "[" + config.address() + "]"
                : config.address();
        return new Enrolled(
                gateway,
                both.certificate(),
                GatewayAuthority.pem(authority().certificate()),
                "https://" + at + ":" + config.port(),
                both.hostCertificate());
    }

    /**
     * The gateway behind a certificate that TLS has found genuine. Asked for every word.
     *
     * @throws Refusal if it has expired on a connection that was kept, or the gateway was withdrawn
     */
    Gateway known(X509Certificate certificate) {
        if (certificate.getNotAfter().toInstant().isBefore(now())) {
            throw Why.EXPIRED.because("the certificate of this gateway has expired", "connect again with the new one");
        }
        String subject = certificate.getSubjectX500Principal().getName();
        return remotes.known(
                subject.startsWith("CN=") ? subject.substring(3) : subject,
                certificate.getPublicKey().getEncoded());
    }

    WireBodies.Renewed renew(Gateway gateway, X509Certificate shown, WireBodies.Renew asked) {
        return certify(gateway, shown.getPublicKey(), SshPublicKey.parse(asked.hostKey()));
    }

    GatewayAuthority authority() {
        return GatewayAuthority.of(authorities.open(GatewayAuthority::make));
    }

    Instant now() {
        return database.read(dev.sallyport.database.Rx::now);
    }

    private WireBodies.Renewed certify(Gateway gateway, PublicKey key, SshPublicKey host) {
        X509Certificate certificate = authority().gateway(gateway.id(), key, now());
        remotes.certified(
                gateway,
                certificate.getSerialNumber().toString(16),
                certificate.getNotAfter().toInstant());
        return new WireBodies.Renewed(
                GatewayAuthority.pem(certificate), certificates.certifyHost(gateway, remotes.address(gateway), host));
    }

    private static PublicKey key(byte[] encoded) {
        try {
            PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded));
            if (key instanceof ECPublicKey ec
                    && ec.getParams().getCurve().getField().getFieldSize() == P256_BITS
                    && java.util.Arrays.equals(key.getEncoded(), encoded)) {
                return key;
            }
        } catch (GeneralSecurityException _) {
            // said below
        }
        throw InputRefusal.INVALID_VALUE.because(
                "key: not readable (expected: SubjectPublicKeyInfo of an EC key, P-256)");
    }
}
