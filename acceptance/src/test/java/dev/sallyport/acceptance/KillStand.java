package dev.sallyport.acceptance;

import dev.sallyport.base.Secret;
import dev.sallyport.catalog.CatalogAnswer;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.catalog.SourceFile;
import dev.sallyport.credential.Hosts;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.People;
import dev.sallyport.server.ConfigFile;
import dev.sallyport.server.RunningServer;
import dev.sallyport.testkit.ChildProcess;
import dev.sallyport.testkit.FreePort;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * An installation made to be killed: the server as the launcher runs it, its embedded PostgreSQL with fsync on, one
 * enrolled sshd. Everything lies in one folder and is found again there after each death.
 */
@NullMarked
final class KillStand implements AutoCloseable {
    static final int PEOPLE = 6;

    private static final Duration READY = Duration.ofMinutes(2);
    private static final Duration GONE = Duration.ofSeconds(20);
    private static final String PASSWORD = "correct horse battery staple";
    private static final Actor ACTOR = Actor.system("kill-test");

    private final Path dir;
    private final String url;
    private final String ca;
    private final KillHost host;
    private volatile HttpClient http;
    private @Nullable ChildProcess server;
    private int starts;

    private KillStand(Path dir, String url, String ca, KillHost host) {
        this.dir = dir;
        this.url = url;
        this.ca = ca;
        this.host = host;
        this.http = trusting(ca);
    }

    /** Makes the installation with a server in this process, which is gone when this returns. */
    static KillStand in(Path dir) throws IOException {
        int port = FreePort.find();
        int sshPort = FreePort.find();
        String url = "https://127.0.0.1:" + port;
        Path config = Files.writeString(
                dir.resolve("server.yaml"), """
                server: {url: "%s", port: %d}
                data: {dir: "%s"}
                gateway: {port: %d}
                database: {embedded: true}
                limits: {requests_per_address: 100000, requests_per_person: 100000}
                """.formatted(url, port, dir.resolve("data"), FreePort.find()));
        Files.createDirectories(dir.resolve("certificates"));
        Files.createDirectories(dir.resolve("data"));
        try (RunningServer first = RunningServer.start(ConfigFile.read(config))) {
            fill(first, sshPort);
            String ca = first.caPem().orElseThrow();
            KillHost host = KillHost.enrolled(
                    Files.createDirectories(dir.resolve("host")),
                    sshPort,
                    first.feature(Hosts.class).enrol(ACTOR, KillHost.NAME, List.of()),
                    url,
                    ca);
            return new KillStand(dir, url, ca, host);
        }
    }

    private static void fill(RunningServer first, int sshPort) {
        var files = List.of(new SourceFile("kill.yaml", catalogue(sshPort)));
        if (first.feature(CatalogChanges.class).apply(ACTOR, files, false, false)
                instanceof CatalogAnswer.Unsound(var errors)) {
            throw new AssertionError(errors);
        }
        Database database = first.feature(Database.class);
        People people = first.feature(People.class);
        var hash = people.hash(Secret.of(PASSWORD));
        for (String name : names()) {
            database.run(
                    ACTOR,
                    tx -> people.setPassword(
                            tx, Directory.person(tx, name).orElseThrow().id(), hash));
        }
    }

    private static List<String> names() {
        var names = new ArrayList<>(
                IntStream.range(0, PEOPLE).mapToObj(i -> "person-" + i).toList());
        names.add("operator");
        return names;
    }

    private static String catalogue(int sshPort) {
        var text = new StringBuilder();
        for (String name : names()) {
            text.append("""
                    apiVersion: sallyport/v1
                    kind: Person
                    metadata: {name: %1$s}
                    spec: {displayName: %1$s, email: %1$s@example.org, groups: [%2$s]}
                    ---
                    """.formatted(name, name.equals("operator") ? "operators" : "people"));
        }
        return text.append("""
                apiVersion: sallyport/v1
                kind: Group
                metadata: {name: people}
                spec: {description: Ask and return}
                ---
                apiVersion: sallyport/v1
                kind: Group
                metadata: {name: operators}
                spec: {description: Revoke}
                ---
                apiVersion: sallyport/v1
                kind: Target
                metadata: {name: %1$s}
                spec:
                  type: ssh
                  environment: test
                  criticality: low
                  owner: operator
                  address: {host: 127.0.0.1, port: %2$d}
                  ssh: {logins: [%3$s]}
                ---
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: quick}
                spec:
                  description: SSH without asking anybody
                  targets: {names: [%1$s]}
                  ssh: {logins: [%3$s]}
                  access: direct
                  request: {approval: auto, maxDuration: 1h, reason: required, certificateValidity: 1h}
                ---
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: revoker}
                spec:
                  description: Ends what others hold
                  targets: {names: [sallyport]}
                  rights: [grant.read-all, grant.revoke]
                  access: direct
                  request: {approval: auto, maxDuration: 8h, reason: required}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: people-quick}
                spec: {role: quick, subjects: {groups: [people]}}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: operators-revoker}
                spec: {role: revoker, subjects: {groups: [operators]}}
                """.formatted(KillHost.NAME, sshPort, KillHost.LOGIN))
                .toString();
    }

    KillHost host() {
        return host;
    }

    Path certificates() {
        return dir.resolve("certificates");
    }

    ApiClient client(String person) {
        return new ApiClient(url, () -> http, person, PASSWORD);
    }

    // The server
    // --------------------------------------------------------------------------------------------------------------

    /** Starts the server on whatever is there and waits until it says it is ready; returns how long that took. */
    Duration start(String crashPoint) {
        starts++;
        long began = System.nanoTime();
        ChildProcess started = ChildProcess.of(
                        Installation.launcher().toString(),
                        "server",
                        "--config",
                        dir.resolve("server.yaml").toString())
                .env("SALLYPORT_NO_BUILD", "1")
                // it lives for seconds: the second compiler would be at work most of the time
                .env("SALLYPORT_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Dsallyport.crash.point=" + crashPoint)
                .logTo(dir.resolve("server-" + starts + ".log"))
                .start();
        server = started;
        started.awaitLine("sallyport is ready", READY);
        http = trusting(ca);
        host.follow();
        return Duration.ofNanos(System.nanoTime() - began);
    }

    ChildProcess server() {
        return java.util.Objects.requireNonNull(server, "started");
    }

    // The database
    // --------------------------------------------------------------------------------------------------------------

    private Path cluster() {
        return dir.resolve("data/postgres");
    }

    /** As the database's administrator, who sees everything. */
    Connection sql() throws SQLException {
        try {
            String port = Files.readAllLines(cluster().resolve("data/postmaster.pid"))
                    .get(3)
                    .strip();
            var properties = new Properties();
            properties.setProperty("user", "sallyport_admin");
            properties.setProperty(
                    "password",
                    Files.readString(cluster().resolve("admin.password")).strip());
            properties.setProperty("currentSchema", "sallyport");
            properties.setProperty("socketTimeout", "30");
            return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/sallyport", properties);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The postmaster, and with it all its children: those whose working folder is the data folder. */
    List<ProcessHandle> databaseProcesses() {
        Path data = cluster().resolve("data");
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    try {
                        return Files.isSameFile(Path.of("/proc/" + process.pid() + "/cwd"), data);
                    } catch (IOException _) {
                        return false;
                    }
                })
                .toList();
    }

    ProcessHandle postmaster() {
        try {
            long pid = Long.parseLong(Files.readAllLines(cluster().resolve("data/postmaster.pid"))
                    .getFirst()
                    .strip());
            return databaseProcesses().stream()
                    .filter(process -> process.pid() == pid)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no postmaster " + pid));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Stops every process of the database in its tracks, or lets all of them go on. */
    void signalDatabase(String signal) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("kill", "-s", signal));
        databaseProcesses().forEach(process -> command.add("" + process.pid()));
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new AssertionError(command + " ended with " + exit);
        }
    }

    @Override
    public void close() {
        host.close();
        if (server != null && server.isAlive()) {
            server.stop();
        }
        databaseProcesses().forEach(ProcessHandle::destroyForcibly);
        dev.sallyport.testkit.Await.until(
                "the database's end", GONE, () -> databaseProcesses().isEmpty());
    }

    static HttpClient trusting(String pem) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry(
                    "ca",
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return HttpClient.newBuilder()
                    .sslContext(context)
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(10))
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
