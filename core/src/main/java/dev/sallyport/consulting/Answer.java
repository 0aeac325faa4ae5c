package dev.sallyport.consulting;

import dev.sallyport.credential.WebhookKey;
import dev.sallyport.database.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;

/** What a service says to a question, once its signature and its nonce are found to be right. */
record Answer(Decision decision, Optional<String> comment) {
    enum Decision {
        APPROVE,
        DENY,
        ABSTAIN
    }

    /**
     * What an answer's signature is over, before a dot and the body: the request, the hash of the question with every fact in
     * it, and the nonce. No signature of a question begins so.
     */
    static String context(Question question) {
        return String.join(".", "answer", question.stage().request().value(), question.hash(), question.nonce());
    }

    /** @throws Unanswered when it is no answer to just this question */
    static Answer read(Question question, WebhookKey key, Line.Reply reply) throws Unanswered {
        String signature = reply.signature()
                .orElseThrow(
                        () -> new Unanswered("the answer is not signed: the header sallyport-signature is missing"));
        byte[] body = reply.body().toArray();
        if (!key.verifies(signature, context(question), body)) {
            throw new Unanswered("the answer's signature does not fit the question, the answer and the key");
        }
        Map<String, Object> said = object(body);
        if (!(said.get("nonce") instanceof String nonce) || !isSame(nonce, question.nonce())) {
            throw new Unanswered("the answer's nonce is not the question's");
        }
        return new Answer(
                decision(said.get("decision")),
                said.get("comment") instanceof String comment ? Optional.of(comment) : Optional.empty());
    }

    private static Decision decision(@org.jspecify.annotations.Nullable Object word) throws Unanswered {
        return switch (String.valueOf(word)) {
            case "approve" -> Decision.APPROVE;
            case "deny" -> Decision.DENY;
            case "abstain" -> Decision.ABSTAIN;
            default -> throw new Unanswered("the answer's decision is none (expected: approve, deny or abstain)");
        };
    }

    private static Map<String, Object> object(byte[] body) throws Unanswered {
        try {
            return Json.object(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString());
        } catch (CharacterCodingException | RuntimeException _) {
            throw new Unanswered("the answer is no JSON object");
        }
    }

    private static boolean isSame(String one, String two) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), two.getBytes(StandardCharsets.UTF_8));
    }
}
