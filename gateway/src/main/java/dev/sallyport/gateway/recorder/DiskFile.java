package dev.sallyport.gateway.recorder;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A file on disk, mode 0600. Not a channel: an interrupted thread would close that for everybody. */
final class DiskFile implements SpoolFile {
    private final RandomAccessFile file;

    private DiskFile(RandomAccessFile file) {
        this.file = file;
    }

    /** Makes the file; one that is there already is an error. */
    static DiskFile create(Path path) throws IOException {
        Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return open(path);
    }

    static DiskFile open(Path path) throws IOException {
        return new DiskFile(new RandomAccessFile(path.toFile(), "rw"));
    }

    @Override
    public synchronized void write(long position, byte[] bytes) throws IOException {
        file.seek(position);
        file.write(bytes);
    }

    /** Cuts it to its first so many bytes. */
    void cut(long length) throws IOException {
        file.setLength(length);
    }

    @Override
    public void force() throws IOException {
        file.getFD().sync();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
