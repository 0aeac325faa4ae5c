package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.ContractServer.Reply;
import dev.sallyport.cli.output.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RQ3 on the command line: the key of a decision service. */
class DecisionServiceVerbsTest {
    private static final String KEY = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";

    @TempDir
    Path home;

    private ContractServer server;
    private Person operator;

    @BeforeEach
    void start() throws IOException {
        server = new ContractServer();
        operator = Person.at(home, Clock.systemUTC());
        assertThat(operator.signsIn(server).exit()).isZero();
    }

    @AfterEach
    void nothingToComplainAbout() {
        server.close();
        assertThat(server.complaints).isEmpty();
    }

    @Test
    void theKeyIsReadFromStandardInputAndNeverPrinted() {
        server.route("PUT /decision-services/desk/secret", _ -> Reply.of(204, ""));
        server.route(
                "PUT /decision-services/none/secret",
                _ -> ContractServer.problem(404, "decision-service.unknown", "\"none\": no such DecisionService", ""));

        assertThat(operator.types("decision-services secret desk", KEY + "\n").shown())
                .isEqualTo("the secret of desk is set\n-> 0\n");
        assertThat(operator.types("decision-services secret none", KEY + "\n").shown())
                .contains("decision-service.unknown")
                .doesNotContain(KEY);
        assertThat(server.sent("PUT /decision-services/desk/secret"))
                .singleElement()
                .satisfies(body -> assertThat(Json.text(body, "secret")).isEqualTo(KEY));
    }

    @Test
    void aTestSaysWhatCameOfItAndEndsWithOneWhenNothingWouldCount() throws IOException {
        server.route("POST /decision-services/desk/test", """
                {"question":"dqu_1","url":"https://desk.example.org/","milliseconds":12,"answered":true,"decision":"deny",
                 "comment":"an hour at most","failure":null,"attempts":3,"silence":"deny"}""");
        server.route("POST /decision-services/down/test", """
                {"question":"dqu_2","url":"https://down.example.org/","milliseconds":5001,"answered":false,"decision":null,
                 "comment":null,"failure":"down.example.org gave no answer within 5 s","attempts":3,"silence":"escalate"}""");
        Path facts = java.nio.file.Files.writeString(home.resolve("facts.json"), "{\"context\":{\"risk\":60}}");
        Path none = java.nio.file.Files.writeString(home.resolve("none.json"), "risk: 60");

        assertThat(operator.types("decision-services test desk --role ops --for 2h --risk 60 --facts " + facts)
                        .shown())
                .isEqualTo("""
                        desk would deny: an hour at most
                        answered in 12 ms, signed rightly; nothing is decided by it
                        -> 0
                        """);
        assertThat(operator.types("decision-services test down --request req_1").shown())
                .isEqualTo("""
                        down gave no answer that counts: down.example.org gave no answer within 5 s
                        after 5001 ms, from https://down.example.org/
                        a real question would be asked 3 times, and then others would be asked
                        -> 1
                        """);
        assertThat(operator.types("decision-services test desk --facts " + none).shown())
                .contains("holds no JSON object", "-> 64");
        assertThat(server.sent("POST /decision-services/desk/test"))
                .singleElement()
                .satisfies(body -> assertThat(Json.compact(body))
                        .contains("\"role\":\"ops\"", "\"risk\":60", "{\"context\":{\"risk\":60}}")
                        .doesNotContain("request\":\""));
    }

    @Test
    void aRequestShowsWhatTheServiceSaidAndSinceWhenItIsSilent() {
        String request = """
                {"id":"req_1","state":"pending","requester":"dev","reason":"deploy","requested_duration":"PT1H",
                 "created_at":"2100-01-01T14:05:00Z","expires_at":"2100-01-01T15:05:00Z","break_glass":false,"items":[
                 {"id":"itm_1","role":"ops","target":"web-1","state":"pending","decision":{"effect":"approval",
                  "approvals_needed":2,"stages":[
                   {"stage":1,"state":"done","needed":1,"given":1,"groups":[],"people":[],"service":"desk","fallback_groups":[]},
                   {"stage":2,"state":"open","needed":1,"given":0,"groups":["leads"],"people":[],"service":"rota",
                    "unheard_at":"2100-01-01T14:06:00Z","fallback_groups":[]}],
                  "approvals":[{"by":"the service desk","service":"desk","at":"2100-01-01T14:05:10Z","verdict":"approve",
                   "comment":"score 3"}],"explanation":[],"incidents":[]},
                  "gives":{"logins":["deploy"],"extensions":[],"rights":[]}}]}""";
        server.route("GET /requests/req_1", request);

        assertThat(operator.types("show req_1").out())
                .contains(
                        "1 approval by the service desk, then 1 approval by leads or the service rota",
                        "the service desk approves: score 3",
                        "silent",
                        "the service rota; others decide");
    }
}
