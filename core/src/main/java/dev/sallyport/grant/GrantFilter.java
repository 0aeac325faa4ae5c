package dev.sallyport.grant;

import dev.sallyport.base.PersonId;
import java.util.Optional;

/** Which grants a list shows; what is empty does not restrict. */
public record GrantFilter(
        Optional<PersonId> person,
        Optional<String> personName,
        Optional<String> target,
        Optional<String> role,
        Optional<GrantState> state) {
    public static final GrantFilter ALL =
            new GrantFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public static GrantFilter of(PersonId person) {
        return new GrantFilter(
                Optional.of(person), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
