package dev.sallyport.cli.api;

import dev.sallyport.base.Secret;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The API as the person who is signed in: renews tokens, answers nonces, and turns a problem into a failure. */
public final class Api {
    /** A token this close to its end is not sent any more: the request must still arrive. */
    private static final Duration MARGIN = Duration.ofSeconds(20);

    private static final String BASE = "/api/v1";

    private final Profiles profiles;
    private final Profile profile;
    private final Http http;
    private final Clock clock;
    private final Function<String, Optional<Secret>> codes;
    private Tokens tokens;
    private @Nullable String nonce;

    public Api(Profiles profiles, Profile profile, Clock clock) {
        this(profiles, profile, clock, _ -> Optional.empty());
    }

    /** The codes answer the server's sentence when it wants a second factor for a call; nothing lets the call be refused. */
    public Api(Profiles profiles, Profile profile, Clock clock, Function<String, Optional<Secret>> codes) {
        if (profile.tokens() == null) {
            throw Failure.here(
                    "auth.required",
                    "nobody is signed in to " + profile.server(),
                    "sallyport login --server " + profile.server());
        }
        this.profiles = profiles;
        this.profile = profile;
        this.http = Http.to(profile.caPem());
        this.clock = clock;
        this.codes = codes;
        this.tokens = profile.tokens();
    }

    public String server() {
        return profile.server();
    }

    public JsonNode get(String path) {
        return good(send("GET", path, Map.of(), null)).json();
    }

    /** Sends a body; the key lets the server recognise the same command sent twice. */
    public JsonNode post(String path, JsonNode body) {
        var headers = Map.of("Content-Type", "application/json", "Idempotency-Key", DpopKey.random(16));
        return good(send("POST", path, headers, Json.compact(body))).json();
    }

    /** Up to {@code limit} items, fetched page by page; {@code next} is null, or the cursor where more begin. */
    public JsonNode list(String path, Query query, int limit) {
        ArrayNode items = tools.jackson.databind.node.JsonNodeFactory.instance.arrayNode();
        String after = null;
        do {
            int page = Math.min(500, limit - items.size());
            JsonNode answer = get(query.with("limit", String.valueOf(page))
                    .with("after", after)
                    .after(path));
            answer.path("items").forEach(items::add);
            String next = Json.text(answer, "next");
            after = next.isEmpty() ? null : next;
        } while (after != null && items.size() < limit);
        var all = Json.object();
        all.set("items", items);
        return all.put("next", after);
    }

    public Answer good(Answer answer) {
        if (!answer.isGood()) {
            throw answer.refusal();
        }
        return answer;
    }

    /** Sends as the person signed in; the answer may be a refusal. */
    public Answer send(String method, String path, Map<String, String> headers, @Nullable String body) {
        return send(method, path, headers, body, null);
    }

    /** Asks for something large, which goes into the file; the answer has its headers, or is a refusal. */
    public Answer download(String path, JsonNode body, Path into) {
        var headers = Map.of("Content-Type", "application/json", "Accept", "*/*");
        return good(send("POST", path, headers, Json.compact(body), into));
    }

    private Answer send(
            String method, String path, Map<String, String> headers, @Nullable String body, @Nullable Path into) {
        Answer answer = authenticated(method, path, headers, body, into);
        if (answer.status() != 401 || !answer.code().equals("auth.step-up-required")) {
            return answer;
        }
        String purpose = Json.text(answer.json(), "step_up_for");
        if (purpose.isEmpty() || !takesCode(answer.json().path("step_up_by"))) {
            return answer;
        }
        Optional<Secret> code = codes.apply(Json.text(answer.json(), "detail"));
        if (code.isEmpty()) {
            return answer;
        }
        JsonNode proof = post(
                "/me/step-up", Json.object().put("code", code.get().reveal()).put("for", purpose));
        var again = new LinkedHashMap<>(headers);
        again.put("Sallyport-Step-Up", Json.text(proof, "proof"));
        return authenticated(method, path, again, body, into);
    }

    /** Passkeys are shown in a browser; a server that does not say what the person has, asks for a code. */
    private static boolean takesCode(JsonNode by) {
        return by.isMissingNode()
                || by.valueStream().anyMatch(factor -> factor.asString("").equals("totp"));
    }

    private Answer authenticated(
            String method, String path, Map<String, String> headers, @Nullable String body, @Nullable Path into) {
        Answer answer = once(method, path, headers, body, into);
        if (answer.status() == 401 && wantsNonce(answer)) {
            answer = once(method, path, headers, body, into);
        }
        if (answer.status() == 401 && wantsToken(answer)) {
            refresh();
            answer = once(method, path, headers, body, into);
            if (answer.status() == 401 && wantsNonce(answer)) {
                answer = once(method, path, headers, body, into);
            }
        }
        return answer;
    }

    /** The whole address of a path, which may have a query. */
    public String url(String path) {
        return profile.server() + BASE + path;
    }

    /** What proves who calls, for just one call: a token that still lives for a while, and a proof of its key. */
    public Map<String, String> proof(String method, String path) {
        if (!tokens.expiresAt().isAfter(clock.instant().plus(MARGIN))) {
            refresh();
        }
        String url = url(path);
        int query = url.indexOf('?');
        Secret access = tokens.access();
        return Map.of(
                "Authorization",
                "DPoP " + access.reveal(),
                "DPoP",
                profile.key().proof(method, query < 0 ? url : url.substring(0, query), access, nonce, clock.instant()));
    }

    private Answer once(
            String method, String path, Map<String, String> headers, @Nullable String body, @Nullable Path into) {
        var all = new LinkedHashMap<>(headers);
        all.putIfAbsent("Accept", "application/json");
        all.putAll(proof(method, path));
        URI url = URI.create(url(path));
        Answer answer = into == null ? http.send(method, url, all, body) : http.send(method, url, all, body, into);
        String given = answer.header("DPoP-Nonce");
        if (!given.isEmpty()) {
            nonce = given;
        }
        return answer;
    }

    private static boolean wantsNonce(Answer answer) {
        boolean asked = answer.headers().allValues("WWW-Authenticate").stream()
                .anyMatch(challenge -> challenge.contains("use_dpop_nonce"));
        return (asked || answer.code().equals("use_dpop_nonce"))
                && !answer.header("DPoP-Nonce").isEmpty();
    }

    private static boolean wantsToken(Answer answer) {
        return answer.code().equals("auth.token-expired")
                || answer.code().equals("auth.token-invalid")
                || answer.code().isEmpty();
    }

    private void refresh() {
        tokens = OAuth.refreshed(
                profiles, profile, tokens.access(), () -> new OAuth(http, profile.server(), profile.key(), clock));
    }
}
