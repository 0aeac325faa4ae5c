package dev.sallyport.server.api;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.catalog.Target;
import dev.sallyport.credential.CaKey;
import dev.sallyport.credential.CaPurpose;
import dev.sallyport.credential.EmergencyAuthorities;
import dev.sallyport.credential.Hosts;
import dev.sallyport.credential.KeyStatement;
import dev.sallyport.credential.RevocationList;
import dev.sallyport.credential.SshAuthorities;
import dev.sallyport.credential.SshCertificates;
import dev.sallyport.database.Database;
import dev.sallyport.feed.FeedFollower;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.grant.SshAccess;
import dev.sallyport.identity.UnspentProof;
import dev.sallyport.server.Caller;
import dev.sallyport.server.ServerConfig;
import dev.sallyport.server.transport.Listener;
import dev.sallyport.session.GatewayCertificates;
import dev.sallyport.session.Ways;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** SSH: certificates for people, and what hosts need to trust them and to stop trusting them. */
@RestController
@RequestMapping("/api/v1")
final class SshController {
    /** The version of the revocation list, beside the ETag. */
    static final String VERSION_HEADER = "Sallyport-Krl-Version";

    /** The version of the statement of keys: on the list, the newest; on a confirmation, the one the host has taken over. */
    static final String KEYS_HEADER = "Sallyport-Keys-Version";

    /** The longest a host may wait for the next list, in seconds. */
    static final int WAIT_MAX = 30;

    /** How often a waiting call looks whether the server is going away. */
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Database database;
    private final SshAccess access;
    private final GatewayCertificates gateway;
    private final RevocationList revocations;
    private final Hosts hosts;
    private final KeyStatement keys;
    private final FeedFollower feed;
    private final Listener listener;
    private final ServerConfig config;
    private final Draining draining;

    SshController(
            Database database,
            SshAccess access,
            GatewayCertificates gateway,
            RevocationList revocations,
            Hosts hosts,
            KeyStatement keys,
            FeedFollower feed,
            Listener listener,
            ServerConfig config,
            Draining draining) {
        this.database = database;
        this.access = access;
        this.gateway = gateway;
        this.revocations = revocations;
        this.hosts = hosts;
        this.keys = keys;
        this.feed = feed;
        this.listener = listener;
        this.config = config;
        this.draining = draining;
    }

    record CredentialAsk(
            @Nullable String target,
            @Nullable String login,
            @Nullable String publicKey,
            @Nullable String grant) {}

    /**
     * How to get in with the certificate.
     *
     * @param lease nothing where the certificate is for gateways, which have leases of their own
     * @param user what to tell ssh as the user name
     * @param hostKeyAlias under which name the known hosts stand
     * @param host where the nearest gateway, or the target itself, listens
     * @param gateways every gateway that reaches the target now, the nearest first; none when it is direct
     */
    record CredentialJson(
            GrantJson.@Nullable LeaseJson lease,
            String access,
            String user,
            String hostKeyAlias,
            String certificate,
            Instant expiresAt,
            String grant,
            Instant grantEndsAt,
            String login,
            String host,
            int port,
            List<WayJson> gateways,
            List<String> knownHosts) {}

    record WayJson(String name, String address, int port, boolean builtIn) {
        static WayJson of(Ways.Way way) {
            return new WayJson(way.gateway(), way.address(), way.port(), way.builtIn());
        }
    }

    record CaJson(String publicKey, String fingerprint, String state) {
        static CaJson of(CaKey key) {
            return new CaJson(
                    key.publicKey().line(),
                    key.publicKey().fingerprint(),
                    key.state().name().toLowerCase(Locale.ROOT));
        }
    }

    /** With the authorities of break-glass kits, as lines, and the program that binds them to principals. */
    record CasJson(
            List<CaJson> access,
            List<CaJson> target,
            List<CaJson> host,
            List<CaJson> krl,
            List<String> emergency,
            String principalsScript) {}

    record EnrolmentAsk(@Nullable List<String> logins) {}

    record EnrolmentJson(
            String hostToken,
            String target,
            String serverUrl,
            @Nullable String caPem,
            Map<String, List<String>> authorizedKeys,
            List<String> krlSigner,
            List<String> emergencyCa,
            List<String> sshdConfig,
            String hostScript,
            String principalsScript) {}

    /** As {@link EnrolmentJson}, with the fingerprint (SHA-256, hexadecimal) of the token that is good now. */
    record PreparedJson(
            String target,
            String serverUrl,
            @Nullable String caPem,
            Map<String, List<String>> authorizedKeys,
            List<String> krlSigner,
            List<String> emergencyCa,
            @Nullable String hostTokenFingerprint,
            String hostScript,
            String principalsScript) {}

    record HostKeyJson(@Nullable String publicKey) {}

    record HostCertificateJson(String certificate) {}

    record ConfirmationJson(@Nullable Long version) {}

    @SignedIn
    @Summary(
            value = "A certificate for a public key, under a running grant",
            refuses = {
                "credential.no-grant",
                "credential.wrong-login",
                "credential.gateway-only",
                "credential.no-gateway",
                "credential.not-ssh"
            })
    @PostMapping("/credentials/ssh")
    @ResponseStatus(HttpStatus.CREATED)
    CredentialJson certify(Caller caller, UnspentProof proof, @RequestBody CredentialAsk ask) {
        String target = RequestsController.required("target", ask.target());
        Optional<String> login = Optional.ofNullable(ask.login());
        SshPublicKey key = SshPublicKey.parse(RequestsController.required("public_key", ask.publicKey()));
        Optional<GrantId> grant = Optional.ofNullable(ask.grant()).map(GrantId::new);
        if (config.gateway().enabled() || config.remote().isOn()) {
            var held = gateway.issueFor(
                    caller.actor(),
                    caller.personId(),
                    new GatewayCertificates.Ask(
                            target, login, grant, key, config.gateway().way(), Optional.empty()),
                    proof);
            if (held.isPresent()) {
                return throughGateway(held.get());
            }
        }
        var issued =
                access.certify(caller.actor(), caller.personId(), new SshAccess.Ask(target, login, key, grant), proof);
        return new CredentialJson(
                GrantJson.LeaseJson.of(issued.lease()),
                "direct",
                issued.login(),
                issued.lease().targetName(),
                issued.certificate(),
                issued.lease().expiresAt(),
                issued.grant().id().value(),
                issued.grant().endsAt(),
                issued.login(),
                issued.host(),
                issued.port(),
                List.of(),
                issued.knownHosts());
    }

    private static CredentialJson throughGateway(GatewayCertificates.IssuedFor held) {
        Ways.Way nearest = held.ways().getFirst();
        return new CredentialJson(
                null,
                "gateway",
                held.login() + "@" + held.grant().targetName(),
                SshCertificates.GATEWAY_ALIAS,
                held.certificate().certificate(),
                held.certificate().expiresAt(),
                held.grant().id().value(),
                held.grant().endsAt(),
                held.login(),
                nearest.address(),
                nearest.port(),
                held.ways().stream().map(WayJson::of).toList(),
                held.knownHosts());
    }

    @Public
    @Summary("The public keys of the certificate authorities")
    @GetMapping("/ssh/cas")
    CasJson authorities() {
        return database.read(rx -> new CasJson(
                shown(SshAuthorities.keys(rx, CaPurpose.ACCESS)),
                shown(SshAuthorities.keys(rx, CaPurpose.TARGET)),
                shown(SshAuthorities.keys(rx, CaPurpose.HOST)),
                shown(SshAuthorities.keys(rx, CaPurpose.KRL)),
                lines(EmergencyAuthorities.trusted(rx)),
                Hosts.principalsScript()));
    }

    /** The list, or 304 when the host has it; with {@code wait} only once it has changed, so that hosts hear at once. */
    @Public
    @Summary(value = "The revocation list; with wait only once it has changed", produces = "application/octet-stream")
    @GetMapping("/ssh/krl")
    ResponseEntity<byte[]> revocationList(
            @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false) @Nullable String known,
            @RequestParam(required = false) @Nullable Integer wait)
            throws InterruptedException {
        RevocationList.Published list = revocations.current();
        if (wait != null && tag(list).equals(known)) {
            list = changed(list, seconds(wait));
        }
        ResponseEntity.BodyBuilder answer = tag(list).equals(known) ? ResponseEntity.status(304) : ResponseEntity.ok();
        answer.eTag(tag(list))
                .header(VERSION_HEADER, Long.toString(list.version()))
                .header(KEYS_HEADER, Long.toString(keys.current().version()))
                .header(HttpHeaders.CACHE_CONTROL, "no-cache");
        return tag(list).equals(known)
                ? answer.build()
                : answer.contentType(MediaType.APPLICATION_OCTET_STREAM).body(list.bytes());
    }

    /** The detached signature (SSHSIG) of the list of this version. */
    @Public
    @Summary(
            value = "The signature of the revocation list (SSHSIG)",
            produces = "text/plain",
            refuses = {"krl.newer-version"})
    @GetMapping("/ssh/krl.sig")
    ResponseEntity<byte[]> signature(@RequestParam(required = false) @Nullable Long version) {
        RevocationList.Published list = revocations.current();
        if (version != null && version != list.version()) {
            throw Conflict.NEWER_LIST.because(
                    "version: " + version + " (expected: " + list.version() + ", the newest)", "fetch the list again");
        }
        return ResponseEntity.ok()
                .header(VERSION_HEADER, Long.toString(list.version()))
                .contentType(MediaType.TEXT_PLAIN)
                .body(list.signature());
    }

    /** What hosts must trust, for them to take over as far as a key that they trust for the same purpose signed it. */
    @Public
    @Summary(value = "The keys that hosts must trust", produces = "text/plain")
    @GetMapping("/ssh/keys")
    ResponseEntity<String> keys() {
        KeyStatement.Published statement = keys.current();
        return statement(statement, statement.text());
    }

    @Public
    @Summary(
            value = "The signatures of the keys that hosts must trust (SSHSIG), one after the other",
            produces = "text/plain",
            refuses = {"keys.newer-version"})
    @GetMapping("/ssh/keys.sig")
    ResponseEntity<String> keySignatures(@RequestParam(required = false) @Nullable Long version) {
        KeyStatement.Published statement = keys.current();
        if (version != null && version != statement.version()) {
            throw Conflict.NEWER_KEYS.because(
                    "version: " + version + " (expected: " + statement.version() + ", the newest)",
                    "fetch the keys again");
        }
        return statement(statement, statement.signatures());
    }

    private static ResponseEntity<String> statement(KeyStatement.Published statement, String text) {
        return ResponseEntity.ok()
                .header(KEYS_HEADER, Long.toString(statement.version()))
                .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                .contentType(MediaType.TEXT_PLAIN)
                .body(text);
    }

    @Public(hostToken = true)
    @Summary(
            value = "A host says which revocation list it refuses by",
            refuses = {"target.token-required", "target.wrong-token", "target.unknown-revocation-list"})
    @PostMapping("/ssh/krl-confirmations")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void confirm(
            @RequestHeader(name = HttpHeaders.AUTHORIZATION, required = false) @Nullable String authorization,
            @RequestHeader(name = KEYS_HEADER, required = false) @Nullable Long keysVersion,
            @RequestBody ConfirmationJson body) {
        Target host = hosts.authenticate(token(authorization));
        if (body.version() == null) {
            throw InputRefusal.INVALID_VALUE.because("version: missing (expected: the version of the list in use)");
        }
        hosts.confirm(host, body.version(), Optional.ofNullable(keysVersion));
    }

    @Needs("target.enroll")
    @Summary(
            value = "Enrol the host of a target, or enrol it again",
            refuses = {"target.unknown", "target.not-ssh"})
    @PostMapping("/targets/{name}/enrollment")
    @ResponseStatus(HttpStatus.CREATED)
    EnrolmentJson enrol(Caller caller, @PathVariable String name, @RequestBody EnrolmentAsk ask) {
        Hosts.Enrolment enrolment = hosts.enrol(caller.actor(), name, ask.logins() == null ? List.of() : ask.logins());
        return new EnrolmentJson(
                enrolment.token().reveal(),
                name,
                config.url().toString(),
                listener.caPem().orElse(null),
                enrolment.authorizedKeys(),
                enrolment.krlSigner().stream()
                        .map(key -> key.publicKey().line())
                        .toList(),
                lines(enrolment.emergency()),
                List.of(
                        "AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/sallyport/authorized/%u",
                        "RevokedKeys /etc/ssh/sallyport/revoked.krl",
                        "HostCertificate /etc/ssh/sallyport/host-cert.pub",
                        "TrustedUserCAKeys /etc/ssh/sallyport/emergency_ca.pub",
                        "AuthorizedPrincipalsCommand /bin/bash /etc/ssh/sallyport/sallyport-principals"
                                + " /etc/ssh/sallyport " + name + " %u %F %t %k",
                        "AuthorizedPrincipalsCommandUser nobody"),
                Hosts.script(),
                Hosts.principalsScript());
    }

    /** What enrolling would put on the host; so that a host that has it all already is left alone. */
    @Needs("target.enroll")
    @Summary(
            value = "What enrolling would put on the host; nothing changes",
            refuses = {"target.unknown", "target.not-ssh"})
    @GetMapping("/targets/{name}/enrollment")
    PreparedJson prepare(@PathVariable String name, @RequestParam(required = false) @Nullable List<String> login) {
        Hosts.Prepared prepared = hosts.prepare(name, login == null ? List.of() : login);
        return new PreparedJson(
                name,
                config.url().toString(),
                listener.caPem().orElse(null),
                prepared.authorizedKeys(),
                prepared.krlSigner().stream().map(key -> key.publicKey().line()).toList(),
                lines(prepared.emergency()),
                prepared.tokenFingerprint().orElse(null),
                Hosts.script(),
                Hosts.principalsScript());
    }

    @Needs("target.enroll")
    @Summary(
            value = "End the enrolment of a host: its token opens nothing any more",
            refuses = {"target.unknown", "target.not-ssh"})
    @DeleteMapping("/targets/{name}/enrollment")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void withdraw(Caller caller, @PathVariable String name) {
        hosts.withdraw(caller.actor(), name);
    }

    @Public(hostToken = true)
    @Summary(
            value = "A certificate for the host's own key",
            refuses = {"target.token-required", "target.wrong-token", "target.other-host"})
    @PostMapping("/targets/{name}/host-certificate")
    HostCertificateJson hostCertificate(
            @PathVariable String name,
            @RequestHeader(name = HttpHeaders.AUTHORIZATION, required = false) @Nullable String authorization,
            @RequestBody HostKeyJson body) {
        Target host = hosts.authenticate(token(authorization));
        if (!host.name().equals(name)) {
            throw Conflict.OTHER_HOST.because("the host token belongs to another target");
        }
        return new HostCertificateJson(hosts.certifyHost(
                host, SshPublicKey.parse(RequestsController.required("public_key", body.publicKey()))));
    }

    private RevocationList.Published changed(RevocationList.Published known, Duration limit)
            throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        RevocationList.Published list = known;
        while (list.version() == known.version()) {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (left.isNegative() || draining.hasBegun()) {
                return list;
            }
            if (feed.await(feed.version() + 1, left.compareTo(LOOK) < 0 ? left : LOOK)) {
                list = revocations.asOf(feed.version());
            }
        }
        return list;
    }

    private static Duration seconds(int wait) {
        if (wait < 0 || wait > WAIT_MAX) {
            throw InputRefusal.INVALID_VALUE.because("wait: " + wait + " (expected: 0 to " + WAIT_MAX + " seconds)");
        }
        return Duration.ofSeconds(wait);
    }

    private static Secret token(@Nullable String authorization) {
        if (authorization == null || !authorization.startsWith("Bearer ")) {
            throw Conflict.NO_TOKEN.because("Authorization: missing (expected: Bearer and the host token)");
        }
        return Secret.of(authorization.substring("Bearer ".length()).strip());
    }

    private static String tag(RevocationList.Published list) {
        return '"' + Long.toString(list.version()) + '"';
    }

    private static List<String> lines(List<SshPublicKey> keys) {
        return keys.stream().map(SshPublicKey::line).toList();
    }

    private static List<CaJson> shown(List<CaKey> keys) {
        return keys.stream().map(CaJson::of).toList();
    }

    /** What these calls refuse by themselves. */
    private enum Conflict implements Refusal.Code {
        NEWER_LIST(Refusal.Kind.CONFLICT, "krl.newer-version"),
        NEWER_KEYS(Refusal.Kind.CONFLICT, "keys.newer-version"),
        OTHER_HOST(Refusal.Kind.FORBIDDEN, "target.other-host"),
        NO_TOKEN(Refusal.Kind.UNAUTHENTICATED, "target.token-required");

        private final Refusal.Kind kind;
        private final String code;

        Conflict(Refusal.Kind kind, String code) {
            this.kind = kind;
            this.code = code;
        }

        @Override
        public Refusal.Kind kind() {
            return kind;
        }

        @Override
        public String code() {
            return code;
        }
    }
}
