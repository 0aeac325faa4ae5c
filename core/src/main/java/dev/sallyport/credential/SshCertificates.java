package dev.sallyport.credential;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.database.Rx;
import dev.sallyport.formats.ssh.SshCertificate;
import dev.sallyport.formats.ssh.SshCertificateBuilder;
import dev.sallyport.formats.ssh.SshPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Signs SSH user certificates (PROTOCOL.certkeys): for targets, and what people hold for gateways. */
public final class SshCertificates {
    /** Certificates begin this much earlier, for hosts whose clock is a little behind. */
    static final Duration BACKDATE = Duration.ofSeconds(30);

    /** What stands before the person's id in what they hold for gateways; no target is named so. */
    static final String GATEWAY_PRINCIPAL = "sallyport-person/";

    private static final Pattern KEY_ID = Pattern.compile(
            "person=(?<name>\\S+) epoch=(?<epoch>[0-9]{1,18}) sign-in=(?<signin>\\S*?)(?: from=(?<from>\\S{1,64}) grant=(?<grant>\\S{1,64}))?");

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
                        + order.session().map(session -> " session=" + session).orElse("") + " lease=" + order.lease())
                .principals(order.principals())
                .valid(order.from().minus(BACKDATE), order.until())
                .comment(order.lease().value());
        order.extensions().forEach(certificate::extension);
        order.sourceAddress().ifPresent(address -> certificate.criticalOption("source-address", address));
        return new Signed(certificate.sign(ca.signer()), serial, ca.key().id());
    }

    /**
     * What a gateway believes of a person: who they are, and since which epoch and sign-in; it opens no target.
     *
     * @param browser where that is the terminal, and a server connects for it
     */
    public record Held(PersonId person, String name, long epoch, String signIn, Optional<Browser> browser) {}

    /** A browser that is a terminal: its address, and the only grant that it goes under. */
    public record Browser(String address, GrantId grant) {}

    /**
     * A certificate that a person holds for gateways. It names the person and nothing else: what they may do is asked when
     * they come. It stops counting with the sign-in it was made in, and with the person's epoch.
     */
    public Signed hold(Rx rx, Held held, SshPublicKey key, Instant until) {
        SshAuthorities.Signing ca = authorities.signing(CaPurpose.ACCESS);
        long serial = serials.next(rx);
        String line = SshCertificate.user(key)
                .serial(serial)
                .keyId("person=" + held.name() + " epoch=" + held.epoch() + " sign-in=" + held.signIn()
                        + held.browser()
                                .map(browser -> " from=" + browser.address() + " grant=" + browser.grant())
                                .orElse(""))
                .principals(List.of(GATEWAY_PRINCIPAL + held.person().value()))
                .valid(rx.now().minus(BACKDATE), until)
                .comment("sallyport-gateway")
                .sign(ca.signer());
        return new Signed(line, serial, ca.key().id());
    }

    /** Who the certificate names, if it is one that people hold for gateways; its signature and validity are checked. */
    public static Optional<Held> held(Rx rx, SshCertificate certificate) {
        boolean ours = SshAuthorities.keys(rx, CaPurpose.ACCESS).stream()
                .anyMatch(key ->
                        key.state() != CaKey.State.NEXT && key.publicKey().equals(certificate.ca()));
        Matcher id = KEY_ID.matcher(certificate.keyId());
        if (!ours
                || certificate.type() != SshCertificate.Type.USER
                || !certificate.isValidAt(rx.now())
                || !certificate.criticalOptions().isEmpty()
                || certificate.principals().size() != 1
                || !certificate.principals().getFirst().startsWith(GATEWAY_PRINCIPAL)
                || !id.matches()) {
            return Optional.empty();
        }
        return Optional.of(new Held(
                new PersonId(certificate.principals().getFirst().substring(GATEWAY_PRINCIPAL.length())),
                id.group("name"),
                Long.parseLong(id.group("epoch")),
                id.group("signin"),
                Optional.ofNullable(id.group("from")).map(from -> new Browser(from, new GrantId(id.group("grant"))))));
    }

    /** Under which clients know every gateway; no target can have this name. */
    public static final String GATEWAY_ALIAS = "sallyport+gateway";

    /** The certificate that a gateway shows to clients, for the alias and for the address that people type. */
    public Signed gatewayHost(Rx rx, String gateway, String address, SshPublicKey key) {
        SshAuthorities.Signing ca = authorities.signing(CaPurpose.HOST);
        long serial = serials.next(rx);
        String line = SshCertificate.host(key)
                .serial(serial)
                .keyId("gateway=" + gateway)
                .principals(List.of(GATEWAY_ALIAS, address))
                .valid(rx.now().minus(BACKDATE), rx.now().plus(Hosts.HOST_CERTIFICATE_VALIDITY))
                .comment(gateway)
                .sign(ca.signer());
        return new Signed(line, serial, ca.key().id());
    }
}
