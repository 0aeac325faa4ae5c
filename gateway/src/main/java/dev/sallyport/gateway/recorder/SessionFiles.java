package dev.sallyport.gateway.recorder;

import dev.sallyport.formats.recording.Sealer;
import java.io.IOException;

/**
 * The two files of a session in the spool: the recording, which chunks are appended to, and the journal, whose two
 * regions take turns in keeping the fragments of the chunk that is being filled. A region is used again only when the
 * chunk that it kept is in the recording, and forced if the region was. Callers hold the recorder's lock, except for
 * {@link #force}.
 */
final class SessionFiles implements AutoCloseable {
    /** How much a region takes. */
    static final int REGION = 1024 * 1024;

    private final SpoolFile recording;
    private final SpoolFile journal;
    private final boolean[] forced = new boolean[2];
    private long end;
    private long forcedEnd;
    private int inRegion;
    private boolean recordingDirty;
    private boolean journalDirty;

    SessionFiles(SpoolFile recording, SpoolFile journal, byte[] header) throws IOException {
        this.recording = recording;
        this.journal = journal;
        recording.write(0, header);
        recording.force();
        end = header.length;
        forcedEnd = end;
    }

    /** Whether the fragment still finds room. */
    boolean takes(Sealer.Piece fragment) {
        return inRegion + fragment.bytes().length <= REGION;
    }

    void keep(long chunk, Sealer.Piece fragment) throws IOException {
        int region = (int) (chunk % 2);
        if (inRegion == 0 && forced[region]) {
            if (forcedEnd < end) {
                recording.force();
                forcedEnd = end;
            }
            forced[region] = false;
        }
        journal.write((long) region * REGION + inRegion, fragment.bytes());
        inRegion += fragment.bytes().length;
        journalDirty = true;
    }

    void append(Sealer.Piece chunk) throws IOException {
        recording.write(end, chunk.bytes());
        end += chunk.bytes().length;
        recordingDirty = true;
        inRegion = 0;
    }

    /** What was kept of the chunk being filled is not wanted any more. */
    void dropKept() {
        inRegion = 0;
    }

    long size() {
        return end;
    }

    /** What is to be forced now; forcing itself is done without the lock. */
    Due due() {
        var due = new Due(recordingDirty, journalDirty, end);
        recordingDirty = false;
        journalDirty = false;
        if (due.journal) {
            forced[0] = true;
            forced[1] = true;
        }
        return due;
    }

    void force(Due due) throws IOException {
        if (due.recording) {
            recording.force();
        }
        if (due.journal) {
            journal.force();
        }
    }

    void done(Due due) {
        if (due.recording) {
            forcedEnd = Math.max(forcedEnd, due.end);
        }
    }

    void notDone(Due due) {
        recordingDirty |= due.recording;
        journalDirty |= due.journal;
    }

    boolean isDirty() {
        return recordingDirty || journalDirty;
    }

    record Due(boolean recording, boolean journal, long end) {}

    @Override
    public void close() throws IOException {
        try (journal) {
            recording.close();
        }
    }
}
