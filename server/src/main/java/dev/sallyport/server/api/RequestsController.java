package dev.sallyport.server.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sallyport.base.Durations;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.Search;
import dev.sallyport.database.Slice;
import dev.sallyport.request.Approving;
import dev.sallyport.request.Ask;
import dev.sallyport.request.Doing;
import dev.sallyport.request.ItemState;
import dev.sallyport.request.Preview;
import dev.sallyport.request.Repeat;
import dev.sallyport.request.Request;
import dev.sallyport.request.RequestFilter;
import dev.sallyport.request.Requests;
import dev.sallyport.request.UsualWait;
import dev.sallyport.server.Caller;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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

/** Asking, deciding, withdrawing. */
@RestController
@RequestMapping("/api/v1")
final class RequestsController {
    /** The header with a proof of a second factor, made for this one call by {@code POST /me/step-up}. */
    static final String STEP_UP = "Sallyport-Step-Up";

    private final Requests requests;
    private final Approving approving;

    RequestsController(Requests requests, Approving approving) {
        this.requests = requests;
        this.approving = approving;
    }

    record WantedJson(@Nullable String role, @Nullable String target) {}

    /** Windows at the same time of every day or week. */
    record RepeatJson(
            @Nullable String every,
            @Nullable Integer times,
            @Nullable String zone) {
        Repeat repeat() {
            String asked = required("repeat.every", every);
            Repeat.Every apart = Arrays.stream(Repeat.Every.values())
                    .filter(value -> value.word().equals(asked))
                    .findFirst()
                    .orElseThrow(() -> InputRefusal.INVALID_VALUE.because(
                            "repeat.every: " + Text.quoted(asked) + " (expected: day or week)"));
            if (times == null) {
                throw InputRefusal.INVALID_VALUE.because(
                        "repeat.times: missing (expected: how many windows, 2 to " + Repeat.TIMES_MAX + ")");
            }
            try {
                return new Repeat(apart, times, zone == null ? ZoneOffset.UTC : ZoneId.of(zone));
            } catch (DateTimeException _) {
                throw InputRefusal.INVALID_VALUE.because(
                        "repeat.zone: " + Text.quoted(String.valueOf(zone)) + " (expected: such as Europe/Berlin)");
            }
        }
    }

    record AskJson(
            @Nullable List<WantedJson> items,
            @Nullable String duration,
            @Nullable Instant startsAt,
            @Nullable RepeatJson repeat,
            @Nullable String reason,
            @Nullable String ticket,
            @JsonProperty("extends") @Nullable String extended,
            @Nullable Boolean breakGlass) {}

    record SayJson(
            @Nullable String duration,
            @Nullable String comment,
            @Nullable List<String> items) {}

    /** @param breakGlass whether it could be granted as an emergency; told where one role on one target is looked for */
    record OfferJson(
            String role,
            String target,
            String description,
            RequestJson.DecisionJson decision,
            String maxDuration,
            boolean reasonRequired,
            String access,
            List<String> logins,
            @Nullable String runningGrant,
            @Nullable UsualWaitJson usualWait,
            boolean favourite,
            @Nullable Boolean breakGlass) {
        static OfferJson of(Requests.Offer offer) {
            return of(offer, null);
        }

        static OfferJson of(Requests.Offer offer, @Nullable Boolean breakGlass) {
            var obligations = offer.decision().obligations();
            return new OfferJson(
                    offer.role().name(),
                    offer.target().name(),
                    offer.role().description(),
                    RequestJson.DecisionJson.of(offer.decision(), offer.stages(), List.of()),
                    obligations.maxDuration().toString(),
                    obligations.reasonRequired(),
                    RequestJson.word(obligations.access()),
                    offer.role().logins(),
                    offer.running().map(GrantId::value).orElse(null),
                    offer.usualWait().map(UsualWaitJson::of).orElse(null),
                    offer.favourite(),
                    breakGlass);
        }
    }

    /** How long people usually take: half of the decisions, and nine of ten, took no longer. */
    record UsualWaitJson(String half, String most, int decisions) {
        static UsualWaitJson of(UsualWait wait) {
            return new UsualWaitJson(wait.half().toString(), wait.most().toString(), wait.decisions());
        }
    }

    @SignedIn
    @Summary("What the caller may ask for, and what would be decided; with q, what holds all its words")
    @GetMapping("/eligible")
    Page<OfferJson> eligible(
            Caller caller,
            @RequestParam(required = false) @Nullable String target,
            @RequestParam(required = false) @Nullable String role,
            @RequestParam(defaultValue = "") String q,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        var search = new Search(
                Optional.ofNullable(target), Optional.ofNullable(role), Search.words(q), Orders.ofOffers(order));
        int size = Page.limit(limit);
        int before = Page.rows(after, ReachController.DEEPEST);
        Requests.Offers found = requests.offers(caller.personId(), search, before, size);
        boolean one = role != null && target != null;
        return new Page<>(
                found.offers().stream()
                        .map(offer -> one
                                ? OfferJson.of(
                                        offer, requests.couldBreakGlass(caller.actor(), caller.personId(), offer))
                                : OfferJson.of(offer))
                        .toList(),
                found.more() ? Integer.toString(before + size) : null);
    }

    @SignedIn
    @Summary(
            value = "Ask for roles on targets",
            refuses = {
                "request.invalid",
                "request.unknown-role-or-target",
                "idempotency.mismatch",
                "auth.step-up-required",
                "auth.step-up-invalid"
            })
    @PostMapping("/requests")
    @ResponseStatus(HttpStatus.CREATED)
    RequestJson ask(
            Caller caller,
            @RequestBody AskJson ask,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestHeader(name = STEP_UP, required = false) @Nullable String proof) {
        Ask asked = asked(ask, Optional.ofNullable(key));
        return shown(caller, requests.ask(caller.actor(), caller.personId(), asked, proof(proof)));
    }

    /**
     * What would come of an item: the decision, how long it usually takes where people decide, and what would help where it
     * would be denied.
     */
    record PreviewJson(
            String role,
            String target,
            @Nullable Instant startsAt,
            RequestJson.DecisionJson decision,
            @Nullable UsualWaitJson usualWait,
            List<String> helps) {
        static PreviewJson of(Preview preview) {
            return new PreviewJson(
                    preview.role().name(),
                    preview.target().name(),
                    preview.startsAt().orElse(null),
                    RequestJson.DecisionJson.of(preview.decision(), preview.stages(), List.of()),
                    preview.usualWait().map(UsualWaitJson::of).orElse(null),
                    preview.helps());
        }
    }

    record PreviewsJson(List<PreviewJson> items) {}

    @SignedIn
    @Summary(
            value = "What would be decided about just this request, item by item; nothing is asked for",
            refuses = {"request.invalid", "request.unknown-role-or-target"})
    @PostMapping("/requests/preview")
    PreviewsJson preview(Caller caller, @RequestBody AskJson ask) {
        return new PreviewsJson(
                requests.preview(caller.actor(), caller.personId(), asked(ask, Optional.empty())).stream()
                        .map(PreviewJson::of)
                        .toList());
    }

    private static Ask asked(AskJson ask, Optional<String> key) {
        List<WantedJson> wanted = ask.items() == null ? List.of() : ask.items();
        return new Ask(
                wanted.stream()
                        .map(item -> new Ask.Wanted(
                                required("items.role", item.role()), required("items.target", item.target())))
                        .toList(),
                Durations.parse("duration", required("duration", ask.duration())),
                Optional.ofNullable(ask.startsAt()),
                ask.reason() == null ? "" : ask.reason(),
                Optional.ofNullable(ask.ticket()),
                Optional.ofNullable(ask.extended()).map(GrantId::new),
                key,
                Boolean.TRUE.equals(ask.breakGlass()),
                Optional.ofNullable(ask.repeat()).map(RepeatJson::repeat));
    }

    @SignedIn
    @Summary(
            value = "Requests: one's own, those to decide, or all (needs request.read-all)",
            refuses = {"auth.missing-right"})
    @GetMapping("/requests")
    Page<RequestJson> list(
            Caller caller,
            @RequestParam(defaultValue = "mine") String view,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String requester,
            @RequestParam(required = false) @Nullable String role,
            @RequestParam(required = false) @Nullable String target,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable Integer limit) {
        int size = Page.limit(limit);
        var slice = new Slice(
                Orders.byAgeOrDue(order),
                Optional.ofNullable(after).map(RequestId::new).map(RequestId::value),
                size);
        Optional<ItemState> of = Optional.ofNullable(state).map(RequestsController::state);
        var filter = new RequestFilter(
                Optional.empty(),
                of,
                Optional.ofNullable(requester),
                Optional.ofNullable(role),
                Optional.ofNullable(target));
        List<Request> found = switch (view) {
            case "mine" -> requests.list(filter.madeBy(caller.personId()), slice);
            case "to-decide" ->
                of.isEmpty() || of.get() == ItemState.PENDING
                        ? requests.toDecide(caller.personId(), filter, slice)
                        : List.of();
            case "all" -> {
                caller.require("request.read-all");
                yield requests.list(filter, slice);
            }
            default ->
                throw InputRefusal.INVALID_VALUE.because(
                        "view: " + Text.quoted(view) + " (expected: mine, to-decide or all)");
        };
        Map<RequestId, Set<Doing>> may = requests.doings(caller.personId(), found);
        return Page.of(
                found,
                size,
                request -> RequestJson.of(request, may.getOrDefault(request.id(), Set.of())),
                request -> request.id().value());
    }

    private static ItemState state(String word) {
        return Arrays.stream(ItemState.values())
                .filter(state -> RequestJson.word(state).equals(word))
                .findFirst()
                .orElseThrow(() -> InputRefusal.INVALID_VALUE.because("state: " + Text.quoted(word) + " (expected: "
                        + Arrays.stream(ItemState.values())
                                .map(RequestJson::word)
                                .collect(Collectors.joining(", "))
                        + ")"));
    }

    @SignedIn
    @Summary(
            value = "One request, by its id or that of one of its items",
            refuses = {"request.unknown"})
    @GetMapping("/requests/{id}")
    RequestJson show(Caller caller, @PathVariable String id) {
        boolean seesAll = caller.rights().contains("request.read-all");
        Request request = id.startsWith(ItemId.PREFIX)
                ? requests.find(caller.personId(), seesAll, new ItemId(id))
                : requests.find(caller.personId(), seesAll, new RequestId(id));
        return RequestJson.of(
                request,
                requests.doings(caller.personId(), request),
                requests.itemsToDecide(caller.personId(), request.id()),
                requests.background(caller.personId(), request));
    }

    @SignedIn
    @Summary(
            value = "Approve a request, or some of its items",
            refuses = {
                "request.unknown",
                "request.self-approval",
                "request.not-approver",
                "request.not-pending",
                "request.expired",
                "request.already-decided-by-you",
                "auth.step-up-required",
                "auth.step-up-invalid"
            })
    @PostMapping("/requests/{id}/approve")
    RequestJson approve(
            Caller caller,
            @PathVariable String id,
            @RequestBody SayJson say,
            @RequestHeader(name = STEP_UP, required = false) @Nullable String proof) {
        return decide(caller, id, say, true, proof(proof));
    }

    @SignedIn
    @Summary(
            value = "Deny a request, or some of its items",
            refuses = {
                "request.unknown",
                "request.self-approval",
                "request.not-approver",
                "request.not-pending",
                "request.expired",
                "request.already-decided-by-you"
            })
    @PostMapping("/requests/{id}/deny")
    RequestJson deny(Caller caller, @PathVariable String id, @RequestBody SayJson say) {
        return decide(caller, id, say, false, Optional.empty());
    }

    @SignedIn
    @Summary(
            value = "Take back what is still waiting",
            refuses = {"request.unknown", "request.not-requester", "request.not-pending"})
    @PostMapping("/requests/{id}/withdraw")
    RequestJson withdraw(Caller caller, @PathVariable String id) {
        return shown(caller, requests.withdraw(caller.actor(), caller.personId(), new RequestId(id)));
    }

    private RequestJson decide(Caller caller, String id, SayJson say, boolean approves, Optional<Secret> proof) {
        Set<ItemId> items = say.items() == null
                ? Set.of()
                : say.items().stream().map(ItemId::new).collect(Collectors.toUnmodifiableSet());
        var said = new Approving.Say(
                approves,
                Optional.ofNullable(say.duration()).map(text -> Durations.parse("duration", text)),
                Optional.ofNullable(say.comment()),
                items);
        return shown(caller, approving.decide(caller.actor(), caller.personId(), new RequestId(id), said, proof));
    }

    private RequestJson shown(Caller caller, Request request) {
        return RequestJson.of(request, requests.doings(caller.personId(), request));
    }

    static Optional<Secret> proof(@Nullable String header) {
        return Optional.ofNullable(header).map(Secret::of);
    }

    static String required(String field, @Nullable String value) {
        if (value == null) {
            throw InputRefusal.INVALID_VALUE.because(field + ": missing (expected: a value)");
        }
        return value;
    }
}
