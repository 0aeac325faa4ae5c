package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Json;
import dev.sallyport.decision.PolicySets;
import dev.sallyport.identity.People;
import dev.sallyport.identity.SecondFactor;
import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.testkit.Authenticator;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.SecurityKey;
import dev.sallyport.testkit.SecurityKey.Algorithm;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** ID2, ID3: passkeys, by an authenticator of software with real keys. */
class PasskeysTest {
    private static final String ACCEPTED = "/";
    private static final String REFUSED = "/login?passkey";

    private static PasskeyWorld world;

    @BeforeAll
    static void start() {
        world = new PasskeyWorld();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static JWTClaimsSet claims(String token) {
        try {
            return SignedJWT.parse(token).getJWTClaimsSet();
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Authenticator enrolApp(Someone someone) {
        var app = new Authenticator(someone.post("/me/totp", Map.of()).text("uri"));
        assertThat(someone.post("/me/totp/confirm", Map.of("code", app.code(Instant.now())))
                        .status())
                .isEqualTo(200);
        world.api.forgetUsedCodes();
        return app;
    }

    private static Map<String, String> proof(Someone someone, String purpose, Map<String, Object> shown) {
        var body = new HashMap<>(shown);
        body.put("for", purpose);
        Reply proof = someone.post("/me/step-up", body);
        assertThat(proof.status()).as(proof.body()).isEqualTo(201);
        return Map.of("Sallyport-Step-Up", proof.text("proof"));
    }

    /** A proof made by showing the passkey for this purpose. */
    private static Map<String, String> proof(Someone someone, String purpose, SecurityKey key) {
        Reply offer = someone.post("/me/step-up/passkey", Map.of("for", purpose));
        return proof(someone, purpose, Map.of("passkey", key.show(PasskeyWorld.options(offer))));
    }

    private static String id(Someone someone) {
        return String.valueOf(someone.get("/me/passkeys").items().getFirst().get("id"));
    }

    // Alone
    // --------------------------------------------------------------------------------------------------------------

    @Test
    void aPasskeySignsInWithNoNameTypedAndCountsAsTwoFactors() {
        SecurityKey key = world.key();
        world.registered("ada", key);
        var client = world.browser();

        TestClient.Tokens tokens = world.tokens(client, key);

        JWTClaimsSet claims = claims(tokens.access());
        assertThat(claims.getClaim("amr")).isEqualTo(List.of("hwk", "user", "mfa"));
        assertThat(claims.getClaim("acr")).isEqualTo("https://refeds.org/profile/mfa");
        assertThat(TestClient.json(client.api("GET", "/api/v1/me", tokens.access()))
                        .get("person"))
                .asString()
                .contains("name=ada");
    }

    @Test
    void whatIsMadeWithEachAlgorithmOrIsSyncedSignsIn() {
        for (Algorithm algorithm : Algorithm.values()) {
            SecurityKey key = world.key().making(algorithm).synced();
            Someone someone = world.registered("alg-" + algorithm.name().toLowerCase(java.util.Locale.ROOT), key);

            JWTClaimsSet claims = claims(world.tokens(world.browser(), key).access());

            assertThat(claims.getClaim("amr")).as(algorithm.name()).isEqualTo(List.of("swk", "user", "mfa"));
            assertThat(someone.get("/me/passkeys").items())
                    .singleElement()
                    .satisfies(passkey -> assertThat(passkey)
                            .containsEntry("synced", true)
                            .containsEntry("backed_up", true)
                            .containsEntry("name", "the key ring")
                            .containsKeys("made_at", "last_used_at"));
        }
    }

    @Test
    void aSignInMakesAnotherSessionThanTheBrowserHadAndGoesOnWhereItWasGoing() {
        SecurityKey key = world.key();
        world.registered("fixed", key);
        var browser = world.browser();
        world.signIn(browser, key);
        Map<String, String> before = Map.copyOf(browser.cookies());
        browser.post("/sign-out", Map.of("_csrf", browser.formToken("/login")));
        browser.send(PasskeyWorld.page(browser, "/settings"));

        String next = world.signIn(browser, key);

        assertThat(next).isEqualTo("/settings");
        String session = before.keySet().stream()
                .filter(name -> name.endsWith("session"))
                .findFirst()
                .orElseThrow();
        assertThat(browser.cookies().get(session)).isNotNull().isNotEqualTo(before.get(session));
    }

    @Test
    void whatIsMadeForAnotherPageHostOrByNobodyVerifiedIsRefused() {
        SecurityKey key = world.key();
        world.registered("bea", key);

        assertThat(world.signIn(world.browser(), key.askedBy("https://evil.example")))
                .isEqualTo(REFUSED);
        assertThat(world.reason()).isEqualTo("origin");
        assertThat(world.signIn(world.browser(), key.askedBy("https://localhost:1")))
                .isEqualTo(REFUSED);
        assertThat(world.reason()).isEqualTo("origin");
        assertThat(world.signIn(world.browser(), key.forHost("evil.example"))).isEqualTo(REFUSED);
        assertThat(world.reason()).isEqualTo("host");
        assertThat(world.signIn(world.browser(), key.unverified())).isEqualTo(REFUSED);
        assertThat(world.reason()).isEqualTo("not verified");
        assertThat(world.signIn(world.browser(), key.naming(new byte[32]))).isEqualTo(REFUSED);
        assertThat(world.reason()).isEqualTo("user handle");
        assertThat(world.browser().get("/login?passkey").body()).contains("this passkey was not accepted");
        assertThat(world.signIn(world.browser(), key)).isEqualTo(ACCEPTED);
    }

    @Test
    void failuresFromOneNetworkSlowThatNetworkDown() {
        SecurityKey key = world.key();
        world.registered("zoe", key);
        var browser = world.browser();
        for (int i = 0; i < 5; i++) {
            assertThat(world.signIn(browser, key.unverified())).isEqualTo(REFUSED);
        }

        assertThat(world.signIn(browser, key)).isEqualTo("/login?throttled");
        assertThat(world.signIn(world.browser(), key)).isEqualTo(ACCEPTED);
    }

    @Test
    void aChallengeCountsOnceForMinutesAndInTheBrowserThatGotIt() {
        SecurityKey key = world.key();
        world.registered("cleo", key);
        var browser = world.browser();
        var thief = world.browser();

        Map<String, Object> shown = key.show(world.askedToSignIn(browser));
        world.askedToSignIn(thief);
        assertThat(TestClient.location(world.signIn(thief, shown))).isEqualTo(REFUSED);
        assertThat(world.reason()).isEqualTo("challenge");
        assertThat(TestClient.location(world.signIn(world.browser(), shown))).isEqualTo("/login?again");
        Map<String, String> asked = Map.copyOf(browser.cookies());
        assertThat(TestClient.location(world.signIn(browser, shown))).isEqualTo(ACCEPTED);
        browser.cookies().putAll(asked);
        assertThat(TestClient.location(world.signIn(browser, shown))).isEqualTo(REFUSED);

        Map<String, Object> late = key.show(world.askedToSignIn(browser));
        world.api.askedForPasskeysLongAgo();
        assertThat(TestClient.location(world.signIn(browser, late))).isEqualTo(REFUSED);
        assertThat(world.reason()).isEqualTo("challenge");
    }

    @Test
    void aChallengeForOneThingIsNoneForAnother() {
        SecurityKey key = world.key();
        Someone dora = world.registered("dora", key);
        Map<String, Object> stepUp =
                PasskeyWorld.options(dora.post("/me/step-up/passkey", Map.of("for", TestClient.hash("something"))));
        var browser = world.browser();
        world.askedToSignIn(browser);

        HttpResponse<String> signIn = world.signIn(browser, key.show(stepUp));
        Reply other = dora.post(
                "/me/step-up",
                Map.of(
                        "passkey",
                        key.show(PasskeyWorld.options(
                                dora.post("/me/step-up/passkey", Map.of("for", TestClient.hash("something"))))),
                        "for",
                        TestClient.hash("something else")));

        assertThat(TestClient.location(signIn)).isEqualTo(REFUSED);
        assertThat(other.code()).isEqualTo("passkey.refused");
        assertThat(world.reason()).isEqualTo("challenge");
    }

    @Test
    void whoMayNotSignInAndWhatIsRemovedGetTheSameAnswer() {
        SecurityKey key = world.key();
        Someone eve = world.registered("eve", key);
        var browser = world.browser();
        People people = world.api.server().feature(People.class);
        var id = world.api.database().read(rx -> People.require(rx, "eve").id());

        world.api.database().run(Actor.system("test"), tx -> people.disable(tx, id, "gone"));
        assertThat(world.signIn(browser, key)).isEqualTo(REFUSED);
        assertThat(world.reason()).isEqualTo("person may not sign in");
        world.api.database().run(Actor.system("test"), tx -> people.enable(tx, id, "back"));
        assertThat(world.signIn(browser, key)).isEqualTo(ACCEPTED);

        var client = world.browser();
        var again = new Someone(client, Optional.of(world.tokens(client, key).access()));
        Reply wanted = again.post("/me/passkeys/" + id(again) + "/remove", Map.of());
        Map<String, String> proof = proof(again, wanted.text("step_up_for"), key);
        assertThat(again.call("POST", "/me/passkeys/" + id(again) + "/remove", proof, "{}")
                        .status())
                .isEqualTo(204);
        assertThat(world.signIn(world.browser(), key)).isEqualTo(REFUSED);
        assertThat(world.reason()).isEqualTo("unknown passkey");
        assertThat(eve.get("/me").status()).isEqualTo(401);
    }

    @Test
    void aCounterThatGoesBackIsRefusedAndTold() {
        SecurityKey key = world.key();
        world.registered("fay", key);
        var browser = world.browser();
        assertThat(world.signIn(browser, key.counting(10))).isEqualTo(ACCEPTED);

        assertThat(world.signIn(browser, key.counting(-3))).isEqualTo(REFUSED);

        assertThat(world.reason()).isEqualTo("counter");
        assertThat(world.found("passkey-copied")).isTrue();
        assertThat(world.signIn(browser, key.counting(0))).isEqualTo(REFUSED);
        assertThat(world.signIn(browser, key.counting(5))).isEqualTo(ACCEPTED);
    }

    // Second step
    // --------------------------------------------------------------------------------------------------------

    @Test
    void aPasswordIsHalfASignInForWhoHasAPasskey() {
        SecurityKey key = world.key();
        SecurityKey others = world.key();
        world.registered("gil", key);
        world.registered("hal", others);
        var browser = world.browser();

        assertThat(TestClient.location(browser.login("gil", ApiWorld.PASSWORD))).isEqualTo("/login/code");
        assertThat(browser.get("/login/code").body()).contains("Show a passkey").doesNotContain("name=\"code\"");
        assertThat(TestClient.location(browser.send(PasskeyWorld.page(browser, "/me"))))
                .isEqualTo("/login");
        Map<String, Object> options = world.asked(browser, "/login/code/passkey/options", Map.of());
        assertThat(TestClient.location(world.sent(browser, "/login/code/passkey", others.show(options), Map.of())))
                .isEqualTo("/login/code?passkey");
        assertThat(world.reason()).isEqualTo("unknown passkey");
        options = world.asked(browser, "/login/code/passkey/options", Map.of());
        assertThat(TestClient.location(world.sent(
                        browser, "/login/code/passkey", key.unverified().show(options), Map.of())))
                .isEqualTo("/login/code?passkey");
        options = world.asked(browser, "/login/code/passkey/options", Map.of());
        assertThat(TestClient.location(world.sent(browser, "/login/code/passkey", key.show(options), Map.of())))
                .isEqualTo("/me");
        assertThat(browser.send(PasskeyWorld.page(browser, "/me")).body()).contains("pwd", "hwk", "mfa");
    }

    @Test
    void withAnAppAndAPasskeyEitherIsTheSecondStep() {
        world.api.person("ivo");
        Someone ivo = world.api.signIn("ivo");
        Authenticator app = enrolApp(ivo);
        SecurityKey key = world.key();
        Reply wanted = ivo.post("/me/passkeys/options", Map.of());
        Map<String, String> proof = proof(ivo, wanted.text("step_up_for"), Map.of("code", app.code(Instant.now())));
        world.register(ivo, key, ivo.call("POST", "/me/passkeys/options", proof, "{}"));
        world.api.forgetUsedCodes();
        var browser = world.browser();
        browser.login("ivo", ApiWorld.PASSWORD);

        assertThat(browser.get("/login/code").body()).contains("Show a passkey", "name=\"code\"");
        assertThat(TestClient.location(browser.showCode(app.code(Instant.now()))))
                .isEqualTo(ACCEPTED);
        browser.login("ivo", ApiWorld.PASSWORD);
        Map<String, Object> options = world.asked(browser, "/login/code/passkey/options", Map.of());
        assertThat(TestClient.location(world.sent(browser, "/login/code/passkey", key.show(options), Map.of())))
                .isEqualTo(ACCEPTED);
    }

    // Step-up
    // ------------------------------------------------------------------------------------------------------------

    @Test
    void aCallThatWantsAFreshFactorTakesAPasskeyOnceForJustThat() {
        SecurityKey key = world.key();
        world.api.apply("""
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: jon}
                spec: {}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: jon-look}
                spec: {role: look, subjects: {people: [jon]}}
                ---
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: fresh}
                spec:
                  match: {roles: [look]}
                  rules:
                    - {name: factor, effect: allow, approvals: none, obligations: {mfaWithin: 15m}}
                """);
        world.api
                .server()
                .feature(PolicySets.class)
                .enforce(Actor.system("test"), "draft", "a fresh factor for looking");
        Someone jon = world.api.signIn("jon");
        world.register(jon, key);

        // the session was opened by a password alone, and stays no more than that
        Reply refused = jon.ask("look", "web-1", "PT1H");
        assertThat(refused.code()).isEqualTo("auth.step-up-required");
        assertThat(refused.json()).containsEntry("step_up_by", List.of("passkey"));
        Map<String, String> shown = proof(jon, refused.text("step_up_for"), key);
        String ask = Json.text(Someone.wish("look", "web-1", "PT1H"));
        assertThat(jon.call("POST", "/requests", shown, ask).status()).isEqualTo(201);
        assertThat(jon.call("POST", "/requests", shown, ask).code()).isEqualTo("auth.step-up-invalid");

        // a sign-in with the passkey is as fresh as it is
        var client = world.browser();
        var fresh = new Someone(client, Optional.of(world.tokens(client, key).access()));
        assertThat(fresh.ask("look", "web-1", "PT30M").code()).isNotEqualTo("auth.step-up-required");
        world.api.signedInLongAgo();
        Reply stale = fresh.ask("look", "web-1", "PT20M");
        assertThat(stale.code()).isEqualTo("auth.step-up-required");
        // what another session was asked for is nothing here
        Map<String, Object> asked =
                PasskeyWorld.options(jon.post("/me/step-up/passkey", Map.of("for", stale.text("step_up_for"))));
        assertThat(fresh.post("/me/step-up", Map.of("passkey", key.show(asked), "for", stale.text("step_up_for")))
                        .code())
                .isEqualTo("passkey.refused");
    }

    @Test
    void whatAPasskeyOpenedEndsWithIt() {
        SecurityKey key = world.key();
        SecurityKey spare = world.key();
        Someone kai = world.registered("kai", key);
        Reply wanted = kai.post("/me/passkeys/options", Map.of());
        world.register(
                kai,
                spare,
                kai.call("POST", "/me/passkeys/options", proof(kai, wanted.text("step_up_for"), key), "{}"));
        var client = world.browser();
        var signedIn = new Someone(client, Optional.of(world.tokens(client, key).access()));
        assertThat(age(signedIn)).isPresent();
        String first = id(kai);

        wanted = kai.post("/me/passkeys/" + first + "/remove", Map.of());
        Reply removed = kai.call(
                "POST", "/me/passkeys/" + first + "/remove", proof(kai, wanted.text("step_up_for"), spare), "{}");

        assertThat(removed.status()).as(removed.body()).isEqualTo(204);
        assertThat(kai.get("/me/passkeys").items()).hasSize(1);
        Await.until(
                "the session that the passkey opened ends",
                Duration.ofSeconds(30),
                () -> signedIn.get("/me").code().equals("auth.session-ended"));
    }

    private static Optional<Duration> age(Someone someone) {
        Map<?, ?> session =
                (Map<?, ?>) Objects.requireNonNull(someone.get("/me").json().get("session"));
        String person = world.api
                .database()
                .read(rx -> rx.one(
                                "select person_id from sign_in_session where id = ?",
                                row -> row.getString(1),
                                session.get("id"))
                        .orElseThrow());
        var actor = new Actor(person, null, "", null, String.valueOf(session.get("id")));
        return world.api.database().read(rx -> SecondFactor.age(rx, actor));
    }

    // Registering
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void theFirstIsRegisteredSoonAfterThePasswordAndOthersOnlyForAFactor() {
        world.api.person("lea");
        Someone lea = world.api.signIn("lea");
        world.api.signedInLongAgo();
        assertThat(lea.post("/me/passkeys/options", Map.of()).code()).isEqualTo("auth.sign-in-too-old");
        lea = world.api.signIn("lea");
        SecurityKey key = world.key();
        assertThat(world.register(lea, key).status()).isEqualTo(201);

        Reply wanted = lea.post("/me/passkeys/options", Map.of());

        assertThat(wanted.code()).isEqualTo("auth.step-up-required");
        assertThat(lea.post("/me/totp", Map.of()).code()).isEqualTo("auth.step-up-required");
        Map<String, String> proof = proof(lea, wanted.text("step_up_for"), key);
        Reply offer = lea.call("POST", "/me/passkeys/options", proof, "{}");
        assertThat(offer.body()).contains("excludeCredentials", "\"userVerification\":\"required\"");
        assertThat(world.register(lea, world.key(), offer).status()).isEqualTo(201);
        assertThat(lea.call("POST", "/me/passkeys/options", proof, "{}").code()).isEqualTo("auth.step-up-invalid");
    }

    @Test
    void whatWasOfferedAsTheFirstFactorIsNotTakenBesideOne() {
        world.api.person("max");
        Someone thief = world.api.signIn("max");
        Reply offer = thief.post("/me/passkeys/options", Map.of());
        enrolApp(world.api.signIn("max"));

        Reply late = world.register(thief, world.key(), offer);

        assertThat(late.code()).isEqualTo("passkey.refused");
        assertThat(thief.get("/me/passkeys").items()).isEmpty();
    }

    @Test
    void whatWasOfferedToOneSessionOrPersonIsNotTakenFromAnother() {
        world.api.person("nia");
        world.api.person("oda");
        Someone nia = world.api.signIn("nia");
        Someone elsewhere = world.api.signIn("nia");
        Someone oda = world.api.signIn("oda");
        Reply offer = nia.post("/me/passkeys/options", Map.of());
        Map<String, Object> made = PasskeyWorld.made(world.key(), offer);

        assertThat(elsewhere.post("/me/passkeys", made).code()).isEqualTo("passkey.refused");
        assertThat(oda.post("/me/passkeys", made).code()).isEqualTo("passkey.refused");
        assertThat(nia.post("/me/passkeys", made).status()).isEqualTo(201);
        assertThat(nia.post("/me/passkeys", made).code()).isEqualTo("passkey.refused");
    }

    @Test
    void whatWasMadeForAnotherPageOrByNobodyVerifiedOrIsThereAlreadyIsNotRegistered() {
        world.api.person("pia");
        Someone pia = world.api.signIn("pia");

        assertThat(world.register(pia, world.key().askedBy("https://evil.example"))
                        .code())
                .isEqualTo("passkey.refused");
        assertThat(world.reason()).isEqualTo("origin");
        assertThat(world.register(pia, world.key().forHost("evil.example")).code())
                .isEqualTo("passkey.refused");
        assertThat(world.register(pia, world.key().unverified()).code()).isEqualTo("passkey.refused");
        assertThat(world.reason()).isEqualTo("not verified");
        assertThat(pia.get("/me/passkeys").items()).isEmpty();
    }

    @Test
    void somebodyElsesPasskeysAreNeitherSeenNorRenamedNorRemoved() {
        SecurityKey key = world.key();
        Someone ren = world.registered("ren", key);
        SecurityKey others = world.key();
        Someone sam = world.registered("sam", others);
        String theirs = id(ren);

        assertThat(sam.get("/me/passkeys").body()).doesNotContain(theirs);
        assertThat(sam.post("/me/passkeys/" + theirs + "/rename", Map.of("name", "mine"))
                        .code())
                .isEqualTo("passkey.unknown");
        assertThat(sam.post("/me/passkeys/" + theirs + "/remove", Map.of()).code())
                .isEqualTo("passkey.unknown");
        assertThat(ren.post("/me/passkeys/" + theirs + "/rename", Map.of("name", "the blue one"))
                        .body())
                .contains("the blue one");
    }

    // Without any password
    // --------------------------------------------------------------------------------------------------

    private static String link(Someone desk, String name) {
        Reply link = desk.post("/people/" + name + "/password-reset", Map.of("reason", "new here"));
        assertThat(link.status()).as(link.body()).isEqualTo(201);
        return link.text("url").replaceFirst(".*token=", "");
    }

    private static HttpResponse<String> byLink(TestClient browser, String token, SecurityKey key) {
        Map<String, Object> options = world.asked(browser, "/reset-password/passkey/options", Map.of("token", token));
        return world.sent(
                browser, "/reset-password/passkey", key.make(options), Map.of("token", token, "name", "my phone"));
    }

    @Test
    void whoNeverHadAPasswordRegistersAPasskeyByALinkAndKeepsTheLastOne() {
        Someone desk = world.api.holder("desk", "person.reset-password", "person.reset-factor");
        world.api.person("tea");
        String token = link(desk, "tea");
        SecurityKey key = world.key().synced();
        var browser = world.browser();
        assertThat(browser.get("/reset-password?token=" + token).body()).contains("Or a passkey instead");

        assertThat(byLink(browser, token, key).body()).contains("Your passkey is registered");

        var client = world.browser();
        var tea = new Someone(client, Optional.of(world.tokens(client, key).access()));
        assertThat(tea.get("/me").status()).isEqualTo(200);
        assertThat(client.login("tea", "").statusCode()).isEqualTo(302);
        assertThat(TestClient.location(world.browser().login("tea", "whatever it is")))
                .isEqualTo("/login?error");
        // nobody locks themselves out
        Reply wanted = tea.post("/me/passkeys/" + id(tea) + "/remove", Map.of());
        assertThat(tea.call(
                                "POST",
                                "/me/passkeys/" + id(tea) + "/remove",
                                proof(tea, wanted.text("step_up_for"), key),
                                "{}")
                        .code())
                .isEqualTo("passkey.last");
        // the link is used up
        HttpResponse<String> again = world.sent(
                browser,
                "/reset-password/passkey",
                world.key().make(Map.of("rp", Map.of("id", "localhost"), "user", Map.of("id", "AAAA"))),
                Map.of("token", token, "name", "again"));
        assertThat(again.statusCode()).isEqualTo(403);

        // lost: reset, and a new link
        assertThat(desk.post("/people/tea/factor-reset", Map.of("reason", "lost the phone"))
                        .status())
                .isEqualTo(204);
        assertThat(world.signIn(world.browser(), key)).isEqualTo(REFUSED);
        SecurityKey next = world.key();
        assertThat(byLink(world.browser(), link(desk, "tea"), next).statusCode())
                .isEqualTo(200);
        assertThat(world.signIn(world.browser(), next)).isEqualTo(ACCEPTED);
    }

    @Test
    void aPasskeyByLinkEndsThePasswordAndIsNoWayAroundASecondFactor() {
        Someone desk = world.api.holder("desk-2", "person.reset-password");
        world.api.person("uma");
        Someone uma = world.api.signIn("uma");
        String token = link(desk, "uma");
        SecurityKey key = world.key();
        var browser = world.browser();
        Map<String, Object> options = world.asked(browser, "/reset-password/passkey/options", Map.of("token", token));
        Authenticator app = enrolApp(uma);

        HttpResponse<String> refused =
                world.sent(browser, "/reset-password/passkey", key.make(options), Map.of("token", token, "name", "x"));

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("second factor already");
        assertThat(uma.post("/me/totp/remove", Map.of("code", app.code(Instant.now())))
                        .status())
                .isEqualTo(204);
        assertThat(byLink(browser, token, key).statusCode()).isEqualTo(200);
        assertThat(TestClient.location(world.browser().login("uma", ApiWorld.PASSWORD)))
                .isEqualTo("/login?error");
        assertThat(world.signIn(world.browser(), key)).isEqualTo(ACCEPTED);
    }

    @Test
    void aLinkOfOneBrowserIsNotAnsweredFromAnother() {
        Someone desk = world.api.holder("desk-3", "person.reset-password");
        world.api.person("val");
        String token = link(desk, "val");
        Map<String, Object> options =
                world.asked(world.browser(), "/reset-password/passkey/options", Map.of("token", token));

        HttpResponse<String> refused = world.sent(
                world.browser(),
                "/reset-password/passkey",
                world.key().make(options),
                Map.of("token", token, "name", "x"));

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("not accepted");
    }

    // Pages
    // --------------------------------------------------------------------------------------------------------------

    @Test
    void thePageOfOneselfAddsShowsRenamesAndRemovesThem() {
        world.api.person("wim");
        world.api.signIn("wim");
        var browser = world.browser();
        browser.login("wim", ApiWorld.PASSWORD);
        SecurityKey key = world.key();
        assertThat(PortalTest.page(browser, "/me").body()).contains("You have no passkey", "/me/passkeys/new");

        HttpResponse<String> offer = PortalTest.send(browser, "/me/passkeys/new", Map.of("name", "<the> laptop"));
        HttpResponse<String> made = PortalTest.send(
                browser,
                "/me/passkeys",
                Map.of("name", "<the> laptop", "passkey", Json.text(key.make(PasskeyWorld.given(offer)))));

        assertThat(PortalTest.location(made)).isEqualTo("/me?said=passkey-registered");
        assertThat(PortalTest.page(browser, "/me").body())
                .contains("&lt;the&gt; laptop", "on one device alone", "never");
        String id = world.api
                .database()
                .read(rx -> rx.one(
                                "select k.id from passkey k join person p on p.id = k.person_id where p.name = 'wim'",
                                row -> row.getString(1))
                        .orElseThrow());
        PortalTest.send(browser, "/me/passkeys/rename", Map.of("passkey", id, "name", "the old laptop"));
        assertThat(PortalTest.page(browser, "/me").body()).contains("the old laptop");

        // another is added for showing this one, and what was typed is kept
        HttpResponse<String> ask = PortalTest.send(browser, "/me/passkeys/new", Map.of("name", "a spare"));
        assertThat(ask.body()).contains("Show a second factor", "value=\"a spare\"", "data-passkey=\"get\"");
        HttpResponse<String> second =
                PortalTest.send(browser, "/me/passkeys/new", stepUp(browser, ask, key, Map.of("name", "a spare")));
        assertThat(second.body()).contains("data-passkey=\"create\"", "value=\"a spare\"");
        HttpResponse<String> remove = PortalTest.send(browser, "/me/passkeys/" + id + "/remove", Map.of());
        HttpResponse<String> wrong = PortalTest.send(
                browser, "/me/passkeys/" + id + "/remove", stepUp(browser, remove, key.unverified(), Map.of()));
        assertThat(wrong.body()).contains("This passkey was not accepted", "data-passkey=\"get\"");
        assertThat(PortalTest.location(PortalTest.send(
                        browser, "/me/passkeys/" + id + "/remove", stepUp(browser, wrong, key, Map.of()))))
                .isEqualTo("/me?said=passkey-removed");
        assertThat(PortalTest.page(browser, "/me").body()).contains("You have no passkey");
    }

    /** The form of the page that asks for a second factor, as its script sends it. */
    private static Map<String, String> stepUp(
            TestClient browser, HttpResponse<String> page, SecurityKey key, Map<String, String> typed) {
        var purpose = java.util.regex.Pattern.compile("name=\"step_up_for\" value=\"([^\"]+)\"")
                .matcher(page.body());
        assertThat(purpose.find()).as(page.body()).isTrue();
        Map<String, Object> options =
                world.asked(browser, "/me/step-up/passkey", Map.of("step_up_for", purpose.group(1)));
        var form = new HashMap<>(typed);
        form.put("step_up_for", purpose.group(1));
        form.put("step_up_passkey", Json.text(key.show(options)));
        return form;
    }

    @Test
    void whatIsNoAnswerOfABrowserIsRefusedAsSuch() {
        SecurityKey key = world.key();
        world.registered("xen", key);
        var browser = world.browser();
        Map<String, Object> shown = new HashMap<>(key.show(world.askedToSignIn(browser)));
        shown.put("signature", "AAAA");
        assertThat(TestClient.location(world.signIn(browser, shown))).isEqualTo(REFUSED);
        assertThat(world.reason()).isEqualTo("signature");
        shown = new HashMap<>(key.show(world.askedToSignIn(browser)));
        shown.put("authenticator_data", "AAAA");
        assertThat(TestClient.location(world.signIn(browser, shown))).isEqualTo(REFUSED);
        shown.put("client_data", "e30");
        world.askedToSignIn(browser);
        assertThat(TestClient.location(world.signIn(browser, shown))).isEqualTo(REFUSED);
        world.askedToSignIn(browser);
        shown.put("client_data", "!");
        assertThat(world.signIn(browser, shown).statusCode()).isEqualTo(400);
        world.askedToSignIn(browser);
        assertThat(browser.post(
                                "/login/passkey",
                                Map.of("_csrf", browser.formToken("/login"), "passkey", "[".repeat(5_000)))
                        .statusCode())
                .isEqualTo(400);
        assertThat(browser.post("/login/passkey/options", Map.of("_csrf", "x")).statusCode())
                .isEqualTo(403);
    }

    @Test
    void aServerWithoutAHostNameSaysThatItHasNone() {
        world.registered("yan", world.key());
        world.api.person("abe");
        world.api.signIn("abe");
        RunningServer there = world.byAddress();
        var browser = new TestClient(there, "127.0.4.1");
        var others = new TestClient(there, "127.0.4.2");

        browser.login("abe", ApiWorld.PASSWORD);
        others.login("yan", ApiWorld.PASSWORD);

        assertThat(PortalTest.page(browser, "/me").body())
                .contains("Passkeys need a server that is reached by a host name")
                .doesNotContain("/me/passkeys/new");
        assertThat(PortalTest.send(browser, "/me/passkeys/new", Map.of("name", "x"))
                        .body())
                .contains("passkeys need a server that is reached by a host name");
        assertThat(others.get("/login").body()).doesNotContain("passkey");
        assertThat(others.get("/login/code").body()).contains("Your passkeys cannot be shown here");
    }

    @Test
    void anAppIsAddedToAPasskeyOnlyForAProofOfIt() {
        SecurityKey key = world.key();
        Someone byPassword = world.registered("cal", key);
        var client = world.browser();
        var byKey = new Someone(client, Optional.of(world.tokens(client, key).access()));

        assertThat(byPassword.post("/me/totp", Map.of()).code()).isEqualTo("auth.step-up-required");
        Reply wanted = byKey.post("/me/totp", Map.of());
        assertThat(wanted.code()).as("however fresh the sign-in is").isEqualTo("auth.step-up-required");
        Map<String, String> proof = proof(byKey, wanted.text("step_up_for"), key);
        assertThat(byPassword.call("POST", "/me/passkeys/options", proof, "{}").code())
                .as("a proof for one thing is none for another")
                .isEqualTo("auth.step-up-invalid");
        Map<String, String> another = proof(byKey, wanted.text("step_up_for"), key);
        assertThat(byKey.call("POST", "/me/totp", another, "{}").status()).isEqualTo(201);
    }

    @Test
    void anAppThatWasOfferedOnThePasswordAloneIsNotTakenBesideAPasskey() {
        world.api.person("dee");
        Someone dee = world.api.signIn("dee");
        var app = new Authenticator(dee.post("/me/totp", Map.of()).text("uri"));
        world.register(dee, world.key(), dee.call("POST", "/me/passkeys/options", Map.of(), "{}"));

        assertThat(dee.post("/me/totp/confirm", Map.of("code", app.code(Instant.now())))
                        .code())
                .isEqualTo("factor.not-offered");
    }
}
