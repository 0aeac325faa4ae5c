package dev.sallyport.formats.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordingTest {
    private static final List<Event.Stream> STREAMS = List.of(Event.Stream.values());
    private static final List<Entry> EVERY_KIND = List.of(
            new Entry(0, 1, new Event.Opened(Event.ChannelType.TERMINAL, "")),
            new Entry(1, 1, new Event.Terminal("xterm", 120, 40)),
            new Entry(2, 1, new Event.Environment("LANG", "C.UTF-8")),
            new Entry(3, 1, new Event.Started(Event.Start.SHELL, "")),
            Samples.output(100, 1, "$ "),
            Samples.input(200, 1, "l"),
            Samples.output(201, 1, "l"),
            new Entry(202, 1, new Event.Data(Event.Stream.ERROR, new byte[] {0, -1, 27})),
            new Entry(300, 1, new Event.Resized(80, 24)),
            new Entry(400, 2, new Event.FileOperation("read", "/etc/motd", "", 12, Optional.of("ab".repeat(32)))),
            new Entry(401, 2, new Event.FileOperation("rename", "/a", "/b", 0, Optional.empty())),
            new Entry(402, 3, new Event.Opened(Event.ChannelType.OPAQUE, "direct-tcpip db:5432")),
            new Entry(403, 3, new Event.Closed(1 << 20, 1L << 40)),
            new Entry(500, 0, new Event.Watched("lead", true)),
            new Entry(501, 0, new Event.Message("lead", "stop, please")),
            new Entry(502, 0, new Event.Paused("lead", true)),
            new Entry(503, 0, new Event.Marked("rule", "rm -rf")),
            new Entry(504, 0, new Event.Gap(3, 4000, "No space left on device")),
            new Entry(600, 1, new Event.Ended(Event.Stream.INPUT)),
            new Entry(601, 1, new Event.Signalled("TERM", false, "")),
            new Entry(602, 1, new Event.Exited(255)),
            new Entry(603, 1, new Event.Unknown(30, "00ff")));

    @Test
    void everyKindOfEventComesBackAsItWas() {
        byte[] recording = Samples.recording(Samples.sealer("ses_a"), EVERY_KIND, true);

        assertThat(Samples.read(recording)).isEqualTo(EVERY_KIND);
    }

    @Test
    void manyChunksWithHistoryComeBack() throws Exception {
        var entries = Samples.bulk(100_000, 1);
        byte[] recording = Samples.recording(Samples.sealer("ses_a"), entries, true);

        var found = RecordingVerifier.verify(RecordingSource.of(recording));
        assertThat(found.chunks()).isGreaterThan(10);
        assertThat(found.ending()).isEqualTo(new Ending.Complete());
        assertThat(Samples.read(recording)).isEqualTo(entries);
    }

    @Test
    void anyBytesAtAnyPaceComeBackWhateverWasJoined() {
        var random = new Random(7);
        var entries = new ArrayList<Entry>();
        long at = 0;
        for (int i = 0; i < 3000; i++) {
            var bytes = new byte[random.nextInt(random.nextInt(20) == 0 ? 5000 : 20)];
            random.nextBytes(bytes);
            at += random.nextInt(30);
            entries.add(new Entry(at, random.nextInt(3), new Event.Data(STREAMS.get(random.nextInt(3)), bytes)));
        }

        var read = Samples.read(Samples.recording(Samples.sealer("ses_a"), entries, true));

        for (int channel = 0; channel < 3; channel++) {
            for (var stream : Event.Stream.values()) {
                assertThat(bytes(read, channel, stream)).isEqualTo(bytes(entries, channel, stream));
            }
        }
        assertThat(read).isSortedAccordingTo(java.util.Comparator.comparingLong(Entry::millis));
    }

    @Test
    void textBetweenWhatCannotBeCompressedComesBackAndIsSmall() {
        var random = new Random(17);
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < 60; i++) {
            var bytes = new byte[32 * 1024];
            if (i / 10 % 2 == 0) {
                random.nextBytes(bytes);
            } else {
                Arrays.fill(bytes, (byte) ('a' + i % 26));
            }
            entries.add(new Entry(i * 100L, 1, new Event.Data(Event.Stream.OUTPUT, bytes)));
        }

        byte[] recording = Samples.recording(Samples.sealer("ses_a"), entries, true);

        assertThat(Samples.read(recording)).isEqualTo(entries);
        assertThat(recording.length).isLessThan(30 * 32 * 1024 + 60_000);
    }

    @Test
    void contentThatLooksLikeADictionaryIsContent() {
        var bytes = new byte[300_000];
        for (int i = 0; i < bytes.length; i += 4) {
            System.arraycopy(new byte[] {0x37, (byte) 0xa4, 0x30, (byte) 0xec}, 0, bytes, i, 4);
        }
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < 40; i++) {
            entries.add(new Entry(i * 100L, 1, new Event.Data(Event.Stream.OUTPUT, Arrays.copyOf(bytes, 32 * 1024))));
        }

        assertThat(Samples.read(Samples.recording(Samples.sealer("ses_a"), entries, true)))
                .isEqualTo(entries);
    }

    @Test
    void anotherKeyDoesNotOpenIt() {
        byte[] recording = Samples.recording(Samples.sealer("ses_a"), EVERY_KIND, true);
        var source = RecordingSource.of(recording);

        refuses("recording.not-opened", () -> RecordingReader.open(source, RecordingKeyPair.generate("rec-1")));
        refuses("recording.not-opened", () -> RecordingReader.open(source, RecordingKeyPair.generate("rec-2")));
    }

    @Test
    void aStoredPrivateKeyOpensIt() throws Exception {
        var again = RecordingKeyPair.of(Samples.KEYS.publicKey(), Samples.KEYS.privateHex());
        byte[] recording = Samples.recording(Samples.sealer("ses_a"), EVERY_KIND, true);

        assertThat(RecordingReader.open(RecordingSource.of(recording), again)
                        .header()
                        .session())
                .isEqualTo("ses_a");
    }

    @Test
    void everyFlippedBitIsFoundWithoutTheKeyOrWithIt() {
        byte[] recording = Samples.recording(Samples.sealer("ses_a"), EVERY_KIND, true);

        for (int at = 0; at < recording.length; at++) {
            byte[] bad = recording.clone();
            bad[at] ^= (byte) (1 << at % 8);
            int place = at;
            assertThatThrownBy(() -> Samples.read(bad), "byte " + place).isInstanceOf(Refusal.class);
        }
    }

    @Test
    void whoRewritesTheChainAsWellIsFoundWithTheKey() {
        byte[] recording = Samples.recording(Samples.sealer("ses_a"), Samples.bulk(20_000, 2), true);
        var chunks = chunks(recording);

        assertThat(chunks).hasSizeGreaterThan(3);
        refuses("recording.damaged", () -> Samples.read(rechained(recording, swapped(chunks, 1, 2))));
        refuses("recording.damaged", () -> Samples.read(rechained(recording, without(chunks, 1))));
        var other = Samples.recording(Samples.sealer("ses_a"), Samples.bulk(20_000, 3), true);
        var mixed = new ArrayList<>(chunks);
        mixed.set(1, chunks(other).get(1));
        refuses("recording.damaged", () -> Samples.read(rechained(recording, mixed)));
    }

    @Test
    void aRecordingWhoseEndIsMissingIsUnfinishedNotComplete() throws Exception {
        byte[] recording = Samples.recording(Samples.sealer("ses_a"), Samples.bulk(20_000, 2), true);
        byte[] cut = rechained(
                recording, without(chunks(recording), chunks(recording).size() - 1));

        assertThat(RecordingVerifier.verify(RecordingSource.of(cut)).ending()).isEqualTo(new Ending.Unfinished());
        refuses("recording.incomplete", () -> Samples.read(Arrays.copyOf(recording, recording.length - 1)));
    }

    @Test
    void bytesAfterTheEndAreRefused() {
        byte[] recording = Samples.recording(Samples.sealer("ses_a"), EVERY_KIND, true);

        refuses("recording.malformed", () -> Samples.read(Arrays.copyOf(recording, recording.length + 1)));
    }

    @Test
    void readingCanBeginLater() throws Exception {
        var entries = Samples.bulk(300_000, 4);
        byte[] recording = Samples.recording(Samples.sealer("ses_a"), entries, true);
        var reader = RecordingReader.open(RecordingSource.of(recording), Samples.KEYS);

        assertThat(reader.keyFrames()).isGreaterThan(2);
        for (long from :
                new long[] {0, 1, 2_000_000, 5_000_000, entries.getLast().millis(), 99_000_000}) {
            var later = new ArrayList<Entry>();
            assertThat(reader.eventsFrom(from, later::add)).isEqualTo(new Ending.Complete());
            assertThat(later)
                    .isEqualTo(entries.stream().filter(e -> e.millis() >= from).toList());
        }
    }

    @Test
    void whatWasAnnouncedIsTheBeginningOfWhatIsThere() throws Exception {
        var sealer = Samples.sealer("ses_a");
        var announced = new ArrayList<RunningHash>();
        var out = new ByteArrayOutputStream();
        out.writeBytes(sealer.header());
        announced.add(sealer.runningHash());
        for (var entry : Samples.bulk(20_000, 5)) {
            sealer.written(sealer.add(List.of(entry)));
            if (entry.millis() % 7000 == 0) {
                announced.add(sealer.runningHash());
            }
            if (sealer.isFull()) {
                var chunk = sealer.seal(false);
                out.writeBytes(chunk.bytes());
                sealer.written(chunk);
            }
        }
        out.writeBytes(sealer.seal(true).bytes());
        var source = RecordingSource.of(out.toByteArray());
        byte[] other = Samples.recording(Samples.sealer("ses_a"), Samples.bulk(20_000, 5), true);

        RecordingVerifier.verify(source, announced);
        RecordingReader.open(source, Samples.KEYS).events(_ -> {}, announced);
        refuses(
                "recording.not-the-one-announced",
                () -> RecordingVerifier.verify(RecordingSource.of(other), announced));
        var last = announced.getLast();
        var wrong = new RunningHash(last.chunks(), last.chain(), last.events(), "0".repeat(64));
        refuses(
                "recording.not-the-one-announced",
                () -> RecordingReader.open(source, Samples.KEYS).events(_ -> {}, List.of(wrong)));
    }

    @Test
    void aCrashAtAnyByteIsClosedAsCutShortWithEverythingTheJournalKept() throws Exception {
        var sealer = Samples.sealer("ses_a");
        byte[] header = sealer.header();
        var journal = new ByteArrayOutputStream();
        var ends = new ArrayList<Integer>();
        for (var entry : EVERY_KIND) {
            var fragment = sealer.add(List.of(entry));
            journal.writeBytes(fragment.bytes());
            sealer.written(fragment);
            ends.add(journal.size());
        }
        byte[] kept = journal.toByteArray();

        for (int at = 0; at <= kept.length; at++) {
            int cut = at;
            var plan = Recovery.plan(
                    new ByteArrayInputStream(header),
                    List.of(new byte[0], Arrays.copyOf(kept, at)),
                    Samples.STARTED.plusSeconds(60),
                    1000,
                    "killed");
            var read = Samples.read(recovered(header, plan));

            long whole = ends.stream().filter(end -> end <= cut).count();
            assertThat(read).isEqualTo(EVERY_KIND.subList(0, (int) whole));
            assertThat(plan.ending()).isInstanceOf(Ending.CutShort.class);
        }
    }

    @Test
    void aRecordingCutAtAnyByteKeepsItsWholeChunks() throws Exception {
        byte[] recording = Samples.recording(Samples.sealer("ses_a"), Samples.bulk(20_000, 6), true);
        int header = (int) chunkPositions(recording).getFirst().longValue();
        var random = new Random(8);

        for (int round = 0; round < 60; round++) {
            int at = header + random.nextInt(recording.length - header);
            byte[] cut = Arrays.copyOf(recording, at);
            var plan = Recovery.plan(
                    new ByteArrayInputStream(cut), List.of(), Samples.STARTED.plusSeconds(60), 1000, "killed");
            byte[] closed = recovered(cut, plan);

            long whole = chunkPositions(recording).stream().filter(p -> p <= at).count() - 1;
            var found = RecordingVerifier.verify(RecordingSource.of(closed));
            assertThat(found.chunks()).isEqualTo(whole);
            assertThat(found.ending()).isEqualTo(plan.ending());
            Samples.read(closed);
        }
    }

    @Test
    void withoutAWholeHeaderThereIsNothingToRecover() {
        byte[] header = Samples.sealer("ses_a").header();

        for (int at = 0; at < header.length; at++) {
            byte[] cut = Arrays.copyOf(header, at);
            assertThatThrownBy(() ->
                            Recovery.plan(new ByteArrayInputStream(cut), List.of(), Samples.STARTED, 1000, "killed"))
                    .isInstanceOf(Refusal.class);
        }
    }

    @Test
    void anOlderJournalIsNotTakenForTheNewestChunks() throws Exception {
        var sealer = Samples.sealer("ses_a");
        var out = new ByteArrayOutputStream();
        out.writeBytes(sealer.header());
        var fragment = sealer.add(List.of(Samples.output(5, 1, "old")));
        sealer.written(fragment);
        var chunk = sealer.seal(false);
        out.writeBytes(chunk.bytes());
        sealer.written(chunk);

        var plan = Recovery.plan(
                new ByteArrayInputStream(out.toByteArray()),
                List.of(fragment.bytes()),
                Samples.STARTED,
                1000,
                "killed");

        assertThat(Samples.read(recovered(out.toByteArray(), plan))).containsExactly(Samples.output(5, 1, "old"));
    }

    @Test
    void mutatedRecordingsAreRefusedAndNeverAFault() {
        byte[] good = Samples.recording(Samples.sealer("ses_a"), EVERY_KIND, true);
        var random = new Random(42);

        for (int round = 0; round < 5000; round++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(4) == 0 ? random.nextInt(good.length) : good.length);
            for (int i = random.nextInt(4); i >= 0 && bad.length > 0; i--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                Samples.read(bad);
            } catch (Refusal refusal) {
                assertThat(refusal.code()).startsWith("recording.");
            }
        }
    }

    @Test
    void mutatedContentsAreRefusedAndNeverAFault() {
        var pending = new Pending(0);
        var rows = new Packer();
        EVERY_KIND.forEach(entry -> pending.add(entry, rows));
        byte[] columns = pending.columns().toBytes();
        var random = new Random(43);

        for (int round = 0; round < 20_000; round++) {
            byte[] badColumns = mutated(columns, random);
            byte[] badContent = mutated(pending.content().toBytes(), random);
            byte[] badRows = mutated(rows.toBytes(), random);
            survives(() -> Columns.read(new Unpacker("c", badColumns), pending.events(), 0, badContent));
            survives(() -> Columns.readRows(new Unpacker("r", badRows), 0, new ArrayList<>()));
        }
    }

    private static void survives(Runnable reading) {
        try {
            reading.run();
        } catch (Refusal refusal) {
            assertThat(refusal.code()).startsWith("recording.");
        }
    }

    private static byte[] mutated(byte[] good, Random random) {
        byte[] bad = Arrays.copyOf(good, random.nextInt(8) == 0 ? random.nextInt(good.length) : good.length);
        if (bad.length > 0) {
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bad;
    }

    private static byte[] recovered(byte[] file, Recovery.Plan plan) {
        var out = new ByteArrayOutputStream();
        out.write(file, 0, (int) plan.keep());
        out.writeBytes(plan.append());
        return out.toByteArray();
    }

    private static byte[] bytes(List<Entry> entries, int channel, Event.Stream stream) {
        var out = new ByteArrayOutputStream();
        for (var entry : entries) {
            if (entry.channel() == channel && entry.event() instanceof Event.Data data && data.stream() == stream) {
                out.writeBytes(data.bytes());
            }
        }
        return out.toByteArray();
    }

    private static List<RecordStream.Chunk> chunks(byte[] recording) {
        var chunks = new ArrayList<RecordStream.Chunk>();
        var records = new RecordStream(new ByteArrayInputStream(recording));
        for (var record = records.next(); record != null; record = records.next()) {
            chunks.add((RecordStream.Chunk) record);
        }
        return chunks;
    }

    private static List<Long> chunkPositions(byte[] recording) {
        var positions = new ArrayList<>(
                chunks(recording).stream().map(RecordStream.Chunk::position).toList());
        positions.add((long) recording.length);
        return positions;
    }

    private static List<RecordStream.Chunk> swapped(List<RecordStream.Chunk> chunks, int one, int other) {
        var all = new ArrayList<>(chunks);
        java.util.Collections.swap(all, one, other);
        return all;
    }

    private static List<RecordStream.Chunk> without(List<RecordStream.Chunk> chunks, int index) {
        var all = new ArrayList<>(chunks);
        all.remove(index);
        return all;
    }

    /** The chunks in this order, with indexes and a chain that a forger would make for them. */
    private static byte[] rechained(byte[] recording, List<RecordStream.Chunk> chunks) {
        var out = new ByteArrayOutputStream();
        int header = (int) chunkPositions(recording).getFirst().longValue();
        out.write(recording, 0, header);
        byte[] chain = Chain.start(Arrays.copyOf(recording, header));
        for (int i = 0; i < chunks.size(); i++) {
            byte[] head = chunks.get(i).sealed().head().clone();
            head[2] = (byte) i;
            chain = Chain.next(chain, head, chunks.get(i).sealed().body());
            out.writeBytes(head);
            out.writeBytes(chunks.get(i).sealed().body());
            out.writeBytes(chain);
        }
        return out.toByteArray();
    }

    private static void refuses(String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(code));
    }
}
