package dev.sallyport.postgres;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A lock that the kernel drops when its process dies. The JVM's own holders are counted apart, because closing a second
 * channel on a locked file would release the lock for all of them (see {@link FileLock}).
 */
final class FolderLock implements AutoCloseable {
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private FolderLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** The lock, or nothing if anybody has it. */
    static Optional<FolderLock> tryOn(Path file) throws IOException {
        if (!HELD_HERE.add(file)) {
            return Optional.empty();
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            locked = channel.tryLock() != null;
            return locked ? Optional.of(new FolderLock(file, channel)) : Optional.empty();
        } finally {
            if (!locked) {
                if (channel != null) {
                    channel.close();
                }
                HELD_HERE.remove(file);
            }
        }
    }

    /** The lock, waited for until the deadline. */
    static FolderLock on(Path file, Deadline deadline) throws IOException {
        while (true) {
            Optional<FolderLock> lock = tryOn(file);
            if (lock.isPresent()) {
                return lock.get();
            }
            if (!deadline.pause()) {
                throw new EmbeddedPostgresException(file + " stayed locked by another start for " + deadline.length());
            }
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            HELD_HERE.remove(file);
        }
    }
}
