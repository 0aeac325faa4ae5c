package dev.sallyport.decision;

import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.policy.code.Ruling;
import dev.sallyport.policy.code.Stage;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether there are enough people to give the words that a ruling wants. */
public final class Words {
    private Words() {}

    /** Why there are not, stage by stage and altogether; one person gives one word. */
    public static Optional<String> missing(Rx rx, Ruling ruling, Person asker, Target target) {
        List<String> groups = Directory.groups(rx, asker.id());
        Set<String> all = new HashSet<>();
        int needed = 0;
        for (Stage stage : ruling.stages()) {
            boolean without = stage.by().webhook().isPresent()
                    || stage.fallback()
                            .filter(fallback -> fallback.groups().stream().anyMatch(groups::contains))
                            .isPresent();
            if (without) {
                continue;
            }
            Set<String> words = words(rx, stage.by(), asker, target);
            stage.escalateTo().ifPresent(others -> words.addAll(words(rx, others, asker, target)));
            needed += stage.count();
            all.addAll(words);
            // one person gives one word
            if (words.size() < stage.count() || all.size() < needed) {
                return Optional.of("needs " + stage.shown() + ", and besides them there "
                        + (words.size() == 1 ? "is one person" : "are " + words.size() + " people")
                        + " who could give it");
            }
        }
        return Optional.empty();
    }

    /** Everybody but the asker who could speak for a stage. */
    private static Set<String> words(Rx rx, Stage.Approvers by, Person asker, Target target) {
        Named named = Named.of(rx, by, asker, target);
        return new HashSet<>(rx.list("""
                select p.id from person p
                 where p.id <> ? and p.state = 'active' and p.quarantined_at is null
                   and (p.name = any(?::text[]) or exists (
                        select 1 from group_member m join person_group g on g.id = m.group_id
                         where m.person_id = p.id and g.name = any(?::text[])))
                """, row -> row.getString(1), asker.id(), named.people(), named.groups()));
    }
}
