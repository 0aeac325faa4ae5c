package dev.sallyport.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.acceptance.ApiClient.Answer;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.SshKeys;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The file system of the database is full: a small one of its own, which only the demo sees, in a mount namespace. First
 * tables cannot grow, then not even the write-ahead log, which ends the database. Nothing is half done, and with room
 * everything goes on without a restart of the server: CR8, RV2, RV3.
 */
@NullMarked
class DiskFullTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int MOST_CALLS = 150;

    @TempDir
    Path temporary;

    @Test
    void whatGivesAccessIsRefusedAndEverythingGoesOnWhenThereIsRoom() throws Exception {
        Path dir = Files.createDirectories(temporary.resolve("demo"));
        Path postgres = Files.createDirectories(dir.resolve("postgres"));
        try (Installation demo = Installation.start(dir, onSmallDisk(postgres))) {
            // what the demo sees there; for us the folder is empty
            Path disk = Path.of("/proc/" + demo.process().pid() + "/root" + postgres);
            HttpClient http = KillStand.trusting(Files.readString(demo.caFile()));
            ApiClient dev = signedIn(demo, http, "dev");
            ApiClient auditor = signedIn(demo, http, "auditor");
            administer(auditor, signedIn(demo, http, "lead"));
            String key = Files.readString(SshKeys.publicHalf(SshKeys.generate(temporary.resolve("key"))));
            JsonNode brief = granted(dev, "PT30S");
            String lasting = granted(dev, "PT15M").path("id").asString();
            assertThat(certificate(dev, key).status()).isEqualTo(201);

            freshLog(disk);
            Path filler = fill(disk);
            refused("unavailable.storage", () -> request(dev, "PT5M"));
            refused("unavailable.storage", () -> certificate(dev, key));
            refused("unavailable.storage", () -> revoke(auditor, lasting));
            isWhole(disk);

            // now the log must grow too, which ends the database
            growLog(disk);
            refused("unavailable.database", () -> request(dev, "PT5M"));
            refused("unavailable.database", () -> revoke(auditor, lasting));
            Instant due = Instant.parse(brief.path("ends_at").asString());
            Await.until("the end that is due", LIMIT, () -> Instant.now().isAfter(due));

            Files.delete(filler);
            Await.until(
                    "answers", LIMIT, () -> dev.call("GET", "/api/v1/me", null).status() == 200);
            assertThat(demo.process().isAlive()).isTrue();
            isWhole(disk);
            String late = brief.path("id").asString();
            Await.until("the end that was due meanwhile", LIMIT, () -> isEnded(dev, late));
            assertThat(revoke(auditor, lasting).status()).isEqualTo(200);
            // what was granted while there was still a little room, however much that was
            Await.until("the end of everything else", LIMIT, () -> {
                Answer listed = dev.call("GET", "/api/v1/grants?state=active&limit=200", null);
                List<String> more = running(listed);
                for (String each : more) {
                    assertThat(revoke(auditor, each).status()).isEqualTo(200);
                }
                return listed.status() == 200 && more.isEmpty();
            });
            Await.until("the end of the revoked one", LIMIT, () -> isEnded(dev, lasting));
            Answer without = certificate(dev, key);
            assertThat(without.code()).as(without.toString()).isEqualTo("credential.no-grant");
            granted(dev, "PT5M");
            assertThat(certificate(dev, key).status()).isEqualTo(201);
            isWhole(disk);
        }
    }

    private static ApiClient signedIn(Installation demo, HttpClient http, String name) {
        var client = new ApiClient(demo.serverUrl(), () -> http, name, demo.password(name));
        client.signIn();
        return client;
    }

    /** There is room inside the pages that exist, so some calls still succeed. */
    private static void refused(String code, Callable<Answer> call) throws Exception {
        Answer answer = call.call();
        for (int i = 0; i < MOST_CALLS && answer.status() != 503; i++) {
            answer = call.call();
        }
        assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
        assertThat(answer.code()).as(answer.toString()).isEqualTo(code);
        assertThat(answer.retryAfter()).isTrue();
    }

    private static Answer request(ApiClient dev, String duration) throws IOException {
        return dev.call(
                "POST",
                "/api/v1/requests",
                Map.of(
                        "items", List.of(Map.of("role", "look", "target", "web-2")),
                        "duration", duration,
                        "reason", "x".repeat(900)));
    }

    private static JsonNode granted(ApiClient dev, String duration) throws IOException {
        Answer asked = request(dev, duration);
        assertThat(asked.status()).as(asked.toString()).isEqualTo(201);
        String grant = asked.body().path("items").path(0).path("grant").asString();
        return dev.call("GET", "/api/v1/grants/" + grant, null).body();
    }

    private static Answer certificate(ApiClient dev, String key) throws IOException {
        return dev.call("POST", "/api/v1/credentials/ssh", Map.of("target", "web-2", "public_key", key));
    }

    private static Answer revoke(ApiClient auditor, String grant) throws IOException {
        return auditor.call("POST", "/api/v1/grants/" + grant + "/revoke", Map.of("reason", "x".repeat(900)));
    }

    private static List<String> running(Answer listed) {
        return listed.body()
                .path("items")
                .valueStream()
                .filter(grant -> grant.path("state").asString().equals("active"))
                .map(grant -> grant.path("id").asString())
                .toList();
    }

    private static boolean isEnded(ApiClient dev, String grant) throws IOException {
        return dev.call("GET", "/api/v1/grants/" + grant, null)
                .body()
                .path("state")
                .asString("")
                .equals("ended");
    }

    private static void administer(ApiClient auditor, ApiClient lead) throws IOException {
        Answer asked = auditor.call(
                "POST",
                "/api/v1/requests",
                Map.of(
                        "items",
                        List.of(Map.of("role", "administrator", "target", "sallyport")),
                        "duration",
                        "PT1H",
                        "reason",
                        "acceptance"));
        String path = "/api/v1/requests/" + asked.body().path("id").asString() + "/approve";
        assertThat(lead.call("POST", path, Map.of()).status()).isEqualTo(200);
    }

    /** A whole file of the log is left, so that it is the tables which cannot grow at first. */
    private static void freshLog(Path disk) throws IOException, SQLException {
        try (Connection sql = sql(disk);
                Statement statement = sql.createStatement()) {
            statement.execute("select pg_switch_wal()");
            statement.execute("select pg_logical_emit_message(true, 'test', 'begins the next file')");
        }
    }

    private static void growLog(Path disk) throws IOException {
        assertThatThrownBy(() -> {
                    try (Connection sql = sql(disk);
                            Statement statement = sql.createStatement()) {
                        for (int i = 0; i < 20; i++) {
                            statement.execute("select pg_logical_emit_message(false, 'test', 'x'), pg_switch_wal()");
                        }
                    }
                })
                .isInstanceOf(SQLException.class);
        // it tries to come up again by itself, and cannot
        Await.until("the end of the database", LIMIT, () -> {
            try (Connection _ = sql(disk)) {
                return false;
            } catch (IOException | SQLException e) {
                return true;
            }
        });
    }

    /** As root a mount of one's own is enough; otherwise a user namespace gives the right to it, a second one takes it. */
    private static List<String> onSmallDisk(Path folder) throws IOException {
        Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        Object group = Files.getAttribute(Path.of("/proc/self"), "unix:gid");
        String mount = "mount -t tmpfs -o size=256m,mode=0700 none \"$0\" && ";
        return user.equals(0)
                ? List.of("unshare", "-m", "sh", "-c", mount + "exec \"$@\"", folder.toString())
                : List.of(
                        "unshare",
                        "-Urm",
                        "sh",
                        "-c",
                        mount + "exec unshare -U --map-user=" + user + " --map-group=" + group + " \"$@\"",
                        folder.toString());
    }

    private static Path fill(Path disk) throws IOException {
        Path filler = disk.resolve("filler");
        var block = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left on device");
        }
        try (OutputStream out = Files.newOutputStream(filler, java.nio.file.StandardOpenOption.APPEND)) {
            while (true) {
                out.write(block, 0, 4096);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left on device");
        }
        return filler;
    }

    /** State and event are one: as many of each as of the other. */
    private static void isWhole(Path disk) throws IOException, SQLException {
        try (Connection sql = sql(disk);
                Statement statement = sql.createStatement();
                var row = statement.executeQuery("""
                        select (select count(*) from request) - (select count(*) from event where activity = 'request.created'),
                               (select count(*) from access_grant) - (select count(*) from event where activity = 'grant.created'),
                               (select count(*) from lease) - (select count(*) from event where activity = 'lease.issued'),
                               (select count(*) from request_item where state = 'approved')
                                 - (select count(*) from access_grant)
                        """)) {
            assertThat(row.next()).isTrue();
            assertThat(List.of(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)))
                    .as("requests, grants, leases without their event, approvals without their grant")
                    .containsExactly(0L, 0L, 0L, 0L);
        }
    }

    private static Connection sql(Path disk) throws IOException, SQLException {
        var properties = new Properties();
        properties.setProperty("user", "sallyport_admin");
        properties.setProperty(
                "password", Files.readString(disk.resolve("admin.password")).strip());
        properties.setProperty("currentSchema", "sallyport");
        properties.setProperty("socketTimeout", "30");
        String port =
                Files.readAllLines(disk.resolve("data/postmaster.pid")).get(3).strip();
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/sallyport", properties);
    }
}
