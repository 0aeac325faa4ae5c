package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.Secret;
import dev.sallyport.catalog.CatalogAnswer;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Json;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.identity.People;
import dev.sallyport.testkit.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Servers on one database, with a small catalogue, and people who call them. */
final class ApiWorld implements AutoCloseable {
    static final String PASSWORD = "correct horse battery";

    static final String CATALOGUE = """
            apiVersion: sallyport/v1
            kind: Person
            metadata: {name: dev}
            spec: {groups: [developers]}
            ---
            apiVersion: sallyport/v1
            kind: Person
            metadata: {name: lead}
            spec: {groups: [leads]}
            ---
            apiVersion: sallyport/v1
            kind: Person
            metadata: {name: guard}
            spec: {groups: [guards]}
            ---
            apiVersion: sallyport/v1
            kind: Person
            metadata: {name: other}
            spec: {}
            ---
            apiVersion: sallyport/v1
            kind: Group
            metadata: {name: developers}
            spec: {}
            ---
            apiVersion: sallyport/v1
            kind: Group
            metadata: {name: leads}
            spec: {}
            ---
            apiVersion: sallyport/v1
            kind: Group
            metadata: {name: guards}
            spec: {}
            ---
            apiVersion: sallyport/v1
            kind: Target
            metadata: {name: web-1, labels: {tier: web}}
            spec: {type: ssh, address: {host: 127.0.0.1, port: 2201}}
            ---
            apiVersion: sallyport/v1
            kind: Role
            metadata: {name: ops}
            spec:
              targets: {type: ssh, labels: {tier: web}}
              ssh: {logins: [deploy]}
              access: direct
              request: {approval: {group: leads, count: 1}, maxDuration: 8h}
            ---
            apiVersion: sallyport/v1
            kind: Role
            metadata: {name: look}
            spec:
              targets: {type: ssh, labels: {tier: web}}
              ssh: {logins: [viewer]}
              access: direct
              request: {approval: auto, maxDuration: 1h}
            ---
            apiVersion: sallyport/v1
            kind: Eligibility
            metadata: {name: developers-ops}
            spec: {role: ops, subjects: {groups: [developers]}}
            ---
            apiVersion: sallyport/v1
            kind: Eligibility
            metadata: {name: developers-look}
            spec: {role: look, subjects: {groups: [developers]}}
            """;

    private final TestDatabase database = TestServers.database();
    private int copies;
    private final java.util.function.UnaryOperator<ServerConfig> changed;
    private final Path folder = TestServers.folder();
    private final List<RunningServer> servers = new ArrayList<>();
    private final Map<String, PersonId> people = new java.util.HashMap<>();

    ApiWorld() {
        this(config -> config);
    }

    /** Whose servers are set up in another way. */
    ApiWorld(java.util.function.UnaryOperator<ServerConfig> changed) {
        this.changed = changed;
        start();
        apply(CATALOGUE);
    }

    /** One more server behind the same name, on the same database, listening elsewhere. */
    RunningServer start() {
        ServerConfig config = TestServers.config(database, folder);
        RunningServer server = RunningServer.start(changed.apply(new ServerConfig(
                servers.isEmpty() ? config.url() : server().url(),
                config.bind(),
                config.port(),
                config.tls(),
                config.data(),
                config.database(),
                config.rootKey(),
                new ServerConfig.Limits(100_000, 100_000, 100_000))));
        servers.add(server);
        return server;
    }

    RunningServer server() {
        return servers.getFirst();
    }

    void apply(String yaml) {
        CatalogAnswer answer = server().feature(CatalogChanges.class)
                .apply(Actor.system("test"), List.of(new SourceFile("test.yaml", yaml)), false, false);
        if (answer instanceof CatalogAnswer.Unsound unsound) {
            throw new AssertionError(unsound.errors());
        }
    }

    Database database() {
        return server().feature(Database.class);
    }

    /** Signs the person in. */
    Someone signIn(String name) {
        people.computeIfAbsent(name, this::withPassword);
        var client = new TestClient(server(), "127.0.1." + (1 + Math.floorMod(name.hashCode(), 250)));
        return new Someone(client, Optional.of(client.signIn(name, PASSWORD).access()));
    }

    /** Makes as if no code of a second factor had been used yet, so that tests need not wait for the next one. */
    void forgetUsedCodes() {
        asOwner("update sallyport.totp_factor set last_step = 0");
    }

    /** Makes as if everybody who is signed in had done so yesterday. */
    void signedInLongAgo() {
        asOwner("update sallyport.sign_in_session set auth_time = auth_time - interval '1 day'");
    }

    /** Makes as if everybody who is signed in had been so for as long as a sign-in lasts. */
    void signInsAreOver() {
        asOwner("update sallyport.sign_in_session set expires_at = clock_timestamp()");
    }

    /** Makes as if no password had been set by a link of late, which vouches for who signs in with it. */
    void passwordsWereSetLongAgo() {
        asOwner("delete from sallyport.enrolment where code_hash is null and session_id is null");
    }

    /** Makes as if whoever was asked for a passkey had been so an hour ago. */
    void askedForPasskeysLongAgo() {
        asOwner("update sallyport.passkey_challenge set expires_at = expires_at - interval '1 hour'");
    }

    /** Makes as if a request had been asked, and denied, that many times more; their ids, the oldest first. */
    List<String> askedAlso(String request, int times) {
        int first = copies + 1;
        copies += times;
        asOwner("""
                insert into sallyport.request (id, requester_id, identity_id, reason, duration_ms, decide_by, created_at)
                select 'req_' || lpad(i::text, 26, '0'), requester_id, identity_id, reason, duration_ms, decide_by, created_at
                  from sallyport.request, generate_series(%2$d, %3$d) i where id = '%1$s'
                """.formatted(request, first, copies));
        asOwner("""
                insert into sallyport.request_item (id, request_id, role_id, role_name, target_id, target_name, state, decision,
                                                    facts, policy_hash, decide_by, decided_at)
                select 'itm_' || lpad(i::text, 26, '0'), 'req_' || lpad(i::text, 26, '0'), role_id, role_name, target_id,
                       target_name, 'denied', decision, facts, policy_hash, decide_by, decide_by
                  from sallyport.request_item, generate_series(%2$d, %3$d) i where request_id = '%1$s'
                """.formatted(request, first, copies));
        return IntStream.rangeClosed(first, copies)
                .mapToObj("req_%026d"::formatted)
                .toList();
    }

    private void asOwner(String sql) {
        try (var connection = database.connect(database.owner());
                var statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A browser in which somebody has signed in. */
    TestClient browser(String name) {
        var browser = new TestClient(server());
        assertThat(TestClient.location(browser.login(name, PASSWORD))).isEqualTo("/");
        return browser;
    }

    /** One more person, in no group. */
    void person(String name) {
        apply("""
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: %s}
                spec: {}
                """.formatted(name));
    }

    Someone nobody() {
        return new Someone(new TestClient(server()), Optional.empty());
    }

    PersonId withPassword(String name) {
        People features = server().feature(People.class);
        var hash = features.hash(Secret.of(PASSWORD));
        return database().change(Actor.system("test"), tx -> {
            PersonId id = People.require(tx, name).id();
            features.setPassword(tx, id, hash);
            return id;
        });
    }

    /** A person who holds these rights by a running grant, signed in. */
    Someone holder(String name, String... rights) {
        apply("""
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: %1$s}
                spec: {}
                ---
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: may-%1$s}
                spec:
                  targets: {type: sallyport}
                  rights: [%2$s]
                  request: {approval: auto, maxDuration: 8h, reason: optional}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: may-%1$s}
                spec: {role: may-%1$s, subjects: {people: [%1$s]}}
                """.formatted(name, String.join(", ", rights)));
        Someone holder = signIn(name);
        Reply reply = holder.post(
                "/requests",
                Map.of(
                        "items",
                        List.of(Map.of("role", "may-" + name, "target", "sallyport")),
                        "duration",
                        "PT1H",
                        "reason",
                        "a test"));
        if (reply.status() != 201 || !reply.body().contains("grt_")) {
            throw new AssertionError(reply.toString());
        }
        return holder;
    }

    @Override
    public void close() {
        servers.forEach(RunningServer::close);
        database.close();
    }

    /** An answer of the API. */
    record Reply(int status, String body, java.net.http.HttpHeaders headers) {
        Map<String, Object> json() {
            return Json.object(body);
        }

        String text(String member) {
            return String.valueOf(json().get(member));
        }

        /** The code of a problem, or nothing. */
        String code() {
            return headers.firstValue("Content-Type").orElse("").startsWith("application/problem+json")
                    ? text("code")
                    : "";
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        @SuppressWarnings("unchecked")
        List<Map<String, Object>> items() {
            return (List<Map<String, Object>>) java.util.Objects.requireNonNull(json().get("items"), body);
        }
    }

    /** Who calls, at one server, signed in or not. */
    record Someone(TestClient client, Optional<String> token) {
        Reply get(String path) {
            return call("GET", path, Map.of(), null);
        }

        Reply get(String path, Map<String, String> headers) {
            return call("GET", path, headers, null);
        }

        Reply post(String path, Object body) {
            return call("POST", path, Map.of(), Json.text(body));
        }

        Reply call(
                String method,
                String path,
                Map<String, String> headers,
                @org.jspecify.annotations.Nullable String body) {
            return send(
                    method,
                    path,
                    headers,
                    body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        }

        Reply send(String method, String path, Map<String, String> headers, HttpRequest.BodyPublisher body) {
            HttpResponse<String> response = client.send(request(method, path, headers, body));
            return new Reply(response.statusCode(), response.body(), response.headers());
        }

        /** An answer to a post whose body is read as it comes. */
        HttpResponse<java.io.InputStream> stream(String path, Object body) {
            return client.stream(request("POST", path, Map.of(), HttpRequest.BodyPublishers.ofString(Json.text(body))));
        }

        private HttpRequest.Builder request(
                String method, String path, Map<String, String> headers, HttpRequest.BodyPublisher body) {
            String address = "/api/v1" + path;
            HttpRequest.Builder request = client.request(address).method(method, body);
            headers.forEach(request::header);
            if (!headers.containsKey("Content-Type") && body.contentLength() != 0) {
                request.header("Content-Type", "application/json");
            }
            token.ifPresent(access -> request.header("Authorization", "DPoP " + access)
                    .header("DPoP", proof(method, address.split("\\?", 2)[0], access)));
            return request;
        }

        /** The same person, whose calls another server takes. */
        Someone at(RunningServer server) {
            return new Someone(client.at(server.feature(ServerConfig.class).port()), token);
        }

        private String proof(String method, String address, String access) {
            return TestClient.proof(method, client.server.url() + address, access, Instant.now(), client.key);
        }

        /** Asks for a role and returns the request. */
        Reply ask(String role, String target, String duration) {
            return post("/requests", wish(role, target, duration));
        }

        /** What is sent to ask for a role. */
        static Map<String, Object> wish(String role, String target, String duration) {
            return Map.of(
                    "items",
                    List.of(Map.of("role", role, "target", target)),
                    "duration",
                    duration,
                    "reason",
                    "because of a test");
        }

        /** The grant of an automatic role. */
        String grant(String role, String target) {
            return grantOf(ask(role, target, "PT1H"));
        }

        static String grantOf(Reply request) {
            var found = java.util.regex.Pattern.compile("grt_[0-9a-z]{26}").matcher(request.body());
            if (!found.find()) {
                throw new AssertionError("no grant in " + request);
            }
            return found.group();
        }
    }

    /** The role {@code recorded}: through gateways to web servers as {@code deploy}, for developers, at once. */
    void recordedRole() {
        apply("""
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: recorded}
                spec:
                  targets: {type: ssh, labels: {tier: web}}
                  ssh: {logins: [deploy]}
                  access: gateway
                  session: {idle: 5m}
                  request: {approval: auto, maxDuration: 1h}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: developers-recorded}
                spec: {role: recorded, subjects: {groups: [developers]}}
                """);
    }
}
