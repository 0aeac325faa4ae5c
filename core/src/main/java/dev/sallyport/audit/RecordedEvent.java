package dev.sallyport.audit;

import dev.sallyport.database.Spec;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * An event as it stands in the log.
 *
 * @param body the canonical bytes, read; personal fields stand in it as commitments
 * @param personal the values behind those commitments, as far as they have not been erased
 * @param place where the tail goes on after this event
 */
public record RecordedEvent(
        String id,
        Instant happenedAt,
        Instant recordedAt,
        String className,
        String activity,
        String outcome,
        Optional<String> actorPerson,
        Optional<String> target,
        Spec body,
        Map<String, String> personal,
        String leafHash,
        String place) {

    /** The number of the change that it belongs to. */
    long change() {
        return Long.parseLong(place, 0, place.indexOf('.'), 10);
    }

    /** Ids of request, grant, lease and session, as far as there are any. */
    public Map<String, String> correlation() {
        return body.at("unmapped").pairs("correlation");
    }

    public Spec data() {
        return body.at("unmapped").at("data");
    }

    public String source() {
        return body.at("unmapped").text("source", "");
    }

    public String sourceSequence() {
        return body.at("unmapped").text("source_sequence", "");
    }

    public Optional<String> actorIdentity() {
        return body.at("actor").at("user").text("identity");
    }

    /** The name of who acted: of the person, unless erased, or of the part of the product. */
    public Optional<String> actorName() {
        return Optional.ofNullable(personal.get("actor_name"))
                .or(() -> body.at("actor").at("user").text("name"));
    }
}
