package dev.sallyport.acceptance;

import dev.sallyport.testkit.ChildProcess;
import dev.sallyport.testkit.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import tools.jackson.databind.JsonNode;

/** A real Keycloak, unpacked by the build into {@code target}, with one realm, one client and one person. */
@NullMarked
final class Keycloak implements AutoCloseable {
    private static final Duration READY = Duration.ofMinutes(4);
    private static final String ADMIN = "admin-of-the-test";

    private final URI address;
    private final ChildProcess process;
    private final HttpClient http = HttpClient.newHttpClient();

    private Keycloak(URI address, ChildProcess process) {
        this.address = address;
        this.process = process;
    }

    static Keycloak start(String redirect) {
        Path home = unpacked();
        int port = FreePort.find();
        try {
            clear(home.resolve("data"));
            Path imported = Files.createDirectories(home.resolve("data/import"));
            String realm = Files.readString(Path.of("src/test/resources/keycloak/realm.json"));
            Files.writeString(imported.resolve("realm.json"), realm.replace("@REDIRECT@", redirect));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ChildProcess process = ChildProcess.of(
                        "bash",
                        "bin/kc.sh",
                        "start-dev",
                        "--import-realm",
                        "--http-host=127.0.0.1",
                        "--http-port=" + port,
                        "--http-management-port=" + FreePort.find(),
                        "--cache=local")
                .in(home)
                .env("JAVA_HOME", System.getProperty("java.home"))
                // its Byte Buddy is older than this JDK
                .env("JAVA_OPTS_APPEND", "-Dnet.bytebuddy.experimental=true -XX:TieredStopAtLevel=1")
                .env("KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN)
                .env("KC_BOOTSTRAP_ADMIN_PASSWORD", ADMIN)
                .start();
        process.awaitLine("Keycloak .* started in", READY);
        return new Keycloak(URI.create("http://127.0.0.1:" + port), process);
    }

    String issuer() {
        return address + "/realms/works";
    }

    /** Takes a person out of a group, as an administrator of Keycloak does. */
    void leave(String person, String group) {
        String token = json(send(post(
                        "/realms/master/protocol/openid-connect/token",
                        Map.of(
                                "grant_type",
                                "password",
                                "client_id",
                                "admin-cli",
                                "username",
                                ADMIN,
                                "password",
                                ADMIN))))
                .path("access_token")
                .asString();
        String users = "/admin/realms/works/users";
        String id = json(send(as(token, users + "?exact=true&username=" + person)))
                .path(0)
                .path("id")
                .asString();
        for (JsonNode each : json(send(as(token, users + "/" + id + "/groups")))) {
            if (each.path("name").asString().equals(group)) {
                send(as(token, users + "/" + id + "/groups/" + each.path("id").asString())
                        .DELETE());
                return;
            }
        }
        throw new AssertionError(person + " is not in " + group);
    }

    @Override
    public void close() {
        http.close();
        process.stop();
    }

    private HttpRequest.Builder as(String token, String path) {
        return HttpRequest.newBuilder(address.resolve(path)).header("Authorization", "Bearer " + token);
    }

    private HttpRequest.Builder post(String path, Map<String, String> form) {
        return HttpRequest.newBuilder(address.resolve(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form(form)));
    }

    private String send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new AssertionError(answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static String form(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static JsonNode json(String body) {
        return Installation.JSON.readTree(body);
    }

    private static Path unpacked() {
        try (Stream<Path> found = Files.list(Path.of("target", "keycloak"))) {
            return found.filter(path -> Files.exists(path.resolve("bin/kc.sh")))
                    .findFirst()
                    .orElseThrow()
                    .toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException("Keycloak is not unpacked: build with Maven", e);
        }
    }

    private static void clear(Path folder) throws IOException {
        if (Files.exists(folder)) {
            List<Path> all;
            try (Stream<Path> found = Files.walk(folder)) {
                all = found.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path path : all) {
                Files.delete(path);
            }
        }
    }
}
