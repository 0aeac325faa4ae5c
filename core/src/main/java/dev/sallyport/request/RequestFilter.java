package dev.sallyport.request;

import dev.sallyport.base.PersonId;
import java.util.Optional;

/** Which requests a list shows; what is empty does not restrict. */
public record RequestFilter(Optional<PersonId> requester, Optional<ItemState> state) {
    public static RequestFilter of(PersonId requester) {
        return new RequestFilter(Optional.of(requester), Optional.empty());
    }
}
