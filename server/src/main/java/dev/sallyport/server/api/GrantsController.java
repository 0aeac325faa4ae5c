package dev.sallyport.server.api;

import dev.sallyport.base.Durations;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.LeaseId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Database;
import dev.sallyport.database.Slice;
import dev.sallyport.grant.EndSelector;
import dev.sallyport.grant.Grant;
import dev.sallyport.grant.GrantFilter;
import dev.sallyport.grant.GrantRefusal;
import dev.sallyport.grant.GrantState;
import dev.sallyport.grant.Grants;
import dev.sallyport.grant.Lease;
import dev.sallyport.request.Ask;
import dev.sallyport.request.Request;
import dev.sallyport.request.Requests;
import dev.sallyport.server.Caller;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Running access: whose it is, for how long, and how it ends. */
@RestController
@RequestMapping("/api/v1")
final class GrantsController {
    /** May see everybody's grants. */
    static final String READ_ALL = "grant.read-all";

    /** May end anybody's grants. */
    static final String REVOKE = "grant.revoke";

    private final Database database;
    private final Grants grants;
    private final Requests requests;

    GrantsController(Database database, Grants grants, Requests requests) {
        this.database = database;
        this.grants = grants;
        this.requests = requests;
    }

    record ExtendJson(
            @Nullable String duration,
            @Nullable String reason,
            @Nullable String ticket) {}

    record RevokeJson(@Nullable String reason) {}

    record RevocationJson(
            @Nullable String grant,
            @Nullable String identity,
            @Nullable String target,
            @Nullable String role,
            @Nullable String incident,
            @Nullable Boolean all,
            @Nullable String reason) {}

    record RevokedJson(List<String> revoked, long feedVersion) {}

    @SignedIn
    @Summary(
            value = "Grants: one's own, or all (needs grant.read-all)",
            refuses = {"auth.missing-right"})
    @GetMapping("/grants")
    Page<GrantJson> list(
            Caller caller,
            @RequestParam(defaultValue = "mine") String view,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String identity,
            @RequestParam(required = false) @Nullable String target,
            @RequestParam(required = false) @Nullable String role,
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
        var slice = new Slice(
                Orders.byAgeOrDue(order),
                Optional.ofNullable(after).map(GrantId::new).map(GrantId::value),
                size);
        var filter = new GrantFilter(
                all ? Optional.empty() : Optional.of(caller.personId()),
                Optional.ofNullable(identity),
                Optional.ofNullable(target),
                Optional.ofNullable(role),
                Optional.ofNullable(state).map(GrantsController::state));
        return database.read(rx -> Page.of(
                Grants.list(rx, filter, slice),
                size,
                grant -> GrantJson.of(Grants.view(rx, grant)),
                grant -> grant.id().value()));
    }

    @SignedIn
    @Summary(
            value = "One grant",
            refuses = {"grant.unknown"})
    @GetMapping("/grants/{id}")
    GrantJson show(Caller caller, @PathVariable String id) {
        return shown(caller, new GrantId(id));
    }

    @SignedIn
    @Summary(
            value = "One lease",
            refuses = {"grant.unknown"})
    @GetMapping("/leases/{id}")
    GrantJson.LeaseJson lease(Caller caller, @PathVariable String id) {
        Lease lease = database.read(rx -> Grants.lease(rx, new LeaseId(id)))
                .filter(found -> isVisible(caller, found.grant()))
                .orElseThrow(() -> GrantRefusal.UNKNOWN.because(id + ": no such lease, or you may not see it"));
        return GrantJson.LeaseJson.of(lease);
    }

    /** An extension is a request: the same rule decides again. */
    @SignedIn
    @Summary(
            value = "Ask for more time",
            refuses = {
                "grant.unknown",
                "request.invalid",
                "idempotency.mismatch",
                "auth.step-up-required",
                "auth.step-up-invalid"
            })
    @PostMapping("/grants/{id}/extend")
    @ResponseStatus(HttpStatus.CREATED)
    RequestJson extend(
            Caller caller,
            @PathVariable String id,
            @RequestBody ExtendJson body,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestHeader(name = RequestsController.STEP_UP, required = false) @Nullable String proof) {
        var grantId = new GrantId(id);
        Grant grant = database.read(rx -> Grants.find(rx, grantId))
                .filter(found -> found.person().equals(caller.personId()))
                .orElseThrow(() -> unknown(grantId));
        var ask = new Ask(
                List.of(new Ask.Wanted(grant.roleName(), grant.targetName())),
                Durations.parse("duration", RequestsController.required("duration", body.duration())),
                Optional.empty(),
                body.reason() == null ? "" : body.reason(),
                Optional.ofNullable(body.ticket()),
                Optional.of(grantId),
                Optional.ofNullable(key));
        Request request = requests.ask(caller.actor(), caller.personId(), ask, RequestsController.proof(proof));
        return RequestJson.of(request, requests.doings(caller.personId(), request));
    }

    @SignedIn
    @Summary(
            value = "Give a grant back before it ends",
            refuses = {"grant.unknown", "grant.ended"})
    @PostMapping("/grants/{id}/return")
    GrantJson giveBack(Caller caller, @PathVariable String id) {
        var grantId = new GrantId(id);
        grants.giveBack(caller.actor(), grantId, caller.personId());
        return shown(caller, grantId);
    }

    @Needs(REVOKE)
    @Summary(
            value = "End a grant now",
            refuses = {"grant.unknown", "grant.ended"})
    @PostMapping("/grants/{id}/revoke")
    GrantJson revoke(Caller caller, @PathVariable String id, @RequestBody RevokeJson body) {
        var grantId = new GrantId(id);
        grants.revoke(
                caller.actor(),
                new EndSelector.OneGrant(grantId),
                RequestsController.required("reason", body.reason()));
        return database.read(
                rx -> GrantJson.of(Grants.view(rx, Grants.find(rx, grantId).orElseThrow())));
    }

    @Needs(REVOKE)
    @Summary("End all grants that a selector chooses, now")
    @PostMapping("/revocations")
    RevokedJson revoke(Caller caller, @RequestBody RevocationJson body) {
        Grants.Ended ended =
                grants.revoke(caller.actor(), selector(body), RequestsController.required("reason", body.reason()));
        return new RevokedJson(ended.grants().stream().map(GrantId::value).toList(), ended.feedVersion());
    }

    private static EndSelector selector(RevocationJson body) {
        var chosen = new ArrayList<EndSelector>();
        if (body.grant() != null) {
            chosen.add(new EndSelector.OneGrant(new GrantId(body.grant())));
        }
        if (body.identity() != null) {
            chosen.add(new EndSelector.OfPerson(body.identity()));
        }
        if (body.target() != null) {
            chosen.add(new EndSelector.OnTarget(body.target()));
        }
        if (body.role() != null) {
            chosen.add(new EndSelector.OfRole(body.role()));
        }
        if (body.incident() != null) {
            chosen.add(new EndSelector.OfIncident(body.incident()));
        }
        if (Boolean.TRUE.equals(body.all())) {
            chosen.add(new EndSelector.All());
        }
        if (chosen.size() != 1) {
            throw InputRefusal.INVALID_VALUE.because("revocation: " + chosen.size()
                    + " selectors (expected: exactly one of grant, identity, target, role, incident, all)");
        }
        return chosen.getFirst();
    }

    private GrantJson shown(Caller caller, GrantId id) {
        visible(caller, id);
        return database.read(
                rx -> GrantJson.of(Grants.view(rx, Grants.find(rx, id).orElseThrow())));
    }

    private void visible(Caller caller, GrantId id) {
        if (!isVisible(caller, id)) {
            throw unknown(id);
        }
    }

    private boolean isVisible(Caller caller, GrantId id) {
        return database.read(rx -> Grants.find(rx, id))
                .map(grant -> grant.person().equals(caller.personId())
                        || caller.rights().contains(READ_ALL))
                .orElse(false);
    }

    private static Refusal unknown(GrantId id) {
        return GrantRefusal.UNKNOWN.because(id + ": no such grant, or you may not see it");
    }

    private static GrantState state(String text) {
        return Arrays.stream(GrantState.values())
                .filter(state -> RequestJson.word(state).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> InputRefusal.INVALID_VALUE.because(
                        "state: " + Text.quoted(text) + " (expected: scheduled, active, ending or ended)"));
    }
}
