package dev.sallyport.formats.recording;

import java.util.regex.Pattern;

/**
 * Where a recording stood at one moment, to be announced in the audit log while the session goes on. Without a key it
 * can be checked that the recording begins with the chunks it names; with the key, also the events after them.
 *
 * @param chunks how many were sealed
 * @param chain the chain's value after them, in hexadecimal
 * @param events how many followed that were not sealed yet
 * @param commitment a keyed hash of those, in hexadecimal
 */
public record RunningHash(long chunks, String chain, int events, String commitment) {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    public RunningHash {
        if (chunks < 0 || events < 0) {
            throw new IllegalArgumentException("running hash: " + chunks + " chunks, " + events + " events");
        }
        if (!HASH.matcher(chain).matches() || !HASH.matcher(commitment).matches()) {
            throw new IllegalArgumentException(
                    "running hash: " + chain + ", " + commitment + " (expected: 64 hexadecimal digits each)");
        }
    }
}
