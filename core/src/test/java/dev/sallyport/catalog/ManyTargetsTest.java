package dev.sallyport.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.formats.document.SourceFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Prints how long it takes; {@code -Dsallyport.targets=50000} for the full size. */
class ManyTargetsTest {
    private static final int TARGETS = Integer.getInteger("sallyport.targets", 3_000);
    private static final int A_FILE = 5_000;

    @Test
    void manyTargetsApplyInOneGo() {
        try (var catalog = new CatalogFixture()) {
            List<SourceFile> files = files();

            long start = System.nanoTime();
            var first = catalog.changes.apply(CatalogFixture.ACTOR, files, false, false);
            long middle = System.nanoTime();
            var second = catalog.changes.apply(CatalogFixture.ACTOR, files, true, false);
            long end = System.nanoTime();

            System.out.println("took " + TARGETS + " targets: first "
                    + Duration.ofNanos(middle - start).toMillis() + " ms, again "
                    + Duration.ofNanos(end - middle).toMillis() + " ms");
            assertThat(((CatalogAnswer.Sound) first).changes())
                    .hasSize(TARGETS)
                    .allMatch(c -> c.action() == Action.CREATE);
            assertThat(((CatalogAnswer.Sound) second).changes())
                    .hasSize(TARGETS)
                    .allMatch(c -> c.action() == Action.UNCHANGED);
            assertThat(catalog.events("catalog.created")).isEqualTo(TARGETS);
        }
    }

    private static List<SourceFile> files() {
        var files = new ArrayList<SourceFile>();
        for (int from = 0; from < TARGETS; from += A_FILE) {
            var text = new StringBuilder();
            for (int i = from; i < Math.min(TARGETS, from + A_FILE); i++) {
                text.append("""
                        ---
                        apiVersion: sallyport/v1
                        kind: Target
                        metadata: {name: web-%d, labels: {env: demo, tier: web}}
                        spec: {type: ssh, address: {host: 10.0.0.1, port: 22}}
                        """.formatted(i));
            }
            files.add(new SourceFile("targets-" + from + ".yaml", text.toString()));
        }
        return files;
    }
}
