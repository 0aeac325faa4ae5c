package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.database.Database;
import dev.sallyport.database.Json;
import dev.sallyport.identity.UnspentProof;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.testkit.Await;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Calls that spend their proof of possession with what they do: it counts once, whatever becomes of the call. */
class LateProofsTest {
    private static final String PATH = "/api/v1/credentials/ssh";
    private static final String JSON = "application/json";

    private static ApiWorld world;
    private static RunningServer other;
    private static Someone dev;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        other = world.start();
        dev = world.signIn("dev");
        dev.grant("look", "web-1");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static String ask(String target) {
        return Json.text(Map.of("target", target, "public_key", AccessApiTest.KEY));
    }

    private static String proof(Someone someone) {
        return someone.client()
                .proof("POST", world.server().url() + PATH, someone.token().orElseThrow());
    }

    private static HttpResponse<String> send(Someone someone, String proof, String type, String body) {
        return someone.client()
                .send(someone.client()
                        .request(PATH)
                        .header("Authorization", "DPoP " + someone.token().orElseThrow())
                        .header("DPoP", proof)
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static String code(HttpResponse<String> answer) {
        return String.valueOf(Json.object(answer.body()).get("code"));
    }

    private static void refusedAsUsedBefore(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
        assertThat(Json.object(answer.body()))
                .containsEntry("code", "auth.dpop-invalid")
                .containsEntry("detail", "the DPoP proof was used before")
                .doesNotContainKey("certificate");
        assertThat(answer.headers().firstValue("WWW-Authenticate"))
                .contains("DPoP error=\"invalid_token\", algs=\"ES256\"");
        assertThat(answer.headers().firstValue("Content-Type")).contains(Problem.MEDIA_TYPE);
        assertThat(answer.headers().firstValue(RequestLimits.REQUEST_ID)).isPresent();
    }

    private static long leases() {
        return world.database().read(rx -> rx.count("select count(*) from lease"));
    }

    @Test
    void theListAndTheHandlersThatTakeAProofSayTheSame() {
        var mapping = world.server().feature(RequestMappingHandlerMapping.class);

        assertThat(mapping.getHandlerMethods().entrySet().stream()
                        .filter(each -> Arrays.asList(
                                        each.getValue().getMethod().getParameterTypes())
                                .contains(UnspentProof.class))
                        .flatMap(each -> each.getKey().getMethodsCondition().getMethods().stream()
                                .flatMap(method -> each.getKey().getPatternValues().stream()
                                        .map(path -> method + " " + path)))
                        .collect(Collectors.toSet()))
                .isEqualTo(LateProofs.CALLS);
    }

    @Test
    void aProofIssuesOneCertificate() {
        String proof = proof(dev);
        long before = leases();

        HttpResponse<String> first = send(dev, proof, JSON, ask("web-1"));
        HttpResponse<String> again = send(dev, proof, JSON, ask("web-1"));

        assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
        assertThat(first.body()).contains("ssh-ed25519-cert-v01@openssh.com");
        refusedAsUsedBefore(again);
        refusedAsUsedBefore(send(dev.at(other), proof, JSON, ask("web-1")));
        assertThat(leases()).isEqualTo(before + 1);
    }

    @Test
    void shownManyTimesAtOnceToTwoServersItIssuesOneCertificateAndHarmsNobodyElse() throws Exception {
        int times = 24;
        String proof = proof(dev);
        long before = leases();
        var together = new CyclicBarrier(2 * times);

        try (ExecutorService threads = Executors.newFixedThreadPool(2 * times)) {
            var same = new ArrayList<Future<HttpResponse<String>>>();
            var own = new ArrayList<Future<HttpResponse<String>>>();
            for (int i = 0; i < times; i++) {
                Someone at = i % 2 == 0 ? dev : dev.at(other);
                String mine = proof(dev);
                same.add(threads.submit(() -> {
                    together.await();
                    return send(at, proof, JSON, ask("web-1"));
                }));
                own.add(threads.submit(() -> {
                    together.await();
                    return send(at, mine, JSON, ask("web-1"));
                }));
            }

            int won = 0;
            for (Future<HttpResponse<String>> each : same) {
                if (each.get().statusCode() == 201) {
                    won++;
                } else {
                    refusedAsUsedBefore(each.get());
                }
            }
            for (Future<HttpResponse<String>> each : own) {
                assertThat(each.get().statusCode()).as(each.get().body()).isEqualTo(201);
            }
            assertThat(won).isEqualTo(1);
        }
        assertThat(leases()).isEqualTo(before + times + 1);
        assertThat(world.database().deadlocks() + other.feature(Database.class).deadlocks())
                .isZero();
    }

    @Test
    void whatIsRefusedForAnyReasonSpendsTheProofToo() {
        Someone outsider = world.signIn("other");
        record Call(Someone who, String type, String body, int status, String code) {}
        for (Call call : List.of(
                new Call(outsider, JSON, ask("web-1"), 403, "credential.no-grant"),
                new Call(dev, JSON, ask("ghost"), 403, "credential.no-grant"),
                new Call(dev, JSON, ask("not a name"), 400, "input.invalid-name"),
                new Call(dev, JSON, "{", 400, "input.malformed"),
                new Call(dev, JSON, "{\"no_such\": 1}", 400, "input.unknown-field"),
                new Call(dev, JSON, "{}", 400, "input.invalid-value"),
                new Call(dev, "text/plain", ask("web-1"), 415, "input.media-type"))) {
            String proof = proof(call.who());

            HttpResponse<String> first = send(call.who(), proof, call.type(), call.body());

            assertThat(first.statusCode()).as(first.body()).isEqualTo(call.status());
            assertThat(code(first)).isEqualTo(call.code());
            refusedAsUsedBefore(send(call.who(), proof, call.type(), call.body()));
            refusedAsUsedBefore(send(call.who().at(other), proof, JSON, ask("web-1")));
        }
    }

    @Test
    void anEndedSessionAndAnotherSpellingOfThePathSpendIt() {
        world.person("leaver");
        Someone leaver = world.signIn("leaver");
        String proof = proof(leaver);
        assertThat(leaver.post("/logout", Map.of()).status()).isEqualTo(204);
        Await.until(
                "the end is heard",
                Duration.ofSeconds(20),
                () -> leaver.get("/me").code().equals("auth.session-ended"));

        assertThat(code(send(leaver, proof, JSON, ask("web-1")))).isEqualTo("auth.session-ended");
        refusedAsUsedBefore(send(leaver, proof, JSON, ask("web-1")));

        String spelled = PATH.replace("ssh", "%73sh");
        String other = dev.client()
                .proof("POST", world.server().url() + spelled, dev.token().orElseThrow());
        HttpRequest.Builder request = dev.client()
                .request(spelled)
                .header("Authorization", "DPoP " + dev.token().orElseThrow())
                .header("DPoP", other)
                .header("Content-Type", JSON)
                .POST(HttpRequest.BodyPublishers.ofString(ask("web-1")));
        assertThat(dev.client().send(request.copy()).statusCode()).isEqualTo(201);
        refusedAsUsedBefore(dev.client().send(request));
    }
}
