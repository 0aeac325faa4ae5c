package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ThrottleTest {
    private static final String PASSWORD = "correct horse battery";
    private static TestDatabase database;
    private static RunningServer server;

    @BeforeAll
    static void start() {
        database = TestServers.database();
        server = TestServers.start(database, TestServers.folder());
        TestPeople.make(server, "ada", PASSWORD);
        TestPeople.make(server, "bob", PASSWORD);
    }

    @AfterAll
    static void stop() {
        server.close();
        database.close();
    }

    @Test
    void guessingBlocksTheGuesserAndNobodyElse() {
        var guesser = new TestClient(server, "127.0.0.2");
        var ada = new TestClient(server, "127.0.0.3");
        String last = "";
        for (int i = 0; i < 8; i++) {
            last = TestClient.location(guesser.login("ada", "guess number " + i));
        }

        assertThat(last).isEqualTo("/login?throttled");
        assertThat(TestClient.location(guesser.login("ada", PASSWORD))).isEqualTo("/login?throttled");
        assertThat(guesser.get("/login?throttled").body()).contains("too many failed sign-ins");
        assertThat(TestClient.location(ada.login("ada", PASSWORD))).isEqualTo("/");
    }

    @Test
    void anotherNameFromTheSameAddressIsNotBlockedByAFewFailures() {
        var client = new TestClient(server, "127.0.0.4");
        for (int i = 0; i < 6; i++) {
            client.login("ada", "guess number " + i);
        }

        assertThat(TestClient.location(client.login("bob", PASSWORD))).isEqualTo("/");
    }

    @Test
    void aSuccessForgetsTheFailuresOfTheName() {
        var client = new TestClient(server, "127.0.0.5");
        for (int round = 0; round < 3; round++) {
            client.login("bob", "one wrong guess");
            client.login("bob", "another wrong guess");
            assertThat(TestClient.location(client.login("bob", PASSWORD))).isEqualTo("/");
        }
    }
}
