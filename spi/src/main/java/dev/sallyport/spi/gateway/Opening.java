package dev.sallyport.spi.gateway;

import java.time.Instant;

/** A session as the gateway begins it; the time is the gateway's. */
public record Opening(Instant at, String clientAddress, String clientVersion) {}
