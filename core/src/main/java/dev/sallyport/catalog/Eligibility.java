package dev.sallyport.catalog;

import dev.sallyport.base.RoleId;
import dev.sallyport.database.Spec;
import dev.sallyport.identity.Person;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/** Who may ask for a role, where, and between when. */
public record Eligibility(String id, String name, RoleId role, Spec spec, String managedBy, long version) {

    /** Whether this person, a member of these groups, may ask for the role on the target now. */
    public boolean allows(Person person, Collection<String> groups, Target target, Instant now) {
        return isRunning(now) && names(person, groups) && reaches(target);
    }

    /** Which of the role's targets it is for; nothing for all of them. */
    Optional<TargetSelector> targets() {
        return spec.has("targets") ? Optional.of(TargetSelector.of(spec.at("targets"))) : Optional.empty();
    }

    /** Whether it is for this target, among others. */
    boolean reaches(Target target) {
        return targets().map(selector -> selector.matches(target)).orElse(true);
    }

    boolean isRunning(Instant now) {
        Optional<Instant> from = spec.text("from").map(Instant::parse);
        Optional<Instant> until = spec.text("until").map(Instant::parse);
        return from.map(start -> !now.isBefore(start)).orElse(true)
                && until.map(now::isBefore).orElse(true);
    }

    /** Any of: named, in one of the groups, or carrying all the attributes (when some are named). */
    boolean names(Person person, Collection<String> groups) {
        Spec subjects = spec.at("subjects");
        var attributes = subjects.pairs("attributes");
        return subjects.texts("people").contains(person.name())
                || subjects.texts("groups").stream().anyMatch(groups::contains)
                || !attributes.isEmpty() && person.attributes().entrySet().containsAll(attributes.entrySet());
    }
}
