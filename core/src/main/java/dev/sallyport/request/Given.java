package dev.sallyport.request;

import dev.sallyport.grant.Terms;
import java.time.Duration;
import java.util.List;

/**
 * What an approved item gives.
 *
 * @param reviewed whether somebody must review it afterwards
 * @param incidents without which it would not be given so
 */
record Given(Terms terms, Duration duration, boolean reviewed, Emergency emergency, List<String> incidents) {
    Given {
        incidents = List.copyOf(incidents);
    }
}
