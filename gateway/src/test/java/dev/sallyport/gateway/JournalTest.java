package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.SessionId;
import dev.sallyport.gateway.wire.Words;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.ChildJvm;
import dev.sallyport.testkit.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final SessionId SESSION = SessionId.next();

    @TempDir
    private Path dir;

    private final ToldControlPlane control = new ToldControlPlane();

    @Test
    void reportsAreToldInTheirOrder() throws IOException {
        try (Journal journal = open()) {
            for (int i = 0; i < 2_000; i++) {
                journal.report(SESSION, new Report.Text(i, "t"));
            }

            Await.until("all", LIMIT, () -> control.told.size() == 2_000);
            assertThat(control.told)
                    .extracting(Report::sequence)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 2_000).boxed().toList());
            assertThat(control.sources).containsExactly(journal.source());
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void anotherGatewayOnTheSameFolderIsRefusedAndEndsNothing() throws IOException {
        try (Journal journal = open()) {
            journal.begin(SESSION);

            assertThatThrownBy(this::open).hasMessageContaining("is used by another process");

            assertThat(dir.resolve("begun").resolve(SESSION.value())).exists();
            assertThat(control.told).isEmpty();
            journal.notBegun(SESSION);
        }
    }

    @Test
    void theNextRunEndsWhatThisOneWasKilledIn() throws IOException {
        var ended = SessionId.next();
        var refused = SessionId.next();
        try (Journal journal = open()) {
            journal.begin(SESSION);
            journal.begin(ended);
            journal.begin(refused);
            journal.report(ended, new Report.Closed("client", "", 1, 2));
            journal.notBegun(refused);
        }
        control.told.clear();
        Files.createFile(dir.resolve("begun/somebody's note"));

        try (Journal next = open()) {
            Await.until("told", LIMIT, () -> next.waiting() == 0);
        }

        assertThat(control.told).singleElement().satisfies(report -> {
            assertThat(report.session()).isEqualTo(SESSION);
            assertThat(report.what())
                    .isInstanceOfSatisfying(
                            Report.Closed.class,
                            closed -> assertThat(closed.reason()).isEqualTo("gateway-stopped"));
        });
        control.told.clear();
        try (Journal third = open()) {
            assertThat(third.waiting()).isZero();
        }
        assertThat(control.told).isEmpty();
    }

    @Test
    void whatCannotBeToldNowIsToldLater() throws IOException {
        control.away = true;
        try (Journal journal = open()) {
            journal.report(SESSION, new Report.Closed("client", "", 1, 2));
            Await.until("a try", LIMIT, () -> control.tries.get() > 0);
            assertThat(journal.waiting()).isEqualTo(1);

            control.away = false;

            Await.until("told", LIMIT, () -> control.told.size() == 1);
        }
    }

    @Test
    void whatARunLeavesBehindTheNextOneTells() throws IOException {
        ChildProcess run = ChildJvm.of(JournalTest.class).run(dir.toString()).start();
        run.awaitLine("written", LIMIT);
        run.kill();

        try (Journal journal = open()) {
            journal.report(SESSION, new Report.Closed("client", "second run", 0, 0));
            Await.until("all", LIMIT, () -> control.told.size() == 4);
        }

        assertThat(control.told).extracting(Report::sequence).containsExactly(1L, 2L, 3L, 1L);
        assertThat(control.sources).hasSize(2);
        assertThat(files()).isEmpty();
    }

    @Test
    void aLineThatACrashHasCutOffIsPassedOver() throws IOException {
        String whole = Words.write(new Report(1, Instant.EPOCH, SESSION, new Report.Text(1, "whole")));
        Path file = Files.writeString(dir.resolve("run-1.journal"), whole + "\n" + whole.substring(0, 30));

        assertThat(Journal.read(file)).hasSize(1);
    }

    @Test
    void aFullJournalStillKeepsAnEnd() throws IOException {
        control.away = true;
        try (Journal journal = open()) {
            for (int i = 0; i < Journal.WAITING_MAX + 10; i++) {
                journal.report(SESSION, new Report.Text(i, ""));
            }
            assertThat(journal.waiting()).isEqualTo(Journal.WAITING_MAX);

            journal.report(SESSION, new Report.Closed("killed", "", 0, 0));

            assertThat(journal.waiting()).isEqualTo(Journal.WAITING_MAX + 1);
        }
    }

    private Journal open() throws IOException {
        return Journal.open(dir, control, GatewayMeasures.NONE, Clock.systemUTC());
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(dir)) {
            return files.filter(file -> file.toString().endsWith(".journal")).toList();
        }
    }

    /** A run that cannot tell anything and is killed. */
    public static void main(String[] arguments) throws Exception {
        var control = new ToldControlPlane();
        control.away = true;
        Journal journal = Journal.open(Path.of(arguments[0]), control, GatewayMeasures.NONE, Clock.systemUTC());
        for (int i = 0; i < 3; i++) {
            journal.report(SESSION, new Report.Text(i, "left behind"));
        }
        System.out.println("written");
        Thread.currentThread().join();
    }

    enum Away implements Refusal.Code {
        AWAY;

        @Override
        public Refusal.Kind kind() {
            return Refusal.Kind.UNAVAILABLE;
        }

        @Override
        public String code() {
            return "unavailable.control-plane";
        }
    }
}
