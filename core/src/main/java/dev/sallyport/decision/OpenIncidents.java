package dev.sallyport.decision;

import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.identity.Person;
import java.util.List;
import java.util.Map;

/** Which incidents are open. Implemented by the feature that keeps them, which stands behind decisions. */
@FunctionalInterface
public interface OpenIncidents {
    /** Where nothing keeps incidents. */
    OpenIncidents NONE = _ -> new Now() {
        @Override
        public boolean isAny() {
            return false;
        }

        @Override
        public List<Map<String, Object>> facts(Person person, Target target) {
            return List.of();
        }
    };

    /** Those of this moment. */
    Now now(Rx rx);

    /** The incidents of one moment. */
    interface Now {
        boolean isAny();

        /** As facts of a decision about this person there: {@code context.incidents}. */
        List<Map<String, Object>> facts(Person person, Target target);
    }
}
