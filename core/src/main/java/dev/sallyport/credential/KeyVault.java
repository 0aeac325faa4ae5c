package dev.sallyport.credential;

import com.google.crypto.tink.subtle.AesGcmJce;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/**
 * Wraps private keys for the database with the root key (AES-256-GCM by Tink). What is wrapped is bound to table, id and
 * purpose: moved to another row it does not open.
 */
public final class KeyVault {
    private static final int KEY_BYTES = 32;
    private static final Set<PosixFilePermission> OTHERS =
            PosixFilePermissions.fromString("---rwxrwx");

    private final AesGcmJce aead;
    private final Path file;

    private KeyVault(byte[] key, Path file) throws GeneralSecurityException {
        this.aead = new AesGcmJce(key);
        this.file = file;
    }

    /**
     * Reads the root key file, or makes it with mode 0600 when there is none.
     *
     * @throws IllegalStateException naming the file, when it is not a key or others may read it
     */
    public static KeyVault open(Path file) {
        try {
            if (!Files.exists(file)) {
                make(file);
            }
            for (PosixFilePermission permission : Files.getPosixFilePermissions(file)) {
                if (OTHERS.contains(permission)) {
                    throw new IllegalStateException("key.root_file: " + file
                            + " may be used by others than its owner (expected: mode 0600)");
                }
            }
            byte[] key = Base64.getDecoder().decode(Files.readString(file).strip());
            if (key.length != KEY_BYTES) {
                throw new IllegalStateException("key.root_file: " + file + " holds " + key.length + " bytes (expected: "
                        + KEY_BYTES + ", in base 64)");
            }
            return new KeyVault(key, file);
        } catch (IOException e) {
            throw new UncheckedIOException("key.root_file: " + file + " cannot be read or made", e);
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new IllegalStateException("key.root_file: " + file + " is not a key in base 64", e);
        }
    }

    public byte[] wrap(byte[] secret, String table, String id, String purpose) {
        try {
            return aead.encrypt(secret, binding(table, id, purpose));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("wrapping a key failed", e);
        }
    }

    /**
     * Opens what was wrapped for the same table, id and purpose.
     *
     * @throws IllegalStateException naming the row and the root key file, when it was wrapped for another or changed
     */
    public byte[] unwrap(byte[] wrapped, String table, String id, String purpose) {
        try {
            return aead.decrypt(wrapped, binding(table, id, purpose));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    table + " " + id + " does not open with the root key in " + file
                            + " (expected: the file that was in use when it was made; all servers share one)",
                    e);
        }
    }

    private static byte[] binding(String table, String id, String purpose) {
        return (table + "|" + id + "|" + purpose).getBytes(StandardCharsets.UTF_8);
    }

    /** Written under another name first, so that nobody reads half a key; the first of two that start together wins. */
    private static void make(Path file) throws IOException {
        var key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("no folder");
        }
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        if (!Files.exists(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Path fresh = Files.createTempFile(folder, "root-key", ".new", owner);
        try {
            Files.writeString(
                    fresh,
                    Base64.getEncoder().encodeToString(key) + "\n",
                    StandardOpenOption.WRITE,
                    StandardOpenOption.SYNC);
            Files.createLink(file, fresh);
        } catch (FileAlreadyExistsException _) {
            // another start was faster
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
