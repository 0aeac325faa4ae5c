package dev.sallyport.gateway.wire;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** The one certificate that is shown, which can be replaced while connections come and go. */
public final class Presented extends X509ExtendedKeyManager {
    private static final String ALIAS = "one";

    private volatile Shown shown;

    @SuppressWarnings("ArrayRecordComponent") // made once, never compared
    private record Shown(X509Certificate[] chain, PrivateKey key) {}

    public Presented(X509Certificate certificate, PrivateKey key) {
        this.shown = new Shown(new X509Certificate[] {certificate}, key);
    }

    /** New connections show this one. */
    public void replace(X509Certificate certificate, PrivateKey key) {
        shown = new Shown(new X509Certificate[] {certificate}, key);
    }

    /** The one that new connections show. */
    public X509Certificate certificate() {
        return shown.chain[0];
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public String chooseClientAlias(String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return ALIAS;
    }

    @Override
    public String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return ALIAS;
    }

    @Override
    public String chooseEngineClientAlias(
            String[] keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return ALIAS;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return keyType.equals(shown.key.getAlgorithm()) ? ALIAS : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return shown.chain.clone();
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return shown.key;
    }
}
