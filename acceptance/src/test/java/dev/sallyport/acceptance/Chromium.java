package dev.sallyport.acceptance;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import dev.sallyport.testkit.TcpRelay;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** Debian's Chromium without a window, driven by Playwright; each person has a context, as if it were another computer. */
@NullMarked
final class Chromium implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/bin/chromium");
    private static final int PATIENCE_MILLIS = 60_000;

    private static final List<String> ARGUMENTS = List.of(
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    static Chromium start() {
        return start(List.of());
    }

    /** One whose connections to a port of this name go through a relay; what it takes for the server's address stays. */
    static Chromium through(TcpRelay relay, URI server) {
        return start(List.of("--host-resolver-rules=MAP " + server.getAuthority() + " 127.0.0.1:" + relay.port()));
    }

    private static Chromium start(List<String> more) {
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(PROGRAM)
                        .setArgs(
                                Stream.concat(ARGUMENTS.stream(), more.stream()).toList()));
        // a busy machine is slow, and no test is about that
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
        return new Chromium(playwright, browser);
    }

    /** Another computer; the demo's certificate is of an authority that it does not know. */
    BrowserContext person() {
        BrowserContext context = browser.newContext(
                new Browser.NewContextOptions().setIgnoreHTTPSErrors(true).setLocale("en-GB"));
        context.setDefaultTimeout(PATIENCE_MILLIS);
        return context;
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
