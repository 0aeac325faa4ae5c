package dev.sallyport.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.database.Actor;
import dev.sallyport.formats.ssh.SshCertificate;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.identity.SeenProofs;
import dev.sallyport.identity.UnspentProof;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Certificates that are asked for at the same time: each gets what would have come to it alone. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IssuingTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final World world = new World();
    private final SshPublicKey key = SshKeys.generateEd25519(null).publicKey();

    @BeforeAll
    void furnish() {
        world.target("web-1", Map.of("tier", "web"));
        world.eligible(world.role("read", 0), "developers");
    }

    @AfterAll
    void close() {
        world.close();
    }

    private SshAccess.Issued certify(PersonId person) {
        return certify(person, UnspentProof.none());
    }

    private SshAccess.Issued certify(PersonId person, UnspentProof proof) {
        return world.ssh.certify(
                world.actor(person),
                person,
                new SshAccess.Ask("web-1", Optional.empty(), key, Optional.empty()),
                proof);
    }

    @Test
    void manyAtOnceEachGetTheirOwnUnderTheirOwnName() throws Exception {
        var grants = new HashMap<PersonId, GrantId>();
        for (int i = 0; i < 12; i++) {
            PersonId person = world.person("crowd-" + i, "developers");
            grants.put(person, world.grant(person, "read", "web-1", HOUR));
        }
        PersonId outsider = world.person("crowd-outsider", "developers");

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var issued = new ArrayList<Future<SshAccess.Issued>>();
            var refused = new ArrayList<Future<SshAccess.Issued>>();
            List<PersonId> people = List.copyOf(grants.keySet());
            for (int i = 0; i < 120; i++) {
                PersonId person = people.get(i % people.size());
                issued.add(threads.submit(() -> certify(person)));
                refused.add(threads.submit(() -> certify(outsider)));
            }

            for (int i = 0; i < issued.size(); i++) {
                PersonId person = people.get(i % people.size());
                SshAccess.Issued mine = issued.get(i).get();
                assertThat(mine.grant().id()).isEqualTo(grants.get(person));
                assertThat(SshCertificate.parse(mine.certificate()).keyId())
                        .contains("grant=" + grants.get(person))
                        .contains("lease=" + mine.lease().id());
                assertThat(actorsOf(mine)).containsExactly(person.value());
                assertThatThrownBy(refused.get(i)::get)
                        .cause()
                        .isInstanceOfSatisfying(
                                Refusal.class,
                                refusal -> assertThat(refusal.code()).isEqualTo("credential.no-grant"));
            }
        }
    }

    @Test
    void aProofThatCameBeforeIsRefusedAloneAmongManyAndGetsNothing() throws Exception {
        var seen = new SeenProofs(world.database);
        PersonId person = world.person("prover", "developers");
        world.grant(person, "read", "web-1", HOUR);
        PersonId outsider = world.person("prover-outsider", "developers");
        long before = leases(person);

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var same = new ArrayList<Future<SshAccess.Issued>>();
            var own = new ArrayList<Future<SshAccess.Issued>>();
            var refused = new ArrayList<Future<SshAccess.Issued>>();
            for (int i = 0; i < 40; i++) {
                String id = "own-" + i;
                same.add(threads.submit(() -> certify(person, proof(seen, "same"))));
                own.add(threads.submit(() -> certify(person, proof(seen, id))));
                refused.add(threads.submit(() -> certify(outsider, proof(seen, "outsider-" + id))));
            }

            for (int i = 0; i < own.size(); i++) {
                assertThat(own.get(i).get().grant().person()).isEqualTo(person);
                assertThatThrownBy(refused.get(i)::get).cause().isInstanceOf(Refusal.class);
            }
            for (Future<SshAccess.Issued> each : same) {
                if (!each.state().equals(Future.State.SUCCESS)) {
                    assertThatThrownBy(each::get).cause().hasMessage("used before");
                }
            }
            assertThat(leases(person)).isEqualTo(before + own.size() + 1);
        }
        // whoever was refused has spent theirs as well
        assertThatThrownBy(() -> certify(person, proof(seen, "outsider-own-7"))).hasMessage("used before");
    }

    private long leases(PersonId person) {
        return world.database.read(rx -> rx.count(
                "select count(*) from lease l join access_grant g on g.id = l.grant_id where g.person_id = ?", person));
    }

    private static UnspentProof proof(SeenProofs seen, String id) {
        return seen.unspent("key", id, () -> new IllegalStateException("used before"));
    }

    private List<String> actorsOf(SshAccess.Issued issued) {
        return world.database.read(rx -> rx.list(
                "select actor_person from event where lease_id = ? and activity = 'lease.issued'",
                row -> row.getString(1),
                issued.lease().id()));
    }

    @Test
    void whoseGrantIsBeingEndedWaitsAndHoldsUpNobody() throws Exception {
        PersonId losing = world.person("losing", "developers");
        PersonId other = world.person("other", "developers");
        GrantId lost = world.grant(losing, "read", "web-1", HOUR);
        world.grant(other, "read", "web-1", HOUR);
        var held = new CountDownLatch(1);
        var go = new CountDownLatch(1);

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> ending = threads.submit(() -> world.database.run(Actor.system("test"), tx -> {
                Ends.lock(tx, List.of(lost));
                held.countDown();
                await(go);
                new Ends(world.audit).begin(tx, List.of(lost), EndReason.REVOKED, "race");
            }));
            held.await();
            Future<SshAccess.Issued> waiting = threads.submit(() -> certify(losing));

            assertThat(certify(other).grant().person()).isEqualTo(other);

            assertThat(waiting.isDone()).isFalse();
            go.countDown();
            ending.get();
            assertThatThrownBy(waiting::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("credential.no-grant"));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
