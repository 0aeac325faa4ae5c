package dev.sallyport.session;

import static dev.sallyport.session.GatewayWorld.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.Bytes;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.Labels;
import dev.sallyport.base.LeaseId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
import dev.sallyport.credential.SigningProvider;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Json;
import dev.sallyport.database.Slice;
import dev.sallyport.finding.Finding;
import dev.sallyport.finding.Findings;
import dev.sallyport.formats.ssh.SshCertificate;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.grant.EndSelector;
import dev.sallyport.grant.GrantState;
import dev.sallyport.grant.Grants;
import dev.sallyport.grant.Lease;
import dev.sallyport.grant.LeaseState;
import dev.sallyport.identity.SeenProofs;
import dev.sallyport.identity.UnspentProof;
import dev.sallyport.spi.Cut;
import dev.sallyport.spi.gateway.Answer;
import dev.sallyport.spi.gateway.Asked;
import dev.sallyport.spi.gateway.ControlPlane;
import dev.sallyport.spi.gateway.Evidence;
import dev.sallyport.spi.gateway.FeedPage;
import dev.sallyport.spi.gateway.LiveFrame;
import dev.sallyport.spi.gateway.Opened;
import dev.sallyport.spi.gateway.Opening;
import dev.sallyport.spi.gateway.Order;
import dev.sallyport.spi.gateway.Permit;
import dev.sallyport.spi.gateway.PermitId;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.SessionTerms;
import dev.sallyport.spi.gateway.TargetAccess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** SE1, SE5, SE6, RV1, RV4: what a gateway is told, and what becomes of what it tells. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GatewaySessionsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final GatewayWorld g = new GatewayWorld();

    @BeforeAll
    void things() {
        g.world.target("web-1", Map.of("tier", "web", "zone", "a"));
        g.world.target("web-2", Map.of("tier", "web", "zone", "b"));
        g.world.target("core-1", Map.of("tier", "web"));
        spec("core-1", Map.of("criticality", "critical", "address", Map.of("host", "127.0.0.1", "port", 22)));
        g.world.target("router", Map.of("tier", "web"));
        spec(
                "router",
                Map.of(
                        "address",
                        Map.of("host", "127.0.0.1", "port", 22),
                        "ssh",
                        Map.of("oldAlgorithms", true, "injected", Map.of("ops", "router.secret"))));
        role("boxed", 0, Map.of());
        role("waits", 1, Map.of());
        role(
                "loose",
                0,
                Map.of(
                        "recording",
                        "off",
                        "opaque",
                        true,
                        "grace",
                        "0s",
                        "files",
                        false,
                        "idle",
                        "5m",
                        "longest",
                        "10m",
                        "commands",
                        List.of(Map.of("pattern", "rm -rf", "act", "block", "message", "no"))));
        g.world.eligible(g.world.role("direct", 0), "developers");
    }

    @AfterAll
    void close() {
        g.close();
    }

    private void role(String name, int approvals, Map<String, Object> session) {
        g.world.eligible(
                g.world.role(
                        name, approvals, Map.of("maxDuration", "8h"), Map.of("access", "gateway", "session", session)),
                "developers");
    }

    private void spec(String target, Map<String, Object> spec) {
        g.world.arrange(tx -> tx.update("update target set spec = ?::jsonb where name = ?", Json.text(spec), target));
    }

    private PersonId person(String name) {
        return g.world.person(name, "developers");
    }

    private static void refused(String code, Callable<?> work) {
        assertThatThrownBy(work::call)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    private Answer authorize(Evidence evidence, String login, String target) {
        return g.plane.authorize(evidence, to(login, target));
    }

    private static String denied(Answer answer) {
        return answer instanceof Answer.Denied(String code, String _) ? code : answer.toString();
    }

    private long report(String source, long sequence, SessionId session, Report.What what) {
        return g.plane.report(source, List.of(new Report(sequence, Instant.now(), session, what)));
    }

    private Lease lease(LeaseId id) {
        return g.world.database.read(rx -> Grants.lease(rx, id).orElseThrow());
    }

    @Test
    void aCertificateOfOursAndARunningGrantArePermitted() {
        PersonId dev = person("dev-in");
        GrantId grant = g.world.grant(dev, "boxed", "web-1", HOUR);

        Permit permit = g.permit(dev, "deploy", "web-1");

        assertThat(permit.grant()).isEqualTo(grant);
        assertThat(permit.person()).isEqualTo("dev-in");
        assertThat(permit.login()).isEqualTo("deploy");
        assertThat(permit.terms().recording()).isEqualTo(SessionTerms.Recording.STRICT);
        assertThat(permit.terms().grace()).isEqualTo(Duration.ofSeconds(30));
        assertThat(permit.terms().abilities())
                .containsExactlyInAnyOrder(SessionTerms.Ability.TERMINAL, SessionTerms.Ability.FILES);
        assertThat(permit.access().knownHosts()).isNotEmpty().allMatch(line -> line.contains("web-1 "));
        assertThat(permit.access().credential()).isEqualTo(TargetAccess.Credential.CERTIFICATE);
    }

    @Test
    void whoComesByABrowserIsWhereTheBrowserIs() {
        PersonId dev = person("dev-browser");
        GrantId grant = g.world.grant(dev, "boxed", "web-1", HOUR);
        SshKeyPair key = GatewayWorld.pair();
        var here = new Ways.Way("here", Labels.NONE, "localhost", 2222, true);
        String certificate = g.certificates
                .issueFor(
                        g.world.actor(dev),
                        dev,
                        new GatewayCertificates.Ask(
                                "web-1",
                                Optional.of("deploy"),
                                Optional.of(grant),
                                key.publicKey(),
                                Optional.of(here),
                                Optional.of("203.0.113.5")),
                        UnspentProof.none())
                .orElseThrow()
                .certificate()
                .certificate();

        Answer answer =
                authorize(GatewayWorld.shown(key, certificate, "deploy@web-1", g.sessionId()), "deploy", "web-1");
        var id = SessionId.next();
        g.open(((Answer.Permitted) answer).permit().id(), id);

        assertThat(g.session(id).clientAddress()).isEqualTo("203.0.113.5");
        assertThat(g.session(g.open(dev, "deploy", "web-1")).clientAddress())
                .as("of everybody else the gateway's socket says it")
                .isEqualTo(GatewayWorld.ADDRESS);
    }

    @Test
    void aProofThatCameBeforeGivesNoCertificateForGateways() {
        PersonId dev = person("dev-prover");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        var seen = new SeenProofs(g.world.database);
        var here = new Ways.Way("here", Labels.NONE, "localhost", 2222, true);
        var ask = new GatewayCertificates.Ask(
                "web-1",
                Optional.empty(),
                Optional.empty(),
                GatewayWorld.pair().publicKey(),
                Optional.of(here),
                Optional.empty());
        UnspentProof proof = seen.unspent("key", "for-gateways", () -> new IllegalStateException("used before"));

        assertThat(g.certificates.issueFor(g.world.actor(dev), dev, ask, proof)).isPresent();
        proof.spend();

        assertThatThrownBy(() -> g.certificates.issueFor(
                        g.world.actor(dev),
                        dev,
                        ask,
                        seen.unspent("key", "for-gateways", () -> new IllegalStateException("used before"))))
                .hasMessage("used before");
        assertThat(g.world.database.<Long>read(rx -> rx.count(
                        "select count(*) from event where activity = 'gateway-certificate.issued' and actor_person = ?",
                        dev)))
                .isEqualTo(1);
    }

    @Test
    void theTermsOfTheRoleReachTheGateway() {
        PersonId dev = person("dev-terms");
        g.world.grant(dev, "loose", "web-1", HOUR);

        Permit permit = g.permit(dev, "ops", "web-1");
        Opened opened = g.open(permit.id(), SessionId.next());

        assertThat(permit.terms().recording()).isEqualTo(SessionTerms.Recording.OFF);
        assertThat(permit.terms().opaque()).isTrue();
        assertThat(permit.terms().abilities()).doesNotContain(SessionTerms.Ability.FILES);
        assertThat(permit.terms().idle()).isEqualTo(Duration.ofMinutes(5));
        assertThat(permit.terms().grace()).isZero();
        assertThat(permit.terms().rules())
                .containsExactly(new SessionTerms.CommandRule("rm -rf", SessionTerms.Act.BLOCK, "no"));
        assertThat(opened.endsAt()).isBefore(Instant.now().plus(Duration.ofMinutes(11)));
        assertThat(opened.recordingPublicKey().size())
                .isEqualTo(32); // so that best effort could begin; none is demanded
    }

    @Test
    void criticalTargetsLeaveNoGrace() {
        PersonId dev = person("dev-critical");
        g.world.grant(dev, "boxed", "core-1", HOUR);

        assertThat(g.permit(dev, "ops", "core-1").terms().grace()).isZero();
    }

    @Test
    void evidenceCountsForItsDestinationAlone() {
        PersonId dev = person("dev-forged");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        Evidence forThere = g.certified(dev, "ops@web-2");
        Evidence.Handshake real = g.certified(dev, "ops@web-1").handshake().orElseThrow();
        var otherSession = new Evidence(
                Optional.of(new Evidence.Handshake(
                        Bytes.of(g.sessionId()), real.user(), real.algorithm(), real.key(), real.signature())),
                Optional.empty());

        refused("gateway.bad-evidence", () -> authorize(forThere, "ops", "web-1"));
        refused("gateway.bad-evidence", () -> authorize(otherSession, "ops", "web-1"));
        assertThat(authorize(g.certified(dev, "ops%web-1"), "ops", "web-1")).isInstanceOf(Answer.Permitted.class);
    }

    @Test
    void aHandshakeBelongsToOneGatewayAndOpensOneSession() {
        PersonId dev = person("dev-replay");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        Evidence evidence = g.certified(dev, "ops@web-1");
        ControlPlane other = g.sessions.controlPlane(g.gateways.builtIn("other", Labels.NONE));

        Permit first = permitted(authorize(evidence, "ops", "web-1"));
        Permit second = permitted(authorize(evidence, "ops", "web-1"));
        refused("gateway.bad-evidence", () -> other.authorize(evidence, to("ops", "web-1")));
        g.open(first.id(), SessionId.next());

        refused("gateway.permit-used", () -> g.open(second.id(), SessionId.next()));
        refused("gateway.bad-evidence", () -> authorize(evidence, "ops", "web-1"));
    }

    private static Permit permitted(Answer answer) {
        if (answer instanceof Answer.Permitted(Permit permit)) {
            return permit;
        }
        throw new AssertionError(answer);
    }

    @Test
    void aCertificateOfSomebodyElseOrOfAnotherAuthorityIsNobody() {
        PersonId dev = person("dev-alien");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        SshKeyPair alien = GatewayWorld.pair();
        SshKeyPair key = GatewayWorld.pair();
        String line = SshCertificate.user(key.publicKey())
                .serial(1)
                .keyId("person=dev-alien epoch=0 sign-in=")
                .principals(List.of("sallyport-person/" + dev))
                .valid(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60))
                .sign(alien.signer(SigningProvider.get()));

        Answer answer = authorize(GatewayWorld.shown(key, line, "ops@web-1", g.sessionId()), "ops", "web-1");

        assertThat(answer).isInstanceOf(Answer.SignIn.class);
    }

    @Test
    void aNewEpochEndsWhatThePersonHolds() {
        PersonId dev = person("dev-epoch");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        Evidence evidence = g.certified(dev, "ops@web-1");

        g.world.arrange(tx -> tx.update("update person set epoch = epoch + 1 where id = ?", dev));

        assertThat(authorize(evidence, "ops", "web-1")).isInstanceOf(Answer.SignIn.class);
    }

    @Test
    void whatDoesNotExistAndWhatOneMayNotKnowOfHaveTheSameAnswer() {
        PersonId stranger = g.world.person("stranger");

        Answer unknown = authorize(g.certified(stranger, "ops@nowhere"), "ops", "nowhere");
        Answer hidden = authorize(g.certified(stranger, "ops@web-1"), "ops", "web-1");

        assertThat(denied(unknown)).isEqualTo("gateway.no-access");
        assertThat(hidden.toString()).isEqualTo(unknown.toString().replace("nowhere", "web-1"));
    }

    @Test
    void aGatewayReachesOnlyTargetsOfItsLabels() {
        PersonId dev = person("dev-labels");
        g.world.grant(dev, "boxed", "web-2", HOUR);
        Gateway zoneA = g.gateways.builtIn("zone-a", new Labels(Map.of("zone", "a")));
        Gateway zoneB = g.gateways.builtIn("zone-b", new Labels(Map.of("zone", "b")));

        Answer fromA = g.sessions.controlPlane(zoneA).authorize(g.certified(dev, "ops@web-2"), to("ops", "web-2"));
        Answer fromB = g.sessions.controlPlane(zoneB).authorize(g.certified(dev, "ops@web-2"), to("ops", "web-2"));

        assertThat(denied(fromA)).isEqualTo("gateway.no-access");
        assertThat(fromB).isInstanceOf(Answer.Permitted.class);
    }

    @Test
    void directGrantsAreNotForGateways() {
        PersonId dev = person("dev-direct");
        g.world.grant(dev, "direct", "web-1", HOUR);

        assertThat(denied(authorize(g.certified(dev, "ops@web-1"), "ops", "web-1")))
                .isEqualTo("gateway.direct-only");
    }

    @Test
    void whoMayAskAsksInTheTerminalAndIsLetInByTheApproval() {
        PersonId dev = person("dev-asks");
        PersonId lead = g.world.person("lead-asks", "leads");
        Evidence evidence = g.certified(dev, "ops@web-1");

        Answer before = authorize(evidence, "ops", "web-1");
        Asked asked = g.plane.ask(evidence, to("ops", "web-1"), "waits", HOUR, "because");
        Asked repeated = g.plane.ask(evidence, to("ops", "web-1"), "waits", HOUR, "because");
        g.world.approving.decide(g.world.actor(lead), lead, asked.request(), World.yes());

        assertThat(before)
                .isInstanceOfSatisfying(
                        Answer.MayAsk.class,
                        may -> assertThat(may.offers())
                                .extracting(Answer.Offer::role)
                                .contains("waits", "boxed")
                                .doesNotContain("direct"));
        assertThat(asked.state()).isEqualTo(Asked.State.WAITING);
        assertThat(repeated.request()).isEqualTo(asked.request());
        assertThat(g.plane
                        .ask(evidence, to("ops", "web-1"), "waits", HOUR, "because")
                        .state())
                .isEqualTo(Asked.State.GRANTED);
        assertThat(authorize(evidence, "ops", "web-1")).isInstanceOf(Answer.Permitted.class);
        refused("gateway.not-askable", () -> g.plane.ask(evidence, to("ops", "web-1"), "direct", HOUR, "because"));
    }

    @Test
    void openingIsDurableOnceAndSaidAgain() {
        PersonId dev = person("dev-open");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        PermitId permit = g.permit(dev, "ops", "web-1").id();
        var id = SessionId.next();

        Opened first = g.open(permit, id);
        Opened again = g.open(permit, id);

        assertThat(again).isEqualTo(first);
        assertThat(g.session(id).open()).isTrue();
        assertThat(g.session(id).recording().state()).isEqualTo("pending");
        assertThat(g.world.database.<Long>read(rx -> rx.count(
                        "select count(*) from event where session_id = ? and activity = 'session.opened'", id)))
                .isEqualTo(1);
        refused("gateway.permit-used", () -> g.open(permit, SessionId.next()));
        ControlPlane other = g.sessions.controlPlane(g.gateways.builtIn("thief", Labels.NONE));
        refused(
                "gateway.permit-unknown",
                () -> other.open(
                        g.permit(dev, "ops", "web-1").id(), SessionId.next(), new Opening(Instant.now(), "x", "y")));
    }

    @Test
    void aGrantThatEndedMeanwhileOpensNothing() {
        PersonId dev = person("dev-late");
        GrantId grant = g.world.grant(dev, "boxed", "web-1", HOUR);
        PermitId permit = g.permit(dev, "ops", "web-1").id();

        g.world.grants.revoke(g.world.actor(dev), new EndSelector.OneGrant(grant), "enough");

        refused("gateway.grant-ended", () -> g.open(permit, SessionId.next()));
    }

    @Test
    void aSessionGetsACertificateForItsTargetAloneAndItsLeaseClosesWithIt() {
        PersonId dev = person("dev-lease");
        GrantId grant = g.world.grant(dev, "boxed", "web-1", HOUR);
        SessionId id = g.open(dev, "ops", "web-1");
        var leaseId = LeaseId.next();
        SshPublicKey key = GatewayWorld.key();

        String line = g.plane.certify(id, leaseId, key.line()).certificate();
        String again = g.plane.certify(id, leaseId, key.line()).certificate();
        SshCertificate certificate = SshCertificate.parse(line);

        assertThat(again).isEqualTo(line);
        assertThat(certificate.principals()).containsExactly("web-1/ops");
        assertThat(certificate.keyId())
                .contains("person=dev-lease", "grant=" + grant, "session=" + id, "lease=" + leaseId);
        assertThat(certificate.validBefore()).isBefore(Instant.now().plus(Duration.ofMinutes(5)));
        assertThat(lease(leaseId).cut()).isEqualTo(Cut.INSTANT);

        report("run-lease", 1, id, new Report.Closed("left", "", 10, 20));
        g.world.settle();

        assertThat(lease(leaseId).state()).isEqualTo(LeaseState.CLOSED);
        assertThat(g.session(id).endReason()).contains("left");
        refused("gateway.session-unknown", () -> g.plane.certify(id, LeaseId.next(), key.line()));
    }

    @Test
    void aRevokedGrantReachesTheGatewayAndEndsWhenTheSessionHas() {
        PersonId dev = person("dev-revoked");
        GrantId grant = g.world.grant(dev, "boxed", "web-1", HOUR);
        SessionId id = g.open(dev, "ops", "web-1");
        g.plane.certify(id, LeaseId.next(), GatewayWorld.key().line());
        long head = g.plane.feed(0, Duration.ZERO).head();

        g.world.grants.revoke(g.world.actor(dev), new EndSelector.OneGrant(grant), "enough");
        FeedPage page = g.plane.feed(head, Duration.ofSeconds(5));
        g.world.settle();
        GrantState while_ =
                g.world.database.read(rx -> Grants.find(rx, grant).orElseThrow().state());
        report("run-revoked", 1, id, new Report.Closed("revoked", "", 0, 0));
        g.world.settle();

        assertThat(page.entries())
                .anyMatch(entry ->
                        entry.kind().equals("GRANT_ENDED") && entry.subject().equals(grant.value()));
        assertThat(while_).isEqualTo(GrantState.ENDING);
        assertThat(g.world.database.<GrantState>read(
                        rx -> Grants.find(rx, grant).orElseThrow().state()))
                .isEqualTo(GrantState.ENDED);
    }

    @Test
    void storedLoginsAreGivenToTheGatewayAndKeptOutOfRecordings() {
        PersonId dev = person("dev-router");
        g.world.grant(dev, "boxed", "router", HOUR);
        assertThat(denied(authorize(g.certified(dev, "ops@router"), "ops", "router")))
                .isEqualTo("gateway.no-secret");

        g.stored.put("router.secret", Secret.of("hunter2"));
        Permit permit = g.permit(dev, "ops", "router");
        var id = SessionId.next();
        Opened opened = g.open(permit.id(), id);

        assertThat(permit.access().credential()).isEqualTo(TargetAccess.Credential.PASSWORD);
        assertThat(permit.access().oldAlgorithms()).isTrue();
        assertThat(opened.secrets()).containsExactly(Secret.of("hunter2"));
        assertThat(g.plane.secret(id)).isEqualTo(Secret.of("hunter2"));
    }

    @Test
    void reportsCountOnceAndBecomeRowsAndEvents() {
        PersonId dev = person("dev-reports");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        SessionId id = g.open(dev, "ops", "web-1");
        Instant at = Instant.now();
        List<Report> reports = List.of(
                new Report(1, at, id, new Report.Command(0, "uname -a", true, 0)),
                new Report(2, at, id, new Report.FileTouched(1, "write", "/tmp/x", 12, "ab")),
                new Report(3, at, id, new Report.Text(100, "first line with a nee")),
                new Report(4, at, id, new Report.Text(200, "dle/in it\n")),
                new Report(5, at, id, new Report.RecordingProgress(3, 300, "cd")),
                new Report(6, at, id, new Report.RecordingGap(at, at, "disk full")));

        assertThat(g.plane.report("run-r", reports)).isEqualTo(6);
        assertThat(g.plane.report("run-r", reports)).isEqualTo(6);

        assertThat(g.world.database.<List<Session.Command>>read(rx -> GatewaySessions.commands(rx, id, 10)))
                .singleElement()
                .satisfies(command -> assertThat(command.command()).isEqualTo("uname -a"));
        assertThat(g.world.database.<List<Session.File>>read(rx -> GatewaySessions.files(rx, id, 10)))
                .hasSize(1);
        assertThat(g.session(id).recording().gaps()).hasSize(1);
        assertThat(g.sessions.search(g.world.actor(dev), all(), "NEEDLE/in", Slice.newest(10)))
                .singleElement()
                .satisfies(found -> assertThat(found.session().id()).isEqualTo(id));
        assertThat(g.sessions.search(g.world.actor(dev), all(), "needle/on", Slice.newest(10)))
                .isEmpty();
        report("run-r", 7, id, new Report.RecordingStored("complete", "a/b", 9, 900, 1_000, "ef", List.of()));
        assertThat(g.session(id).recording().state()).isEqualTo("cut short");
    }

    private static SessionFilter all() {
        return new SessionFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
    }

    /** SE8: over all sessions, and each once however much it showed. */
    @Test
    void textsAndCommandsAreFoundOverAllSessionsPageByPage() {
        PersonId dev = person("dev-searches");
        PersonId peer = person("peer-searches");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        g.world.grant(peer, "boxed", "web-1", HOUR);
        SessionId first = g.open(dev, "ops", "web-1");
        SessionId chatty = g.open(dev, "ops", "web-1");
        SessionId last = g.open(peer, "ops", "web-1");
        Instant at = Instant.now();
        var reports = new java.util.ArrayList<Report>();
        reports.add(new Report(1, at, first, new Report.Text(100, "Zebra crossing\n")));
        for (int i = 0; i < 600; i++) {
            reports.add(new Report(2 + i, at, chatty, new Report.Text(i, "zebra " + i + "\n")));
        }
        reports.add(new Report(700, at, last, new Report.Text(5, "a zebra\n")));
        reports.add(new Report(701, at, first, new Report.Command(1, "systemctl restart Shop", true, 0)));
        reports.add(new Report(702, at, first, new Report.Command(1, "ls", true, 0)));
        reports.add(new Report(703, at, last, new Report.RuleMatched(1, "stop", true, "SYSTEMCTL stop shop")));
        for (int from = 0; from < reports.size(); from += 200) {
            g.plane.report("run-search", reports.subList(from, Math.min(reports.size(), from + 200)));
        }
        Actor actor = g.world.actor(dev);
        SessionFilter mine =
                new SessionFilter(Optional.of(dev), Optional.empty(), Optional.of("web-1"), Optional.empty(), false);

        List<GatewaySessions.Found> page = g.sessions.search(actor, all(), "zebra", Slice.newest(2));
        assertThat(page).extracting(found -> found.session().id()).containsExactly(last, chatty);
        assertThat(page.getLast().offsets()).hasSize(20).startsWith(0L, 1L);
        assertThat(g.sessions.search(
                        actor, all(), "ZEBRA", new Slice(Slice.newest(2).order(), Optional.of(chatty.value()), 2)))
                .extracting(found -> found.session().id())
                .containsExactly(first);
        assertThat(g.sessions.search(actor, mine, "zebra", Slice.newest(10)))
                .extracting(found -> found.session().id())
                .containsExactly(chatty, first);

        List<GatewaySessions.Ran> ran = g.sessions.commands(actor, dev, all(), "systemctl", Optional.empty(), 1);
        assertThat(ran).singleElement().satisfies(command -> {
            assertThat(command.place().session()).isEqualTo(last);
            assertThat(command.person()).isEqualTo("peer-searches");
            assertThat(command.command().blocked()).isTrue();
        });
        assertThat(g.sessions.commands(
                        actor,
                        dev,
                        all(),
                        "systemctl",
                        Optional.of(GatewaySessions.Place.parse(
                                ran.getFirst().place().toString())),
                        10))
                .extracting(command -> command.command().command())
                .containsExactly("systemctl restart Shop");
        assertThat(g.sessions.commands(actor, dev, mine, "", Optional.empty(), 10))
                .extracting(command -> command.command().command())
                .containsExactly("ls", "systemctl restart Shop");
        refused("input.invalid-value", () -> GatewaySessions.Place.parse("ssn_x.-1"));
        refused("input.invalid-text", () -> g.sessions.commands(actor, dev, mine, "ls", Optional.empty(), 10));
    }

    @Test
    void reportsOfOtherGatewaysSessionsAreRefusedAndDoNotBlockTheRest() {
        PersonId dev = person("dev-other");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        SessionId id = g.open(dev, "ops", "web-1");
        ControlPlane other = g.sessions.controlPlane(g.gateways.builtIn("liar", Labels.NONE));

        long last = other.report(
                "run-liar", List.of(new Report(1, Instant.now(), id, new Report.Closed("left", "", 0, 0))));

        assertThat(last).isEqualTo(1);
        assertThat(g.session(id).open()).isTrue();
        refused("gateway.session-unknown", () -> g.plane.report("run-liar", List.of()));
    }

    @Test
    void ordersComeInOrderAndOnceEach() {
        PersonId dev = person("dev-killed");
        PersonId lead = g.world.person("lead-kills", "leads");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        Gateway own = g.gateways.builtIn("orders", Labels.NONE);
        ControlPlane plane = g.sessions.controlPlane(own);
        var id = SessionId.next();
        Permit permit = permitted(plane.authorize(g.certified(dev, "ops@web-1"), to("ops", "web-1")));
        plane.open(permit.id(), id, new Opening(Instant.now(), "x", "y"));

        g.sessions.message(g.world.actor(lead), id, "hello");
        g.sessions.pause(g.world.actor(lead), id);
        g.sessions.kill(g.world.actor(lead), id, "enough");
        List<Order> orders = plane.command(0, Duration.ZERO);

        assertThat(orders)
                .extracting(Order::what)
                .containsExactly(
                        new Order.Message("someone", "hello"),
                        new Order.Pause("someone"),
                        new Order.Kill("someone", "enough"));
        assertThat(plane.command(orders.getLast().sequence(), Duration.ZERO)).isEmpty();
        assertThat(g.plane.command(0, Duration.ZERO))
                .noneMatch(order -> order.session().equals(id));
    }

    @Test
    void watchingWantsAReasonAndShowsWhatIsShown() {
        PersonId dev = person("dev-watched");
        PersonId lead = g.world.person("lead-watches", "leads");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        SessionId id = g.open(dev, "ops", "web-1");
        var frame = LiveFrame.news(5, 0, 80, 24, Bytes.of("hello".getBytes(java.nio.charset.StandardCharsets.UTF_8)));

        g.plane.live(id, List.of(frame)); // nobody watches yet
        refused("session.reason-required", () -> g.sessions.watch(g.world.actor(lead), lead, id, " "));
        refused("session.reason-required", () -> g.sessions.frames(g.world.actor(lead), lead, id, 0, Duration.ZERO));
        long from = g.sessions.watch(g.world.actor(lead), lead, id, "training");
        g.plane.live(id, List.of(frame));
        GatewaySessions.Seen seen = g.sessions.frames(g.world.actor(lead), lead, id, from, Duration.ofSeconds(5));

        var picture = new LiveFrame(6, 0, 80, 24, frame.output(), true);
        g.plane.live(id, List.of(picture));

        assertThat(seen.frames()).containsExactly(frame);
        assertThat(g.sessions
                        .frames(g.world.actor(lead), lead, id, seen.last(), Duration.ofSeconds(5))
                        .frames())
                .containsExactly(picture);
        assertThat(begins(id)).as("one begins").containsExactly(true);
        g.world.later(Duration.ofSeconds(10));
        g.sessions.frames(g.world.actor(lead), lead, id, seen.last(), Duration.ZERO);
        assertThat(begins(id)).as("and goes on").containsExactly(true, false);
    }

    private List<Boolean> begins(SessionId id) {
        return g.plane.command(0, Duration.ZERO).stream()
                .filter(order -> order.session().equals(id))
                .flatMap(
                        order -> order.what() instanceof Order.Watch watch ? Stream.of(watch.begins()) : Stream.empty())
                .toList();
    }

    @Test
    void nobodySupervisesTheirOwnSession() {
        g.world.eligible(
                g.world.role(
                        "guarded",
                        0,
                        Map.of("maxDuration", "1h"),
                        Map.of("access", "gateway", "session", Map.of("supervised", true))),
                "developers");
        PersonId dev = person("dev-supervised");
        PersonId lead = g.world.person("lead-supervises", "leads");
        g.world.grant(dev, "guarded", "web-1", HOUR);
        SessionId id = g.open(dev, "ops", "web-1");

        refused("session.own-supervision", () -> g.sessions.watch(g.world.actor(dev), dev, id, "myself"));

        assertThat(g.plane.command(0, Duration.ZERO))
                .noneMatch(order -> order.session().equals(id));
        g.sessions.watch(g.world.actor(lead), lead, id, "a vendor is in");
        assertThat(g.plane.command(0, Duration.ZERO))
                .anyMatch(order -> order.session().equals(id) && order.what() instanceof Order.Watch);
    }

    @Test
    void aGatewayThatFellSilentLosesItsSessionsAndIsAFinding() {
        PersonId dev = person("dev-lost");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        Gateway lost = g.gateways.builtIn("lost", Labels.NONE);
        ControlPlane plane = g.sessions.controlPlane(lost);
        var id = SessionId.next();
        Permit permit = permitted(plane.authorize(g.certified(dev, "ops@web-1"), to("ops", "web-1")));
        plane.open(permit.id(), id, new Opening(Instant.now(), "x", "y"));

        g.world.arrange(tx -> tx.update(
                "update gateway_contact set seen_at = ? where gateway_id = ?",
                tx.now().minus(Gateways.SILENT_AFTER.multipliedBy(2)),
                lost.id()));
        g.duty.look();

        assertThat(g.session(id).endReason()).contains("gateway lost");
        assertThat(g.session(id).recording().state()).isEqualTo("cut short");
        assertThat(openFindings())
                .anyMatch(f -> f.kind().equals("gateway-silent") && f.subject().equals("lost"));

        endedLongAgo(id);
        g.duty.look();

        assertThat(g.session(id).recording().state()).isEqualTo("missing");
        assertThat(openFindings())
                .anyMatch(
                        f -> f.kind().equals("recording-missing") && f.subject().equals(id.value()));
    }

    @Test
    void aSessionThatNobodyCallsEndedIsOverdueAndItsGatewayGetsNothingMore() {
        PersonId dev = person("dev-overdue");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        PermitId permit = g.permit(dev, "ops", "web-1").id();
        var id = SessionId.next();
        g.open(permit, id);
        g.world.arrange(tx -> tx.update(
                "update session set ends_at = ? where id = ?",
                tx.now().minus(SessionDuty.OVERDUE_AFTER.multipliedBy(2)),
                id));

        refused("gateway.grant-ended", () -> g.open(permit, id));
        g.duty.look();

        assertThat(g.session(id).endReason()).contains("overdue");
        assertThat(openFindings())
                .anyMatch(f -> f.kind().equals("session-overdue") && f.subject().equals(id.value()));

        report("run-overdue", 1, id, new Report.Closed("left", "", 0, 0));

        assertThat(openFindings())
                .noneMatch(
                        f -> f.kind().equals("session-overdue") && f.subject().equals(id.value()));
    }

    @Test
    void theEndOfASessionIsNeverInTheFuture() {
        PersonId dev = person("dev-future");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        SessionId id = g.open(dev, "ops", "web-1");

        g.plane.report(
                "run-future",
                List.of(new Report(1, Instant.parse("9999-01-01T00:00:00Z"), id, new Report.Closed("left", "", 0, 0))));

        assertThat(g.session(id).endedAt().orElseThrow()).isBefore(Instant.now().plus(HOUR));
    }

    @Test
    void aRecordingThatNeverCameIsAFindingUntilItComes() {
        PersonId dev = person("dev-missing");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        SessionId id = g.open(dev, "ops", "web-1");
        report("run-m", 1, id, new Report.Closed("left", "", 0, 0));
        endedLongAgo(id);

        g.duty.look();
        assertThat(g.session(id).recording().state()).isEqualTo("missing");
        assertThat(openFindings())
                .anyMatch(
                        f -> f.kind().equals("recording-missing") && f.subject().equals(id.value()));
        report("run-m", 2, id, new Report.RecordingStored("complete", "a", 1, 1, 1, "ef", List.of()));

        assertThat(g.session(id).recording().state()).isEqualTo("complete");
        assertThat(openFindings())
                .noneMatch(
                        f -> f.kind().equals("recording-missing") && f.subject().equals(id.value()));
    }

    private void endedLongAgo(SessionId id) {
        g.world.arrange(tx -> tx.update(
                "update session set ended_at = ? where id = ?",
                tx.now().minus(SessionDuty.ARRIVES_WITHIN.multipliedBy(2)),
                id));
    }

    private List<Finding> openFindings() {
        return g.world.database.read(rx -> Findings.list(rx, true, Slice.newest(50)));
    }

    @Test
    void recordingsAreOpenedOnlyWithAReasonAndEachViewingIsAnEvent() {
        PersonId dev = person("dev-viewed");
        PersonId auditor = g.world.person("auditor-views");
        g.world.grant(dev, "boxed", "web-1", HOUR);
        SessionId id = g.open(dev, "ops", "web-1");
        refused(
                "recording.not-there",
                () -> g.sessions.view(g.world.actor(dev), dev, id, "", GatewaySessions.Viewing.of("play")));
        report("run-v", 1, id, new Report.RecordingStored("complete", "a", 1, 1, 1, "ef", List.of()));

        refused(
                "session.reason-required",
                () -> g.sessions.view(g.world.actor(auditor), auditor, id, "", GatewaySessions.Viewing.of("play")));
        GatewaySessions.Sealed sealed =
                g.sessions.view(g.world.actor(auditor), auditor, id, "incident 7", GatewaySessions.Viewing.of("play"));

        assertThat(sealed.privateKey()).hasSize(32);
        assertThat(g.world.database.<Long>read(rx -> rx.count(
                        "select count(*) from event where session_id = ? and activity = 'session.viewed'", id)))
                .isEqualTo(1);
    }
}
