package dev.sallyport.session;

import dev.sallyport.grant.Terms;
import dev.sallyport.policy.SessionObligations;
import dev.sallyport.spi.gateway.SessionTerms;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The terms of a grant in the words of gateways. */
final class StoredTerms {
    private StoredTerms() {}

    static SessionTerms session(Terms terms) {
        SessionObligations session = terms.session();
        return new SessionTerms(
                switch (session.recording()) {
                    case STRICT -> SessionTerms.Recording.STRICT;
                    case BEST_EFFORT -> SessionTerms.Recording.BEST_EFFORT;
                    case OFF -> SessionTerms.Recording.OFF;
                },
                session.supervised(),
                session.opaque(),
                abilities(terms),
                session.idle(),
                session.longest(),
                session.grace(),
                session.environment(),
                session.commands().stream()
                        .map(rule -> new SessionTerms.CommandRule(
                                rule.pattern(),
                                rule.blocks() ? SessionTerms.Act.BLOCK : SessionTerms.Act.ALERT,
                                rule.message()))
                        .toList(),
                session.redact());
    }

    private static Set<SessionTerms.Ability> abilities(Terms terms) {
        List<String> extensions = terms.extensions();
        var abilities = EnumSet.noneOf(SessionTerms.Ability.class);
        if (extensions.contains("permit-pty")) {
            abilities.add(SessionTerms.Ability.TERMINAL);
        }
        if (extensions.contains("permit-port-forwarding")) {
            abilities.add(SessionTerms.Ability.LOCAL_FORWARDING);
        }
        if (terms.session().remoteForwarding()) {
            abilities.add(SessionTerms.Ability.REMOTE_FORWARDING);
        }
        if (extensions.contains("permit-agent-forwarding")) {
            abilities.add(SessionTerms.Ability.AGENT_FORWARDING);
        }
        if (extensions.contains("permit-X11-forwarding")) {
            abilities.add(SessionTerms.Ability.X11_FORWARDING);
        }
        if (terms.session().files()) {
            abilities.add(SessionTerms.Ability.FILES);
        }
        return abilities;
    }

    /** What the certificate that the gateway shows to the target must allow for these. */
    static List<String> extensions(Terms terms) {
        if (!terms.session().remoteForwarding() || terms.extensions().contains("permit-port-forwarding")) {
            return terms.extensions();
        }
        return java.util.stream.Stream.concat(
                        terms.extensions().stream(), java.util.stream.Stream.of("permit-port-forwarding"))
                .toList();
    }
}
