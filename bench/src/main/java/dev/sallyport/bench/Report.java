package dev.sallyport.bench;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** Prints tables in Markdown as they come. */
final class Report {
    private final PrintStream out;
    private int rows;

    Report(PrintStream out) {
        this.out = out;
    }

    void heading(String text) {
        out.printf(
                Locale.ROOT,
                "%n### %s%n%nload average at the start: %.1f%n%n",
                text,
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /** Columns, separated as in Markdown. */
    void columns(String columns) {
        out.println("| " + columns + " |");
        out.println("|" + "---|".repeat(columns.split("\\|", -1).length));
    }

    void row(String cells) {
        rows++;
        out.println("| " + cells + " |");
    }

    /** A row of a load: how often per second and per CPU second, p50 and p99, CPU of server and database for each call. */
    void row(String name, Figures figures) {
        row(name + " | " + figures.count() + " | " + Figures.number(figures.perSecond()) + " | "
                + Figures.number(figures.perCpuSecond()) + " | " + figures.latency() + " | "
                + figures.cpuPerCall());
    }

    static final String LOAD_COLUMNS =
            "what | calls | per s | per CPU s | p50 ms | p99 ms | CPU ms: server | CPU ms: PostgreSQL";

    void text(String text) {
        out.println();
        out.println(text);
    }

    int rows() {
        return rows;
    }
}
