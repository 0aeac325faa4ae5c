package dev.sallyport.gateway.recorder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Recordings in a folder (0700) as files (0600). A hard link gives the name, because it never replaces. */
public final class FolderStore implements RecordingStore {
    private final Path folder;

    public FolderStore(Path folder) throws IOException {
        this.folder = folder;
        var mode = PosixFilePermissions.fromString("rwx------");
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(mode));
        Files.setPosixFilePermissions(folder, mode);
    }

    @Override
    public void put(String name, Path file) throws IOException {
        Path target = folder.resolve(RecordingStore.check(name));
        Path copy = Files.createTempFile(folder, ".put-", ".tmp");
        try {
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
            try (var channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.createLink(target, copy);
            Spool.forceFolder(folder);
        } catch (FileAlreadyExistsException _) {
            throw RecorderRefusal.ALREADY_STORED.because("the recording " + name + " is stored already");
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    @Override
    public InputStream open(String name) throws IOException {
        try {
            return Files.newInputStream(folder.resolve(RecordingStore.check(name)));
        } catch (NoSuchFileException _) {
            throw RecorderRefusal.NOT_STORED.because("the recording " + name + " is not stored here");
        }
    }

    @Override
    public boolean has(String name) {
        return Files.exists(folder.resolve(RecordingStore.check(name)));
    }
}
