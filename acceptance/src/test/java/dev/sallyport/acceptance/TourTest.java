package dev.sallyport.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.ChildProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command, unattended. */
@NullMarked
class TourTest {
    @Test
    void theTourHolds(@TempDir Path dir) {
        ChildProcess tour = ChildProcess.of(
                        Installation.launcher().toString(), "demo", "--tour", "--dir", dir.toString())
                .env("SALLYPORT_NO_BUILD", "1")
                .start();

        int exit = tour.awaitExit(Duration.ofMinutes(12));

        assertThat(exit).as(tour.output()).isZero();
        assertThat(tour.output()).contains("everything held");
    }
}
