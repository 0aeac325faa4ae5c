package dev.sallyport.cli.api;

import dev.sallyport.base.Secret;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One server as this person knows it.
 *
 * @param server its address, as it names itself
 * @param caPem the one CA trusted for it; none: those of the JDK
 * @param name who signed in, for showing
 * @param tokens none once signed out
 */
public record Profile(
        String server,
        @Nullable String caPem,
        DpopKey key,
        @Nullable String name,
        @Nullable Tokens tokens) {

    public Profile with(@Nullable Tokens next) {
        return new Profile(server, caPem, key, name, next);
    }

    /** For the profile file alone: it holds secrets. */
    ObjectNode json() {
        ObjectNode json =
                Json.object().put("server", server).put("ca_pem", caPem).put("name", name);
        json.set("dpop_key", key.json());
        if (tokens != null) {
            json.put("access_token", tokens.access().reveal())
                    .put("access_expires_at", tokens.expiresAt().toString())
                    .put("refresh_token", tokens.refresh().reveal());
        }
        return json;
    }

    static Profile read(JsonNode json, String file) {
        try {
            boolean signedIn = !Json.text(json, "refresh_token").isEmpty();
            return new Profile(
                    Json.text(json, "server"),
                    empty(Json.text(json, "ca_pem")),
                    DpopKey.read(json.path("dpop_key")),
                    empty(Json.text(json, "name")),
                    signedIn
                            ? new Tokens(
                                    Secret.of(Json.text(json, "access_token")),
                                    Instant.parse(Json.text(json, "access_expires_at")),
                                    Secret.of(Json.text(json, "refresh_token")))
                            : null);
        } catch (GeneralSecurityException | DateTimeException | IllegalArgumentException _) {
            throw Failure.here(
                    "profile.unreadable",
                    file + " is damaged (expected: a profile written by sallyport login)",
                    "remove it and sign in again: sallyport login --server URL");
        }
    }

    private static @Nullable String empty(String text) {
        return text.isEmpty() ? null : text;
    }
}
