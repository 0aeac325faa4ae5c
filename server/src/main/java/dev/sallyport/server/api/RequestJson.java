package dev.sallyport.server.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sallyport.base.GrantId;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.Obligations;
import dev.sallyport.request.ApprovalStage;
import dev.sallyport.request.Background;
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
        boolean breakGlass,
        List<ItemJson> items) {

    record ItemJson(
            String id,
            String role,
            String target,
            String state,
            DecisionJson decision,
            @Nullable String grant,
            GivesJson gives,
            @Nullable BackgroundJson background) {}

    /** What it opens: accounts on hosts, with these certificate extensions; rights on the product itself. */
    record GivesJson(List<String> logins, List<String> extensions, List<String> rights) {}

    /** What approvers want to know, of the last 90 days; not told to who asked, nor in lists. */
    record BackgroundJson(
            List<String> heldBy, int held, @Nullable Instant lastHeld, int denied) {
        static BackgroundJson of(Background background) {
            return new BackgroundJson(
                    background.heldBy(),
                    background.held(),
                    background.lastHeld().orElse(null),
                    background.denied());
        }
    }

    record DecisionJson(
            String effect,
            int approvalsNeeded,
            @Nullable String approverGroup,
            List<StageJson> stages,
            List<VerdictJson> approvals,
            ObligationsJson obligations,
            List<String> explanation) {
        static DecisionJson of(StoredDecision decision, List<ApprovalStage> stages, List<Verdict> verdicts) {
            return new DecisionJson(
                    word(decision.effect()),
                    stages.stream().mapToInt(ApprovalStage::needed).sum(),
                    stages.stream()
                            .map(ApprovalStage::by)
                            .filter(by -> by.people().isEmpty() && by.groups().size() == 1)
                            .map(by -> by.groups().getFirst())
                            .findFirst()
                            .orElse(null),
                    stages.stream().map(StageJson::of).toList(),
                    verdicts.stream().map(VerdictJson::of).toList(),
                    ObligationsJson.of(decision.obligations()),
                    decision.explanation());
        }
    }

    /** Whose word is needed: any of the members of these groups and of these people. */
    record StageJson(
            int stage,
            String state,
            int needed,
            int given,
            List<String> groups,
            List<String> people,
            @Nullable Instant escalatesAt,
            @Nullable Instant escalatedAt) {
        static StageJson of(ApprovalStage stage) {
            return new StageJson(
                    stage.position(),
                    word(stage.state()),
                    stage.needed(),
                    stage.given(),
                    stage.approvers().groups(),
                    stage.approvers().people(),
                    stage.escalatesAt().orElse(null),
                    stage.escalatedAt().orElse(null));
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
            @Nullable Boolean supervised,
            @Nullable String mfaWithin,
            List<String> tickets,
            List<String> notified,
            boolean postReview) {
        static ObligationsJson of(Obligations obligations) {
            boolean gateway = obligations.access() == Access.GATEWAY;
            return new ObligationsJson(
                    obligations.maxDuration().toString(),
                    obligations.reasonRequired(),
                    word(obligations.access()),
                    obligations.certificateValidity().toString(),
                    gateway ? word(obligations.session().recording()).replace(' ', '-') : null,
                    gateway ? obligations.session().supervised() : null,
                    obligations.mfaWithin().map(Object::toString).orElse(null),
                    obligations.tickets(),
                    obligations.notified(),
                    obligations.postReview());
        }
    }

    static RequestJson of(Request request) {
        return of(request, List.of());
    }

    /** @param background of each item, or nothing */
    static RequestJson of(Request request, List<Background> background) {
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
                request.breakGlass(),
                java.util.stream.IntStream.range(0, request.items().size())
                        .mapToObj(i -> item(
                                request.items().get(i),
                                background.isEmpty() ? null : BackgroundJson.of(background.get(i))))
                        .toList());
    }

    private static ItemJson item(Item item, @Nullable BackgroundJson background) {
        return new ItemJson(
                item.id().value(),
                item.roleName(),
                item.targetName(),
                word(item.state()),
                DecisionJson.of(item.decision(), item.stages(), item.verdicts()),
                item.grant().map(GrantId::value).orElse(null),
                new GivesJson(
                        item.decision().terms().logins(),
                        item.decision().terms().extensions(),
                        item.decision().terms().rights()),
                background);
    }

    /** How a constant of ours reads: lower case, with spaces. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
