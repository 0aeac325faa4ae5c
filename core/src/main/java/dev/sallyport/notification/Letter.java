package dev.sallyport.notification;

import dev.sallyport.base.Secret;
import dev.sallyport.catalog.News;
import dev.sallyport.finding.Severity;
import java.time.Instant;
import java.util.Optional;

/**
 * News on its way to one receiver.
 *
 * @param id the same at every attempt, so that a receiver can tell a second copy
 * @param address whose mail it is; nothing: the channel's own
 * @param request the request it is about
 * @param link where the receiver can act on it
 */
public record Letter(
        String id,
        News news,
        Severity severity,
        Instant happenedAt,
        Story story,
        Optional<String> address,
        Optional<String> request,
        Optional<Secret> link) {}
