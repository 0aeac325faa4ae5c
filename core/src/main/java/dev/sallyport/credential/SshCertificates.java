package dev.sallyport.credential;

import dev.sallyport.database.Rx;
import dev.sallyport.formats.ssh.SshCertificate;
import dev.sallyport.formats.ssh.SshCertificateBuilder;
import java.time.Duration;
import java.util.List;

/** Signs SSH user certificates (PROTOCOL.certkeys) for targets. */
public final class SshCertificates {
    /** Certificates begin this much earlier, for hosts whose clock is a little behind. */
    static final Duration BACKDATE = Duration.ofSeconds(30);

    private final SshAuthorities authorities;
    private final Serials serials = new Serials();

    public SshCertificates(SshAuthorities authorities) {
        this.authorities = authorities;
    }

    /** A signed certificate, with what a lease must remember to revoke it. */
    public record Signed(String line, long serial, String caKey) {}

    /** The authorities that sign the keys of hosts, for the known_hosts of whoever gets a certificate. */
    public List<CaKey> hostAuthorities(Rx rx) {
        return authorities.hostKeys(rx);
    }

    /** The key id names person, request, grant and lease, so that a certificate found anywhere tells whose it is (CR8). */
    public Signed sign(Rx rx, SshCertificateOrder order) {
        SshAuthorities.Signing ca = authorities.signing(CaPurpose.TARGET);
        long serial = serials.next(rx);
        SshCertificateBuilder certificate = SshCertificate.user(order.key())
                .serial(serial)
                .keyId("person=" + order.person() + " request=" + order.request() + " grant=" + order.grant()
                        + " lease=" + order.lease())
                .principals(order.principals())
                .valid(order.from().minus(BACKDATE), order.until())
                .comment(order.lease().value());
        order.extensions().forEach(certificate::extension);
        order.sourceAddress().ifPresent(address -> certificate.criticalOption("source-address", address));
        return new Signed(certificate.sign(ca.signer()), serial, ca.key().id());
    }
}
