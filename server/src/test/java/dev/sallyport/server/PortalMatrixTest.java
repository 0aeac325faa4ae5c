package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.identity.Rights;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Every page of the portal as nobody, as somebody without rights and as an administrator; what came of it is written down.
 * Run with {@code -Dsallyport.golden=write} to write the table anew.
 */
class PortalMatrixTest {
    private static final Path TABLE = Path.of("..", "docs", "reference", "pages.md");

    private static final List<String> WHO = List.of("other", "admin-9");

    private static final String ACCEPTED = "text/html,*/*;q=0.8";
    private static final Pattern PLACE = Pattern.compile("\\{(\\w+)(?::([^{}]*))?}");

    /** In the short run who holds a single right follows the navigation; in the long one, they open every page. */
    private static final boolean LONG = Boolean.getBoolean("sallyport.long");

    /** A link of the navigation. */
    private static final Pattern NAVIGATION = Pattern.compile("<li><a href=\"([^\"]+)\" data-name=");

    private static ApiWorld world;

    /** A page, or a form of one. */
    private record Page(RequestMethod method, String path) implements Comparable<Page> {
        /** An address of nothing that exists. */
        String example() {
            return PLACE.matcher(path).replaceAll(place -> switch (place.group(1)) {
                case "kind" ->
                    "roles".matches(place.group(2)) ? "roles" : place.group(2).replaceFirst("\\|.*", "");
                case "folder" -> "how-to";
                case "verdict" -> "approve";
                default -> "no-such";
            });
        }

        /** Without what its parts may look like. */
        String shown() {
            return PLACE.matcher(path).replaceAll("{$1}");
        }

        /** Follows what happens, and does not end by itself. */
        boolean isStream() {
            return path.equals("/live");
        }

        @Override
        public int compareTo(Page other) {
            int byPath = path.compareTo(other.path);
            return byPath == 0 ? method.compareTo(other.method) : byPath;
        }
    }

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        world.signIn("other");
        world.holder("admin-9", Rights.ALL.toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @Test
    void everyPageLetsInWhoItShould() throws IOException {
        var rows = new ArrayList<String>();
        for (Page page : pages()) {
            if (page.isStream()) {
                continue;
            }
            String nobody = said(call(new TestClient(world.server()), page, "/login"));
            assertThat(nobody).as(page + " as nobody").isEqualTo("sign in");
            var row = new StringBuilder("| " + page.method() + " | `" + page.shown() + "` |");
            for (String name : WHO) {
                HttpResponse<String> answer = call(signedIn(name), page, "/me");
                assertThat(answer.statusCode())
                        .as(page + " as " + name + ": " + answer.body())
                        .isLessThan(500);
                row.append(' ').append(said(answer)).append(" |");
            }
            rows.add(row.toString());
        }
        String table = """
                # Pages of the portal

                Every page and form, called by somebody who is signed in and holds no right, and by somebody who holds all. Where an address names something, it names nothing that exists. Nobody gets further than the sign-in page, and no form does anything without its token. `PortalMatrixTest` calls them all and compares.

                | Method | Address | Without rights | With all rights |
                |---|---|---|---|
                """ + String.join("\n", rows) + "\n";
        if ("write".equals(System.getProperty("sallyport.golden"))) {
            Files.writeString(TABLE, table);
        }
        assertThat(table).isEqualTo(Files.readString(TABLE));
    }

    @Test
    void noFormDoesAnythingWithoutItsToken() {
        var browser = new TestClient(world.server());
        browser.login("admin-9", ApiWorld.PASSWORD);
        for (Page page : pages()) {
            if (page.method() == RequestMethod.POST) {
                assertThat(PortalTest.send(browser, page.example(), Map.of("_csrf", "x"))
                                .statusCode())
                        .as(page.toString())
                        .isEqualTo(403);
            }
        }
    }

    @Test
    void whoHoldsASingleRightIsLedNowhereThatRefusesThemAndNoPageBreaks() {
        int place = 0;
        for (String right : Rights.ALL) {
            String name = "only-" + right.replace('.', '-');
            world.holder(name, right);
            var browser = new TestClient(world.server(), "127.0.5." + ++place);
            browser.login(name, ApiWorld.PASSWORD);
            String home = PortalTest.page(browser, "/").body();
            NAVIGATION
                    .matcher(home)
                    .results()
                    .map(found -> found.group(1))
                    .forEach(path -> assertThat(PortalTest.page(browser, path).statusCode())
                            .as(path + " is in the navigation of who holds " + right)
                            .isEqualTo(200));
            for (Page page : pages()) {
                if (LONG && page.method() == RequestMethod.GET && !page.isStream()) {
                    assertThat(call(browser, page, "/me").statusCode())
                            .as(page + " with " + right)
                            .isLessThan(500);
                }
            }
        }
    }

    private static final Map<String, TestClient> BROWSERS = new HashMap<>();

    /** The browser of somebody, who signs in again where a page has signed them out. */
    private static TestClient signedIn(String name) {
        TestClient browser = BROWSERS.computeIfAbsent(name, _ -> new TestClient(world.server()));
        if (PortalTest.page(browser, "/me").statusCode() != 200) {
            browser.login(name, ApiWorld.PASSWORD);
        }
        return browser;
    }

    private static HttpResponse<String> call(TestClient browser, Page page, String form) {
        return page.method() == RequestMethod.GET
                ? browser.send(browser.request(page.example())
                        .header("Accept", ACCEPTED)
                        .GET())
                : browser.send(browser.request(page.example())
                        .header("Accept", ACCEPTED)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(TestClient.body(Map.of("_csrf", browser.formToken(form)))));
    }

    private static String said(HttpResponse<String> answer) {
        int status = answer.statusCode();
        return switch (status) {
            case 200 -> "shown";
            case 302, 303 ->
                answer.headers().firstValue("Location").orElse("").endsWith("/login") ? "sign in" : "goes on";
            case 400 -> "invalid";
            case 401, 403 -> "refused";
            case 404 -> "not found";
            case 409 -> "conflict";
            default -> Integer.toString(status);
        };
    }

    /** What has a visit is a page of the portal. */
    private static List<Page> pages() {
        var found = new TreeMap<Page, Page>();
        world.server()
                .feature(RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .forEach((mapping, handler) -> {
                    boolean visited = Arrays.stream(handler.getMethodParameters())
                            .anyMatch(parameter ->
                                    parameter.getParameterType().getSimpleName().equals("Visit"));
                    if (visited) {
                        for (String path : mapping.getPatternValues()) {
                            mapping.getMethodsCondition()
                                    .getMethods()
                                    .forEach(method -> found.put(new Page(method, path), new Page(method, path)));
                        }
                    }
                });
        return List.copyOf(found.keySet());
    }
}
