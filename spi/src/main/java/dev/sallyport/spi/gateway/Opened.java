package dev.sallyport.spi.gateway;

import dev.sallyport.base.Bytes;
import dev.sallyport.base.Secret;
import java.time.Instant;
import java.util.List;

/**
 * A session that has begun.
 *
 * @param recordingKey the id of the key that recordings are sealed to
 * @param recordingPublicKey that key, X25519, 32 bytes
 * @param secrets what the product knows to be secret here, to be kept out of recordings
 * @param endsAt when it ends at the latest
 */
public record Opened(String recordingKey, Bytes recordingPublicKey, List<Secret> secrets, Instant endsAt) {
    public Opened {
        secrets = List.copyOf(secrets);
    }
}
