package dev.sallyport.request;

import dev.sallyport.base.PersonId;
import java.util.Optional;

/**
 * Which requests a list shows; what is empty does not restrict.
 *
 * @param by the name of who asked
 * @param role the name of a role that is asked for, among others
 * @param target the same of a target
 */
public record RequestFilter(
        Optional<PersonId> requester,
        Optional<ItemState> state,
        Optional<String> by,
        Optional<String> role,
        Optional<String> target) {
    public static final RequestFilter ALL =
            new RequestFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public static RequestFilter of(PersonId requester) {
        return ALL.madeBy(requester);
    }

    /** The same, of those that this person made. */
    public RequestFilter madeBy(PersonId person) {
        return new RequestFilter(Optional.of(person), state, by, role, target);
    }
}
