package dev.sallyport.spi.gateway;

import java.time.Instant;
import java.util.List;

/** Entries of the feed after the version that was asked for, and the newest version that is committed. */
public record FeedPage(long head, List<Entry> entries) {
    public FeedPage {
        entries = List.copyOf(entries);
    }

    /** An entry; kinds a gateway does not know mean nothing to it. */
    public record Entry(long version, String kind, String subject, Instant at) {}
}
