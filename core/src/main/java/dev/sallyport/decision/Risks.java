package dev.sallyport.decision;

import dev.sallyport.database.Rx;
import dev.sallyport.identity.Person;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Knows how unusual it is what somebody asks; implemented by what looks at histories. */
@FunctionalInterface
public interface Risks {
    /** Nobody looks: no risk is known. */
    Risks UNKNOWN = (_, _, _) -> _ -> Optional.empty();

    /** What is known of the person, read once; it then scores whatever they ask in this transaction. */
    Function<Asked, Optional<RiskScore>> of(Rx rx, Person person, List<String> groups);
}
