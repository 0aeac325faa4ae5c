package dev.sallyport.server.transport;

import dev.sallyport.server.ServerConfig.Tls;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** A certificate chain and key that the operator brought. */
final class CertificateFiles {
    private CertificateFiles() {}

    static KeyStore read(Tls.Files files) {
        var chain = new ArrayList<X509Certificate>();
        var keys = new ArrayList<PrivateKey>();
        try {
            for (var file : List.of(files.certificate(), files.key())) {
                try (var parser = new PEMParser(new StringReader(Files.readString(file)))) {
                    for (Object entry = parser.readObject(); entry != null; entry = parser.readObject()) {
                        switch (entry) {
                            case X509CertificateHolder holder ->
                                chain.add(new JcaX509CertificateConverter().getCertificate(holder));
                            case PEMKeyPair pair ->
                                keys.add(new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo()));
                            case PrivateKeyInfo info -> keys.add(new JcaPEMKeyConverter().getPrivateKey(info));
                            default -> {}
                        }
                    }
                }
            }
            if (chain.isEmpty() || keys.size() != 1) {
                throw new IllegalArgumentException("tls.certificate_file: " + files.certificate() + ", tls.key_file: "
                        + files.key() + " hold " + chain.size() + " certificates and " + keys.size()
                        + " keys (expected: a chain and one unencrypted key, PEM)");
            }
            return Authority.keyStore(keys.getFirst(), chain);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "tls.certificate_file: " + files.certificate() + ", tls.key_file: " + files.key()
                            + " cannot be read (expected: PEM)",
                    e);
        }
    }
}
