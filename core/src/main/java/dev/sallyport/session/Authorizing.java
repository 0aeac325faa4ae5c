package dev.sallyport.session;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.Durations;
import dev.sallyport.base.Names;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Search;
import dev.sallyport.catalog.Target;
import dev.sallyport.credential.SshCertificates;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.feed.Feed;
import dev.sallyport.grant.GatewayGrants;
import dev.sallyport.grant.Grant;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.policy.Access;
import dev.sallyport.request.Ask;
import dev.sallyport.request.Requests;
import dev.sallyport.spi.gateway.Answer;
import dev.sallyport.spi.gateway.Asked;
import dev.sallyport.spi.gateway.Destination;
import dev.sallyport.spi.gateway.Evidence;
import dev.sallyport.spi.gateway.Permit;
import dev.sallyport.spi.gateway.PermitId;
import dev.sallyport.spi.gateway.TargetAccess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Who somebody is by the evidence of a gateway, and whether they may go where they want to. */
final class Authorizing {
    /** How long a permit waits for its session. */
    static final Duration PERMIT_VALID = Duration.ofMinutes(1);

    /** How long a handshake counts that has opened no session yet, such as while an approval is awaited. */
    private static final Duration HANDSHAKE_VALID = Duration.ofHours(2);

    private static final int OFFERS = 20;

    private final Database database;
    private final Audit audit;
    private final GatewayGrants grants;
    private final Requests requests;
    private final SignInLinks links;
    private final StoredSecrets secrets;

    Authorizing(
            Database database,
            Audit audit,
            GatewayGrants grants,
            Requests requests,
            SignInLinks links,
            StoredSecrets secrets) {
        this.database = database;
        this.audit = audit;
        this.grants = grants;
        this.requests = requests;
        this.links = links;
        this.secrets = secrets;
    }

    /**
     * Somebody known, by what, and what must not count again once a session has been opened by it.
     *
     * @param browser where they are and under which grant they go, if a server connects for their browser
     */
    record Known(
            Person person,
            boolean byCertificate,
            Optional<SshCertificates.Browser> browser,
            Optional<byte[]> handshake,
            Optional<byte[]> link) {
        /** The destination as they go there themselves. */
        Destination going(Destination destination) {
            return new Destination(
                    destination.target(),
                    destination.login(),
                    browser.map(SshCertificates.Browser::address).orElse(destination.clientAddress()),
                    destination.clientVersion());
        }

        Actor actor(Destination destination) {
            return new Actor(person.id().value(), null, person.name(), destination.clientAddress(), null);
        }
    }

    private sealed interface Who {
        record Somebody(Known known) implements Who {}

        record Nobody(Answer answer) implements Who {}
    }

    Answer authorize(Gateway gateway, Evidence evidence, Destination destination) {
        return switch (who(gateway, evidence, destination)) {
            case Who.Nobody(Answer answer) -> answer;
            case Who.Somebody(Known known) -> authorize(gateway, known, known.going(destination));
        };
    }

    Asked ask(Gateway gateway, Evidence evidence, Destination seen, String role, Duration duration, String reason) {
        Known known = known(gateway, evidence, seen);
        Destination destination = known.going(seen);
        // one that runs meanwhile is no hindrance: the same ask is then told that it was granted
        boolean offered = offers(gateway, known.person().id(), destination, true).stream()
                .anyMatch(offer -> offer.role().equals(role));
        if (!offered) {
            throw SessionRefusal.NOT_ASKABLE.because("there is no such role to ask for here");
        }
        byte[] key = Digests.of(
                known.handshake().orElse(new byte[0]),
                known.link().orElse(new byte[0]),
                (role + "\0" + destination.target() + "\0" + duration + "\0" + reason)
                        .getBytes(StandardCharsets.UTF_8));
        var request = requests.ask(
                known.actor(destination),
                known.person().id(),
                new Ask(
                        List.of(new Ask.Wanted(role, destination.target())),
                        duration,
                        Optional.empty(),
                        reason,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(HexFormat.of().formatHex(key))));
        String sentence =
                String.join("; ", request.items().getFirst().decision().explanation());
        return new Asked(
                request.id(),
                switch (request.state()) {
                    case APPROVED -> Asked.State.GRANTED;
                    case PENDING -> Asked.State.WAITING;
                    case DENIED, EXPIRED, WITHDRAWN -> Asked.State.DENIED;
                },
                sentence);
    }

    private Known known(Gateway gateway, Evidence evidence, Destination destination) {
        return switch (who(gateway, evidence, destination)) {
            case Who.Somebody(Known known) -> known;
            case Who.Nobody _ -> throw SessionRefusal.BAD_EVIDENCE.because("evidence: it does not show who is there");
        };
    }

    /** A transaction of its own, so that a guess counts whatever comes of the rest. */
    private Who who(Gateway gateway, Evidence evidence, Destination destination) {
        check(destination);
        try {
            Optional<ProvenKey> key = evidence.handshake().map(handshake -> ProvenKey.of(handshake, destination));
            return database.change(gateway.actor(), tx -> who(tx, gateway, evidence, key, destination));
        } catch (Refusal refusal) {
            if (refusal.code().equals(SessionRefusal.BAD_EVIDENCE.code())) {
                database.run(
                        gateway.actor(),
                        tx -> audit.record(
                                tx,
                                Event.of(SessionEvent.REFUSED)
                                        .outcome(Outcome.REFUSED)
                                        .data("code", refusal.code())
                                        .data("gateway", gateway.name())
                                        .personal("why", refusal.sentence())
                                        .personal("client_address", destination.clientAddress())));
            }
            throw refusal;
        }
    }

    private Who who(Tx tx, Gateway gateway, Evidence evidence, Optional<ProvenKey> key, Destination destination) {
        Optional<byte[]> handshake = key.map(ProvenKey::hash);
        handshake.ifPresent(hash -> claim(tx, gateway, hash));
        if (key.flatMap(ProvenKey::certificate).isPresent()) {
            Optional<SshCertificates.Held> held =
                    key.flatMap(ProvenKey::certificate).flatMap(certificate -> SshCertificates.held(tx, certificate));
            Optional<Person> person = held.flatMap(shown -> holder(tx, shown));
            if (person.isPresent()) {
                return new Who.Somebody(new Known(
                        person.get(), true, held.flatMap(SshCertificates.Held::browser), handshake, Optional.empty()));
            }
        }
        if (evidence.link().isPresent()) {
            return links.redeem(tx, gateway, destination, evidence.link().get(), key)
                    .<Who>map(redeemed -> new Who.Somebody(new Known(
                            redeemed.person(), false, Optional.empty(), handshake, Optional.of(redeemed.hash()))))
                    .orElseGet(() -> new Who.Nobody(new Answer.Denied(
                            "sign-in.wrong-code", "the code is not the one that the page shows, or its time is over")));
        }
        Optional<Person> remembered = key.filter(proven -> proven.certificate().isEmpty())
                .flatMap(proven -> SignInLinks.remembered(tx, gateway, proven, destination));
        return remembered
                .<Who>map(person ->
                        new Who.Somebody(new Known(person, false, Optional.empty(), handshake, Optional.empty())))
                .orElseGet(() -> new Who.Nobody(links.offer(tx, gateway, destination, key)));
    }

    /** The person of a certificate, unless their epoch or their sign-in has ended since it was made. */
    private static Optional<Person> holder(Rx rx, SshCertificates.Held held) {
        boolean signedIn = held.signIn().isEmpty()
                || rx.exists(
                        "select 1 from sign_in_session where id = ? and person_id = ? and ended_at is null and expires_at > ?",
                        held.signIn(),
                        held.person(),
                        rx.now());
        return Directory.person(rx, held.person())
                .filter(person -> signedIn && person.isActive() && person.epoch() == held.epoch());
    }

    /** The handshake belongs to the gateway that shows it first, and opens one session. */
    private static void claim(Tx tx, Gateway gateway, byte[] hash) {
        record Shown(String gateway, boolean spent, boolean old) {}
        tx.update(
                "insert into handshake (hash, gateway_id, shown_at) values (?, ?, ?) on conflict (hash) do nothing",
                hash,
                gateway.id(),
                tx.now());
        Shown shown = tx.one(
                        "select gateway_id, session_id is not null, shown_at < ? from handshake where hash = ?",
                        row -> new Shown(row.getString(1), row.getBoolean(2), row.getBoolean(3)),
                        tx.now().minus(HANDSHAKE_VALID),
                        hash)
                .orElseThrow();
        if (shown.spent() || shown.old() || !shown.gateway().equals(gateway.id())) {
            throw SessionRefusal.BAD_EVIDENCE.because(
                    "evidence: this handshake has opened a session already, or was another gateway's");
        }
    }

    private Answer authorize(Gateway gateway, Known known, Destination destination) {
        Answer answer = database.change(known.actor(destination), tx -> decide(tx, gateway, known, destination));
        if (!(answer instanceof Answer.Denied(String code, String _)) || !code.equals(NO_ACCESS)) {
            return answer;
        }
        List<Answer.Offer> offers = offers(gateway, known.person().id(), destination, false);
        if (!offers.isEmpty()) {
            return new Answer.MayAsk(known.person().name(), offers);
        }
        refused(known, gateway, destination, code);
        return answer;
    }

    private static final String NO_ACCESS = "gateway.no-access";

    private Answer decide(Tx tx, Gateway gateway, Known known, Destination destination) {
        List<Grant> running = GatewayGrants.usable(tx, known.person().id(), destination.target());
        Optional<Target> target = running.isEmpty()
                ? Optional.empty()
                : Catalog.target(tx, running.getFirst().target()).filter(gateway::reaches);
        if (target.isEmpty()) {
            return nothing(destination);
        }
        List<Grant> through = running.stream()
                .filter(grant -> grant.terms().access() == Access.GATEWAY
                        && grant.target().equals(target.get().id())
                        && known.browser()
                                .map(browser -> browser.grant().equals(grant.id()))
                                .orElse(true))
                .toList();
        if (through.isEmpty()) {
            return new Answer.Denied(
                    "gateway.direct-only",
                    "your grant on " + destination.target() + " is not for gateways: sallyport ssh "
                            + destination.target());
        }
        Optional<Grant> chosen = through.stream()
                .filter(grant -> login(grant, target.get(), destination).isPresent())
                .findFirst();
        if (chosen.isEmpty()) {
            return nothing(destination);
        }
        if (!known.byCertificate() && target.get().isCritical()) {
            return new Answer.Denied(
                    "sign-in.link-not-enough",
                    destination.target() + " is critical: a link does not do, come with sallyport ssh "
                            + destination.target());
        }
        return permitted(tx, gateway, known, destination, chosen.get(), target.get());
    }

    private Answer permitted(Tx tx, Gateway gateway, Known known, Destination destination, Grant grant, Target target) {
        String login = login(grant, target, destination).orElseThrow();
        Optional<String> stored = target.injected(login);
        TargetAccess.Credential credential = TargetAccess.Credential.CERTIFICATE;
        if (stored.isPresent()) {
            var secret = secrets.find(stored.get());
            if (secret.isEmpty()) {
                return new Answer.Denied(
                        SessionRefusal.NO_SECRET.code(),
                        "the stored secret for " + login + " on " + target.name()
                                + " is not there; tell whoever runs it");
            }
            credential = secret.get().reveal().startsWith("-----BEGIN OPENSSH PRIVATE KEY-----")
                    ? TargetAccess.Credential.KEY
                    : TargetAccess.Credential.PASSWORD;
        }
        var id = PermitId.next();
        tx.update(
                """
                insert into permit (id, gateway_id, person_id, grant_id, login, client_address, handshake_hash, link_hash,
                                    expires_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                id,
                gateway.id(),
                known.person().id(),
                grant.id(),
                login,
                destination.clientAddress(),
                known.handshake().orElse(null),
                known.link().orElse(null),
                tx.now().plus(PERMIT_VALID));
        return new Answer.Permitted(new Permit(
                id,
                grant.personName(),
                grant.id(),
                grant.request(),
                grant.roleName(),
                target.name(),
                login,
                grant.endsAt(),
                Feed.head(tx),
                StoredTerms.session(grant.terms()),
                new TargetAccess(
                        target.host().orElse(target.name()),
                        target.port(),
                        grants.knownHosts(tx, target),
                        target.oldAlgorithms(),
                        credential)));
    }

    private static Optional<String> login(Grant grant, Target target, Destination destination) {
        return grant.terms().logins().stream()
                .filter(login -> target.admits(login)
                        && destination.login().map(login::equals).orElse(true))
                .findFirst();
    }

    /** The same for what does not exist, what the person may not know of, and what this gateway does not reach. */
    private static Answer nothing(Destination destination) {
        return new Answer.Denied(
                NO_ACCESS,
                "there is nothing at "
                        + destination.login().map(login -> login + "@").orElse("") + destination.target()
                        + " that you may go to here");
    }

    private List<Answer.Offer> offers(Gateway gateway, PersonId person, Destination destination, boolean running) {
        return requests.offers(person, Search.on(Optional.of(destination.target())), OFFERS).stream()
                .filter(offer -> gateway.reaches(offer.target())
                        && offer.decision().terms().access() == Access.GATEWAY
                        && (running || offer.running().isEmpty())
                        && destination
                                .login()
                                .map(offer.decision().terms().logins()::contains)
                                .orElse(true))
                .filter(offer -> offer.decision().effect() != dev.sallyport.policy.code.Ruling.Effect.DENY)
                .map(offer -> new Answer.Offer(
                        offer.role().name(),
                        destination
                                .login()
                                .orElse(offer.decision().terms().logins().getFirst()),
                        offer.decision().obligations().maxDuration(),
                        offer.decision().obligations().reasonRequired(),
                        String.join("; ", offer.decision().explanation()) + ", for at most "
                                + Durations.shown(offer.decision().obligations().maxDuration())))
                .toList();
    }

    private void refused(Known known, Gateway gateway, Destination destination, String code) {
        database.run(
                known.actor(destination),
                tx -> audit.record(
                        tx,
                        Event.of(SessionEvent.REFUSED)
                                .outcome(Outcome.REFUSED)
                                .data("code", code)
                                .data("gateway", gateway.name())
                                .personal(
                                        "asked",
                                        destination.target() + "/"
                                                + destination.login().orElse(""))));
    }

    private static void check(Destination destination) {
        Names.check("target", destination.target());
        destination.login().ifPresent(login -> dev.sallyport.base.Text.line("login", login, 1, 64));
        dev.sallyport.base.Text.line("client address", destination.clientAddress(), 1, 64);
        dev.sallyport.base.Text.line("client version", destination.clientVersion(), 0, 255);
    }
}
