package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.database.Json;
import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.testkit.SecurityKey;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** People with passkeys: what their browsers do, form by form. */
final class PasskeyWorld implements AutoCloseable {
    private static final Pattern GIVEN = Pattern.compile("data-given=\"([^\"]+)\"");

    private boolean byAddress;
    private int places;
    final ApiWorld api = new ApiWorld(this::reached);

    private ServerConfig reached(ServerConfig config) {
        return byAddress
                ? new ServerConfig(
                        URI.create("https://127.0.0.1:" + config.port()),
                        config.bind(),
                        config.port(),
                        config.tls(),
                        config.data(),
                        config.database(),
                        config.rootKey(),
                        config.limits())
                : config;
    }

    /** One more server on the same database, which people reach by its address. */
    RunningServer byAddress() {
        byAddress = true;
        try {
            return api.start();
        } finally {
            byAddress = false;
        }
    }

    /** An authenticator before which pages of this server are open. */
    SecurityKey key() {
        return new SecurityKey(api.server().url().toString());
    }

    /** At a place of its own, so that what fails in one test slows no other. */
    TestClient browser() {
        places++;
        return new TestClient(api.server(), "127.0.2." + places);
    }

    /** A person who has just signed in with their password, and has registered this passkey. */
    Someone registered(String name, SecurityKey key) {
        api.person(name);
        Someone someone = api.signIn(name);
        Reply made = register(someone, key);
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        return someone;
    }

    Reply register(Someone someone, SecurityKey key) {
        return register(someone, key, someone.post("/me/passkeys/options", Map.of()));
    }

    Reply register(Someone someone, SecurityKey key, Reply offer) {
        assertThat(offer.status()).as(offer.body()).isEqualTo(201);
        return someone.post("/me/passkeys", made(key, offer));
    }

    static Map<String, Object> made(SecurityKey key, Reply offer) {
        var body = new LinkedHashMap<>(key.make(options(offer)));
        body.put("name", "the key ring");
        return body;
    }

    @SuppressWarnings("unchecked") // as the API says
    static Map<String, Object> options(Reply offer) {
        return (Map<String, Object>) Objects.requireNonNull(offer.json().get("public_key"), offer.body());
    }

    // Forms
    // --------------------------------------------------------------------------------------------------------------

    /** What the script of a page fetches. */
    Map<String, Object> asked(TestClient browser, String path, Map<String, String> more) {
        var form = new LinkedHashMap<>(more);
        form.put("_csrf", browser.formToken("/login"));
        HttpResponse<String> answer = browser.send(browser.request(path)
                .header("Accept", "application/json")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(TestClient.body(form)));
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
        return Json.object(answer.body());
    }

    HttpResponse<String> sent(TestClient browser, String path, Map<String, Object> passkey, Map<String, String> more) {
        var form = new LinkedHashMap<>(more);
        form.put("_csrf", browser.formToken("/login"));
        form.put("passkey", Json.text(passkey));
        return browser.send(browser.request(path)
                .header("Accept", "text/html")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(TestClient.body(form)));
    }

    Map<String, Object> askedToSignIn(TestClient browser) {
        return asked(browser, "/login/passkey/options", Map.of());
    }

    HttpResponse<String> signIn(TestClient browser, Map<String, Object> passkey) {
        return sent(browser, "/login/passkey", passkey, Map.of());
    }

    /** Signs in with the passkey and nothing else; where that leads. */
    String signIn(TestClient browser, SecurityKey key) {
        return TestClient.location(signIn(browser, key.show(askedToSignIn(browser))));
    }

    /** Tokens of a client whose browser signed in with the passkey and nothing else. */
    TestClient.Tokens tokens(TestClient client, SecurityKey key) {
        client.authorize(TestClient.authorizeRequest());
        HttpResponse<String> back = client.answer(client.get(signIn(client, key)), "allow");
        return TestClient.tokens(
                client.token(client.codeExchange(TestClient.parameter(TestClient.location(back), "code"))));
    }

    /** What a page of the portal holds for the browser. */
    static Map<String, Object> given(HttpResponse<String> page) {
        var found = GIVEN.matcher(page.body());
        assertThat(found.find()).as(page.body()).isTrue();
        return Json.object(
                found.group(1).replace("&#34;", "\"").replace("&#39;", "'").replace("&amp;", "&"));
    }

    static HttpRequest.Builder page(TestClient browser, String path) {
        return browser.request(path).header("Accept", "text/html").GET();
    }

    // What is left behind
    // ------------------------------------------------------------------------------------------------------------

    /** Why the latest of what was refused was. */
    String reason() {
        return api.database()
                .read(rx -> rx.one("""
                        select convert_from(body, 'UTF8')::jsonb #>> '{unmapped,data,reason}' from event
                         where outcome = 'refused'
                           and activity in ('sign-in.refused', 'factor.refused', 'passkey.registered')
                         order by position desc limit 1
                        """, row -> String.valueOf(row.getString(1))).orElse(""));
    }

    boolean found(String kind) {
        return api.database().read(rx -> rx.exists("select 1 from finding where kind = ? and closed_at is null", kind));
    }

    @Override
    public void close() {
        api.close();
    }
}
