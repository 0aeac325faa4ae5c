package dev.sallyport.cli.login;

import dev.sallyport.base.Secret;
import dev.sallyport.cli.api.Answer;
import dev.sallyport.cli.api.OAuth;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.api.Tokens;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/** Sign-in in a browser on another machine (RFC 8628). */
final class DeviceLogin {
    private static final Duration SLOWER = Duration.ofSeconds(5);

    private final Shell shell;
    private final OAuth oauth;

    DeviceLogin(Shell shell, OAuth oauth) {
        this.shell = shell;
        this.oauth = oauth;
    }

    Tokens tokens() {
        Answer answer = oauth.post(
                "/oauth2/device_authorization",
                Query.of().with("client_id", OAuth.CLIENT).with("scope", OAuth.SCOPE));
        if (!answer.isGood()) {
            throw answer.refusal();
        }
        JsonNode device = answer.json();
        shell.note("Open " + Json.text(device, "verification_uri") + " and enter " + Json.text(device, "user_code"));
        var code = Secret.of(Json.text(device, "device_code"));
        var end = shell.now().plusSeconds(device.path("expires_in").asLong(300));
        return poll(code, Duration.ofSeconds(device.path("interval").asLong(5)), end);
    }

    private Tokens poll(Secret code, Duration first, Instant end) {
        Duration interval = first;
        while (shell.now().isBefore(end)) {
            pause(interval);
            Answer answer = oauth.post(
                    "/oauth2/token",
                    Query.of()
                            .with("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
                            .with("device_code", code.reveal())
                            .with("client_id", OAuth.CLIENT));
            switch (answer.code()) {
                case "authorization_pending" -> {}
                case "slow_down" -> interval = interval.plus(SLOWER);
                case "access_denied" ->
                    throw Failure.refused("login.refused", "sign-in was refused in the browser", null);
                case "expired_token" -> throw tooLate();
                default -> {
                    return oauth.tokens(answer);
                }
            }
        }
        throw tooLate();
    }

    private static Failure tooLate() {
        return Failure.here("login.timeout", "the code was not entered in time", "sallyport login --device");
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.here("interrupted", "interrupted while waiting for the browser", null);
        }
    }
}
