package dev.sallyport.gateway.recorder;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import dev.sallyport.formats.recording.Ending;
import dev.sallyport.formats.recording.Entry;
import dev.sallyport.formats.recording.Event;
import dev.sallyport.formats.recording.RecordingKeyPair;
import dev.sallyport.formats.recording.RecordingReader;
import dev.sallyport.formats.recording.RecordingSource;
import dev.sallyport.formats.recording.Sealer;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.ChildJvm;
import dev.sallyport.testkit.ChildProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionRecorderTest {
    private static final RecordingKeyPair KEYS = RecordingKeyPair.generate("rec-1");
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final List<String> failures = new CopyOnWriteArrayList<>();

    @TempDir
    Path folder;

    @Test
    void aClosedRecordingIsWholeAndItsJournalIsGone() throws Exception {
        try (var spool = spool(RecorderLimits.USUAL, DiskFile::create)) {
            var recorder = start(spool, RecordingMode.STRICT);
            recorder.append(List.of(output(0, "hello "), output(30, "world")));
            recorder.close();

            assertThat(spool.sessions()).isZero();
            assertThat(read(spool.closed().getFirst(), new Ending.Complete())).isEqualTo("hello world");
            assertThat(folder.resolve("ses_a.journal")).doesNotExist();
            assertThatThrownBy(() -> recorder.append(output(40, "more")))
                    .isInstanceOfSatisfying(
                            Refusal.class, r -> assertThat(r.code()).isEqualTo("recorder.closed"));
        }
    }

    @Test
    void manyChannelsMayWriteAtOnce() throws Exception {
        try (var spool = spool(RecorderLimits.USUAL, DiskFile::create)) {
            var recorder = start(spool, RecordingMode.STRICT);
            var threads = new ArrayList<Thread>();
            for (int channel = 1; channel <= 8; channel++) {
                int number = channel;
                threads.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < 2000; i++) {
                        recorder.append(new Entry(
                                i,
                                number,
                                new Event.Data(Event.Stream.OUTPUT, (number + ":" + i + "\n").getBytes(UTF_8))));
                    }
                }));
            }
            for (var thread : threads) {
                thread.join();
            }
            var hash = recorder.runningHash();
            recorder.close();

            var counts = new int[9];
            RecordingReader.open(RecordingSource.of(spool.closed().getFirst()), KEYS)
                    .events(
                            entry -> {
                                if (entry.event() instanceof Event.Data data) {
                                    counts[entry.channel()] += (int) new String(data.bytes(), UTF_8)
                                            .chars()
                                            .filter(c -> c == '\n')
                                            .count();
                                }
                            },
                            List.of(hash));
            assertThat(counts).containsExactly(0, 2000, 2000, 2000, 2000, 2000, 2000, 2000, 2000);
        }
    }

    @Test
    void moreThanTheJournalHoldsGoesToTheRecording() throws Exception {
        String big = "0123456789abcdef".repeat(200_000);
        try (var spool = spool(RecorderLimits.USUAL, DiskFile::create)) {
            var recorder = start(spool, RecordingMode.STRICT);
            for (int at = 0; at < big.length(); at += 30_000) {
                recorder.append(output(at / 1000, big.substring(at, Math.min(big.length(), at + 30_000))));
            }
            recorder.close();

            assertThat(read(spool.closed().getFirst(), new Ending.Complete())).isEqualTo(big);
        }
    }

    @Test
    void bulkBetweenWhatIsTypedIsThereInItsOrder() throws Exception {
        String piece = "0123456789abcdef".repeat(Sealer.BULK / 8);
        var all = new StringBuilder();
        try (var spool = spool(RecorderLimits.USUAL, DiskFile::create)) {
            var recorder = start(spool, RecordingMode.STRICT);
            for (int i = 0; i < 40; i++) {
                String next = i % 3 == 0 ? "$ " + i : piece + i;
                recorder.append(output(i, next));
                all.append(next);
            }
            recorder.close();

            assertThat(read(spool.closed().getFirst(), new Ending.Complete())).isEqualTo(all.toString());
        }
    }

    @Test
    void bulkThatWasTakenSurvivesARecorderThatIsGone() throws Exception {
        String piece = "0123456789abcdef".repeat(Sealer.BULK / 8);
        try (var spool = spool(RecorderLimits.USUAL, DiskFile::create)) {
            var recorder = start(spool, RecordingMode.STRICT);
            recorder.append(output(0, "before "));
            recorder.append(output(1, piece));
            recorder.append(output(2, " after"));
        }

        try (var spool = spool(RecorderLimits.USUAL, DiskFile::create)) {
            var recovered = spool.recover(NOW, "the gateway was stopped");

            assertThat(recovered).hasSize(1);
            assertThat(read(spool.closed().getFirst(), recovered.getFirst().ending()))
                    .isEqualTo("before " + piece + " after");
        }
    }

    @Test
    void packetsOfWhatCannotBeCompressedAreWrittenOnce() throws Exception {
        var random = new Random(4);
        try (var spool = spool(RecorderLimits.USUAL, DiskFile::create)) {
            var recorder = start(spool, RecordingMode.STRICT);
            recorder.append(noise(random, Sealer.BULK));
            for (int i = 1; i < 20; i++) {
                recorder.append(noise(random, 32 * 1024));
            }

            assertThat(folder.resolve("ses_a.journal")).isEmptyFile();

            recorder.append(output(30, "a few words"));

            assertThat(folder.resolve("ses_a.journal")).isNotEmptyFile();
            recorder.close();
        }
    }

    @Test
    void bulkThatCannotBeWrittenIsRefusedInStrict() throws Exception {
        String piece = "0123456789abcdef".repeat(Sealer.BULK / 8);
        var full = new AtomicBoolean();
        try (var spool = spool(RecorderLimits.USUAL, file -> new FullDisk(DiskFile.create(file), full))) {
            var strict = start(spool, RecordingMode.STRICT);
            full.set(true);

            refuses("recorder.spool-unwritable", () -> strict.append(output(0, piece)));
            strict.close();
        }
    }

    @Test
    void strictFailsForGoodWhenTheSpoolCannotBeWritten() throws Exception {
        var full = new AtomicBoolean();
        try (var spool = spool(RecorderLimits.USUAL, file -> new FullDisk(DiskFile.create(file), full))) {
            var recorder = start(spool, RecordingMode.STRICT);
            recorder.append(output(0, "before"));
            full.set(true);

            refuses("recorder.spool-unwritable", () -> recorder.append(output(30, "lost")));
            full.set(false);
            refuses("recorder.spool-unwritable", () -> recorder.append(output(60, "after")));
            recorder.close();

            assertThat(failures).containsExactly("STRICT recorder.spool-unwritable");
            var recovered = spool.recover(NOW, "the spool could not be written");
            assertThat(recovered).hasSize(1);
            assertThat(read(spool.closed().getFirst(), recovered.getFirst().ending()))
                    .isEqualTo("before");
        }
    }

    @Test
    void bestEffortGoesOnAndTheRecordingSaysWhatIsMissing() throws Exception {
        var full = new AtomicBoolean();
        try (var spool = spool(RecorderLimits.USUAL, file -> new FullDisk(DiskFile.create(file), full))) {
            var recorder = start(spool, RecordingMode.BEST_EFFORT);
            recorder.append(output(0, "before"));
            full.set(true);
            recorder.append(output(30, "lost"));
            recorder.append(output(60, "lost too"));
            full.set(false);
            recorder.append(output(90, "after"));
            recorder.close();

            var gaps = new ArrayList<Event>();
            RecordingReader.open(RecordingSource.of(spool.closed().getFirst()), KEYS)
                    .events(entry -> {
                        if (entry.event() instanceof Event.Gap) {
                            gaps.add(entry.event());
                        }
                    });
            assertThat(gaps).hasSize(1);
            assertThat(gaps.getFirst()).isEqualTo(new Event.Gap(3, 18, "No space left on device"));
            assertThat(read(spool.closed().getFirst(), new Ending.Complete())).endsWith("after");
            assertThat(failures).containsExactly("BEST_EFFORT recorder.spool-unwritable");
        }
    }

    @Test
    void aDiskThatDoesNotAnswerIsNoticedWhileItHangs() throws Exception {
        var hang = new CountDownLatch(1);
        var hanging = new AtomicBoolean();
        var limits = new RecorderLimits(
                Duration.ofMillis(300), Duration.ofMillis(50), Duration.ofSeconds(20), Duration.ofMinutes(5));
        try (var spool = spool(limits, file -> new Hanging(DiskFile.create(file), hanging, hang))) {
            var recorder = start(spool, RecordingMode.STRICT);
            hanging.set(true);
            var refused = new CopyOnWriteArrayList<String>();
            var writer = Thread.ofPlatform().start(() -> {
                try {
                    recorder.append(output(0, "x"));
                } catch (Refusal e) {
                    refused.add(e.code());
                }
            });

            Await.until("the alarm", LIMIT, () -> failures.contains("STRICT recorder.spool-slow"));
            assertThat(refused).isEmpty();
            hang.countDown();
            writer.join();
            assertThat(refused).containsExactly("recorder.spool-slow");
            recorder.close();
        }
    }

    @Test
    void whatIsWrittenIsForcedByItselfAndASessionWithoutEventsIsLeftAlone() throws Exception {
        var forced = new AtomicInteger();
        try (var spool = spool(RecorderLimits.USUAL, file -> new Counting(DiskFile.create(file), forced))) {
            var recorder = start(spool, RecordingMode.STRICT);
            int before = forced.get();
            recorder.append(output(0, "x"));

            Await.until("a sync", LIMIT, () -> forced.get() > before);
            recorder.close();
        }
    }

    @Test
    void anIdleSessionIsSealedAndGoesOn() throws Exception {
        var limits = new RecorderLimits(
                Duration.ofSeconds(20), Duration.ofMillis(20), Duration.ofSeconds(20), Duration.ofMillis(60));
        try (var spool = spool(limits, DiskFile::create)) {
            var recorder = start(spool, RecordingMode.STRICT);
            recorder.append(output(0, "one "));
            Await.until("sealing", LIMIT, () -> recorder.runningHash().chunks() == 1);
            recorder.append(output(5000, "two"));
            recorder.close();

            assertThat(read(spool.closed().getFirst(), new Ending.Complete())).isEqualTo("one two");
        }
    }

    @Test
    void aKilledProcessLosesNothingThatWasTaken() throws Exception {
        for (int round = 0; round < 3; round++) {
            Path spoolFolder = folder.resolve("round" + round);
            int taken;
            try (ChildProcess child = ChildJvm.of(RecorderVictim.class)
                    .option("--enable-native-access=ALL-UNNAMED")
                    .run(spoolFolder.toString(), KEYS.publicKey().publicKeyHex())
                    .start()) {
                child.awaitLine("taken " + (300 + round * 400), LIMIT);
                child.kill();
                taken = (int) child.output()
                        .lines()
                        .filter(l -> l.matches("taken [0-9]+"))
                        .count();
            }

            try (var spool = new Spool(spoolFolder, RecorderLimits.USUAL, (_, _, _) -> {})) {
                var recovered = spool.recover(NOW, "the gateway was killed");

                assertThat(recovered).hasSize(1);
                String text =
                        read(spool.closed().getFirst(), recovered.getFirst().ending());
                assertThat(text.lines().count()).isGreaterThanOrEqualTo(taken - 1);
                int number = 0;
                for (String line : text.lines().toList()) {
                    assertThat(line).startsWith("line " + number++ + " ");
                }
                assertThat(spool.recover(NOW, "again")).isEmpty();
            }
        }
    }

    @Test
    void twoProcessesDoNotShareASpool() throws Exception {
        try (var _ = spool(RecorderLimits.USUAL, DiskFile::create)) {
            refuses("recorder.spool-in-use", () -> spool(RecorderLimits.USUAL, DiskFile::create));
        }
    }

    @Test
    void withoutASpoolNoSessionStarts() throws Exception {
        try (var spool = spool(RecorderLimits.USUAL, file -> {
            throw new IOException("No space left on device");
        })) {
            refuses("recorder.spool-unwritable", () -> start(spool, RecordingMode.BEST_EFFORT));
        }
    }

    @Test
    void shippingTakesWhatIsClosedAndTriesAgainWhatFails() throws Exception {
        var store = new FolderStore(folder.resolve("store"));
        var away = new AtomicBoolean(true);
        try (var spool = spool(RecorderLimits.USUAL, DiskFile::create)) {
            var shipping = new Shipping(spool, new Away(store, away));
            var recorder = start(spool, RecordingMode.STRICT);
            recorder.append(output(0, "x"));
            assertThat(shipping.runOnce(NOW)).isEmpty();
            recorder.close();

            assertThat(shipping.runOnce(NOW))
                    .containsExactly(new Shipping.Outcome.Failed("ses_a", 1, NOW.plusSeconds(1), "the store is away"));
            assertThat(shipping.runOnce(NOW)).isEmpty();
            assertThat(spool.closed()).hasSize(1);
            away.set(false);
            assertThat(shipping.runOnce(NOW.plusSeconds(1)).getFirst()).isInstanceOf(Shipping.Outcome.Shipped.class);

            assertThat(spool.closed()).isEmpty();
            assertThat(read(folder.resolve("store/ses_a.rec"), new Ending.Complete()))
                    .isEqualTo("x");
        }
    }

    @Test
    void somethingElseUnderItsNameKeepsTheRecordingInTheSpool() throws Exception {
        var store = new FolderStore(folder.resolve("store"));
        store.put("ses_a.rec", Files.writeString(folder.resolve("other"), "other"));
        try (var spool = spool(RecorderLimits.USUAL, DiskFile::create)) {
            start(spool, RecordingMode.STRICT).close();

            assertThat(new Shipping(spool, store).runOnce(NOW).getFirst()).isInstanceOf(Shipping.Outcome.Failed.class);
            assertThat(spool.closed()).hasSize(1);
        }
    }

    private Spool spool(RecorderLimits limits, SpoolFile.Opener opener) throws IOException {
        return new Spool(folder, limits, (_, mode, why) -> failures.add(mode + " " + why.code()), opener);
    }

    private static SessionRecorder start(Spool spool, RecordingMode mode) {
        return spool.start("ses_a", NOW, Map.of("target", "web-1"), mode, KEYS.publicKey());
    }

    private static Entry noise(Random random, int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return new Entry(0, 1, new Event.Data(Event.Stream.OUTPUT, bytes));
    }

    private static Entry output(long millis, String text) {
        return new Entry(millis, 1, new Event.Data(Event.Stream.OUTPUT, text.getBytes(UTF_8)));
    }

    private static String read(Path file, Ending expected) throws IOException {
        var out = new ByteArrayOutputStream();
        var ending = RecordingReader.open(RecordingSource.of(file), KEYS).events(entry -> {
            if (entry.event() instanceof Event.Data data) {
                out.writeBytes(data.bytes());
            }
        });
        assertThat(ending).isEqualTo(expected);
        return out.toString(UTF_8);
    }

    private static void refuses(String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(code));
    }

    /** A disk that is full while the switch is on. */
    private record FullDisk(SpoolFile file, AtomicBoolean full) implements SpoolFile {
        @Override
        public void write(long position, byte[] bytes) throws IOException {
            if (full.get()) {
                file.write(position, java.util.Arrays.copyOf(bytes, bytes.length / 2));
                throw new IOException("No space left on device");
            }
            file.write(position, bytes);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private record Hanging(SpoolFile file, AtomicBoolean hanging, CountDownLatch until) implements SpoolFile {
        @Override
        public void write(long position, byte[] bytes) throws IOException {
            if (hanging.get()) {
                try {
                    until.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            file.write(position, bytes);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private record Counting(SpoolFile file, AtomicInteger forced) implements SpoolFile {
        @Override
        public void write(long position, byte[] bytes) throws IOException {
            file.write(position, bytes);
        }

        @Override
        public void force() throws IOException {
            forced.incrementAndGet();
            file.force();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private record Away(RecordingStore store, AtomicBoolean away) implements RecordingStore {
        @Override
        public void put(String name, Path file) throws IOException {
            check();
            store.put(name, file);
        }

        @Override
        public java.io.InputStream open(String name) throws IOException {
            check();
            return store.open(name);
        }

        @Override
        public boolean has(String name) throws IOException {
            check();
            return store.has(name);
        }

        private void check() throws IOException {
            if (away.get()) {
                throw new IOException("the store is away");
            }
        }
    }
}
