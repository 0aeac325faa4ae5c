package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sallyport.database.Json;
import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.server.notification.TestCertificates;
import dev.sallyport.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** RQ3 over HTTPS: a decision service that is a program of its own, from its document to what whoever asked is shown. */
class DecisionServicesApiTest {
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final byte[] KEY = "0123456789012345678901234567".getBytes(StandardCharsets.US_ASCII);
    private static final String SECRET = "whsec_" + Base64.getEncoder().encodeToString(KEY);

    private static final List<Map<String, Object>> QUESTIONS = new CopyOnWriteArrayList<>();

    private static ApiWorld world;
    private static HttpsServer desk;
    private static Someone dev;
    private static Someone operator;
    private static Someone reader;
    private static Someone both;
    private static Someone blind;

    @BeforeAll
    static void start() throws IOException {
        var certificates = new TestCertificates();
        desk = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        desk.setHttpsConfigurator(new HttpsConfigurator(certificates.server()));
        desk.createContext("/decide", DecisionServicesApiTest::decide);
        desk.createContext("/silent", exchange -> {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        desk.start();
        world = new ApiWorld(config -> config.withPrivateAddresses(List.of("127.0.0.0/8", "::1")));
        operator = world.holder(
                "operator",
                "decision-service.write",
                "catalog.read",
                "catalog.write",
                "policy.read",
                "policy.enforce",
                "audit.read");
        both = world.holder("both", "decision-service.write", "request.read-all", "policy.read");
        blind = world.holder("blind", "decision-service.write", "request.read-all");
        reader = world.holder("reader", "catalog.read", "audit.read");
        world.apply("""
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: asked}
                spec:
                  targets: {type: ssh, labels: {tier: web}}
                  ssh: {logins: [deploy]}
                  access: direct
                  request: {maxDuration: 8h}
                ---
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: lost}
                spec:
                  targets: {type: ssh, labels: {tier: web}}
                  ssh: {logins: [deploy]}
                  access: direct
                  request: {maxDuration: 8h}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: developers-asked}
                spec: {role: asked, subjects: {groups: [developers]}}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: developers-lost}
                spec: {role: lost, subjects: {groups: [developers]}}
                ---
                apiVersion: sallyport/v1
                kind: DecisionService
                metadata: {name: desk}
                spec:
                  url: https://localhost:%1$d/decide
                  default: deny
                  ca: |
                %2$s
                ---
                apiVersion: sallyport/v1
                kind: DecisionService
                metadata: {name: silent}
                spec:
                  url: https://localhost:%1$d/silent
                  default: deny
                  attempts: 1
                  ca: |
                %2$s
                ---
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: desk}
                spec:
                  match: {roles: [asked]}
                  rules: [{name: desk, effect: allow, approvals: [{webhook: desk}]}]
                ---
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: silent}
                spec:
                  match: {roles: [lost]}
                  rules: [{name: silent, effect: allow, approvals: [{webhook: silent}]}]
                """.formatted(
                desk.getAddress().getPort(), certificates.pem().indent(4).stripTrailing()));
        Reply enforced = operator.post("/policy/enforce", Map.of("reason", "agreed"));
        assertThat(enforced.status()).as(enforced.body()).isEqualTo(200);
        assertThat(secret(operator, "desk", SECRET).status()).isEqualTo(204);
        assertThat(secret(operator, "silent", SECRET).status()).isEqualTo(204);
        dev = world.signIn("dev");
    }

    @AfterAll
    static void stop() {
        world.close();
        desk.stop(0);
    }

    /** What the how-to shows, in Java: it checks the question and signs the answer. */
    private static void decide(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String id = exchange.getRequestHeaders().getFirst("webhook-id");
        String time = exchange.getRequestHeaders().getFirst("webhook-timestamp");
        if (!mac(id + "." + time + ".", body)
                .equals(exchange.getRequestHeaders().getFirst("webhook-signature"))) {
            exchange.sendResponseHeaders(401, -1);
            exchange.close();
            return;
        }
        Map<String, Object> question = Json.object(new String(body, StandardCharsets.UTF_8));
        QUESTIONS.add(question);
        boolean fits = String.valueOf(question.get("duration")).equals("PT1H");
        byte[] answer = Json.text(Map.of(
                        "decision",
                        fits ? "approve" : "deny",
                        "comment",
                        fits ? "an hour is fine" : "an hour is enough",
                        "nonce",
                        String.valueOf(question.get("nonce"))))
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders()
                .add(
                        "Sallyport-Signature",
                        mac(
                                "answer." + question.get("request") + "." + hash(body) + "." + question.get("nonce")
                                        + ".",
                                answer));
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    private static String mac(String context, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            mac.update(context.getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hash(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Reply secret(Someone caller, String service, String secret) {
        return caller.send(
                "PUT",
                "/decision-services/" + service + "/secret",
                Map.of(),
                HttpRequest.BodyPublishers.ofString("{\"secret\":\"" + secret + "\"}"));
    }

    private static Reply settled(String request) {
        Await.until(
                "the service is heard",
                SOON,
                () -> !dev.get("/requests/" + request).text("state").equals("pending"));
        return dev.get("/requests/" + request);
    }

    @Test
    void aProgramApprovesAndEverybodySeesThatItDid() {
        Reply asked = dev.ask("asked", "web-1", "PT1H");
        Reply found = settled(asked.text("id"));

        assertThat(found.text("state")).as(found.body()).isEqualTo("approved");
        assertThat(found.body())
                .contains("\"by\":\"the service desk\"", "\"service\":\"desk\"", "an hour is fine", "\"grant\":\"grt_");
        assertThat(QUESTIONS)
                .anySatisfy(question -> assertThat(question)
                        .containsEntry("request", asked.text("id"))
                        .containsEntry("reason", found.text("reason"))
                        .containsKeys("facts", "risk"));
        assertThat(reader.get("/audit/events?request=" + asked.text("id")).body())
                .contains("decision-service.asked", "decision-service.answered", "approval.given");
    }

    @Test
    void itsNoIsToldWithItsComment() {
        Reply found = settled(dev.ask("asked", "web-1", "PT2H").text("id"));

        assertThat(found.text("state")).isEqualTo("denied");
        assertThat(found.body())
                .contains("an hour is enough", "\"verdict\":\"deny\"")
                .doesNotContain("grt_");
    }

    @Test
    void itsSilenceIsADenialThatSaysSo() {
        Reply found = settled(dev.ask("lost", "web-1", "PT1H").text("id"));

        assertThat(found.text("state")).isEqualTo("denied");
        assertThat(found.body()).contains("the service silent did not answer, which denies it");
    }

    @Test
    void aKeyIsSetByWhoMayAndNeverShown() {
        assertThat(secret(reader, "desk", SECRET).code()).isEqualTo("auth.missing-right");
        assertThat(secret(operator, "none", SECRET).code()).isEqualTo("decision-service.unknown");
        Reply invalid = secret(operator, "desk", "hunter2");
        assertThat(invalid.code()).isEqualTo("decision-service.invalid");
        assertThat(invalid.body()).doesNotContain("hunter2");
        assertThat(reader.get("/decision-services/desk").body())
                .contains("/decide")
                .doesNotContain(SECRET);
        assertThat(operator.get("/catalog/export").body())
                .contains("kind: DecisionService")
                .doesNotContain(SECRET);
    }

    @Test
    void aServiceIsTriedByWhoMayAndItsAnswerDecidesNothing() {
        String pending = dev.ask("lost", "web-1", "PT2H").text("id");

        Reply madeUp = operator.post("/decision-services/desk/test", Map.of("duration", "PT1H", "role", "asked"));
        Reply silent = operator.post("/decision-services/silent/test", Map.of());
        String seen = settled(pending).text("id");
        Reply unseen = operator.post("/decision-services/desk/test", Map.of("request", seen));
        assertThat(blind.post("/decision-services/desk/test", Map.of("request", seen))
                        .code())
                .as("who may not read facts has none told to a service of theirs")
                .isEqualTo("auth.missing-right");
        Reply own = both.post("/decision-services/desk/test", Map.of("request", seen));

        assertThat(madeUp.body())
                .contains("\"answered\":true", "\"decision\":\"approve\"", "an hour is fine", "\"failure\":null");
        assertThat(silent.body()).contains("\"answered\":false", "localhost answered with 503", "\"silence\":\"deny\"");
        assertThat(unseen.code()).as("what one may not see is not told").isEqualTo("request.unknown");
        assertThat(own.body()).contains("\"decision\":\"deny\"", "an hour is enough");
        assertThat(QUESTIONS)
                .anySatisfy(question -> assertThat(question)
                        .containsEntry("type", "decision-test")
                        .containsEntry("request", seen)
                        .containsEntry("reason", dev.get("/requests/" + seen).text("reason")));
        assertThat(reader.get("/audit/events?activity=decision-service.tested").body())
                .contains("decision-service.tested", "localhost answered with 503");
    }

    @Test
    void whoMayNotSetItsKeyDoesNotTryItAndSenselessTestsAreRefused() {
        assertThat(reader.post("/decision-services/desk/test", Map.of()).code()).isEqualTo("auth.missing-right");
        assertThat(operator.post("/decision-services/none/test", Map.of()).code())
                .isEqualTo("decision-service.unknown");
        Reply twice = operator.post("/decision-services/desk/test", Map.of("request", "req_1", "role", "ops"));
        assertThat(twice.status()).isEqualTo(400);
        assertThat(twice.body()).contains("stands beside made-up facts");
        assertThat(operator.post("/decision-services/desk/test", Map.of("risk", 101))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aServiceThatAPolicyNamesIsNotDeletedAndAnotherIs() {
        Reply made = operator.post("/decision-services", service("spare"));
        operator.post("/decision-services", service("unused"));
        world.apply("""
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: spare}
                spec:
                  match: {roles: [lost]}
                  rules: [{name: spare, effect: allow, approvals: [{webhook: spare}]}]
                """);

        Reply named = operator.call("DELETE", "/decision-services/spare", Map.of("If-Match", "\"1\""), null);
        Reply unused = operator.call("DELETE", "/decision-services/unused", Map.of("If-Match", "\"1\""), null);

        assertThat(made.status()).as(made.body()).isEqualTo(201);
        assertThat(named.status()).isBetween(400, 499);
        assertThat(named.body()).contains("DecisionService spare: still named by Policy spare");
        assertThat(unused.status()).as(unused.body()).isEqualTo(204);
    }

    private static Map<String, Object> service(String name) {
        return Map.of(
                "apiVersion",
                "sallyport/v1",
                "kind",
                "DecisionService",
                "metadata",
                Map.of("name", name),
                "spec",
                Map.of("url", "https://desk.example.org/", "default", "deny"));
    }
}
