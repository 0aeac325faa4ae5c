package dev.sallyport.credential;

import dev.sallyport.base.Secret;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Secrets that are used with one other side, in a table of their own. They are wrapped by the root key together with the
 * destination they were given for: whoever may change the document that names the destination cannot have them used
 * somewhere else.
 */
public final class BoundSecrets {
    private final KeyVault vault;
    private final String table;
    private final String key;

    /**
     * @param table with the columns {@code sealed}, {@code destination} and {@code set_at}
     * @param key its column that names whose secret it is
     */
    public BoundSecrets(KeyVault vault, String table, String key) {
        this.vault = vault;
        this.table = table;
        this.key = key;
    }

    /** A secret as it is stored, which opens only as what it was set for. */
    public final class Sealed {
        private final String name;
        private final byte[] value;
        private final String destination;

        private Sealed(String name, byte[] value, String destination) {
            this.name = name;
            this.value = value;
            this.destination = destination;
        }

        /** What it was given for. */
        public String destination() {
            return destination;
        }

        public Secret open() {
            return Secret.of(new String(vault.unwrap(value, table, name, destination), StandardCharsets.UTF_8));
        }
    }

    /** A destination together with the certificates it is known by, where those are its own. */
    public static String destination(String address, Optional<String> ca) {
        return address
                + ca.map(certificates -> " known by " + fingerprint(certificates))
                        .orElse("");
    }

    /** Replaces the one that was there. */
    public void set(Tx tx, String name, String destination, Secret secret) {
        tx.update(
                """
                insert into %1$s (%2$s, sealed, destination, set_at) values (?, ?, ?, ?)
                on conflict (%2$s) do update set sealed = excluded.sealed, destination = excluded.destination,
                                                 set_at = excluded.set_at
                """.formatted(table, key),
                name,
                vault.wrap(secret.reveal().getBytes(StandardCharsets.UTF_8), table, name, destination),
                destination,
                tx.now());
    }

    public Optional<Sealed> of(Rx rx, String name) {
        return rx.one(
                "select encode(sealed, 'hex') as sealed, destination from %s where %s = ?".formatted(table, key),
                row -> new Sealed(name, HexFormat.of().parseHex(row.getString("sealed")), row.getString("destination")),
                name);
    }

    private static String fingerprint(String ca) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(ca.getBytes(StandardCharsets.UTF_8)))
                    .substring(0, 32);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
