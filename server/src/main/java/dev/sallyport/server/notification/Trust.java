package dev.sallyport.server.notification;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Whose certificates we accept: those that lead to the channel's own, or to what Java trusts; always for the host's name. */
final class Trust {
    private Trust() {}

    static SSLSocketFactory factory(Optional<String> ca) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, ca.isEmpty() ? null : trusting(ca.get()).getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS", e);
        }
    }

    private static TrustManagerFactory trusting(String pem) throws GeneralSecurityException {
        try (var bytes = new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8))) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(bytes)) {
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return trust;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** TLS over a connection that stands; the handshake checks the certificate and its name. */
    static SSLSocket over(SSLSocketFactory factory, Socket socket, String host, int port) throws IOException {
        var tls = (SSLSocket) factory.createSocket(socket, bare(host), port, true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        tls.setSSLParameters(parameters);
        return tls;
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
