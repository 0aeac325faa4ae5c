package dev.sallyport.server.api;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Database;
import dev.sallyport.database.Slice;
import dev.sallyport.request.Delegation;
import dev.sallyport.request.Delegations;
import dev.sallyport.server.Caller;
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

/** Rights to decide in the hands of others, for a time. */
@RestController
@RequestMapping("/api/v1/delegations")
final class DelegationsController {
    /** May see everybody's requests, and whose word counts in them. */
    private static final String READ_ALL = "request.read-all";

    private final Database database;
    private final Delegations delegations;

    DelegationsController(Database database, Delegations delegations) {
        this.database = database;
        this.delegations = delegations;
    }

    record DelegationJson(
            String id,
            String state,
            String from,
            String to,
            Instant startsAt,
            Instant until,
            @Nullable String role,
            @Nullable String target,
            String reason,
            Instant createdAt,
            @Nullable Instant endedAt) {
        static DelegationJson of(Delegation delegation, Instant now) {
            return new DelegationJson(
                    delegation.id(),
                    RequestJson.word(delegation.state(now)),
                    delegation.from(),
                    delegation.to(),
                    delegation.startsAt(),
                    delegation.until(),
                    delegation.role().orElse(null),
                    delegation.target().orElse(null),
                    delegation.reason(),
                    delegation.createdAt(),
                    delegation.endedAt().orElse(null));
        }
    }

    record HandingJson(
            @Nullable String to,
            @Nullable Instant startsAt,
            @Nullable Instant until,
            @Nullable String role,
            @Nullable String target,
            @Nullable String reason) {}

    @SignedIn
    @Summary(
            value = "Delegations that one gave or got, or all (needs request.read-all), newest first",
            refuses = "auth.missing-right")
    @GetMapping
    Page<DelegationJson> list(
            Caller caller,
            @RequestParam(defaultValue = "mine") String view,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        boolean all = switch (view) {
            case "mine" -> false;
            case "all" -> true;
            default ->
                throw InputRefusal.INVALID_VALUE.because("view: " + Text.quoted(view) + " (expected: mine or all)");
        };
        if (all) {
            caller.require(READ_ALL);
        }
        int size = Page.limit(limit);
        Instant now = now();
        var slice = new Slice(Orders.byAge(order), Optional.ofNullable(after), size);
        List<Delegation> page = delegations.list(all ? Optional.empty() : Optional.of(caller.personId()), slice);
        return Page.of(page, size, delegation -> DelegationJson.of(delegation, now), Delegation::id);
    }

    @SignedIn
    @Summary(
            value = "One delegation that one gave or got, or any (with request.read-all)",
            refuses = "delegation.unknown")
    @GetMapping("/{id}")
    DelegationJson show(Caller caller, @PathVariable String id) {
        return DelegationJson.of(
                delegations.find(caller.personId(), caller.rights().contains(READ_ALL), id), now());
    }

    @SignedIn
    @Summary(
            value = "Let another person decide what one may decide oneself, for a time",
            refuses = {"delegation.invalid", "delegation.not-active", "delegation.too-many"})
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    DelegationJson create(Caller caller, @RequestBody HandingJson body) {
        if (body.until() == null) {
            throw InputRefusal.INVALID_VALUE.because("until: missing (expected: a time)");
        }
        return DelegationJson.of(
                delegations.create(
                        caller.actor(),
                        caller.personId(),
                        new Delegations.Handing(
                                RequestsController.required("to", body.to()),
                                Optional.ofNullable(body.startsAt()),
                                body.until(),
                                Optional.ofNullable(body.role()),
                                Optional.ofNullable(body.target()),
                                RequestsController.required("reason", body.reason()))),
                now());
    }

    @SignedIn
    @Summary(
            value = "End a delegation that one gave or got",
            refuses = {"delegation.unknown", "delegation.ended-already"})
    @PostMapping("/{id}/end")
    DelegationJson end(Caller caller, @PathVariable String id) {
        return DelegationJson.of(delegations.end(caller.actor(), caller.personId(), id), now());
    }

    private Instant now() {
        return database.read(rx -> rx.now());
    }
}
