package dev.sallyport.gateway;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.SessionId;
import dev.sallyport.gateway.recorder.FolderLock;
import dev.sallyport.gateway.wire.Words;
import dev.sallyport.spi.gateway.ControlPlane;
import dev.sallyport.spi.gateway.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * What is to be told to the control plane, in a file per run of the gateway until it has been told: a line per report,
 * written before the call returns and synced within a second. A run's reports are told in their order; what an earlier
 * run left behind is told first. Full, it drops what is least missed: text for the index, then live matters; an end is
 * always kept.
 */
public final class Journal implements Reporter, AutoCloseable {
    /** Reports that may wait; beyond it only ends and what the recorder says are taken. */
    public static final int WAITING_MAX = 100_000;

    /** Reports in one call. */
    static final int BATCH = 500;

    private static final Logger LOG = Logger.getLogger(Journal.class.getName());
    private static final String SUFFIX = ".journal";
    private static final Duration AGAIN = Duration.ofMillis(500);

    private final Path folder;
    private final ControlPlane controlPlane;
    private final GatewayMeasures measures;
    private final Clock clock;
    private final String source;
    private final Path file;
    private final Path begun;
    private final FolderLock folderLock;
    private final FileChannel channel;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Report> waiting = new ArrayDeque<>();
    private final Thread teller;
    private long sequence;
    private long dropped;
    private boolean closed;

    private Journal(Path folder, ControlPlane controlPlane, GatewayMeasures measures, Clock clock) throws IOException {
        this.folder = folder;
        this.controlPlane = controlPlane;
        this.measures = measures;
        this.clock = clock;
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        // another process would end the sessions that this one has open
        folderLock = FolderLock.take(folder)
                .orElseThrow(() -> new IOException("the journal " + folder
                        + " is used by another process (expected: one gateway for each data folder)"));
        source = newSource();
        file = folder.resolve(source + SUFFIX);
        begun = folder.resolve("begun");
        Files.createDirectories(begun);
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        teller = Thread.ofVirtual().name("journal").unstarted(this::tell);
    }

    /** @throws IOException if the folder cannot be used, or another gateway uses it */
    public static Journal open(Path folder, ControlPlane controlPlane, GatewayMeasures measures, Clock clock)
            throws IOException {
        var journal = new Journal(folder, controlPlane, measures, clock);
        journal.endLeftOpen();
        journal.teller.start();
        return journal;
    }

    /** The name of this run. */
    public String source() {
        return source;
    }

    /** Sessions that an earlier run was killed in: nothing passes them any more, and nobody has said so. */
    private void endLeftOpen() throws IOException {
        try (Stream<Path> left = Files.list(begun)) {
            left.sorted().forEach(this::endLeftOpen);
        }
    }

    private void endLeftOpen(Path noted) {
        String name = noted.getFileName().toString();
        SessionId session;
        try {
            session = new SessionId(name);
        } catch (Refusal | IllegalArgumentException _) {
            LOG.warning(() -> noted + " is no session of this gateway; it is left alone");
            return;
        }
        LOG.warning(() -> "the session " + session + " was open when the gateway was stopped");
        report(session, new Report.Closed("gateway-stopped", "the gateway was stopped while it was open", 0, 0));
    }

    /** On the disk before the control plane is asked, so that no end is forgotten. */
    @Override
    public void begin(SessionId session) {
        try {
            Files.createFile(begun.resolve(session.value()));
            try (var directory = FileChannel.open(begun)) {
                directory.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the journal cannot be written", e);
        }
    }

    @Override
    public void notBegun(SessionId session) {
        try {
            Files.deleteIfExists(begun.resolve(session.value()));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "a session that is over stays noted as open", e);
        }
    }

    @Override
    public void report(SessionId session, Report.What what) {
        lock.lock();
        try {
            if (waiting.size() >= WAITING_MAX && !mustBeKept(what)) {
                dropped++;
                if (Long.bitCount(dropped) == 1) {
                    LOG.warning(() -> "the journal is full: " + dropped + " reports dropped so far");
                }
                return;
            }
            var report = new Report(++sequence, clock.instant(), session, what);
            boolean kept = write(report);
            if (kept && what instanceof Report.Closed) {
                notBegun(session);
            }
            waiting.add(report);
            measures.journal(waiting.size());
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Reports that have not been told. */
    public int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    private static boolean mustBeKept(Report.What what) {
        return switch (what) {
            case Report.Closed _, Report.RecordingStored _, Report.RecordingGap _, Report.RuleMatched _ -> true;
            case Report.Command _,
                    Report.FileTouched _,
                    Report.OpaqueOpened _,
                    Report.RecordingProgress _,
                    Report.Text _,
                    Report.Supervised _ -> false;
        };
    }

    /** A disk that is full keeps nobody from ending a session; the report then lives in memory only. */
    private boolean write(Report report) {
        try {
            var line = ByteBuffer.wrap((Words.write(report) + "\n").getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                int _ = channel.write(line);
            }
            return true;
        } catch (IOException e) {
            LOG.log(Level.SEVERE, "the journal cannot be written", e);
            return false;
        }
    }

    private void tell() {
        try {
            tellEarlierRuns();
            while (true) {
                List<Report> batch = next();
                if (batch.isEmpty()) {
                    return;
                }
                sync();
                long durable = tell(source, batch);
                forget(durable);
            }
        } catch (InterruptedException _) {
            // closed; the next run tells the rest
        }
    }

    private List<Report> next() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.await();
            }
            return closed && waiting.isEmpty()
                    ? List.of()
                    : waiting.stream().limit(BATCH).toList();
        } finally {
            lock.unlock();
        }
    }

    private void sync() {
        try {
            channel.force(false);
        } catch (IOException e) {
            LOG.log(Level.SEVERE, "the journal cannot be synced", e);
        }
    }

    private void forget(long durable) {
        lock.lock();
        try {
            while (!waiting.isEmpty() && waiting.element().sequence() <= durable) {
                waiting.remove();
            }
            measures.journal(waiting.size());
            if (waiting.isEmpty()) {
                channel.truncate(0);
                channel.position(0);
                changed.signalAll();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the journal cannot be shortened", e);
        } finally {
            lock.unlock();
        }
    }

    /** Tells until it is durable. */
    private long tell(String from, List<Report> batch) throws InterruptedException {
        boolean failing = false;
        while (true) {
            try {
                return controlPlane.report(from, batch);
            } catch (Refusal e) {
                if (!failing) {
                    LOG.warning(() -> "reports cannot be told: " + e.code() + " " + e.sentence());
                }
            } catch (RuntimeException e) {
                if (!failing) {
                    LOG.log(Level.WARNING, "reports cannot be told", e);
                }
            }
            failing = true;
            Thread.sleep(AGAIN);
        }
    }

    private void tellEarlierRuns() throws InterruptedException {
        for (Path left : earlierRuns()) {
            String from = left.getFileName().toString();
            from = from.substring(0, from.length() - SUFFIX.length());
            List<Report> reports = read(left);
            for (int at = 0; at < reports.size(); at += BATCH) {
                tell(from, reports.subList(at, Math.min(reports.size(), at + BATCH)));
            }
            try {
                Files.deleteIfExists(left);
            } catch (IOException e) {
                LOG.log(Level.WARNING, "a told journal cannot be deleted", e);
            }
        }
    }

    private List<Path> earlierRuns() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(path -> path.toString().endsWith(SUFFIX) && !path.equals(file))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Up to the first line that a crash has left half written. */
    static List<Report> read(Path file) {
        var reports = new ArrayList<Report>();
        try {
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            for (int at = 0, end = text.indexOf('\n'); end >= 0; at = end + 1, end = text.indexOf('\n', at)) {
                reports.add(Words.read(Report.class, text.substring(at, end)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Refusal e) {
            LOG.warning(() -> "a line of the journal cannot be read: " + e.sentence());
        }
        return reports;
    }

    private String newSource() {
        byte[] random = new byte[8];
        new java.security.SecureRandom().nextBytes(random);
        Instant now = clock.instant();
        return "run-%013d-%s".formatted(now.toEpochMilli(), HexFormat.of().formatHex(random));
    }

    /** Waits a moment for the rest to be told; what is not told stays in the file. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            long left = Duration.ofSeconds(2).toNanos();
            while (!waiting.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            closed = true;
            changed.signalAll();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        teller.interrupt();
        channel.force(false);
        channel.close();
        if (waiting() == 0) {
            Files.deleteIfExists(file);
        }
        folderLock.close();
    }
}
