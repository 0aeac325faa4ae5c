package dev.sallyport.request;

import java.time.Duration;

/**
 * How long it usually takes until people have decided.
 *
 * @param half in half of the cases it took no longer
 * @param most nor in nine of ten
 * @param decisions how many were looked at
 */
public record UsualWait(Duration half, Duration most, int decisions) {}
