package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class SetUpTest {
    private static final String PASSWORD = "correct horse battery";

    @Test
    void theLinkMakesTheFirstAdministratorOnce() {
        try (TestDatabase database = TestServers.database();
                RunningServer server = TestServers.start(database, TestServers.folder())) {
            var client = new TestClient(server);
            String link = server.setUpLink().orElseThrow().reveal();
            String token = TestClient.parameter(link, "token");
            assertThat(client.get("/setup?token=" + token).body()).contains("first administrator");

            assertThat(submit(client, "not-the-token", "root").statusCode()).isEqualTo(403);
            HttpResponse<String> made = submit(client, token, "root");
            HttpResponse<String> again = submit(client, token, "mallory");

            assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
            assertThat(again.statusCode()).isEqualTo(409);
            assertThat(server.setUpLink()).isEmpty();
            TestClient.Tokens tokens = client.signIn("root", PASSWORD);
            assertThat(client.api("GET", "/api/v1/me", tokens.access()).body()).contains("administrators");
            assertThat(client.api("GET", "/api/v1/eligible", tokens.access()).body())
                    .contains("\"administrator\"", "\"sallyport\"");
        }
    }

    private static HttpResponse<String> submit(TestClient client, String token, String name) {
        return client.send(client.request("/setup")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("""
                        {"token":"%s","name":"%s","display_name":"Root","password":"%s"}
                        """.formatted(token, name, PASSWORD))));
    }
}
