package dev.sallyport.base;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A value nobody may read by accident: it prints as {@code [secret]}, is compared in constant time, and leaves only
 * through {@link #reveal()}, which is easy to search for.
 */
public final class Secret {
    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    public static Secret of(String value) {
        return new Secret(value);
    }

    /** The one exit. Callers hand the value to the library or wire that needs it and keep no copy. */
    public String reveal() {
        return value;
    }

    public boolean isEmpty() {
        return value.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
    }

    /** Constant, so that no hash table gives the value away. */
    @Override
    public int hashCode() {
        return 0;
    }

    @Override
    public String toString() {
        return "[secret]";
    }
}
