package dev.sallyport.cli.api;

import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the server answered. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares answers
public record Answer(int status, HttpHeaders headers, byte[] bytes) {
    public boolean isGood() {
        return status >= 200 && status < 300;
    }

    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    public JsonNode json() {
        return Json.read(text());
    }

    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** The stable code of a problem (RFC 9457) or of an OAuth error; empty when there is none. */
    public String code() {
        JsonNode json = json();
        String code = Json.text(json, "code");
        return code.isEmpty() ? Json.text(json, "error") : code;
    }

    /** The refusal as the reader sees it. */
    public Failure refusal() {
        JsonNode json = json();
        String code = code();
        if (code.isEmpty()) {
            return Failure.refused(
                    "http." + status, "the server answered with HTTP status " + status + " and no explanation", null);
        }
        String detail = Json.text(json, "detail");
        String described = detail.isEmpty() ? Json.text(json, "error_description") : detail;
        var sentence = new StringBuilder(described.isEmpty() ? "the server answered " + status : described);
        String id = Json.text(json, "id");
        if (!id.isEmpty()) {
            sentence.append(" (").append(id).append(')');
        }
        return Failure.refused(code, sentence.toString(), hint(json, code));
    }

    private @Nullable String hint(JsonNode json, String code) {
        String hint = Json.text(json, "hint");
        if (!hint.isEmpty()) {
            return hint;
        }
        String retry = header("Retry-After");
        if (retry.matches("\\d{1,6}")) {
            return "try again in " + retry + "s";
        }
        return code.startsWith("auth.") ? "sallyport login" : null;
    }
}
