package dev.sallyport.server.signin;

import com.nimbusds.jose.jwk.ECKey;
import dev.sallyport.base.Bytes;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Access tokens whose signature was checked a moment ago, by their hash, the least recently used forgotten first. What it
 * gives saves the signature alone: expiry, session and epoch are looked at with every call.
 */
final class CheckedTokens {
    static final int MAX = 20_000;

    private final Map<Bytes, Checked> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, Checked> eldest) {
            return size() > MAX;
        }
    };

    /** What a token says, until when, and the key that signed it, which must still be one of ours. */
    record Checked(AccessTokens.Claims claims, Instant end, ECKey key) {}

    static Bytes hash(String token) {
        return Bytes.of(Hashes.sha256(token));
    }

    synchronized Optional<Checked> find(Bytes hash) {
        return Optional.ofNullable(known.get(hash));
    }

    synchronized void add(Bytes hash, Checked checked) {
        known.put(hash, checked);
    }

    synchronized void forget(Bytes hash) {
        known.remove(hash);
    }
}
