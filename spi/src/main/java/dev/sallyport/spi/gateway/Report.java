package dev.sallyport.spi.gateway;

import dev.sallyport.base.SessionId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened at a gateway. Kept in a local journal until the control plane has it; the sequence grows by one
 * for each report of a source, and the source names one run of one gateway.
 */
public record Report(long sequence, Instant at, SessionId session, What what) {
    /** What happened. */
    public sealed interface What {}

    /** A command was run: exactly known ({@code exec}), or read off the terminal ({@code typed}). */
    public record Command(
            int channel,
            String text,
            boolean exact,
            @Nullable Integer exitStatus) implements What {}

    /** A rule matched a command. */
    public record RuleMatched(int channel, String pattern, boolean blocked, String text) implements What {}

    /** A file was read, written, renamed, removed …; sizes in bytes, the hash where the whole file was seen. */
    public record FileTouched(
            int channel,
            String operation,
            String path,
            long bytes,
            @Nullable String sha256) implements What {}

    /** A port was forwarded, or another channel was opened that cannot be read. */
    public record OpaqueOpened(int channel, String kind, String detail) implements What {}

    /** The running hash of the recording (design.md: recordings bind in while the session goes on). */
    public record RecordingProgress(long chunks, long bytes, String sha256) implements What {}

    /** A stretch that was not recorded, and why. */
    public record RecordingGap(Instant from, Instant until, String why) implements What {}

    /** The recording is closed and in storage. */
    public record RecordingStored(
            String state,
            String location,
            long chunks,
            long bytes,
            long durationMillis,
            String sha256,
            List<String> gaps)
            implements What {}

    /** Text of the session for the search index, in order, already redacted. */
    public record Text(long offsetMillis, String text) implements What {}

    /** Somebody began or stopped to watch, a message was shown, the session was paused or goes on. */
    public record Supervised(String event, Map<String, String> detail) implements What {}

    /** The session has ended. */
    public record Closed(String reason, String detail, long bytesIn, long bytesOut) implements What {}
}
