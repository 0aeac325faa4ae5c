package dev.sallyport.session;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.SessionId;
import dev.sallyport.grant.Terms;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One use of a grant through a gateway. */
public record Session(
        SessionId id,
        boolean open,
        String gateway,
        String gatewayName,
        GrantId grant,
        RequestId request,
        PersonId person,
        String personName,
        String target,
        String login,
        String clientAddress,
        String clientVersion,
        Terms terms,
        boolean paused,
        Instant startedAt,
        Instant endsAt,
        Optional<Instant> endedAt,
        Optional<String> endReason,
        Optional<String> endDetail,
        long bytesIn,
        long bytesOut,
        Recording recording) {

    /**
     * What is kept of it.
     *
     * @param state pending, complete, cut short, missing or off
     * @param key the id of the key it is sealed to
     */
    public record Recording(
            String state,
            Optional<String> key,
            Optional<String> location,
            long chunks,
            long bytes,
            long durationMillis,
            Optional<String> sha256,
            List<String> gaps) {
        public static final String PENDING = "pending";
        public static final String MISSING = "missing";
        public static final String OFF = "off";

        public Recording {
            gaps = List.copyOf(gaps);
        }
    }

    /** A command that was run or typed. */
    public record Command(
            Instant at,
            int channel,
            String command,
            boolean exact,
            Optional<Integer> exitStatus,
            Optional<String> pattern,
            boolean blocked) {}

    /** A file that was touched. */
    public record File(Instant at, int channel, String operation, String path, long bytes, Optional<String> sha256) {}
}
