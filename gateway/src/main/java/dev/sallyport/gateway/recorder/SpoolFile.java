package dev.sallyport.gateway.recorder;

import java.io.IOException;
import java.nio.file.Path;

/** A file that is written at given places. What was not written whole is written again at the same place. */
interface SpoolFile extends AutoCloseable {
    void write(long position, byte[] bytes) throws IOException;

    void force() throws IOException;

    @Override
    void close() throws IOException;

    /** Opens spool files; tests put a failing disk here. */
    interface Opener {
        SpoolFile open(Path file) throws IOException;
    }
}
