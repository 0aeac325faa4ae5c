package dev.sallyport.incident;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Order;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows of incidents. */
final class IncidentStore {
    private static final Order.Of LIST = Order.Of.byAge("incident", "n");

    private static final String SELECT = """
            select n.*, o.name as opener, c.name as confirmer, coalesce(p.name, n.closed_by) as closer,
                   array(select t.name from incident_target it join target t on t.id = it.target_id
                          where it.incident_id = n.id order by t.name) as targets,
                   array(select rp.name from incident_responder r join person rp on rp.id = r.person_id
                          where r.incident_id = n.id order by rp.name) as responders,
                   array(select g.name from incident_responder r join person_group g on g.id = r.group_id
                          where r.incident_id = n.id order by g.name) as responder_groups
              from incident n left join person o on o.id = n.opened_by left join person c on c.id = n.confirmed_by
              left join person p on p.id = n.closed_by
            """;

    /** Whether {@code me} works on the incident {@code n}. */
    private static final String RESPONDS = """
            exists (select 1 from incident_responder r
                     where r.incident_id = n.id
                       and (r.person_id = me.id
                            or exists (select 1 from group_member m where m.group_id = r.group_id and m.person_id = me.id)))
            """;

    private IncidentStore() {}

    /** A new row. */
    record Row(
            String id,
            String title,
            String severity,
            @Nullable String source,
            @Nullable String reference,
            @Nullable Instant heardAt,
            @Nullable PersonId openedBy,
            boolean unconfirmed,
            Instant endsAt) {}

    static void insert(Tx tx, Row row) {
        tx.update(
                """
                insert into incident (id, state, title, severity, source, reference, heard_at, opened_by, unconfirmed, opened_at, ends_at)
                values (?, 'open', ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                row.id(),
                row.title(),
                row.severity(),
                row.source(),
                row.reference(),
                row.heardAt(),
                row.openedBy(),
                row.unconfirmed(),
                tx.now(),
                row.endsAt());
    }

    static void targets(Tx tx, String incident, List<Target> targets) {
        tx.update(
                "insert into incident_target (incident_id, target_id) select ?, id from target where id = any(?::text[])",
                incident,
                targets.stream().map(target -> target.id().value()).toList());
    }

    static int add(Tx tx, String incident, Responders responders) {
        int people = tx.update("""
                insert into incident_responder (incident_id, person_id) select ?, id from person where name = any(?::text[])
                    on conflict do nothing
                """, incident, responders.people());
        return people + tx.update("""
                        insert into incident_responder (incident_id, group_id) select ?, id from person_group where name = any(?::text[])
                            on conflict do nothing
                        """, incident, responders.groups());
    }

    static int remove(Tx tx, String incident, Responders responders) {
        return tx.update("""
                delete from incident_responder
                 where incident_id = ?
                   and (person_id in (select id from person where name = any(?::text[]))
                        or group_id in (select id from person_group where name = any(?::text[])))
                """, incident, responders.people(), responders.groups());
    }

    static boolean confirm(Tx tx, String incident, PersonId by) {
        return tx.update(
                        "update incident set confirmed_by = ?, confirmed_at = ? where id = ? and confirmed_by is null",
                        by,
                        tx.now(),
                        incident)
                == 1;
    }

    static boolean close(Tx tx, String incident, @Nullable String by, String reason) {
        return tx.update("""
                        update incident set state = 'closed', closed_at = ?, closed_by = ?, close_reason = ?
                         where id = ? and state = 'open'
                        """, tx.now(), by, reason, incident) == 1;
    }

    static Optional<Incident> find(Rx rx, String id) {
        return rx.one(SELECT + " where n.id = ?", IncidentStore::incident, id);
    }

    /** Whether the person opened it or works on it. */
    static boolean concerns(Rx rx, String id, PersonId person) {
        return rx.exists(
                "select 1 from incident n join person me on me.id = ? where n.id = ? and (n.opened_by = me.id or "
                        + RESPONDS + ")",
                person,
                id);
    }

    /** Of one person those that they opened or work on. */
    static List<Incident> list(Rx rx, @Nullable PersonId person, boolean open, Slice slice) {
        return rx.list(
                SELECT + """
                         where (n.state = 'open') = ? and\s""" + slice.condition(LIST) + """
                           and (?::text is null or exists (select 1 from person me where me.id = ? and (n.opened_by = me.id or\s""" + RESPONDS + "))) order by "
                        + slice.order().by(LIST) + " limit ?",
                IncidentStore::incident,
                open,
                slice.from(),
                slice.from(),
                person,
                person,
                slice.limit());
    }

    static long open(Rx rx) {
        return rx.count("select count(*) from incident where state = 'open'");
    }

    static List<String> due(Rx rx, int limit) {
        return rx.list(
                "select id from incident where state = 'open' and ends_at <= ? order by ends_at limit ?",
                row -> row.getString(1),
                rx.now(),
                limit);
    }

    /** An open incident as decisions look at it. */
    record Counting(
            String id,
            String severity,
            @Nullable String source,
            @Nullable String reference,
            @Nullable String openedBy,
            boolean unconfirmed,
            @Nullable String confirmedBy,
            Set<String> targets,
            List<String> responders) {}

    static List<Counting> counting(Rx rx, int namesMax) {
        List<Counting> open = rx.list("""
                select n.*, o.name as opener, c.name as confirmer from incident n
                  left join person o on o.id = n.opened_by left join person c on c.id = n.confirmed_by
                 where n.state = 'open' order by n.id
                """, IncidentStore::counting);
        if (open.isEmpty()) {
            return open;
        }
        Map<String, Counting> byId = new HashMap<>();
        open.forEach(incident -> byId.put(incident.id(), incident));
        rx.list("""
                select i.incident_id, t.name from incident_target i join target t on t.id = i.target_id
                  join incident n on n.id = i.incident_id where n.state = 'open' order by t.name
                """, row -> {
            Counting incident = byId.get(row.getString(1));
            return incident != null && incident.targets().add(row.getString(2));
        });
        rx.list(
                """
                with asked as (select r.* from incident_responder r
                                 join incident n on n.id = r.incident_id and n.state = 'open')
                select incident_id, name from
                       (select r.incident_id, p.name, row_number() over (partition by r.incident_id order by p.name) as place
                          from (select incident_id, person_id from asked where person_id is not null
                                union
                                select a.incident_id, m.person_id from asked a
                                  join group_member m on m.group_id = a.group_id) r
                          join person p on p.id = r.person_id and p.state = 'active' and p.quarantined_at is null) as named
                 where place <= ? order by name
                """,
                row -> {
                    Counting incident = byId.get(row.getString(1));
                    return incident != null && incident.responders().add(row.getString(2));
                },
                namesMax);
        return open;
    }

    private static Counting counting(ResultSet row) throws SQLException {
        return new Counting(
                row.getString("id"),
                row.getString("severity"),
                row.getString("source"),
                row.getString("reference"),
                row.getString("opener"),
                row.getBoolean("unconfirmed"),
                row.getString("confirmer"),
                new java.util.TreeSet<>(),
                new java.util.ArrayList<>());
    }

    /** The open incidents that a person works on. */
    static Set<String> workedOnBy(Rx rx, PersonId person) {
        return new HashSet<>(rx.list(
                "select n.id from incident n join person me on me.id = ? where n.state = 'open' and " + RESPONDS,
                row -> row.getString(1),
                person));
    }

    /** Which of these names are no active person's. */
    static List<String> strangers(Rx rx, Collection<String> people) {
        return rx.list("""
                select named from unnest(?::text[]) as named
                 where not exists (select 1 from person where name = named and state = 'active' and quarantined_at is null)
                 order by 1
                """, row -> row.getString(1), List.copyOf(people));
    }

    /** Which of these names are no group's. */
    static List<String> noGroups(Rx rx, Collection<String> groups) {
        return rx.list("""
                select named from unnest(?::text[]) as named
                 where not exists (select 1 from person_group where name = named) order by 1
                """, row -> row.getString(1), List.copyOf(groups));
    }

    private static Incident incident(ResultSet row) throws SQLException {
        boolean confirmed = row.getString("confirmed_by") != null;
        return new Incident(
                row.getString("id"),
                row.getString("state").equals("open"),
                row.getString("title"),
                row.getString("severity"),
                Optional.ofNullable(row.getString("source")),
                Optional.ofNullable(row.getString("reference")),
                Optional.ofNullable(row.getString("opener")),
                Optional.ofNullable(row.getString("confirmer")),
                confirmed || !row.getBoolean("unconfirmed"),
                Rows.instant(row, "opened_at"),
                Rows.instant(row, "ends_at"),
                Optional.ofNullable(Rows.instantOrNull(row, "closed_at")),
                Optional.ofNullable(row.getString("closer")),
                Optional.ofNullable(row.getString("close_reason")).map(Text::printable),
                Rows.strings(row, "targets"),
                Rows.strings(row, "responders"),
                Rows.strings(row, "responder_groups"));
    }
}
