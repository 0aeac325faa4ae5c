package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.TestDatabase;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SignInTest {
    private static final String PASSWORD = "correct horse battery";
    private static TestDatabase database;
    private static RunningServer server;

    @BeforeAll
    static void start() {
        database = TestServers.database();
        server = TestServers.start(database, TestServers.folder());
        TestPeople.firstRun(server, "ada", PASSWORD);
    }

    @AfterAll
    static void stop() {
        server.close();
        database.close();
    }

    @Test
    void walksFromTheFormToWhoIAm() {
        var client = new TestClient(server);

        TestClient.Tokens tokens = client.signIn("ada", PASSWORD);
        HttpResponse<String> me = client.api("GET", "/api/v1/me", tokens.access());

        assertThat(me.statusCode()).as(me.body()).isEqualTo(200);
        assertThat(TestClient.json(me).get("person")).extracting("name").isEqualTo("ada");
        assertThat(TestClient.json(me).get("groups")).asString().contains("administrators");
        assertThat(TestClient.json(me).get("session"))
                .extracting("amr")
                .asString()
                .isEqualTo("[pwd]");
    }

    @Test
    void answersAWrongPasswordAndAnUnknownNameTheSame() {
        var client = new TestClient(server);

        HttpResponse<String> wrong = client.login("ada", "a wrong password");
        HttpResponse<String> unknown = client.login("nobody-here", "a wrong password");

        assertThat(wrong.statusCode()).isEqualTo(302);
        assertThat(TestClient.location(wrong)).isEqualTo("/login?error");
        assertThat(TestClient.location(unknown)).isEqualTo("/login?error");
        assertThat(client.get("/login?error").body()).contains("name or password is wrong");
        assertThat(client.authorize(TestClient.authorizeRequest()).headers().firstValue("Location"))
                .hasValueSatisfying(location -> assertThat(location).contains("/login"));
    }

    @Test
    void refusesAFormWithoutItsToken() {
        var client = new TestClient(server);

        HttpResponse<String> answer = client.post("/login", Map.of("username", "ada", "password", PASSWORD));

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("auth.form-expired");
    }
}
