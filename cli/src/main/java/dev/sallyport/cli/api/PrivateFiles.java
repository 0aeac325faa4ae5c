package dev.sallyport.cli.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Files and folders nobody else may read, written whole or not at all. */
public final class PrivateFiles {
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<?> FILE = PosixFilePermissions.asFileAttribute(OWNER_FILE);
    private static final FileAttribute<?> FOLDER = PosixFilePermissions.asFileAttribute(OWNER_FOLDER);

    private PrivateFiles() {}

    /** Writes the text so that a reader sees the old or the new file, also after a power cut; mode 0600. */
    public static void write(Path file, String text) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        Path draft = Files.createTempFile(parent, "." + file.getFileName(), ".new", FILE);
        try {
            try (var channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** Makes the folder and what is missing above it, mode 0700. */
    public static void folder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, FOLDER);
        }
    }

    /** Takes every right of others from a folder. */
    static void close(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, OWNER_FOLDER);
    }

    /** Whether others may read, write or enter. */
    public static boolean isOpenToOthers(Path path) throws IOException {
        var open = EnumSet.noneOf(PosixFilePermission.class);
        open.addAll(Files.getPosixFilePermissions(path));
        open.removeAll(OWNER_FOLDER);
        return !open.isEmpty();
    }

    /** A lock file between processes; closing the channel gives it back. */
    static FileChannel lockFile(Path file) throws IOException {
        return FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), FILE);
    }
}
