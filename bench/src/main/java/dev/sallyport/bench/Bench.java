package dev.sallyport.bench;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs benchmarks by their names and prints what came out; {@code ./sallyport bench}. */
public final class Bench {
    static final Map<String, Benchmark> BENCHMARKS = benchmarks();

    private static final int USAGE = 64;

    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        try {
            run(Options.parse(arguments), new Report(new PrintStream(System.out, true, StandardCharsets.UTF_8)));
            System.exit(0);
        } catch (IllegalArgumentException e) {
            System.err.println("! usage.unknown-argument: bench: " + e.getMessage());
            System.exit(USAGE);
        }
    }

    static void run(Options options, Report report) throws Exception {
        List<String> names = options.names().isEmpty() ? List.copyOf(BENCHMARKS.keySet()) : options.names();
        for (String name : names) {
            report.heading(name + (options.fsync() ? ", with fsync" : ", without fsync"));
            java.util.Objects.requireNonNull(BENCHMARKS.get(name)).run(options, report);
        }
    }

    private static Map<String, Benchmark> benchmarks() {
        var all = new LinkedHashMap<String, Benchmark>();
        all.put("certificates", Certificates::run);
        all.put("first-access", FirstAccess::run);
        all.put("falling-due", FallingDue::run);
        all.put("causes", Causes::run);
        all.put("scale", Scale::run);
        all.put("replays", Replays::run);
        all.put("starts", Starts::run);
        all.put("recorders", Recorders::run);
        all.put("paths", Paths::run);
        all.put("policies", Policies::run);
        return all;
    }
}
