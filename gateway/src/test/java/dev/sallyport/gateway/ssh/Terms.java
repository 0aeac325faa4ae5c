package dev.sallyport.gateway.ssh;

import dev.sallyport.spi.gateway.SessionTerms;
import dev.sallyport.spi.gateway.SessionTerms.Ability;
import dev.sallyport.spi.gateway.SessionTerms.CommandRule;
import dev.sallyport.spi.gateway.SessionTerms.Recording;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Terms to begin with, and one thing about them changed. */
final class Terms {
    private Terms() {}

    static SessionTerms of(Ability... more) {
        var abilities = new java.util.HashSet<>(Set.of(Ability.TERMINAL, Ability.FILES));
        abilities.addAll(List.of(more));
        return new SessionTerms(
                Recording.STRICT,
                false,
                more.length > 0,
                abilities,
                Duration.ofMinutes(10),
                Duration.ofHours(1),
                Duration.ofSeconds(30),
                List.of("LANG", "LC_*"),
                List.of(),
                List.of());
    }

    static SessionTerms without(Ability ability) {
        var terms = of();
        var abilities = new java.util.HashSet<>(terms.abilities());
        abilities.remove(ability);
        return copy(
                terms, terms.recording(), terms.supervised(), abilities, terms.idle(), terms.grace(), terms.rules());
    }

    static SessionTerms recording(Recording mode) {
        var terms = of();
        return copy(terms, mode, false, terms.abilities(), terms.idle(), terms.grace(), terms.rules());
    }

    static SessionTerms supervised() {
        var terms = of();
        return copy(terms, terms.recording(), true, terms.abilities(), terms.idle(), terms.grace(), terms.rules());
    }

    static SessionTerms idle(Duration idle) {
        var terms = of();
        return copy(terms, terms.recording(), false, terms.abilities(), idle, terms.grace(), terms.rules());
    }

    static SessionTerms grace(Duration grace) {
        var terms = of();
        return copy(terms, terms.recording(), false, terms.abilities(), terms.idle(), grace, terms.rules());
    }

    static SessionTerms rules(CommandRule... rules) {
        var terms = of();
        return copy(terms, terms.recording(), false, terms.abilities(), terms.idle(), terms.grace(), List.of(rules));
    }

    private static SessionTerms copy(
            SessionTerms terms,
            Recording recording,
            boolean supervised,
            Set<Ability> abilities,
            Duration idle,
            Duration grace,
            List<CommandRule> rules) {
        return new SessionTerms(
                recording,
                supervised,
                terms.opaque(),
                abilities,
                idle,
                terms.longest(),
                grace,
                terms.environment(),
                rules,
                terms.redacted());
    }
}
