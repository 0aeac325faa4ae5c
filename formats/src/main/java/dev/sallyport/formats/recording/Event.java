package dev.sallyport.formats.recording;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** What happened in a session. */
public sealed interface Event {
    /** The way bytes went. */
    enum Stream {
        /** From the target to the user. */
        OUTPUT,
        /** The same, on the second stream of a channel without a terminal. */
        ERROR,
        /** From the user to the target. */
        INPUT
    }

    /** What a channel carries, which decides what can be said about it. */
    enum ChannelType {
        TERMINAL,
        FILE,
        OPAQUE
    }

    /** How a program was started. */
    enum Start {
        SHELL,
        EXEC,
        SUBSYSTEM
    }

    /** Bytes as they went by; runs of one stream within a hundredth of a second may have become one. */
    final class Data implements Event {
        private final Stream stream;
        private final byte[] bytes;

        public Data(Stream stream, byte[] bytes) {
            this(bytes.clone(), stream);
        }

        private Data(byte[] bytes, Stream stream) {
            this.stream = stream;
            this.bytes = bytes;
        }

        /** Of bytes that nobody changes from now on. */
        public static Data of(Stream stream, byte[] bytes) {
            return new Data(bytes, stream);
        }

        public Stream stream() {
            return stream;
        }

        public byte[] bytes() {
            return bytes.clone();
        }

        public int size() {
            return bytes.length;
        }

        /** The bytes themselves, for readers that do not change them. */
        byte[] shared() {
            return bytes;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Data data && data.stream == stream && Arrays.equals(data.bytes, bytes);
        }

        @Override
        public int hashCode() {
            return 31 * stream.hashCode() + Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return stream + " of " + bytes.length + " bytes";
        }
    }

    /** A channel began. The detail says what an opaque one leads to. */
    record Opened(ChannelType type, String detail) implements Event {}

    /** The channel got a terminal. */
    record Terminal(String type, int columns, int rows) implements Event {}

    record Resized(int columns, int rows) implements Event {}

    /** A program was started; the command is empty for a shell, the name for a subsystem. */
    record Started(Start start, String command) implements Event {}

    /** An environment variable was passed. */
    record Environment(String name, String value) implements Event {}

    /** One side said that no more will come on this stream. */
    record Ended(Stream stream) implements Event {}

    record Exited(long status) implements Event {}

    record Signalled(String signal, boolean coreDumped, String message) implements Event {}

    /**
     * An operation on a file.
     *
     * @param operation such as {@code read}, {@code write}, {@code remove}, {@code rename}
     * @param to the new path of a rename or the target of a link, otherwise empty
     * @param size bytes moved
     * @param sha256 of the bytes moved, in hexadecimal, if it was asked for
     */
    record FileOperation(String operation, String path, String to, long size, Optional<String> sha256)
            implements Event {
        public FileOperation {
            sha256.ifPresent(hash -> {
                if (HexFormat.of().parseHex(hash).length != 32) {
                    throw new IllegalArgumentException("sha256: " + hash + " (expected: 64 hexadecimal digits)");
                }
            });
        }
    }

    /** A channel ended, with the bytes that went each way. */
    record Closed(long bytesIn, long bytesOut) implements Event {}

    /** What should stand here could not be written (best effort only). */
    record Gap(long events, long bytes, String reason) implements Event {}

    /** A message was shown to the user. */
    record Message(String from, String text) implements Event {}

    record Paused(String by, boolean paused) implements Event {}

    record Watched(String who, boolean joined) implements Event {}

    /** Anything else worth finding again: a rule that fired, a cut with its reason. */
    record Marked(String name, String text) implements Event {}

    /** A kind that this version does not know. */
    record Unknown(int kind, String payloadHex) implements Event {}
}
