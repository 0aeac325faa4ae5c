package dev.sallyport.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;
import dev.sallyport.formats.recording.Entry;
import dev.sallyport.formats.recording.Event;
import dev.sallyport.formats.recording.RecordingKeyPair;
import dev.sallyport.gateway.recorder.RecorderLimits;
import dev.sallyport.gateway.recorder.RecordingMode;
import dev.sallyport.gateway.recorder.Spool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Bytes stored for each byte of a terminal. The same writes go to our recorder, sealed and chained, at the times they
 * carry, and to the recorders that are installed, by a program that makes them on their terminal with a pause of 2 ms
 * between them instead of a person's. So the others' times are shorter than they would be.
 */
final class Recorders {
    private static final String WINDOW = "stty -opost; ";

    private Recorders() {}

    /** A terminal's write at its time. */
    @SuppressWarnings("ArrayRecordComponent") // made once, never compared
    record Write(long millis, boolean input, byte[] bytes) {}

    static void run(Options options, Report report) throws Exception {
        report.columns("what | terminal bytes | writes | stored | stored / terminal byte | to ours");
        int commands = Math.max(2, 400 / options.scale());
        measure("interactive, answers repeat", TerminalWorkloads.interactive(commands, true), report);
        measure("interactive, every answer new", TerminalWorkloads.interactive(commands, false), report);
        measure("bulk", TerminalWorkloads.bulk(8_000_000 / options.scale()), report);
    }

    private static void measure(String name, List<Write> writes, Report report) throws Exception {
        Path folder = Files.createTempDirectory("sallyport-bench-");
        try {
            var output = writes.stream().filter(write -> !write.input()).toList();
            long bytes =
                    output.stream().mapToLong(write -> write.bytes().length).sum();
            long ours = ours(folder.resolve("output"), output);
            show(name + ": sallyport", bytes, output.size(), ours, ours, report);
            long both = ours(folder.resolve("both"), writes);
            show(name + ": sallyport, with input", bytes, writes.size(), both, ours, report);
            Path script = feeder(folder, output);
            Path ttyrec = folder.resolve("stored");
            for (var peer : peers(folder, script).entrySet()) {
                if (isInstalled(peer.getValue().program)) {
                    show(name + ": " + peer.getKey(), bytes, output.size(), peer(peer.getValue()), ours, report);
                    if (peer.getKey().equals("ttyrec")) {
                        long packed = Zstd.compress(Files.readAllBytes(ttyrec), 3).length;
                        show(
                                name + ": ttyrec, packed by zstd -3 at its end",
                                bytes,
                                output.size(),
                                packed,
                                ours,
                                report);
                    }
                }
            }
        } finally {
            Lab.remove(folder);
        }
    }

    private static void show(String what, long bytes, int writes, long stored, long ours, Report report) {
        if (stored == 0) {
            report.row(what + " | " + bytes + " | " + writes + " | it recorded nothing here | – | –");
            return;
        }
        report.row("%s | %,d | %,d | %,d | %.3f | %.2f"
                .formatted(what, bytes, writes, stored, (double) stored / bytes, (double) stored / ours));
    }

    private static long ours(Path folder, List<Write> writes) throws IOException {
        var keys = RecordingKeyPair.generate("bench");
        try (var spool = new Spool(folder, RecorderLimits.USUAL, (_, _, why) -> {
            throw why;
        })) {
            var recorder = spool.start(
                    "ses_bench",
                    Instant.EPOCH,
                    Map.of("target", "web-1", "login", "deploy", "grant", "grt_01", "person", "per_01"),
                    RecordingMode.STRICT,
                    keys.publicKey());
            for (var write : writes) {
                recorder.append(new Entry(
                        write.millis(),
                        1,
                        new Event.Data(write.input() ? Event.Stream.INPUT : Event.Stream.OUTPUT, write.bytes())));
            }
            recorder.close();
            return Files.size(spool.closed().getFirst());
        }
    }

    /** A program and the files it leaves. */
    private record Peer(String program, List<String> command, List<Path> stored) {}

    private static Map<String, Peer> peers(Path folder, Path feed) {
        String play = WINDOW + "exec python3 " + feed;
        Path file = folder.resolve("stored");
        Path times = folder.resolve("times");
        var peers = new java.util.LinkedHashMap<String, Peer>();
        peers.put(
                "script with times (util-linux)",
                new Peer(
                        "script",
                        List.of("script", "-q", "-e", "-T", times.toString(), "-c", play, file.toString()),
                        List.of(file, times)));
        peers.put(
                "asciinema",
                new Peer(
                        "asciinema",
                        terminal(folder, "asciinema rec -q --overwrite -c '" + play + "' " + file),
                        List.of(file)));
        peers.put("ttyrec", new Peer("ttyrec", terminal(folder, "ttyrec -e '" + play + "' " + file), List.of(file)));
        peers.put(
                "tlog",
                new Peer(
                        "tlog-rec",
                        terminal(folder, "tlog-rec --writer=file --file-path=" + file + " sh -c '" + play + "'"),
                        List.of(file)));
        return peers;
    }

    /** The command on a terminal of its own. */
    private static List<String> terminal(Path folder, String command) {
        return List.of(
                "script",
                "-q",
                "-e",
                "-c",
                command,
                folder.resolve("typescript").toString());
    }

    private static long peer(Peer peer) throws IOException, InterruptedException {
        for (Path file : peer.stored) {
            Files.deleteIfExists(file);
        }
        var process = new ProcessBuilder(peer.command)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        process.environment().put("TERM", "xterm-256color");
        process.environment().put("SHELL", "/bin/sh");
        process.environment().put("LANG", "C.UTF-8");
        Process running = process.start();
        if (!running.waitFor(10, TimeUnit.MINUTES)) {
            running.destroyForcibly();
            throw new IllegalStateException(peer.program + " did not end");
        }
        long stored = 0;
        for (Path file : peer.stored) {
            stored += Files.size(file);
        }
        return stored;
    }

    private static boolean isInstalled(String program) {
        return List.of("/usr/bin/", "/bin/").stream().anyMatch(folder -> Files.isExecutable(Path.of(folder + program)));
    }

    /** A program that makes the writes one by one. */
    private static Path feeder(Path folder, List<Write> writes) throws IOException {
        var lengths = new ArrayList<String>();
        Path data = folder.resolve("data");
        try (var out = Files.newOutputStream(data)) {
            for (var write : writes) {
                lengths.add(Integer.toString(write.bytes().length));
                out.write(write.bytes());
            }
        }
        return Files.write(folder.resolve("feed.py"), """
                import os, time
                data = open(%s, "rb").read()
                at = 0
                for length in [%s]:
                    end = at + length
                    while at < end:
                        at += os.write(1, data[at:end])
                    time.sleep(0.002)
                """.formatted("\"" + data + "\"", String.join(",", lengths))
                .getBytes(UTF_8));
    }
}
