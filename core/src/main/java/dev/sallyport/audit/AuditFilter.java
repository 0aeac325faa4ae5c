package dev.sallyport.audit;

import java.time.Instant;
import java.util.Optional;

/** Which events to show; what is empty does not restrict. The actor is a person's id or name. */
public record AuditFilter(
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<String> request,
        Optional<String> grant,
        Optional<String> lease,
        Optional<String> session,
        Optional<String> actor,
        Optional<String> activity,
        Optional<String> outcome,
        Optional<String> target) {
    public static final AuditFilter ALL = new AuditFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** Events of one kind about one session. */
    public static AuditFilter ofSession(String id, String activity) {
        return new AuditFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(id),
                Optional.empty(),
                Optional.of(activity),
                Optional.empty(),
                Optional.empty());
    }

    /** Everything about one request, with what its grants led to. */
    public static AuditFilter ofRequest(String id) {
        return new AuditFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.of(id),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
