package dev.sallyport.server.transport;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The server's own certificate authority (EC P-256), for those who have no certificates: made on first start and kept in
 * the data folder with mode 0600. The certificate of the server itself is short-lived and never stored.
 */
public final class Authority {
    /** How long a certificate of the server lasts; it is renewed at every start and well before its end. */
    public static final Duration SERVER_LIFE = Duration.ofDays(30);

    private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
    private static final Duration BACKDATED = Duration.ofHours(1);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final X509Certificate certificate;
    private final PrivateKey key;

    private Authority(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    /** Reads the authority of the folder, or makes it. */
    public static Authority open(Path folder) {
        Path file = folder.resolve("tls-ca.pem");
        try {
            if (!Files.exists(file)) {
                store(file, make());
            }
            return read(file);
        } catch (IOException e) {
            throw new UncheckedIOException("data.dir: " + file + " cannot be read or made", e);
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(file + " cannot be read or made", e);
        }
    }

    /** What clients have to trust. */
    public String pem() {
        return pem(List.of(certificate));
    }

    /** A fresh key and certificate for a server of these names and addresses, ready for a TLS listener. */
    public KeyStore issue(String host, String bind) {
        try {
            KeyPair pair = newKey();
            X509Certificate leaf = sign(
                    new X500Name("CN=Sallyport server"),
                    pair,
                    new X500Name(certificate.getSubjectX500Principal().getName()),
                    key,
                    SERVER_LIFE,
                    names(host, bind));
            return keyStore(pair.getPrivate(), List.of(leaf, certificate));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("a server certificate cannot be made", e);
        }
    }

    /** A store holding one key, with an empty password: it stays in memory. */
    static KeyStore keyStore(PrivateKey key, List<X509Certificate> chain) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, new char[0]);
        store.setKeyEntry("server", key, new char[0], chain.toArray(X509Certificate[]::new));
        return store;
    }

    private static Set<GeneralName> names(String host, String bind) {
        var names = new LinkedHashSet<GeneralName>();
        for (String name : List.of(host, bind, "localhost", "127.0.0.1", "::1")) {
            names.add(name(name));
        }
        return names;
    }

    private static GeneralName name(String name) {
        String plain = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
        try {
            return new GeneralName(
                    GeneralName.iPAddress, InetAddress.ofLiteral(plain).getHostAddress());
        } catch (IllegalArgumentException _) {
            return new GeneralName(GeneralName.dNSName, plain);
        }
    }

    private record Made(X509Certificate certificate, PrivateKey key) {}

    private static Made make() throws GeneralSecurityException, OperatorCreationException, IOException {
        KeyPair pair = newKey();
        var name =
                new X500Name("CN=Sallyport CA " + UUID.randomUUID().toString().substring(0, 8));
        return new Made(sign(name, pair, name, pair.getPrivate(), AUTHORITY_LIFE, Set.of()), pair.getPrivate());
    }

    private static X509Certificate sign(
            X500Name subject,
            KeyPair pair,
            X500Name issuer,
            PrivateKey issuerKey,
            Duration life,
            Set<GeneralName> names)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        Instant now = Instant.now();
        boolean authority = names.isEmpty();
        var builder = new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(127, RANDOM),
                Date.from(now.minus(BACKDATED)),
                Date.from(now.plus(life)),
                subject,
                pair.getPublic());
        builder.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
        if (authority) {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        } else {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            builder.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey)));
    }

    private static KeyPair newKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
        return generator.generateKeyPair();
    }

    /** Complete before it has its name; of two servers that start at once in one folder the first decides. */
    private static void store(Path file, Made made) throws IOException {
        Path folder = java.util.Objects.requireNonNull(file.toAbsolutePath().getParent());
        if (!Files.exists(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Path draft = Files.createTempFile(
                folder,
                "tls-ca",
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(draft, pem(List.of(made.certificate, new JcaPKCS8Generator(made.key, null))));
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException _) {
            // another start was faster
        } finally {
            Files.delete(draft);
        }
    }

    private static Authority read(Path file) throws IOException, GeneralSecurityException {
        try (var parser = new PEMParser(new StringReader(Files.readString(file)))) {
            X509Certificate certificate = null;
            PrivateKey key = null;
            for (Object entry = parser.readObject(); entry != null; entry = parser.readObject()) {
                if (entry instanceof X509CertificateHolder holder) {
                    certificate = new JcaX509CertificateConverter().getCertificate(holder);
                } else if (entry instanceof PrivateKeyInfo info) {
                    key = new JcaPEMKeyConverter().getPrivateKey(info);
                }
            }
            if (certificate == null || key == null) {
                throw new IllegalStateException(file + " (expected: a certificate and an EC key, both PEM)");
            }
            return new Authority(certificate, key);
        }
    }

    private static String pem(List<?> objects) {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            for (Object object : objects) {
                writer.writeObject(object);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
