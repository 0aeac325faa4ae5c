package dev.sallyport.notification;

import dev.sallyport.base.Secret;
import java.util.Optional;

/** Takes letters where they go, within {@link Sending#CLAIM}. */
@FunctionalInterface
public interface Carrier {
    /**
     * Returns when the other side has taken the letter.
     *
     * @param secret of the channel, where it has one
     * @throws Undelivered when it did not, or nobody knows
     */
    void carry(Channel channel, Optional<Secret> secret, Letter letter) throws Undelivered;
}
