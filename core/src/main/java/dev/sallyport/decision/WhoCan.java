package dev.sallyport.decision;

import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.identity.Directory;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Ruling;
import java.util.stream.Stream;

/** Who may ask for a role on a target, and what a set would say to each who asks rightly. */
public final class WhoCan {
    private WhoCan() {}

    /** What somebody would be told. */
    public record Could(String person, Ruling ruling) {}

    /** One after the other, judged when it is looked at. */
    public static Stream<Could> get(Rx rx, PolicySet set, Role role, Target target) {
        return Catalog.eligible(rx, role, target).stream().map(person -> {
            var asked = new Asked(
                    Action.REQUEST,
                    person,
                    Directory.groups(rx, person.id()),
                    true,
                    role,
                    target,
                    Asked.Wish.of(role.rule().maxDuration(), "as asked"));
            return new Could(person.name(), set.offer(asked.question(), role.rule(), rx.now()));
        });
    }
}
