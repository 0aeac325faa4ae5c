package dev.sallyport.server.transport;

import dev.sallyport.server.ContainerProblems;
import dev.sallyport.server.ServerConfig;
import dev.sallyport.server.ServerConfig.Tls;
import java.security.KeyStore;
import java.util.Optional;
import java.util.Set;
import org.apache.catalina.core.StandardHost;
import org.apache.tomcat.websocket.server.WsSci;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/** Sets the listening socket up: address, TLS, sizes. */
public final class Listener implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    /** Longest form; bodies of the API have limits of their own. */
    public static final int FORM_BYTES = 256 << 10;

    static final int HEADER_BYTES = 16 << 10;

    /** Requests of one connection before it is made anew: making one costs more than a hundred requests. */
    static final int REQUESTS_PER_CONNECTION = 10_000;

    private static final String BUNDLE = "sallyport";

    private final ServerConfig config;
    private final @Nullable Authority authority;
    private final DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();

    public Listener(ServerConfig config) {
        this.config = config;
        this.authority = config.tls() instanceof Tls.Own ? Authority.open(config.data()) : null;
        if (config.hasTls()) {
            bundles.registerBundle(BUNDLE, bundle());
        }
    }

    /** The certificate of our own authority, if that is what we use. */
    public Optional<String> caPem() {
        return Optional.ofNullable(authority).map(Authority::pem);
    }

    /** A fresh certificate for the running listener, or the files read again; called daily. */
    public void renew() {
        if (config.hasTls()) {
            bundles.updateBundle(BUNDLE, bundle());
        }
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        try {
            factory.setAddress(java.net.InetAddress.getByName(config.bind()));
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException(
                    "server.bind: " + config.bind() + " (expected: an address of this machine)", e);
        }
        factory.setPort(config.port());
        factory.setShutdown(Shutdown.GRACEFUL);
        if (config.hasTls()) {
            factory.setSslBundles(bundles);
            factory.setSsl(Ssl.forBundle(BUNDLE));
        }
        factory.addContextCustomizers(context -> {
            context.addServletContainerInitializer(new WsSci(), null);
            if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(ContainerProblems.class.getName());
            }
        });
        factory.addConnectorCustomizers(connector -> {
            connector.setMaxPostSize(FORM_BYTES);
            connector.setXpoweredBy(false);
            connector.setProperty("maxHttpRequestHeaderSize", Integer.toString(HEADER_BYTES));
            connector.setProperty("maxParameterCount", "100");
            connector.setProperty("maxKeepAliveRequests", Integer.toString(REQUESTS_PER_CONNECTION));
        });
    }

    private SslBundle bundle() {
        KeyStore store = switch (config.tls()) {
            case Tls.Own _ ->
                java.util.Objects.requireNonNull(authority).issue(config.url().getHost(), config.bind());
            case Tls.Files files -> CertificateFiles.read(files);
            case Tls.Off _ -> throw new IllegalStateException("no TLS");
        };
        return SslBundle.of(
                SslStoreBundle.of(store, "", null),
                SslBundleKey.of("", "server"),
                SslOptions.of(Set.of(), Set.of("TLSv1.3", "TLSv1.2")));
    }
}
