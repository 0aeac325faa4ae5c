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

/** Logins of people, lost passwords and keys that sign. */
class LoginsAndKeysTest {
    private static final String LOGIN = """
            {"id":"idn_1","person":"lead","person_id":"per_1","issuer":"https://id.example.org","subject":"s-1","created_at":"2100-01-01T14:05:00Z"}""";

    @TempDir
    Path home;

    private ContractServer server;
    private Person admin;

    @BeforeEach
    void start() throws IOException {
        server = new ContractServer();
        admin = Person.at(home, Clock.systemUTC());
        assertThat(admin.signsIn(server).exit()).isZero();
    }

    @AfterEach
    void nothingToComplainAbout() {
        server.close();
        assertThat(server.complaints).isEmpty();
    }

    @Test
    void loginsAreListedAndShown() {
        server.route("GET /identities", "{\"items\":[" + LOGIN + "],\"next\":null}");
        server.route("GET /identities/idn_1", LOGIN);

        assertThat(admin.types("identities list --person lead").out())
                .contains("PERSON", "lead", "https://id.example.org", "s-1", "idn_1");
        assertThat(admin.types("identities show lead").out()).contains("idn_1");
        assertThat(admin.types("identities show idn_1").out()).contains("subject: s-1");
        assertThat(admin.types("show idn_1").out()).contains("subject: s-1");
    }

    @Test
    void loginsAreLinkedMovedAndTakenAway() {
        server.route("POST /identities", _ -> Reply.of(201, LOGIN));
        server.route(
                "POST /identities/idn_1/move",
                "{\"identity\":" + LOGIN + ",\"disabled\":\"lead-2\",\"revoked\":[\"grt_1\"]}");
        server.route("DELETE /identities/idn_1", "{\"id\":\"idn_1\",\"sessions_ended\":2}");

        assertThat(admin.types("identities link lead --issuer https://id.example.org --subject s-1 --reason hers")
                        .shown())
                .isEqualTo("s-1 of https://id.example.org is lead now (idn_1)\n-> 0\n");
        assertThat(admin.types("identities move idn_1 --from lead-2 --to lead --reason same")
                        .shown())
                .isEqualTo("idn_1 is lead's now; lead-2 is disabled, 1 grants ended\n-> 0\n");
        assertThat(admin.types("identities unlink idn_1 --reason closed").shown())
                .isEqualTo("idn_1 opens nothing any more; 2 sessions ended\n-> 0\n");
        assertThat(server.sent("POST /identities/idn_1/move"))
                .singleElement()
                .satisfies(body -> assertThat(Json.compact(body)).isEqualTo("""
                        {"from":"lead-2","to":"lead","reason":"same"}"""));
        assertThat(admin.types("identities move idn_1 --from lead-2 --to lead").exit())
                .isEqualTo(64);
    }

    @Test
    void theLinkForALostPasswordIsPrinted() {
        server.route("POST /people/dev/password-reset", _ -> Reply.of(201, """
                {"person":"dev","url":"https://pam.example.org/reset-password?token=abc","expires_at":"2100-01-01T14:05:00Z"}"""));

        assertThat(admin.types("people reset-password dev --reason forgot").out())
                .startsWith("For dev alone, once, until 2100-01-01 14:05")
                .endsWith("https://pam.example.org/reset-password?token=abc\n");
    }

    @Test
    void keysAreListedRotatedAndActivated() {
        String keys = """
                {"items":[{"id":"cak_1","purpose":"krl","state":"next","fingerprint":"SHA256:x","since":"2100-01-01T14:05:00Z","trusted_until":null}],
                 "hosts_lacking":["web-1"]}""";
        server.route("GET /keys", keys);
        server.route("POST /keys/krl/rotate", _ -> Reply.of(201, keys));
        server.route("POST /keys/krl/activate", keys);

        assertThat(admin.types("keys list").out())
                .contains("PURPOSE", "SHA256:x", "hosts that have not learned the newest keys: web-1");
        assertThat(admin.types("keys rotate krl").exit()).isZero();
        assertThat(admin.types("keys activate krl --force").exit()).isZero();
        assertThat(server.sent("POST /keys/krl/activate"))
                .singleElement()
                .satisfies(
                        body -> assertThat(body.path("force").asBoolean(false)).isTrue());
    }

    @Test
    void theRiskOfARequestAndOfAPersonIsShownWithItsReasons() {
        String risk = """
                {"points":30,"reasons":[{"feature":"address","points":20,"why":"asked from elsewhere"},
                                        {"feature":"role","points":10,"why":"never had the role ops before"}]}""";
        server.route("GET /requests/req_1", """
                {"id":"req_1","state":"pending","requester":"dev","requested_duration":"PT1H","created_at":"2100-01-01T14:05:00Z",
                 "items":[{"id":"itm_1","role":"ops","target":"web-1","state":"pending","decision":{"effect":"approval"},
                           "background":{"held_by":[],"held":0,"denied":0,"risk":%s}}]}""".formatted(risk));
        server.route("GET /people/dev/risk", """
                {"items":[{"request":"req_1","item":"itm_1","role":"ops","target":"web-1","created_at":"2100-01-01T14:05:00Z",
                           "risk":%s}],"next":null}""".formatted(risk));

        assertThat(admin.types("risk show req_1").shown()).isEqualTo("""
                        ops on web-1: 30 of 100
                          +20  address      asked from elsewhere
                          +10  role         never had the role ops before
                        -> 0
                        """);
        assertThat(admin.types("risk show dev").out()).contains("30", "req_1", "ops on web-1", "address, role");
        assertThat(admin.types("show req_1").out()).contains("30 of 100", "+20 asked from elsewhere");
    }
}
