package dev.sallyport.consulting;

import dev.sallyport.base.Bytes;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Posts a question and brings the answer, within its time and no more of it than {@value #ANSWER_MAX} bytes. */
@FunctionalInterface
public interface Line {
    /** The longest answer, in bytes. */
    int ANSWER_MAX = 16 * 1024;

    /**
     * What the other side says; nothing of it is believed yet.
     *
     * @param signature what its header {@code sallyport-signature} says
     */
    record Reply(Optional<String> signature, Bytes body) {}

    /**
     * @param ca the certificates that the other side's must lead to, where not those that Java trusts
     * @throws Unanswered unless the answer is a 2xx, whole and short enough, in time
     */
    Reply post(URI url, Optional<String> ca, Duration time, byte[] body, Map<String, String> headers) throws Unanswered;
}
