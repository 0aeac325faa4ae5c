package dev.sallyport.grant;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.CrashPoint;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.LeaseId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.AccessChanged;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.credential.SshLeases;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Json;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import dev.sallyport.decision.PolicyChanged;
import dev.sallyport.feed.Feed;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.IdentityEnded;
import dev.sallyport.identity.People;
import dev.sallyport.identity.Person;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The door to grants: made by decisions, ended by people, time and alarms, looked up by everybody. */
public final class Grants implements AccessChanged, IdentityEnded, PolicyChanged {
    /** The longest reason for an end, in characters. */
    public static final int REASON_MAX = 1_000;

    private final Database database;
    private final Audit audit;
    private final Ends ends;

    public Grants(Database database, Audit audit) {
        this.database = database;
        this.audit = audit;
        this.ends = new Ends(audit);
    }

    /** A grant with its leases, and the incidents that it was granted for. */
    public record View(Grant grant, List<Lease> leases, List<String> incidents) {}

    /**
     * What an order to end things has done.
     *
     * @param feedVersion where nodes and hosts must have got to
     * @param deadBy when the last credential of these grants is dead whatever the targets confirm; empty if none is out
     */
    public record Ended(List<GrantId> grants, long feedVersion, Optional<Instant> deadBy) {
        public Ended {
            grants = List.copyOf(grants);
        }
    }

    /**
     * Makes the grant of an approved item; called inside the change that approves it. Person and target are locked: who
     * freezes or deletes them at the same moment comes before, or finds the grant.
     *
     * @param incidents without which it would not have been granted so; it ends with the last of them
     */
    public Grant create(
            Tx tx,
            RequestId request,
            ItemId item,
            Person person,
            Role role,
            Target target,
            Terms terms,
            Instant startsAt,
            Instant endsAt,
            List<String> incidents) {
        if (!tx.exists(
                "select 1 from person where id = ? and state = 'active' and quarantined_at is null for share",
                person.id())) {
            throw GrantRefusal.NOT_ACTIVE.because(person.name() + " may not be granted anything right now");
        }
        if (!tx.exists("select 1 from target where id = ? for key share", target.id())) {
            throw GrantRefusal.UNKNOWN.because(target.name() + " no longer exists");
        }
        GrantState state = startsAt.isAfter(tx.now()) ? GrantState.SCHEDULED : GrantState.ACTIVE;
        var grant = new Grant(
                GrantId.next(),
                state,
                person.id(),
                person.name(),
                role.id(),
                role.name(),
                target.id(),
                target.name(),
                request,
                item,
                terms,
                startsAt,
                endsAt,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        GrantStore.insert(tx, grant);
        GrantStore.restsOn(tx, grant.id(), incidents);
        Judging.soon(tx, grant.id());
        audit.record(
                tx,
                about(GrantEvent.CREATED, grant)
                        .data("starts_at", startsAt.toString())
                        .data("ends_at", endsAt.toString())
                        .data("incidents", incidents.isEmpty() ? null : incidents)
                        .data("state", state.name().toLowerCase(java.util.Locale.ROOT)));
        return grant;
    }

    /**
     * Moves the end of a running grant; called inside the change that approves the extension. What it gives narrows to
     * what was decided now, and never widens.
     *
     * @param incidents without which it would not have been extended so
     * @throws dev.sallyport.base.Refusal {@code grant.ended} when it no longer runs
     */
    public Grant extend(Tx tx, GrantId id, Duration by, Terms decided, List<String> incidents) {
        Grant before = GrantStore.grantForUpdate(tx, id).orElseThrow(() -> unknown(id));
        Instant latest = tx.now().plus(decided.maxDuration());
        Terms terms = before.terms().narrowed(decided);
        if (!before.isRunning()
                || !before.endsAt().isAfter(tx.now())
                || !before.endsAt().isBefore(latest)) {
            throw GrantRefusal.ENDED.because(
                    id + " cannot be extended: it has ended, or already lasts as long as it may");
        }
        if (terms.givesNothing()) {
            throw GrantRefusal.ENDED.because(
                    id + " cannot be extended: the role gives nothing of it any more",
                    "ask anew with sallyport request");
        }
        Instant longer = before.endsAt().plus(by);
        Instant end = longer.isBefore(latest) ? longer : latest;
        tx.update(
                "update access_grant set ends_at = ?, terms = ?::jsonb where id = ?", end, Json.text(terms.tree()), id);
        audit.record(
                tx,
                about(GrantEvent.EXTENDED, before)
                        .data("ends_at", end.toString())
                        .data("logins", terms.logins())
                        .data("rights", terms.rights()));
        GrantStore.restsOn(tx, id, incidents);
        Judging.soon(tx, id);
        return GrantStore.grant(tx, id).orElseThrow();
    }

    public static Optional<Grant> find(Rx rx, GrantId id) {
        return GrantStore.grant(rx, id);
    }

    public static View view(Rx rx, Grant grant) {
        return new View(grant, GrantStore.leases(rx, List.of(grant.id())), GrantStore.incidents(rx, grant.id()));
    }

    public static Optional<Lease> lease(Rx rx, LeaseId id) {
        return GrantStore.lease(rx, id);
    }

    /** What is due is the one that ends first. */
    public static List<Grant> list(Rx rx, GrantFilter filter, Slice slice) {
        return GrantStore.grants(rx, filter, slice);
    }

    /** A role on a target. */
    public record Held(RoleId role, TargetId target) {}

    /** The running grants of a person; of several for the same the one that ends last. */
    public static Map<Held, GrantId> running(Rx rx, PersonId person) {
        record Row(Held held, GrantId grant) {}
        return rx
                .list(
                        """
                        select id, role_id, target_id from access_grant
                         where person_id = ? and state = 'active' and ends_at > ? order by ends_at
                        """,
                        row -> new Row(
                                new Held(
                                        new RoleId(row.getString("role_id")), new TargetId(row.getString("target_id"))),
                                new GrantId(row.getString("id"))),
                        person,
                        rx.now())
                .stream()
                .collect(Collectors.toMap(Row::held, Row::grant, (_, later) -> later));
    }

    /** The running grant of this person for this role on this target, if there is one. */
    public static Optional<GrantId> running(Rx rx, PersonId person, Role role, Target target) {
        return rx.list("""
                        select id from access_grant where person_id = ? and target_id = ? and role_id = ?
                           and state in ('scheduled', 'active') and ends_at > ? order by ends_at desc limit 1
                        """, row -> new GrantId(row.getString(1)), person, target.id(), role.id(), rx.now()).stream()
                .findFirst();
    }

    /** Gives a grant back early. Only its holder may; to everybody else it does not exist. */
    public Ended giveBack(Actor actor, GrantId id, PersonId holder) {
        return ended(actor, tx -> {
            if (GrantStore.grant(tx, id)
                    .filter(found -> found.person().equals(holder))
                    .isEmpty()) {
                throw unknown(id);
            }
            return ending(tx, List.of(id), EndReason.RETURNED, null);
        });
    }

    /**
     * Ends what the selector names. Callers have checked the right to do so.
     *
     * @throws dev.sallyport.base.Refusal for a name that is nobody's and nothing's; one without running grants is no fault
     */
    public Ended revoke(Actor actor, EndSelector selector, String reason) {
        String why = Text.line("reason", reason, 1, REASON_MAX);
        return ended(actor, tx -> ending(tx, chosen(tx, selector), EndReason.REVOKED, why));
    }

    /**
     * The administration rights a person holds now: what their running grants on the product itself were made with, as far
     * as today's roles still hold it. Nobody who is disabled or in quarantine has any.
     */
    public static Set<String> rights(Rx rx, PersonId person) {
        return new TreeSet<>(rx.list("""
                select distinct granted.name
                  from access_grant g
                  join person p on p.id = g.person_id and p.state = 'active' and p.quarantined_at is null
                  join target t on t.id = g.target_id and t.type = ?
                  join role r on r.id = g.role_id
                 cross join lateral jsonb_array_elements_text(
                       case jsonb_typeof(g.terms -> 'rights') when 'array' then g.terms -> 'rights' else '[]' end)
                       as granted(name)
                 where g.person_id = ? and g.state = 'active' and g.starts_at <= ? and g.ends_at > ?
                   and r.spec -> 'rights' @> to_jsonb(array[granted.name])
                """, row -> row.getString(1), Target.SALLYPORT, person, rx.now(), rx.now()));
    }

    @Override
    public void ended(Tx tx, PersonId person, String why, String reason) {
        endOf(tx, person, why.equals("quarantined") ? EndReason.QUARANTINED : EndReason.REVOKED, why + ": " + reason);
    }

    @Override
    public void targetGone(Tx tx, TargetId target) {
        ending(tx, running(tx, "target_id = ?", target.value()), EndReason.TARGET_GONE, "the target was deleted");
    }

    @Override
    public void roleGone(Tx tx, RoleId role) {
        ending(tx, running(tx, "role_id = ?", role.value()), EndReason.POLICY, "the role was deleted");
    }

    /** Ends what these persons are no longer eligible for. */
    @Override
    public void eligibilityChanged(Tx tx, RoleId role, List<PersonId> persons) {
        var lost = new ArrayList<GrantId>();
        for (PersonId id : persons) {
            GrantStore.running(tx, id, role).stream()
                    .filter(grant -> !isStillEligible(tx, grant))
                    .forEach(grant -> lost.add(grant.id()));
        }
        ending(tx, lost, EndReason.POLICY, "no longer eligible");
    }

    @Override
    public void policyChanged(Tx tx) {
        Judging.everything(tx);
    }

    @Override
    public void factsChanged(Tx tx) {
        Judging.everything(tx);
    }

    @Override
    public void factsChanged(Tx tx, List<PersonId> persons) {
        Judging.of(tx, persons);
    }

    /** The incident is closed: what was granted for it, and for none that is still open, ends with it. */
    public List<GrantId> incidentClosed(Tx tx, String incident) {
        return ending(
                tx,
                tx.list("""
                        select g.id from access_grant g join grant_incident i on i.grant_id = g.id
                         where g.state in ('scheduled', 'active') and i.incident_id = ?
                           and not exists (select 1 from grant_incident other join incident n on n.id = other.incident_id
                                            where other.grant_id = g.id and n.state = 'open' and n.id <> i.incident_id)
                        """, row -> new GrantId(row.getString(1)), incident),
                EndReason.POLICY,
                "the incident " + incident + " is closed");
    }

    /** Whether the holder could still ask for what the grant gives. */
    static boolean isStillEligible(Tx tx, Grant grant) {
        Optional<Person> person = Directory.person(tx, grant.person()).filter(Person::isActive);
        Optional<Role> role = Catalog.role(tx, grant.role());
        Optional<Target> target = Catalog.target(tx, grant.target());
        return person.isPresent()
                && role.isPresent()
                && target.isPresent()
                && Catalog.isEligible(tx, person.get(), Directory.groups(tx, grant.person()), role.get(), target.get());
    }

    private void endOf(Tx tx, PersonId person, EndReason reason, String comment) {
        List<GrantId> running = tx.list(
                "select id from access_grant where person_id = ? and state in ('scheduled', 'active')",
                row -> new GrantId(row.getString(1)),
                person);
        ending(tx, running, reason, comment);
    }

    private List<GrantId> ending(Tx tx, List<GrantId> grants, EndReason reason, @Nullable String comment) {
        return ends.begin(tx, grants, reason, comment).stream()
                .map(Ends.Ending::id)
                .toList();
    }

    /** Runs the change, and looks at its place in the feed when it has one. */
    private Ended ended(Actor actor, Function<Tx, List<GrantId>> work) {
        var ended = new AtomicReference<@Nullable Ended>();
        database.run(actor, tx -> {
            List<GrantId> grants = work.apply(tx);
            tx.last(() -> ended.set(new Ended(grants, Feed.head(tx), deadBy(tx, grants))));
        });
        CrashPoint.reached("grant.cut"); // committed, and the caller is about to be told
        return Objects.requireNonNull(ended.get());
    }

    private static Optional<Instant> deadBy(Tx tx, List<GrantId> grants) {
        return tx
                .list(
                        """
                        select max(expires_at) as latest from lease
                         where grant_id = any(?::text[]) and state = 'closing' having max(expires_at) is not null
                        """,
                        row -> Rows.instant(row, "latest").plus(SshLeases.SKEW),
                        grants.stream().map(GrantId::value).toList())
                .stream()
                .findFirst();
    }

    private static List<GrantId> chosen(Tx tx, EndSelector selector) {
        return switch (selector) {
            case EndSelector.OneGrant(GrantId id) -> {
                Grant grant = GrantStore.grant(tx, id).orElseThrow(() -> unknown(id));
                if (!grant.isRunning()) {
                    throw GrantRefusal.ENDED.because(id + " has already ended");
                }
                yield List.of(id);
            }
            case EndSelector.OfPerson(String name) ->
                running(tx, "person_id = ?", People.require(tx, name).id().value());
            case EndSelector.OnTarget(String name) -> {
                if (Catalog.target(tx, name).isEmpty()) {
                    throw GrantRefusal.UNKNOWN_TARGET.because("there is no target " + Text.quoted(name));
                }
                yield running(tx, "target_name = ?", name);
            }
            case EndSelector.OfRole(String name) -> {
                if (Catalog.role(tx, name).isEmpty()) {
                    throw GrantRefusal.UNKNOWN_ROLE.because("there is no role " + Text.quoted(name));
                }
                yield running(tx, "role_name = ?", name);
            }
            case EndSelector.OfIncident(String id) -> {
                if (!tx.exists("select 1 from incident where id = ?", id)) {
                    throw GrantRefusal.UNKNOWN_INCIDENT.because("there is no incident " + Text.quoted(id));
                }
                yield running(tx, "id in (select grant_id from grant_incident where incident_id = ?)", id);
            }
            case EndSelector.All() -> running(tx, "?::text is not null", "all");
        };
    }

    private static List<GrantId> running(Tx tx, String condition, String parameter) {
        return tx.list(
                "select id from access_grant where state in ('scheduled', 'active') and " + condition,
                row -> new GrantId(row.getString(1)),
                parameter);
    }

    private static dev.sallyport.base.Refusal unknown(GrantId id) {
        return GrantRefusal.UNKNOWN.because(id + ": no such grant, or you may not see it");
    }

    static Event about(GrantEvent type, Grant grant) {
        return Event.of(type)
                .request(grant.request().value())
                .grant(grant.id().value())
                .target(grant.targetName())
                .data("role", grant.roleName())
                .data("person", grant.person().value());
    }
}
