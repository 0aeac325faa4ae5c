package dev.sallyport.server.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One measure as it stands.
 *
 * @param name as in {@code /metrics}
 * @param everywhere whether it is read from the database, and the same on all nodes; otherwise it is this node's own, since it
 *     started
 * @param took of a measure of times: how long things took; its value is then how many there were
 */
public record Figure(
        String name, Map<String, String> labels, Unit unit, boolean everywhere, double value, Optional<Took> took) {
    public Figure {
        labels = Map.copyOf(labels);
    }

    /** What a value counts. */
    public enum Unit {
        COUNT,
        SECONDS,
        BYTES
    }

    /** @param within how many took no longer, the shortest time first */
    public record Took(Duration mean, List<Within> within) {
        public Took {
            within = List.copyOf(within);
        }
    }

    /** How many took no longer than this. */
    public record Within(Duration time, long count) {}
}
