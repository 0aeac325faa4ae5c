package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.ContractServer.Reply;
import dev.sallyport.cli.output.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets of policies on a server: replayed with every change, tried in shadow, let decide, and rolled back. */
class PolicySetVerbsTest {
    private static final String SET = "0123456789abcdef";

    @TempDir
    Path home;

    private ContractServer server;
    private Person chief;
    private final AtomicBoolean busy = new AtomicBoolean();

    @BeforeEach
    void start() throws IOException {
        server = new ContractServer();
        chief = Person.at(home, Clock.systemUTC());
        assertThat(chief.signsIn(server).exit()).isZero();
        server.route("POST /policy/replay", call -> switch (Json.text(call.body(), "after")) {
            case "" -> Reply.of(200, part("req_3", "req_2", "itm_2"));
            case "itm_2" ->
                busy.getAndSet(false)
                        ? new Reply(
                                503,
                                "{\"code\":\"policy.busy\",\"detail\":\"this server is at 2 replays already\"}",
                                Map.of("Content-Type", "application/problem+json"))
                        : Reply.of(200, part("req_1", null, "itm_1"));
            case "itm_1" -> Reply.of(200, part(null, null, null));
            default -> Reply.of(400, "{\"code\":\"input.invalid-value\"}");
        });
    }

    @AfterEach
    void nothingToComplainAbout() {
        server.close();
        assertThat(server.complaints).isEmpty();
    }

    private static String part(@Nullable String one, @Nullable String two, @Nullable String next) {
        var answer = Json.object()
                .put("set", SET)
                .put("since", "2026-01-01T00:00:00Z")
                .put("decided", 9)
                .put("skipped", 0)
                .put("changed", 3);
        var changes = answer.putArray("changes");
        for (String request : Stream.of(one, two).filter(Objects::nonNull).toList()) {
            changes.addObject()
                    .put("request", request)
                    .put("requester", "dev")
                    .put("role", "ops")
                    .put("target", "web-1")
                    .put("at", "2026-02-02T12:00:00Z")
                    .put("was", "allow")
                    .put("now", "deny")
                    .putArray("now_because")
                    .add("not at night");
        }
        return Json.compact(answer.put("next", next));
    }

    @Test
    void everyPartIsFetchedAndShownOfTheInstantAndTheSetOfTheFirst() {
        Person.Ended replayed = chief.types("policy replay --since 90d");

        assertThat(replayed.exit()).isZero();
        assertThat(replayed.out())
                .containsSubsequence("req_3", "req_2", "req_1")
                .endsWith("9 decided again, 3 changed, 0 could not be; set " + SET + "\n")
                .doesNotContain("…");
        assertThat(replayed.err()).isEqualTo("2 of 3 changes are there\n3 of 3 changes are there\n");
        assertThat(server.sent("POST /policy/replay"))
                .hasSize(3)
                .last()
                .satisfies(body -> assertThat(Json.compact(body))
                        .isEqualTo("{\"since\":\"2026-01-01T00:00:00Z\",\"set\":\"" + SET + "\",\"after\":\"itm_1\"}"));
    }

    @Test
    void dataHasEveryChangeToo() {
        String json = chief.types("policy replay -o json").out();

        assertThat(json).containsSubsequence("req_3", "req_2", "req_1").contains("\"next\": null");
    }

    @Test
    void aServerThatIsBusyBetweenTwoPartsIsWaitedFor() {
        busy.set(true);

        Person.Ended replayed = chief.types("policy replay --since 90d");

        assertThat(replayed.exit()).isZero();
        assertThat(replayed.out()).contains("req_1");
        assertThat(replayed.err()).contains("this server is at 2 replays already; waiting");
    }

    private static String stage(String stage, @Nullable String set) {
        return Json.compact(Json.object()
                .put("number", 7)
                .put("stage", stage)
                .put("set", set)
                .put("rules", 3)
                .put("by", "chief")
                .put("reason", "CHG-12")
                .put("at", "2026-02-02T12:00:00Z"));
    }

    private String sentTo(String route) {
        return Json.compact(server.sent(route).getLast());
    }

    @Test
    void aSetIsTriedInShadowItsDifferencesAreListedAndItIsTakenOutAgain() {
        server.route("POST /policy/shadow", stage("shadow", SET));
        server.route(
                "GET /policy/shadow/differences",
                "{\"items\":"
                        + Json.compact(Json.read(part("req_9", null, null)).path("changes")) + ",\"next\":null}");

        assertThat(chief.types("policy shadow draft --reason CHG-12").shown())
                .startsWith("shadow since ")
                .endsWith(": set 0123456789ab, 3 rules\n-> 0\n");
        assertThat(sentTo("POST /policy/shadow")).isEqualTo("{\"set\":\"draft\",\"reason\":\"CHG-12\"}");
        assertThat(chief.types("policy shadow --since 7d").out()).contains("req_9", "allow", "deny", "not at night");

        server.route("POST /policy/shadow", stage("shadow", null));
        server.route("GET /policy/shadow/differences", "{\"items\":[],\"next\":null}");

        assertThat(chief.types("policy shadow none --reason enough").out()).endsWith(": no set\n");
        assertThat(sentTo("POST /policy/shadow")).isEqualTo("{\"set\":\"none\",\"reason\":\"enough\"}");
        assertThat(chief.types("policy shadow").out()).isEqualTo("nothing came out otherwise\n");
    }

    @Test
    void historyAndDifferencesAreReadPageByPage() {
        server.route(
                "GET /policy/history",
                call -> Reply.of(
                        200,
                        String.valueOf(call.query()).contains("after=2")
                                ? "{\"items\":[" + stage("enforced", null) + "],\"next\":null}"
                                : "{\"items\":[" + stage("enforced", SET) + "],\"next\":\"2\"}"));
        server.route(
                "GET /policy/shadow/differences",
                call -> Reply.of(
                        200,
                        "{\"items\":"
                                + Json.compact(Json.read(part(
                                                String.valueOf(call.query()).contains("after=itm_2")
                                                        ? "req_8"
                                                        : "req_9",
                                                null,
                                                null))
                                        .path("changes"))
                                + ",\"next\":"
                                + (String.valueOf(call.query()).contains("after=itm_2") ? "null}" : "\"itm_2\"}")));

        assertThat(chief.types("policy history").out()).contains("0123456789ab", "none");
        assertThat(chief.types("policy history --limit 1").out()).doesNotContain("none");
        assertThat(chief.types("policy shadow").out()).contains("req_9", "req_8");
        assertThat(chief.types("policy shadow --limit 1").out())
                .contains("req_9")
                .doesNotContain("req_8");
    }

    @Test
    void rollingBackTakesAReasonAndSaysWhatDecidesNow() {
        server.route("POST /policy/rollback", stage("enforced", SET));

        assertThat(chief.types("policy rollback --reason \"on-call was locked out\"")
                        .shown())
                .startsWith("enforced since ")
                .endsWith(": set 0123456789ab, 3 rules\n-> 0\n");
        assertThat(sentTo("POST /policy/rollback")).startsWith("{\"reason\":\"on-call was locked out\"");
        assertThat(chief.types("policy rollback").exit()).isEqualTo(64);
        assertThat(server.sent("POST /policy/rollback")).hasSize(1);

        server.route(
                "POST /policy/rollback",
                _ -> new Reply(
                        404,
                        "{\"code\":\"policy.unknown\",\"detail\":\"no set was enforced before\"}",
                        Map.of("Content-Type", "application/problem+json")));

        assertThat(chief.types("policy rollback --reason again").shown())
                .startsWith("! policy.unknown: no set was enforced before")
                .endsWith("-> 2\n");
    }

    @Test
    void lookingAtWhatWouldEndTakesNoReasonAndLettingItDecideDoes() {
        server.route("POST /policy/forecast", """
                {"set":"0123456789abcdef","running":4,"judged":4,"ending":0,"warned":0,"items":[]}""");

        assertThat(chief.types("policy enforce " + SET + " --dry-run").exit()).isZero();
        assertThat(chief.types("policy enforce " + SET + " --yes").shown())
                .contains("--reason is missing (expected: why this set shall decide)")
                .endsWith("-> 64\n");
        assertThat(server.sent("POST /policy/enforce")).isEmpty();
    }
}
