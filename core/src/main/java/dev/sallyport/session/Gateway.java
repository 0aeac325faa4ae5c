package dev.sallyport.session;

import dev.sallyport.base.Labels;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Actor;
import java.time.Instant;
import java.util.Optional;

/**
 * A gateway, as the control plane knows it.
 *
 * @param labels it reaches only targets that carry all of these
 * @param builtIn whether it runs inside a server
 */
public record Gateway(String id, String name, Labels labels, boolean builtIn, Optional<Instant> seenAt) {
    public static final String PREFIX = "gtw_";

    boolean reaches(Target target) {
        return reaches(labels, target);
    }

    static boolean reaches(Labels labels, Target target) {
        return target.type().equals(Target.SSH) && target.labels().matches(labels);
    }

    Actor actor() {
        return new Actor(null, null, "gateway/" + name, null, null);
    }
}
