package dev.sallyport.gateway;

import dev.sallyport.base.Refusal;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.gateway.ssh.HostIdentity;
import dev.sallyport.gateway.wire.HttpControlPlane;
import dev.sallyport.gateway.wire.MutualTls;
import dev.sallyport.gateway.wire.WireBodies;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Renews the gateway's certificates over its own connection, once a third of their life is over and until it works. The
 * keys stay; a gateway that was away until its certificate had expired must be enrolled again.
 */
final class Renewal {
    /** How often it is looked at. */
    static final Duration EVERY = Duration.ofMinutes(1);

    private static final Logger LOG = Logger.getLogger(Renewal.class.getName());

    private final GatewayConfig config;
    private final HttpControlPlane controlPlane;
    private final HostIdentity host;
    private final SshKeyPair hostKey;
    private final Clock clock;

    Renewal(GatewayConfig config, HttpControlPlane controlPlane, HostIdentity host, SshKeyPair hostKey, Clock clock) {
        this.config = config;
        this.controlPlane = controlPlane;
        this.host = host;
        this.hostKey = hostKey;
        this.clock = clock;
    }

    /** On a thread of its own, for as long as the process lives. */
    void start() {
        Thread.ofVirtual().name("gateway-renewal").start(() -> {
            while (true) {
                look();
                try {
                    Thread.sleep(EVERY);
                } catch (InterruptedException _) {
                    return;
                }
            }
        });
    }

    private void look() {
        try {
            if (isDue(certificate(), clock.instant())) {
                renew();
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            if (e instanceof Refusal refusal) {
                LOG.warning(() -> "the certificate is not renewed yet: " + refusal.sentence());
            } else {
                LOG.log(Level.WARNING, "the certificate is not renewed yet", e);
            }
        }
    }

    static boolean isDue(X509Certificate certificate, Instant now) {
        Instant from = certificate.getNotBefore().toInstant();
        Duration life = Duration.between(from, certificate.getNotAfter().toInstant());
        return !now.isBefore(from.plus(life.dividedBy(3)));
    }

    /** Files first: what is on the disk is what counts after a restart. */
    void renew() throws IOException, GeneralSecurityException {
        WireBodies.Renewed renewed = controlPlane.renew(hostKey.publicKey().line());
        GatewayFiles.write(config.certificate(), renewed.certificate());
        GatewayFiles.write(config.hostCertificate(), renewed.hostCertificate() + "\n");
        controlPlane.use(MutualTls.of(config.certificate(), config.key(), config.serverCa()));
        host.certificate(renewed.hostCertificate());
        LOG.info("the gateway's certificates are new");
    }

    private X509Certificate certificate() throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(config.certificate())) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
