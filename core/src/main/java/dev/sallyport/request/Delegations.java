package dev.sallyport.request;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Order;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The door to delegations (AC4): who is away lets another decide for them, for a stated time. What may be decided so is
 * what the delegator could decide at that moment, except their own requests; what is decided so counts as theirs.
 */
public final class Delegations {
    private static final Order.Of LIST = Order.Of.byAge("delegation", "d");

    /** The longest one, and how far ahead it may begin. */
    public static final Duration LONGEST = Duration.ofDays(90);

    /** How many of one person may be planned or running. */
    public static final int MOST = 20;

    /** The longest reason, in characters. */
    public static final int REASON_MAX = 1_000;

    private static final String SELECT = """
            select d.*, f.name as from_name, t.name as to_name, r.name as role_name, g.name as target_name
              from delegation d join person f on f.id = d.from_id join person t on t.id = d.to_id
              left join role r on r.id = d.role_id left join target g on g.id = d.target_id
            """;

    /**
     * Whether the delegation {@code d} is one of this instant by somebody, {@code lender}, who may gain anything at all; two
     * parameters, both the time.
     */
    static final String RUNS = """
            (d.ended_at is null and d.starts_at <= ? and d.until_at > ?
             and lender.state = 'active' and lender.quarantined_at is null)
            """;

    private final Database database;
    private final Audit audit;

    public Delegations(Database database, Audit audit) {
        this.database = database;
        this.audit = audit;
    }

    /** What somebody hands over. */
    public record Handing(
            String to,
            Optional<Instant> startsAt,
            Instant until,
            Optional<String> role,
            Optional<String> target,
            String reason) {
        public Handing {
            reason = Text.line("reason", reason, 1, REASON_MAX);
        }
    }

    /** @throws Refusal {@code delegation.invalid}, {@code delegation.not-active}, {@code delegation.too-many} */
    public Delegation create(Actor actor, PersonId from, Handing handing) {
        return database.change(actor, tx -> create(tx, from, handing));
    }

    private Delegation create(Tx tx, PersonId from, Handing handing) {
        // those of one person come one after another, so that the limit holds
        tx.list("select id from person where id = ? for update", _ -> true, from);
        if (Directory.person(tx, from).filter(Person::isActive).isEmpty()) {
            throw DelegationRefusal.NOT_ACTIVE.because("your account may not hand over anything right now");
        }
        Person to = Directory.person(tx, handing.to())
                .filter(Person::isActive)
                .orElseThrow(() -> DelegationRefusal.INVALID.because(
                        "to: " + Text.quoted(handing.to()) + " (expected: an active person)"));
        if (to.id().equals(from)) {
            throw DelegationRefusal.INVALID.because("to: " + to.name() + " (expected: somebody else than yourself)");
        }
        Instant start = handing.startsAt().filter(tx.now()::isBefore).orElse(tx.now());
        if (!handing.until().isAfter(start) || handing.until().isAfter(tx.now().plus(LONGEST))) {
            throw DelegationRefusal.INVALID.because("until: " + handing.until() + " (expected: after " + start
                    + " and at most until " + tx.now().plus(LONGEST) + ")");
        }
        Optional<RoleId> role = handing.role()
                .map(name -> Catalog.role(tx, name)
                        .map(Role::id)
                        .orElseThrow(() -> DelegationRefusal.INVALID.because(
                                "role: " + Text.quoted(name) + " (expected: a role)")));
        Optional<TargetId> target = handing.target()
                .map(name -> Catalog.target(tx, name)
                        .map(Target::id)
                        .orElseThrow(() -> DelegationRefusal.INVALID.because(
                                "target: " + Text.quoted(name) + " (expected: a target)")));
        if (tx.count(
                        "select count(*) from delegation where from_id = ? and ended_at is null and until_at > ?",
                        from,
                        tx.now())
                >= MOST) {
            throw DelegationRefusal.TOO_MANY.because(
                    MOST + " delegations of yours are planned or running (expected: fewer)",
                    "sallyport delegations end ID");
        }
        String id = Ids.next(Delegation.PREFIX);
        tx.update(
                """
                insert into delegation (id, from_id, to_id, starts_at, until_at, role_id, target_id, reason, created_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                id,
                from,
                to.id(),
                start,
                handing.until(),
                role.orElse(null),
                target.orElse(null),
                handing.reason(),
                tx.now());
        audit.record(
                tx,
                Event.of(DelegationEvent.CREATED)
                        .data("delegation", id)
                        .data("from", from.value())
                        .data("to", to.id().value())
                        .data("starts_at", start.toString())
                        .data("until", handing.until().toString())
                        .data("role", handing.role().orElse(null))
                        .data("target", handing.target().orElse(null))
                        .personal("reason", handing.reason()));
        return find(tx, id).orElseThrow();
    }

    /** Those that the person gave or got, or all. */
    public List<Delegation> list(Optional<PersonId> person, Slice slice) {
        return database.read(rx -> rx.list(
                SELECT
                        + " where (?::text is null or ? in (d.from_id, d.to_id)) and " + slice.condition(LIST)
                        + " order by " + slice.order().by(LIST) + " limit ?",
                Delegations::delegation,
                person.orElse(null),
                person.orElse(null),
                slice.from(),
                slice.from(),
                slice.limit()));
    }

    /**
     * One that the person gave or got, or any for who sees all.
     *
     * @throws dev.sallyport.base.Refusal {@code delegation.unknown}, also for one that they may not see
     */
    public Delegation find(PersonId viewer, boolean seesAll, String id) {
        return database.read(rx -> find(rx, id)
                .filter(_ -> seesAll
                        || rx.exists("select 1 from delegation where id = ? and ? in (from_id, to_id)", id, viewer))
                .orElseThrow(() -> DelegationRefusal.UNKNOWN.because(
                        Text.quoted(id) + ": no such delegation, or you may not see it")));
    }

    /** Ends one before its time. Who gave it may, and who got it; to everybody else it does not exist. */
    public Delegation end(Actor actor, PersonId person, String id) {
        return database.change(actor, tx -> {
            if (!tx.exists("select 1 from delegation where id = ? and ? in (from_id, to_id) for update", id, person)) {
                throw DelegationRefusal.UNKNOWN.because(Text.quoted(id) + ": no such delegation of yours");
            }
            Delegation before = find(tx, id).orElseThrow();
            if (before.state(tx.now()) == Delegation.State.ENDED) {
                throw DelegationRefusal.ENDED.because(id + " has ended already");
            }
            tx.update("update delegation set ended_at = ? where id = ?", tx.now(), id);
            audit.record(tx, Event.of(DelegationEvent.ENDED).data("delegation", id));
            return find(tx, id).orElseThrow();
        });
    }

    /** Whether this person holds anything of the other's to decide with now. */
    static boolean holds(Rx rx, PersonId person, PersonId other) {
        return rx.exists(
                "select 1 from delegation d join person lender on lender.id = d.from_id where d.to_id = ? and d.from_id = ? and "
                        + RUNS,
                person,
                other,
                rx.now(),
                rx.now());
    }

    private static Optional<Delegation> find(Rx rx, String id) {
        return rx.one(SELECT + " where d.id = ?", Delegations::delegation, id);
    }

    private static Delegation delegation(ResultSet row) throws SQLException {
        return new Delegation(
                row.getString("id"),
                row.getString("from_name"),
                row.getString("to_name"),
                Rows.instant(row, "starts_at"),
                Rows.instant(row, "until_at"),
                name(row, "role"),
                name(row, "target"),
                row.getString("reason"),
                Rows.instant(row, "created_at"),
                Optional.ofNullable(Rows.instantOrNull(row, "ended_at")));
    }

    /** A role or a target that is gone goes by its id: the delegation is still only for it. */
    private static Optional<String> name(ResultSet row, String what) throws SQLException {
        return Optional.ofNullable(row.getString(what + "_name")).or(() -> {
            try {
                return Optional.ofNullable(row.getString(what + "_id"));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
