package dev.sallyport.server.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.ItemId;
import dev.sallyport.decision.RiskScore;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.Obligations;
import dev.sallyport.policy.code.Stage;
import dev.sallyport.request.ApprovalStage;
import dev.sallyport.request.Background;
import dev.sallyport.request.Doing;
import dev.sallyport.request.Item;
import dev.sallyport.request.Request;
import dev.sallyport.request.StoredDecision;
import dev.sallyport.request.Untold;
import dev.sallyport.request.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
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
        List<String> may,
        List<ItemJson> items) {

    /** @param may what the caller may say about just this one; not told in lists */
    record ItemJson(
            String id,
            String role,
            String target,
            String state,
            DecisionJson decision,
            @Nullable Instant startsAt,
            @Nullable String grant,
            GivesJson gives,
            @Nullable List<String> may,
            @Nullable BackgroundJson background) {}

    /** What it opens: accounts on hosts, with these certificate extensions; rights on the product itself. */
    record GivesJson(List<String> logins, List<String> extensions, List<String> rights) {}

    /** What approvers want to know, of the last 90 days; not told to who asked, nor in lists. */
    record BackgroundJson(
            List<String> heldBy,
            int held,
            @Nullable Instant lastHeld,
            int denied,
            @Nullable RiskJson risk) {
        static BackgroundJson of(Background background) {
            return new BackgroundJson(
                    background.heldBy(),
                    background.held(),
                    background.lastHeld().orElse(null),
                    background.denied(),
                    background.risk().map(RiskJson::of).orElse(null));
        }
    }

    /** How unusual it was to ask this, 0 to 100, and why. */
    record RiskJson(int points, List<RiskReasonJson> reasons) {
        static RiskJson of(RiskScore score) {
            return new RiskJson(
                    score.points(),
                    score.reasons().stream()
                            .map(reason -> new RiskReasonJson(reason.feature(), reason.points(), reason.why()))
                            .toList());
        }
    }

    record RiskReasonJson(String feature, int points, String why) {}

    record DecisionJson(
            String effect,
            int approvalsNeeded,
            @Nullable String approverGroup,
            List<StageJson> stages,
            List<VerdictJson> approvals,
            ObligationsJson obligations,
            List<String> explanation,
            List<String> incidents) {
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
                    decision.explanation(),
                    decision.incidents());
        }
    }

    /** Whose word is needed: any of the members of these groups and of these people, or the decision service's. */
    record StageJson(
            int stage,
            String state,
            int needed,
            int given,
            List<String> groups,
            List<String> people,
            @Nullable String service,
            @Nullable Instant unheardAt,
            @Nullable Instant escalatesAt,
            @Nullable Instant escalatedAt,
            List<String> fallbackGroups,
            @Nullable Instant fallbackAt,
            @Nullable Instant fellBackAt,
            @Nullable String untold) {
        static StageJson of(ApprovalStage stage) {
            return new StageJson(
                    stage.position(),
                    word(stage.state()),
                    stage.needed(),
                    stage.given(),
                    stage.approvers().groups(),
                    stage.approvers().people(),
                    stage.by().service().orElse(null),
                    stage.unheardAt().orElse(null),
                    stage.escalatesAt().orElse(null),
                    stage.escalatedAt().orElse(null),
                    stage.fallback().map(Stage.Fallback::groups).orElse(List.of()),
                    stage.fallbackAt().orElse(null),
                    stage.fellBackAt().orElse(null),
                    stage.untold().map(Untold::sentence).orElse(null));
        }
    }

    record VerdictJson(
            String by,
            @JsonProperty("for") @Nullable String forName,
            @Nullable String service,
            Instant at,
            String verdict,
            @Nullable String comment,
            @Nullable String duration) {
        static VerdictJson of(Verdict verdict) {
            return new VerdictJson(
                    verdict.byName(),
                    verdict.forName().orElse(null),
                    verdict.service().orElse(null),
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

    /** @param may what the caller may do with it */
    static RequestJson of(Request request, Set<Doing> may) {
        return of(request, may, item -> item(item, null, null));
    }

    /**
     * @param may what the caller may do with it
     * @param theirs the items that wait for the caller's word
     * @param background of each item, or nothing
     */
    static RequestJson of(Request request, Set<Doing> may, Set<ItemId> theirs, List<Background> background) {
        List<String> words = words(may);
        return of(request, may, item -> {
            int place = request.items().indexOf(item);
            return item(
                    item,
                    theirs.contains(item.id()) ? words : List.of(),
                    background.isEmpty() ? null : BackgroundJson.of(background.get(place)));
        });
    }

    private static List<String> words(Set<Doing> may) {
        return may.stream().sorted().map(RequestJson::word).toList();
    }

    private static RequestJson of(Request request, Set<Doing> may, Function<Item, ItemJson> item) {
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
                words(may),
                request.items().stream().map(item).toList());
    }

    private static ItemJson item(Item item, @Nullable List<String> may, @Nullable BackgroundJson background) {
        return new ItemJson(
                item.id().value(),
                item.roleName(),
                item.targetName(),
                word(item.state()),
                DecisionJson.of(item.decision(), item.stages(), item.verdicts()),
                item.startsAt().orElse(null),
                item.grant().map(GrantId::value).orElse(null),
                new GivesJson(
                        item.decision().terms().logins(),
                        item.decision().terms().extensions(),
                        item.decision().terms().rights()),
                may,
                background);
    }

    /** How a constant of ours reads: lower case, with spaces. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
