package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.base.PersonId;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.identity.Quarantine;
import dev.sallyport.testkit.TestDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two servers behind one name on one database: nothing that matters stays with one of them. */
class TwoServersTest {
    private static final String PASSWORD = "correct horse battery";
    private static TestDatabase database;
    private static RunningServer one;
    private static RunningServer other;

    @BeforeAll
    static void start() {
        database = TestServers.database();
        Path folder = TestServers.folder();
        ServerConfig first = TestServers.config(database, folder);
        ServerConfig second = TestServers.config(database, folder);
        one = RunningServer.start(first);
        // the same name for clients, another place to listen
        other = RunningServer.start(new ServerConfig(
                first.url(),
                second.bind(),
                second.port(),
                second.tls(),
                second.data(),
                second.database(),
                second.rootKey(),
                second.limits()));
        TestPeople.make(one, "ada", PASSWORD);
    }

    @AfterAll
    static void stop() {
        other.close();
        one.close();
        database.close();
    }

    private static TestClient atOther(TestClient client) {
        return client.at(other.feature(ServerConfig.class).port());
    }

    @Test
    void aSignInAtOneCountsAtTheOtherAndEndsThereWithinASecond() {
        var client = new TestClient(one);
        TestClient.Tokens tokens = client.signIn("ada", PASSWORD);
        TestClient there = atOther(client);
        assertThat(there.api("GET", "/api/v1/me", tokens.access()).statusCode()).isEqualTo(200);
        assertThat(client.api("GET", "/api/v1/me", tokens.access()).statusCode())
                .isEqualTo(200);

        HttpResponse<String> revoked =
                there.post("/oauth2/revoke", Map.of("client_id", "sallyport-cli", "token", tokens.refresh()));

        assertThat(revoked.statusCode()).isEqualTo(200);
        TokensTest.awaitRefusal(client, tokens.access(), "auth.session-ended");
    }

    @Test
    void aRefreshTokenOfOneIsExchangedAndSpentAtTheOther() {
        var client = new TestClient(one);
        TestClient.Tokens tokens = client.signIn("ada", PASSWORD);

        TestClient.Tokens next = TestClient.tokens(atOther(client).refresh(tokens.refresh()));

        assertThat(client.api("GET", "/api/v1/me", next.access()).statusCode()).isEqualTo(200);
        assertThat(client.refresh(tokens.refresh()).statusCode()).isEqualTo(400);
        TokensTest.awaitRefusal(atOther(client), next.access(), "auth.session-ended");
    }

    @Test
    void aBrowserSignedInAtOneIsSignedInAtTheOther() {
        var client = new TestClient(one);
        client.login("ada", PASSWORD);

        TestClient there = atOther(client);
        HttpResponse<String> asked = client.authorize(TestClient.authorizeRequest());

        assertThat(TestClient.location(there.answer(asked, "allow"))).startsWith(TestClient.REDIRECT + "?code=");
    }

    @Test
    void aProofSeenByOneIsRefusedByTheOther() {
        var client = new TestClient(one);
        TestClient.Tokens tokens = client.signIn("ada", PASSWORD);
        String proof = client.proof("GET", one.url() + "/api/v1/me", tokens.access());
        assertThat(client.api("GET", "/api/v1/me", tokens.access(), proof).statusCode())
                .isEqualTo(200);

        TokensTest.refuses(atOther(client).api("GET", "/api/v1/me", tokens.access(), proof), "auth.dpop-invalid");
    }

    @Test
    void aQuarantineAtOneCutsThePersonOffEverywhere() {
        PersonId eve = TestPeople.make(one, "eve", PASSWORD);
        var client = new TestClient(one);
        TestClient.Tokens tokens = client.signIn("eve", PASSWORD);
        TestClient there = atOther(client);
        assertThat(there.api("GET", "/api/v1/me", tokens.access()).statusCode()).isEqualTo(200);

        int ended = one.feature(Database.class)
                .change(
                        Actor.system("test"),
                        tx -> one.feature(Quarantine.class).impose(tx, eve, "stolen laptop"));

        assertThat(ended).as("the browser and the client").isEqualTo(2);
        TokensTest.awaitRefusal(there, tokens.access(), "auth.session-ended");
        assertThat(TestClient.location(there.login("eve", PASSWORD))).isEqualTo("/login?error");
        assertThat(TestClient.location(there.authorize(TestClient.authorizeRequest())))
                .endsWith("/login");
        assertThat(client.refresh(tokens.refresh()).statusCode()).isEqualTo(400);
    }
}
