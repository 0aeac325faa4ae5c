package dev.sallyport.spi.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What the control plane says to somebody who wants to go to a target. */
public sealed interface Answer {
    /** They may, under these terms. */
    record Permitted(Permit permit) implements Answer {}

    /** Nobody is known yet: the person opens the link, signs in, and types the code from the page into the terminal. */
    record SignIn(String link, String url, Instant expiresAt) implements Answer {}

    /** They are known and hold no running grant, but may ask for these roles. */
    record MayAsk(String person, List<Offer> offers) implements Answer {
        public MayAsk {
            offers = List.copyOf(offers);
        }
    }

    /** They may not; the sentence is for them, and is the same for what does not exist and what they may not know of. */
    record Denied(String code, String sentence) implements Answer {}

    /** A role that may be asked for, and what it would take, in a sentence. */
    record Offer(String role, String login, Duration longest, boolean reasonRequired, String takes) {}
}
