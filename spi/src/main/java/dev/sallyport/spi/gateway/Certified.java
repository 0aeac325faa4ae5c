package dev.sallyport.spi.gateway;

import java.time.Instant;

/** A certificate in OpenSSH's format, one line, and when it expires. */
public record Certified(String certificate, Instant expiresAt) {}
