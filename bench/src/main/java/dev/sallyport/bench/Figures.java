package dev.sallyport.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** What one or more runs of a load gave: latencies, how long they ran, and the CPU time of the server and its database. */
@SuppressWarnings("ArrayRecordComponent") // made once, never compared
record Figures(long[] nanos, double seconds, Cpu cpu) {
    Figures {
        nanos = LongStream.of(nanos).sorted().toArray();
    }

    /** Rounds taken together. */
    static Figures together(List<Figures> rounds) {
        return new Figures(
                rounds.stream()
                        .flatMapToLong(round -> Arrays.stream(round.nanos))
                        .toArray(),
                rounds.stream().mapToDouble(Figures::seconds).sum(),
                rounds.stream().map(Figures::cpu).reduce(new Cpu(0, 0), Cpu::plus));
    }

    int count() {
        return nanos.length;
    }

    double perSecond() {
        return count() / seconds;
    }

    double perCpuSecond() {
        return cpu.all() == 0 ? 0 : count() / cpu.all();
    }

    /** The latency that this share of the calls did not exceed, in milliseconds. */
    double percentile(double share) {
        return nanos.length == 0 ? 0 : nanos[(int) Math.ceil(share * nanos.length) - 1] / 1e6;
    }

    String latency() {
        return number(percentile(0.50)) + " | " + number(percentile(0.99));
    }

    /** Milliseconds of CPU for one call: of the server and of the database. */
    String cpuPerCall() {
        return number(1e3 * cpu.server() / count()) + " | " + number(1e3 * cpu.database() / count());
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
