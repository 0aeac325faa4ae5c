package dev.sallyport.grant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.TargetId;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.credential.RevocationList;
import dev.sallyport.database.Actor;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.identity.Passwords;
import dev.sallyport.identity.People;
import dev.sallyport.identity.Quarantine;
import dev.sallyport.identity.Sessions;
import dev.sallyport.identity.UnspentProof;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Everything that ends access, at the same moment: nobody waits in a circle, and everything has ended. */
@NullMarked
class LocksTest {
    private static final int PEOPLE = 24;
    private static final int TARGETS = 3;
    private static final Duration HOUR = Duration.ofHours(1);

    private final SshPublicKey key = SshKeys.generateEd25519(null).publicKey();

    @Test
    void endsFromAllSidesNeverDeadlock() throws Exception {
        try (var world = new World();
                var threads = Executors.newFixedThreadPool(12)) {
            var sessions = new Sessions(world.audit);
            var quarantine = new Quarantine(world.audit, sessions, List.of(world.grants));
            var people = new People(world.audit, new Passwords(64), sessions, quarantine);
            var catalog = new CatalogChanges(world.database, world.audit, people, world.grants, world.compiled);
            List<TargetId> targets = arrange(world);
            List<PersonId> persons = persons(world);
            List<Runnable> work = new ArrayList<>();
            for (int i = 0; i < PEOPLE; i++) {
                PersonId person = persons.get(i);
                work.add(
                        i % 3 == 0
                                ? () -> world.database.run(
                                        Actor.system("test"), tx -> quarantine.impose(tx, person, "drill"))
                                : () -> certify(world, person));
                work.add(() -> certify(world, person));
            }
            for (int i = 0; i < TARGETS; i++) {
                TargetId target = targets.get(i);
                String name = "web-" + i;
                work.add(() -> world.grants.revoke(Actor.system("test"), new EndSelector.OnTarget(name), "drill"));
                work.add(() -> world.database.run(
                        Actor.system("test"),
                        tx -> RevocationList.confirm(tx, target.value(), RevocationList.newest(tx))));
                work.add(world.worker::runOnce);
            }
            work.add(() -> applyUntilNobodyWasFaster(catalog));
            work.add(() -> world.grants.revoke(Actor.system("test"), new EndSelector.All(), "drill"));
            work.add(world.worker::runOnce);

            var start = new CyclicBarrier(12);
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                int lane = i;
                done.add(threads.submit(() -> {
                    start.await();
                    for (int at = lane; at < work.size(); at += 12) {
                        work.get(at).run();
                    }
                    return null;
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
            world.grants.revoke(Actor.system("test"), new EndSelector.All(), "the rest");
            world.later(HOUR);
            world.settle();

            assertThat(world.database.deadlocks()).isZero();
            long running =
                    world.database.read(rx -> rx.count("select count(*) from access_grant where state <> 'ended'"));
            assertThat(running).isZero();
        }
    }

    /** A quarantine at the same instant changes the same persons: then the apply is refused, and repeated as it says. */
    private static void applyUntilNobodyWasFaster(CatalogChanges catalog) {
        for (int attempt = 1; ; attempt++) {
            try {
                catalog.apply(Actor.system("test"), List.of(disabling()), false, false);
                return;
            } catch (Refusal refusal) {
                if (!refusal.code().equals("catalog.stale") || attempt == 50) {
                    throw refusal;
                }
            }
        }
    }

    private static List<TargetId> arrange(World world) {
        world.eligible(world.role("read", 0), "developers");
        var targets = new ArrayList<TargetId>();
        for (int i = 0; i < TARGETS; i++) {
            TargetId target = world.target("web-" + i, Map.of("tier", "web"));
            world.arrange(tx -> tx.update(
                    "update target set host_token_hash = decode(md5(?), 'hex') where id = ?", target.value(), target));
            targets.add(target);
        }
        return targets;
    }

    private List<PersonId> persons(World world) {
        var persons = new ArrayList<PersonId>();
        for (int i = 0; i < PEOPLE; i++) {
            persons.add(world.person("dev-" + i, "developers"));
        }
        world.arrange(tx -> tx.update("update person set managed_by = 'file'"));
        // so that the grants of one person lie far apart in the order of ids
        for (int round = 0; round < TARGETS; round++) {
            for (PersonId person : persons) {
                world.grant(person, "read", "web-" + round, HOUR);
                certify(world, person, "web-" + round);
            }
        }
        return persons;
    }

    private void certify(World world, PersonId person) {
        for (int i = 0; i < TARGETS; i++) {
            try {
                certify(world, person, "web-" + i);
            } catch (Refusal _) {
                // ended meanwhile
            }
        }
    }

    private void certify(World world, PersonId person, String target) {
        world.ssh.certify(
                world.actor(person),
                person,
                new SshAccess.Ask(target, Optional.empty(), key, Optional.empty()),
                UnspentProof.none());
    }

    /** Half of the people, in another order than that of their grants. */
    private static SourceFile disabling() {
        var text = new StringBuilder();
        for (int i = PEOPLE - 1; i >= 0; i -= 2) {
            text.append("""
                    ---
                    apiVersion: sallyport/v1
                    kind: Person
                    metadata: {name: dev-%d}
                    spec: {state: disabled}
                    """.formatted(i));
        }
        return new SourceFile("people.yaml", text.toString());
    }
}
