package dev.sallyport.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * PostgreSQL's programs, unpacked once into a folder named by the hash of their archive. A folder without the marker that
 * repeats the hash is not trusted and is made again; it appears under its name by one rename, so two starts cannot race.
 */
record Binaries(Path home) {
    private static final String MARKER = "archive.sha256";

    static Binaries unpackedIn(Path cache) throws IOException {
        String resource = resource(System.getProperty("os.name"), System.getProperty("os.arch"));
        PrivateFiles.folder(cache);
        String hash = hash(resource);
        Path home = cache.resolve("postgres-" + hash.substring(0, 16));
        if (!isComplete(home, hash)) {
            unpack(resource, hash, cache, home);
        }
        return new Binaries(home);
    }

    Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    static String resource(String os, String arch) {
        String name = os.toLowerCase(Locale.ROOT) + "/" + arch;
        return switch (name) {
            case "linux/amd64", "linux/x86_64" -> "postgres-linux-x86_64.txz";
            case "linux/aarch64" -> "postgres-linux-arm_64.txz";
            default ->
                throw new EmbeddedPostgresException("there is no embedded PostgreSQL for " + name
                        + " (allowed: linux/amd64, linux/aarch64); use an external one");
        };
    }

    private static boolean isComplete(Path home, String hash) throws IOException {
        Path marker = home.resolve(MARKER);
        return Files.isRegularFile(marker) && Files.readString(marker).equals(hash);
    }

    private static void unpack(String resource, String hash, Path cache, Path home) throws IOException {
        Path fresh = Files.createTempDirectory(cache, "unpacking-");
        try {
            try (InputStream archive = open(resource)) {
                Archive.unpack(archive, fresh);
            }
            Files.writeString(fresh.resolve(MARKER), hash);
            publish(fresh, home, hash, cache);
        } finally {
            PrivateFiles.deleteTree(fresh);
        }
    }

    private static void publish(Path fresh, Path home, String hash, Path cache) throws IOException {
        try {
            Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (DirectoryNotEmptyException | FileAlreadyExistsException e) {
            if (isComplete(home, hash)) {
                return; // another start was faster
            }
            Path broken = Files.createTempDirectory(cache, "broken-");
            Files.move(home, broken.resolve("home"), StandardCopyOption.ATOMIC_MOVE);
            PrivateFiles.deleteTree(broken);
            Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static String hash(String resource) throws IOException {
        try (InputStream archive = open(resource)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            var buffer = new byte[1 << 16];
            for (int read = archive.read(buffer); read >= 0; read = archive.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static InputStream open(String resource) {
        InputStream archive = Binaries.class.getResourceAsStream("/" + resource);
        if (archive == null) {
            throw new EmbeddedPostgresException(resource + " is not on the class path");
        }
        return archive;
    }
}
