package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Order;
import dev.sallyport.database.Slice;
import dev.sallyport.formats.audit.Commitment;
import dev.sallyport.formats.audit.LeafHash;
import dev.sallyport.formats.json.CanonicalJson;
import dev.sallyport.request.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** AU1, AU3: what an event holds, that its bytes are exact, and that it can be found. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditTest {
    private final World world = new World();
    private final PersonId dev = world.person("dev", "developers");

    @BeforeAll
    void things() {
        world.target("web-1", Map.of("tier", "web"));
        world.eligible(world.role("read", 0), "developers");
    }

    @AfterAll
    void close() {
        world.close();
    }

    private List<RecordedEvent> eventsOf(Request request) {
        return world.database.read(
                rx -> AuditSearch.page(rx, AuditFilter.ofRequest(request.id().value()), Slice.newest(50)));
    }

    private List<RecordedEvent> tail(String after) {
        return world.database.read(rx -> AuditSearch.tail(rx, after, 50));
    }

    @Test
    void anEventSaysWhoWhatWhenAndFromWhere() {
        Request request = world.ask(dev, "read", "web-1", Duration.ofHours(1));

        RecordedEvent created = eventsOf(request).getLast();

        assertThat(created.activity()).isEqualTo("request.created");
        assertThat(created.className()).isEqualTo("user_access_management");
        assertThat(created.actorPerson()).contains(dev.value());
        assertThat(created.correlation()).containsEntry("request", request.id().value());
        assertThat(created.personal())
                .containsEntry("source_address", "127.0.0.1")
                .containsEntry("reason", "because of a test");
        assertThat(created.body().at("metadata").text("correlation_uid"))
                .contains(request.id().value());
        assertThat(created.outcome()).isEqualTo("success");
    }

    @Test
    void eventsOfOneChangeAreListedInTheOrderInWhichTheyHappened() {
        for (int i = 0; i < 20; i++) {
            Request request = world.ask(dev, "read", "web-1", Duration.ofHours(1));

            assertThat(eventsOf(request).reversed())
                    .extracting(RecordedEvent::activity)
                    .startsWith("request.created", "request.approved");
        }
    }

    @Test
    void theBytesAreCanonicalAndTheLeafHashIsTheirs() {
        Request request = world.ask(dev, "read", "web-1", Duration.ofHours(1));

        for (RecordedEvent event : eventsOf(request)) {
            byte[] body = world.database.read(
                    rx -> rx.one("select body from event where id = ?", row -> row.getBytes(1), event.id())
                            .orElseThrow());
            assertThat(CanonicalJson.bytes(event.body().tree())).isEqualTo(body);
            assertThat(event.leafHash()).isEqualTo(HexFormat.of().formatHex(LeafHash.of(body)));
        }
    }

    @Test
    void personalValuesAreCommittedToAndCanBeErasedWithoutTouchingTheBytes() {
        Request request = world.ask(dev, "read", "web-1", Duration.ofHours(1));
        RecordedEvent created = eventsOf(request).getLast();
        assertThat(new String(CanonicalJson.bytes(created.body().tree()), StandardCharsets.UTF_8))
                .doesNotContain("because of a test");
        String commitment =
                created.body().at("unmapped").at("personal").text("reason").orElseThrow();
        String salt = world.database.read(rx -> rx.one(
                        "select fields->'reason'->>'salt' from event_personal where event_id = ?",
                        row -> row.getString(1),
                        created.id())
                .orElseThrow());
        assertThat(Commitment.verify(commitment, Base64.getUrlDecoder().decode(salt), "because of a test"))
                .isTrue();
        assertThat(Commitment.verify(commitment, Base64.getUrlDecoder().decode(salt), "because of another"))
                .isFalse();

        world.database.run(
                Actor.system("test"), tx -> tx.update("delete from event_personal where event_id = ?", created.id()));

        RecordedEvent erased = eventsOf(request).getLast();
        assertThat(erased.personal()).isEmpty();
        assertThat(erased.leafHash()).isEqualTo(created.leafHash());
    }

    @ParameterizedTest
    @EnumSource(
            value = Order.class,
            names = {"NEWEST", "OLDEST"})
    void pagesGoOnWhereTheLastEnded(Order order) {
        for (int i = 0; i < 4; i++) {
            world.ask(dev, "read", "web-1", Duration.ofHours(1));
        }
        var seen = new ArrayList<String>();
        var times = new ArrayList<Instant>();
        Optional<String> after = Optional.empty();
        do {
            Optional<String> from = after;
            List<RecordedEvent> page =
                    world.database.read(rx -> AuditSearch.page(rx, AuditFilter.ALL, new Slice(order, from, 5)));
            page.forEach(event -> seen.add(event.id()));
            page.forEach(event -> times.add(event.recordedAt()));
            after = page.isEmpty() ? Optional.empty() : Optional.of(AuditSearch.cursor(page.getLast()));
        } while (after.isPresent());

        assertThat(seen).doesNotHaveDuplicates();
        assertThat(times)
                .isSortedAccordingTo(order == Order.OLDEST ? Comparator.naturalOrder() : Comparator.reverseOrder());
        assertThat((long) seen.size()).isEqualTo(world.database.read(rx -> rx.count("select count(*) from event")));
        assertThatThrownBy(() -> world.database.read(
                        rx -> AuditSearch.page(rx, AuditFilter.ALL, new Slice(order, Optional.of("x"), 5))))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void theTailMissesNothingThatCommitsLate() throws Exception {
        String start = world.database.read(AuditSearch::end);
        try (var slow = world.connections.single();
                var statement = slow.createStatement()) {
            slow.setAutoCommit(false);
            statement.execute("select pg_current_xact_id()");
            Request request = world.ask(dev, "read", "web-1", Duration.ofHours(1));

            assertThat(tail(start)).isEmpty();
            slow.commit();

            assertThat(tail(start))
                    .extracting(event -> event.correlation().get("request"))
                    .contains(request.id().value());
        }
    }

    @Test
    void eventsAreFoundByActivityOutcomeAndActor() {
        world.ask(dev, "read", "web-1", Duration.ofHours(1));
        assertThatThrownBy(() -> world.ask(dev, "ghost", "web-1", Duration.ofHours(1)))
                .isInstanceOf(Refusal.class);
        var refused = new AuditFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("dev"),
                Optional.of("request"),
                Optional.of("refused"),
                Optional.empty());

        List<RecordedEvent> found = world.database.read(rx -> AuditSearch.page(rx, refused, Slice.newest(50)));

        assertThat(found).isNotEmpty().allMatch(event -> event.activity().equals("request.refused"));
    }
}
