package dev.sallyport.cli.login;

import dev.sallyport.cli.api.Answer;
import dev.sallyport.cli.api.DpopKey;
import dev.sallyport.cli.api.Http;
import dev.sallyport.cli.api.OAuth;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Sign-in by authorization code with PKCE (RFC 6749, RFC 7636): the request made, and its answer checked. */
record Authorization(String issuer, boolean issuerNamed, String redirect, String state, String verifier) {

    /** Asks the server who it is (RFC 8414); a server that calls itself otherwise is not the one meant. */
    static Authorization start(Http http, String server, String redirect) {
        Answer answer = http.send(
                "GET",
                URI.create(server + "/.well-known/oauth-authorization-server"),
                Map.of("Accept", "application/json"),
                null);
        JsonNode metadata = answer.json();
        String issuer = Json.text(metadata, "issuer");
        if (!answer.isGood() || issuer.isEmpty()) {
            throw Failure.here(
                    "login.no-server", server + " is no Sallyport server (HTTP " + answer.status() + ")", null);
        }
        if (!issuer.equals(server)) {
            throw Failure.here(
                    "login.other-server", server + " calls itself " + issuer, "sallyport login --server " + issuer);
        }
        boolean named =
                metadata.path("authorization_response_iss_parameter_supported").asBoolean(false);
        return new Authorization(issuer, named, redirect, DpopKey.random(24), DpopKey.random(48));
    }

    URI uri() {
        return uri(null);
    }

    /** As {@link #uri()}, for a sign-in that is no older than this, even where a browser is signed in already. */
    URI uri(@Nullable Duration maxAge) {
        return URI.create(issuer + "/oauth2/authorize?"
                + Query.of()
                        .with("response_type", "code")
                        .with("client_id", OAuth.CLIENT)
                        .with("redirect_uri", redirect)
                        .with("scope", OAuth.SCOPE)
                        .with("state", state)
                        .with("code_challenge", DpopKey.digest(verifier))
                        .with("code_challenge_method", "S256")
                        .with("max_age", maxAge == null ? null : String.valueOf(maxAge.toSeconds()))
                        .encoded());
    }

    /** The code in the query of the redirect; refuses an answer to another question or from another server. */
    String code(@Nullable String query) {
        Map<String, String> given = parse(query == null ? "" : query);
        if (!same(given.getOrDefault("state", ""), state)) {
            throw Failure.here("login.state", "the answer belongs to another sign-in (its state differs)", null);
        }
        String iss = given.get("iss");
        if (iss == null ? issuerNamed : !iss.equals(issuer)) {
            throw Failure.here("login.issuer", "the answer does not come from " + issuer, null);
        }
        if (given.getOrDefault("error", "").equals("access_denied")) {
            throw Failure.refused("login.refused", "sign-in was refused in the browser", null);
        }
        if (given.containsKey("error")) {
            throw Failure.refused(
                    "login." + given.get("error"),
                    given.getOrDefault("error_description", "sign-in was refused"),
                    null);
        }
        String code = given.getOrDefault("code", "");
        if (code.isEmpty()) {
            throw Failure.here("login.no-code", "the answer holds no code", null);
        }
        return code;
    }

    private static boolean same(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> parse(String query) {
        var values = new HashMap<String, String>();
        for (String part : query.split("&")) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                values.put(
                        java.net.URLDecoder.decode(part.substring(0, equals), StandardCharsets.UTF_8),
                        java.net.URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return values;
    }
}
