package dev.sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.gateway.Report;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.ChildProcess;
import dev.sallyport.testkit.ProgramRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadTest {
    private static final boolean LONG = Boolean.getBoolean("sallyport.long");
    private static final int BURST = LONG ? 200 : 16;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    private Path dir;

    private GatewayLab lab;

    @BeforeEach
    void start() throws IOException {
        lab = GatewayLab.in(dir);
    }

    @AfterEach
    void stop() throws IOException {
        lab.close();
    }

    @Test
    void aBurstOfLogInsWaitsItsTurnAndNobodyIsRefused() throws InterruptedException, ExecutionException {
        var runs = new ArrayList<Future<ProgramRun>>();
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < BURST; i++) {
                runs.add(pool.submit(() ->
                        lab.client().option("ConnectTimeout=60").limit(LIMIT).run("true")));
            }
        }

        for (Future<ProgramRun> run : runs) {
            assertThat(run.get()).isEqualTo(new ProgramRun(0, "", ""));
        }
        Await.until(
                "all ends", LIMIT, () -> lab.control.told(Report.Closed.class).size() == BURST);
        assertThat(lab.gateway.sessions()).isZero();
    }

    @Test
    void whoDoesNotReadCostsLittleAndHoldsNobodyUp() {
        ChildProcess stuck = ChildProcess.of(List.of("bash", "-c", shell("cat /dev/zero") + " | sleep 600"))
                .start();
        Await.until("a session", LIMIT, () -> lab.gateway.sessions() == 1);
        Await.until("a standstill", LIMIT, new Still()::holds);

        assertThat(lab.gateway.buffered()).isLessThan(2L * (Inbox.HIGH + Outbox.MAX) + 512 * 1024);
        assertThat(lab.client().run("echo in").succeeded().stdout()).isEqualTo("in\n");
        stuck.stop();
    }

    @Test
    void aNoisySessionDoesNotStallTheOthers() {
        ChildProcess noisy = ChildProcess.of(List.of("bash", "-c", shell("cat /dev/zero") + " > /dev/null"))
                .start();
        Await.until("a session", LIMIT, () -> lab.gateway.sessions() == 1);

        for (int i = 0; i < 3; i++) {
            assertThat(lab.client().run("echo in").succeeded().stdout()).isEqualTo("in\n");
        }

        assertThat(noisy.isAlive()).isTrue();
        noisy.stop();
    }

    private String shell(String command) {
        return "exec ssh -F none -o BatchMode=yes -o IdentityAgent=none -o IdentitiesOnly=yes -o UserKnownHostsFile="
                + lab.trusted + " -i " + lab.userKey + " -p " + lab.gateway.port() + " " + GatewayLab.ME
                + "%web-1@127.0.0.1 '" + command + "'";
    }

    /** Whether nothing more was passed on over twenty looks. */
    private final class Still {
        private long last = -1;
        private int same;

        boolean holds() {
            long now = lab.gateway.passed();
            same = now == last && now > 0 ? same + 1 : 0;
            last = now;
            return same >= 20;
        }
    }
}
