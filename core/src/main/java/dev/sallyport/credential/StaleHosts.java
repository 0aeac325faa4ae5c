package dev.sallyport.credential;

import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import java.time.Duration;
import java.util.List;

/**
 * Enrolled hosts that have stopped confirming the revocation list: such a host may admit who was cut off, until the
 * certificate expires. Each is a finding, closed when the host confirms again or is enrolled no more.
 */
public final class StaleHosts {
    /** The kind of the finding; its subject is the target's name. */
    public static final String KIND = "krl-stale";

    /** How often the hosts are looked at. */
    private static final Duration PERIOD = Duration.ofSeconds(10);

    /** How many findings one round opens or closes. */
    private static final int ROUND = 100;

    private static final Actor SELF = Actor.system("stale-hosts");

    private final Database database;
    private final Findings findings;
    private long lookedAt = System.nanoTime() - PERIOD.toNanos();

    public StaleHosts(Database database, Findings findings) {
        this.database = database;
        this.findings = findings;
    }

    /** A duty: looks, unless it has just looked, and says how many findings it opened or closed. */
    public synchronized int watch() {
        if (System.nanoTime() - lookedAt < PERIOD.toNanos()) {
            return 0;
        }
        int changed = look();
        lookedAt = System.nanoTime();
        return changed;
    }

    /** Opens and closes findings by what the hosts confirmed; says how many. */
    int look() {
        List<String> stale = toOpen();
        List<String> recovered = toClose();
        if (stale.isEmpty() && recovered.isEmpty()) {
            return 0;
        }
        return database.change(SELF, tx -> {
            stale.forEach(name -> findings.open(
                    tx,
                    KIND,
                    Severity.HIGH,
                    name,
                    name + " has confirmed no revocation list for more than " + Hosts.STALE_AFTER.toMinutes()
                            + " minutes: is sallyport-host running there, and does it reach this server?"));
            recovered.forEach(name -> findings.close(tx, KIND, name));
            return stale.size() + recovered.size();
        });
    }

    /** A host that has only just been enrolled gets as much time as one that has confirmed. */
    private List<String> toOpen() {
        return database.read(
                rx -> rx.list("""
                select t.name from target t left join krl_confirmation c on c.target_id = t.id
                 where t.host_token_hash is not null and coalesce(c.confirmed_at, t.enrolled_at) < ?
                   and not exists (select from finding f
                                    where f.kind = ? and f.subject = t.name and f.closed_at is null)
                 order by t.name limit ?
                """, row -> row.getString(1), rx.now().minus(Hosts.STALE_AFTER), KIND, ROUND));
    }

    private List<String> toClose() {
        return database.read(
                rx -> rx.list("""
                select f.subject from finding f
                 where f.kind = ? and f.closed_at is null
                   and not exists (select from target t left join krl_confirmation c on c.target_id = t.id
                                    where t.name = f.subject and t.host_token_hash is not null
                                      and coalesce(c.confirmed_at, t.enrolled_at) < ?)
                 order by f.subject limit ?
                """, row -> row.getString(1), KIND, rx.now().minus(Hosts.STALE_AFTER), ROUND));
    }
}
