package dev.sallyport.identity;

import dev.sallyport.base.Names;
import dev.sallyport.base.Text;
import java.util.Map;
import java.util.Optional;

/** What is said of a person by whoever manages them; checks itself. */
public record NewPerson(
        String name, String displayName, Optional<String> email, Map<String, String> attributes, String managedBy) {
    private static final int LONGEST_NAME = 120;
    private static final int LONGEST_EMAIL = 254;

    public NewPerson {
        Names.check("name", name);
        displayName = Text.line("displayName", displayName, 1, LONGEST_NAME);
        email = email.map(address -> Text.line("email", address, 3, LONGEST_EMAIL));
        attributes = Map.copyOf(attributes);
    }
}
