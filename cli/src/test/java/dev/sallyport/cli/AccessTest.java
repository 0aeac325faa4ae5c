package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.ContractServer.Reply;
import dev.sallyport.cli.output.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verbs as their users see them: a command, what it prints, how it ends. */
class AccessTest {
    private static final String REQUEST = "req_01kb0gq8y9v3mzj1c5t7x2r4wd";
    private static final String GRANT = "grt_01kb0gq8y9v3mzj1c5t7x2r4wd";

    @TempDir
    Path home;

    private ContractServer server;
    private Person dev;

    @BeforeEach
    void start() throws IOException {
        server = new ContractServer();
        dev = Person.at(home, Clock.systemUTC());
        assertThat(dev.signsIn(server).exit()).isZero();
    }

    @AfterEach
    void nothingToComplainAbout() {
        server.close();
        assertThat(server.complaints).isEmpty();
    }

    @Test
    void aRequestThatMustBeApprovedWaits() {
        server.route("POST /requests", request("pending", "[]", "null"));
        assertThat(dev.types("request ops web-1 --for 1h --reason deploy").shown())
                .isEqualTo(REQUEST + " waits for 1 approval by leads (decided by 2100-01-01 14:05)\n-> 3\n");
        assertThat(server.sent("POST /requests"))
                .singleElement()
                .satisfies(body -> assertThat(Json.compact(body)).isEqualTo("""
                        {"items":[{"role":"ops","target":"web-1"}],"duration":"PT1H","starts_at":null,"reason":"deploy","ticket":null,"extends":null}"""));
    }

    @Test
    void severalRolesOnSeveralTargetsAreOneRequest() {
        server.route("POST /requests", request("approved", "[]", "\"" + GRANT + "\""));
        assertThat(dev.types("request ops web-1,web-2 dba prod-db --for 90m").exit())
                .isZero();
        assertThat(Json.compact(server.sent("POST /requests").getFirst().path("items")))
                .isEqualTo("""
                        [{"role":"ops","target":"web-1"},{"role":"ops","target":"web-2"},{"role":"dba","target":"prod-db"}]""");
    }

    @Test
    void anApprovedRequestNamesItsGrant() {
        server.route("POST /requests", request("approved", "[]", "\"" + GRANT + "\""));
        assertThat(dev.types("request ops web-1 --for 1h").shown())
                .isEqualTo(REQUEST + " is approved: ops on web-1 (" + GRANT + ")\n-> 0\n");
    }

    @Test
    void waitingTellsWhatHappensAndEndsByTheOutcome() {
        var polls = new AtomicInteger();
        server.route("POST /requests", request("pending", "[]", "null"));
        String denial = """
                [{"by":"lead","at":"2026-11-22T13:00:00Z","verdict":"deny","comment":"use staging","duration":null}]""";
        server.route(
                "GET /requests/" + REQUEST,
                _ -> Reply.of(
                        200,
                        polls.getAndIncrement() == 0
                                ? request("pending", "[]", "null")
                                : request("denied", denial, "null")));
        assertThat(dev.types("request ops web-1 --for 1h --wait").shown())
                .isEqualTo(REQUEST + " is denied: lead denies: use staging\n"
                        + REQUEST + " waits for 1 approval by leads (decided by 2100-01-01 14:05)\n"
                        + "lead denies: use staging\n-> 2\n");
    }

    @Test
    void wrongUsageNeverReachesTheServer() {
        assertThat(dev.types("request ops web-1 --for 0s").shown())
                .isEqualTo("! input.invalid-duration: --for: \"0s\" (expected: longer than 0)\n-> 64\n");
        assertThat(dev.types("request ops web-1 dba --for 1h").exit()).isEqualTo(64);
        assertThat(dev.types("request ops web-1,, --for 1h").exit()).isEqualTo(64);
        assertThat(dev.types("request ops web-1").exit()).isEqualTo(64);
        assertThat(dev.types("revoke " + GRANT + " --all --reason x").exit()).isEqualTo(64);
        assertThat(dev.types("revoke --reason x").exit()).isEqualTo(64);
        assertThat(dev.types("show nonsense").exit()).isEqualTo(64);
        assertThat(server.sent("POST /requests")).isEmpty();
    }

    @Test
    void aRefusalIsShownWithItsHint() {
        server.route(
                "POST /requests/" + REQUEST + "/approve",
                _ -> ContractServer.problem(
                        409,
                        "request.self-approval",
                        REQUEST + " cannot be approved by the person who asked for it",
                        "ask lead or auditor"));
        assertThat(dev.types("approve " + REQUEST).shown())
                .isEqualTo("! request.self-approval: " + REQUEST
                        + " cannot be approved by the person who asked for it\nhint: ask lead or auditor\n-> 2\n");
    }

    @Test
    void approvingForLessSaysSo() {
        server.route("POST /requests/" + REQUEST + "/approve", request("approved", "[]", "\"" + GRANT + "\""));
        assertThat(dev.types("approve " + REQUEST + " --for 30m --comment ok").exit())
                .isZero();
        assertThat(Json.compact(
                        server.sent("POST /requests/" + REQUEST + "/approve").getFirst()))
                .isEqualTo("{\"comment\":\"ok\",\"items\":null,\"duration\":\"PT30M\"}");
    }

    @Test
    void jsonIsTheServersOwn() {
        server.route("GET /requests/" + REQUEST, request("pending", "[]", "null"));
        assertThat(Json.compact(
                        Json.read(dev.types("show " + REQUEST + " -o json").out())))
                .isEqualTo(Json.compact(Json.read(request("pending", "[]", "null"))));
    }

    @Test
    void nothingFromAnotherPersonReachesTheTerminalRaw() {
        String evil = request("pending", "[]", "null").replace("deploy", "\\u001b]0;owned\\u0007\\u202e\\u009b31m");
        server.route("GET /requests/" + REQUEST, evil);
        server.route("GET /requests", "{\"items\":[" + evil + "],\"next\":null}");
        for (String command :
                new String[] {"show " + REQUEST, "show " + REQUEST + " -o yaml", "requests", "requests -o json"}) {
            assertThat(dev.types(command).out())
                    .contains("owned")
                    .doesNotContain("\u001b", "\u0007", "\u009b", "\u202e");
        }
    }

    @Test
    void tablesFitTheTerminalAndKeepIds() {
        dev.environment().put("COLUMNS", "90");
        String wordy = request("pending", "[]", "null").replace("deploy", "a very long reason ".repeat(20));
        server.route("GET /requests", "{\"items\":[" + wordy + "],\"next\":null}");
        assertThat(dev.types("requests --to-decide").out().lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(90))
                .anySatisfy(line -> assertThat(line).contains(REQUEST));
        assertThat(dev.types("requests --to-decide -o wide").out()).contains("a very long reason ".repeat(19));
    }

    @Test
    void listsFollowTheCursor() {
        server.route(
                "GET /grants",
                call -> Reply.of(
                        200,
                        String.valueOf(call.query()).contains("after=c1")
                                ? "{\"items\":[{\"id\":\"grt_2\"}],\"next\":null}"
                                : "{\"items\":[{\"id\":\"grt_1\"}],\"next\":\"c1\"}"));
        assertThat(Json.compact(Json.read(dev.types("grants --all -o json").out())))
                .isEqualTo("{\"items\":[{\"id\":\"grt_1\"},{\"id\":\"grt_2\"}],\"next\":null}");
    }

    @Test
    void grantsShowWhatIsLeft() {
        String ends = Instant.now().plus(Duration.ofMinutes(25).plusSeconds(30)).toString();
        server.route("GET /grants", """
                {"items":[{"id":"%s","state":"active","role":"ops","target":"web-1","identity":"dev","ends_at":"%s","ended_at":null}],"next":null}""".formatted(GRANT, ends));
        assertThat(dev.types("grants").out()).contains("(in 25m)");
    }

    @Test
    void endingNamesWhatWasEnded() {
        server.route("POST /revocations", "{\"revoked\":[\"" + GRANT + "\"],\"feed_version\":7}");
        assertThat(dev.types("revoke --target web-1 --reason incident").shown())
                .isEqualTo("1 grant revoked\n  " + GRANT + "\n-> 0\n");
        assertThat(Json.compact(server.sent("POST /revocations").getFirst()))
                .isEqualTo("{\"target\":\"web-1\",\"reason\":\"incident\"}");
    }

    @Test
    void quarantineIsSetAndLifted() {
        server.route("POST /quarantines", "{\"person\":\"dev\",\"revoked\":[],\"sessions_ended\":2}");
        server.route("DELETE /quarantines/dev", _ -> Reply.of(204, ""));
        assertThat(dev.types("quarantine dev --reason stolen").shown())
                .isEqualTo("dev is in quarantine; 2 sessions ended\n0 grants revoked\n-> 0\n");
        assertThat(dev.types("unquarantine dev --reason found").shown()).isEqualTo("dev is out of quarantine\n-> 0\n");
    }

    @Test
    void mistakesInFilesAreToldAsCompilersDo() throws IOException {
        Path file = Files.writeString(home.resolve("t.yaml"), "kind: Targett\n");
        server.route("POST /catalog/apply", _ -> Reply.of(400, """
                        {"code":"catalog.invalid","detail":"1 mistake","errors":[{"file":"t.yaml","line":1,"column":7,"message":"unknown kind"}]}"""));
        assertThat(dev.types("apply -f " + file).shown())
                .isEqualTo("! catalog.invalid: 1 mistake\nt.yaml:1:7: unknown kind\n-> 2\n");
    }

    @Test
    void diffShowsWhoLosesAccess() throws IOException {
        Files.writeString(home.resolve("a.yaml"), "a");
        server.route("POST /catalog/diff", """
                {"changes":[{"action":"delete","kind":"Eligibility","name":"developers-ops","fields":[],"takes_access_from":["dev: ops on web-1"]},
                 {"action":"update","kind":"Target","name":"web-1","fields":["spec.labels.env"],"takes_access_from":[]},
                 {"action":"unchanged","kind":"Role","name":"ops"}],"applied":false}""");
        assertThat(dev.types("diff --prune -f " + home).out()).isEqualTo("""
                        - delete    Eligibility developers-ops
                            takes access from dev: ops on web-1
                        ~ update    Target web-1: spec.labels.env
                        1 unchanged; nothing was applied
                        """);
        assertThat(Json.compact(server.sent("POST /catalog/diff").getFirst()))
                .isEqualTo("{\"files\":[{\"name\":\"a.yaml\",\"text\":\"a\"}],\"prune\":true,\"dry_run\":true}");
    }

    @Test
    void anObjectIsReplacedOnlyIfNobodyChangedItSince() throws IOException {
        Path file = Files.writeString(
                home.resolve("role.json"), "{\"kind\":\"Role\",\"metadata\":{\"name\":\"ops\",\"version\":3}}");
        server.route("PUT /roles/ops", _ -> ContractServer.problem(412, "catalog.stale", "ops was changed", ""));
        assertThat(dev.types("roles update -f " + file).shown()).isEqualTo("! catalog.stale: ops was changed\n-> 2\n");
    }

    @Test
    void theAuditLogIsSearchedByTimeAndPerson() {
        server.route("GET /audit/events", """
                {"items":[{"id":"evt_1","time":"2026-11-22T10:00:00Z","activity":"request.created","actor":{"name":"dev"},
                 "outcome":"success","target":"web-1","message":"dev asks for ops"}],"next":null}""");
        assertThat(dev.types("audit search --since 1d --actor dev").out())
                .contains("2026-11-22 10:00:00  dev  success  request.created  web-1   dev asks for ops");
        assertThat(server.calls.getLast().query()).contains("since=20", "actor=dev");
    }

    @Test
    void whatHappenedIsCountedByTheDaysOfTheReader() {
        server.route("GET /audit/counts", """
                {"first":"2026-11-21","days":2,"zone":"UTC","series":[{"activity":"request.created","total":3,"counts":[1,2]},
                 {"activity":"grant.ending","total":0,"counts":[0,0]}]}""");
        assertThat(dev.types("audit count --activity request.created,grant.ending --days 2")
                        .out()
                        .lines()
                        .map(String::strip))
                .containsExactly(
                        "DAY         request.created  grant.ending",
                        "2026-11-21  1                0",
                        "2026-11-22  2                0");
        assertThat(server.calls.getLast().query())
                .contains("activity=request.created%2Cgrant.ending", "days=2", "zone=");
    }

    @Test
    void beforeAskingOneSeesHowLongItUsuallyTakes() {
        server.route("GET /eligible", """
                {"items":[{"role":"ops","target":"web-1","max_duration":"PT8H","decision":{"effect":"approval","approvals_needed":1},
                 "logins":["deploy"],"usual_wait":{"half":"PT5M","most":"PT40M","decisions":12}}],"next":null}""");
        assertThat(dev.types("eligible").out()).contains("5m, 9 of 10 in 40m");
    }

    @Test
    void aDryRunSaysWhatWouldBeDecidedAndAsksForNothing() {
        server.route("POST /requests/preview", """
                {"items":[{"role":"ops","target":"web-1","decision":{"effect":"approval","stages":[{"stage":1,"needed":1,"groups":["leads"]}]},
                 "usual_wait":{"half":"PT5M","most":"PT40M","decisions":12},"helps":["you are asked for a second factor no older than 15m"]}]}""");

        assertThat(dev.types("request ops web-1 --for 1h --reason later --dry-run")
                        .shown())
                .isEqualTo("""
                nothing was asked for; this would be decided:
                ops on web-1: 1 approval by leads
                  usually in 5m, 9 of 10 in 40m
                  you are asked for a second factor no older than 15m
                -> 3
                """);
        assertThat(server.calls.getLast().path()).endsWith("/requests/preview");
    }

    @Test
    void theTailIsALinePerEvent() {
        server.route("GET /audit/tail", """
                {"items":[{"id":"evt_1","time":"2026-11-22T10:00:00Z","message":"first"},{"id":"evt_2","message":"second"}],"next":"9"}""");
        assertThat(dev.types("audit tail -o json").out().lines())
                .hasSize(2)
                .first()
                .isEqualTo("{\"id\":\"evt_1\",\"time\":\"2026-11-22T10:00:00Z\",\"message\":\"first\"}");
    }

    @Test
    void doctorSaysWhatIsWrongAndWhatToDo() {
        assertThat(dev.types("doctor").out()).contains("ok    server    answers", "ok    session   dev, until");
        server.close();
        var ended = dev.types("doctor");
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.out()).contains("fail  server ", "hint: is it running");
    }

    private static String request(String state, String approvals, String grant) {
        return """
                {"id":"%s","state":"%s","requester":"dev","reason":"deploy","ticket":null,"requested_duration":"PT1H",
                 "created_at":"2026-11-22T12:00:00Z","expires_at":"2100-01-01T14:05:00Z","items":[{"id":"itm_1","role":"ops","target":"web-1",
                 "state":"%s","decision":{"effect":"approval","approvals_needed":1,"stages":[{"stage":1,"state":"open",
                 "needed":1,"given":0,"groups":["leads"],"people":[]}],"approvals":%s,
                 "explanation":["role ops asks for 1 approval by leads"]},"grant":%s}]}""".formatted(REQUEST, state, state, approvals, grant);
    }
}
