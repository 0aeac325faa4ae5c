package dev.sallyport.gateway.recorder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A folder that one process has to itself; let go when it is closed, and when the process ends. */
public final class FolderLock implements AutoCloseable {
    private final FileChannel file;

    private FolderLock(FileChannel file) {
        this.file = file;
    }

    /** Nothing if somebody has it, in this process too. */
    public static Optional<FolderLock> take(Path folder) throws IOException {
        var file = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (file.tryLock() != null) {
                return Optional.of(new FolderLock(file));
            }
        } catch (OverlappingFileLockException _) {
            // this process has it
        }
        file.close();
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
