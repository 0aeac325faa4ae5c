package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.ContractServer.Call;
import dev.sallyport.cli.ContractServer.Reply;
import dev.sallyport.cli.output.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** AP1, RQ8: lists that are sorted, windows again and again, favourites, and who reaches what. */
class ListsAndReachTest {
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

    @ParameterizedTest
    @CsvSource({
        "requests --order due --state pending, /requests",
        "grants --order due, /grants",
        "sessions --order due, /sessions",
        "audit search --order due, /audit/events",
        "incidents list --order due, /incidents",
        "reviews list --order due, /reviews",
        "findings --order due, /findings",
        "groups list --order due, /groups",
        "identities list --order due, /identities",
        "sign-ins list --order due, /me/sessions",
        "delegations list --order due, /delegations",
        "breakglass kit list --order due, /breakglass/kits",
        "gateways list --order due, /gateways",
    })
    void theServerIsAskedForTheOrder(String command, String path) {
        server.route("GET " + path, "{\"items\":[],\"next\":null}");

        assertThat(dev.types(command).exit()).isZero();

        assertThat(server.calls)
                .filteredOn(call -> call.path().equals(path))
                .extracting(Call::query)
                .allMatch(query -> query != null && query.contains("order=due"));
        assertThat(server.calls)
                .filteredOn(call -> call.path().equals("/requests"))
                .allMatch(call -> String.valueOf(call.query()).contains("state=pending"));
    }

    @Test
    void targetsAreListedByWhoOwnsThemAndByWhatOpensThem() {
        server.route("GET /targets", "{\"items\":[],\"next\":null}");

        assertThat(dev.types("targets list --owner lead --role dba --eligibility night-dba")
                        .exit())
                .isZero();

        assertThat(String.valueOf(server.calls.getLast().query()))
                .contains("owner=lead", "role=dba", "eligibility=night-dba");
    }

    @Test
    void theSameWindowIsAskedForAgainAndAgain() {
        server.route("POST /requests", """
                {"id":"req_01kb0gq8y9v3mzj1c5t7x2r4wd","state":"approved","requester":"dev","requested_duration":"PT2H",
                 "created_at":"2026-11-22T12:00:00Z","expires_at":"2100-01-01T14:05:00Z","items":[
                  {"id":"itm_1","role":"dba","target":"prod-db","state":"approved","starts_at":"2027-01-01T22:00:00Z","decision":{"effect":"allow"}},
                  {"id":"itm_2","role":"dba","target":"prod-db","state":"approved","starts_at":"2027-01-08T22:00:00Z","decision":{"effect":"allow"}}]}""");

        assertThat(dev.types(
                                "request dba prod-db --for 2h --from 2027-01-01T22:00:00Z --every week --times 2 --reason patching")
                        .exit())
                .isZero();

        assertThat(Json.compact(server.sent("POST /requests").getFirst().path("repeat")))
                .isEqualTo("{\"every\":\"week\",\"times\":2,\"zone\":\"Z\"}");
        server.route("GET /requests", _ -> Reply.of(200, "{\"items\":[" + """
                {"id":"req_01kb0gq8y9v3mzj1c5t7x2r4wd","state":"approved","requester":"dev","requested_duration":"PT2H",
                 "created_at":"2026-11-22T12:00:00Z","expires_at":"2100-01-01T14:05:00Z","items":[
                  {"role":"dba","target":"prod-db","starts_at":"2027-01-01T22:00:00Z"},
                  {"role":"dba","target":"prod-db","starts_at":"2027-01-08T22:00:00Z"}]}]}"""));
        assertThat(dev.types("requests").out()).contains("dba on prod-db (2 windows)");
        for (String wrong :
                new String[] {"--every week --times 2", "--from 22:00 --every week", "--from 22:00 --times 2"}) {
            assertThat(dev.types("request dba prod-db --for 2h --reason x " + wrong)
                            .shown())
                    .contains("--every, --times and --from go together")
                    .endsWith("-> 64\n");
        }
    }

    @Test
    void favouritesAreAddedListedAndRemoved() {
        server.route("PUT /favourites/ops/web-1", _ -> Reply.of(204, ""));
        server.route("DELETE /favourites/ops/web-1", _ -> Reply.of(204, ""));
        server.route("GET /favourites", """
                {"items":[{"role":"ops","target":"web-1","max_duration":"PT8H","decision":{"effect":"allow"},"logins":["deploy"]}]}""");

        assertThat(dev.types("favourites add ops web-1").shown()).isEqualTo("ops on web-1 is a favourite\n-> 0\n");
        assertThat(dev.types("favourites list").out()).contains("ops", "web-1", "8h");
        assertThat(dev.types("favourites remove ops web-1").shown()).isEqualTo("ops on web-1 is no favourite\n-> 0\n");
    }

    @Test
    void oneSeesWhoReachesWhat() {
        server.route("GET /people/dev/reach", """
                {"items":[{"role":"ops","target":"web-1","description":"to deploy"}],"more":true}""");
        server.route("GET /targets/web-1/reach", """
                {"items":[{"role":"ops","eligibility":"developers-ops","people":["lead"],"groups":["developers"],
                 "attributes":{"team":"payments"},"until":null}]}""");
        server.route("GET /roles/ops/reach", "{\"items\":[]}");

        assertThat(dev.types("reach --person dev").out()).contains("to deploy", "and more than these 500");
        assertThat(dev.types("reach --target web-1").out())
                .contains("developers-ops", "lead", "developers", "team=payments");
        assertThat(dev.types("reach --role ops").out()).contains("nobody may ask for ops");
        server.route("GET /groups/leads/reach", """
                {"members":[{"person":"lead","display_name":"Lea D","active":false,"sources":["file","corp"]}],"more":false,
                 "items":[{"role":"dba","eligibility":"leads-dba","people":[],"groups":["leads"],"attributes":{},"until":null}]}""");
        server.route("GET /groups/leads/approves", """
                {"items":[{"role":"ops","rule":null,"stage":1,"count":1,"as":"decides"},
                 {"role":null,"rule":"deployments/two","stage":2,"count":2,"as":"escalation"}],"next":null}""");
        server.route("GET /groups/nobodies/approves", "{\"items\":[],\"next\":null}");
        assertThat(dev.types("reach --group leads").out())
                .contains("role ops", "policy deployments/two", "escalation")
                .doesNotContain("and more");
        assertThat(dev.types("reach --group leads").out()).contains("Lea D", "no", "file,corp", "dba", "leads-dba");
        server.route("GET /groups/nobodies/reach", "{\"members\":[],\"more\":false,\"items\":[]}");
        assertThat(dev.types("reach --group nobodies").out())
                .contains(
                        "nobody is in nobodies",
                        "nobodies makes nobody eligible for anything",
                        "nobodies approves nothing");
        assertThat(dev.types("reach").exit()).isEqualTo(64);
        assertThat(dev.types("reach --role ops --target web-1").exit()).isEqualTo(64);
    }

    @Test
    void anyCallOfTheApiIsMadeAndLentToCurl() throws Exception {
        server.route("GET /grants", "{\"items\":[],\"next\":null}");
        server.route("POST /policy/who-can", call -> Reply.of(200, Json.compact(call.body())));

        assertThat(dev.types("api GET /grants?view=mine").out()).isEqualTo("{\"items\":[],\"next\":null}\n");
        assertThat(server.calls.getLast().query()).isEqualTo("view=mine");
        assertThat(dev.types("api POST /policy/who-can --data -", "{\"role\":\"ops\"}")
                        .out())
                .isEqualTo("{\"role\":\"ops\"}\n");
        String lent = dev.types("api --curl GET /grants?view=mine").out();
        assertThat(lent)
                .contains("url = \"" + server.url() + "/api/v1/grants?view=mine\"")
                .contains("header = \"Authorization: DPoP ", "header = \"DPoP: ");
        var curl = new ProcessBuilder("curl", "-sS", "-K", "-")
                .redirectErrorStream(true)
                .start();
        try (var in = curl.outputWriter()) {
            in.write(lent);
        }
        assertThat(new String(curl.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("{\"items\":[],\"next\":null}");
        assertThat(dev.types("api PATCH /grants").shown()).contains("expected: one of GET POST PUT DELETE");
        assertThat(dev.types("api GET grants").exit()).isEqualTo(64);
        assertThat(dev.types("api --curl POST /grants --data {}").exit()).isEqualTo(64);
    }

    @Test
    void aReviewIsSeenWithWhatWasDone() {
        server.route("GET /reviews/rev_1", """
                {"id":"rev_1","state":"open","because":"break-glass","identity":"dev","role":"ops","target":"web-1","reason":"it is down",
                 "grant":"grt_1","request":"req_1","due_at":"2100-01-01T00:00:00Z"}""");
        server.route("GET /sessions", """
                {"items":[{"id":"ssn_1","grant":"grt_1","state":"closed","started_at":"2026-11-22T12:00:00Z"},
                          {"id":"ssn_2","grant":"grt_2","state":"closed","started_at":"2026-11-22T12:00:00Z"}],"next":null}""");
        server.route("GET /sessions/ssn_1/commands", """
                {"items":[{"at":"2026-11-22T12:05:00Z","command":"systemctl restart shop"}]}""");

        assertThat(dev.types("reviews show rev_1").out())
                .contains("rev_1 is open: dev had ops on web-1 (break-glass)", "it is down", "systemctl restart shop")
                .contains("ssn_1")
                .doesNotContain("ssn_2");
        assertThat(server.calls)
                .filteredOn(call -> call.path().equals("/sessions"))
                .extracting(Call::query)
                .allMatch(query -> query != null && query.contains("identity=dev") && query.contains("target=web-1"));
    }

    @Test
    void oneSeesWhoIsInQuarantine() {
        server.route("GET /quarantines", """
                {"items":[{"person":"stolen","since":"2026-11-22T12:00:00Z","reason":"laptop gone"}],"next":null}""");

        assertThat(dev.types("quarantines").out()).contains("stolen", "laptop gone");
    }

    @Test
    void oneSeesWhatOpenSessionsDidLast() {
        server.route("GET /sessions", """
                {"items":[{"id":"ssn_01kb0gq8y9v3mzj1c5t7x2r4wd","state":"open","identity":"dev","target":"web-1","login":"deploy",
                  "started_at":"2026-11-22T12:00:00Z","recording":{"state":"pending"},
                  "last_command":{"at":"2026-11-22T12:05:00Z","command":"rm -rf \\u001b[31m/srv","exact":false}}],"next":null}""");

        var shown = dev.types("sessions --live --doing");

        assertThat(shown.out()).contains("LAST COMMAND", "rm -rf").doesNotContain("\u001b");
        assertThat(server.calls.getLast().query()).contains("doing=true", "live=true");
    }
}
