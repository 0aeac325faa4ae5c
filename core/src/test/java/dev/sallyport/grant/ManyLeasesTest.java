package dev.sallyport.grant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.TargetId;
import dev.sallyport.credential.RevocationList;
import dev.sallyport.database.Actor;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Prints how long it takes; {@code -Dsallyport.leases=10000} for the full size. */
@NullMarked
class ManyLeasesTest {
    private static final int LEASES = Integer.getInteger("sallyport.leases", 1_500);

    @Test
    void leasesThatFallDueAtOnceAreClosed() {
        try (var world = new World()) {
            fill(world);
            world.later(Duration.ofMinutes(11));

            long start = System.nanoTime();
            int rounds = work(world);

            tell("lapsed", start, rounds);
            assertThat(count(world, "lease where state <> 'closed'")).isZero();
            assertThat(count(world, "access_grant where state = 'active'")).isEqualTo(LEASES);
            assertThat(world.events("lease.closed")).isEqualTo(LEASES);
        }
    }

    @Test
    void grantsThatExpireAtOnceEndWithTheirLeases() {
        try (var world = new World()) {
            fill(world);
            world.later(Duration.ofHours(2));

            long start = System.nanoTime();
            int rounds = work(world);

            tell("expired", start, rounds);
            assertThat(count(world, "lease where state <> 'closed'")).isZero();
            assertThat(count(world, "access_grant where state <> 'ended'")).isZero();
            assertThat(world.events("grant.ended")).isEqualTo(LEASES);
        }
    }

    @Test
    void whatIsRevokedAtOnceClosesWhenTheHostHasConfirmed() {
        try (var world = new World()) {
            TargetId target = fill(world);

            long start = System.nanoTime();
            world.grants.revoke(Actor.system("test"), new EndSelector.All(), "drill");
            tell("denied", start, 1);
            world.database.run(
                    Actor.system("test"), tx -> RevocationList.confirm(tx, target.value(), RevocationList.newest(tx)));
            int rounds = work(world);

            tell("revoked", start, rounds);
            assertThat(count(world, "lease where state <> 'closed'")).isZero();
            assertThat(count(world, "access_grant where state <> 'ended'")).isZero();
            assertThat(count(world, "ssh_revocation")).isEqualTo(LEASES);
        }
    }

    private static void tell(String what, long start, int rounds) {
        System.out.println(what + " " + LEASES + " leases in " + rounds + " rounds: "
                + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
    }

    private static int work(World world) {
        int rounds = 0;
        while (world.worker.runOnce() > 0) {
            rounds++;
        }
        return rounds;
    }

    private static long count(World world, String from) {
        return world.database.read(rx -> rx.count("select count(*) from " + from));
    }

    /** As many grants of an hour, each with a certificate of ten minutes, all made at this moment. */
    private static TargetId fill(World world) {
        TargetId target = world.target("web-1", Map.of("tier", "web"));
        world.arrange(tx -> tx.update("update target set host_token_hash = 'x' where id = ?", target));
        PersonId person = world.person("dev");
        world.arrange(tx -> {
            tx.update("""
                    insert into request (id, requester_id, identity_id, reason, duration_ms, decide_by, created_at)
                    values ('req_many', ?, '', 'many', 1, ?, ?)
                    """, person, tx.now(), tx.now());
            tx.update("""
                    insert into request_item (id, request_id, role_id, role_name, target_id, target_name, state, decision,
                                              facts, decide_by, decided_at)
                    select 'itm_' || to_char(i, 'FM00000000000000000000000000'), 'req_many', 'r', 'r', ?, 'web-1', 'approved', '{}', '{}', ?, ?
                      from generate_series(1, ?) i
                    """, target, tx.now(), tx.now(), LEASES);
            tx.update("""
                    insert into access_grant (id, state, person_id, role_id, role_name, target_id, target_name, request_id,
                                              item_id, terms, starts_at, ends_at)
                    select 'grt_' || substr(id, 5), 'active', ?, 'rol_00000000000000000000000000', 'r', target_id, target_name, request_id, id, '{}', ?, ?
                      from request_item
                    """, person, tx.now(), tx.now().plus(Duration.ofHours(1)));
            tx.update("""
                    insert into lease (id, state, kind, cut, grant_id, target_id, spec, issued_at, expires_at)
                    select 'lse_' || substr(g.id, 5), 'issued', 'ssh-certificate', 'poll', g.id, g.target_id,
                           jsonb_build_object('serial', row_number() over ()::text, 'ca_key', (select id from ssh_ca_key where purpose = 'target')), ?, ?
                      from access_grant g
                    """, tx.now(), tx.now().plus(Duration.ofMinutes(10)));
        });
        return target;
    }
}
