package dev.sallyport.formats.recording;

import java.time.Instant;

/** How a recording ends. */
public sealed interface Ending {
    /** With its last chunk: everything is there. */
    record Complete() implements Ending {}

    /**
     * It was cut short and closed by a recovery. The record that says so is not sealed: whoever can write the file can
     * turn a complete recording into one that is cut short, never the reverse.
     */
    record CutShort(long knownUntil, Instant recovered, long lostAtMost, String reason) implements Ending {}

    /** It goes on, or nobody closed it yet. */
    record Unfinished() implements Ending {}
}
