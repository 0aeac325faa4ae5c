package dev.sallyport.testkit;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Folders of the testkit below the system's temporary one. */
final class TempFolders {
    private TempFolders() {}

    static Path root() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /** Unpacking takes seconds, so the programs stay for the next run; the launcher checks who owns the folder. */
    static Path sharedBinaries() {
        return root().resolve("sallyport-postgres-binaries-" + System.getProperty("user.name"));
    }

    static void delete(Path root) throws IOException {
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                        throws IOException {
                    Files.deleteIfExists(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            // somebody else cleared it away
        }
    }
}
