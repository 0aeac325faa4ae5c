package dev.sallyport.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Labels;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.database.Actor;
import dev.sallyport.identity.UnspentProof;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** SE1, OP3: which gateways people are sent to. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WaysTest {
    private static final Ways.Way HERE = new Ways.Way("here", Labels.NONE, "pam.example.org", 2222, true);

    private final GatewayWorld g = new GatewayWorld();
    private final RemoteGateways remotes = new RemoteGateways(g.world.database, g.world.audit);

    @BeforeAll
    void things() {
        g.world.target("eu-1", Map.of("tier", "web", "region", "eu", "zone", "eu-a"));
        g.world.target("us-1", Map.of("tier", "web", "region", "us"));
        g.world.eligible(
                g.world.role("away", 0, Map.of("maxDuration", "8h"), Map.of("access", "gateway")), "developers");
    }

    @AfterAll
    void close() {
        g.close();
    }

    @Test
    void theGatewayWithMostLabelsOfTheTargetComesFirstAndTheServersOwnBeforeOthersAsFar() {
        enrolled("eu", Map.of("region", "eu"));
        enrolled("eu-a", Map.of("region", "eu", "zone", "eu-a"));
        enrolled("everywhere", Map.of());
        PersonId dev = holder("ana", "eu-1", "us-1");

        assertThat(ways(dev, "eu-1", Optional.of(HERE))).containsExactly("eu-a", "eu", "here", "everywhere");
        assertThat(ways(dev, "us-1", Optional.of(HERE))).containsExactly("here", "everywhere");
        assertThat(held(dev, "eu-1", Optional.of(HERE)).ways().getFirst())
                .extracting(Ways.Way::address, Ways.Way::port)
                .containsExactly("eu-a.example.org", 2022);
        g.world.later(Ways.HEARD_WITHIN.plusSeconds(1));
        assertThat(ways(dev, "eu-1", Optional.of(HERE)))
                .as("nothing was heard of the others")
                .containsExactly("here");
        assertThatThrownBy(() -> ways(dev, "eu-1", Optional.empty()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("eu-1: no gateway reaches it now");
    }

    @Test
    void aGatewayThatIsWithdrawnOrHasNotComeYetIsNotOffered() {
        enrolled("withdrawn", Map.of("region", "us"));
        remotes.withdraw(Actor.system("test"), "withdrawn");
        remotes.prepare(Actor.system("test"), "waits", new Labels(Map.of("region", "us")), "waits.example.org", 2022);
        PersonId dev = holder("ben", "us-1");

        assertThat(ways(dev, "us-1", Optional.of(HERE))).contains("here").doesNotContain("withdrawn", "waits");
    }

    @Test
    void aGatewayOfTheServerThatIsKeptToItsLabelsIsNotOfferedForOthers() {
        var kept = new Ways.Way("here", new Labels(Map.of("region", "eu")), "pam.example.org", 2222, true);

        assertThat(reached("eu-1", kept)).contains("here");
        assertThat(reached("us-1", kept)).doesNotContain("here");
    }

    @Test
    void portsThatAreNoneAreRefused() {
        assertThatThrownBy(() -> remotes.prepare(Actor.system("test"), "far", Labels.NONE, "far.example.org", 65_536))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("port: 65536 (expected: 1 to 65535)");
    }

    private List<String> reached(String target, Ways.Way here) {
        return g.world.database.read(rx ->
                Ways.to(rx, Catalog.target(rx, target).orElseThrow(), Optional.of(here)).stream()
                        .map(Ways.Way::gateway)
                        .toList());
    }

    private PersonId holder(String name, String... targets) {
        PersonId dev = g.world.person(name, "developers");
        for (String target : targets) {
            g.world.grant(dev, "away", target, Duration.ofHours(1));
        }
        return dev;
    }

    private List<String> ways(PersonId person, String target, Optional<Ways.Way> here) {
        return held(person, target, here).ways().stream().map(Ways.Way::gateway).toList();
    }

    private GatewayCertificates.IssuedFor held(PersonId person, String target, Optional<Ways.Way> here) {
        return g.certificates
                .issueFor(
                        g.world.actor(person),
                        person,
                        new GatewayCertificates.Ask(
                                target, Optional.empty(), Optional.empty(), GatewayWorld.key(), here, Optional.empty()),
                        UnspentProof.none())
                .orElseThrow();
    }

    private void enrolled(String name, Map<String, String> labels) {
        var token = remotes.prepare(Actor.system("test"), name, new Labels(labels), name + ".example.org", 2022);
        remotes.enrol("192.0.2.9", token.token(), name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
