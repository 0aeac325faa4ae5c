package dev.sallyport.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that dies by itself is started again, unless it is to stop. */
class KeepRunningTest {
    private static final Path BINARIES = Path.of("target/postgres-binaries").toAbsolutePath();

    /** One for all, since making a cluster takes longest. */
    @TempDir
    private static Path temp;

    @AfterEach
    void stopWhatIsLeft() {
        EmbeddedPostgres.stop(dir());
    }

    @Test
    void aKilledServerRunsAgainOnItsPortWithItsData() throws Exception {
        try (var postgres = EmbeddedPostgres.start(config())) {
            EmbeddedPostgresTest.run(postgres, "create table if not exists kept as select 42 as answer");
            long first = postgres.pid();
            int port = postgres.port();

            killAll(postgres);
            await("another postmaster", () -> postgres.pid() != first && postgres.isRunning());

            assertThat(postgres.port()).isEqualTo(port);
            assertThat(EmbeddedPostgresTest.ask(postgres, "select answer from kept"))
                    .isEqualTo("42");

            long second = postgres.pid();
            ProcessHandle.of(second).orElseThrow().destroyForcibly();
            await("a third one", () -> postgres.pid() != second && postgres.isRunning());
            assertThat(EmbeddedPostgresTest.ask(postgres, "select answer from kept"))
                    .isEqualTo("42");
        }
        assertThat(inDataFolder()).isEmpty();
    }

    /** Long enough for a start on a busy machine, short enough to wait for. */
    private static final Duration SHORT = Duration.ofSeconds(15);

    @Test
    void nobodyElseGetsTheFolderMeanwhile() throws Exception {
        try (var postgres = EmbeddedPostgres.start(config().withTimeouts(SHORT, SHORT))) {
            long first = postgres.pid();
            Process orphan = orphan(postgres.dataDir());
            killAll(postgres);

            assertThatThrownBy(() -> EmbeddedPostgres.start(config().withTimeouts(SHORT, SHORT)))
                    .isInstanceOf(EmbeddedPostgresException.class);
            assertThat(postgres.isRunning()).isFalse();

            orphan.destroyForcibly().waitFor();
            await("another postmaster", () -> postgres.pid() != first && postgres.isRunning());
        }
    }

    @Test
    void aStopWhileItWaitsForTheOldProcessesStartsNothing() throws Exception {
        var postgres = EmbeddedPostgres.start(config());
        Process orphan = orphan(postgres.dataDir());
        try {
            killAll(postgres);

            postgres.stop();

            assertThat(inDataFolder()).extracting(ProcessHandle::pid).containsExactly(orphan.pid());
        } finally {
            orphan.destroyForcibly().waitFor();
        }
        assertThat(postgres.isRunning()).isFalse();
    }

    @Test
    void aStopAtAnyMomentOfTheStartLeavesNoProcess() throws Exception {
        for (int moment = 0; moment < 3; moment++) {
            var postgres = EmbeddedPostgres.start(config());
            long first = postgres.pid();
            killAll(postgres);
            switch (moment) {
                case 0 -> {} // at once
                case 1 -> await("the new process", () -> !inDataFolder().isEmpty() || postgres.pid() != first);
                case 2 -> await("the new postmaster", () -> postgres.pid() != first);
                default -> throw new AssertionError(moment);
            }

            postgres.stop();

            assertThat(inDataFolder()).as("moment " + moment).isEmpty();
            assertThat(dir().resolve("data/postmaster.pid"))
                    .as("moment " + moment)
                    .satisfiesAnyOf(
                            pid -> assertThat(pid).doesNotExist(),
                            pid -> assertThat(Files.readAllLines(pid).getFirst())
                                    .isEqualTo("" + first));
        }
        try (var postgres = EmbeddedPostgres.start(config())) {
            assertThat(EmbeddedPostgresTest.ask(postgres, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void dataThatIsGoneIsNotMadeAnew() throws Exception {
        try (var postgres = EmbeddedPostgres.start(config())) {
            long first = postgres.pid();
            Path aside = dir().resolve("aside");
            Process orphan = orphan(postgres.dataDir());
            killAll(postgres);
            Files.move(postgres.dataDir(), aside);
            orphan.destroyForcibly().waitFor();

            assertThatThrownBy(() -> new Start(config()).again(postgres.port()))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("the data is gone");
            assertThat(postgres.isRunning()).isFalse();

            Files.move(aside, postgres.dataDir());
            await("another postmaster", () -> postgres.pid() != first && postgres.isRunning());
        }
    }

    @Test
    void aServerIsNotKeptUnlessAsked() throws Exception {
        try (var postgres = EmbeddedPostgres.start(config().withKeepRunning(false))) {
            killAll(postgres);

            assertThat(postgres.isRunning()).isFalse();
        }
        assertThatThrownBy(() -> config().withReuse(true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("keepRunning");
    }

    @Test
    void pausesGrowToTheLongest() {
        assertThat(List.of(Keeper.pauseAfter(0), Keeper.pauseAfter(1), Keeper.pauseAfter(2), Keeper.pauseAfter(3)))
                .containsExactly(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));
        assertThat(Keeper.pauseAfter(6)).isEqualTo(Keeper.LONGEST_PAUSE);
        assertThat(Keeper.pauseAfter(Integer.MAX_VALUE)).isEqualTo(Keeper.LONGEST_PAUSE);
    }

    /** The postmaster and all its children at once, and waits until the postmaster is gone. */
    private void killAll(EmbeddedPostgres postgres) throws IOException, InterruptedException {
        ProcessHandle postmaster = ProcessHandle.of(postgres.pid()).orElseThrow();
        List<ProcessHandle> children = postmaster.descendants().toList();
        postmaster.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        await("the end of the postmaster", () -> !postmaster.isAlive());
    }

    /** Looks like a process of the old server: the next one is not started beside it. */
    private static Process orphan(Path data) throws IOException {
        return new ProcessBuilder("sleep", "120").directory(data.toFile()).start();
    }

    private List<ProcessHandle> inDataFolder() {
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    try {
                        return Files.isSameFile(Path.of("/proc/" + process.pid() + "/cwd"), dir().resolve("data"));
                    } catch (IOException _) {
                        return false;
                    }
                })
                .toList();
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private Path dir() {
        return temp.resolve("postgres");
    }

    private EmbeddedPostgresConfig config() {
        return EmbeddedPostgresConfig.in(dir())
                .withBinaries(BINARIES)
                .withFsync(false)
                .withKeepRunning(true);
    }
}
