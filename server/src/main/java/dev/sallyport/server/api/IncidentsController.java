package dev.sallyport.server.api;

import dev.sallyport.base.Durations;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.IncidentSource;
import dev.sallyport.database.Slice;
import dev.sallyport.incident.Deliveries;
import dev.sallyport.incident.Incident;
import dev.sallyport.incident.Incidents;
import dev.sallyport.incident.Opening;
import dev.sallyport.incident.Responders;
import dev.sallyport.server.Caller;
import dev.sallyport.server.HttpRefusal;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Incidents, and the messages of what tells of them. */
@RestController
@RequestMapping("/api/v1")
final class IncidentsController {
    /** May see every incident. */
    static final String READ = "incident.read";

    private static final String OPEN = "incident.open";
    private static final String CHANGE = "incident.change";
    private static final String CONFIRM = "incident.confirm";

    private final Incidents incidents;
    private final Deliveries deliveries;

    IncidentsController(Incidents incidents, Deliveries deliveries) {
        this.incidents = incidents;
        this.deliveries = deliveries;
    }

    record IncidentJson(
            String id,
            String state,
            String title,
            String severity,
            @Nullable String source,
            @Nullable String reference,
            @Nullable String openedBy,
            @Nullable String confirmedBy,
            boolean counts,
            boolean unconfirmed,
            Instant openedAt,
            Instant endsAt,
            @Nullable Instant closedAt,
            @Nullable String closedBy,
            @Nullable String closeReason,
            List<String> targets,
            List<String> responders,
            List<String> responderGroups) {
        static IncidentJson of(Incident incident) {
            return new IncidentJson(
                    incident.id(),
                    incident.open() ? "open" : "closed",
                    incident.title(),
                    incident.severity(),
                    incident.source().orElse(null),
                    incident.reference().orElse(null),
                    incident.openedBy().orElse(null),
                    incident.confirmedBy().orElse(null),
                    incident.counts(),
                    incident.isUnconfirmed(),
                    incident.openedAt(),
                    incident.endsAt(),
                    incident.closedAt().orElse(null),
                    incident.closedBy().orElse(null),
                    incident.closeReason().orElse(null),
                    incident.targets(),
                    incident.responders(),
                    incident.responderGroups());
        }
    }

    record OpeningJson(
            @Nullable String title,
            @Nullable String severity,
            @Nullable String service,
            @Nullable List<String> targets,
            @Nullable List<String> responders,
            @Nullable List<String> responderGroups,
            @Nullable String lasts) {}

    record RespondersJson(
            @Nullable List<String> responders, @Nullable List<String> responderGroups) {
        Responders all() {
            return working(responders, responderGroups);
        }
    }

    record CloseJson(@Nullable String reason) {}

    record TakenJson(String taken) {}

    @SignedIn
    @Summary(
            value = "Incidents that one opened or works on, or all (needs incident.read)",
            refuses = "auth.missing-right")
    @GetMapping("/incidents")
    Page<IncidentJson> list(
            Caller caller,
            @RequestParam(defaultValue = "mine") String view,
            @RequestParam(defaultValue = "open") String state,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        boolean all = chosen("view", view, "all", "mine");
        boolean open = chosen("state", state, "open", "closed");
        if (all) {
            caller.require(READ);
        }
        int size = Page.limit(limit);
        return Page.of(
                incidents.list(
                        all ? Optional.empty() : Optional.of(caller.personId()),
                        open,
                        new Slice(Orders.byAge(order), Optional.ofNullable(after), size)),
                size,
                IncidentJson::of,
                Incident::id);
    }

    @SignedIn
    @Summary(value = "One incident", refuses = "incident.unknown")
    @GetMapping("/incidents/{id}")
    IncidentJson show(Caller caller, @PathVariable String id) {
        return IncidentJson.of(incidents.find(caller.personId(), caller.rights().contains(READ), id));
    }

    @Needs(OPEN)
    @Summary(
            value = "Open an incident; who does so does not profit from it before somebody else confirms it. With"
                    + " ?source=NAME it is the same as POST /incident-sources/NAME/messages",
            refuses = {"incident.invalid", "incident.too-many"})
    @PostMapping("/incidents")
    @ResponseStatus(HttpStatus.CREATED)
    IncidentJson open(Caller caller, @RequestBody OpeningJson body) {
        return IncidentJson.of(incidents.open(
                caller.actor(),
                caller.personId(),
                new Opening(
                        RequestsController.required("title", body.title()),
                        RequestsController.required("severity", body.severity()),
                        Optional.ofNullable(body.service()),
                        listed(body.targets()),
                        working(body.responders(), body.responderGroups()),
                        Optional.ofNullable(body.lasts())
                                .map(text -> Durations.parse("lasts", text))
                                .orElse(IncidentSource.LONGEST))));
    }

    @Needs(CONFIRM)
    @Summary(
            value = "Say that an incident is real",
            refuses = {"incident.unknown", "incident.own", "incident.confirmed-already", "incident.closed-already"})
    @PostMapping("/incidents/{id}/confirm")
    IncidentJson confirm(Caller caller, @PathVariable String id) {
        return IncidentJson.of(incidents.confirm(caller.actor(), caller.personId(), id));
    }

    @Needs(CHANGE)
    @Summary(
            value = "End an incident, and what was granted for it",
            refuses = {"incident.unknown", "incident.closed-already"})
    @PostMapping("/incidents/{id}/close")
    IncidentJson close(Caller caller, @PathVariable String id, @RequestBody CloseJson body) {
        return IncidentJson.of(
                incidents.close(caller.actor(), id, RequestsController.required("reason", body.reason())));
    }

    @Needs(CHANGE)
    @Summary(
            value = "More people work on an incident; nobody adds themselves",
            refuses = {"incident.unknown", "incident.self", "incident.invalid", "incident.closed-already"})
    @PostMapping("/incidents/{id}/responders/add")
    IncidentJson addResponders(Caller caller, @PathVariable String id, @RequestBody RespondersJson body) {
        return IncidentJson.of(incidents.addResponders(caller.actor(), caller.personId(), id, body.all()));
    }

    @Needs(CHANGE)
    @Summary(
            value = "Fewer people work on an incident; what they were granted for it ends",
            refuses = {"incident.unknown", "incident.invalid", "incident.closed-already"})
    @PostMapping("/incidents/{id}/responders/remove")
    IncidentJson removeResponders(Caller caller, @PathVariable String id, @RequestBody RespondersJson body) {
        return IncidentJson.of(incidents.removeResponders(caller.actor(), id, body.all()));
    }

    /** The body is proved as it came, byte for byte. */
    @Public(incidentSource = true)
    @Summary(
            value = "A message of an incident source, in its own shape",
            reads = Object.class,
            refuses = {"incident.unproven", "incident.too-old", "incident.invalid", "incident.too-many"})
    @PostMapping("/incident-sources/{name}/messages")
    TakenJson message(@PathVariable String name, @RequestBody byte[] body, HttpServletRequest request) {
        if (body.length > Deliveries.BYTES_MAX) {
            throw HttpRefusal.TOO_LARGE.because(
                    "the message has " + body.length + " bytes (allowed: " + Deliveries.BYTES_MAX + ")");
        }
        return new TakenJson(RequestJson.word(deliveries.take(
                request.getRemoteAddr(),
                name,
                header -> Optional.ofNullable(request.getHeader(header)).orElse(""),
                body)));
    }

    private static boolean chosen(String field, String word, String yes, String no) {
        if (!word.equals(yes) && !word.equals(no)) {
            throw InputRefusal.INVALID_VALUE.because(
                    field + ": " + Text.quoted(word) + " (expected: " + yes + " or " + no + ")");
        }
        return word.equals(yes);
    }

    private static List<String> listed(@Nullable List<String> names) {
        return names == null ? List.of() : names;
    }

    private static Responders working(@Nullable List<String> people, @Nullable List<String> groups) {
        return new Responders(listed(people), listed(groups));
    }
}
