package dev.sallyport.server.demo;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.Secret;
import dev.sallyport.catalog.CatalogAnswer;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.consulting.DecisionServices;
import dev.sallyport.credential.Hosts;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Json;
import dev.sallyport.decision.PolicySets;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Enrolment;
import dev.sallyport.identity.People;
import dev.sallyport.notification.Notifications;
import dev.sallyport.server.RunningServer;
import dev.sallyport.server.ServerConfig;
import dev.sallyport.server.gateway.BuiltInGateway;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A whole installation on one machine, for trying it out: embedded database, server, three people, two real SSH servers.
 * Everything it keeps lies in one folder; two demos in two folders run side by side.
 */
public final class Demo implements AutoCloseable {
    static final List<String> PEOPLE = List.of("dev", "lead", "auditor");
    static final List<String> TARGETS = List.of("web-1", "web-2");

    private static final Actor ACTOR = Actor.system("demo");
    private static final int PASSWORD_BYTES = 15;
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    private final DemoOptions options;
    private final Map<String, String> environment;
    private final PrintStream out;
    private final Programs programs = new Programs();
    private final Map<String, Secret> passwords = new LinkedHashMap<>();
    private final Map<String, Secret> enrolmentCodes = new LinkedHashMap<>();
    private final List<DemoHost> hosts = new ArrayList<>();
    private final RunningServer server;
    private final DemoDesk desk;

    private Demo(DemoOptions options, Map<String, String> environment, PrintStream out) {
        this.options = options;
        this.environment = environment;
        this.out = out;
        DemoFiles.folder(options.dir());
        Programs.find("sshd", environment);
        out.println("Starting an embedded PostgreSQL and the server in " + options.dir() + " …");
        this.server = RunningServer.start(config());
        this.desk = new DemoDesk();
    }

    /** The verb {@code demo}: until Ctrl-C, or through the tour; the exit code says whether the tour held. */
    public static int run(List<String> arguments, PrintStream out) throws InterruptedException {
        DemoOptions options = DemoOptions.parse(arguments, System.getenv());
        var asked = new CountDownLatch(1);
        var done = new CountDownLatch(1);
        // the process ends when its hooks have: this one waits until everything that was started has stopped
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            asked.countDown();
                            await(done);
                        },
                        "stop"));
        try (Demo demo = start(options, out)) {
            if (options.tour()) {
                return demo.tour() ? 0 : 1;
            }
            out.println(demo.banner());
            asked.await();
            return 0;
        } catch (DemoFailure e) {
            out.println("! demo.failed: " + e.getMessage());
            return 1;
        } finally {
            done.countDown();
        }
    }

    private boolean tour() {
        return new Tour(dir(), caFile(), server.url(), gatewayPort(), passwords, environment, out).walk();
    }

    private static void await(CountDownLatch done) {
        try {
            if (!done.await(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(1);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static Demo start(DemoOptions options, PrintStream out) {
        var demo = new Demo(options, System.getenv(), out);
        try {
            demo.fill();
            return demo;
        } catch (RuntimeException e) {
            demo.close();
            throw e;
        }
    }

    Path dir() {
        return options.dir();
    }

    Path caFile() {
        return dir().resolve("ca.pem");
    }

    private ServerConfig config() {
        int port = options.port().orElseGet(DemoFiles::freePort);
        Path data = DemoFiles.folder(dir().resolve("server"));
        int gatewayPort = DemoFiles.freePort();
        return new ServerConfig(
                        URI.create("https://localhost:" + port),
                        "127.0.0.1",
                        port,
                        new ServerConfig.Tls.Own(),
                        data,
                        new ServerConfig.Store.Embedded(dir().resolve("postgres")),
                        data.resolve("root.key"),
                        ServerConfig.Limits.DEFAULT,
                        new ServerConfig.SshGateway(
                                true,
                                "demo",
                                "127.0.0.1",
                                gatewayPort,
                                "127.0.0.1",
                                gatewayPort,
                                data.resolve("spool"),
                                new ServerConfig.Recordings.Folder(dir().resolve("recordings")),
                                Map.of(),
                                Duration.ZERO))
                .withPrivateAddresses(List.of("127.0.0.0/8", "::1"));
    }

    private void fill() {
        DemoFiles.write(caFile(), server.caPem().orElseThrow(), "rw-r--r--");
        TARGETS.forEach(name -> hosts.add(new DemoHost(name, dir().resolve(name), programs, environment)));
        out.println("Applying examples/demo …");
        apply();
        setPasswords();
        setKeys();
        Hosts enrolment = server.feature(Hosts.class);
        for (DemoHost host : hosts) {
            out.println("Starting sshd " + host.name() + " on 127.0.0.1:" + host.port() + " …");
            host.start(
                    enrolment.enrol(ACTOR, host.name(), List.of()),
                    server.url().toString(),
                    server.caPem().orElseThrow());
        }
        DemoFiles.write(dir().resolve("demo.json"), Json.text(description()) + "\n", "rw-------");
    }

    private void apply() {
        var files = new ArrayList<SourceFile>();
        Path folder = home().resolve("examples/demo");
        try (Stream<Path> found = Files.list(folder)) {
            found.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .forEach(file -> files.add(source(file.getFileName().toString(), filled(DemoFiles.read(file)))));
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be read", e);
        }
        switch (server.feature(CatalogChanges.class).apply(ACTOR, files, false, false)) {
            case CatalogAnswer.Sound _ -> enforce();
            case CatalogAnswer.Unsound(var errors) ->
                throw new DemoFailure("examples/demo: "
                        + String.join(
                                "\n", errors.stream().map(Object::toString).toList()));
        }
    }

    /** The policies just applied, unless an earlier start of the same demo has enforced them. */
    private void enforce() {
        PolicySets sets = server.feature(PolicySets.class);
        Database database = server.feature(Database.class);
        boolean differs = database.read(
                rx -> !sets.enforced(rx).hash().equals(sets.draft(rx).hash()));
        if (differs) {
            sets.enforce(ACTOR, "draft", "the policies of the demo");
        }
    }

    private static SourceFile source(String name, String text) {
        return new SourceFile(name, text);
    }

    private String filled(String text) {
        String filled = text.replace("${login}", login()).replace("${desk.port}", Integer.toString(desk.port()));
        for (DemoHost host : hosts) {
            filled = filled.replace("${" + host.name() + ".port}", Integer.toString(host.port()))
                    .replace("${" + host.name() + ".host_key}", host.publicKey());
        }
        return filled;
    }

    /** The desk is another program at every start. */
    private void setKeys() {
        server.feature(DecisionServices.class).setSecret(ACTOR, "change-desk", desk.key());
        server.feature(Notifications.class).setSecret(ACTOR, "change-desk", desk.key());
    }

    /** New passwords at every start, so that an old demo.json opens nothing, and codes for a first second factor. */
    private void setPasswords() {
        Database database = server.feature(Database.class);
        People people = server.feature(People.class);
        Enrolment enrolment = server.feature(Enrolment.class);
        for (String name : PEOPLE) {
            Secret password = password();
            passwords.put(name, password);
            var hash = people.hash(password);
            database.run(ACTOR, tx -> {
                PersonId person = Directory.person(tx, name).orElseThrow().id();
                people.setPassword(tx, person, hash);
                enrolment
                        .makeBySystem(tx, person, "the demo begins", Enrolment.CODE_LIFE_MAX)
                        .ifPresent(code -> enrolmentCodes.put(name, code.code()));
            });
        }
    }

    private static Secret password() {
        var bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Secret.of(java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    static String login() {
        return System.getProperty("user.name");
    }

    /** The folder with the launcher and the examples, as the launcher says. */
    static Path home() {
        String home = System.getProperty("sallyport.home");
        if (home == null) {
            throw new DemoFailure("the demo is started by the launcher: ./sallyport demo");
        }
        return Path.of(home);
    }

    private Map<String, String> person(String name, Secret password) {
        var person = new LinkedHashMap<String, String>();
        person.put("name", name);
        person.put("password", password.reveal());
        Secret code = enrolmentCodes.get(name);
        if (code != null) {
            person.put("enrolment_code", code.reveal());
        }
        return person;
    }

    private Map<String, Object> description() {
        var people = passwords.entrySet().stream()
                .map(entry -> person(entry.getKey(), entry.getValue()))
                .toList();
        var targets = hosts.stream()
                .map(host -> Map.of("name", host.name(), "host", "127.0.0.1", "port", host.port()))
                .toList();
        var tree = new LinkedHashMap<String, Object>();
        tree.put("server_url", server.url().toString());
        tree.put("ca_file", caFile().toString());
        tree.put("ssh_gateway", Map.of("host", "127.0.0.1", "port", gatewayPort()));
        tree.put("people", people);
        tree.put("targets", targets);
        return tree;
    }

    private int gatewayPort() {
        return server.feature(BuiltInGateway.class).port();
    }

    private String banner() {
        String cli = launcher().toString();
        String login = "login --server " + server.url() + " --ca-file " + caFile();
        var text =
                new StringBuilder("\nSallyport is ready: ").append(server.url()).append("\n\n");
        text.append("In a browser: open that address and sign in as dev, and as lead in another, private window."
                + " The browser warns once: the demo has an authority of its own, ");
        text.append(caFile()).append(".\n");
        for (String line : List.of(
                "dev      Ask for access: ops on web-1",
                "lead     Decide: Approve",
                "dev      Home: Open a terminal, and run something",
                "auditor  (a third window) Ask for access: auditor on sallyport; Sessions: Watch",
                "auditor  Ask for access: administrator on sallyport; lead approves; Active access: Revoke, and dev's terminal is cut",
                "auditor  Sessions: Play; Requests, everybody's: The whole story")) {
            text.append("  ").append(line).append('\n');
        }
        text.append("\nThree people; each terminal is one of them. Passwords are in ")
                .append(dir().resolve("demo.json"))
                .append(", and so are the codes that a first passkey or authenticator app wants:\n");
        passwords.forEach((name, password) ->
                text.append("  %-8s export SALLYPORT_HOME=%s; %s %s --as %s --password-stdin <<<'%s'%n"
                        .formatted(name, dir().resolve("home-" + name), cli, login, name, password.reveal())));
        text.append("\nThen try:\n");
        for (String line : List.of(
                "dev      " + cli + " eligible",
                "dev      " + cli + " request ops web-1 --for 30m --reason 'restart the shop'",
                "lead     " + cli + " requests --to-decide        and        " + cli + " approve req_…",
                "dev      " + cli + " ssh web-1                   (through the gateway, recorded)",
                "dev      ssh -p " + gatewayPort() + " " + login()
                        + "@web-1@127.0.0.1    (plain ssh, nothing installed: it shows a link)",
                "auditor  " + cli + " request administrator sallyport --for 1h --reason 'incident'     (lead approves)",
                "auditor  " + cli + " sessions --live             and        " + cli
                        + " watch ssn_… --reason 'four eyes'",
                "auditor  " + cli + " audit search --since 1h     and        " + cli + " revoke grt_… --reason done",
                "         dev's open session ends at once, and " + cli + " ssh web-1 is refused now",
                "auditor  " + cli + " play ssn_… --reason 'what was done'")) {
            text.append("  ").append(line).append('\n');
        }
        return text.append("\nCtrl-C stops everything. The same without typing: ")
                .append(cli)
                .append(" demo --tour")
                .toString();
    }

    static Path launcher() {
        Path release = home().resolve("bin/sallyport");
        return Files.isExecutable(release) ? release : home().resolve("sallyport");
    }

    @Override
    public void close() {
        out.println("Stopping …");
        programs.close();
        server.close();
        desk.close();
    }
}
