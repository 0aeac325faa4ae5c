package dev.sallyport.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.catalog.Search;
import dev.sallyport.credential.RevocationList;
import dev.sallyport.credential.SshLeases;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Json;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.feed.Feed;
import dev.sallyport.finding.Finding;
import dev.sallyport.finding.Findings;
import dev.sallyport.formats.ssh.Krl;
import dev.sallyport.formats.ssh.SshCertificate;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.identity.UnspentProof;
import dev.sallyport.request.Ask;
import dev.sallyport.request.ItemState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** CR1, RV1, RV2, RV3, RV5: certificates under grants, and how both end. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrantsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final World world = new World();
    private final SshPublicKey key = SshKeys.generateEd25519(null).publicKey();
    private TargetId web1 = TargetId.next();

    @BeforeAll
    void things() {
        web1 = world.target("web-1", Map.of("tier", "web"));
        world.target("web-2", Map.of("tier", "web"));
        world.arrange(tx -> tx.update("update target set host_token_hash = '\\x00' where id = ?", web1));
        world.eligible(world.role("read", 0), "developers");
        world.eligible(world.role("other", 0), "developers");
        world.eligible(world.role("boxed", 0, Map.of("maxDuration", "1h"), Map.of("access", "gateway")), "developers");
        world.eligible(
                world.role(
                        "bound",
                        0,
                        Map.of("maxDuration", "1h", "certificateValidity", "2m"),
                        Map.of(
                                "ssh",
                                Map.of("logins", List.of("ops"), "sourceAddress", true, "extensions", List.of()))),
                "developers");
    }

    @AfterAll
    void close() {
        world.close();
    }

    private PersonId person(String name) {
        return world.person(name, "developers");
    }

    private SshAccess.Issued certify(PersonId person, String target) {
        return world.ssh.certify(
                world.actor(person),
                person,
                new SshAccess.Ask(target, Optional.empty(), key, Optional.empty()),
                UnspentProof.none());
    }

    private Grant find(GrantId id) {
        return world.database.read(rx -> Grants.find(rx, id).orElseThrow());
    }

    private Lease lease(SshAccess.Issued issued) {
        return world.database.read(rx -> Grants.lease(rx, issued.lease().id()).orElseThrow());
    }

    private long eventsOf(SshAccess.Issued issued) {
        return world.database.read(rx -> rx.count(
                "select count(*) from event where lease_id = ?", issued.lease().id()));
    }

    private List<Finding> openFindings() {
        return world.database.read(rx -> Findings.list(rx, true, Slice.newest(50)));
    }

    private void hostConfirms(TargetId target) {
        world.database.run(
                Actor.system("test"), tx -> RevocationList.confirm(tx, target.value(), RevocationList.newest(tx)));
    }

    private boolean isRevoked(SshAccess.Issued issued) {
        return Krl.parse(world.revocations.current().bytes()).revokes(SshCertificate.parse(issued.certificate()));
    }

    private static void refused(String code, Callable<?> work) {
        assertThatThrownBy(work::call)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void aCertificateSaysWhoAndWhyAndDiesInTime() {
        PersonId dev = person("dev-says");
        GrantId grant = world.grant(dev, "read", "web-1", HOUR);

        SshAccess.Issued issued = certify(dev, "web-1");

        SshCertificate certificate = SshCertificate.parse(issued.certificate());
        assertThat(certificate.principals()).containsExactly("web-1/ops");
        assertThat(certificate.keyId()).contains("person=dev-says", "grant=" + grant, "request=req_", "lease=lse_");
        assertThat(certificate.validBefore()).isBeforeOrEqualTo(find(grant).endsAt());
        assertThat(Duration.between(certificate.validAfter(), certificate.validBefore()))
                .isLessThan(Duration.ofMinutes(11));
        assertThat(issued.lease().state()).isEqualTo(LeaseState.ISSUED);
        assertThat(eventsOf(issued)).isEqualTo(1);
    }

    @Test
    void aCertificateNeverOutlivesItsGrant() {
        PersonId dev = person("dev-short");
        GrantId grant = world.grant(dev, "read", "web-1", Duration.ofMinutes(3));

        SshCertificate certificate = SshCertificate.parse(certify(dev, "web-1").certificate());

        assertThat(certificate.validBefore()).isBeforeOrEqualTo(find(grant).endsAt());
    }

    @Test
    void withoutAGrantThereIsNone() {
        PersonId dev = person("dev-none");
        world.grant(dev, "read", "web-2", HOUR);

        refused("credential.no-grant", () -> certify(dev, "web-1"));
        refused("credential.no-grant", () -> certify(dev, "ghost"));
        assertThat(world.events("lease.refused")).isGreaterThanOrEqualTo(2);
    }

    @Test
    void onlyTheLoginsOfTheRoleAreGiven() {
        PersonId dev = person("dev-login");
        world.grant(dev, "read", "web-1", HOUR);

        var deploy = world.ssh.certify(
                world.actor(dev),
                dev,
                new SshAccess.Ask("web-1", Optional.of("deploy"), key, Optional.empty()),
                UnspentProof.none());
        assertThat(SshCertificate.parse(deploy.certificate()).principals()).containsExactly("web-1/deploy");
        refused(
                "credential.wrong-login",
                () -> world.ssh.certify(
                        world.actor(dev),
                        dev,
                        new SshAccess.Ask("web-1", Optional.of("root"), key, Optional.empty()),
                        UnspentProof.none()));
    }

    @Test
    void aGrantForTheGatewayGivesNothingToHold() {
        PersonId dev = person("dev-boxed");
        world.grant(dev, "boxed", "web-1", HOUR);

        refused("credential.gateway-only", () -> certify(dev, "web-1"));
    }

    @Test
    void aRoleCanBindTheAddressAndLeaveEverythingElseOut() {
        PersonId dev = person("dev-bound");
        world.grant(dev, "bound", "web-1", HOUR);

        SshCertificate certificate = SshCertificate.parse(certify(dev, "web-1").certificate());

        assertThat(certificate.criticalOptions()).containsEntry("source-address", "127.0.0.1");
        assertThat(certificate.extensions()).isEmpty();
    }

    @Test
    void revokingDeniesAtOnceAndEndsWhenTheHostHasConfirmed() {
        PersonId dev = person("dev-revoke");
        GrantId grant = world.grant(dev, "read", "web-1", HOUR);
        SshAccess.Issued issued = certify(dev, "web-1");
        assertThat(isRevoked(issued)).isFalse();

        world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(grant), "enough");

        assertThat(isRevoked(issued)).isTrue();
        refused("credential.no-grant", () -> certify(dev, "web-1"));
        world.settle();
        assertThat(find(grant).state()).isEqualTo(GrantState.ENDING);
        assertThat(lease(issued).lastError().orElseThrow()).contains("confirmed");
        hostConfirms(web1);
        world.settle();
        assertThat(lease(issued).state()).isEqualTo(LeaseState.CLOSED);
        assertThat(find(grant).state()).isEqualTo(GrantState.ENDED);
        assertThat(find(grant).endReason()).contains(EndReason.REVOKED);
    }

    @Test
    void anOlderConfirmationDoesNotClose() {
        PersonId dev = person("dev-stale");
        GrantId grant = world.grant(dev, "read", "web-1", HOUR);
        SshAccess.Issued issued = certify(dev, "web-1");
        hostConfirms(web1);

        world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(grant), "enough");
        world.settle();

        assertThat(lease(issued).state()).isEqualTo(LeaseState.CLOSING);
    }

    @Test
    void aHostThatNeverConfirmsIsAFindingUntilTheCertificateIsDead() {
        PersonId dev = person("dev-stuck");
        GrantId grant = world.grant(dev, "read", "web-1", HOUR);
        SshAccess.Issued issued = certify(dev, "web-1");
        world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(grant), "enough");

        for (int i = 0; i < Lease.STUCK_AFTER; i++) {
            world.settle();
            world.later(GrantWorker.pause(i + 1));
        }

        assertThat(lease(issued).isStuck()).isTrue();
        assertThat(openFindings())
                .anyMatch(
                        finding -> finding.subject().equals(issued.lease().id().value()));
        world.later(Duration.ofMinutes(11));
        world.settle();
        assertThat(lease(issued).state()).isEqualTo(LeaseState.CLOSED);
        assertThat(find(grant).state()).isEqualTo(GrantState.ENDED);
        assertThat(openFindings())
                .noneMatch(
                        finding -> finding.subject().equals(issued.lease().id().value()));
    }

    @Test
    void grantsExpireByThemselves() {
        PersonId dev = person("dev-expire");
        GrantId grant = world.grant(dev, "read", "web-1", Duration.ofMinutes(5));
        SshAccess.Issued issued = certify(dev, "web-1");

        world.later(Duration.ofMinutes(5).plusSeconds(10));
        refused("credential.no-grant", () -> certify(dev, "web-1"));
        world.settle();

        assertThat(find(grant).state()).isEqualTo(GrantState.ENDED);
        assertThat(find(grant).endReason()).contains(EndReason.EXPIRED);
        assertThat(lease(issued).state()).isEqualTo(LeaseState.CLOSED);
    }

    @Test
    void leasesOfARunningGrantLapse() {
        PersonId dev = person("dev-lapse");
        GrantId grant = world.grant(dev, "read", "web-1", HOUR);
        SshAccess.Issued issued = certify(dev, "web-1");

        world.later(Duration.ofMinutes(11));
        world.settle();

        assertThat(lease(issued).state()).isEqualTo(LeaseState.CLOSED);
        assertThat(find(grant).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(certify(dev, "web-1").lease().state()).isEqualTo(LeaseState.ISSUED);
    }

    @Test
    void overlappingGrantsGoWithTheLast() {
        PersonId dev = person("dev-overlap");
        GrantId one = world.grant(dev, "read", "web-1", HOUR);
        GrantId two = world.grant(dev, "other", "web-1", HOUR);

        world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(one), "enough");
        assertThat(certify(dev, "web-1").grant().id()).isEqualTo(two);
        world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(two), "enough");

        refused("credential.no-grant", () -> certify(dev, "web-1"));
    }

    @Test
    void aGrantIsGivenBackByItsHolderOnly() {
        PersonId dev = person("dev-return");
        PersonId other = person("dev-other");
        GrantId grant = world.grant(dev, "read", "web-1", HOUR);

        refused("grant.unknown", () -> world.grants.giveBack(world.actor(other), grant, other));
        world.grants.giveBack(world.actor(dev), grant, dev);

        assertThat(find(grant).endReason()).contains(EndReason.RETURNED);
        assertThat(find(grant).state()).isEqualTo(GrantState.ENDED);
    }

    @Test
    void revokingWorksByPersonTargetRoleAndAll() {
        PersonId dev = person("dev-all");
        PersonId other = person("dev-spared");
        GrantId onOne = world.grant(dev, "read", "web-1", HOUR);
        GrantId onTwo = world.grant(dev, "other", "web-2", HOUR);
        GrantId others = world.grant(other, "read", "web-2", HOUR);

        assertThat(revoke(new EndSelector.OfPerson("dev-all"))).containsExactlyInAnyOrder(onOne, onTwo);
        refused("person.unknown", () -> revoke(new EndSelector.OfPerson("ghost")));
        refused("target.unknown", () -> revoke(new EndSelector.OnTarget("ghost")));
        refused("role.unknown", () -> revoke(new EndSelector.OfRole("ghost")));
        assertThat(revoke(new EndSelector.OfPerson("dev-all"))).isEmpty();
        assertThat(revoke(new EndSelector.OfRole("read"))).contains(others).doesNotContain(onOne);
        GrantId again = world.grant(other, "read", "web-2", HOUR);
        assertThat(revoke(new EndSelector.OnTarget("web-2"))).contains(again);
        GrantId last = world.grant(other, "read", "web-1", HOUR);
        assertThat(revoke(new EndSelector.All())).contains(last);
        refused("grant.ended", () -> world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(last), "twice"));
    }

    private List<GrantId> revoke(EndSelector selector) {
        return world.grants.revoke(Actor.system("test"), selector, "drill").grants();
    }

    @Test
    void whatIsIssuedWhileItIsRevokedIsRevokedToo() throws Exception {
        PersonId dev = person("dev-race");
        for (int round = 0; round < 20; round++) {
            GrantId grant = world.grant(dev, "read", "web-1", HOUR);
            var issuing = CompletableFuture.supplyAsync(() -> {
                try {
                    return Optional.of(certify(dev, "web-1"));
                } catch (Refusal _) {
                    return Optional.<SshAccess.Issued>empty();
                }
            });

            world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(grant), "race");

            issuing.get().ifPresent(issued -> assertThat(isRevoked(issued)).isTrue());
        }
    }

    @Test
    void theSchemaRefusesAnImpossibleTransition() {
        PersonId dev = person("dev-schema");
        GrantId grant = world.grant(dev, "read", "web-1", HOUR);
        world.grants.giveBack(world.actor(dev), grant, dev);

        assertThatThrownBy(() -> world.arrange(tx -> tx.update(
                        "update access_grant set state = 'active', ended_at = null, end_reason = null where id = ?",
                        grant)))
                .hasMessageContaining("may not go from ended to active");
    }

    @Test
    void certificatesLeaveTheListOnceEvenASlowHostCallsThemExpired() {
        PersonId dev = person("dev-prune");
        GrantId grant = world.grant(dev, "read", "web-1", HOUR);
        SshAccess.Issued old = certify(dev, "web-1");
        world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(grant), "first");
        world.later(Duration.ofMinutes(11));
        GrantId next = world.grant(dev, "read", "web-1", HOUR);
        SshAccess.Issued fresh = certify(dev, "web-1");

        world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(next), "second");

        assertThat(isRevoked(fresh)).isTrue();
        assertThat(isRevoked(old)).isTrue();
        world.later(RevocationList.KRL_KEEP);
        GrantId last = world.grant(dev, "read", "web-1", HOUR);
        certify(dev, "web-1");
        world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(last), "third");
        assertThat(isRevoked(old)).isFalse();
    }

    @Test
    void whatHasExpiredAlreadyNeedsNoNewListAndClosesAtOnce() {
        PersonId dev = person("dev-dead");
        GrantId grant = world.grant(dev, "read", "web-1", HOUR);
        SshAccess.Issued issued = certify(dev, "web-1");
        long before = world.database.read(RevocationList::newest);
        world.later(Duration.ofMinutes(11));

        world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(grant), "late");
        world.worker.closeDue();

        assertThat(world.database.read(RevocationList::newest)).isEqualTo(before);
        assertThat(lease(issued).state()).isEqualTo(LeaseState.CLOSED);
        assertThat(find(grant).state()).isEqualTo(GrantState.ENDED);
    }

    @Test
    void aHostConfirmsNoListThatWasNotPublishedAndNeverGoesBack() {
        PersonId dev = person("dev-confirm");
        GrantId grant = world.grant(dev, "read", "web-1", HOUR);
        certify(dev, "web-1");
        world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(grant), "enough");
        long newest = world.database.read(RevocationList::newest);
        GrantId later = world.grant(dev, "read", "web-2", HOUR);
        world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(later), "in the feed, not on the list");
        assertThat(world.database.read(Feed::head)).isGreaterThan(newest);

        refused("target.unknown-revocation-list", () -> confirm(newest + 1));
        confirm(newest);
        confirm(newest - 1);

        long known =
                world.database.read(rx -> rx.count("select version from krl_confirmation where target_id = ?", web1));
        assertThat(known).isEqualTo(newest);
    }

    private boolean confirm(long version) {
        world.database.run(Actor.system("test"), tx -> RevocationList.confirm(tx, web1.value(), version));
        return true;
    }

    @Test
    void whereOnlyExpiryCountsNobodyIsAskedInVain() {
        PersonId dev = person("dev-expiry");
        GrantId grant = world.grant(dev, "read", "web-2", HOUR);
        SshAccess.Issued issued = certify(dev, "web-2");

        Grants.Ended ended = world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(grant), "enough");
        for (int i = 0; i < Lease.STUCK_AFTER; i++) {
            world.settle();
            world.later(GrantWorker.pause(i + 1));
        }

        assertThat(ended.deadBy()).contains(issued.lease().expiresAt().plus(SshLeases.SKEW));
        assertThat(lease(issued).state()).isEqualTo(LeaseState.CLOSING);
        assertThat(lease(issued).attempts()).isZero();
        assertThat(openFindings())
                .noneMatch(
                        finding -> finding.subject().equals(issued.lease().id().value()));
        world.later(Duration.ofMinutes(11));
        world.settle();
        assertThat(find(grant).state()).isEqualTo(GrantState.ENDED);
    }

    @Test
    void onlyAccountsThatTheTargetAdmitsAreGiven() {
        PersonId dev = person("dev-admits");
        TargetId strict = world.target("web-strict", Map.of("tier", "web"));
        admits(strict, List.of("deploy"));
        world.grant(dev, "read", "web-strict", HOUR);

        assertThat(SshCertificate.parse(certify(dev, "web-strict").certificate())
                        .principals())
                .containsExactly("web-strict/deploy");
        refused(
                "credential.wrong-login",
                () -> world.ssh.certify(
                        world.actor(dev),
                        dev,
                        new SshAccess.Ask("web-strict", Optional.of("ops"), key, Optional.empty()),
                        UnspentProof.none()));
        admits(strict, List.of("backup"));
        refused("credential.wrong-login", () -> certify(dev, "web-strict"));
        assertThat(world.ask(dev, "other", "web-strict", HOUR).state()).isEqualTo(ItemState.DENIED);
        assertThat(world.requests.offers(dev, Search.on(Optional.of("web-strict")), 10))
                .isEmpty();
    }

    private void admits(TargetId target, List<String> logins) {
        world.arrange(tx -> tx.update(
                "update target set spec = jsonb_set(spec, '{ssh}', ?::jsonb) where id = ?",
                Json.text(Map.of("logins", logins)),
                target));
    }

    @Test
    void theLastTwoLeasesClosedAtOnceEndTheGrant() throws Exception {
        PersonId dev = person("dev-two");
        for (int round = 0; round < 10; round++) {
            GrantId grant = world.grant(dev, "read", "web-1", HOUR);
            for (int i = 0; i < 6; i++) {
                certify(dev, "web-1");
            }
            world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(grant), "race");
            hostConfirms(web1);

            CompletableFuture.allOf(
                            CompletableFuture.runAsync(world.worker::closeDue, Thread::startVirtualThread),
                            CompletableFuture.runAsync(world.worker::closeDue, Thread::startVirtualThread))
                    .get();
            world.settle();

            assertThat(find(grant).state()).isEqualTo(GrantState.ENDED);
        }
    }

    @Test
    void aScheduledGrantOfSomebodyNoLongerEligibleEndsOnTheDay() {
        PersonId dev = world.person("dev-window", "visitors");
        world.eligible(world.role("visit", 0), "visitors");
        GrantId grant = world.requests
                .ask(
                        world.actor(dev),
                        dev,
                        new Ask(
                                List.of(new Ask.Wanted("visit", "web-1")),
                                HOUR,
                                Optional.of(world.database.read(Rx::now).plus(Duration.ofHours(2))),
                                "next week",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()))
                .items()
                .getFirst()
                .grant()
                .orElseThrow();
        assertThat(find(grant).state()).isEqualTo(GrantState.SCHEDULED);
        world.leave(dev, "visitors");

        world.later(Duration.ofHours(2).plusMinutes(1));
        world.settle();

        assertThat(find(grant).state()).isEqualTo(GrantState.ENDED);
        assertThat(find(grant).endReason()).contains(EndReason.POLICY);
        refused("credential.no-grant", () -> certify(dev, "web-1"));
    }

    @Test
    void anExtensionGivesNoMoreThanTheRoleGivesNow() {
        PersonId dev = world.person("dev-narrow", "narrowed");
        RoleId role = world.role("narrow", 0);
        world.eligible(role, "narrowed");
        GrantId grant = world.grant(dev, "narrow", "web-1", HOUR);
        world.arrange(tx ->
                tx.update("update role set spec = jsonb_set(spec, '{ssh,logins}', '[\"deploy\"]') where id = ?", role));

        world.requests.ask(
                world.actor(dev),
                dev,
                new Ask(
                        List.of(new Ask.Wanted("narrow", "web-1")),
                        HOUR,
                        Optional.empty(),
                        "longer",
                        Optional.empty(),
                        Optional.of(grant),
                        Optional.empty()));

        assertThat(find(grant).terms().logins()).containsExactly("deploy");
        refused(
                "credential.wrong-login",
                () -> world.ssh.certify(
                        world.actor(dev),
                        dev,
                        new SshAccess.Ask("web-1", Optional.of("ops"), key, Optional.empty()),
                        UnspentProof.none()));
    }
}
