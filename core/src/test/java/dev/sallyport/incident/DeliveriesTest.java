package dev.sallyport.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.database.Json;
import dev.sallyport.database.Slice;
import dev.sallyport.finding.Finding;
import dev.sallyport.finding.Findings;
import dev.sallyport.identity.Directory;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages of PagerDuty and Opsgenie: proved, counted once, in whatever order they come. */
@NullMarked
class DeliveriesTest {
    private static final String SECRET = "a-secret-of-pagerduty";
    private static final String NEXT = "the-secret-after-that";

    private final World world = new World();
    private final PersonId dev = world.person("dev", "oncall");
    private final Map<String, String> files = new LinkedHashMap<>(
            Map.of("incident-pd", SECRET, "incident-og", "a-token-of-opsgenie", "incident-short", "short"));
    private final Deliveries deliveries = new Deliveries(
            world.database,
            world.audit,
            new Findings(world.audit),
            world.incidents,
            world.grants,
            name -> Optional.ofNullable(files.get(name)).map(Secret::of));

    @BeforeEach
    void sources() {
        world.target("web-1", Map.of("app", "shop"));
        world.target("web-2", Map.of("app", "bank"));
        source("pd", Map.of("shape", "pagerduty", "secretFile", "incident-pd"));
        source("og", Map.of("shape", "opsgenie", "secretFile", "incident-og"));
        source("short", Map.of("shape", "pagerduty", "secretFile", "incident-short"));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private void source(String name, Map<String, Object> more) {
        var spec = new LinkedHashMap<String, Object>(more);
        spec.put("services", List.of(Map.of("service", "Shop", "targets", Map.of("labels", Map.of("app", "shop")))));
        spec.put("responders", Map.of("groups", List.of("oncall")));
        spec.put("severities", Map.of("P1", "sev1"));
        world.arrange(tx -> tx.update(
                "insert into incident_source (id, name, spec, managed_by, created_at) values (?, ?, ?::jsonb, 'test', ?)",
                "isr_" + name,
                name,
                Json.text(spec),
                tx.now()));
    }

    private static String event(String id, String type, String incident, Instant at) {
        return Json.text(Map.of(
                "event",
                Map.of(
                        "id",
                        id,
                        "event_type",
                        type,
                        "resource_type",
                        "incident",
                        "occurred_at",
                        at.toString(),
                        "agent",
                        Map.of("id", "PXYZ", "type", "user_reference"),
                        "data",
                        Map.of(
                                "id",
                                incident,
                                "type",
                                "incident",
                                "title",
                                "checkout is failing",
                                "status",
                                "triggered",
                                "urgency",
                                "high",
                                "priority",
                                Map.of("id", "P53ZZH5", "summary", "P1"),
                                "service",
                                Map.of("id", "PF9KMXH", "summary", "Shop"),
                                "assignees",
                                List.of(Map.of("id", "PEVIL", "summary", "eve"))))));
    }

    private static String signed(String secret, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return "v1=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private Deliveries.Taken take(String source, String header, String value, String body) {
        return deliveries.take(
                "192.0.2.7", source, asked -> asked.equals(header) ? value : "", body.getBytes(StandardCharsets.UTF_8));
    }

    private Deliveries.Taken pagerDuty(String body) {
        return take("pd", "X-PagerDuty-Signature", signed(SECRET, body), body);
    }

    private String code(Runnable what) {
        return org.assertj.core.api.Assertions.catchThrowableOfType(Refusal.class, what::run)
                .code();
    }

    private Instant now() {
        return world.database.read(rx -> rx.now());
    }

    private List<Incident> open() {
        return world.incidents.list(Optional.empty(), true, Slice.newest(10));
    }

    private List<Incident> closed() {
        return world.incidents.list(Optional.empty(), false, Slice.newest(10));
    }

    private List<String> findings() {
        return world.findings().stream().map(Finding::message).toList();
    }

    @Test
    void aTriggeredIncidentIsOpenWithOurTargetsAndOurResponders() {
        assertThat(pagerDuty(event("E1", "incident.triggered", "Q1", now()))).isEqualTo(Deliveries.Taken.OPENED);

        Incident incident = open().getFirst();
        assertThat(incident.title()).isEqualTo("checkout is failing");
        assertThat(incident.severity()).isEqualTo("sev1");
        assertThat(incident.source()).contains("pd");
        assertThat(incident.reference()).contains("Q1");
        assertThat(incident.targets()).containsExactly("web-1");
        assertThat(incident.responderGroups()).containsExactly("oncall");
        assertThat(incident.responders()).isEmpty();
        assertThat(world.incidents.find(dev, false, incident.id()).counts()).isTrue();
        String facts = world.database.read(rx -> Json.text(world.incidents
                .now(rx)
                .facts(
                        Directory.person(rx, dev).orElseThrow(),
                        Catalog.target(rx, "web-1").orElseThrow())));
        assertThat(facts)
                .contains("\"responders\":[\"dev\"]", "\"targets\":[\"web-1\"]")
                .doesNotContain("\"eve\"");
    }

    @Test
    void resolvingClosesAndReopeningOpensAnew() {
        Instant at = now();
        pagerDuty(event("E1", "incident.triggered", "Q1", at));

        Deliveries.Taken resolved = pagerDuty(event("E2", "incident.resolved", "Q1", at.plusSeconds(1)));
        Deliveries.Taken reopened = pagerDuty(event("E3", "incident.reopened", "Q1", at.plusSeconds(2)));

        assertThat(resolved).isEqualTo(Deliveries.Taken.CLOSED);
        assertThat(reopened).isEqualTo(Deliveries.Taken.OPENED);
        assertThat(open()).hasSize(1);
        assertThat(closed().getFirst().closeReason()).contains("resolved at pd");
    }

    @Test
    void whatIsResolvedBeforeItIsTriggeredStaysClosed() {
        Instant at = now();

        Deliveries.Taken resolved = pagerDuty(event("E2", "incident.resolved", "Q1", at.plusSeconds(1)));
        Deliveries.Taken triggered = pagerDuty(event("E1", "incident.triggered", "Q1", at));

        assertThat(resolved).isEqualTo(Deliveries.Taken.NOTHING);
        assertThat(triggered).isEqualTo(Deliveries.Taken.NOTHING);
        assertThat(open()).isEmpty();
    }

    @Test
    void aLateResolutionDoesNotCloseWhatWasReopened() {
        Instant at = now();
        pagerDuty(event("E1", "incident.triggered", "Q1", at));
        pagerDuty(event("E3", "incident.reopened", "Q1", at.plusSeconds(2)));

        pagerDuty(event("E2", "incident.resolved", "Q1", at.plusSeconds(1)));

        assertThat(open()).hasSize(1);
    }

    @Test
    void aMessageCountsOnceHoweverOftenItComes() {
        Instant at = now();
        String triggered = event("E1", "incident.triggered", "Q1", at);
        pagerDuty(triggered);
        pagerDuty(event("E2", "incident.resolved", "Q1", at.plusSeconds(1)));

        assertThat(pagerDuty(triggered)).isEqualTo(Deliveries.Taken.REPEATED);
        assertThat(open()).isEmpty();
        assertThat(world.events("incident.opened")).isEqualTo(1);
    }

    @Test
    void twoServersTakingTheSameMessageTakeItOnce() {
        String triggered = event("E1", "incident.triggered", "Q1", now());

        List<Deliveries.Taken> taken = java.util.stream.IntStream.range(0, 4)
                .mapToObj(_ -> CompletableFuture.supplyAsync(() -> pagerDuty(triggered), Thread::startVirtualThread))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();

        assertThat(taken).filteredOn(Deliveries.Taken.OPENED::equals).hasSize(1);
        assertThat(taken).filteredOn(Deliveries.Taken.REPEATED::equals).hasSize(3);
    }

    @Test
    void whatIsTooOldOrFromTheFutureIsRefused() {
        String old = event("E1", "incident.triggered", "Q1", now().minus(Duration.ofHours(25)));
        String ahead = event("E2", "incident.triggered", "Q1", now().plus(Duration.ofMinutes(10)));

        assertThat(code(() -> pagerDuty(old))).isEqualTo("incident.too-old");
        assertThat(code(() -> pagerDuty(ahead))).isEqualTo("incident.too-old");
        assertThat(open()).isEmpty();
    }

    @Test
    void aWrongSignatureAnUnknownSourceAndAMissingSecretGetTheSameAnswer() {
        String body = event("E1", "incident.triggered", "Q1", now());

        String wrong = code(() -> take("pd", "X-PagerDuty-Signature", signed("another-secret-here", body), body));
        String none = code(() -> take("pd", "X-Other", "x", body));
        String unknown = code(() -> take("nobody", "X-PagerDuty-Signature", signed(SECRET, body), body));
        String tooShort = code(() -> take("short", "X-PagerDuty-Signature", signed("short", body), body));
        String ours =
                code(() -> take("nobody", "X-PagerDuty-Signature", signed("no source has this secret", body), body));

        assertThat(List.of(wrong, none, unknown, tooShort, ours)).containsOnly("incident.unproven");
        assertThat(open()).isEmpty();
        assertThat(findings())
                .containsExactlyInAnyOrder(
                        "a message for the incident source pd was refused: its proof is wrong (was the secret changed?)",
                        "messages of the incident source short are refused: this server has no secret of at least 16"
                                + " characters in the file incident-short");
        pagerDuty(body);
        assertThat(findings()).hasSize(1);
    }

    @Test
    void whileSecretsAreChangedEitherProves() {
        String body = event("E1", "incident.triggered", "Q1", now());
        String both = signed(NEXT, body) + "," + signed(SECRET, body);

        assertThat(take("pd", "X-PagerDuty-Signature", both, body)).isEqualTo(Deliveries.Taken.OPENED);

        files.put("incident-pd", SECRET + "\n" + NEXT + "\n");
        String later = event("E2", "incident.resolved", "Q1", now().plusSeconds(1));
        assertThat(take("pd", "X-PagerDuty-Signature", signed(NEXT, later), later))
                .isEqualTo(Deliveries.Taken.CLOSED);
    }

    @Test
    void aPriorityThatChangesChangesTheSeverity() {
        Instant at = now();
        pagerDuty(event("E1", "incident.triggered", "Q1", at));
        String lower = event("E2", "incident.priority_updated", "Q1", at.plusSeconds(1))
                .replace("\"summary\":\"P1\"", "\"summary\":\"P 4!\"");

        assertThat(pagerDuty(lower)).isEqualTo(Deliveries.Taken.CHANGED);
        assertThat(open().getFirst().severity()).isEqualTo("unknown");
    }

    @Test
    void aPingIsTakenAndRubbishIsNamed() {
        String ping = Json.text(Map.of(
                "event",
                Map.of("id", "P", "event_type", "pagey.ping", "occurred_at", now().toString(), "data", Map.of())));

        assertThat(pagerDuty(ping)).isEqualTo(Deliveries.Taken.NOTHING);
        assertThatThrownBy(() -> pagerDuty("not json")).hasMessage("the body is not an object of JSON in UTF-8");
        assertThatThrownBy(() -> pagerDuty("null")).hasMessage("the body is not an object of JSON in UTF-8");
        assertThatThrownBy(() -> pagerDuty("{}")).hasMessageStartingWith("event.event_type: missing");
        assertThatThrownBy(() -> pagerDuty("[".repeat(100_000)))
                .hasMessage("the body is not an object of JSON in UTF-8");
    }

    @Test
    void opsgenieProvesItselfByATokenAndItsAlertsAreIncidents() {
        Instant at = now();
        String created = alert("Create", at);
        String closing = alert("Close", at.plusSeconds(1));

        assertThat(code(() -> take("og", "Sallyport-Token", "a-token-of-somebody", created)))
                .isEqualTo("incident.unproven");
        assertThat(take("og", "Sallyport-Token", "a-token-of-opsgenie", created))
                .isEqualTo(Deliveries.Taken.OPENED);
        assertThat(take("og", "Sallyport-Token", "a-token-of-opsgenie", created))
                .isEqualTo(Deliveries.Taken.REPEATED);
        assertThat(open().getFirst().targets()).containsExactly("web-1");
        assertThat(open().getFirst().severity()).isEqualTo("sev1");
        assertThat(take("og", "Sallyport-Token", "a-token-of-opsgenie", closing))
                .isEqualTo(Deliveries.Taken.CLOSED);
        assertThat(take("og", "Sallyport-Token", "a-token-of-opsgenie", alert("AddNote", at)))
                .isEqualTo(Deliveries.Taken.NOTHING);
    }

    private static String alert(String action, Instant at) {
        return Json.text(Map.of(
                "action",
                action,
                "alert",
                Map.of(
                        "alertId", "052652ac-5d1c-464a-812a-7dd18bbfba8c",
                        "message", "checkout is failing",
                        "priority", "P1",
                        "entity", "Shop",
                        "tags", List.of("prod"),
                        "username", "eve@example.org",
                        "createdAt", at.toEpochMilli(),
                        "updatedAt", at.toEpochMilli() * 1_000_000)));
    }

    @Test
    void aSourceThatMustBeConfirmedCountsForNobodyBeforeAndNotForWhoConfirms() {
        source("careful", Map.of("shape", "pagerduty", "secretFile", "incident-pd", "confirmation", "required"));
        String body = event("E1", "incident.triggered", "Q1", now());
        take("careful", "X-PagerDuty-Signature", signed(SECRET, body), body);
        PersonId other = world.person("other", "oncall");

        int before = seenBy(other);
        world.incidents.confirm(world.actor(dev), dev, open().getFirst().id());

        assertThat(before).isZero();
        assertThat(seenBy(other)).isEqualTo(1);
        assertThat(seenBy(dev)).isZero();
    }

    private int seenBy(PersonId person) {
        return world.database.read(rx -> world.incidents
                .now(rx)
                .facts(
                        Directory.person(rx, person).orElseThrow(),
                        Catalog.target(rx, "web-1").orElseThrow())
                .size());
    }

    @Test
    void messagesAreForgottenOnceTheyAreTooOldToComeAgain() {
        pagerDuty(event("E1", "incident.triggered", "Q1", now()));

        world.later(Duration.ofHours(49));
        int closed = world.incidents.closeDue();
        int forgotten = world.incidents.closeDue();

        assertThat(closed).isEqualTo(1);
        assertThat(forgotten).isEqualTo(1);
    }
}
