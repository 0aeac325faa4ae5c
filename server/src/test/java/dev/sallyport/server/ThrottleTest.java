package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ThrottleTest {
    private static final String PASSWORD = "correct horse battery";

    /** More than enough: blocks double, and outgrow how long a call takes. */
    private static final int GUESSES = 40;

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
    void guessingBlocksTheGuesserAndNobodyElse() throws SQLException {
        var guesser = new TestClient(server, "127.0.0.2");
        var ada = new TestClient(server, "127.0.0.3");
        String last = "";
        for (int i = 0; i < GUESSES && !last.equals("/login?throttled"); i++) {
            last = TestClient.location(guesser.login("ada", "guess number " + i));
        }
        prolongBlocks();

        assertThat(last).isEqualTo("/login?throttled");
        assertThat(TestClient.location(guesser.login("ada", PASSWORD))).isEqualTo("/login?throttled");
        assertThat(guesser.get("/login?throttled").body()).contains("too many failed sign-ins");
        assertThat(TestClient.location(ada.login("ada", PASSWORD))).isEqualTo("/");
    }

    /** The first blocks are over in seconds, which a busy machine may need for one call. */
    private static void prolongBlocks() throws SQLException {
        try (var connection = database.connect(database.owner());
                var statement = connection.createStatement()) {
            statement.executeUpdate(
                    "update sallyport.login_throttle set blocked_until = blocked_until + interval '1 hour'"
                            + " where key like 'name:%' and blocked_until > last_at");
        }
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
