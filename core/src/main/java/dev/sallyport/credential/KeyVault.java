package dev.sallyport.credential;

import com.google.crypto.tink.subtle.AesGcmJce;
import dev.sallyport.base.Ids;
import dev.sallyport.identity.Sealing;
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
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;

/**
 * Wraps keys and secrets for storage: AES-256-GCM under the root key, with table, id and purpose as associated data, so
 * that a wrapped value copied to another row does not open. The first byte is the version of this form.
 */
public final class KeyVault implements Sealing {
    private static final byte VERSION = 1;
    private static final int KEY_BYTES = 32;

    private final AesGcmJce aead;

    private KeyVault(byte[] key) {
        try {
            this.aead = new AesGcmJce(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("root key", e);
        }
    }

    /**
     * Reads the root key, or makes one (readable by its owner only) where the file does not exist.
     *
     * @throws IllegalStateException when others may read the file, or it does not hold 32 bytes in base 64
     */
    public static KeyVault open(Path rootKey) {
        try {
            if (!Files.exists(rootKey)) {
                create(rootKey);
            }
            var tooOpen = EnumSet.copyOf(Files.getPosixFilePermissions(rootKey));
            tooOpen.removeAll(EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
            if (!tooOpen.isEmpty()) {
                throw new IllegalStateException("key.root_file: " + rootKey + " is open to " + tooOpen
                        + " (expected: mode 0600; run: chmod 600 " + rootKey + ")");
            }
            byte[] key = decoded(rootKey);
            try {
                return new KeyVault(key);
            } finally {
                Arrays.fill(key, (byte) 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("key.root_file: " + rootKey, e);
        }
    }

    @Override
    public byte[] wrap(byte[] plain, String table, String id, String purpose) {
        try {
            byte[] sealed = aead.encrypt(plain, associated(table, id, purpose));
            var wrapped = new byte[sealed.length + 1];
            wrapped[0] = VERSION;
            System.arraycopy(sealed, 0, wrapped, 1, sealed.length);
            return wrapped;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("wrapping for " + table, e);
        }
    }

    @Override
    public byte[] unwrap(byte[] wrapped, String table, String id, String purpose) {
        if (wrapped.length < 2 || wrapped[0] != VERSION) {
            throw new IllegalStateException("a wrapped value of " + table + " " + id + " has an unknown form");
        }
        try {
            return aead.decrypt(Arrays.copyOfRange(wrapped, 1, wrapped.length), associated(table, id, purpose));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "the root key does not open " + table + " " + id + " (expected: the key it was wrapped with)", e);
        }
    }

    private static byte[] associated(String table, String id, String purpose) {
        return String.join("\0", table, id, purpose, Byte.toString(VERSION)).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] decoded(Path file) throws IOException {
        byte[] key;
        try {
            key = Base64.getDecoder().decode(Files.readString(file).strip());
        } catch (IllegalArgumentException _) {
            key = new byte[0];
        }
        if (key.length != KEY_BYTES) {
            throw new IllegalStateException(
                    "key.root_file: " + file + " (expected: " + KEY_BYTES + " bytes in base 64)");
        }
        return key;
    }

    /** Complete before it has its name, so that two servers starting at once agree on one key. */
    private static void create(Path file) throws IOException {
        var key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        Path draft = file.resolveSibling(file.getFileName() + "." + Ids.next("new_"));
        Files.createFile(draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(draft, Base64.getEncoder().encodeToString(key) + "\n", StandardOpenOption.SYNC);
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException _) {
            // another process was first: its key counts
        } finally {
            Files.delete(draft);
            Arrays.fill(key, (byte) 0);
        }
    }
}
