package dev.sallyport.bench;

import dev.sallyport.testkit.SshKeys;
import dev.sallyport.testkit.SshServer;
import dev.sallyport.testkit.TcpRelay;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The ways to a host with the real ssh, in turn: straight, by {@code ssh -J} over a host of its own that may forward (those
 * of the demo may not), and through the gateway of a demo, recorded and not. The same key exchange and cipher for all.
 * From afar, what the client connects to is behind a relay that delays. All ways are warm before anything is measured, and
 * the server has come to rest before the next way's turn: what it does after a recording to store it is told by itself.
 */
final class Paths {
    private static final String KEX = "KexAlgorithms=curve25519-sha256";
    private static final String CIPHER = "Ciphers=aes128-gcm@openssh.com";
    private static final String ALIAS = "sallyport+gateway";
    private static final String ME = System.getProperty("user.name");
    private static final int SET_UPS = 30;
    private static final int KEYSTROKES = 200;
    private static final int MEBIBYTES = 256;
    private static final int FAR_MEBIBYTES = 64;
    private static final int WARM_MEBIBYTES = 32;
    private static final int GIBIBYTE = 1024;
    private static final int IDLE = 100;
    private static final Duration DELAY = Duration.ofMillis(50);
    private static final Duration WATCHED = Duration.ofSeconds(20);
    private static final Duration REST_LIMIT = Duration.ofSeconds(20);
    private static final Duration GLANCE = Duration.ofMillis(300);

    /** Less of a processor than this is rest. */
    private static final double AT_REST = 0.2;

    private static final double[] NONE = {};
    private static final String DIRECT = "direct";
    private static final String JUMP = "ssh -J";
    private static final String RECORDED = "gateway, recorded";
    private static final String PLAIN = "gateway, not recorded";
    private static final List<String> NEAR = List.of(DIRECT, JUMP, RECORDED, PLAIN);
    private static final String FAR = " from afar";

    private final Path folder;
    private final Map<String, Object> demo;
    private final Map<String, List<String>> ways = new LinkedHashMap<>();
    private final Map<Path, List<String>> credentials = new LinkedHashMap<>();

    private final long server;
    private final List<AutoCloseable> opened = new ArrayList<>();

    /** CPU seconds of the server in the last comparison, for each way. */
    private final Map<String, Spent> spent = new LinkedHashMap<>();

    private final List<String> costs = new ArrayList<>();

    private record Spent(double during, double after) {
        Spent plus(Spent other) {
            return new Spent(during + other.during, after + other.after);
        }
    }

    private Paths(Path folder, Map<String, Object> demo, long server) {
        this.folder = folder;
        this.demo = demo;
        this.server = server;
    }

    static void run(Options options, Report report) throws Exception {
        Path folder = Files.createTempDirectory("sallyport-bench-");
        Process started = new ProcessBuilder(
                        launcher(), "demo", "--dir", folder.resolve("demo").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("demo.log").toFile())
                .start();
        try {
            Path description = folder.resolve("demo/demo.json");
            while (!Files.exists(description)) {
                if (!started.isAlive()) {
                    throw new IllegalStateException(Files.readString(folder.resolve("demo.log")));
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
            var paths =
                    new Paths(folder, dev.sallyport.database.Json.object(Files.readString(description)), started.pid());
            try {
                paths.prepare();
                paths.measure(options, report);
            } finally {
                paths.close();
            }
        } finally {
            started.destroy();
            started.waitFor(60, TimeUnit.SECONDS);
            Lab.remove(folder);
        }
    }

    private static String launcher() {
        return Path.of(System.getProperty("sallyport.home"), "sallyport").toString();
    }

    private void prepare() throws Exception {
        List.of("dev", "lead", "auditor").forEach(this::signIn);
        approve("auditor", "administrator", "sallyport");
        Path roles = Files.writeString(folder.resolve("roles.yaml"), """
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: bench-direct}
                spec:
                  targets: {type: ssh, labels: {tier: web}}
                  ssh: {logins: [%1$s], extensions: [permit-pty, permit-port-forwarding]}
                  access: direct
                  request: {approval: auto, maxDuration: 4h, reason: required, certificateValidity: 1h}
                ---
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: bench-off}
                spec:
                  targets: {type: ssh, labels: {tier: web}}
                  ssh: {logins: [%1$s], extensions: [permit-pty]}
                  access: gateway
                  session: {recording: "off"}
                  request: {approval: auto, maxDuration: 4h, reason: required}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: bench-direct}
                spec: {role: bench-direct, subjects: {groups: [leads]}}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: bench-off}
                spec: {role: bench-off, subjects: {groups: [auditors]}}
                """.formatted(ME));
        cli("auditor", null, "apply", "-f", roles.toString());
        approve("dev", "ops", "web-1");
        ask("lead", "bench-direct", "web-1");
        ask("auditor", "bench-off", "web-1");
        String gateway = field(list("ssh_gateway").getFirst(), "port");
        Path key = SshKeys.generate(folder.resolve("jump-key"));
        SshServer jump = SshServer.in(folder.resolve("jump"))
                .authorizedKeysFile(SshKeys.publicHalf(key).toString())
                .start();
        opened.add(jump);
        ways("", port("web-1"), jump(key, jump, jump.port()), gateway);
        ways(
                FAR,
                String.valueOf(far(Integer.parseInt(port("web-1")))),
                jump(key, jump, far(jump.port())),
                String.valueOf(far(Integer.parseInt(gateway))));
    }

    private void ways(String where, String target, String jump, String gateway) {
        ways.put(DIRECT + where, ssh("none", "lead", "web-1", "web-1", target, ME));
        var over = ssh(jump, "lead", "web-1", "web-1", port("web-1"), ME);
        over.addAll(List.of("-J", "jump"));
        ways.put(JUMP + where, over);
        ways.put(RECORDED + where, ssh("none", "dev", "web-1", ALIAS, gateway, ME + "@web-1"));
        ways.put(PLAIN + where, ssh("none", "auditor", "web-1", ALIAS, gateway, ME + "@web-1"));
    }

    /** A port that leads to this one with a delay each way. */
    private int far(int port) {
        TcpRelay relay = TcpRelay.to(port);
        relay.delay(DELAY);
        opened.add(relay);
        return relay.port();
    }

    /** What ssh hands to the ssh that it starts for -J is its configuration file, so that says how to get there. */
    private String jump(Path key, SshServer jump, int port) throws IOException {
        Path known = Files.writeString(
                folder.resolve("jump-known"), "jump " + Files.readString(SshKeys.publicHalf(jump.hostKey())));
        return Files.writeString(folder.resolve("jump-config-" + port), """
                        Host jump
                          HostName 127.0.0.1
                          Port %d
                          User %s
                          IdentityFile %s
                          IdentitiesOnly yes
                          BatchMode yes
                          UserKnownHostsFile %s
                          HostKeyAlias jump
                          KexAlgorithms %s
                          Ciphers %s
                        """.formatted(
                                port,
                                ME,
                                key,
                                known,
                                KEX.substring(KEX.indexOf('=') + 1),
                                CIPHER.substring(CIPHER.indexOf('=') + 1)))
                .toString();
    }

    private void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private void measure(Options options, Report report) throws Exception {
        int rounds = options.rounds();
        int each = Math.max(3, SET_UPS / options.scale());
        long until = System.nanoTime() + options.warmUp().toNanos();
        int warm = Math.max(4, WARM_MEBIBYTES / options.scale());
        Path random = random(warm);
        do {
            for (String way : NEAR) {
                setUps(way, 2);
                echoes(way, 50);
                down(way, random, warm);
                up(way, random, warm);
            }
        } while (System.nanoTime() < until);
        report.columns(
                "what | " + String.join(" | ", NEAR) + " | recorded ÷ direct | recorded ÷ -J | not recorded ÷ -J");
        Map<String, double[]> setUps = inTurn(rounds, "", way -> setUps(way, each));
        row(report, "set-up of `ssh … true`, ms, median", setUps, 0.5);
        row(report, "the same, p95", setUps, 0.95);
        throughput(report, rounds, "", Math.max(8, MEBIBYTES / options.scale()));
        if (options.large()) {
            throughput(report, rounds, "", Math.max(8, GIBIBYTE / options.scale()));
        }
        throughput(report, rounds, FAR, Math.max(2, FAR_MEBIBYTES / options.scale()));
        int keys = Math.max(20, KEYSTROKES / options.scale());
        Map<String, double[]> echoes = inTurn(rounds, "", way -> echoes(way, keys));
        row(report, "echo of a keystroke, ms, median", echoes, 0.5);
        row(report, "the same, p99", echoes, 0.99);
        costs.forEach(report::text);
        idle(report, Math.max(4, IDLE / options.scale()));
    }

    private Path random(int size) throws IOException {
        Path random = folder.resolve("random");
        try (OutputStream out = Files.newOutputStream(random)) {
            var piece = new byte[1 << 20];
            var numbers = new Random(5);
            for (int i = 0; i < size; i++) {
                numbers.nextBytes(piece);
                out.write(piece);
            }
        }
        return random;
    }

    private void throughput(Report report, int rounds, String where, int size) throws Exception {
        Path random = random(size);
        String what =
                size + " MiB%s" + (where.isEmpty() ? "" : ", " + DELAY.toMillis() + " ms each way") + ", MiB/s, median";
        row(report, what.formatted(" down"), inTurn(rounds, where, way -> new double[] {down(way, random, size)}), 0.5);
        spent(size + " MiB down", rounds * size);
        row(report, what.formatted(" up"), inTurn(rounds, where, way -> new double[] {up(way, random, size)}), 0.5);
        spent(size + " MiB up", rounds * size);
    }

    private void spent(String what, int mebibytes) {
        spent.forEach((way, seconds) -> {
            if (way.startsWith(RECORDED) || way.startsWith(PLAIN)) {
                costs.add("CPU of the server for each MiB of %s, %s: %.2f ms, and %.2f ms afterwards."
                        .formatted(what, way, seconds.during() * 1000 / mebibytes, seconds.after() * 1000 / mebibytes));
            }
        });
    }

    private double server() {
        return Cpu.of(server, server).server();
    }

    /** Waits until the server has little to do. */
    private void rest() throws InterruptedException {
        long until = System.nanoTime() + REST_LIMIT.toNanos();
        double before;
        do {
            before = server();
            TimeUnit.MILLISECONDS.sleep(GLANCE.toMillis());
        } while ((server() - before) * 1000 / GLANCE.toMillis() > AT_REST && System.nanoTime() < until);
    }

    /** What recorded sessions cost in which nothing happens: of the heap after a collection, and of the processor. */
    private void idle(Report report, int count) throws Exception {
        renew();
        double quiet = busy();
        long before = live();
        var sessions = new ArrayList<Process>();
        try {
            for (int i = 0; i < count; i++) {
                Process ssh =
                        begin(RECORDED, List.of("-T"), "echo in; exec cat").start();
                sessions.add(ssh);
                if (ssh.getInputStream().read() != 'i') {
                    throw new IllegalStateException("ssh: " + Files.readString(folder.resolve("ssh.log")));
                }
            }
            long each = (live() - before) / count;
            report.text("%d idle recorded sessions: %.0f KB of heap each, %.2f ms of CPU a second each."
                    .formatted(count, each / 1000.0, (busy() - quiet) * 1000 / count));
        } finally {
            sessions.forEach(Process::destroy);
        }
    }

    /** CPU seconds of the server in each second, over a while. */
    private double busy() throws InterruptedException {
        double before = server();
        TimeUnit.SECONDS.sleep(WATCHED.toSeconds());
        return (server() - before) / WATCHED.toSeconds();
    }

    /** Bytes of the server's heap that are in use after a full collection. */
    private long live() throws Exception {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(server),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var total = Pattern.compile("(?m)^Total +[0-9]+ +([0-9]+)").matcher(said);
        if (!total.find()) {
            throw new IllegalStateException(said);
        }
        return Long.parseLong(total.group(1));
    }

    @FunctionalInterface
    private interface Measured {
        double[] of(String way) throws Exception;
    }

    private Map<String, double[]> inTurn(int rounds, String where, Measured measured) throws Exception {
        Map<String, double[]> all = new LinkedHashMap<>();
        spent.clear();
        for (int round = 0; round < rounds; round++) {
            renew();
            for (String way : NEAR) {
                double[] more = watched(way + where, measured);
                all.merge(
                        way,
                        more,
                        (before, next) -> java.util.stream.DoubleStream.concat(
                                        Arrays.stream(before), Arrays.stream(next))
                                .toArray());
            }
        }
        return all;
    }

    private double[] watched(String way, Measured measured) throws Exception {
        rest();
        double before = server();
        double[] values = measured.of(way);
        double after = server();
        rest();
        spent.merge(way, new Spent(after - before, server() - after), Spent::plus);
        return values;
    }

    private void row(Report report, String what, Map<String, double[]> values, double quantile) {
        var cells = new ArrayList<String>();
        var found = new LinkedHashMap<String, Double>();
        for (String way : NEAR) {
            double value = quantile(values.getOrDefault(way, NONE), quantile);
            found.put(way, value);
            cells.add("%.1f".formatted(value));
        }
        report.row(what + " | " + String.join(" | ", cells)
                + " | " + ratio(found, RECORDED, DIRECT)
                + " | " + ratio(found, RECORDED, JUMP)
                + " | " + ratio(found, PLAIN, JUMP));
    }

    private static String ratio(Map<String, Double> values, String of, String to) {
        return "%.2f".formatted(values.getOrDefault(of, 0.0) / values.getOrDefault(to, 0.0));
    }

    private static double quantile(double[] values, double quantile) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))];
    }

    private double[] setUps(String way, int times) throws Exception {
        var millis = new double[times];
        for (int i = 0; i < times; i++) {
            long began = System.nanoTime();
            Process ssh = begin(way, List.of("-T"), "true").start();
            finish(ssh);
            millis[i] = (System.nanoTime() - began) / 1e6;
        }
        return millis;
    }

    private double down(String way, Path file, int size) throws Exception {
        long began = System.nanoTime();
        Process ssh = begin(way, List.of("-T"), "cat " + file).start();
        long seen = ssh.getInputStream().transferTo(OutputStream.nullOutputStream());
        finish(ssh);
        if (seen != (long) size << 20) {
            throw new IllegalStateException(way + ": " + seen + " bytes came down");
        }
        return size / ((System.nanoTime() - began) / 1e9);
    }

    private double up(String way, Path file, int size) throws Exception {
        long began = System.nanoTime();
        Process ssh =
                begin(way, List.of("-T"), "wc -c").redirectInput(file.toFile()).start();
        String seen = new String(ssh.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        finish(ssh);
        if (Long.parseLong(seen) != (long) size << 20) {
            throw new IllegalStateException(way + ": " + seen + " bytes went up");
        }
        return size / ((System.nanoTime() - began) / 1e9);
    }

    /** What the terminal at the target echoes, a character at a time. */
    private double[] echoes(String way, int times) throws Exception {
        Process ssh =
                begin(way, List.of("-tt"), "echo begin; exec cat > /dev/null").start();
        try (InputStream in = ssh.getInputStream();
                OutputStream out = ssh.getOutputStream()) {
            var seen = new StringBuilder();
            while (seen.indexOf("begin") < 0 || seen.charAt(seen.length() - 1) != '\n') {
                seen.append((char) in.read());
            }
            var millis = new double[times];
            for (int i = 0; i < times; i++) {
                long began = System.nanoTime();
                out.write('x');
                out.flush();
                if (in.read() != 'x') {
                    throw new IllegalStateException(way + ": another character came back");
                }
                millis[i] = (System.nanoTime() - began) / 1e6;
                TimeUnit.MILLISECONDS.sleep(5);
            }
            return millis;
        } finally {
            ssh.destroy();
            ssh.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private ProcessBuilder begin(String way, List<String> options, String command) {
        var words = new ArrayList<>(ways.get(way));
        words.addAll(options);
        words.addAll(List.of("127.0.0.1", command));
        return new ProcessBuilder(words).redirectError(folder.resolve("ssh.log").toFile());
    }

    private void finish(Process ssh) throws Exception {
        ssh.getInputStream().readAllBytes();
        if (ssh.waitFor() != 0) {
            throw new IllegalStateException("ssh: " + Files.readString(folder.resolve("ssh.log")));
        }
    }

    private List<String> ssh(String config, String who, String target, String alias, String port, String login) {
        Path files = folder.resolve("credential-" + who + "-" + target);
        if (credentials.putIfAbsent(files, List.of(who, target)) == null) {
            cli(who, null, "credential", "ssh", target, "--out", files.toString());
        }
        var words = new ArrayList<String>(List.of("ssh", "-F", config, "-p", port, "-l", login));
        for (String option : List.of(
                KEX,
                CIPHER,
                "BatchMode=yes",
                "IdentitiesOnly=yes",
                "IdentityFile=" + files.resolve("id_ed25519"),
                "CertificateFile=" + files.resolve("id_ed25519-cert.pub"),
                "UserKnownHostsFile=" + files.resolve("known_hosts"),
                "StrictHostKeyChecking=yes",
                "HostKeyAlias=" + alias)) {
            words.addAll(List.of("-o", option));
        }
        return words;
    }

    /** A certificate for gateways lives ten minutes. */
    private void renew() {
        credentials.forEach((files, of) -> {
            Lab.remove(files);
            cli(of.getFirst(), null, "credential", "ssh", of.getLast(), "--out", files.toString());
        });
    }

    /** What the demo tells under a name: a list, or the one thing there is. */
    private List<?> list(String name) {
        return switch (demo.get(name)) {
            case List<?> several -> several;
            case Map<?, ?> one -> List.of(one);
            case null, default -> throw new IllegalStateException("demo.json: no " + name);
        };
    }

    private static String field(Object of, String name) {
        return of instanceof Map<?, ?> map ? String.valueOf(map.get(name)) : "";
    }

    private String port(String target) {
        for (Object each : list("targets")) {
            if (each instanceof Map<?, ?> found && target.equals(found.get("name"))) {
                return String.valueOf(found.get("port"));
            }
        }
        throw new IllegalStateException("no target " + target);
    }

    private void signIn(String who) {
        for (Object each : list("people")) {
            if (each instanceof Map<?, ?> found && who.equals(found.get("name"))) {
                cli(
                        who,
                        found.get("password") + "\n",
                        "login",
                        "--server",
                        String.valueOf(demo.get("server_url")),
                        "--ca-file",
                        String.valueOf(demo.get("ca_file")),
                        "--as",
                        who,
                        "--password-stdin");
            }
        }
    }

    private void approve(String who, String role, String target) {
        cli("lead", null, "approve", ask(who, role, target));
    }

    private String ask(String who, String role, String target) {
        String answer = cli(who, null, "request", role, target, "--for", "1h", "--reason", "benchmark", "-o", "json");
        var id = Pattern.compile("\"id\" *: *\"(req_[^\"]+)\"").matcher(answer);
        if (!id.find()) {
            throw new IllegalStateException(answer);
        }
        return id.group(1);
    }

    private String cli(String who, @org.jspecify.annotations.Nullable String input, String... words) {
        try {
            var command = new ArrayList<String>(List.of(launcher()));
            command.addAll(List.of(words));
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment()
                    .put("SALLYPORT_HOME", folder.resolve("home-" + who).toString());
            builder.environment().put("SALLYPORT_NO_BUILD", "1");
            Process process = builder.start();
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write((input == null ? "" : input).getBytes(StandardCharsets.UTF_8));
            }
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0 && exit != 3) {
                throw new IllegalStateException(words[0] + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
