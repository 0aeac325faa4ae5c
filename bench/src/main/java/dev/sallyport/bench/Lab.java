package dev.sallyport.bench;

import dev.sallyport.postgres.EmbeddedPostgres;
import dev.sallyport.postgres.EmbeddedPostgresConfig;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A PostgreSQL and a server, each in processes of its own, with a small catalogue and some people. */
final class Lab implements AutoCloseable {
    /** People who can sign in, and a target for each. */
    static final int PEOPLE = 64;

    static final String ADMINISTRATOR = "chief";
    static final String MANY_GROUPS = "joiner";

    private static final String OWNER = "sallyport_owner";
    private static final String APP = "sallyport_app";
    private static final String SECRET = "only-for-this-run";

    private final Path folder;
    private final EmbeddedPostgres postgres;
    private final Process server;
    private final BufferedReader answers;
    private final BufferedWriter orders;
    private final URI url;
    private final SSLContext tls;

    private Lab(Path folder, EmbeddedPostgres postgres, int port, List<String> options)
            throws IOException, GeneralSecurityException {
        this.folder = folder;
        this.postgres = postgres;
        this.url = URI.create("https://localhost:" + port);
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                ServerMain.class.getName(),
                folder.resolve("server.yaml").toString(),
                folder.toString()));
        this.server = new ProcessBuilder(command)
                .redirectError(folder.resolve("server.log").toFile())
                .start();
        this.answers = server.inputReader(StandardCharsets.UTF_8);
        this.orders = server.outputWriter(StandardCharsets.UTF_8);
        answer();
        this.tls = trusting(folder.resolve("ca.pem"));
    }

    /** A new PostgreSQL, durable or not, and a server on it; JVM options go to the server. */
    static Lab open(boolean fsync, List<String> options) {
        try {
            Path folder = Files.createTempDirectory("sallyport-bench-");
            EmbeddedPostgres postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.in(folder.resolve("postgres"))
                    .withBinaries(Path.of(
                            System.getProperty("java.io.tmpdir"),
                            "sallyport-postgres-binaries-" + System.getProperty("user.name")))
                    .withFsync(fsync)
                    .withStopWithJvm(true));
            int port = freePort();
            prepare(postgres);
            Files.writeString(folder.resolve("password"), SECRET);
            Files.writeString(folder.resolve("server.yaml"), """
                    server: {port: %d}
                    data: {dir: %s}
                    gateway: {enabled: false}
                    database:
                      url: "%s"
                      user: %s
                      password_file: %s
                      owner: %s
                      owner_password_file: %s
                      connections: 24
                    limits: {requests_per_address: 1000000, requests_per_person: 1000000}
                    """.formatted(
                            port,
                            folder.resolve("data"),
                            postgres.jdbcUrl("sallyport"),
                            APP,
                            folder.resolve("password"),
                            OWNER,
                            folder.resolve("password")));
            Files.createDirectory(folder.resolve("data"));
            var lab = new Lab(folder, postgres, port, options);
            lab.furnish();
            return lab;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static String person(int number) {
        return "p-" + number;
    }

    static String target(int number) {
        return "web-" + number;
    }

    static List<String> people() {
        return IntStream.range(0, PEOPLE).mapToObj(Lab::person).toList();
    }

    Cpu cpu() {
        return Cpu.of(server.pid(), postgres.pid());
    }

    long serverPid() {
        return server.pid();
    }

    /** A connection as the owner of the schema. */
    Connection connect() throws SQLException {
        return connect(postgres.jdbcUrl("sallyport") + "&currentSchema=sallyport", OWNER, SECRET);
    }

    /** Tells the server's process to do something. */
    String order(String line) throws IOException {
        orders.write(line + "\n");
        orders.flush();
        return answer();
    }

    Someone stranger() {
        return new Someone(url, tls);
    }

    Someone signIn(String name) throws IOException {
        return stranger().signIn(name);
    }

    /** One connection without anybody behind it. */
    Wire wire() {
        return new Wire(url, tls);
    }

    private String answer() throws IOException {
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (line.startsWith("= ")) {
                return line.substring(2);
            }
        }
        throw new IllegalStateException("the server ended: " + Files.readString(folder.resolve("server.log")));
    }

    private void furnish() throws IOException {
        Path file = folder.resolve("catalogue.yaml");
        Files.writeString(file, Catalogue.yaml());
        order("apply " + file);
        order("password " + String.join(" ", people()) + " " + ADMINISTRATOR + " " + MANY_GROUPS);
    }

    private static void prepare(EmbeddedPostgres postgres) throws SQLException {
        try (Connection connection = connect(
                        postgres.jdbcUrl("postgres"),
                        postgres.user(),
                        postgres.password().reveal());
                var statement = connection.createStatement()) {
            for (String role : List.of(OWNER, APP)) {
                statement.execute("create role " + role + " login password '" + SECRET + "'");
            }
            statement.execute("create database sallyport owner " + OWNER);
        }
    }

    private static Connection connect(String url, String user, String password) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        return DriverManager.getConnection(url, properties);
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static SSLContext trusting(Path pem) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(pem)) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Override
    public void close() {
        try {
            orders.close();
            if (!server.waitFor(20, java.util.concurrent.TimeUnit.SECONDS)) {
                server.destroyForcibly();
            }
        } catch (IOException e) {
            server.destroyForcibly();
        } catch (InterruptedException e) {
            server.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        postgres.stop();
        remove(folder);
    }

    static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).collect(Collectors.toList())) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
