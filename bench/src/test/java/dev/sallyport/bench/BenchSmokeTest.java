package dev.sallyport.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every benchmark runs and yields something; what it yields is for an idle machine to say. */
class BenchSmokeTest {
    /** All that bring their own server; {@code paths} starts the demo by the launcher, as the acceptance tests do. */
    static Set<String> everyBenchmark() {
        var names = new java.util.LinkedHashSet<>(Bench.BENCHMARKS.keySet());
        names.remove("paths");
        return names;
    }

    @ParameterizedTest
    @MethodSource("everyBenchmark")
    void yieldsRows(String name) throws Exception {
        var out = new ByteArrayOutputStream();
        var report = new Report(new PrintStream(out, true, StandardCharsets.UTF_8));

        Bench.run(
                Options.parse(new String[] {
                    name, "--no-fsync", "--clients", "2", "--seconds", "1", "--rounds", "1", "--scale", "500"
                }),
                report);

        assertThat(report.rows()).as(out.toString(StandardCharsets.UTF_8)).isPositive();
    }

    @Test
    void anUnknownBenchmarkIsRefusedByName() {
        assertThatThrownBy(() -> Options.parse(new String[] {"nothing"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("certificates, first-access");
    }
}
