package dev.sallyport.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.AxeResults;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import com.microsoft.playwright.options.LoadState;
import dev.sallyport.acceptance.Installation.Outcome;
import dev.sallyport.acceptance.Installation.User;
import dev.sallyport.testkit.ChildProcess;
import dev.sallyport.testkit.TcpRelay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * AP3, RQ1, RQ2, SE4, SE5, SE6 in a real browser: two people ask and approve by clicking, a terminal is opened, watched, cut off by a
 * revocation, and seen again; every page is looked at by axe-core, in light and dark, wide and narrow.
 */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowserTest {
    /** Where a terminal says that its cursor is, as {@code cat -v} shows it. */
    private static final Pattern ANSWER = Pattern.compile("\\^\\[\\[\\d+;\\d+R");

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final boolean LONG = Boolean.getBoolean("sallyport.long");

    @TempDir
    static Path temporary;

    private Installation installation;
    private Chromium chromium;
    private User dev;

    @BeforeAll
    void start() {
        installation = Installation.start(temporary.resolve("demo"));
        chromium = Chromium.start();
        dev = installation.signIn("dev");
    }

    @AfterAll
    void stop() {
        chromium.close();
        installation.close();
    }

    private Page signedIn(String person) {
        return signedIn(chromium.person(), person);
    }

    private Page signedIn(BrowserContext context, String person) {
        Page page = context.newPage();
        page.navigate(installation.serverUrl() + "/");
        page.getByLabel("Name").fill(person);
        page.getByLabel("Password").fill(installation.password(person));
        button(page, "Sign in").click();
        assertThat(page.getByRole(AriaRole.HEADING, named("Home"))).isVisible();
        return page;
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(AriaRole.BUTTON, named(name));
    }

    private static Locator link(Page page, String name) {
        return page.getByRole(AriaRole.LINK, named(name));
    }

    private void open(Page page, String path) {
        page.navigate(installation.serverUrl() + path);
    }

    /** Asks by clicking; returns the address of the request. */
    private String ask(Page page, String role, String target, String reason) {
        open(page, "/ask");
        page.getByRole(AriaRole.SEARCHBOX, new Page.GetByRoleOptions().setName("Search roles and targets"))
                .fill(role + " " + target);
        button(page, "Search").click();
        page.getByRole(
                        AriaRole.LINK,
                        new Page.GetByRoleOptions()
                                .setName("Ask for " + role + " on " + target)
                                .setExact(true))
                .click();
        page.getByLabel("For how long").fill("30m");
        page.getByLabel("Why").fill(reason);
        button(page, "Ask").click();
        assertThat(page.getByRole(AriaRole.STATUS)).isVisible();
        return Pattern.compile("\\?.*").matcher(page.url()).replaceFirst("");
    }

    @Test
    void theWholeJourneyByClicking() {
        Page devs = signedIn("dev");
        Page leads = signedIn("lead");
        open(leads, "/decide");

        String request = ask(devs, "ops", "web-1", "the journey of a newcomer");

        // the page that the lead has open says so by itself, and moves nothing under the pointer
        link(leads, "Show it").click();
        Locator card = leads.locator("section.card")
                .filter(new Locator.FilterOptions().setHasText("the journey of a newcomer"));
        assertThat(card).isVisible();
        open(devs, "/");
        assertThat(devs.getByText("You have asked")).isVisible();
        card.getByRole(
                        AriaRole.BUTTON,
                        new Locator.GetByRoleOptions().setName("Approve").setExact(true))
                .click();
        assertThat(leads.getByRole(AriaRole.STATUS).first()).hasText("Approved.");
        // and so does what was granted, on the page of who asked
        assertThat(devs.getByText("sallyport ssh " + System.getProperty("user.name") + "@web-1"))
                .isVisible();

        String grant = active(devs);
        devs.locator("#home .card")
                .filter(new Locator.FilterOptions().setHasText("ops on web-1"))
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Open a terminal"))
                .click();
        assertThat(devs.locator("#terminal-status")).hasText("Live");
        filesBeside(devs);
        pastesAndAnswers(devs);
        devs.locator("#terminal").click();
        devs.keyboard().type("for i in $(seq 600); do echo line-$i; sleep 0.2; done\n");
        assertThat(devs.locator("#terminal .xterm-rows")).containsText("line-3");
        shot(devs, "terminal");
        check(devs, "terminal");
        Page auditors = auditor();
        open(auditors, "/sessions?live=true");
        auditors.locator("tbody tr")
                .filter(new Locator.FilterOptions().setHasText("dev"))
                .getByRole(AriaRole.LINK)
                .first()
                .click();
        link(auditors, "Watch").click();
        auditors.getByLabel("Why do you look at it?").fill("the journey is watched");
        button(auditors, "Watch").click();
        assertThat(auditors.locator("#watch .xterm-rows")).containsText("line-");
        shot(auditors, "watch");

        Page administrators = administrator();
        open(administrators, grant);
        administrators.getByLabel("Why").last().fill("the journey ends");
        button(administrators, "Revoke").click();
        administrators
                .locator("#confirm")
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Revoke"))
                .click();
        assertThat(administrators.getByRole(AriaRole.STATUS)).containsText("Revoked");
        assertThat(devs.locator("#terminal-said")).containsText("Your access has ended.");
        assertThat(button(devs, "Open a new one")).isVisible();
        assertThat(auditors.locator("#watch-status")).hasText("The session has ended.");

        String seen = Pattern.compile("/watch.*").matcher(auditors.url()).replaceFirst("");
        auditors.navigate(seen + "/play");
        auditors.getByLabel("Why do you look at it?").fill("the journey is seen again");
        button(auditors, "Play").click();
        assertThat(auditors.locator("#player-status")).isHidden();
        assertThat(auditors.locator("#player .ap-player")).isVisible();
        auditors.locator("#player").click();
        auditors.waitForTimeout(500);
        shot(auditors, "play");
        check(auditors, "play");
        searchesTheRecording(auditors);

        auditors.navigate(request + "/story");
        assertThat(auditors.locator("ol.story")).containsText("request.created");
        assertThat(auditors.locator("ol.story")).containsText("grant.ended");
        check(auditors, "story");
        List.of(devs, leads, auditors, administrators)
                .forEach(page -> page.context().close());
    }

    /** Puts a file onto the target and takes it back. */
    private void filesBeside(Page devs) {
        Path folder = temporary.resolve("moved");
        Path other = temporary.resolve("elsewhere");
        try {
            Files.createDirectories(folder);
            Files.createDirectories(other);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Locator path = devs.locator("#files").getByLabel("Folder");
        Locator said = devs.locator("#files-said");
        Held first = Held.next(devs, "/files?");
        button(devs, "Files").click();
        path.fill(folder.toString());
        first.answered();
        // the folder it begins in is shown, and what was typed meanwhile stays
        assertThat(said).not().hasText("Reading …");
        assertThat(path).hasValue(folder.toString());
        Held slow = Held.next(devs, "/files?");
        path.fill("/");
        button(devs, "Go").click();
        path.fill(folder.toString());
        button(devs, "Go").click();
        assertThat(said).hasText("This folder is empty.");
        slow.answered();
        assertThat(said).hasText("This folder is empty.");
        assertThat(path).hasValue(folder.toString());
        String name = "journey-" + System.nanoTime() + ".txt";
        devs.locator("#files")
                .getByLabel("Put a file here")
                .setInputFiles(new FilePayload(name, "text/plain", "from the browser".getBytes(UTF_8)));
        Held sent = Held.next(devs, "/file?");
        button(devs, "Upload").click();
        path.fill(other.toString());
        button(devs, "Go").click();
        assertThat(said).hasText("This folder is empty.");
        sent.answered();
        // whoever has gone on meanwhile stays there
        assertThat(said).hasText(name + " is in " + folder + ".");
        assertThat(path).hasValue(other.toString());
        path.fill(folder.toString());
        button(devs, "Go").click();
        Download download = devs.waitForDownload(() -> link(devs, name).click());
        org.assertj.core.api.Assertions.assertThat(download.path()).hasContent("from the browser");
        check(devs, "files");
        button(devs, "Close").click();
    }

    /** SE5: what was shown is found and jumped to, at any speed, and the recording can be taken along. */
    private static void searchesTheRecording(Page page) {
        page.locator("#search input").fill("no-such-text");
        page.locator("#search button").click();
        assertThat(page.locator("#found-none")).isVisible();
        page.locator("#search input").fill("LINE-3");
        page.locator("#search button").click();
        assertThat(page.locator("#found li a").first()).containsText("line-3");
        page.locator("#found li a").first().click();
        page.locator("#speed").selectOption("16");
        page.locator("#skip").setChecked(false);
        assertThat(page.locator("#player .ap-player")).isVisible();
        Download taken = page.waitForDownload(() -> page.locator("#download").click());
        assertThat(taken.suggestedFilename()).matches("ssn_[0-9a-z]+\\.cast");
        assertThat(taken.path()).content().startsWith("{").contains("line-3");
    }

    /** SE5: what would be too much for a browser is played part by part, and searched as a whole. */
    @Test
    void aLongRecordingIsPlayedInParts() {
        String grant = installation.granted(dev, installation.signIn("lead"), "ops", "web-1");
        done(dev.sallyport("ssh", "web-1", "seq", "2500000"));
        done(dev.sallyport("return", grant));
        Page page = signedIn("dev");
        open(page, "/sessions?target=web-1&order=newest");
        page.locator("tbody tr a[href*='/sessions/ssn_']").first().click();
        link(page, "Play").click();

        Locator parts = page.locator("#parts button");
        assertThat(parts.first()).isVisible();
        assertThat(parts.first()).hasAttribute("aria-current", "true");
        check(page, "parts");
        page.locator("#search input").fill("2499999");
        page.locator("#search button").click();
        assertThat(page.locator("#found li")).hasCount(1);
        page.locator("#found li a").click();
        assertThat(parts.last()).hasAttribute("aria-current", "true");
        assertThat(page.locator("#player .ap-player")).isVisible();
        assertThat(page.locator("#player-status")).isHidden();
        page.context().close();
    }

    /** What is pasted cannot end its own brackets, and what is shown again after a reload is answered by nothing. */
    private static void pastesAndAnswers(Page devs) {
        Locator rows = devs.locator("#terminal .xterm-rows");
        devs.locator("#terminal").click();
        devs.keyboard().type("stty raw -echo; printf '\\033[6n'; cat -v\n");
        assertThat(rows).containsText(ANSWER);

        devs.evaluate("""
                () => {
                  const clipboardData = new DataTransfer();
                  clipboardData.setData('text/plain', 'pasted\\u001b[201~whole');
                  const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
                  document.querySelector('#terminal textarea').dispatchEvent(paste);
                }""");
        assertThat(rows).containsText("pasted[201~whole");

        devs.reload();
        assertThat(devs.locator("#terminal-status")).hasText("Live");
        assertThat(rows).containsText("pasted[201~whole");
        devs.locator("#terminal").click();
        devs.keyboard().type("last");
        assertThat(rows).containsText("last");
        assertThat(ANSWER.matcher(rows.textContent()).results()).hasSize(1);
        button(devs, "End it").click();
        button(devs, "Open a terminal as " + System.getProperty("user.name")).click();
        assertThat(devs.locator("#terminal-status")).hasText("Live");
    }

    /** The address of dev's grant. */
    private static String active(Page devs) {
        return devs.locator("#home a[href*='/grants/grt_']").first().getAttribute("href");
    }

    private Page auditor() {
        Page page = signedIn("auditor");
        granted(page, "auditor");
        return page;
    }

    private void granted(Page page, String role) {
        ask(page, role, "sallyport", "to look after " + role);
    }

    /** Who administers: a lead has agreed. */
    private Page administrator() {
        Page page = signedIn("auditor");
        String request = ask(page, "administrator", "sallyport", "to revoke what the journey got");
        Page leads = signedIn("lead");
        leads.navigate(request);
        button(leads, "Approve").click();
        assertThat(leads.getByRole(AriaRole.STATUS)).hasText("Approved.");
        leads.context().close();
        return page;
    }

    // Looks
    // ----------------------------------------------------------------------------------------------------------

    private static final Map<String, String> PAGES = Map.ofEntries(
            Map.entry("home", "/"),
            Map.entry("ask", "/ask"),
            Map.entry("ask-form", "/ask?item=administrator%20sallyport"),
            Map.entry("decide", "/decide"),
            Map.entry("requests", "/requests?view=all"),
            Map.entry("grants", "/grants"),
            Map.entry("sessions", "/sessions"),
            Map.entry("dashboard", "/dashboard"),
            Map.entry("executive", "/dashboard/executive"),
            Map.entry("debug", "/dashboard/debug"),
            Map.entry("audit", "/audit"),
            Map.entry("findings", "/findings"),
            Map.entry("reviews", "/reviews"),
            Map.entry("incidents", "/incidents"),
            Map.entry("policy", "/policy"),
            Map.entry("simulate", "/policy/simulate?person=dev&role=deploy&target=web-1&set=enforced"),
            Map.entry("targets", "/targets"),
            Map.entry("target", "/targets/web-1"),
            Map.entry("role", "/roles/ops"),
            Map.entry("edit", "/roles/ops/edit"),
            Map.entry("people", "/people"),
            Map.entry("person", "/people/dev"),
            Map.entry("groups", "/groups"),
            Map.entry("group", "/groups/leads"),
            Map.entry("eligibilities", "/eligibilities"),
            Map.entry("policies", "/policies"),
            Map.entry("set", "/policy/sets/draft"),
            Map.entry("policy-check", "/policy/check?set=enforced"),
            Map.entry("policy-tests", "/policy/tests"),
            Map.entry("who-can", "/policy/who-can?role=ops&target=web-1&set=enforced"),
            Map.entry("replay", "/policy/replay?since=30d&set=draft"),
            Map.entry("runbook", "/help/runbooks/approvals"),
            Map.entry("settings", "/settings"),
            Map.entry("kit-records", "/settings/kit-records"),
            Map.entry("me", "/me"),
            Map.entry("help", "/help"),
            Map.entry("help-policies", "/help/how-to/policies"));

    @Test
    void everyPageIsAccessibleInLightAndDarkWideAndNarrow() {
        Page asker = signedIn("dev");
        ask(asker, "ops", "web-2", "so that lists are not empty");
        Page page = administrator();
        granted(page, "break-glass-keeper");
        var verbs = new TreeSet<String>();
        for (Map.Entry<String, String> each : PAGES.entrySet()) {
            open(page, each.getValue());
            assertThat(page.locator("h1")).isVisible();
            check(page, each.getKey());
            shot(page, each.getKey());
            page.locator("pre").allTextContents().stream()
                    .flatMap(String::lines)
                    .filter(line -> line.startsWith("sallyport "))
                    .map(line -> line.replaceAll("[^a-z -].*", "")
                            .replaceAll(" -.*", "")
                            .strip())
                    .forEach(verbs::add);
        }
        for (String verb : verbs) {
            var words = new ArrayList<>(List.of(verb.split(" ")).subList(1, verb.split(" ").length));
            words.add("--help");
            assertThat(dev.sallyport(words.toArray(String[]::new)).exit())
                    .as("the command line knows what pages name: " + verb)
                    .isZero();
        }
        assertThat(verbs).contains("sallyport audit search", "sallyport grants");
        asker.context().close();
        page.context().close();
    }

    /** Markup, letters that run to the left, marks on marks, and a word that fills no line but a page. */
    private static final String ODD =
            "\"><img src=odd onerror=hacked=1><script>hacked=1</script>{{7*7}} שלום مرحبا Z\u0310\u0311\u0312 "
                    + "w".repeat(70);

    private static final String ODD_REASON = ODD + " " + "long".repeat(190);

    /** Everywhere that people write something. */
    private List<String> oddThings(User chief) throws IOException {
        Path file = temporary.resolve("odd.yaml");
        Files.writeString(file, """
                apiVersion: sallyport/v1
                kind: Group
                metadata: {name: odd-group}
                spec: {description: ODD}
                ---
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: odd-person}
                spec: {displayName: ODD, groups: [odd-group], attributes: {title: SHORT}}
                ---
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: odd-role}
                spec:
                  description: ODD
                  targets: {type: ssh, labels: {role: none}}
                  ssh: {logins: [nobody]}
                  request: {approval: auto}
                ---
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: odd-policy}
                spec:
                  description: ODD
                  match: {roles: [odd-role]}
                  rules:
                    - {name: never, effect: deny, message: ODD}
                """.replace("SHORT", "'<script>hacked=1</script>'")
                .replace("ODD", "\"" + ODD.replace("\\", "\\\\").replace("\"", "\\\"") + "\""));
        done(chief.sallyport("apply", "-f", file.toString()));
        String request = asked(dev.sallyport(
                        "request",
                        "ops",
                        "web-2",
                        "--for",
                        "30m",
                        "--reason",
                        ODD_REASON,
                        "--ticket",
                        "T-1",
                        "-o",
                        "json"))
                .json()
                .path("id")
                .asString();
        done(installation.signIn("lead").sallyport("deny", request, "--comment", ODD_REASON));
        String incident = done(chief.sallyport(
                        "incidents",
                        "open",
                        ODD,
                        "--severity",
                        "sev9",
                        "--target",
                        "web-2",
                        "--responder",
                        "dev",
                        "-o",
                        "json"))
                .json()
                .path("id")
                .asString();
        done(chief.sallyport("quarantine", "odd-person", "--reason", ODD_REASON));
        return List.of(
                "/requests?view=all",
                "/requests/" + request,
                "/requests/" + request + "/explanation",
                "/requests/" + request + "/story",
                "/decide",
                "/people",
                "/people/odd-person",
                "/people/odd-person/edit",
                "/groups",
                "/groups/odd-group",
                "/roles/odd-role",
                "/policies/odd-policy",
                "/policies/odd-policy/edit",
                "/policy/sets/draft",
                "/incidents",
                "/incidents/" + incident,
                "/audit?request=" + request,
                "/findings",
                "/dashboard",
                "/");
    }

    /** What waits for somebody's word ends with 3. */
    private static Outcome asked(Outcome outcome) {
        assertThat(outcome.exit()).as("%s", outcome).isEqualTo(3);
        return outcome;
    }

    private static Outcome done(Outcome outcome) {
        assertThat(outcome.exit()).as("%s", outcome).isZero();
        return outcome;
    }

    @Test
    void whatPeopleWroteIsOnlyTextOnEveryPageAndWidensNone() throws IOException {
        Page page = administrator();
        List<String> places = oddThings(installation.signIn("auditor"));
        var asked = new ArrayList<String>();
        page.onDialog(dialog -> {
            asked.add(dialog.message());
            dialog.dismiss();
        });
        int shown = 0;
        for (String place : places) {
            for (int width : List.of(1280, 360)) {
                page.setViewportSize(width, 800);
                open(page, place);
                assertThat(page.locator("h1")).isVisible();
                assertThat(page.getByText("This did not work").count())
                        .as(place)
                        .isZero();
                assertThat(page.evaluate("typeof window.hacked")).as(place).isEqualTo("undefined");
                assertThat(page.locator("img[src=odd]").count()).as(place).isZero();
                assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
                        .as(place + " at " + width)
                        .isLessThanOrEqualTo(width);
            }
            shown += page.content().contains("&lt;img src=odd") ? 1 : 0;
            shot(
                    page,
                    "odd"
                            + place.replaceAll("[?=].*", "")
                                    .replaceAll("[a-z]+_[0-9a-z]{26}", "id")
                                    .replace('/', '-'));
        }
        assertThat(asked).isEmpty();
        assertThat(shown).as("pages that show it at all").isGreaterThan(10);
        page.context().close();
    }

    @Test
    void thePagesBeforeSigningInAreAccessibleToo() {
        Page page = chromium.person().newPage();
        for (String path : List.of("/login", "/reset-password?token=x", "/activate")) {
            open(page, path);
            check(page, path.replaceAll("[^a-z]+", "-"));
            shot(page, path.replaceAll("[^a-z]+", "-"));
        }
        page.context().close();
    }

    @Test
    void theCommandLineIsLetInWhereItsPersonSaysSo() {
        Page page = signedIn("dev");
        User laptop = new User("dev", temporary.resolve("home-of-a-laptop"));

        try (ChildProcess login = loginOf(laptop)) {
            page.navigate(addressIn(login));
            assertThat(page.getByRole(AriaRole.MAIN)).containsText(portIn(login));
            check(page, "authorize");
            shot(page, "authorize");
            button(page, "Deny").click();
            assertThat(page.locator("body")).containsText("Refused. Back to the terminal");
            assertThat(login.awaitExit(PATIENCE)).isEqualTo(2);
            assertThat(login.output()).contains("! login.refused: sign-in was refused in the browser");
        }
        try (ChildProcess login = loginOf(laptop)) {
            page.navigate(addressIn(login));
            button(page, "Allow").click();
            assertThat(page.locator("body")).containsText("Back to the terminal");
            assertThat(login.awaitExit(PATIENCE)).isZero();
            assertThat(login.output()).contains("signed in to " + installation.serverUrl() + " as dev");
        }
        assertThat(laptop.sallyport("whoami").exit()).isZero();
        page.context().close();
    }

    private ChildProcess loginOf(User who) {
        return who.start(
                "login",
                "--server",
                installation.serverUrl(),
                "--ca-file",
                installation.caFile().toString());
    }

    private static String addressIn(ChildProcess login) {
        return login.awaitLine("https://.*/oauth2/authorize", PATIENCE).strip();
    }

    /** As the terminal names it. */
    private static String portIn(ChildProcess login) {
        return login.awaitLine("allow port", PATIENCE).replaceAll(".*(port \\d+).*", "$1");
    }

    @Test
    void theKeyboardIsEnough() {
        Page page = signedIn("dev");

        page.keyboard().press("Tab");
        assertThat(page.locator(".skip")).isFocused();
        page.keyboard().press("Control+k");
        assertThat(page.locator("#palette")).isVisible();
        page.keyboard().type("ask for look web-2");
        assertThat(page.locator("#palette [role=option]").first()).containsText("Ask for look on web-2");
        page.keyboard().press("Enter");
        assertThat(page.getByLabel("For how long")).isVisible();
        page.keyboard().press("Control+k");
        page.keyboard().press("Escape");
        assertThat(page.locator("#palette")).isHidden();
        page.reload();
        Held offers = Held.next(page, "/palette");
        page.keyboard().press("Control+k");
        page.keyboard().press("ArrowDown");
        Locator marked = page.locator("#palette [aria-selected=true]");
        String second = marked.textContent();
        offers.answered();
        assertThat(page.locator("#palette")).containsText("Ask for");
        assertThat(marked).hasText(second);
        page.context().close();
    }

    @Test
    void whatIsSaidIsOfWhatWasTypedLast() {
        Page page = administrator();
        open(page, "/groups/+new");
        Locator text = page.getByLabel("Document (YAML)");
        Locator said = page.locator("#check");
        assertThat(said).not().containsText("It is checked as you type.");
        Held first = Held.next(page, "/groups/check");
        text.fill(group("slow"));
        first.held();
        text.fill(group("quick"));
        assertThat(said).containsText("create Group quick");
        first.letGo();
        text.fill(group("last"));
        assertThat(said).containsText("create Group last");
        page.context().close();
    }

    private static String group(String name) {
        return "apiVersion: sallyport/v1\nkind: Group\nmetadata: {name: " + name + "}\nspec: {}\n";
    }

    /** A first load of an ordinary page, compressed. */
    private static final int LIGHT_BYTES = 200 * 1024;

    /** As much as what is shown may move by itself while it loads, by the measure of browsers. */
    private static final double STILL = 0.1;

    private static final String WATCH_SHIFTS = """
            window.shifted = 0;
            new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
            }).observe({ type: 'layout-shift', buffered: true });
            """;

    @Test
    void ordinaryPagesAreLightAndNothingInThemJumps() {
        Page page = administrator();
        page.context().addInitScript(WATCH_SHIFTS);
        var load = new FirstLoad(page);
        var measured = new TreeMap<String, Long>();
        for (Map.Entry<String, String> each : PAGES.entrySet()) {
            for (int width : List.of(1280, 360)) {
                page.setViewportSize(width, 800);
                load.begin();
                open(page, each.getValue());
                assertThat(page.locator("h1")).isVisible();
                page.waitForLoadState(LoadState.LOAD);
                page.waitForTimeout(300);
                long bytes = load.bytes();
                measured.merge(each.getKey(), bytes, Math::max);
                assertThat(bytes).as(each.getKey() + " in bytes").isPositive().isLessThan(LIGHT_BYTES);
                assertThat(((Number) page.evaluate("window.shifted")).doubleValue())
                        .as(each.getKey() + " shifts at " + width)
                        .isLessThan(STILL);
            }
        }
        System.out.println("bytes of first loads, compressed: " + measured);
        page.context().close();
    }

    @Test
    void whatWasOpenComesBackWithTheNetworkAndARevokeEndsIt() {
        String grant = installation.granted(dev, installation.signIn("lead"), "ops", "web-2");
        Page administrators = administrator();
        URI server = URI.create(installation.serverUrl());
        try (TcpRelay network = TcpRelay.to(server.getPort());
                Chromium elsewhere = Chromium.through(network, server)) {
            Page devs = signedIn(elsewhere.person(), "dev");
            Page list = devs.context().newPage();
            open(list, "/requests");
            open(devs, "/");
            devs.locator("#home .card")
                    .filter(new Locator.FilterOptions().setHasText("ops on web-2"))
                    .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Open a terminal"))
                    .click();
            assertThat(devs.locator("#terminal-status")).hasText("Live");
            typed(devs, "before", 41);
            devs.keyboard().type("kept=$((20 + 3))\n");
            Page auditors = signedIn(elsewhere.person(), "auditor");
            granted(auditors, "auditor");
            watched(auditors, "web-2", "the network goes away");
            assertThat(auditors.locator("#watch .xterm-rows")).containsText("before-41");

            assertThat(network.open()).isPositive();
            network.refuse();
            network.cut();
            assertThat(devs.locator("#terminal-status")).hasText("Connecting again …");
            assertThat(auditors.locator("#watch-status")).hasText("Connecting again …");
            asked(dev.sallyport("request", "ops", "web-1", "--for", "10m", "--reason", "while the network was away"));
            assertThat(network.open()).isZero();
            network.restore();

            watchesAgain(auditors);
            assertThat(list.locator("#requests")).containsText("while the network was away");
            assertThat(devs.locator("#terminal-status")).hasText("Live");
            assertThat(devs.locator("#terminal .xterm-rows")).containsText("before-41");
            devs.locator("#terminal").click();
            devs.keyboard().type("echo it-kept-$kept\n");
            assertThat(devs.locator("#terminal .xterm-rows")).containsText("it-kept-23");
            typed(devs, "after", 42);
            assertThat(auditors.locator("#watch .xterm-rows")).containsText("after-42");
            writesToThem(administrators, devs);
            revokedIsCut(administrators, devs, grant);
        }
        administrators.context().close();
    }

    /** What is typed while a line is on its way stays. */
    private void writesToThem(Page page, Page devs) {
        watched(page, "web-2", "to write to them");
        assertThat(page.locator("#watch .xterm-rows")).containsText("it-kept-23");
        Locator line = page.getByLabel("Write into the terminal");
        line.fill("the first line");
        Held sent = Held.next(page, "/message");
        button(page, "Send").click();
        line.fill("half of the sec");
        sent.answered();
        assertThat(page.locator("#steered")).hasText("Send: done.");
        assertThat(line).hasValue("half of the sec");
        assertThat(devs.locator("#terminal .xterm-rows")).containsText("the first line");
    }

    /** Opens the session of dev on a target, and watches it. */
    private void watched(Page page, String target, String reason) {
        open(page, "/sessions?live=true&target=" + target);
        page.locator("tbody tr")
                .filter(new Locator.FilterOptions().setHasText("dev"))
                .getByRole(AriaRole.LINK)
                .first()
                .click();
        link(page, "Watch").click();
        page.getByLabel("Why do you look at it?").fill(reason);
        button(page, "Watch").click();
        assertThat(page.locator("#watch-status")).hasText("Live");
    }

    /** A watch lapses after seconds that nobody looks, which a busy machine may need: then the page asks for a reason again. */
    private static void watchesAgain(Page auditors) {
        Locator status = auditors.locator("#watch-status");
        assertThat(status).not().hasText("Connecting again …");
        if (status.textContent().startsWith("Watching has stopped")) {
            auditors.reload();
            auditors.getByLabel("Why do you look at it?").fill("the network is back");
            button(auditors, "Watch").click();
        }
        assertThat(status).hasText("Live");
    }

    /** Has the shell count, so that what is shown is its answer and not what was typed. */
    private static void typed(Page devs, String word, int number) {
        devs.locator("#terminal").click();
        devs.keyboard().type("echo " + word + "-$((" + (number - 1) + " + 1))\n");
        assertThat(devs.locator("#terminal .xterm-rows")).containsText(word + "-" + number);
    }

    /** How long it took is told, from the click to when the terminal says so. */
    private void revokedIsCut(Page administrators, Page devs, String grant) {
        devs.evaluate("""
                () => {
                  const said = document.getElementById('terminal-said');
                  new MutationObserver(() => (window.cutAt ||= Date.now()))
                    .observe(said, { attributes: true, childList: true, characterData: true });
                }""");
        open(administrators, "/grants/" + grant);
        administrators.getByLabel("Why").last().fill("the network is back");
        button(administrators, "Revoke").click();
        Locator yes = administrators
                .locator("#confirm")
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Revoke"));
        assertThat(yes).isVisible();
        long clicked = System.currentTimeMillis();
        yes.click();
        assertThat(devs.locator("#terminal-said")).containsText("Your access has ended.");
        long cut = ((Number) devs.evaluate("window.cutAt")).longValue();
        System.out.println("from the click on Revoke to the end of the terminal: " + (cut - clicked) + " ms");
    }

    @Test
    void ofALogThatIsChosenOnlyWhatIsAskedForIsSent() {
        Page page = signedIn("auditor");
        granted(page, "break-glass-keeper");
        open(page, "/settings");
        link(page, "Hand in records of an opened kit").click();
        String login = "2026-11-27T02:00:00Z web-1 sshd[7]: Accepted publickey for root from 192.0.2.7 port 22 ssh2:"
                + " ED25519-CERT SHA256:" + "k".repeat(43) + " ID somebody (serial 7) CA ED25519 SHA256:"
                + "c".repeat(43);
        String others = "2026-11-27T02:00:00Z web-1 sudo[8]: a secret was typed here\n".repeat(10_000);
        Locator file = page.getByLabel("Log: from a file");

        file.setInputFiles(new FilePayload("none.log", "text/plain", others.getBytes(UTF_8)));
        assertThat(page.getByText("none.log has no line with “Accepted publickey for” in it."))
                .isVisible();
        file.setInputFiles(new FilePayload(
                "large.log", "text/plain", (login + "\n").repeat(1_000).getBytes(UTF_8)));
        assertThat(page.getByText("(allowed: 100,000).")).isVisible();
        file.setInputFiles(new FilePayload("web-1.log", "text/plain", (others + login + "\n").getBytes(UTF_8)));
        assertThat(page.locator("textarea[name=log]")).hasValue(login);
        button(page, "Hand it in").click();
        page.locator("#confirm")
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Hand it in"))
                .click();

        assertThat(page.getByRole(AriaRole.MAIN))
                .containsText("Nothing of any kit is in it. Logins by other certificates: 1.");
        page.context().close();
    }

    /** What axe-core finds on a page: light and wide, dark and narrow; all four of them in the long run. */
    private void check(Page page, String name) {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : List.of(1280, 360)) {
                if (!LONG && (scheme == ColorScheme.LIGHT) != (width == 1280)) {
                    continue;
                }
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                page.setViewportSize(width, 800);
                AxeResults found = new AxeBuilder(page)
                        .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"))
                        .analyze();
                assertThat(found.getViolations().stream()
                                .map(violation -> violation.getId() + ": "
                                        + violation.getNodes().stream()
                                                .map(node -> node.getHtml() + " " + node.getFailureSummary())
                                                .toList())
                                .toList())
                        .as(name + " " + scheme + " at " + width)
                        .isEmpty();
                assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
                        .as(name + " is not wider than the screen at " + width)
                        .isLessThanOrEqualTo(width);
            }
        }
        page.setViewportSize(1280, 800);
    }

    private static void shot(Page page, String name) {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : List.of(1280, 360)) {
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                page.setViewportSize(width, 800);
                page.screenshot(new Page.ScreenshotOptions()
                        .setPath(Path.of(
                                "target",
                                "screenshots",
                                name + "-" + scheme.name().toLowerCase(java.util.Locale.ROOT) + "-" + width + ".png"))
                        .setFullPage(true));
            }
        }
        page.setViewportSize(1280, 800);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    }
}
