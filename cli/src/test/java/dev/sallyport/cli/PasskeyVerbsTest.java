package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.ContractServer.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One's own passkeys: what a command line can do with what only a browser makes and shows. */
class PasskeyVerbsTest {
    private static final String PASSKEYS = """
            {"possible":true,"items":[
             {"id":"psk_1","name":"blue\\u001b[2J key","made_at":"2026-11-01T14:05:00Z","last_used_at":null,"synced":false,"backed_up":false},
             {"id":"psk_2","name":"phone","made_at":"2026-11-02T14:05:00Z","last_used_at":"2026-11-03T14:05:00Z","synced":true,"backed_up":true}]}""";

    @TempDir
    Path home;

    private ContractServer server;
    private Person dev;

    @BeforeEach
    void start() throws IOException {
        server = new ContractServer();
        dev = Person.at(home, Clock.systemUTC());
    }

    @AfterEach
    void nothingToComplainAbout() {
        server.close();
        assertThat(server.complaints).isEmpty();
    }

    /** Removing wants a factor, which the person has in these ways. */
    private void removingWants(String by) {
        server.route(
                "POST /me/passkeys/psk_1/remove",
                call -> "proof-1".equals(call.stepUp()) ? Reply.of(204, "") : Reply.of(401, """
                        {"type":"about:blank","status":401,"code":"auth.step-up-required","step_up_for":"purpose-1","max_age":0,
                         "step_up_by":%s,"detail":"only for showing it","hint":"do it in the portal"}""".formatted(by)));
        server.route("POST /me/step-up", _ -> Reply.of(201, "{\"proof\":\"proof-1\"}"));
    }

    @Test
    void theyAreListedAndRenamedAndABrowserMakesThem() {
        dev.signsIn(server);
        server.route("GET /me/passkeys", PASSKEYS);
        server.route("POST /me/passkeys/psk_1/rename", "{\"id\":\"psk_1\",\"name\":\"red\"}");

        assertThat(dev.types("passkeys list").out())
                .contains("psk_1", "never", "one device", "phone", "backed up")
                .doesNotContain("\u001b");
        assertThat(dev.types("passkeys rename psk_1 red").exit()).isZero();
        assertThat(server.sent("POST /me/passkeys/psk_1/rename"))
                .singleElement()
                .satisfies(body -> assertThat(body.path("name").asString()).isEqualTo("red"));
        assertThat(dev.types("passkeys add").out()).contains(server.url() + "/me");
    }

    @Test
    void oneIsRemovedForACode() {
        dev.signsIn(server);
        removingWants("[\"totp\",\"passkey\"]");

        assertThat(dev.types("passkeys remove psk_1 --totp-stdin", "123456\n").out())
                .contains("psk_1 is removed");
        assertThat(server.sent("POST /me/step-up"))
                .singleElement()
                .satisfies(body -> assertThat(body.path("code").asString()).isEqualTo("123456"));
    }

    @Test
    void whoHasPasskeysAloneIsSentToTheBrowserAndAskedForNoCode() {
        dev.signsIn(server);
        removingWants("[\"passkey\"]");

        assertThat(dev.types("passkeys remove psk_1 --totp-stdin", "123456\n").shown())
                .isEqualTo("""
                        ! auth.step-up-required: only for showing it
                        hint: do it in the portal
                        -> 2
                        """);
        assertThat(server.sent("POST /me/step-up")).isEmpty();
    }

    @Test
    void signingInByFormSaysThatAPasskeyTakesABrowser() {
        server.passkey = true;

        assertThat(dev.types(
                                "login --server " + server.url() + " --as dev --password-stdin",
                                ContractServer.PASSWORD + "\n")
                        .shown())
                .isEqualTo("""
                        ! login.passkey-wanted: this person shows a passkey after the password, which takes a browser
                        hint: sallyport login without --as opens one; --device shows a code for one elsewhere
                        -> 2
                        """);
    }
}
