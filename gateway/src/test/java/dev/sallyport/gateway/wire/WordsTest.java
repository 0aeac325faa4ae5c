package dev.sallyport.gateway.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Bytes;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
import dev.sallyport.spi.gateway.Answer;
import dev.sallyport.spi.gateway.Asked;
import dev.sallyport.spi.gateway.Destination;
import dev.sallyport.spi.gateway.Evidence;
import dev.sallyport.spi.gateway.FeedPage;
import dev.sallyport.spi.gateway.Opened;
import dev.sallyport.spi.gateway.Order;
import dev.sallyport.spi.gateway.Permit;
import dev.sallyport.spi.gateway.PermitId;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.SessionTerms;
import dev.sallyport.spi.gateway.SessionTerms.Ability;
import dev.sallyport.spi.gateway.SessionTerms.Act;
import dev.sallyport.spi.gateway.SessionTerms.CommandRule;
import dev.sallyport.spi.gateway.SessionTerms.Recording;
import dev.sallyport.spi.gateway.TargetAccess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WordsTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00.123456Z");

    @Test
    void everythingComesBackAsItWas() {
        for (Object value : List.of(permitted(), evidence(), opened(), page())) {
            assertThat(Words.read(kind(value), Words.write(value))).isEqualTo(value);
        }
    }

    @Test
    void eachAlternativeComesBackAsItself() {
        var session = SessionId.next();
        var orders = List.of(
                new Order(1, session, new Order.Kill("sec", "why \"not\"\n\u001b")),
                new Order(2, session, new Order.Watch("sec", Duration.ofSeconds(30), false)),
                new Order(3, session, new Order.Pause("sec")));
        var report = new Report(1L << 52, NOW, session, new Report.Command(2, "ls \uD83D\uDE00", true, null));
        var stored = new Report(
                2, NOW, session, new Report.RecordingStored("complete", "there", 1, 2, 3, "ab", List.of("gap")));
        var supervised = new Report(3, NOW, session, new Report.Supervised("watched", Map.of("by", "sec")));

        assertThat(Words.readList(Order.class, Words.write(orders))).isEqualTo(orders);
        for (Report told : List.of(report, stored, supervised)) {
            assertThat(Words.read(Report.class, Words.write(told))).isEqualTo(told);
        }
    }

    @Test
    void whatIsNotKnownIsPassedOver() {
        assertThat(Words.read(FeedPage.class, "{\"head\":3,\"entries\":[],\"later\":{\"x\":[1]}}"))
                .isEqualTo(new FeedPage(3, List.of()));
    }

    @Test
    void whatIsMissingIsRefused() {
        assertThatThrownBy(() -> Words.read(FeedPage.class, "{\"entries\":[]}"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("FeedPage.head");
        assertThatThrownBy(() -> Words.read(Answer.class, "{\"is\":\"Denied\",\"code\":\"x\"}"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("sentence");
    }

    @Test
    void anUnknownAlternativeIsRefused() {
        assertThatThrownBy(() -> Words.read(Answer.class, "{\"is\":\"Anything\"}"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("the name of an alternative");
    }

    @Test
    void brokenTextIsRefusedAndNeverAFault() {
        var random = new Random(1);
        String good = Words.write(permitted());
        for (int round = 0; round < 20_000; round++) {
            var text = new StringBuilder(good);
            for (int change = random.nextInt(3); change >= 0; change--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, "{}[]\",:0e\\".charAt(random.nextInt(10)));
                    default -> text.setCharAt(at, (char) random.nextInt(300));
                }
            }
            try {
                Words.read(Answer.class, text.toString());
            } catch (Refusal e) {
                assertThat(e.code()).startsWith("input.");
            }
        }
    }

    private static Class<?> kind(Object value) {
        return value instanceof Answer ? Answer.class : value.getClass();
    }

    private static Answer permitted() {
        return new Answer.Permitted(new Permit(
                PermitId.next(),
                "dev",
                GrantId.next(),
                RequestId.next(),
                "operator",
                "web-1",
                "deploy",
                NOW,
                42,
                new SessionTerms(
                        Recording.STRICT,
                        true,
                        false,
                        Set.of(Ability.TERMINAL, Ability.FILES),
                        Duration.ofMinutes(5),
                        Duration.ofHours(1),
                        Duration.ZERO,
                        List.of("LC_*"),
                        List.of(new CommandRule("rm -rf", Act.BLOCK, "no")),
                        List.of("token=\\S+")),
                new TargetAccess("h", 22, List.of("web-1 x"), true, TargetAccess.Credential.PASSWORD)));
    }

    private static WireBodies.Authorize evidence() {
        return new WireBodies.Authorize(
                new Evidence(
                        Optional.of(new Evidence.Handshake(
                                Bytes.of(new byte[] {1, -1}),
                                "a@b",
                                "ssh-ed25519",
                                Bytes.of(new byte[0]),
                                Bytes.of(new byte[] {3}))),
                        Optional.empty()),
                new Destination("web-1", Optional.of("deploy"), "127.0.0.1", "SSH-2.0-x"));
    }

    private static Opened opened() {
        return new Opened("k", Bytes.of(new byte[32]), List.of(Secret.of("s\u00e9cret")), NOW);
    }

    private static FeedPage page() {
        return new FeedPage(9, List.of(new FeedPage.Entry(9, "GRANT_ENDED", "grt_x", NOW)));
    }

    @Test
    void anAnswerToAskingComesBackAsItWas() {
        var asked = new Asked(RequestId.next(), Asked.State.WAITING, "req_… waits");

        assertThat(Words.read(Asked.class, Words.write(asked))).isEqualTo(asked);
    }
}
