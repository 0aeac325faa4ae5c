package dev.sallyport.spi.gateway;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.RequestId;
import java.time.Instant;

/**
 * Who goes where, under which grant and on which terms.
 *
 * @param person the name to show
 * @param endsAt when the grant ends; no session outlives it
 * @param feedVersion the version of the feed this was decided at; a session starts only where the feed has reached it
 */
public record Permit(
        PermitId id,
        String person,
        GrantId grant,
        RequestId request,
        String role,
        String target,
        String login,
        Instant endsAt,
        long feedVersion,
        SessionTerms terms,
        TargetAccess access) {}
