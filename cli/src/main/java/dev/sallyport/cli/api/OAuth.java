package dev.sallyport.cli.api;

import dev.sallyport.base.Secret;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The token endpoints of one server, every call with a proof of possession. */
public final class OAuth {
    public static final String CLIENT = "sallyport-cli";
    public static final String SCOPE = "sallyport";

    private final Http http;
    private final String server;
    private final DpopKey key;
    private final Clock clock;

    public OAuth(Http http, String server, DpopKey key, Clock clock) {
        this.http = http;
        this.server = server;
        this.key = key;
        this.clock = clock;
    }

    /** Sends a form; answers a demand for a nonce (RFC 9449 section 8) once. */
    public Answer post(String path, Query form) {
        Answer answer = post(path, form, null);
        String nonce = answer.header("DPoP-Nonce");
        return answer.code().equals("use_dpop_nonce") && !nonce.isEmpty() ? post(path, form, nonce) : answer;
    }

    public Tokens code(String code, String redirect, String verifier) {
        return tokens(post(
                "/oauth2/token",
                Query.of()
                        .with("grant_type", "authorization_code")
                        .with("code", code)
                        .with("redirect_uri", redirect)
                        .with("client_id", CLIENT)
                        .with("code_verifier", verifier)));
    }

    Tokens refresh(Secret refresh) {
        Answer answer = post(
                "/oauth2/token",
                Query.of()
                        .with("grant_type", "refresh_token")
                        .with("refresh_token", refresh.reveal())
                        .with("client_id", CLIENT));
        if (answer.code().equals("invalid_grant")) {
            throw Failure.refused("auth.session-ended", "the session at " + server + " has ended", "sallyport login");
        }
        return tokens(answer);
    }

    /** Reads a token answer; anything but DPoP-bound tokens is refused. */
    public Tokens tokens(Answer answer) {
        if (!answer.isGood()) {
            throw answer.refusal();
        }
        JsonNode json = answer.json();
        if (!Json.text(json, "token_type").equalsIgnoreCase("DPoP")
                || Json.text(json, "access_token").isEmpty()
                || Json.text(json, "refresh_token").isEmpty()) {
            throw Failure.here(
                    "login.unexpected-answer",
                    server + " gave no DPoP-bound access and refresh token (token_type: "
                            + Json.text(json, "token_type") + ")",
                    null);
        }
        long lifetime = json.path("expires_in").asLong(60);
        return new Tokens(
                Secret.of(Json.text(json, "access_token")),
                clock.instant().plusSeconds(lifetime),
                Secret.of(Json.text(json, "refresh_token")));
    }

    private Answer post(String path, Query form, @Nullable String nonce) {
        String url = server + path;
        return http.send(
                "POST",
                URI.create(url),
                Map.of(
                        "Content-Type", "application/x-www-form-urlencoded",
                        "Accept", "application/json",
                        "DPoP", key.proof("POST", url, null, nonce, clock.instant())),
                form.encoded());
    }

    /** Refreshes under the profile's lock unless another command already has. */
    static Tokens refreshed(Profiles profiles, Profile profile, Secret rejected, Supplier<OAuth> oauth) {
        return profiles.locked(profile.server(), () -> {
            Profile stored = profiles.find(profile.server()).orElse(profile);
            Tokens present = stored.tokens();
            if (present == null) {
                throw Failure.here("auth.required", "nobody is signed in to " + profile.server(), "sallyport login");
            }
            if (!present.access().equals(rejected)) {
                return present;
            }
            Tokens next = oauth.get().refresh(present.refresh());
            profiles.save(stored.with(next));
            return next;
        });
    }
}
