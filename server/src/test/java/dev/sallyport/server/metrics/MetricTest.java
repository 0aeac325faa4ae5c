package dev.sallyport.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** OB1: operators find every measure in the reference. */
class MetricTest {
    @Test
    void everyMeasureIsInTheReference() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "reference", "metrics.md"));

        assertThat(Arrays.stream(Metric.values())
                        .map(metric -> "`" + metric.key().replace('.', '_'))
                        .filter(name -> !page.contains(name)))
                .isEmpty();
    }
}
