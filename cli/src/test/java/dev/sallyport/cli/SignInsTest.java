package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.ContractServer.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where one is signed in, and signing out there. */
class SignInsTest {
    private static final String SIGN_INS = """
            {"items":[
             {"id":"ses_2","client":"browser","amr":["pwd","otp"],"created_at":"2100-01-01T14:05:00Z","expires_at":"2100-01-02T02:05:00Z",
              "client_address":"192.0.2.7","user_agent":"Hostile\\u001b[2J/1.0","current":false},
             {"id":"ses_1","client":"sallyport-cli","amr":["pwd"],"created_at":"2100-01-01T14:00:00Z","expires_at":"2100-01-02T02:00:00Z",
              "client_address":null,"user_agent":null,"current":true}],"next":null}""";

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
    void theyAreListedWithTheOneThatAsksMarked() {
        server.route("GET /me/sessions", SIGN_INS);

        String shown = dev.types("sign-ins list -o wide").out();

        assertThat(shown)
                .contains("ses_2", "pwd+otp", "192.0.2.7", "sallyport-cli (this one)")
                .doesNotContain("browser (this one)", "\u001b");
    }

    @Test
    void oneIsEndedOrAllOthersAre() {
        server.route("POST /me/sessions/ses_2/end", _ -> Reply.of(204, ""));
        server.route("POST /me/sessions/end-others", "{\"ended\":3}");

        assertThat(dev.types("sign-ins end ses_2").shown()).isEqualTo("ses_2 is signed out\n-> 0\n");
        assertThat(dev.types("sign-ins end --others").shown()).isEqualTo("3 other sign-ins ended\n-> 0\n");
    }

    @Test
    void somebodyElsesIsARefusalAndNothingOrBothIsAMistake() {
        server.route(
                "POST /me/sessions/ses_9/end",
                _ -> ContractServer.problem(404, "sign-in.unknown", "\"ses_9\": no such sign-in of yours", ""));

        assertThat(dev.types("sign-ins end ses_9").err()).contains("! sign-in.unknown");
        assertThat(dev.types("sign-ins end").exit()).isEqualTo(64);
        assertThat(dev.types("sign-ins end ses_2 --others").exit()).isEqualTo(64);
    }
}
