package dev.sallyport.spi.gateway;

import dev.sallyport.base.SessionId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something a gateway is to do with one of its sessions; told once, in the order of the sequence. */
public record Order(long sequence, SessionId session, What what) {
    /** What to do. */
    public sealed interface What {}

    /** End it; the person at it sees who did and why. */
    public record Kill(String by, String reason) implements What {}

    /** Show a text in its terminals. */
    public record Message(String by, String text) implements What {}

    /** Let nothing through until it is resumed. */
    public record Pause(String by) implements What {}

    public record Resume(String by) implements What {}

    /**
     * Send what it shows to the control plane as {@code live} frames, for so long; asked again while somebody watches.
     *
     * @param begins whether somebody has just begun, who is to see what it had shown last
     */
    public record Watch(
            String by, Duration lasting, @Nullable Boolean begins) implements What {}
}
