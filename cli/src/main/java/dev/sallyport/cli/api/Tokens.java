package dev.sallyport.cli.api;

import dev.sallyport.base.Secret;
import java.time.Instant;

/**
 * What the token endpoint gave.
 *
 * @param expiresAt when the access token ends by this machine's clock
 */
public record Tokens(Secret access, Instant expiresAt, Secret refresh) {}
