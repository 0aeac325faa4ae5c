package dev.sallyport.gateway.recorder;

import dev.sallyport.base.Refusal;
import dev.sallyport.formats.recording.Ending;
import dev.sallyport.formats.recording.RecordingKey;
import dev.sallyport.formats.recording.Recovery;
import dev.sallyport.formats.recording.Sealer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The folder where recordings grow: {@code SESSION.part} and {@code SESSION.journal} while a session goes on,
 * {@code SESSION.rec} when the recording is closed and waits to be shipped. One process at a time; mode 0700.
 */
public final class Spool implements AutoCloseable {
    static final String PART = ".part";
    static final String JOURNAL = ".journal";
    static final String CLOSED = ".rec";
    static final String DAMAGED = ".damaged";

    private static final int SYNC_THREADS = 4;

    private final Path folder;
    private final RecorderLimits limits;
    private final RecorderWatch watch;
    private final SpoolFile.Opener opener;
    private final FolderLock lock;
    private final Map<String, SessionRecorder> open = new ConcurrentHashMap<>();
    private final Set<String> abandoned = ConcurrentHashMap.newKeySet();
    private final Set<SessionRecorder> ticking = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService clockwork;

    public Spool(Path folder, RecorderLimits limits, RecorderWatch watch) throws IOException {
        this(folder, limits, watch, DiskFile::create);
    }

    Spool(Path folder, RecorderLimits limits, RecorderWatch watch, SpoolFile.Opener opener) throws IOException {
        this.folder = folder;
        this.limits = limits;
        this.watch = watch;
        this.opener = opener;
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        lock = FolderLock.take(folder)
                .orElseThrow(() -> RecorderRefusal.SPOOL_IN_USE.because(
                        "the spool " + folder + " is used by another process (expected: one gateway for each spool)"));
        clockwork = Executors.newScheduledThreadPool(
                SYNC_THREADS, Thread.ofPlatform().name("spool-", 0).daemon().factory());
        long every = limits.syncEvery().toNanos();
        var _ = clockwork.scheduleAtFixedRate(this::tick, every, every, TimeUnit.NANOSECONDS);
    }

    /**
     * Starts the recording of a session.
     *
     * @throws Refusal in either mode if not even the header can be written: then there is no session
     */
    public SessionRecorder start(
            String session, Instant started, Map<String, ?> metadata, RecordingMode mode, RecordingKey key) {
        var sealer = new Sealer(session, started, metadata, key);
        try {
            var recording = opener.open(folder.resolve(session + PART));
            var journal = opener.open(folder.resolve(session + JOURNAL));
            var recorder = new SessionRecorder(
                    session, mode, this, new SessionFiles(recording, journal, sealer.header()), sealer);
            open.put(session, recorder);
            ticking.add(recorder);
            return recorder;
        } catch (IOException e) {
            throw RecorderRefusal.SPOOL_UNWRITABLE.because("the recording of " + session + " cannot be started: " + e);
        }
    }

    /** Closes what failed recorders of this process left open; each becomes ready to ship. */
    public List<Recovered> recoverAbandoned(Instant now, String reason) throws IOException {
        var recovered = new ArrayList<Recovered>();
        for (String session : List.copyOf(abandoned)) {
            Path part = folder.resolve(session + PART);
            if (Files.exists(part)) {
                recovered.add(recover(session, part, now, reason));
            }
            abandoned.remove(session);
        }
        return recovered;
    }

    /** Closes what an earlier process, or a failed recorder, left open; each becomes ready to ship. */
    public List<Recovered> recover(Instant now, String reason) throws IOException {
        var recovered = new ArrayList<Recovered>();
        for (Path part : files(PART)) {
            String session = name(part, PART);
            if (!open.containsKey(session)) {
                recovered.add(recover(session, part, now, reason));
            }
        }
        return recovered;
    }

    /**
     * A recording that was closed by recovery.
     *
     * @param ending complete if only the last step was missing, otherwise cut short
     */
    public record Recovered(String session, Ending ending, boolean readable) {}

    private Recovered recover(String session, Path part, Instant now, String reason) throws IOException {
        Path journal = folder.resolve(session + JOURNAL);
        Recovery.Plan plan;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(part))) {
            long lost = limits.syncEvery().plus(limits.slowestSync()).toMillis();
            plan = Recovery.plan(in, regions(journal), now, lost, reason);
        } catch (Refusal e) {
            // not even the header was written: no event can have been taken
            Files.move(part, folder.resolve(session + ".unreadable"), StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(journal);
            return new Recovered(session, new Ending.CutShort(0, now, 0, e.sentence()), false);
        }
        try (DiskFile file = DiskFile.open(part)) {
            file.cut(plan.keep());
            file.write(plan.keep(), plan.append());
            file.force();
        }
        finished(session);
        return new Recovered(session, plan.ending(), true);
    }

    private static List<byte[]> regions(Path journal) throws IOException {
        if (!Files.exists(journal)) {
            return List.of();
        }
        byte[] all = Files.readAllBytes(journal);
        int middle = Math.min(all.length, SessionFiles.REGION);
        return List.of(java.util.Arrays.copyOf(all, middle), java.util.Arrays.copyOfRange(all, middle, all.length));
    }

    /** Recordings that are closed and wait to be shipped. */
    public List<Path> closed() throws IOException {
        return files(CLOSED);
    }

    /** Sessions that are being recorded now. */
    public int sessions() {
        return open.size();
    }

    /** Bytes that the spool takes, to be watched. */
    public long bytes() throws IOException {
        long sum = 0;
        try (var all = Files.list(folder)) {
            for (Path file : all.toList()) {
                sum += Files.exists(file) ? Files.size(file) : 0;
            }
        }
        return sum;
    }

    RecorderLimits limits() {
        return limits;
    }

    RecorderWatch watch() {
        return watch;
    }

    /** The recording is whole on the disk: it gets its final name, and only then its journal goes. */
    void finished(String session) throws IOException {
        Files.move(folder.resolve(session + PART), folder.resolve(session + CLOSED), StandardCopyOption.ATOMIC_MOVE);
        forceFolder(folder);
        Files.deleteIfExists(folder.resolve(session + JOURNAL));
    }

    static void forceFolder(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }

    /** The recorder is done; what it could not close is for recovery. */
    void left(SessionRecorder recorder, boolean whole) {
        ticking.remove(recorder);
        open.remove(recorder.session(), recorder);
        if (!whole) {
            abandoned.add(recorder.session());
        }
    }

    private void tick() {
        ticking.forEach(recorder -> clockwork.execute(recorder::tick));
    }

    private List<Path> files(String ending) throws IOException {
        try (var all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    static String name(Path file, String ending) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - ending.length());
    }

    /** Stops forcing and lets another process in; recorders that are still open are left for recovery. */
    @Override
    public void close() throws IOException {
        clockwork.shutdownNow();
        lock.close();
    }
}
