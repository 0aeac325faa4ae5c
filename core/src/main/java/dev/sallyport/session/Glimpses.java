package dev.sallyport.session;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.SessionId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Who has looked at what a session does, so that a list that shows itself anew every few seconds is one event and not many. */
final class Glimpses {
    /** How long a look lasts. */
    static final Duration LOOK = Duration.ofHours(1);

    private static final int MOST = 10_000;

    private record Look(PersonId viewer, SessionId session) {}

    private final SequencedMap<Look, Long> looks = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Look, Long> eldest) {
            return size() > MOST;
        }
    };

    /** Whether this look is the first in a while. */
    synchronized boolean isNew(PersonId viewer, SessionId session) {
        Long last = looks.get(new Look(viewer, session));
        return last == null || System.nanoTime() - last >= LOOK.toNanos();
    }

    /** The event about it is written. */
    synchronized void noted(PersonId viewer, SessionId session) {
        looks.putLast(new Look(viewer, session), System.nanoTime());
    }
}
