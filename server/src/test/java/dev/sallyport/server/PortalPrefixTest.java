package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The portal behind a proxy that shows it under a path of its own and takes that path away before it asks. */
class PortalPrefixTest {
    private static final String PREFIX = "/pam";

    /** What in a page leads somewhere. */
    private static final Pattern LEADS = Pattern.compile(
            "(?:href|src|action|formaction|hx-get|hx-post|hx-sse:connect|data-base|data-offers|data-frames)=\"([^\"]*)\"");

    private static ApiWorld world;
    private static TestClient browser;

    @BeforeAll
    static void start() {
        world = new ApiWorld(config -> new ServerConfig(
                URI.create(config.url() + PREFIX),
                config.bind(),
                config.port(),
                config.tls(),
                config.data(),
                config.database(),
                config.rootKey(),
                config.limits()));
        world.signIn("dev");
        browser = new TestClient(world.server());
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @Test
    void everythingLeadsUnderThePrefix() {
        HttpResponse<String> before = PortalTest.page(browser, "/requests");
        assertThat(PortalTest.location(before)).isEqualTo(PREFIX + "/login");
        assertThat(leads(PortalTest.page(browser, "/login").body())).allMatch(PortalPrefixTest::isUnder);
        HttpResponse<String> signedIn = browser.login("dev", ApiWorld.PASSWORD);
        assertThat(TestClient.location(signedIn))
                .as("back to where one wanted to go")
                .isEqualTo(PREFIX + "/requests");

        for (String path :
                List.of("/", "/ask", "/requests", "/grants", "/sessions", "/me", "/help", "/help/how-to/portal")) {
            HttpResponse<String> page = PortalTest.page(browser, path);
            assertThat(page.statusCode()).as(path).isEqualTo(200);
            assertThat(leads(page.body())).as(path).isNotEmpty().allMatch(PortalPrefixTest::isUnder);
        }
        HttpResponse<String> signedOut = PortalTest.send(browser, "/sign-out", Map.of());
        assertThat(PortalTest.location(signedOut)).startsWith(PREFIX + "/");
    }

    private static boolean isUnder(String address) {
        return address.startsWith(PREFIX + "/")
                || address.equals(PREFIX)
                || address.startsWith("#")
                || address.startsWith("../")
                || address.startsWith("https://");
    }

    private static List<String> leads(String html) {
        var found = new ArrayList<String>();
        Matcher matcher = LEADS.matcher(html);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
