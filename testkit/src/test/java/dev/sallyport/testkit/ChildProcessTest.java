package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path dir;

    @Test
    void aLineIsWaitedForAndReturned() {
        try (ChildProcess child = shell("echo \"hello $WHO\"; pwd; exec sleep 60")
                .env("WHO", "you")
                .in(dir)
                .start()) {
            assertThat(child.awaitLine("^hello", LIMIT)).isEqualTo("hello you");
            assertThat(child.awaitLine("^/", LIMIT)).isEqualTo(dir.toString());
        }
    }

    @Test
    void anEarlyEndIsAnErrorThatShowsTheLastLines() {
        try (ChildProcess child = shell("echo no such thing >&2; exit 3").start()) {
            assertThatThrownBy(() -> child.awaitLine("ready", LIMIT))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("ended with exit code 3 before a line like ready")
                    .hasMessageContaining("no such thing");
        }
    }

    @Test
    void aPassedDeadlineIsAnError() {
        try (ChildProcess child = shell("exec sleep 60").start()) {
            assertThatThrownBy(() -> child.awaitPort(FreePort.find(), Duration.ofMillis(100)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("in vain for /bin/sh: port")
                    .hasMessageContaining("it wrote nothing");
        }
    }

    @Test
    void stopEndsTheProgramWithItsChildrenEvenIfItIgnoresTerm() {
        ChildProcess child =
                shell("trap '' TERM; sleep 61 & echo \"child $!\"; wait; wait").start();
        String line = child.awaitLine("^child [0-9]+", LIMIT);
        long grandchild = Long.parseLong(line.substring("child ".length()));

        child.stop();
        child.stop();

        assertThat(child.isAlive()).isFalse();
        Await.until(
                "the grandchild's end",
                LIMIT,
                () -> ProcessHandle.of(grandchild)
                        .filter(ProcessHandle::isAlive)
                        .isEmpty());
    }

    @Test
    void killGivesNoChanceToCleanUp() {
        ChildProcess child =
                shell("trap 'echo cleaned' TERM; echo up; sleep 60 & wait").start();
        child.awaitLine("up", LIMIT);

        child.kill();

        assertThat(child.awaitExit(LIMIT)).isEqualTo(137);
        assertThat(child.output()).doesNotContain("cleaned");
    }

    @Test
    void aProgramThatDoesNotExistIsNamed() {
        assertThatThrownBy(() -> ChildProcess.of("/no/such/program").start())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("/no/such/program cannot be started");
    }

    @Test
    void aFreePortCanBeBoundAndThenAnswers() throws IOException {
        int port = FreePort.find();
        assertThat(FreePort.answers(port)).isFalse();

        try (var _ = new ServerSocket(port, 1, FreePort.LOOPBACK)) {
            assertThat(FreePort.answers(port)).isTrue();
        }
    }

    private static ChildProcess.Spec shell(String script) {
        return ChildProcess.of("/bin/sh", "-c", script);
    }
}
