package dev.sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.gateway.LiveFrame;
import dev.sallyport.spi.gateway.Order;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.SessionTerms;
import dev.sallyport.spi.gateway.SessionTerms.Act;
import dev.sallyport.spi.gateway.SessionTerms.CommandRule;
import dev.sallyport.spi.gateway.SessionTerms.Recording;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.ChildProcess;
import dev.sallyport.testkit.ProgramRun;
import dev.sallyport.testkit.TestClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndingTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path dir;

    private final TestClock clock = TestClock.at(Instant.now());
    private GatewayLab lab;

    @BeforeEach
    void start() throws IOException {
        lab = GatewayLab.at(dir, clock);
    }

    @AfterEach
    void stop() throws IOException {
        lab.close();
    }

    @Test
    void aGrantThatEndsCutsItsSession() {
        ChildProcess session = open();

        lab.control.endGrant();

        assertThat(session.awaitExit(LIMIT)).isEqualTo(255);
        assertThat(session.output()).contains("sallyport: Your access has ended.");
        Await.until("the measure", LIMIT, () -> lab.measures.cuts.size() == 1);
        assertThat(lab.gateway.sessions()).isZero();
        assertThat(lab.measures.endings).containsExactly("grant-ended");
    }

    @Test
    void aGrantThatHasEndedOpensNothing() {
        open();
        lab.control.endGrant();
        Await.until("the end", LIMIT, () -> lab.gateway.sessions() == 0);

        ProgramRun run = lab.client().run("echo in");

        assertThat(run.stdout()).isEmpty();
        assertThat(run.stderr()).contains("the grant has ended");
    }

    @Test
    void whoIsKilledSeesByWhomAndWhy() {
        ChildProcess session = open();

        lab.control.order(new Order.Kill("sec", "not now\u001b[2J"));

        assertThat(session.awaitExit(LIMIT)).isEqualTo(255);
        assertThat(session.output())
                .contains("sec has ended this session: not now")
                .doesNotContain("\u001b[2J");
        Await.until(
                "the report", LIMIT, () -> lab.control.told(Report.Closed.class).size() == 1);
        assertThat(lab.control.told(Report.Closed.class).getFirst().reason()).isEqualTo("killed");
    }

    @Test
    void aMessageIsShownInTheTerminal() {
        ChildProcess session = open();

        lab.control.order(new Order.Message("sec", "please stop\u0007"));

        session.awaitLine("sec: please stop", LIMIT);
        assertThat(session.output()).doesNotContain("\u0007");
        session.stop();
    }

    @Test
    void nothingPassesWhileASessionIsPaused() {
        ChildProcess session = lab.client()
                .argument("-tt")
                .start("while :; do echo tick; sleep 0.05; done")
                .start();
        session.awaitLine("tick", LIMIT);

        lab.control.order(new Order.Pause("sec"));
        session.awaitLine("sec has paused", LIMIT);
        long before = ticks(session);
        Await.until("no tick for a while", LIMIT, new Quiet(session)::holds);
        lab.control.order(new Order.Resume("sec"));

        Await.until("ticks again", LIMIT, () -> ticks(session) > before + 3);
        session.stop();
    }

    @Test
    void whoWatchesSeesWhatIsShown() {
        ChildProcess session = lab.client()
                .argument("-tt")
                .start("echo ready; while :; do echo tick; sleep 0.1; done")
                .start();
        session.awaitLine("ready", LIMIT);

        lab.control.order(new Order.Watch("sec", Duration.ofMinutes(1), false));

        Await.until("frames", LIMIT, () -> shown().contains("tick"));
        assertThat(lab.control.told(Report.Supervised.class))
                .extracting(Report.Supervised::event)
                .contains("watched");
        session.stop();
    }

    /** Each who begins is shown what there is to see already, once; who has been watching is not asked to look again. */
    @Test
    void whoBeginsToWatchSeesWhatWasShownBefore() {
        ChildProcess session = lab.client()
                .argument("-tt")
                .start("echo shown before; read line; echo went on with $line; sleep 60")
                .typed()
                .start();
        session.awaitLine("shown before", LIMIT);

        lab.control.order(new Order.Watch("sec", Duration.ofMinutes(1), true));
        Await.until("the picture", LIMIT, () -> shown().contains("shown before"));
        assertThat(pictures()).isEqualTo(1);
        lab.control.order(new Order.Watch("sec", Duration.ofMinutes(1), false));
        session.type("more\n");
        Await.until("news", LIMIT, () -> shown().contains("went on with more"));
        assertThat(pictures()).isEqualTo(1);
        assertThat(shown().split("shown before", -1)).hasSize(2);
        lab.control.order(new Order.Watch("lead", Duration.ofMinutes(1), true));

        Await.until("another picture", LIMIT, () -> pictures() == 2);
        assertThat(lab.control.frames.getLast().isPicture()).isTrue();
        assertThat(new String(lab.control.frames.getLast().output().toArray(), StandardCharsets.UTF_8))
                .contains("shown before", "went on with more");
        session.stop();
    }

    /** What nobody records nobody keeps: whoever watches sees what comes. */
    @Test
    void ofWhatIsNotRecordedWhoBeginsToWatchSeesOnlyWhatComes() {
        lab.control.terms = Terms.recording(SessionTerms.Recording.OFF);
        ChildProcess session = lab.client()
                .argument("-tt")
                .start("echo shown before; read line; echo went on with $line; sleep 60")
                .typed()
                .start();
        session.awaitLine("shown before", LIMIT);

        lab.control.order(new Order.Watch("sec", Duration.ofMinutes(1), true));
        Await.until(
                "watched",
                LIMIT,
                () -> lab.control.told(Report.Supervised.class).stream()
                        .anyMatch(told -> told.event().equals("watched")));
        session.type("more\n");

        Await.until("news", LIMIT, () -> shown().contains("went on with more"));
        assertThat(shown()).doesNotContain("shown before");
        assertThat(pictures()).isZero();
        session.stop();
    }

    /** Somebody who begins again and again does not fill what waits to be sent. */
    @Test
    void picturesThatHaveNotLeftGiveWayToNewerOnes() {
        var supervision = new Supervision(false, true, Instant.now());
        var channel = new RelayedChannel(1, "session", true, 0, 0);
        channel.terminal = true;
        supervision.shown(0, channel, "x".repeat(50_000).getBytes(StandardCharsets.UTF_8));
        supervision.watch(Instant.now(), Duration.ofMinutes(1));
        for (int i = 0; i < 100; i++) {
            supervision.picture(i, channel);
        }
        assertThat(supervision.takeFrames()).singleElement().satisfies(frame -> {
            assertThat(frame.isPicture()).isTrue();
            assertThat(frame.offsetMillis()).isEqualTo(99);
        });

        for (int i = 0; i < 400; i++) {
            supervision.shown(i, channel, "y".repeat(30_000).getBytes(StandardCharsets.UTF_8));
        }
        assertThat(supervision.takeFrames().stream()
                        .mapToInt(frame -> frame.output().size())
                        .sum())
                .isBetween(Supervision.BYTES_MAX - 30_000, Supervision.BYTES_MAX);
    }

    @Test
    void aSupervisedSessionWaitsForSomebodyToWatch() {
        lab.control.terms = Terms.supervised();
        Path ran = dir.resolve("ran");
        ChildProcess session =
                lab.client().start("touch " + ran + "; echo in; sleep 60").start();
        Await.until("the session", LIMIT, () -> lab.gateway.sessions() == 1);
        int now = lab.control.feeds.get();
        Await.until("a while", LIMIT, () -> lab.control.feeds.get() > now + 3);
        assertThat(session.output()).isEmpty();
        assertThat(ran).doesNotExist();

        lab.control.order(new Order.Watch("sec", Duration.ofMinutes(1), false));
        session.awaitLine("in", LIMIT);
        assertThat(ran).exists();
        clock.advance(Duration.ofMinutes(2));
        Await.until(
                "unwatched",
                LIMIT,
                () -> lab.control.told(Report.Supervised.class).stream()
                        .anyMatch(told -> told.event().equals("unwatched")));
        clock.advance(Duration.ofMinutes(6));

        assertThat(session.awaitExit(LIMIT)).isEqualTo(255);
        assertThat(session.output()).contains("Nobody watches this session");
    }

    /** By default ssh gives up after three unanswered questions; here after two, a second apart. */
    @Test
    void whoAsksWhetherAnybodyIsThereIsAnsweredWhileTheSessionWaits() {
        lab.control.terms = Terms.supervised();
        Path ran = dir.resolve("ran");
        ChildProcess session = lab.client()
                .option("ServerAliveInterval=1")
                .option("ServerAliveCountMax=2")
                .start("touch " + ran + "; echo in; sleep 60")
                .start();
        Await.until("the session", LIMIT, () -> lab.gateway.sessions() == 1);
        Instant began = Instant.now();

        Await.until("longer than ssh waits for answers", LIMIT, () -> isAfter(began, 6));

        assertThat(session.isAlive()).as(session.output()).isTrue();
        assertThat(ran).doesNotExist();
        lab.control.order(new Order.Watch("sec", Duration.ofMinutes(1), false));
        session.awaitLine("in", LIMIT);
        session.stop();
    }

    @Test
    void soIsWhoHasSentMuchThatIsHeldBack() throws IOException {
        Path go = dir.resolve("go");
        ChildProcess session = ChildProcess.of(List.of(
                        "bash",
                        "-c",
                        "(until [ -e " + go
                                + " ]; do sleep 0.1; done; head -c 1500000 /dev/zero) | ssh -F none -o ServerAliveInterval=1 -o ServerAliveCountMax=2"
                                + " -o BatchMode=yes -o IdentityAgent=none -o IdentitiesOnly=yes -o UserKnownHostsFile="
                                + lab.trusted + " -i " + lab.userKey + " -p " + lab.gateway.port() + " "
                                + GatewayLab.ME + "%web-1@127.0.0.1 'echo in; wc -c'"))
                .start();
        session.awaitLine("in", LIMIT);
        lab.control.order(new Order.Pause("sec"));
        Await.until(
                "the pause",
                LIMIT,
                () -> lab.control.told(Report.Supervised.class).stream()
                        .anyMatch(told -> told.event().equals("paused")));
        Files.writeString(go, "");
        Await.until("what is held", LIMIT, () -> lab.gateway.buffered() > 1_400_000);
        Instant began = Instant.now();

        Await.until("longer than ssh waits for answers", LIMIT, () -> isAfter(began, 6));

        assertThat(session.isAlive()).as(session.output()).isTrue();
        lab.control.order(new Order.Resume("sec"));
        session.awaitLine("1500000", LIMIT);
    }

    private static boolean isAfter(Instant began, int seconds) {
        return Duration.between(began, Instant.now()).toSeconds() >= seconds;
    }

    @Test
    void nothingHappensForTooLong() {
        ChildProcess session = open();

        clock.advance(Duration.ofMinutes(11));

        assertThat(session.awaitExit(LIMIT)).isEqualTo(255);
        assertThat(session.output()).contains("Nothing has happened for too long.");
    }

    @Test
    void aSessionEndsWithTheTimeOfItsGrant() {
        lab.control.endsAt = clock.instant().plus(Duration.ofMinutes(5));
        ChildProcess session = open();

        clock.advance(Duration.ofMinutes(5));

        assertThat(session.awaitExit(LIMIT)).isEqualTo(255);
        assertThat(session.output()).contains("its time is over");
    }

    @Test
    void aDeafGatewayStartsNothingAndEndsWhatHasNoGrace() {
        lab.control.terms = Terms.grace(Duration.ZERO);
        ChildProcess session = open();

        lab.control.deaf = true;

        assertThat(session.awaitExit(LIMIT)).isEqualTo(255);
        assertThat(session.output()).contains("The gateway has lost the control plane.");
        assertThat(lab.client().run("true").stderr()).contains("cannot hear the control plane");
        lab.control.deaf = false;
    }

    @Test
    void aDeafGatewayLeavesOpenWhatHasGrace() {
        ChildProcess session = open();
        lab.control.deaf = true;

        Await.until("deafness", LIMIT, () -> lab.client().run("true").exit() == 255);

        assertThat(session.isAlive()).isTrue();
        lab.control.deaf = false;
        Await.until("hearing", LIMIT, () -> lab.client().run("true").exit() == 0);
        assertThat(session.isAlive()).isTrue();
        session.stop();
    }

    @Test
    void aRecorderThatFailsEndsTheSessionBeforeTheUserSeesMore() {
        ChildProcess session = lab.client()
                .start("echo ready; while :; do echo secret-$((40 + 2)); sleep 0.1; done")
                .start();
        session.awaitLine("secret-42", LIMIT);

        lab.recorders.broken = true;

        assertThat(session.awaitExit(LIMIT)).isEqualTo(255);
        assertThat(session.output()).contains("This session must be recorded and cannot be: the disk is full");
        Await.until("the end", LIMIT, () -> !lab.measures.endings.isEmpty());
        assertThat(lab.measures.endings).containsExactly("recording-failed");
    }

    @Test
    void withoutARecorderThereIsNoSession() {
        lab.recorders.broken = true;

        ProgramRun run = lab.client().run("echo in");

        assertThat(run.stdout()).isEmpty();
        assertThat(run.stderr()).contains("the disk is full");
    }

    @Test
    void whatIsNotRecordedNeedsNoRecorder() {
        lab.recorders.broken = true;
        lab.control.terms = Terms.recording(Recording.OFF);

        assertThat(lab.client().run("echo in").succeeded().stdout()).isEqualTo("in\n");
    }

    @Test
    void aCommandThatARuleBlocksDoesNotRun() {
        lab.control.terms = Terms.rules(
                new CommandRule("touch .*forbidden", Act.BLOCK, "Not this one."),
                new CommandRule("touch", Act.ALERT, ""));
        Path forbidden = dir.resolve("forbidden");

        ProgramRun run = lab.client().run("touch " + forbidden);
        ProgramRun other = lab.client().run("touch " + dir.resolve("allowed"));

        assertThat(run.exit()).isEqualTo(126);
        assertThat(run.stderr()).contains("sallyport: Not this one.");
        assertThat(forbidden).doesNotExist();
        assertThat(other.exit()).isZero();
        assertThat(lab.control.told(Report.RuleMatched.class)).hasSize(3);
    }

    @Test
    void aTypedCommandIsBlockedBeforeItsEnter() {
        lab.control.terms = Terms.rules(new CommandRule("touch .*forbidden", Act.BLOCK, "Not this one."));
        Path forbidden = dir.resolve("forbidden");

        ProgramRun run = lab.client()
                .argument("-tt")
                .limit(LIMIT)
                .run("bash --norc", "touch " + forbidden + "\rtouch " + dir.resolve("fine") + "\rexit\r");

        assertThat(forbidden).doesNotExist();
        assertThat(dir.resolve("fine")).exists();
        assertThat(run.stdout()).contains("Not this one.");
    }

    @Test
    void aDrainingGatewayStartsNothingAndEndsTheRest() {
        ChildProcess session = open();

        lab.gateway.drain(Duration.ofMillis(100));

        assertThat(session.awaitExit(LIMIT)).isEqualTo(255);
        assertThat(session.output()).contains("The gateway is being stopped.");
        assertThat(lab.client().run("true").stderr()).contains("being stopped");
    }

    @Test
    void anEndDoesNotWaitForTheControlPlane() {
        ChildProcess session = open();
        lab.control.endsAt = clock.instant();
        lab.control.away = true;

        clock.advance(Duration.ofHours(2));

        assertThat(session.awaitExit(LIMIT)).isEqualTo(255);
        lab.control.away = false;
    }

    @Test
    void aSessionThatCannotBeNotedIsNotBegun() {
        lab.full = true;
        ChildProcess refused = lab.client().start("echo in").start();
        assertThat(refused.awaitExit(LIMIT)).isEqualTo(255);
        assertThat(refused.output())
                .contains("cannot write down that a session begins")
                .doesNotContain("No space");
        assertThat(lab.control.opened).isEmpty();

        lab.full = false;

        assertThat(lab.client().run("echo in").stdout()).isEqualTo("in\n");
    }

    @Test
    void aSessionThatIsKilledWhileItIsOpenedNeverBegins() {
        Path ran = dir.resolve("ran");
        lab.control.whileOpening = () -> lab.control.order(new Order.Kill("sec", "too early"));

        ChildProcess session = lab.client().start("touch " + ran + "; sleep 60").start();

        assertThat(session.awaitExit(LIMIT)).isEqualTo(255);
        Await.until(
                "the report", LIMIT, () -> lab.control.told(Report.Closed.class).size() == 1);
        assertThat(lab.control.told(Report.Closed.class).getFirst().reason()).isEqualTo("killed");
        assertThat(ran).doesNotExist();
    }

    @Test
    void whoLeavesWhileTheSessionIsOpenedLeavesNothingBehind() {
        var gone = new CountDownLatch(1);
        lab.control.whileOpening = () -> {
            try {
                gone.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        ChildProcess client = lab.client().start("sleep 600").start();
        Await.until("the opening", LIMIT, () -> lab.control.opened.size() == 1);
        client.kill();
        gone.countDown();

        Await.until(
                "the close", LIMIT, () -> lab.control.told(Report.Closed.class).size() == 1);
        Await.until("no session", LIMIT, () -> lab.gateway.sessions() == 0);
    }

    private ChildProcess open() {
        ChildProcess session =
                lab.client().argument("-tt").start("echo ready; sleep 600").start();
        session.awaitLine("ready", LIMIT);
        return session;
    }

    private String shown() {
        return lab.control.frames.stream()
                .map(frame -> new String(frame.output().toArray(), StandardCharsets.UTF_8))
                .collect(Collectors.joining());
    }

    private long pictures() {
        return lab.control.frames.stream().filter(LiveFrame::isPicture).count();
    }

    private static long ticks(ChildProcess session) {
        return session.output().lines().filter(line -> line.contains("tick")).count();
    }

    /** Whether the number of ticks has stayed the same over ten looks. */
    private static final class Quiet {
        private final ChildProcess session;
        private long last = -1;
        private int same;

        Quiet(ChildProcess session) {
            this.session = session;
        }

        boolean holds() {
            long now = ticks(session);
            same = now == last ? same + 1 : 0;
            last = now;
            return same >= 10;
        }
    }
}
