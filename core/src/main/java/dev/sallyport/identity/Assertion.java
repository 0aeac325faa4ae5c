package dev.sallyport.identity;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a provider said of somebody who signed in there, its signature checked and its claims mapped.
 *
 * @param provider the name of the provider's document
 * @param issuer with the subject, the only thing that says who it is
 * @param name what a new person would like to be called
 * @param email for people to read; it proves nothing and finds nobody
 * @param groups names of groups as the provider says them; only those that exist here count
 * @param amr how the provider says the person proved who they are, if it says
 */
public record Assertion(
        String provider,
        String issuer,
        String subject,
        Optional<String> name,
        Optional<String> displayName,
        Optional<String> email,
        List<String> groups,
        Map<String, String> attributes,
        List<String> amr,
        Optional<String> acr,
        Optional<Instant> authTime) {
    public Assertion {
        groups = List.copyOf(groups);
        attributes = Map.copyOf(attributes);
        amr = List.copyOf(amr);
    }

    /** Under which memberships and attributes from this provider are kept. */
    public static String source(String provider) {
        return "oidc:" + provider;
    }

    String source() {
        return source(provider);
    }
}
