package dev.sallyport.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.google.gson.JsonObject;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.sallyport.acceptance.Installation.Outcome;
import dev.sallyport.acceptance.Installation.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** ID2 in a real browser, whose authenticator is virtual: the ceremonies are the browser's own. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PasskeyTest {
    @TempDir
    static Path temporary;

    private Installation installation;
    private Chromium chromium;

    @BeforeAll
    void start() {
        installation = Installation.start(temporary.resolve("demo"));
        chromium = Chromium.start();
    }

    @AfterAll
    void stop() {
        chromium.close();
        installation.close();
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(AriaRole.BUTTON, named(name));
    }

    private static Locator heading(Page page, String name) {
        return page.getByRole(AriaRole.HEADING, named(name));
    }

    /** An authenticator of the device itself, which makes sure who is there. */
    private static String authenticator(CDPSession devTools) {
        devTools.send("WebAuthn.enable");
        var options = new JsonObject();
        options.addProperty("protocol", "ctap2");
        options.addProperty("transport", "internal");
        options.addProperty("hasResidentKey", true);
        options.addProperty("hasUserVerification", true);
        options.addProperty("isUserVerified", true);
        options.addProperty("automaticPresenceSimulation", true);
        var added = new JsonObject();
        added.add("options", options);
        return devTools.send("WebAuthn.addVirtualAuthenticator", added)
                .get("authenticatorId")
                .getAsString();
    }

    private static void verifies(CDPSession devTools, String authenticator, boolean verified) {
        var said = new JsonObject();
        said.addProperty("authenticatorId", authenticator);
        said.addProperty("isUserVerified", verified);
        devTools.send("WebAuthn.setUserVerified", said);
    }

    /** Signs in by a password, and makes a passkey of this browser's authenticator. */
    private void addsOne(Page page, String person) {
        page.navigate(installation.serverUrl() + "/me");
        page.getByLabel("Name").fill(person);
        page.getByLabel("Password").fill(installation.password(person));
        button(page, "Sign in").click();

        page.getByLabel("Enrolment code").fill(installation.enrolmentCode(person));
        button(page, "Use the enrolment code").click();
        page.getByLabel("What you call it").fill("this laptop");
        button(page, "Add a passkey").click();
        button(page, "Make the passkey").click();
        assertThat(page.getByRole(AriaRole.STATUS).first())
                .hasText("Your passkey is registered: it signs you in from now on.");
        assertThat(page.getByRole(AriaRole.CELL, named("this laptop"))).isVisible();
    }

    /** Somebody at a computer of their own, which has a passkey of theirs. */
    private Page withPasskey(String person) {
        BrowserContext context = chromium.person();
        Page page = context.newPage();
        authenticator(context.newCDPSession(page));
        addsOne(page, person);
        return page;
    }

    @Test
    void aPasskeyInTheMiddleOfAskingAndOfApprovingKeepsWhatWasTyped() throws IOException {
        User auditor = installation.signIn("auditor");
        User lead = installation.signIn("lead");
        installation.granted(auditor, lead, "administrator", "sallyport");
        Path policy = temporary.resolve("fresh.yaml");
        Files.writeString(policy, """
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: fresh}
                spec:
                  match: {roles: [ops]}
                  rules:
                    - name: factor
                      effect: allow
                      approvals: [{groups: [leads]}]
                      obligations: {mfaWithin: 15m}
                """);
        done(auditor.sallyport("apply", "-f", policy.toString()));
        done(auditor.sallyport("policy", "enforce", "draft", "--reason", "a fresh factor", "--yes"));
        Page asks = withPasskey("lead");
        Page approves = withPasskey("auditor");

        asks.navigate(installation.serverUrl() + "/ask?item=ops%20web-1");
        asks.getByLabel("For how long").fill("40m");
        asks.getByLabel("Why").fill("typed before the passkey was wanted");
        button(asks, "Ask").click();
        assertThat(heading(asks, "Show a second factor")).isVisible();
        button(asks, "Show a passkey").click();
        assertThat(asks.getByRole(AriaRole.MAIN)).containsText("typed before the passkey was wanted");
        String request = asks.url().replaceAll("\\?.*", "");

        approves.navigate(request);
        approves.getByLabel("Comment").fill("read, and typed as well");
        approves.getByLabel("Shorter than asked").fill("25m");
        button(approves, "Approve").click();
        assertThat(heading(approves, "Show a second factor")).isVisible();
        button(approves, "Show a passkey").click();
        assertThat(approves.getByRole(AriaRole.STATUS).first()).hasText("Approved.");
        assertThat(approves.getByRole(AriaRole.MAIN)).containsText("read, and typed as well");
        approves.navigate(request + "/story");
        assertThat(approves.getByRole(AriaRole.MAIN)).containsText("25m");
        asks.context().close();
        approves.context().close();
    }

    private static void done(Outcome outcome) {
        org.assertj.core.api.Assertions.assertThat(outcome.exit())
                .as("%s", outcome)
                .isZero();
    }

    @Test
    void aPasskeyIsAddedSignsInAloneAndIsShownWhereAFactorIsWanted() {
        BrowserContext context = chromium.person();
        Page page = context.newPage();
        CDPSession devTools = context.newCDPSession(page);
        String authenticator = authenticator(devTools);
        addsOne(page, "dev");

        button(page, "Sign out").first().click();
        verifies(devTools, authenticator, false);
        button(page, "Sign in with a passkey").click();
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("No passkey was shown");
        verifies(devTools, authenticator, true);
        button(page, "Sign in with a passkey").click();
        assertThat(heading(page, "Home")).isVisible();

        // another is added for showing this one, and what was typed is kept
        page.navigate(installation.serverUrl() + "/me");
        page.getByLabel("What you call it").fill("a spare key");
        button(page, "Add a passkey").click();
        assertThat(heading(page, "Show a second factor")).isVisible();
        button(page, "Show a passkey").click();
        assertThat(heading(page, "Add a passkey")).isVisible();
        // the device has one already, and says so
        button(page, "Make the passkey").click();
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("This device holds a passkey of yours");

        // a password alone is half a sign-in now
        page.navigate(installation.serverUrl() + "/me");
        button(page, "Sign out").first().click();
        page.getByLabel("Name").fill("dev");
        page.getByLabel("Password").fill(installation.password("dev"));
        button(page, "Sign in").click();
        button(page, "Show a passkey").click();
        assertThat(heading(page, "Home")).isVisible();
        context.close();
    }
}
