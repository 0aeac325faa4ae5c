package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Json;
import dev.sallyport.decision.PolicySets;
import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.testkit.Authenticator;
import dev.sallyport.testkit.Await;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FactorsApiTest {
    private static ApiWorld world;
    private static RunningServer second;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        second = world.start();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    /** Enrols the person and returns their app and their recovery codes. */
    private static Enrolled enrol(String name) {
        Someone someone = world.signIn(name);
        Reply offer = someone.post("/me/totp", Map.of());
        assertThat(offer.status()).as(offer.body()).isEqualTo(201);
        var app = new Authenticator(offer.text("uri"));
        Reply confirmed = someone.post("/me/totp/confirm", Map.of("code", app.code(Instant.now())));
        assertThat(confirmed.status()).as(confirmed.body()).isEqualTo(200);
        var codes = (List<?>) Objects.requireNonNull(confirmed.json().get("recovery_codes"));
        return new Enrolled(name, app, codes);
    }

    private record Enrolled(String name, Authenticator app, List<?> codes) {
        String code() {
            world.forgetUsedCodes();
            return app.code(Instant.now());
        }

        TestClient.Tokens signIn(TestClient client) {
            return client.signIn(name, ApiWorld.PASSWORD, code());
        }
    }

    private static JWTClaimsSet claims(String token) {
        try {
            return SignedJWT.parse(token).getJWTClaimsSet();
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void tokensSayWhatWasShownAndWhenAndRefreshingKeepsIt() {
        Enrolled dev = enrol("dev");
        var client = new TestClient(world.server());

        TestClient.Tokens tokens = dev.signIn(client);
        JWTClaimsSet claims = claims(tokens.access());
        JWTClaimsSet refreshed =
                claims(TestClient.tokens(client.refresh(tokens.refresh())).access());

        assertThat(claims.getClaim("amr")).isEqualTo(List.of("pwd", "otp", "mfa"));
        assertThat(claims.getClaim("acr")).isEqualTo("https://refeds.org/profile/mfa");
        assertThat(refreshed.getClaim("amr")).isEqualTo(claims.getClaim("amr"));
        assertThat(refreshed.getClaim("auth_time")).isEqualTo(claims.getClaim("auth_time"));
        Map<String, Object> me = TestClient.json(client.api("GET", "/api/v1/me", tokens.access()));
        assertThat(me.get("session")).asString().contains("amr=[pwd, otp, mfa]", "acr=https://refeds.org/profile/mfa");
    }

    @Test
    void aPasswordAloneIsHalfASignInAndOpensNothing() {
        enrol("lead");
        var client = new TestClient(world.server());
        client.authorize(TestClient.authorizeRequest());

        HttpResponse<String> half = client.login("lead", ApiWorld.PASSWORD);

        assertThat(TestClient.location(half)).isEqualTo("/login/code");
        assertThat(TestClient.location(client.authorize(TestClient.authorizeRequest())))
                .isEqualTo("/login");
        assertThat(TestClient.location(client.showCode("000000x"))).isEqualTo("/login/code?error");
        assertThat(client.get("/login/code?error").body()).contains("this code is wrong");
        assertThat(TestClient.location(client.authorize(TestClient.authorizeRequest())))
                .isEqualTo("/login");
        assertThat(TestClient.location(new TestClient(world.server()).get("/login/code")))
                .isEqualTo("/login");
    }

    @Test
    void aCodeThatOneServerTookIsRefusedByTheOther() {
        Enrolled guard = enrol("guard");
        String code = guard.code();
        var here = new TestClient(world.server());
        here.signIn("guard", ApiWorld.PASSWORD, code);
        var there = new TestClient(world.server())
                .at(second.feature(ServerConfig.class).port());

        there.login("guard", ApiWorld.PASSWORD);

        assertThat(TestClient.location(there.showCode(code))).isEqualTo("/login/code?error");
        assertThat(TestClient.location(
                        there.showCode(String.valueOf(guard.codes().getFirst()))))
                .isEqualTo("/");
    }

    @Test
    void theOwnFactorIsSeenRenewedAndRemovedForACode() {
        Enrolled other = enrol("other");
        var client = new TestClient(world.server());
        var someone = new Someone(client, Optional.of(other.signIn(client).access()));

        assertThat(someone.get("/me/totp").json())
                .containsEntry("enrolled", true)
                .containsEntry("recovery_codes", 10);
        assertThat(someone.post("/me/totp", Map.of()).code()).isEqualTo("factor.code-needed");
        Reply renewed = someone.post("/me/totp/recovery-codes", Map.of("code", other.code()));
        assertThat(renewed.body()).doesNotContain(String.valueOf(other.codes().getFirst()));
        assertThat(someone.post("/me/totp/remove", Map.of("code", "123")).code())
                .isEqualTo("factor.wrong-code");
        assertThat(someone.post("/me/totp/remove", Map.of("code", other.code())).status())
                .isEqualTo(204);
        assertThat(someone.get("/me/totp").json()).containsEntry("enrolled", false);
        assertThat(world.signIn("other").get("/me").status()).isEqualTo(200);
    }

    @Test
    void whoLostTheirFactorIsHelpedByTheHolderOfTheRightAndByNobodyElse() {
        world.person("loser");
        Enrolled loser = enrol("loser");
        var client = new TestClient(world.server());
        var theirs = new Someone(client, Optional.of(loser.signIn(client).access()));
        Someone desk = world.holder("desk", "person.reset-factor");

        world.person("busybody");
        assertThat(world.signIn("busybody")
                        .post("/people/loser/factor-reset", Map.of("reason", "x"))
                        .code())
                .isEqualTo("auth.missing-right");
        assertThat(desk.post("/people/desk/factor-reset", Map.of("reason", "mine"))
                        .code())
                .isEqualTo("factor.reset-own");
        assertThat(desk.post("/people/loser/factor-reset", Map.of("reason", "lost it"))
                        .status())
                .isEqualTo(204);

        Await.until(
                "the session ends",
                Duration.ofSeconds(30),
                () -> theirs.get("/me").code().equals("auth.session-ended"));
        assertThat(world.signIn("loser").get("/me").status()).isEqualTo(200);
    }

    @Test
    void aFirstFactorTakesTheCodeOfAnAdministrator() {
        world.person("novice");
        Someone novice = world.signIn("novice");
        world.passwordsWereSetLongAgo();
        assertThat(novice.get("/me/totp").json()).containsEntry("enrolment_code_wanted", true);
        Reply wanted = novice.post("/me/totp", Map.of());
        assertThat(wanted.status()).isEqualTo(403);
        assertThat(wanted.code()).isEqualTo("factor.enrolment-code-wanted");
        Map<String, String> why = Map.of("reason", "first day", "duration", "2h");
        assertThat(novice.post("/people/novice/enrolment-code", why).code()).isEqualTo("auth.missing-right");
        Someone desk = world.holder("first-desk", "person.reset-factor");
        assertThat(desk.post("/people/novice/enrolment-code", Map.of("reason", "x", "duration", "8d"))
                        .body())
                .contains("input.invalid-value", "PT192H", "7d");
        assertThat(desk.post("/people/nobody-here/enrolment-code", why).code()).isEqualTo("person.unknown");

        Reply made = desk.post("/people/novice/enrolment-code", why);
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        assertThat(novice.post("/me/enrolment-code", Map.of("code", "0000-0000-0000-0000"))
                        .code())
                .isEqualTo("factor.wrong-code");
        Someone thief = world.signIn("novice");
        assertThat(novice.post("/me/enrolment-code", Map.of("code", made.text("code")))
                        .status())
                .isEqualTo(200);

        assertThat(thief.post("/me/enrolment-code", Map.of("code", made.text("code")))
                        .code())
                .isEqualTo("factor.wrong-code");
        assertThat(thief.post("/me/totp", Map.of()).code()).isEqualTo("factor.enrolment-code-wanted");
        assertThat(novice.post("/me/totp", Map.of()).status()).isEqualTo(201);
    }

    @Test
    void aSignInThatIsTooOldEnrolsNothingAndSaysHowOldItMayBe() {
        world.person("sleepy");
        Someone sleepy = world.signIn("sleepy");
        world.signedInLongAgo();

        Reply refused = sleepy.post("/me/totp", Map.of());

        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.code()).isEqualTo("auth.sign-in-too-old");
        assertThat(refused.header("WWW-Authenticate"))
                .contains("error=\"insufficient_user_authentication\"", "max_age=\"600\"");
    }

    @Test
    void aClientThatWantsAFreshSignInGetsOne() {
        var client = new TestClient(world.server());
        world.person("fresh");
        world.signIn("fresh");
        client.login("fresh", ApiWorld.PASSWORD);
        Map<String, String> wants = TestClient.authorizeRequest();
        wants.put("max_age", "3600");
        assertThat(TestClient.location(client.authorize(wants))).contains("/authorize?");

        wants.put("max_age", "0");
        assertThat(TestClient.location(client.authorize(wants))).isEqualTo("/login");
    }

    @Test
    void aCallThatWantsAFreshFactorIsRepeatedWithAProofOfOne() {
        world.person("eager");
        world.apply("""
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: eager-look}
                spec: {role: look, subjects: {people: [eager]}}
                ---
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: fresh}
                spec:
                  match: {roles: [look]}
                  rules:
                    - {name: factor, effect: allow, approvals: none, obligations: {mfaWithin: 15m}}
                """);
        world.server().feature(PolicySets.class).enforce(Actor.system("test"), "draft", "a fresh factor for looking");
        Someone eager = world.signIn("eager");
        Reply none = eager.ask("look", "web-1", "PT1H");
        assertThat(none.code()).isEqualTo("auth.step-up-required");
        assertThat(none.json()).doesNotContainKey("step_up_for");
        Enrolled enrolled = enrol("eager");

        Reply refused = eager.ask("look", "web-1", "PT1H");
        Reply proof = eager.post("/me/step-up", Map.of("code", enrolled.code(), "for", refused.text("step_up_for")));
        String ask = Json.text(Someone.wish("look", "web-1", "PT1H"));
        Map<String, String> shown = Map.of("Sallyport-Step-Up", proof.text("proof"));
        Reply granted = eager.call("POST", "/requests", shown, ask);

        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("WWW-Authenticate"))
                .isEqualTo("DPoP error=\"insufficient_user_authentication\","
                        + " acr_values=\"https://refeds.org/profile/mfa\", max_age=\"900\", algs=\"ES256\"");
        assertThat(proof.status()).as(proof.body()).isEqualTo(201);
        assertThat(granted.status()).as(granted.body()).isEqualTo(201);
        assertThat(granted.body()).contains("grt_");
        assertThat(eager.call("POST", "/requests", shown, ask).code()).isEqualTo("auth.step-up-invalid");
        String more = "/grants/" + Someone.grantOf(granted) + "/extend";
        Reply extension = eager.post(more, Map.of("duration", "PT10M", "reason", "still at it"));
        assertThat(extension.code()).isEqualTo("auth.step-up-required");
    }
}
