package dev.sallyport.spi.gateway;

import dev.sallyport.base.Bytes;

/**
 * Some output of a watched session, redacted, and the size of its terminal.
 *
 * @param offsetMillis since the session began
 */
public record LiveFrame(long offsetMillis, int channel, int columns, int rows, Bytes output) {}
