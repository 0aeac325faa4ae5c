package dev.sallyport.session;

import static dev.sallyport.session.GatewayWorld.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Labels;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.SessionId;
import dev.sallyport.database.Json;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.spi.gateway.Answer;
import dev.sallyport.spi.gateway.Destination;
import dev.sallyport.spi.gateway.Evidence;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Getting in without a certificate: a link, a sign-in, and a code typed back into the terminal. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SignInLinksTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final GatewayWorld g = new GatewayWorld();

    @BeforeAll
    void things() {
        for (String name : new String[] {"web-1", "core-1"}) {
            g.world.target(name, Map.of("tier", "web"));
        }
        g.world.arrange(tx -> tx.update(
                "update target set spec = ?::jsonb where name = 'core-1'",
                Json.text(Map.of("criticality", "critical", "address", Map.of("host", "127.0.0.1")))));
        g.world.eligible(
                g.world.role("boxed", 0, Map.of("maxDuration", "8h"), Map.of("access", "gateway")), "developers");
    }

    @AfterAll
    void close() {
        g.close();
    }

    private PersonId dev(String name, String target) {
        PersonId dev = g.world.person(name, "developers");
        g.world.grant(dev, "boxed", target, HOUR);
        return dev;
    }

    private String link(Destination destination) {
        if (g.plane.authorize(Evidence.NONE, destination) instanceof Answer.SignIn(String link, String url, var _)) {
            assertThat(url).isEqualTo("https://localhost:8443/ssh/" + link);
            return link;
        }
        throw new AssertionError();
    }

    private static Evidence typed(String link, String code) {
        return new Evidence(Optional.empty(), Optional.of(new Evidence.LinkAnswer(link, code)));
    }

    private static Destination from(String address, String target) {
        return new Destination(target, Optional.of("ops"), address, "SSH-2.0-x");
    }

    private Answer authorize(Evidence evidence, Destination destination) {
        return g.plane.authorize(evidence, destination);
    }

    private static String denied(Answer answer) {
        return answer instanceof Answer.Denied(String code, String _) ? code : answer.toString();
    }

    @Test
    void theCodeOfThePageLetsTheTerminalIn() {
        PersonId dev = dev("dev-link", "web-1");
        Destination there = from("198.51.100.1", "web-1");
        String link = link(there);

        assertThat(g.links.show(link).clientAddress()).isEqualTo("198.51.100.1");
        String code = g.links.answer(g.world.actor(dev), dev, link);

        assertThat(authorize(typed(link, code.toLowerCase(java.util.Locale.ROOT)), there))
                .isInstanceOfSatisfying(Answer.Permitted.class, answer -> {
                    assertThat(answer.permit().person()).isEqualTo("dev-link");
                    g.open(answer.permit().id(), SessionId.next());
                });
        assertThat(denied(authorize(typed(link, code), there))).isEqualTo("sign-in.wrong-code");
    }

    @Test
    void aLinkIsAnsweredOnceAndExpires() {
        PersonId dev = dev("dev-once", "web-1");
        PersonId other = g.world.person("dev-second", "developers");
        String link = link(from("198.51.100.2", "web-1"));
        g.links.answer(g.world.actor(dev), dev, link);

        unknown(() -> g.links.answer(g.world.actor(other), other, link));
        unknown(() -> g.links.show("nosuchlink"));
    }

    private static void unknown(Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("sign-in.link-unknown"));
    }

    @Test
    void aCodeTypedElsewhereIsWrong() {
        PersonId dev = dev("dev-elsewhere", "web-1");
        Destination there = from("198.51.100.3", "web-1");
        String link = link(there);
        String code = g.links.answer(g.world.actor(dev), dev, link);

        assertThat(denied(authorize(typed(link, code), from("203.0.113.9", "web-1"))))
                .isEqualTo("sign-in.wrong-code");
        assertThat(denied(authorize(typed(link, code), from("198.51.100.3", "core-1"))))
                .isEqualTo("sign-in.wrong-code");
        assertThat(authorize(typed(link, code), there)).isInstanceOf(Answer.Permitted.class);
    }

    @Test
    void guessesKillTheLink() {
        PersonId dev = dev("dev-guessed", "web-1");
        Destination there = from("198.51.100.4", "web-1");
        String link = link(there);
        String code = g.links.answer(g.world.actor(dev), dev, link);

        for (int i = 0; i < SignInLinks.GUESSES; i++) {
            assertThat(denied(authorize(typed(link, "BBBB-BBBB"), there))).isEqualTo("sign-in.wrong-code");
        }

        assertThat(denied(authorize(typed(link, code), there))).isEqualTo("sign-in.wrong-code");
    }

    @Test
    void criticalTargetsAreNotReachedByALink() {
        PersonId dev = dev("dev-critical", "core-1");
        Destination there = from("198.51.100.5", "core-1");
        String link = link(there);
        String code = g.links.answer(g.world.actor(dev), dev, link);

        assertThat(denied(authorize(typed(link, code), there))).isEqualTo("sign-in.link-not-enough");
        assertThat(authorize(g.certified(dev, "ops@core-1"), to("ops", "core-1")))
                .isInstanceOf(Answer.Permitted.class);
    }

    @Test
    void aKeyProvedInThatHandshakeNeedsNoLinkFromTheSameAddress() {
        PersonId dev = dev("dev-key", "web-1");
        Destination there = from("198.51.100.6", "web-1");
        SshKeyPair pair = GatewayWorld.pair();
        Evidence handshake = GatewayWorld.plain(pair, "ops@web-1", g.sessionId());
        String link = ((Answer.SignIn) authorize(handshake, there)).link();
        String code = g.links.answer(g.world.actor(dev), dev, link);
        var both = new Evidence(handshake.handshake(), Optional.of(new Evidence.LinkAnswer(link, code)));
        assertThat(authorize(both, there)).isInstanceOf(Answer.Permitted.class);

        Evidence later = GatewayWorld.plain(pair, "ops@web-1", g.sessionId());
        Evidence elsewhere = GatewayWorld.plain(pair, "ops@web-1", g.sessionId());
        Evidence another = GatewayWorld.plain(GatewayWorld.pair(), "ops@web-1", g.sessionId());

        assertThat(authorize(later, there)).isInstanceOf(Answer.Permitted.class);
        assertThat(authorize(elsewhere, from("203.0.113.8", "web-1"))).isInstanceOf(Answer.SignIn.class);
        assertThat(authorize(another, there)).isInstanceOf(Answer.SignIn.class);
        Evidence stolen = GatewayWorld.plain(pair, "ops@web-1", g.sessionId());
        assertThat(g.sessions
                        .controlPlane(g.gateways.builtIn("another", Labels.NONE))
                        .authorize(stolen, there))
                .isInstanceOf(Answer.SignIn.class);
    }

    /** Whoever holds the gateway could show a key of their own beside somebody's code. */
    @Test
    void aKeyThatWasNotInTheHandshakeOfTheLinkIsNotRemembered() {
        PersonId dev = dev("dev-other-key", "web-1");
        Destination there = from("198.51.100.16", "web-1");
        Evidence handshake = GatewayWorld.plain(GatewayWorld.pair(), "ops@web-1", g.sessionId());
        String link = ((Answer.SignIn) authorize(handshake, there)).link();
        String code = g.links.answer(g.world.actor(dev), dev, link);
        SshKeyPair own = GatewayWorld.pair();
        Evidence swapped = GatewayWorld.plain(own, "ops@web-1", g.sessionId());

        authorize(new Evidence(swapped.handshake(), Optional.of(new Evidence.LinkAnswer(link, code))), there);

        assertThat(authorize(GatewayWorld.plain(own, "ops@web-1", g.sessionId()), there))
                .isInstanceOf(Answer.SignIn.class);
    }

    @Test
    void oneAddressHasOnlySoManyLinksOpen() {
        Destination there = from("198.51.100.7", "web-1");
        for (int i = 0; i < SignInLinks.OPEN_MAX; i++) {
            link(there);
        }

        assertThat(denied(authorize(Evidence.NONE, there))).isEqualTo("sign-in.too-many-links");
    }
}
