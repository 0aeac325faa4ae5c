package dev.sallyport.server.api;

import dev.sallyport.session.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session as callers see it. */
record SessionJson(
        String id,
        String state,
        String identity,
        String target,
        String login,
        String grant,
        String request,
        String gateway,
        String clientAddress,
        String clientVersion,
        boolean paused,
        Instant startedAt,
        Instant endsAt,
        @Nullable Instant endedAt,
        @Nullable String endReason,
        @Nullable String endDetail,
        long bytesIn,
        long bytesOut,
        RecordingJson recording,
        @Nullable List<Long> foundAtMs,
        @Nullable SessionCommandJson lastCommand) {

    record RecordingJson(
            String state,
            long bytes,
            String duration,
            long chunks,
            @Nullable String sha256,
            List<String> gaps) {}

    record SessionCommandJson(
            Instant at,
            int channel,
            String command,
            boolean exact,
            @Nullable Integer exitStatus,
            @Nullable String pattern,
            boolean blocked) {
        static SessionCommandJson of(Session.Command command) {
            return new SessionCommandJson(
                    command.at(),
                    command.channel(),
                    command.command(),
                    command.exact(),
                    command.exitStatus().orElse(null),
                    command.pattern().orElse(null),
                    command.blocked());
        }
    }

    record SessionFileJson(
            Instant at,
            int channel,
            String operation,
            String path,
            long bytes,
            @Nullable String sha256) {
        static SessionFileJson of(Session.File file) {
            return new SessionFileJson(
                    file.at(),
                    file.channel(),
                    file.operation(),
                    file.path(),
                    file.bytes(),
                    file.sha256().orElse(null));
        }
    }

    static SessionJson of(Session session) {
        return of(session, null, null);
    }

    static SessionJson of(Session session, List<Long> foundAt) {
        return of(session, foundAt, null);
    }

    /** @param last what it did last, if that is known and may be seen */
    static SessionJson doing(Session session, Session.@Nullable Command last) {
        return of(session, null, last);
    }

    private static SessionJson of(Session session, @Nullable List<Long> foundAt, Session.@Nullable Command last) {
        Session.Recording recording = session.recording();
        return new SessionJson(
                session.id().value(),
                session.open() ? "open" : "closed",
                session.personName(),
                session.target(),
                session.login(),
                session.grant().value(),
                session.request().value(),
                session.gatewayName(),
                session.clientAddress(),
                session.clientVersion(),
                session.paused(),
                session.startedAt(),
                session.endsAt(),
                session.endedAt().orElse(null),
                session.endReason().orElse(null),
                session.endDetail().orElse(null),
                session.bytesIn(),
                session.bytesOut(),
                new RecordingJson(
                        recording.state(),
                        recording.bytes(),
                        Duration.ofMillis(recording.durationMillis()).toString(),
                        recording.chunks(),
                        recording.sha256().orElse(null),
                        recording.gaps()),
                foundAt,
                last == null ? null : SessionCommandJson.of(last));
    }
}
