package dev.sallyport.server.api;

import dev.sallyport.grant.Grant;
import dev.sallyport.grant.Grants;
import dev.sallyport.grant.Lease;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A grant as callers see it. */
record GrantJson(
        String id,
        String state,
        String role,
        String target,
        String identity,
        String request,
        Instant startsAt,
        Instant endsAt,
        @Nullable Instant endedAt,
        @Nullable String endReason,
        @Nullable String endComment,
        String access,
        List<String> logins,
        boolean files,
        List<String> incidents,
        List<LeaseJson> leases) {

    record LeaseJson(
            String id,
            String state,
            String kind,
            String cut,
            String target,
            String grant,
            Instant issuedAt,
            Instant expiresAt,
            @Nullable Instant closedAt,
            int attempts,
            @Nullable String lastError,
            @Nullable String serial,
            boolean stuck) {
        static LeaseJson of(Lease lease) {
            return new LeaseJson(
                    lease.id().value(),
                    RequestJson.word(lease.state()),
                    lease.kind(),
                    RequestJson.word(lease.cut()),
                    lease.targetName(),
                    lease.grant().value(),
                    lease.issuedAt(),
                    lease.expiresAt(),
                    lease.closedAt().orElse(null),
                    lease.attempts(),
                    lease.lastError().orElse(null),
                    lease.spec().text("serial").orElse(null),
                    lease.isStuck());
        }
    }

    static GrantJson of(Grants.View view) {
        Grant grant = view.grant();
        return new GrantJson(
                grant.id().value(),
                RequestJson.word(grant.state()),
                grant.roleName(),
                grant.targetName(),
                grant.personName(),
                grant.request().value(),
                grant.startsAt(),
                grant.endsAt(),
                grant.endedAt().orElse(null),
                grant.endReason().map(RequestJson::word).orElse(null),
                grant.endComment().orElse(null),
                RequestJson.word(grant.terms().access()),
                grant.terms().logins(),
                grant.terms().session().files(),
                view.incidents(),
                view.leases().stream().map(LeaseJson::of).toList());
    }
}
