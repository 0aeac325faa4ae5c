package dev.sallyport.gateway.ssh;

import dev.sallyport.spi.gateway.SessionTerms;
import dev.sallyport.spi.gateway.SessionTerms.Ability;
import dev.sallyport.spi.gateway.SessionTerms.Recording;
import java.util.List;

/** What the terms of a session let pass. */
final class Permissions {
    private Permissions() {}

    /** Forwarding needs its ability, and where recording is strict also leave to pass what cannot be read. */
    static boolean allows(SessionTerms terms, Ability ability) {
        return switch (ability) {
            case TERMINAL, FILES -> terms.abilities().contains(ability);
            case LOCAL_FORWARDING, REMOTE_FORWARDING, AGENT_FORWARDING, X11_FORWARDING ->
                terms.abilities().contains(ability) && allowsOpaque(terms);
        };
    }

    static boolean allowsOpaque(SessionTerms terms) {
        return terms.opaque() || terms.recording() != Recording.STRICT;
    }

    /** Whether a client may set this variable: by its name, or by what it begins with. */
    static boolean allowsVariable(List<String> names, String variable) {
        return names.stream()
                .anyMatch(name -> name.endsWith("*")
                        ? variable.startsWith(name.substring(0, name.length() - 1))
                        : variable.equals(name));
    }
}
