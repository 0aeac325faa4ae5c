package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.database.Json;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** AP3: Ctrl-K finds by name what one may look up, and nothing else. */
class PortalPaletteTest {
    private static ApiWorld world;
    private static TestClient plain;
    private static TestClient devs;
    private static TestClient reader;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        world.apply(IntStream.range(0, 20).mapToObj("""
                        apiVersion: sallyport/v1
                        kind: Person
                        metadata: {name: a-dev-%d}
                        spec: {}
                        """::formatted).collect(Collectors.joining("---\n")));
        world.signIn("dev");
        world.signIn("other");
        world.holder("reader", "catalog.read");
        plain = world.browser("other");
        devs = world.browser("dev");
        reader = world.browser("reader");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static HttpResponse<String> asked(TestClient browser, String question) {
        return browser.send(browser.request("/palette?q=" + URLEncoder.encode(question, StandardCharsets.UTF_8))
                .header("Accept", "application/json")
                .GET());
    }

    /** Each as its kind, text and address. */
    @SuppressWarnings("unchecked") // the shape of the answer
    private static List<String> found(TestClient browser, String question) {
        var items = (List<java.util.Map<String, Object>>) java.util.Objects.requireNonNull(
                Json.object(asked(browser, question).body()).get("items"));
        return items.stream()
                .map(item -> item.get("kind") + " " + item.get("text") + " " + item.get("href"))
                .toList();
    }

    @Test
    void targetsRolesPeopleAndGroupsAreFoundByPartsOfTheirNames() {
        assertThat(found(reader, "eb-1")).containsExactly("target web-1 /targets/web-1");
        assertThat(found(reader, "OPS")).containsExactly("role ops /roles/ops");
        assertThat(found(reader, "lead")).containsExactly("person lead /people/lead", "group leads /groups/leads");
        assertThat(found(reader, "person lead")).contains("person lead /people/lead");
        assertThat(found(reader, "web target")).containsExactly("target web-1 /targets/web-1");
        assertThat(found(reader, "dev 1 a")).hasSize(5).allMatch(item -> item.startsWith("person a-dev-1"));
        assertThat(found(reader, "nothing-is-called-so")).isEmpty();
    }

    @Test
    void whatIsCalledExactlySoStandsFirstAmongManyThatHoldIt() {
        assertThat(found(reader, "dev").stream().filter(item -> item.startsWith("person")))
                .hasSize(5)
                .startsWith("person dev /people/dev");
    }

    @Test
    void whoMayNotListThemFindsNone() {
        for (String question : List.of("web-1", "ops", "dev", "lead", "person dev", "target web-1", "leads")) {
            assertThat(found(plain, question)).as(question).isEmpty();
        }
        assertThat(found(devs, "lead")).isEmpty();
        assertThat(asked(new TestClient(world.server()), "dev").statusCode()).isIn(302, 401);
    }

    @Test
    void whatOneMayAskForIsFoundByItsWordsAndWithoutAny() {
        assertThat(found(devs, "ask for ops web")).containsExactly("ask Ask for ops on web-1 /ask?item=ops%20web-1");
        assertThat(found(devs, "web-1"))
                .containsExactly(
                        "ask Ask for look on web-1 /ask?item=look%20web-1",
                        "ask Ask for ops on web-1 /ask?item=ops%20web-1");
        assertThat(found(devs, "")).hasSize(2).allMatch(item -> item.startsWith("ask "));
        assertThat(found(plain, "")).isEmpty();
    }

    @Test
    void aQuestionThatIsTooLongOrNoTextIsRefused() {
        assertThat(asked(reader, "w".repeat(101)).statusCode()).isEqualTo(400);
        assertThat(asked(reader, "web\u0007").statusCode()).isEqualTo(400);
        assertThat(asked(reader, "%_'\\ <b>").statusCode()).isEqualTo(200);
    }
}
