package dev.sallyport.incident;

import java.time.Instant;
import java.util.List;

/**
 * What a source says in one message.
 *
 * @param delivery names the message among those of its source
 * @param reference names the incident there
 * @param at when it happened there
 * @param severity in the source's own word
 * @param services ids and names of what is wrong
 */
record Told(
        String delivery,
        String reference,
        What what,
        Instant at,
        String title,
        String severity,
        List<String> services) {
    enum What {
        OPENED,
        CHANGED,
        CLOSED,
        /** Nothing that we keep. */
        OTHER
    }
}
