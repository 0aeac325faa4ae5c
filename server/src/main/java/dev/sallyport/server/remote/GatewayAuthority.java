package dev.sallyport.server.remote;

import dev.sallyport.base.Bytes;
import dev.sallyport.session.GatewayAuthorities.Authority;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The authority between servers and remote gateways (EC P-256): it signs what a gateway shows to the listener, and what
 * the listener shows to gateways, and nothing else trusts it.
 */
public final class GatewayAuthority {
    /** How long a gateway's certificate counts; it renews it every few hours over its own connection. */
    public static final Duration GATEWAY_LIFE = Duration.ofHours(24);

    /** How long the listener's counts; a new one is made every day. */
    static final Duration LISTENER_LIFE = Duration.ofDays(7);

    private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
    private static final Duration BACKDATED = Duration.ofMinutes(10);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int LINE = 64;

    private final X509Certificate certificate;
    private final PrivateKey key;

    private GatewayAuthority(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    static GatewayAuthority of(Authority authority) {
        try {
            var key = KeyFactory.getInstance("EC")
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(authority.privateKey().toArray()));
            return new GatewayAuthority(certificate(authority.certificate().toArray()), key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the authority of gateways cannot be read", e);
        }
    }

    /** A new one, to be kept. */
    static Authority make() {
        KeyPair pair = newKey();
        var name = new X500Name("CN=Sallyport gateways");
        X509Certificate self =
                sign(name, name, pair.getPublic(), pair.getPrivate(), AUTHORITY_LIFE, Instant.now(), List.of());
        try {
            return new Authority(
                    Bytes.of(self.getEncoded()), Bytes.of(pair.getPrivate().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    X509Certificate certificate() {
        return certificate;
    }

    /** For the gateway with this id and this key. */
    X509Certificate gateway(String id, PublicKey gatewayKey, Instant now) {
        return sign(subject(), new X500Name("CN=" + id), gatewayKey, key, GATEWAY_LIFE, now, List.of(id));
    }

    /** A certificate and the key it is for. */
    record Issued(X509Certificate certificate, PrivateKey key) {}

    /** For the listener under this host name or address. */
    Issued listener(String host, Instant now) {
        KeyPair pair = newKey();
        return new Issued(
                sign(
                        subject(),
                        new X500Name("CN=Sallyport listener for gateways"),
                        pair.getPublic(),
                        key,
                        LISTENER_LIFE,
                        now,
                        List.of("", host)),
                pair.getPrivate());
    }

    static String pem(X509Certificate certificate) {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate certificate(byte[] der) throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    private X500Name subject() {
        return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    }

    /** @param names none for an authority, the id of a gateway, or an empty one and a host for the listener */
    private static X509Certificate sign(
            X500Name issuer,
            X500Name subject,
            PublicKey publicKey,
            PrivateKey issuerKey,
            Duration life,
            Instant now,
            List<String> names) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    new BigInteger(127, RANDOM),
                    Date.from(now.minus(BACKDATED)),
                    Date.from(now.plus(life)),
                    subject,
                    publicKey);
            switch (names.size()) {
                case 0 -> {
                    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
                    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
                }
                case 1 -> leaf(builder, KeyPurposeId.id_kp_clientAuth, List.of());
                default -> leaf(builder, KeyPurposeId.id_kp_serverAuth, List.of(name(names.getLast())));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey)));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException("a certificate for gateways cannot be made", e);
        }
    }

    private static void leaf(JcaX509v3CertificateBuilder builder, KeyPurposeId purpose, List<GeneralName> names)
            throws CertIOException {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(purpose));
        if (!names.isEmpty()) {
            var all = new ArrayList<>(names);
            all.add(new GeneralName(GeneralName.dNSName, "localhost"));
            builder.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(all.toArray(GeneralName[]::new)));
        }
    }

    private static GeneralName name(String host) {
        String plain = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        try {
            return new GeneralName(
                    GeneralName.iPAddress, InetAddress.ofLiteral(plain).getHostAddress());
        } catch (IllegalArgumentException _) {
            return new GeneralName(GeneralName.dNSName, plain);
        }
    }

    private static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
