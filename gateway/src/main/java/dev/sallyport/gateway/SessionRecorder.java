package dev.sallyport.gateway;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where what happens in a session is kept. In strict mode a call returns only after the spool's write, and throws when
 * that cannot be done; then nothing of it may reach the user. In best-effort mode it marks a gap and returns.
 */
public interface SessionRecorder {
    /** What a channel is to the recording. */
    enum Kind {
        /** A shell or a command: what was shown and typed. */
        TERMINAL,
        /** Files on their way. */
        FILE,
        /** Something nobody can read, such as a forwarded port; only that it was there is kept. */
        OPAQUE
    }

    /**
     * Begins to record a channel.
     *
     * @param what the command, the subsystem, or where a port leads
     */
    Track open(int channel, Kind kind, String what, int columns, int rows) throws RecordingFailed;

    /** The text without secrets that are known here, for reports. */
    String redacted(String text);

    /** Closes the recording; called once, when nothing follows any more. Never throws: what failed is told in reports. */
    void close();

    /** One channel's part. */
    interface Track {
        /** Returns what may be shown to those who watch: without secrets, and perhaps a little later. */
        byte[] output(byte[] bytes, int offset, int length) throws RecordingFailed;

        byte[] error(byte[] bytes, int offset, int length) throws RecordingFailed;

        void input(byte[] bytes, int offset, int length) throws RecordingFailed;

        void resize(int columns, int rows) throws RecordingFailed;

        void close(@Nullable Integer exitStatus) throws RecordingFailed;
    }

    /** It cannot be recorded; the sentence is for the user. */
    final class RecordingFailed extends Exception {
        public RecordingFailed(String sentence, @Nullable Throwable cause) {
            super(sentence, cause);
        }
    }

    /** Keeps nothing, for sessions that are not recorded. */
    SessionRecorder OFF = new SessionRecorder() {
        private static final Track NOTHING = new Track() {
            @Override
            public byte[] output(byte[] bytes, int offset, int length) {
                return Arrays.copyOfRange(bytes, offset, offset + length);
            }

            @Override
            public byte[] error(byte[] bytes, int offset, int length) {
                return Arrays.copyOfRange(bytes, offset, offset + length);
            }

            @Override
            public void input(byte[] bytes, int offset, int length) {}

            @Override
            public void resize(int columns, int rows) {}

            @Override
            public void close(@Nullable Integer exitStatus) {}
        };

        @Override
        public Track open(int channel, Kind kind, String what, int columns, int rows) {
            return NOTHING;
        }

        @Override
        public String redacted(String text) {
            return text;
        }

        @Override
        public void close() {}
    };
}
