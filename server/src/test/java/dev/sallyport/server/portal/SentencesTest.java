package dev.sallyport.server.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.EventType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.json.JsonMapper;

/** What happens to a request is told to people who know nothing of events. */
class SentencesTest {
    /** Features whose events belong to no request. */
    private static final Set<String> ELSEWHERE = Set.of(
            "breakglass",
            "ca-key",
            "catalog",
            "delegation",
            "factor",
            "favourite",
            "finding",
            "gateway",
            "gateway-authority",
            "gateway-certificate",
            "group",
            "identity",
            "incident",
            "passkey",
            "password",
            "person",
            "policy",
            "recording-key",
            "setup",
            "sign-in",
            "step-up",
            "target",
            "token-key");

    /** The same of those whose other events do: sessions of sign-ins, and what is refused before it belongs to anything. */
    private static final Set<String> ALONE = Set.of(
            "lease.refused",
            "review.refused",
            "decision-service.secret-set",
            "notification.tested",
            "notification.secret-set",
            "session.refused",
            "session.searched",
            "session.glimpsed",
            "session.started",
            "session.ended",
            "session.token-reused",
            "session.device-decided",
            "session.client-decided");

    private static Doc doc(String json) {
        return new Doc(new JsonMapper().readTree(json));
    }

    private static String told(String json) {
        return Sentences.of(doc(json), Map.of("per_1", "dev", "per_2", "lead"))
                .orElseThrow()
                .plain();
    }

    private static Set<String> activities() {
        var scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AssignableTypeFilter(EventType.class));
        var activities = new TreeSet<String>();
        scanner.findCandidateComponents("dev.sallyport")
                .forEach(type -> Arrays.stream(
                                ClassUtils.resolveClassName(String.valueOf(type.getBeanClassName()), null)
                                        .getEnumConstants())
                        .forEach(event -> activities.add(((EventType) event).activity())));
        return activities;
    }

    @Test
    void everythingThatCanHappenToARequestHasASentence() {
        Set<String> activities = activities();

        assertThat(activities).contains("request.created", "session.closed", "catalog.built-in-made");
        assertThat(activities.stream()
                        .filter(activity -> !ELSEWHERE.contains(activity.substring(0, activity.indexOf('.'))))
                        .filter(activity -> !ALONE.contains(activity)))
                .isNotEmpty()
                .allSatisfy(activity ->
                        assertThat(Sentences.knows(activity)).as(activity).isTrue());
        assertThat(activities).containsAll(ALONE);
    }

    @Test
    void whatAnEventCarriesIsInItsSentence() {
        assertThat(told("""
                {"activity":"request.created","actor":{"person":"per_1","name":"dev"},
                 "data":{"items":["ops on web-1","ops on web-2"],"duration":"PT1H30M","reason":"deploy","ticket":"OPS-1"}}""")).isEqualTo("dev asked for ops on web-1, ops on web-2 for 1h30m: “deploy” (ticket OPS-1)");
        assertThat(told("""
                {"activity":"approval.given","actor":{"name":"chief"},"target":"web-1",
                 "data":{"role":"ops","verdict":"deny","for":"per_2"}}""")).isEqualTo("chief denied ops on web-1 in place of lead");
        assertThat(told("""
                {"activity":"approval.given","actor":{"name":"sallyport/consulting"},"target":"web-1",
                 "data":{"role":"ops","verdict":"approve","service":"change-desk"}}""")).isEqualTo("The decision service change-desk approved ops on web-1");
        assertThat(told("""
                {"activity":"lease.closed","target":"web-1",
                 "data":{"how":"the host has applied revocation list 7","closing_ms":412}}""")).isEqualTo("web-1 confirmed the end 0.4 s later: the host has applied revocation list 7");
        assertThat(told("""
                {"activity":"session.supervised","actor":{"name":"built-in"},
                 "data":{"what":"message","person":"per_1","detail.by":"sec","detail.text":"hello"}}""")).isEqualTo("dev saw a message of sec: “hello”");
        assertThat(told("""
                {"activity":"notification.delivered","data":{"news":"request-to-decide","channel":"mail","person":"per_2"}}""")).isEqualTo("lead was told that this waits for a decision through mail");
        assertThat(told("""
                {"activity":"recording.stored","data":{"state":"complete","duration_ms":61000,"bytes":3456}}""")).isEqualTo("The recording is stored, whole (1m1s, 3.4 KiB)");
    }

    /** Personal values can be erased, and who is gone has no name any more. */
    @Test
    void whatIsMissingLeavesASentenceThatReads() {
        assertThat(
                        told(
                                "{\"activity\":\"request.created\",\"actor\":{\"person\":\"per_9\"},\"data\":{\"items\":[\"ops on web-1\"],\"duration\":\"PT1H\"}}"))
                .isEqualTo("per_9 asked for ops on web-1 for 1h");
        assertThat(told("{\"activity\":\"session.steered\",\"data\":{\"what\":\"kill\"}}"))
                .isEqualTo("Somebody ended the session");
        assertThat(
                        told(
                                "{\"activity\":\"approval.given\",\"actor\":{\"name\":\"lead\"},\"target\":\"web-1\",\"data\":{\"role\":\"ops\",\"verdict\":\"approve\",\"for\":\"per_9\"}}"))
                .isEqualTo("lead approved ops on web-1 in place of per_9");
    }

    @Test
    void noSentenceIsEndless() {
        String long10k = "w".repeat(9_999) + "😀";
        String items = String.join("\",\"", java.util.Collections.nCopies(300, "ops on " + "t".repeat(60)));

        assertThat(told("{\"activity\":\"session.command\",\"data\":{\"person\":\"per_1\",\"command\":\"" + long10k
                        + "\"}}"))
                .hasSizeLessThan(Telling.TEXT_MAX + 20)
                .endsWith("…");
        assertThat(told("{\"activity\":\"session.steered\",\"data\":{\"what\":\"kill\",\"text\":\"" + "😀".repeat(5_000)
                        + "\"}}"))
                .endsWith("😀…”")
                .doesNotContain("\uFFFD");
        assertThat(told("{\"activity\":\"request.created\",\"data\":{\"items\":[\"" + items
                        + "\"],\"duration\":\"PT1H\"}}"))
                .contains(" and 295 more for 1h")
                .hasSizeLessThan(1_000);
    }

    @Test
    void hostileTextStaysText() {
        Cell told = Sentences.of(doc("""
                        {"activity":"grant.ending","actor":{"name":"<b>x</b>"},"target":"web-1",
                         "data":{"role":"ops","end_reason":"revoked","comment":"\\u202e<script>{by}[{role}]"}}"""), Map.of()).orElseThrow();

        assertThat(told.plain()).isEqualTo("<b>x</b> revoked ops on web-1: “\uFFFD<script>{by}[{role}]”");
        assertThat(((Cell.Sentence) told).cells())
                .allSatisfy(cell -> assertThat(cell).isInstanceOfAny(Cell.Words.class, Cell.Link.class));
    }

    @Test
    void whatIsNoPartOfARequestHasNone() {
        assertThat(List.of("person.created", "invented.yesterday", ""))
                .allSatisfy(activity -> assertThat(Sentences.of(doc("{\"activity\":\"" + activity + "\"}"), Map.of()))
                        .isEmpty());
    }
}
