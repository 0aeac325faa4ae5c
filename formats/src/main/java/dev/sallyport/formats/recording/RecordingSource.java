package dev.sallyport.formats.recording;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Where the bytes of a recording are. */
@FunctionalInterface
public interface RecordingSource {
    /** The bytes from this place on. */
    InputStream from(long position) throws IOException;

    static RecordingSource of(byte[] bytes) {
        byte[] copy = bytes.clone();
        return position -> new ByteArrayInputStream(copy, (int) position, copy.length - (int) position);
    }

    static RecordingSource of(Path file) {
        return position -> {
            var channel = FileChannel.open(file);
            return new BufferedInputStream(Channels.newInputStream(channel.position(position)), 1 << 16);
        };
    }
}
