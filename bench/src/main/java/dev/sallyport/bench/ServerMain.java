package dev.sallyport.bench;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.Secret;
import dev.sallyport.catalog.CatalogAnswer;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.grant.SshAccess;
import dev.sallyport.identity.People;
import dev.sallyport.identity.UnspentProof;
import dev.sallyport.server.ConfigFile;
import dev.sallyport.server.RunningServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The server that is measured: {@code CONFIG FOLDER}. Obeys lines of standard input, each answered by a line that begins
 * with {@code =}, and ends when there are no more.
 */
final class ServerMain {
    private static final Actor ACTOR = Actor.system("bench");

    private final RunningServer server;

    private ServerMain(RunningServer server) {
        this.server = server;
    }

    public static void main(String[] arguments) throws IOException {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (RunningServer running = RunningServer.start(ConfigFile.read(Path.of(arguments[0])));
                var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            Files.writeString(Path.of(arguments[1], "ca.pem"), running.caPem().orElseThrow());
            out.println("= ready");
            var main = new ServerMain(running);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println("= " + main.obey(line.split(" ", -1)));
            }
        }
        System.exit(0);
    }

    private String obey(String[] words) throws IOException {
        return switch (words[0]) {
            case "apply" -> apply(Path.of(words[1]));
            case "password" -> password(Arrays.asList(words).subList(1, words.length));
            case "certify" -> certify(Integer.parseInt(words[1]), Duration.ofMillis(Long.parseLong(words[2])));
            case "heap" -> Long.toString(peakHeap());
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private String apply(Path file) throws IOException {
        CatalogAnswer answer = server.feature(CatalogChanges.class)
                .apply(ACTOR, List.of(new SourceFile("bench.yaml", Files.readString(file))), false, false);
        if (answer instanceof CatalogAnswer.Unsound unsound) {
            throw new IllegalStateException(String.valueOf(unsound.errors()));
        }
        return "applied";
    }

    /** One hash for all of them: making it is not what is measured. */
    private String password(List<String> names) {
        People people = server.feature(People.class);
        var hash = people.hash(Secret.of(Someone.PASSWORD));
        server.feature(Database.class)
                .run(
                        ACTOR,
                        tx -> names.forEach(name ->
                                people.setPassword(tx, People.require(tx, name).id(), hash)));
        return "set";
    }

    /** Issues certificates without HTTP, tokens or proofs: what remains is the transaction and the signature. */
    private String certify(int clients, Duration time) {
        SshAccess access = server.feature(SshAccess.class);
        Database database = server.feature(Database.class);
        SshPublicKey key = SshKeys.generateEd25519(null).publicKey();
        Figures figures = Load.run(clients, time, () -> new Cpu(0, 0), client -> {
            PersonId person =
                    database.read(rx -> People.require(rx, Lab.person(client)).id());
            var actor = new Actor(person.value(), null, Lab.person(client), "127.0.0.1", null);
            var ask = new SshAccess.Ask(Lab.target(client), Optional.empty(), key, Optional.empty());
            return () -> {
                long start = System.nanoTime();
                access.certify(actor, person, ask, UnspentProof.none());
                return System.nanoTime() - start;
            };
        });
        return figures.seconds() + " "
                + Arrays.stream(figures.nanos()).mapToObj(Long::toString).collect(Collectors.joining(","));
    }

    /** The most the heap ever held; the pools' peaks need not have been at one time, so it is an upper bound. */
    private static long peakHeap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(java.lang.management.MemoryUsage::getUsed)
                .sum();
    }
}
