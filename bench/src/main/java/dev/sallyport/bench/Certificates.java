package dev.sallyport.bench;

import dev.sallyport.formats.ssh.SshKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * SSH certificates under a running grant: by the API, and by the same feature without HTTP. Beside them, in turns, a bare
 * insert with commit, which is what the database can do at all, and {@code ssh-keygen -s}.
 */
final class Certificates {
    private Certificates() {}

    static void run(Options options, Report report) throws Exception {
        report.columns(Report.LOAD_COLUMNS);
        try (Lab lab = Lab.open(options.fsync(), profiling())) {
            for (int i = 0; i < Lab.PEOPLE; i++) {
                try (Someone someone = lab.signIn(Lab.person(i))) {
                    Asking.grant(someone, "look", Lab.target(i));
                }
            }
            api(lab, 8, options.warmUp());
            inside(lab, 8, options.warmUp().dividedBy(4).plusMillis(1));
            for (int clients : options.clients()) {
                compare(lab, clients, options, report);
            }
            report.text("Peak of the heap: " + Long.parseLong(lab.order("heap")) / (1 << 20) + " MB of 512 MB.");
        }
    }

    private static List<String> profiling() {
        String file = System.getProperty("sallyport.bench.jfr");
        return file == null
                ? List.of()
                : List.of("-XX:StartFlightRecording=settings=profile,dumponexit=true,filename=" + file);
    }

    private static void compare(Lab lab, int clients, Options options, Report report) throws Exception {
        var api = new ArrayList<Figures>();
        var inside = new ArrayList<Figures>();
        var inserts = new ArrayList<Figures>();
        var keygen = new ArrayList<Figures>();
        for (int round = 0; round < options.rounds(); round++) {
            api.add(api(lab, clients, options.time()));
            inside.add(inside(lab, clients, options.time()));
            inserts.add(inserts(lab, clients, options.time()));
            keygen.add(keygen(clients, options.time()));
        }
        report.row("POST /credentials/ssh, " + clients + " clients", Figures.together(api));
        report.row("the same without HTTP, " + clients + " threads", Figures.together(inside));
        report.row("bare insert and commit, " + clients + " connections", Figures.together(inserts));
        report.row("ssh-keygen -s, " + clients + " at once (its CPU is not counted)", Figures.together(keygen));
    }

    static Figures api(Lab lab, int clients, Duration time) {
        String key = SshKeys.generateEd25519(null).publicKey().line();
        return Load.run(clients, time, lab::cpu, client -> {
            try {
                Someone someone = lab.signIn(Lab.person(client));
                String body = Asking.certificate(Lab.target(client), key);
                someone.prepare("POST", "/credentials/ssh", body).timed(201);
                return () -> someone.prepare("POST", "/credentials/ssh", body).timed(201);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private static Figures inside(Lab lab, int clients, Duration time) throws IOException {
        Cpu before = lab.cpu();
        String[] answer =
                lab.order("certify " + clients + " " + time.toMillis()).split(" ", -1);
        long[] nanos =
                Stream.of(answer[1].split(",", -1)).mapToLong(Long::parseLong).toArray();
        return new Figures(nanos, Double.parseDouble(answer[0]), lab.cpu().since(before));
    }

    private static Figures inserts(Lab lab, int clients, Duration time) throws SQLException {
        try (Connection connection = lab.connect();
                var statement = connection.createStatement()) {
            statement.execute(
                    "create table if not exists bench_row (id bigint generated always as identity, body text)");
        }
        return Load.run(clients, time, lab::cpu, _ -> {
            try {
                Connection connection = lab.connect();
                var insert = connection.prepareStatement("insert into bench_row (body) values (?)");
                insert.setString(1, "x".repeat(500));
                return () -> {
                    long start = System.nanoTime();
                    insert.executeUpdate();
                    return System.nanoTime() - start;
                };
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static Figures keygen(int clients, Duration time) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("sallyport-bench-keys-");
        try {
            ssh(folder, "-q", "-t", "ed25519", "-N", "", "-f", "ca");
            for (int i = 0; i < clients; i++) {
                ssh(folder, "-q", "-t", "ed25519", "-N", "", "-f", "key-" + i);
            }
            return Load.run(clients, time, () -> new Cpu(0, 0), client -> () -> {
                long start = System.nanoTime();
                ssh(folder, "-q", "-s", "ca", "-I", "bench", "-n", "viewer", "-V", "+10m", "key-" + client + ".pub");
                return System.nanoTime() - start;
            });
        } finally {
            Lab.remove(folder);
        }
    }

    private static void ssh(Path folder, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<String>(List.of("ssh-keygen"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("ssh-keygen ended with " + process.exitValue());
        }
    }
}
