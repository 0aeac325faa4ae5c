package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.PersonId;
import dev.sallyport.database.Json;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Groups and attributes that providers say of people: one row per source, replaced as a whole. */
final class ProviderFacts {
    private static final int LONGEST_VALUE = 500;

    private final Audit audit;
    private final People people;
    private final FactsWatch watch;

    ProviderFacts(Audit audit, People people, FactsWatch watch) {
        this.audit = audit;
        this.people = people;
        this.watch = watch;
    }

    /** Makes what the provider says now the only thing it says of this person. */
    void replace(Tx tx, PersonId person, Assertion said, ProviderTerms terms) {
        Set<String> groups = known(tx, said.groups(), terms.fills());
        Map<String, String> attributes = plain(said.attributes());
        if (groups.equals(groups(tx, person, said.source()))
                && attributes.equals(attributes(tx, person, said.source()))) {
            return;
        }
        watch.during(tx, person, () -> {
            members(tx, person, said.source(), groups);
            attributes(tx, person, said.source(), attributes);
        });
    }

    private void members(Tx tx, PersonId person, String source, Set<String> wanted) {
        Set<String> held = groups(tx, person, source);
        held.stream()
                .filter(group -> !wanted.contains(group))
                .forEach(group -> people.removeMember(tx, group, person, source));
        wanted.stream()
                .filter(group -> !held.contains(group))
                .forEach(group -> people.addMember(tx, group, person, source));
    }

    private void attributes(Tx tx, PersonId person, String source, Map<String, String> wanted) {
        Map<String, String> held = attributes(tx, person, source);
        if (wanted.equals(held)) {
            return;
        }
        tx.update("delete from person_attribute where person_id = ? and source = ?", person, source);
        wanted.forEach((name, value) -> tx.update(
                "insert into person_attribute (person_id, source, name, value) values (?, ?, ?, ?)",
                person,
                source,
                name,
                value));
        audit.record(
                tx,
                Event.of(IdentityEvent.ATTRIBUTES_CHANGED)
                        .data("person", person.value())
                        .data("source", source)
                        .data("names", List.copyOf(wanted.keySet()))
                        .personal("before", Json.text(held))
                        .personal("after", Json.text(wanted)));
    }

    /** Groups that exist and that this provider may fill; what set-up made only if the provider's document names it. */
    private static Set<String> known(Rx rx, List<String> groups, List<String> fills) {
        return new TreeSet<>(rx.list("""
                select name from person_group
                 where name = any(?) and case when cardinality(?::text[]) = 0 then managed_by <> ? else name = any(?::text[]) end
                """, row -> row.getString(1), groups, fills, SetUp.MANAGED_BY, fills));
    }

    private static Set<String> groups(Rx rx, PersonId person, String source) {
        return new TreeSet<>(rx.list("""
                select g.name from group_member m join person_group g on g.id = m.group_id
                 where m.person_id = ? and m.source = ?
                """, row -> row.getString(1), person, source));
    }

    private static Map<String, String> attributes(Rx rx, PersonId person, String source) {
        var attributes = new TreeMap<String, String>();
        rx.list(
                        "select name, value from person_attribute where person_id = ? and source = ?",
                        row -> Map.entry(row.getString("name"), row.getString("value")),
                        person,
                        source)
                .forEach(entry -> attributes.put(entry.getKey(), entry.getValue()));
        return attributes;
    }

    /** Without values that are no plain line of text. */
    private static Map<String, String> plain(Map<String, String> attributes) {
        var plain = new TreeMap<String, String>();
        attributes.forEach(
                (name, value) -> FreshName.line(value, 1, LONGEST_VALUE).ifPresent(line -> plain.put(name, line)));
        return plain;
    }
}
