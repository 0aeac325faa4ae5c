package dev.sallyport.gateway.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS 1.3 with a certificate of our own, trusting one authority alone. */
public final class MutualTls {
    private MutualTls() {}

    /** All three in PEM; the key in PKCS#8, without a passphrase. */
    public static SSLContext of(Path certificate, Path key, Path authority)
            throws IOException, GeneralSecurityException {
        Certificate[] chain = certificates(certificate);
        char[] none = new char[0];
        KeyStore own = empty();
        own.setKeyEntry("gateway", privateKey(key, chain[0].getPublicKey().getAlgorithm()), none, chain);
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, none);
        var context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), trust(authority).getTrustManagers(), null);
        return context;
    }

    /** Without a certificate, trusting this authority alone. */
    public static SSLContext trusting(Path authority) throws IOException, GeneralSecurityException {
        var context = SSLContext.getInstance("TLSv1.3");
        context.init(null, trust(authority).getTrustManagers(), null);
        return context;
    }

    /** Without a certificate, trusting the authorities of the JDK. */
    public static SSLContext usual() throws GeneralSecurityException {
        return SSLContext.getDefault();
    }

    private static TrustManagerFactory trust(Path authority) throws IOException, GeneralSecurityException {
        KeyStore trusted = empty();
        int number = 0;
        for (Certificate one : certificates(authority)) {
            trusted.setCertificateEntry("authority-" + number++, one);
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        return trust;
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Certificate[] certificates(Path file) throws IOException, GeneralSecurityException {
        var read = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
        if (read.isEmpty()) {
            throw new IOException(file + ": no certificate");
        }
        return read.toArray(Certificate[]::new);
    }

    private static PrivateKey privateKey(Path file, String algorithm) throws IOException, GeneralSecurityException {
        String text = Files.readString(file);
        String begin = "-----BEGIN PRIVATE KEY-----";
        int from = text.indexOf(begin);
        int to = text.indexOf("-----END PRIVATE KEY-----");
        if (from < 0 || to < from) {
            throw new IOException(file + ": no private key in PKCS#8");
        }
        byte[] der = Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    }
}
