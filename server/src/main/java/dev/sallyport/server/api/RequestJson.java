package dev.sallyport.server.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sallyport.base.GrantId;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.Obligations;
import dev.sallyport.request.Item;
import dev.sallyport.request.Request;
import dev.sallyport.request.StoredDecision;
import dev.sallyport.request.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request as callers see it. */
record RequestJson(
        String id,
        String state,
        String requester,
        String reason,
        @Nullable String ticket,
        String requestedDuration,
        Instant createdAt,
        @Nullable Instant startsAt,
        Instant expiresAt,
        @JsonProperty("extends") @Nullable String extended,
        List<ItemJson> items) {

    record ItemJson(
            String id,
            String role,
            String target,
            String state,
            DecisionJson decision,
            @Nullable String grant) {}

    record DecisionJson(
            String effect,
            int approvalsNeeded,
            @Nullable String approverGroup,
            List<VerdictJson> approvals,
            ObligationsJson obligations,
            List<String> explanation) {
        static DecisionJson of(StoredDecision decision, List<Verdict> verdicts) {
            return new DecisionJson(
                    word(decision.effect()),
                    decision.approvals().map(wanted -> wanted.count()).orElse(0),
                    decision.approvals().map(wanted -> wanted.group()).orElse(null),
                    verdicts.stream().map(VerdictJson::of).toList(),
                    ObligationsJson.of(decision.obligations()),
                    decision.explanation());
        }
    }

    record VerdictJson(
            String by,
            Instant at,
            String verdict,
            @Nullable String comment,
            @Nullable String duration) {
        static VerdictJson of(Verdict verdict) {
            return new VerdictJson(
                    verdict.byName(),
                    verdict.at(),
                    verdict.approves() ? "approve" : "deny",
                    verdict.comment().orElse(null),
                    verdict.duration().map(Object::toString).orElse(null));
        }
    }

    record ObligationsJson(
            String maxDuration,
            boolean reasonRequired,
            String access,
            String certificateValidity,
            @Nullable String recording,
            @Nullable Boolean supervised) {
        static ObligationsJson of(Obligations obligations) {
            boolean gateway = obligations.access() == Access.GATEWAY;
            return new ObligationsJson(
                    obligations.maxDuration().toString(),
                    obligations.reasonRequired(),
                    word(obligations.access()),
                    obligations.certificateValidity().toString(),
                    gateway ? word(obligations.session().recording()).replace(' ', '-') : null,
                    gateway ? obligations.session().supervised() : null);
        }
    }

    static RequestJson of(Request request) {
        return new RequestJson(
                request.id().value(),
                word(request.state()),
                request.requesterName(),
                request.reason(),
                request.ticket().orElse(null),
                request.duration().toString(),
                request.createdAt(),
                request.startsAt().orElse(null),
                request.decideBy(),
                request.extended().map(GrantId::value).orElse(null),
                request.items().stream().map(RequestJson::item).toList());
    }

    private static ItemJson item(Item item) {
        return new ItemJson(
                item.id().value(),
                item.roleName(),
                item.targetName(),
                word(item.state()),
                DecisionJson.of(item.decision(), item.verdicts()),
                item.grant().map(GrantId::value).orElse(null));
    }

    /** How a constant of ours reads: lower case, with spaces. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
