package dev.sallyport.identity;

import dev.sallyport.base.PersonId;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Looks up persons and their groups. */
public final class Directory {
    private static final String PERSON = """
            select id, name, display_name, email, state, quarantined_at, epoch, managed_by, version,
                   coalesce((select jsonb_object_agg(a.name, a.value order by a.source) from person_attribute a
                              where a.person_id = person.id), '{}') || attributes as attributes
              from person
            """;

    private Directory() {}

    public static Optional<Person> person(Rx rx, PersonId id) {
        return rx.one(PERSON + " where id = ?", Directory::person, id);
    }

    public static Optional<Person> person(Rx rx, String name) {
        return rx.one(PERSON + " where name = ?", Directory::person, name);
    }

    /**
     * The persons who may gain anything at all and are named here, by name.
     *
     * @param everybody not only those who are named or in one of the groups
     */
    public static List<Person> active(Rx rx, List<String> names, List<String> groups, boolean everybody) {
        return active(rx, names, groups, everybody, "", Integer.MAX_VALUE);
    }

    /**
     * The same, from some place on.
     *
     * @param after only those whose names come after this one
     * @param most how many
     */
    public static List<Person> active(
            Rx rx, List<String> names, List<String> groups, boolean everybody, String after, int most) {
        String active = PERSON + " where state = 'active' and quarantined_at is null and name > ?";
        return everybody
                ? rx.list(active + " order by name limit ?", Directory::person, after, most)
                : rx.list(active + """
                                 and id in (select id from person where name = any(?::text[])
                                            union all
                                            select m.person_id from group_member m
                                              join person_group g on g.id = m.group_id
                                             where g.name = any(?::text[]))
                                 order by name limit ?
                                """, Directory::person, after, names, groups, most);
    }

    /** The persons with these ids, in no order. */
    public static List<Person> persons(Rx rx, List<String> ids) {
        return rx.list(PERSON + " where id = any(?)", Directory::person, ids);
    }

    /** Names of the groups a person is in, in order. */
    public static List<String> groups(Rx rx, PersonId person) {
        return rx.list("""
                select distinct g.name from group_member m join person_group g on g.id = m.group_id
                 where m.person_id = ? order by g.name
                """, row -> row.getString(1), person);
    }

    /** The same of many; who is in none is left out. */
    public static Map<PersonId, List<String>> groups(Rx rx, Collection<PersonId> persons) {
        return rx
                .list(
                        """
                        select distinct m.person_id, g.name from group_member m join person_group g on g.id = m.group_id
                         where m.person_id = any(?::text[]) order by g.name
                        """,
                        row -> Map.entry(new PersonId(row.getString(1)), row.getString(2)),
                        persons.stream().map(PersonId::value).toList())
                .stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    }

    /**
     * Somebody in a group.
     *
     * @param active whether they may gain anything at all
     * @param sources who says that they are in it
     */
    public record Member(String name, String displayName, boolean active, List<String> sources) {
        public Member {
            sources = List.copyOf(sources);
        }
    }

    /**
     * Which of the members.
     *
     * @param part stands in the name or in what the person is called, whatever its case
     * @param after the name of the last one of the part before
     */
    public record MemberSlice(String part, boolean backwards, Optional<String> after, int limit) {
        public static MemberSlice first(int limit) {
            return new MemberSlice("", false, Optional.empty(), limit);
        }
    }

    /** Who is in a group, whoever says so, by name. */
    public static List<Member> members(Rx rx, String group, MemberSlice slice) {
        String part = slice.part().toLowerCase(Locale.ROOT);
        String after = slice.after().orElse(null);
        return rx.list(
                """
                select p.name, p.display_name, p.state = 'active' and p.quarantined_at is null as active,
                       array_agg(m.source order by m.source) as sources
                  from group_member m join person_group g on g.id = m.group_id join person p on p.id = m.person_id
                 where g.name = ? and (strpos(p.name, ?) > 0 or strpos(lower(p.display_name), ?) > 0)
                   and (?::text is null or p.name %s ?)
                 group by p.id order by p.name %s limit ?
                """.formatted(slice.backwards() ? "<" : ">", slice.backwards() ? "desc" : "asc"),
                row -> new Member(
                        row.getString("name"),
                        row.getString("display_name"),
                        row.getBoolean("active"),
                        Rows.strings(row, "sources")),
                group,
                part,
                part,
                after,
                after,
                slice.limit());
    }

    /** What providers say of these persons, by name; what a person's document says comes on top of it. */
    public static Map<String, Map<String, String>> providerAttributes(Rx rx, List<String> persons) {
        var attributes = new HashMap<String, Map<String, String>>();
        rx.list(
                """
                select p.name as person, a.name, a.value from person_attribute a join person p on p.id = a.person_id
                 where p.id = any(?) order by a.source
                """,
                row -> attributes
                                .computeIfAbsent(row.getString("person"), _ -> new HashMap<>())
                                .put(row.getString("name"), row.getString("value"))
                        == null,
                persons);
        return attributes;
    }

    public static boolean isMember(Rx rx, PersonId person, String group) {
        return rx.exists("""
                select 1 from group_member m join person_group g on g.id = m.group_id
                 where m.person_id = ? and g.name = ?
                """, person, group);
    }

    private static Person person(ResultSet row) throws SQLException {
        return new Person(
                new PersonId(row.getString("id")),
                row.getString("name"),
                row.getString("display_name"),
                Optional.ofNullable(row.getString("email")),
                new Spec(Map.of("a", dev.sallyport.database.Json.object(row.getString("attributes")))).pairs("a"),
                row.getString("state").equals("disabled"),
                Optional.ofNullable(Rows.instantOrNull(row, "quarantined_at")),
                row.getLong("epoch"),
                row.getString("managed_by"),
                row.getLong("version"));
    }
}
