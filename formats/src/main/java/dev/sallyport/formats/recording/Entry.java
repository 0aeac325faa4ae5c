package dev.sallyport.formats.recording;

/**
 * An event with its place.
 *
 * @param millis since the session started; within a recording it never goes back
 * @param channel the channel it happened on; {@link #SESSION} for the session as a whole
 */
public record Entry(long millis, int channel, Event event) {
    /** The number that stands for no channel. */
    public static final int SESSION = 0;

    /** The largest number of a channel. */
    public static final int MAX_CHANNEL = 0xffff;

    /** The latest time: a hundred years. */
    public static final long MAX_MILLIS = 100L * 366 * 24 * 3600 * 1000;

    public Entry {
        if (millis < 0 || millis > MAX_MILLIS) {
            throw new IllegalArgumentException("millis: " + millis + " (expected: 0 to " + MAX_MILLIS + ")");
        }
        if (channel < 0 || channel > MAX_CHANNEL) {
            throw new IllegalArgumentException("channel: " + channel + " (expected: 0 to " + MAX_CHANNEL + ")");
        }
    }
}
