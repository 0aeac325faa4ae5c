package dev.sallyport.request;

import dev.sallyport.decision.Decided;
import dev.sallyport.grant.Terms;
import java.time.Duration;
import java.util.List;

/**
 * What an approved item gives.
 *
 * @param reviewed whether somebody must review it afterwards
 * @param by what today's rules say to it
 */
record Given(Terms terms, Duration duration, boolean reviewed, Emergency emergency, Decided by) {
    /** Those without which it would not be given so. */
    List<String> incidents() {
        return by.ruling().incidents();
    }
}
