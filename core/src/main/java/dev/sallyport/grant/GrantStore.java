package dev.sallyport.grant;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.LeaseId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.credential.SshLeases;
import dev.sallyport.database.Json;
import dev.sallyport.database.Order;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Spec;
import dev.sallyport.database.Tx;
import dev.sallyport.spi.Cut;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Rows of grants and leases. */
final class GrantStore {
    private static final Order.Of LIST = new Order.Of("access_grant", "g", "ends_at");

    private static final String GRANT = """
            select g.*, p.name as person_name from access_grant g join person p on p.id = g.person_id
            """;
    private static final String LEASE = """
            select l.*, g.target_name, c.last_error, coalesce(c.attempts, l.attempts) as tries
              from lease l join access_grant g on g.id = l.grant_id left join lease_closing c on c.lease_id = l.id
            """;

    private GrantStore() {}

    static void insert(Tx tx, Grant grant) {
        tx.update(
                """
                insert into access_grant (id, state, person_id, role_id, role_name, target_id, target_name, request_id,
                                          item_id, terms, starts_at, ends_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?)
                """,
                grant.id(),
                grant.state(),
                grant.person(),
                grant.role(),
                grant.roleName(),
                grant.target(),
                grant.targetName(),
                grant.request(),
                grant.item(),
                Json.text(grant.terms().tree()),
                grant.startsAt(),
                grant.endsAt());
    }

    /** Notes the incidents that a grant was given for, beside those it had. */
    static void restsOn(Tx tx, GrantId grant, List<String> incidents) {
        if (!incidents.isEmpty()) {
            tx.update("""
                    insert into grant_incident (grant_id, incident_id)
                    select ?, id from incident where id = any(?::text[]) on conflict do nothing
                    """, grant, incidents);
        }
    }

    static List<String> incidents(Rx rx, GrantId grant) {
        return rx.list(
                "select incident_id from grant_incident where grant_id = ? order by incident_id",
                row -> row.getString(1),
                grant);
    }

    static void insert(Tx tx, List<Lease> leases) {
        tx.update(
                """
                insert into lease (id, state, kind, cut, grant_id, target_id, spec, issued_at, expires_at)
                select id, state, kind, cut, grant_id, target_id, spec::jsonb, issued_at::timestamptz, expires_at::timestamptz
                  from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
                       as l(id, state, kind, cut, grant_id, target_id, spec, issued_at, expires_at)
                """,
                column(leases, lease -> lease.id().value()),
                column(leases, lease -> Rows.stored(lease.state())),
                column(leases, Lease::kind),
                column(leases, lease -> Rows.stored(lease.cut())),
                column(leases, lease -> lease.grant().value()),
                column(leases, lease -> lease.target().value()),
                column(leases, lease -> Json.text(lease.spec().tree())),
                column(leases, lease -> lease.issuedAt().toString()),
                column(leases, lease -> lease.expiresAt().toString()));
    }

    private static <T> List<String> column(List<T> rows, Function<T, String> value) {
        return rows.stream().map(value).toList();
    }

    static Optional<Grant> grantForUpdate(Tx tx, GrantId id) {
        return tx.one(GRANT + " where g.id = ? for update of g", GrantStore::grant, id);
    }

    static Optional<Grant> grant(Rx rx, GrantId id) {
        return rx.one(GRANT + " where g.id = ?", GrantStore::grant, id);
    }

    static List<Grant> grants(Rx rx, GrantFilter filter, Slice slice) {
        return rx.list(
                GRANT + """
                           where (?::text is null or g.person_id = ?)
                             and (?::text is null or p.name = ?)
                             and (?::text is null or g.target_name = ?)
                             and (?::text is null or g.role_name = ?)
                             and (?::text is null or g.state = ?)
                             and\s""" + slice.condition(LIST) + " order by "
                        + slice.order().by(LIST) + " limit ?",
                GrantStore::grant,
                text(filter.person()),
                text(filter.person()),
                filter.personName().orElse(null),
                filter.personName().orElse(null),
                filter.target().orElse(null),
                filter.target().orElse(null),
                filter.role().orElse(null),
                filter.role().orElse(null),
                state(filter),
                state(filter),
                slice.from(),
                slice.from(),
                slice.limit());
    }

    /** A grant that somebody may use now, by their place in the list of who wants to. */
    record Usable(int place, Grant grant, Cut cut) {}

    /**
     * The running grants of these people on these targets, name by name. The rows are locked against ending until the change
     * commits, in the order of their ids: who revokes meanwhile waits, and then sees what was issued.
     *
     * @param waits for grants that are being ended or changed right now; otherwise they are passed over
     */
    static List<Usable> usable(Tx tx, List<PersonId> people, List<String> targets, boolean waits) {
        return tx
                .listNow(
                        """
                        select g.*, p.name as person_name, w.place, %s,
                               exists (select 1 from target t where t.id = g.target_id and t.host_token_hash is not null)
                                   as enrolled
                          from unnest(?::text[], ?::text[]) with ordinality as w (person, target, place)
                          join access_grant g on g.person_id = w.person and g.target_name = w.target and g.state = 'active'
                          join person p on p.id = g.person_id and p.state = 'active' and p.quarantined_at is null
                         order by g.id, w.place for share of g %s
                        """.formatted(Rx.NOW, waits ? "" : "skip locked"),
                        row -> new Usable(
                                row.getInt("place") - 1, grant(row), SshLeases.cut(row.getBoolean("enrolled"))),
                        people.stream().map(PersonId::value).toList(),
                        targets)
                .stream()
                .filter(usable -> usable.grant().covers(tx.now()))
                .sorted(Comparator.comparing((Usable usable) -> usable.grant().endsAt())
                        .reversed())
                .toList();
    }

    static List<Grant> running(Rx rx, PersonId person, RoleId role) {
        return rx.list(
                GRANT + " where g.person_id = ? and g.role_id = ? and g.state in ('scheduled', 'active') order by g.id",
                GrantStore::grant,
                person,
                role);
    }

    static List<Grant> running(Rx rx, RoleId role) {
        return rx.list(
                GRANT + " where g.role_id = ? and g.state in ('scheduled', 'active') order by g.id",
                GrantStore::grant,
                role);
    }

    /** What runs or waits for its time, by id, after one of them. */
    static List<Grant> runningAfter(Rx rx, String id, int limit) {
        return rx.list(
                GRANT + " where g.state in ('scheduled', 'active') and g.id > ? order by g.id limit ?",
                GrantStore::grant,
                id,
                limit);
    }

    static long running(Rx rx) {
        return rx.count("select count(*) from access_grant where state in ('scheduled', 'active')");
    }

    static List<Lease> leases(Rx rx, List<GrantId> grants) {
        return rx.list(
                LEASE + " where l.grant_id = any(?::text[]) order by l.id",
                GrantStore::lease,
                grants.stream().map(GrantId::value).toList());
    }

    static Optional<Lease> lease(Rx rx, LeaseId id) {
        return rx.one(LEASE + " where l.id = ?", GrantStore::lease, id);
    }

    static List<Lease> leasesById(Rx rx, List<LeaseId> ids) {
        return rx.list(
                LEASE + " where l.id = any(?::text[]) order by l.id",
                GrantStore::lease,
                ids.stream().map(LeaseId::value).toList());
    }

    static List<Grant> grantsById(Rx rx, List<GrantId> ids) {
        return rx.list(
                GRANT + " where g.id = any(?::text[]) order by g.id",
                GrantStore::grant,
                ids.stream().map(GrantId::value).toList());
    }

    static Grant grant(ResultSet row) throws SQLException {
        return new Grant(
                new GrantId(row.getString("id")),
                GrantState.valueOf(constant(row, "state")),
                new PersonId(row.getString("person_id")),
                row.getString("person_name"),
                new RoleId(row.getString("role_id")),
                row.getString("role_name"),
                new TargetId(row.getString("target_id")),
                row.getString("target_name"),
                new RequestId(row.getString("request_id")),
                new ItemId(row.getString("item_id")),
                Terms.of(Spec.of(row.getString("terms"))),
                Rows.instant(row, "starts_at"),
                Rows.instant(row, "ends_at"),
                row.getString("end_reason") == null
                        ? Optional.empty()
                        : Optional.of(EndReason.valueOf(constant(row, "end_reason"))),
                Optional.ofNullable(row.getString("end_comment")),
                Optional.ofNullable(Rows.instantOrNull(row, "ended_at")));
    }

    static Lease lease(ResultSet row) throws SQLException {
        return new Lease(
                new LeaseId(row.getString("id")),
                LeaseState.valueOf(constant(row, "state")),
                row.getString("kind"),
                Cut.valueOf(constant(row, "cut")),
                new GrantId(row.getString("grant_id")),
                new TargetId(row.getString("target_id")),
                row.getString("target_name"),
                Spec.of(row.getString("spec")),
                Rows.instant(row, "issued_at"),
                Rows.instant(row, "expires_at"),
                Optional.ofNullable(Rows.instantOrNull(row, "closed_at")),
                row.getInt("tries"),
                Optional.ofNullable(row.getString("last_error")));
    }

    private static String constant(ResultSet row, String column) throws SQLException {
        return row.getString(column).toUpperCase(Locale.ROOT).replace(' ', '_');
    }

    private static @org.jspecify.annotations.Nullable String text(Optional<? extends dev.sallyport.base.Id> id) {
        return id.map(dev.sallyport.base.Id::value).orElse(null);
    }

    private static @org.jspecify.annotations.Nullable String state(GrantFilter filter) {
        return filter.state()
                .map(state -> state.name().toLowerCase(Locale.ROOT))
                .orElse(null);
    }
}
