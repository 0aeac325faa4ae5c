package dev.sallyport.spi.gateway;

import dev.sallyport.base.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Some output of a watched session, redacted, and the size of its terminal.
 *
 * @param offsetMillis since the session began
 * @param picture whether it is no news but what the channel had shown last, for somebody who has begun to watch
 */
public record LiveFrame(
        long offsetMillis,
        int channel,
        int columns,
        int rows,
        Bytes output,
        @Nullable Boolean picture) {
    public static LiveFrame news(long offsetMillis, int channel, int columns, int rows, Bytes output) {
        return new LiveFrame(offsetMillis, channel, columns, rows, output, false);
    }

    /** Gateways of before there were pictures say nothing. */
    public boolean isPicture() {
        return Boolean.TRUE.equals(picture);
    }
}
