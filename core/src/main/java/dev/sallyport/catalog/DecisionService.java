package dev.sallyport.catalog;

import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A program whose word stages of policies want, as its document says.
 *
 * @param ca the certificates (PEM) that its own must lead to, where not those that Java trusts
 * @param timeout for one attempt
 * @param attempts how often it is asked before it counts as silent
 * @param escalates whether others decide when it is silent; otherwise its silence denies
 */
public record DecisionService(
        String name, URI url, Optional<String> ca, Duration timeout, int attempts, boolean escalates) {
    public static final Duration TIMEOUT_MIN = Duration.ofSeconds(1);
    public static final Duration TIMEOUT_MAX = Duration.ofSeconds(30);
    public static final int ATTEMPTS_MAX = 10;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 3;

    public static Optional<DecisionService> named(Rx rx, String name) {
        return rx.one(
                "select name, spec from decision_service where name = ?",
                row -> of(row.getString("name"), Spec.of(row.getString("spec"))),
                name);
    }

    /** Those of these names that there are. */
    public static List<String> existing(Rx rx, Collection<String> names) {
        return rx.list(
                "select name from decision_service where name = any(?::text[])",
                row -> row.getString(1),
                List.copyOf(names));
    }

    private static DecisionService of(String name, Spec spec) {
        return new DecisionService(
                name,
                URI.create(spec.text("url", "")),
                spec.text("ca"),
                spec.text("timeout")
                        .map(text -> dev.sallyport.base.Durations.parse("timeout", text))
                        .orElse(TIMEOUT),
                spec.number("attempts", ATTEMPTS),
                spec.text("default", "deny").equals("escalate"));
    }
}
