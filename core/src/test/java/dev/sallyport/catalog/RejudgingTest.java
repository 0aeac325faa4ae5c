package dev.sallyport.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.World;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.identity.Assertion;
import dev.sallyport.identity.Passwords;
import dev.sallyport.identity.People;
import dev.sallyport.identity.ProviderSignIn;
import dev.sallyport.identity.ProviderTerms;
import dev.sallyport.identity.Quarantine;
import dev.sallyport.identity.Sessions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RejudgingTest {
    private static final String ISSUER = "https://id.example.org";

    private static Assertion says(String... groups) {
        return new Assertion(
                "corp",
                ISSUER,
                "sub-kim",
                Optional.of("kim"),
                Optional.empty(),
                Optional.empty(),
                List.of(groups),
                Map.of(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void aGrantEndsWithTheGroupItRestedOnAndLastsWhileAnySourceSaysSo() {
        try (var world = new World()) {
            var sessions = new Sessions(world.audit);
            var quarantine = new Quarantine(world.audit, sessions, List.of(world.grants));
            var people = new People(world.audit, new Passwords(), sessions, quarantine);
            var signIn = new ProviderSignIn(world.database, world.audit, people, new Rejudging(world.grants));
            var terms = new ProviderTerms(true, List.of());
            world.person("lea", "devs", "ops");
            world.target("web-1", Map.of("tier", "web"));
            world.eligible(world.role("deploy", 0), "devs");
            world.eligible(world.role("debug", 0), "ops");
            PersonId kim =
                    signIn.signIn(says("devs", "ops"), terms, "192.0.2.1").person();
            GrantId deploy = world.grant(kim, "deploy", "web-1", Duration.ofHours(1));
            GrantId debug = world.grant(kim, "debug", "web-1", Duration.ofHours(1));
            world.arrange(tx -> people.addMember(tx, "ops", kim, "file/person"));

            signIn.signIn(says(), terms, "192.0.2.1");

            assertThat(state(world, deploy)).isIn("ending", "ended");
            assertThat(state(world, debug)).isEqualTo("active");
        }
    }

    private static String state(World world, GrantId grant) {
        return world.database
                .read(rx -> rx.one("select state from access_grant where id = ?", row -> row.getString(1), grant))
                .orElseThrow();
    }
}
