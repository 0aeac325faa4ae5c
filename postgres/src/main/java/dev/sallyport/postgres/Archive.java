package dev.sallyport.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** Unpacks a {@code .txz}; an entry or link that would leave the folder is refused. */
final class Archive {
    private static final int OWNER_MAY_EXECUTE = 0100;

    private Archive() {}

    static void unpack(InputStream xz, Path folder) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZInputStream(xz))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = inside(folder, folder.resolve(entry.getName()));
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else if (entry.isSymbolicLink()) {
                    Path link = Path.of(entry.getLinkName());
                    inside(folder, parentOf(target).resolve(link));
                    Files.createSymbolicLink(target, link);
                } else if (entry.isFile()) {
                    Files.createDirectories(parentOf(target));
                    Files.copy(tar, target);
                    boolean program = (entry.getMode() & OWNER_MAY_EXECUTE) != 0;
                    Files.setPosixFilePermissions(
                            target, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
                } else {
                    throw new IOException("unexpected kind of entry in the archive: " + entry.getName());
                }
            }
        }
    }

    private static Path inside(Path folder, Path path) throws IOException {
        Path normal = path.normalize();
        if (!normal.startsWith(folder)) {
            throw new IOException("an entry of the archive leaves its folder: " + path);
        }
        return normal;
    }

    private static Path parentOf(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IOException("an entry of the archive has no folder: " + path);
        }
        return parent;
    }
}
