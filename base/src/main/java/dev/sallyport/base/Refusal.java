package dev.sallyport.base;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the caller may not do, or cannot do now: a kind, a stable code and a sentence written for that caller. Everything
 * that is not a refusal is a fault. One class of the server maps kinds to HTTP (RFC 9457).
 */
public final class Refusal extends RuntimeException {
    /** What sort of refusal it is; decides the HTTP status and the CLI's exit code. */
    public enum Kind {
        /** The input is malformed or outside its limits. */
        INVALID,
        /** Nobody is signed in, or the proof has expired. */
        UNAUTHENTICATED,
        /** Known, but not allowed. */
        FORBIDDEN,
        /** Does not exist, or the caller may not know of it: the same answer for both. */
        NOT_FOUND,
        /** Contradicts the present state. */
        CONFLICT,
        /** The precondition named by the caller (an ETag) no longer holds. */
        STALE,
        /** Larger than a named limit. */
        TOO_LARGE,
        /** Too many, too fast. */
        TOO_MANY,
        /** Cannot be answered now; trying again later is right. */
        UNAVAILABLE
    }

    /** Implemented by one enum per feature, so that a feature's refusals are listed in one place. */
    public interface Code {
        Kind kind();

        /** Stable, dotted, lower case: {@code request.self-approval}. */
        String code();

        default Refusal because(String sentence) {
            return new Refusal(this, sentence, null, Map.of());
        }

        /** The hint says what to do next. */
        default Refusal because(String sentence, String hint) {
            return new Refusal(this, sentence, hint, Map.of());
        }
    }

    private final transient Code code;
    private final @Nullable String hint;
    private final transient Map<String, Object> details;

    private Refusal(Code code, String sentence, @Nullable String hint, Map<String, Object> details) {
        super(sentence, null, false, false);
        this.code = code;
        this.hint = hint;
        this.details = details;
    }

    /** The same with one more value that programs read: texts, whole numbers, and lists of texts. */
    public Refusal with(String name, Object value) {
        var more = new LinkedHashMap<>(details);
        more.put(name, value);
        return new Refusal(code, sentence(), hint, Map.copyOf(more));
    }

    public Kind kind() {
        return code.kind();
    }

    public String code() {
        return code.code();
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }

    public @Nullable String hint() {
        return hint;
    }

    /** What programs read beside the sentence; most refusals have none. */
    public Map<String, Object> details() {
        return details;
    }
}
