package dev.sallyport.consulting;

import dev.sallyport.base.Ids;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.RequestId;
import dev.sallyport.catalog.DecisionService;
import dev.sallyport.database.Json;
import dev.sallyport.database.Rx;
import dev.sallyport.decision.Kept;
import dev.sallyport.decision.RiskScore;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.request.ApprovalStage;
import dev.sallyport.request.Item;
import dev.sallyport.request.Request;
import dev.sallyport.request.Requests;
import dev.sallyport.request.ServiceWords;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes questions: everything that the policies saw, and who asks for what. */
final class Asking {
    /** The type of a question on whose answer something rests. */
    private static final String WANTED = "decision-wanted";

    /** The type of one on whose answer nothing does. */
    private static final String TEST = "decision-test";

    private static final int NONCE_BYTES = 18;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Asking() {}

    static Question question(Rx rx, QuestionStore.Wanted wanted) {
        ServiceWords.Stage stage = wanted.stage();
        Request request = Requests.find(rx, stage.request()).orElseThrow();
        Item item = request.items().stream()
                .filter(one -> one.id().equals(stage.item()))
                .findFirst()
                .orElseThrow();
        return about(rx, WANTED, stage, request, item, wanted.answerBy());
    }

    /** The same question, or one that nobody has, in the form of a real one, of another type. */
    static Question test(Rx rx, DecisionService service, Trial trial) {
        Instant answerBy = rx.now().plus(service.timeout());
        return switch (trial) {
            case Trial.OfRequest(var request) -> {
                // what waits for this service, if anything does
                Item item = request.items().stream()
                        .filter(one -> stage(one, service).isPresent())
                        .findFirst()
                        .orElse(request.items().getFirst());
                int number = stage(item, service).map(ApprovalStage::number).orElse(1);
                yield about(
                        rx,
                        TEST,
                        new ServiceWords.Stage(request.id(), item.id(), number, service.name()),
                        request,
                        item,
                        answerBy);
            }
            case Trial.MadeUp made -> madeUp(rx, service, made, answerBy);
        };
    }

    private static Optional<ApprovalStage> stage(Item item, DecisionService service) {
        return item.stages().stream()
                .filter(stage -> stage.by().service().equals(Optional.of(service.name())))
                .findFirst();
    }

    private static Question about(
            Rx rx, String type, ServiceWords.Stage stage, Request request, Item item, Instant answerBy) {
        Optional<Kept> kept = ServiceWords.facts(rx, stage.item());
        var draft = new Draft(type, stage);
        Map<String, Object> body = draft.body;
        body.put("role", item.roleName());
        body.put("target", item.targetName());
        body.put("requester", requester(rx, request));
        body.put("reason", request.reason());
        request.ticket().ifPresent(ticket -> body.put("ticket", ticket));
        body.put("duration", request.duration().toString());
        item.startsAt(request).ifPresent(start -> body.put("starts_at", start.toString()));
        request.extended().ifPresent(grant -> body.put("extends", grant.value()));
        body.put("break_glass", request.breakGlass());
        body.put("facts", kept.map(known -> (Object) known.question().tree()).orElse(Map.of()));
        kept.flatMap(Kept::risk).map(RiskScore::tree).ifPresent(risk -> body.put("risk", risk));
        return draft.finished(rx, answerBy);
    }

    private static Question madeUp(Rx rx, DecisionService service, Trial.MadeUp made, Instant answerBy) {
        var draft = new Draft(
                TEST, new ServiceWords.Stage(RequestId.next(), new ItemId(Ids.next(ItemId.PREFIX)), 1, service.name()));
        Map<String, Object> body = draft.body;
        body.put("role", made.role());
        body.put("target", made.target());
        body.put("requester", Map.of("name", made.requester(), "display_name", made.requester(), "groups", List.of()));
        body.put("reason", made.reason());
        made.ticket().ifPresent(ticket -> body.put("ticket", ticket));
        body.put("duration", made.duration().toString());
        body.put("break_glass", made.breakGlass());
        body.put("facts", made.known());
        made.risk().map(RiskScore::tree).ifPresent(risk -> body.put("risk", risk));
        return draft.finished(rx, answerBy);
    }

    /** A question that is being written: what every one begins and ends with. */
    private static final class Draft {
        private final String id = Ids.next("dqu_");
        private final String nonce = nonce();
        private final ServiceWords.Stage stage;
        private final Map<String, Object> body = new LinkedHashMap<>();

        Draft(String type, ServiceWords.Stage stage) {
            this.stage = stage;
            body.put("type", type);
            body.put("id", id);
            body.put("nonce", nonce);
            body.put("service", stage.service());
            body.put("request", stage.request().value());
            body.put("item", stage.item().value());
            body.put("stage", stage.number());
        }

        Question finished(Rx rx, Instant answerBy) {
            body.put("asked_at", rx.now().toString());
            body.put("answer_by", answerBy.toString());
            String text = Json.text(body);
            return new Question(id, stage, nonce, hash(text), text, 0);
        }
    }

    private static Map<String, Object> requester(Rx rx, Request request) {
        var requester = new LinkedHashMap<String, Object>();
        requester.put("name", request.requesterName());
        requester.put(
                "display_name",
                Directory.person(rx, request.requester())
                        .map(Person::displayName)
                        .orElse(request.requesterName()));
        requester.put("groups", Directory.groups(rx, request.requester()));
        return requester;
    }

    private static String nonce() {
        var bytes = new byte[NONCE_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
