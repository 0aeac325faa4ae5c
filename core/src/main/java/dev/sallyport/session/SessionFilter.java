package dev.sallyport.session;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import java.util.Optional;

/** Which sessions a list shows; what is empty does not restrict. */
public record SessionFilter(
        Optional<PersonId> person,
        Optional<String> personName,
        Optional<String> target,
        Optional<GrantId> grant,
        boolean live) {}
