package dev.sallyport.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * CPU seconds that processes have used so far, read from {@code /proc} (proc_pid_stat(5)).
 *
 * @param server of the server's JVM
 * @param database of PostgreSQL with all its children, those that have ended included
 */
record Cpu(double server, double database) {
    /** The unit of the figures, the same on every Linux that runs Java. */
    private static final double TICKS_PER_SECOND = 100;

    /** Where the user time stands after the name of the program; system time and those of ended children follow. */
    private static final int USER_TIME = 11;

    static Cpu of(long server, long postmaster) {
        double database = ticks(postmaster, 4)
                + ProcessHandle.of(postmaster).stream()
                        .flatMap(ProcessHandle::descendants)
                        .mapToLong(child -> ticks(child.pid(), 2))
                        .sum();
        return new Cpu(ticks(server, 2) / TICKS_PER_SECOND, database / TICKS_PER_SECOND);
    }

    Cpu since(Cpu earlier) {
        return new Cpu(server - earlier.server, database - earlier.database);
    }

    Cpu plus(Cpu other) {
        return new Cpu(server + other.server, database + other.database);
    }

    double all() {
        return server + database;
    }

    private static long ticks(long pid, int fields) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] values = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long sum = 0;
            for (int i = 0; i < fields; i++) {
                sum += Long.parseLong(values[USER_TIME + i]);
            }
            return sum;
        } catch (IOException _) {
            return 0; // it has ended meanwhile; its parent counts it
        }
    }
}
