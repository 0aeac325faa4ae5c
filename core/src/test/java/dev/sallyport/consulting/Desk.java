package dev.sallyport.consulting;

import dev.sallyport.base.Bytes;
import dev.sallyport.base.Secret;
import dev.sallyport.credential.WebhookKey;
import dev.sallyport.database.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** A decision service as somebody would write one, which does what a test wants of it. */
@NullMarked
final class Desk implements Line {
    static final Secret KEY = Secret.of("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz");
    static final Secret OTHER_KEY = Secret.of("whsec_OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5");

    /** What it does with a question. */
    interface Behaviour {
        Reply answer(Map<String, Object> question, byte[] asked) throws Unanswered;
    }

    record Asked(URI url, Duration time, Map<String, Object> question, String body, Map<String, String> headers) {}

    final List<Asked> asked = new ArrayList<>();
    volatile Behaviour behaviour = (question, body) -> says("approve", question, body);

    @Override
    public Reply post(URI url, Optional<String> ca, Duration time, byte[] body, Map<String, String> headers)
            throws Unanswered {
        String text = new String(body, StandardCharsets.UTF_8);
        Map<String, Object> question = Json.object(text);
        synchronized (this) {
            asked.add(new Asked(url, time, question, text, headers));
        }
        return behaviour.answer(question, body);
    }

    static Reply says(String decision, Map<String, Object> question, byte[] asked) {
        return says(decision, null, question, asked);
    }

    static Reply says(String decision, @Nullable String comment, Map<String, Object> question, byte[] asked) {
        var answer = new java.util.TreeMap<String, Object>(
                Map.of("decision", decision, "nonce", String.valueOf(question.get("nonce"))));
        if (comment != null) {
            answer.put("comment", comment);
        }
        return signed(KEY, question, asked, Json.text(answer));
    }

    /** Signed as the reference says, whatever the answer is. */
    static Reply signed(Secret key, Map<String, Object> question, byte[] asked, String answer) {
        byte[] body = answer.getBytes(StandardCharsets.UTF_8);
        String context = "answer." + question.get("request") + "." + hash(asked) + "." + question.get("nonce");
        return new Reply(Optional.of(WebhookKey.of(key).orElseThrow().sign(context, body)), Bytes.of(body));
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
