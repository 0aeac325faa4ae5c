package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong is told as a problem with a stable code, never as a fault. */
class BadInputTest {
    private static ApiWorld world;
    private static Someone all;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        all = world.holder(
                "all",
                "audit.read",
                "catalog.read",
                "catalog.write",
                "finding.read",
                "grant.read-all",
                "grant.revoke",
                "person.quarantine",
                "request.read-all",
                "target.enroll");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static void isProblem(Reply reply, int status, String code) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(status);
        assertThat(reply.code()).as(reply.body()).isEqualTo(code);
        assertThat(reply.json()).containsKeys("type", "title", "status", "detail");
        assertThat(reply.body()).doesNotContain("Exception", "java.", "\u001b", "\\u001b", "\\u0000");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /requests?limit=0                     | 400 | input.invalid-value
            /requests?limit=501                   | 400 | input.invalid-value
            /requests?limit=-1                    | 400 | input.invalid-value
            /requests?limit=many                  | 400 | input.malformed
            /requests?limit=99999999999           | 400 | input.malformed
            /requests?view=yours                  | 400 | input.invalid-value
            /requests?after=forged                | 400 | input.invalid-id
            /requests?after=grt_00000000000000000000000000 | 400 | input.invalid-id
            /requests?view=%00                    | 400 | input.malformed
            /requests?view=%1b%5b31m              | 400 | input.malformed
            /requests/not-an-id                   | 400 | input.invalid-id
            /requests/req_!                       | 400 | input.invalid-id
            /grants?limit=501                     | 400 | input.invalid-value
            /grants?state=sleeping                | 400 | input.invalid-value
            /grants?after=forged                  | 400 | input.invalid-id
            /grants/req_00000000000000000000000000 | 400 | input.invalid-id
            /leases/x                             | 400 | input.invalid-id
            /eligible?limit=0                     | 400 | input.invalid-value
            /audit/events?limit=0                 | 400 | input.invalid-value
            /audit/events?after=forged            | 400 | input.invalid-value
            /audit/events?after=1.2.3.4.5.6       | 200 |
            /audit/events?since=yesterday         | 400 | input.malformed
            /audit/counts                         | 400 | input.malformed
            /audit/counts?activity=               | 400 | input.invalid-text
            /audit/counts?activity=x&days=0       | 400 | input.invalid-value
            /audit/counts?activity=x&days=93      | 400 | input.invalid-value
            /audit/counts?activity=x&days=many    | 400 | input.malformed
            /audit/counts?activity=x&zone=Nowhere | 400 | input.invalid-value
            /audit/counts?activity=x&zone=Etc/UTC | 200 |
            /audit/events/x                       | 400 | input.invalid-id
            /audit/tail?after=forged              | 400 | input.invalid-value
            /audit/tail?after=9999999999999999999.9999999999999999999 | 400 | input.invalid-value
            /audit/tail?wait=31                   | 400 | input.invalid-value
            /audit/tail?wait=soon                 | 400 | input.malformed
            /findings?limit=501                   | 400 | input.invalid-value
            /findings?state=%e2%80%ae             | 400 | input.malformed
            /people?limit=0                       | 400 | input.invalid-value
            /people?limit=501                     | 400 | input.invalid-value
            /teapots                              | 404 | input.unknown-path
            /ssh/krl?wait=31                      | 400 | input.invalid-value
            /ssh/krl.sig?version=one              | 400 | input.malformed
            """)
    void aBadAddressIsRefused(String path, int status, String code) {
        Reply reply = all.get(path);

        if (status == 200) {
            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        } else if (path.startsWith("/ssh/krl?wait")) {
            isProblem(all.get(path, Map.of("If-None-Match", all.get("/ssh/krl").header("ETag"))), status, code);
        } else {
            isProblem(reply, status, code);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            /requests | {"items":[],"duration":"PT1H"}                                             | request.invalid
            /requests | {"items":[{"role":"a","target":"b"}],"duration":"PT0S"}                    | input.invalid-duration
            /requests | {"items":[{"role":"a","target":"b"}],"duration":"-PT1H"}                   | input.invalid-duration
            /requests | {"items":[{"role":"a","target":"b"}],"duration":"PT99999H"}                | input.invalid-duration
            /requests | {"items":[{"role":"a","target":"b"}],"duration":"P99999999999D"}           | input.invalid-duration
            /requests | {"items":[{"role":"a","target":"b"}],"duration":"an hour"}                 | input.invalid-duration
            /requests | {"items":[{"role":"a","target":"b"}],"duration":""}                        | input.invalid-duration
            /requests | {"items":[{"role":"a","target":"b"}]}                                      | input.invalid-value
            /requests | {"items":[{"role":"A B","target":"b"}],"duration":"PT1H"}                  | input.invalid-name
            /requests | {"items":[{"role":"a\\u0000","target":"b"}],"duration":"PT1H"}             | input.invalid-name
            /requests | {"items":[{"role":"a","target":"b"}],"duration":"PT1H","reason":"a\\u001b[31m"} | input.invalid-text
            /requests | {"items":[{"role":"a","target":"b"}],"duration":"PT1H","reason":"\\u0000"} | input.invalid-text
            /requests | {"items":[{"role":"a","target":"b"}],"duration":"PT1H","ticket":"\\n\\u0007x"} | input.invalid-text
            /requests | {"items":[{"role":"a","target":"b"}],"duration":"PT1H","extends":"x"}      | input.invalid-id
            /requests | {"items":[{"role":"a","target":"b"}],"duration":"PT1H","starts_at":"soon"} | input.malformed
            /requests | {"items":[{"role":"a","target":"b"}],"duration":"PT1H","sudo":true}        | input.unknown-field
            /requests | {"items":[{"role":"a","target":"b","x":1}],"duration":"PT1H"}              | input.unknown-field
            /requests | {"items":{"role":"a"},"duration":"PT1H"}                                   | input.malformed
            /requests | {"items":[null],"duration":"PT1H"}                                         | input.malformed
            /requests | {"items":"all","duration":[]}                                              | input.malformed
            /requests | {"items":[                                                                 | input.malformed
            /requests | []                                                                         | input.malformed
            /requests | null                                                                       | input.malformed
            /requests/x/approve | {}                                                               | input.invalid-id
            /requests/req_00000000000000000000000000/approve | {"items":["x"]}                     | input.invalid-id
            /requests/req_00000000000000000000000000/approve | {"items":[null]}                    | input.malformed
            /requests/req_00000000000000000000000000/approve | {"duration":"PT0S"}                 | input.invalid-duration
            /requests/req_00000000000000000000000000/approve | {}                                  | request.unknown
            /grants/grt_00000000000000000000000000/revoke | {}                                     | input.invalid-value
            /grants/grt_00000000000000000000000000/extend | {"duration":"PT1H"}                    | grant.unknown
            /revocations | {"reason":"x"}                                                          | input.invalid-value
            /revocations | {"all":"yes","reason":"x"}                                              | input.malformed
            /revocations | {"grant":"x","reason":"x"}                                              | input.invalid-id
            /revocations | {"identity":"a\\u0000","reason":"x"}                                    | input.invalid-text
            /revocations | {"target":"a\\u0000","reason":"x"}                                      | input.invalid-text
            /revocations | {"role":"look","reason":"a\\u001b"}                                     | input.invalid-text
            /quarantines | {"person":"all"}                                                        | input.invalid-value
            /quarantines | {"person":"\\u0000","reason":"x"}                                       | input.invalid-name
            /quarantines | {"person":"other","reason":"\\u001b"}                                   | input.invalid-text
            /credentials/ssh | {"target":"web-1"}                                                  | input.invalid-value
            /credentials/ssh | {"target":"web-1","public_key":"ssh-ed25519 AAAA"}                  | ssh.malformed-key
            /credentials/ssh | {"target":"web-1","public_key":"x\\u0000"}                          | ssh.malformed-key
            /targets/web-1/enrollment | {"logins":["a b\\u001b\\n"]}                               | input.invalid-value
            /targets/no-such/enrollment | {}                                                       | target.unknown
            /groups | {}                                                                           | catalog.invalid
            /groups | {"kind":"Group","kind":"Group"}                                              | catalog.invalid
            /groups | {                                                                            | catalog.invalid
            /catalog/apply | {}                                                                    | input.invalid-value
            /catalog/apply | {"files":[{"name":"a\\u001b","text":"x"}]}                            | input.invalid-text
            /catalog/apply | {"files":[{"name":"a","text":"\\u0000"}]}                             | catalog.invalid
            /catalog/apply | {"files":[null]}                                                      | input.malformed
            /people/other/password | {}                                                            | input.invalid-value
            /people/other/password | {"password":7}                                                | input.malformed
            """)
    void aBadBodyIsRefused(String path, String body, String code) {
        Reply reply = all.call("POST", path, Map.of(), body);

        assertThat(reply.status()).as(reply.body()).isBetween(400, 404);
        isProblem(reply, reply.status(), code);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /login",
        "PUT, /login",
        "PATCH, /api/v1/groups/x",
        "DELETE, /api/v1/groups/x",
        "PUT, /oauth2/token"
    })
    void aFormWithoutALengthIsNotReadWithoutEnd(String method, String path) {
        var endless = new Endless(64L << 20);
        var client = new TestClient(world.server());

        try {
            assertThat(client.send(client.request(path)
                                    .header("Content-Type", "application/x-www-form-urlencoded")
                                    .method(method, HttpRequest.BodyPublishers.ofInputStream(() -> endless)))
                            .statusCode())
                    .isBetween(400, 499);
        } catch (UncheckedIOException _) {
            // the connection was closed while there was still something to send
        }
        assertThat(endless.read).hasValueLessThan(24L << 20);
    }

    private static HttpResponse<String> sent(String path, String accept, HttpRequest.BodyPublisher form) {
        var client = new TestClient(world.server());
        return client.send(client.request(path)
                .header("Accept", accept)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(form));
    }

    private static HttpRequest.BodyPublisher large(boolean withLength) {
        String form = "reason=" + "x".repeat(300_000);
        return withLength
                ? HttpRequest.BodyPublishers.ofString(form)
                : HttpRequest.BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(form.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/login", "/oauth2/authorize", "/activate", "/reset-password", "/setup", "/ask", "/settings"})
    void aFormThatIsTooLargeIsToldAsAPageInABrowser(String path) {
        for (boolean withLength : List.of(true, false)) {
            HttpResponse<String> answer = sent(path, "text/html,application/xhtml+xml,*/*;q=0.8", large(withLength));

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'none'", "frame-ancestors 'none'");
            assertThat(answer.headers().allValues("Cache-Control")).contains("no-store");
            assertThat(answer.body())
                    .contains("This did not work", "the form is too large (allowed: 262144 bytes)")
                    .contains("go back: what you typed is still there", "input.too-large");
        }
    }

    @ParameterizedTest
    @CsvSource({"/oauth2/token, application/json", "/login, */*", "/api/v1/requests, text/html"})
    void aProgramIsToldOfALargeFormByAProblem(String path, String accept) {
        for (boolean withLength : List.of(true, false)) {
            HttpResponse<String> answer = sent(path, accept, large(withLength));

            if (withLength || !path.startsWith("/api/")) {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
                assertThat(TestClient.json(answer)).containsEntry("code", "input.too-large");
            }
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        }
    }

    @Test
    void whatLeadsNowhereIsAPageInABrowser() {
        var client = new TestClient(world.server());
        HttpResponse<String> nowhere = client.send(
                client.request("/no-such-page").header("Accept", "text/html").GET());
        HttpResponse<String> form = client.send(
                client.request("/me/delegations").header("Accept", "text/html").GET());
        HttpResponse<String> program = client.send(client.request("/no-such-page")
                .header("Accept", "application/json")
                .GET());

        assertThat(nowhere.statusCode()).isEqualTo(404);
        assertThat(nowhere.body()).contains("<h1>There is nothing here</h1>", "there is no page at this address");
        assertThat(form.statusCode()).isEqualTo(405);
        assertThat(form.body()).contains("this address takes a form");
        assertThat(TestClient.json(program)).containsEntry("code", "input.unknown-path");
    }

    /** Zeros, so many of them, and how many were taken. */
    private static final class Endless extends InputStream {
        private final long most;
        private final AtomicLong read = new AtomicLong();

        Endless(long most) {
            this.most = most;
        }

        @Override
        public int read() {
            return read.getAndIncrement() < most ? 'x' : -1;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (read.get() >= most) {
                return -1;
            }
            Arrays.fill(buffer, offset, offset + length, (byte) 'x');
            read.addAndGet(length);
            return length;
        }
    }

    @ParameterizedTest
    @CsvSource({"/requests", "/groups", "/people/other/password", "/revocations", "/credentials/ssh"})
    void twoMegabytesAreTooMuch(String path) {
        Reply reply = all.call("POST", path, Map.of(), "{\"reason\":\"" + "x".repeat(2 << 20) + "\"}");

        isProblem(reply, 413, "input.too-large");
    }

    @ParameterizedTest
    @CsvSource({"text/plain, 415, input.media-type", "application/xml, 415, input.media-type"})
    void anotherKindOfBodyIsRefused(String type, int status, String code) {
        isProblem(all.call("POST", "/requests", Map.of("Content-Type", type), "{}"), status, code);
        isProblem(all.call("POST", "/groups", Map.of("Content-Type", type), "{}"), status, code);
    }
}
