package dev.sallyport.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.catalog.CatalogAnswer;
import dev.sallyport.database.Slice;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.policy.code.Ruling;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What would come of just this request, before anybody asks. */
class PreviewTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final World world = new World();
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId lead = world.person("lead", "leads");
    private final PersonId other = world.person("other");

    @BeforeEach
    void things() {
        world.target("web-1", Map.of("tier", "web"));
        world.eligible(world.role("read", 0), "developers");
        world.eligible(world.role("ops", 1, Map.of("maxDuration", "8h"), Map.of()), "developers");
    }

    @AfterEach
    void close() {
        world.close();
    }

    private static Ask asking(Duration duration, String reason, Optional<Instant> start, String... roles) {
        return new Ask(
                List.of(roles).stream()
                        .map(role -> new Ask.Wanted(role, "web-1"))
                        .toList(),
                duration,
                start,
                reason,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private List<Preview> preview(Ask ask) {
        return world.requests.preview(world.actor(dev), dev, ask);
    }

    private Preview one(Ask ask) {
        return preview(ask).getFirst();
    }

    private void enforce(String text) {
        assertThat(world.catalog().apply(world.actor(lead), List.of(new SourceFile("then.yaml", text)), false, false))
                .isInstanceOf(CatalogAnswer.Sound.class);
        world.policies.enforce(world.actor(lead), "draft", "as agreed");
    }

    @Test
    void eachItemIsJudgedAsItWouldBeAndNothingIsKept() {
        List<Preview> found = preview(asking(HOUR, "to see what happens", Optional.empty(), "read", "ops"));

        assertThat(found)
                .extracting(preview -> preview.decision().effect())
                .containsExactly(Ruling.Effect.ALLOW, Ruling.Effect.APPROVAL);
        assertThat(found.getLast().stages())
                .extracting(stage -> stage.approvers().groups())
                .containsExactly(List.of("leads"));
        long kept = world.database.read(rx -> rx.count("select count(*) from request"));
        assertThat(kept).isZero();
        assertThat(world.requests.toDecide(lead, Slice.newest(10))).isEmpty();
        assertThat(List.of("request.created", "request.approved", "request.denied", "request.refused"))
                .allMatch(activity -> world.events(activity) == 0);
    }

    @Test
    void whatIsTypedIsJudgedAndWhatWouldHelpIsSaid() {
        Preview tooLong = one(asking(Duration.ofHours(20), "", Optional.empty(), "ops"));

        assertThat(tooLong.decision().effect()).isEqualTo(Ruling.Effect.DENY);
        assertThat(tooLong.decision().explanation())
                .containsExactly("at most 8h; you asked 20h", "a reason is required");
        assertThat(tooLong.helps()).singleElement().asString().startsWith("with that mended: needs ");
        assertThat(one(asking(HOUR, "as agreed", Optional.empty(), "ops")).helps())
                .isEmpty();
    }

    @Test
    void aFreezeDeniesItUntilItIsOverAndAnEmergencyIsNotStopped() {
        Instant until = world.database
                .read(rx -> rx.now())
                .plus(Duration.ofHours(5))
                .truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        enforce("""
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: emergencies}
                spec:
                  match: {roles: [read]}
                  rules: [{name: developers, when: request.breakGlass, effect: allow, approvals: none}]
                ---
                apiVersion: sallyport/v1
                kind: Freeze
                metadata: {name: year_end}
                spec: {from: %s, until: %s, message: nothing changes over the year's end}
                """.formatted(until.minus(Duration.ofHours(9)), until));

        Preview now = one(asking(HOUR, "patching", Optional.empty(), "read"));
        Preview later = one(asking(HOUR, "patching", Optional.of(until.plusSeconds(60)), "read"));

        assertThat(now.decision().effect()).isEqualTo(Ruling.Effect.DENY);
        assertThat(now.decision().explanation()).containsExactly("nothing changes over the year's end");
        assertThat(now.helps())
                .containsExactly(
                        "from " + until + " on: read is granted without approval",
                        "if it is an emergency, breaking glass may let you in");
        assertThat(one(asking(HOUR, "patching", Optional.empty(), "ops")).helps())
                .as("no rule lets anybody break glass there")
                .singleElement()
                .asString()
                .startsWith("from " + until + " on: needs ");
        assertThat(later.decision().effect()).isEqualTo(Ruling.Effect.ALLOW);
    }

    @Test
    void itTellsNoMoreThanAskingWould() {
        Ask ask = asking(HOUR, "curious", Optional.empty(), "ops");
        assertThatThrownBy(() -> world.requests.preview(world.actor(other), other, ask))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("no such role or target, or you may not ask for it");
        assertThatThrownBy(() -> preview(asking(HOUR, "curious", Optional.empty(), "nothing")))
                .hasMessageContaining("nothing on web-1: no such role or target, or you may not ask for it");
        assertThatThrownBy(() -> preview(asking(HOUR, "late", Optional.of(Instant.EPOCH), "ops")))
                .hasMessageContaining("starts_at: 1970-01-01T00:00:00Z");
    }
}
