package dev.sallyport.server.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.Await;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ScrollbackTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Scrollback scrollback = new Scrollback();

    @Test
    void whatWasWrittenIsReadFromAnyPlaceThatIsStillKept() throws Exception {
        write("one two");

        assertThat(read(0)).isEqualTo("one two");
        assertThat(read(4)).isEqualTo("two");
        assertThat(read(99)).isEmpty();
    }

    @Test
    void whoWritesWaitsUntilSomebodyHasSeenEnough() throws Exception {
        var written = new AtomicInteger();
        var piece = new byte[Scrollback.UNSEEN / 3];
        Thread writer = Thread.ofVirtual().start(() -> {
            try {
                while (scrollback.write(piece, piece.length)) {
                    written.incrementAndGet();
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });

        Await.until("the writer waits", LIMIT, () -> written.get() == 3 && writer.getState() == Thread.State.WAITING);
        scrollback.seen(piece.length);
        Await.until("it goes on", LIMIT, () -> written.get() == 4);

        assertThat(scrollback.nearest(0)).as("the whole of it is still there").isZero();
        scrollback.close();
        assertThat(writer.join(LIMIT)).isTrue();
    }

    @Test
    void whatIsTooOldIsPassedOver() throws Exception {
        var piece = new byte[Scrollback.UNSEEN];
        scrollback.write(piece, piece.length);
        scrollback.seen(piece.length);
        scrollback.write(piece, piece.length);

        long kept = 2L * Scrollback.UNSEEN - Scrollback.KEPT;
        assertThat(scrollback.nearest(0)).isEqualTo(kept);
        assertThat(scrollback.after(0, Duration.ZERO).at()).isEqualTo(kept);
    }

    @Test
    void nobodyHasSeenMoreThanThereIs() throws Exception {
        write("abc");
        scrollback.seen(1_000);
        write("def");

        assertThat(read(3)).isEqualTo("def");
        assertThat(scrollback.isOver(6)).isFalse();
        scrollback.close();
        assertThat(scrollback.isOver(3)).isFalse();
        assertThat(scrollback.isOver(6)).isTrue();
    }

    private void write(String text) throws InterruptedException {
        scrollback.write(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII), text.length());
    }

    private String read(long from) throws InterruptedException {
        var bytes = scrollback.after(from, Duration.ZERO).bytes();
        return java.nio.charset.StandardCharsets.US_ASCII.decode(bytes).toString();
    }
}
