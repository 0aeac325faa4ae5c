package dev.sallyport.breakglass;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.credential.EmergencyAuthorities;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import dev.sallyport.formats.breakglass.UseRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Brings what happened without the server into its log: records of openings and the logins that hosts saw, matched with
 * each other. A kit that either of them names was opened, and is distrusted. Done again, it adds only what is new.
 */
public final class Reconciling {
    /** The kind of the finding about a login that no record explains; its subject is target and serial. */
    public static final String UNRECORDED = "breakglass-unrecorded";

    /** The kind of the finding that says what was touched must be changed; its subject is the target. */
    public static final String ROTATE = "breakglass-rotate";

    /** Records handed in at once. */
    public static final int RECORDS_MAX = 100;

    /** Logins handed in at once. */
    public static final int LOGINS_MAX = 10_000;

    /** Openings, and unexplained logins, that are listed of a kit; all of them are counted. */
    public static final int LISTED = 200;

    private static final int COMMENT_MAX = 500;

    private final Database database;
    private final Audit audit;
    private final Findings findings;
    private final Kits kits;

    public Reconciling(Database database, Audit audit, Findings findings, Kits kits) {
        this.database = database;
        this.audit = audit;
        this.findings = findings;
        this.kits = kits;
    }

    /** An opening and how often hosts saw its certificate. */
    public record Use(UseRecord record, long logins) {}

    /** A login that no record explains. */
    public record Unexplained(String kit, SeenLogin login) {}

    /**
     * What is known now of the kits concerned.
     *
     * @param distrusted names of kits that are trusted no more since now
     * @param unrelated logins that no kit signed for
     */
    public record Result(
            List<String> distrusted,
            List<Use> uses,
            List<Unexplained> unexplained,
            List<String> targets,
            int unrelated) {
        public Result {
            distrusted = List.copyOf(distrusted);
            uses = List.copyOf(uses);
            unexplained = List.copyOf(unexplained);
            targets = List.copyOf(targets);
        }
    }

    /**
     * What is known of one kit's openings, the newest first.
     *
     * @param targets where what could be read is still to be changed
     */
    public record Known(
            List<Use> uses, long useCount, List<Unexplained> unexplained, long unexplainedCount, List<String> targets) {
        public Known {
            uses = List.copyOf(uses);
            unexplained = List.copyOf(unexplained);
            targets = List.copyOf(targets);
        }
    }

    /** The kits concerned, by id, and the targets that something new was said of. */
    private record Work(NavigableMap<String, Kit> kits, NavigableSet<String> touched) {}

    /** The same with what hosts' logs hold; logins by other certificates than those of kits are nobody's business here. */
    public Result reconcile(Actor actor, List<String> records, List<SeenLogin> logins, List<HostLog> logs) {
        if (logs.size() > HostLog.LOGS_MAX) {
            throw InputRefusal.INVALID_VALUE.because(
                    "logs: " + logs.size() + " (expected: at most " + HostLog.LOGS_MAX + ")");
        }
        Instant now = database.read(Rx::now);
        var all = new ArrayList<SeenLogin>(logins);
        logs.forEach(log -> all.addAll(log.logins(now)));
        return reconcile(actor, records, all);
    }

    /** What was handed in about a kit. */
    public static Known known(Rx rx, Kit kit) {
        List<Use> uses = UseStore.newest(rx, kit, LISTED).stream()
                .map(use -> new Use(use, UseStore.logins(rx, use.id())))
                .toList();
        List<Unexplained> unexplained = UseStore.newestUnexplained(rx, kit, LISTED).stream()
                .map(seen -> new Unexplained(kit.name(), seen))
                .toList();
        List<String> opened = uses.stream()
                .flatMap(use -> use.record().targets().stream())
                .distinct()
                .toList();
        List<String> targets =
                rx.list("""
                select subject from finding
                 where kind = ? and closed_at is null
                   and (subject = any(?::text[]) or subject in (select target from breakglass_login where kit_id = ?))
                 order by subject limit ?
                """, row -> row.getString(1), ROTATE, opened.toArray(String[]::new), kit.id(), LISTED);
        return new Known(uses, UseStore.countUses(rx, kit), unexplained, UseStore.countUnexplained(rx, kit), targets);
    }

    /**
     * All of it, or nothing.
     *
     * @throws dev.sallyport.base.Refusal {@code breakglass.unknown-kit}, {@code breakglass.malformed-record},
     *     {@code breakglass.bad-record} or {@code breakglass.other-record}
     */
    public Result reconcile(Actor actor, List<String> records, List<SeenLogin> logins) {
        if (records.size() > RECORDS_MAX || logins.size() > LOGINS_MAX) {
            throw InputRefusal.INVALID_VALUE.because(records.size() + " records, " + logins.size()
                    + " logins (expected: at most " + RECORDS_MAX + " and " + LOGINS_MAX + ")");
        }
        return database.change(actor, tx -> {
            var work = new Work(locked(tx, records, logins), new TreeSet<>());
            records.forEach(text -> take(tx, work, text));
            int unrelated = 0;
            for (SeenLogin seen : logins) {
                Optional<Kit> kit =
                        EmergencyAuthorities.named(tx, seen.authority()).map(work.kits()::get);
                if (kit.isEmpty()) {
                    unrelated++;
                } else if (UseStore.insert(tx, kit.get(), seen)) {
                    work.touched().add(seen.target());
                    audit.record(tx, seen(kit.get(), seen));
                }
            }
            work.kits().values().forEach(kit -> match(tx, kit));
            work.touched()
                    .forEach(target -> findings.open(
                            tx,
                            ROTATE,
                            Severity.HIGH,
                            target,
                            "a break-glass kit was used for " + target
                                    + ": change the passwords, keys and secrets that could be"
                                    + " read there, then: sallyport breakglass rotated " + target + " --comment …"));
            List<String> distrusted = work.kits().values().stream()
                    .filter(kit -> kits.distrust(tx, kit))
                    .map(Kit::name)
                    .toList();
            audit.record(
                    tx,
                    Event.of(BreakglassEvent.RECONCILED)
                            .data("records", records.size())
                            .data("logins", logins.size() - unrelated)
                            .data("distrusted", distrusted));
            return result(tx, work, distrusted, unrelated);
        });
    }

    /** Somebody says that what was touched on a target has been changed. */
    public void rotated(Actor actor, String target, String comment) {
        String what = Text.line("comment", comment, 1, COMMENT_MAX);
        database.run(actor, tx -> {
            if (!tx.exists(
                    "select 1 from finding where kind = ? and subject = ? and closed_at is null for update",
                    ROTATE,
                    target)) {
                throw BreakglassRefusal.NOTHING_TO_ROTATE.because(
                        Text.quoted(target) + ": no finding " + ROTATE + " is open", "sallyport findings");
            }
            findings.close(tx, ROTATE, target);
            audit.record(
                    tx, Event.of(BreakglassEvent.TARGET_ROTATED).target(target).personal("comment", what));
        });
    }

    /** In the order of their ids, so that two who reconcile at once do not wait in a circle. */
    private static NavigableMap<String, Kit> locked(Tx tx, List<String> records, List<SeenLogin> logins) {
        var ids = new TreeSet<String>();
        records.forEach(text -> ids.add(UseRecord.kitOf(text)));
        logins.stream()
                .map(SeenLogin::authority)
                .distinct()
                .forEach(authority -> EmergencyAuthorities.named(tx, authority).ifPresent(ids::add));
        var kits = new TreeMap<String, Kit>();
        ids.forEach(id -> kits.put(id, Kits.locked(tx, id)));
        return kits;
    }

    private void take(Tx tx, Work work, String text) {
        Kit kit = java.util.Objects.requireNonNull(work.kits().get(UseRecord.kitOf(text)));
        UseRecord.Signed signed = UseRecord.verify(text, kit.ca());
        UseRecord use = signed.use();
        Optional<String> known = UseStore.record(tx, use.id());
        if (known.isEmpty()) {
            checkCustodians(kit, use);
        }
        if (known.isPresent()) {
            if (!UseRecord.verify(known.get(), kit.ca()).use().equals(use)) {
                throw BreakglassRefusal.OTHER_RECORD.because(
                        use.id() + ": another record with this id was handed in before (expected: the same)");
            }
            return;
        }
        UseStore.insert(tx, signed);
        work.touched().addAll(use.targets());
        audit.record(
                tx,
                Event.of(BreakglassEvent.OPENED)
                        .happenedAt(use.opened())
                        .target(use.targets().size() == 1 ? use.targets().getFirst() : null)
                        .data("kit", kit.id())
                        .data("use", use.id())
                        .data("targets", use.targets())
                        .data("login", use.login())
                        .data("serial", Long.toUnsignedString(use.serial()))
                        .data("public_key", use.publicKey())
                        .data("valid_until", use.validBefore().toString())
                        .personal("custodians", String.join(", ", use.custodians()))
                        .personal("operator", use.operator())
                        .personal("reason", use.reason()));
    }

    /** Who they were is the opener's word; that there were enough of them, and of this kit, is not. */
    private static void checkCustodians(Kit kit, UseRecord use) {
        Set<String> named = Set.copyOf(use.custodians());
        if (named.size() < use.custodians().size()
                || named.size() < kit.threshold()
                || !kit.custodians().containsAll(named)) {
            throw BreakglassRefusal.OTHER_RECORD.because(
                    use.id() + ": custodians " + String.join(", ", use.custodians()) + " (expected: at least "
                            + kit.threshold() + " different ones of " + String.join(", ", kit.custodians()) + ")");
        }
    }

    /** A record may be handed in after the log that shows its use. */
    private void match(Tx tx, Kit kit) {
        List<UseRecord> uses = UseStore.uses(tx, kit);
        var explained = new ArrayList<SeenLogin>();
        for (SeenLogin seen : UseStore.unexplained(tx, kit)) {
            uses.stream().filter(seen::isOf).findFirst().ifPresent(use -> {
                UseStore.match(tx, kit, seen, use.id());
                explained.add(seen);
            });
        }
        List<SeenLogin> left = UseStore.unexplained(tx, kit);
        Set<String> open = left.stream().map(Reconciling::subject).collect(Collectors.toSet());
        explained.stream()
                .map(Reconciling::subject)
                .filter(subject -> !open.contains(subject))
                .forEach(subject -> findings.close(tx, UNRECORDED, subject));
        for (SeenLogin seen : left) {
            findings.open(
                    tx,
                    UNRECORDED,
                    Severity.HIGH,
                    subject(seen),
                    "a certificate of the break-glass kit " + kit.name() + " (serial " + seen.serial()
                            + ") logged in to "
                            + seen.target() + " as " + seen.login() + " at " + seen.at()
                            + ", and no record says who opened the kit: treat it as an intrusion until somebody hands the"
                            + " record in");
        }
    }

    private static String subject(SeenLogin seen) {
        return seen.target() + "/" + seen.serial();
    }

    private static Event seen(Kit kit, SeenLogin seen) {
        return Event.of(BreakglassEvent.LOGIN_SEEN)
                .outcome(Outcome.SUCCESS)
                .happenedAt(seen.at())
                .target(seen.target())
                .data("kit", kit.id())
                .data("login", seen.login())
                .data("serial", seen.serial())
                .data("public_key", seen.publicKey())
                .personal("key_id", seen.keyId())
                .personal("client_address", seen.address());
    }

    private static Result result(Rx rx, Work work, List<String> distrusted, int unrelated) {
        var uses = new ArrayList<Use>();
        var unexplained = new ArrayList<Unexplained>();
        for (Kit kit : work.kits().values()) {
            UseStore.uses(rx, kit).forEach(use -> uses.add(new Use(use, UseStore.logins(rx, use.id()))));
            UseStore.unexplained(rx, kit).forEach(seen -> unexplained.add(new Unexplained(kit.name(), seen)));
        }
        List<String> targets = rx.list(
                "select subject from finding where kind = ? and closed_at is null order by subject limit ?",
                row -> row.getString(1),
                ROTATE,
                UseRecord.TARGETS_MAX * 8);
        return new Result(distrusted, uses, unexplained, targets, unrelated);
    }
}
