package dev.sallyport.server.signin;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.server.ApiProblems;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Our few plain pages: templates compiled with the product, which escape whatever is put in; no scripts, one style sheet. */
final class Pages {
    private static final MediaType HTML = MediaType.parseMediaType("text/html;charset=UTF-8");

    private final TemplateEngine engine = TemplateEngine.createPrecompiled(
            null, ContentType.Html, Pages.class.getClassLoader(), "dev.sallyport.server.pages");

    ResponseEntity<String> answer(int status, String page, Map<String, Object> values) {
        return ResponseEntity.status(status).contentType(HTML).body(html(page, values));
    }

    ResponseEntity<String> message(String title, String text) {
        return answer(200, "message", Map.of("title", title, "text", text));
    }

    ResponseEntity<String> refusal(Refusal refusal) {
        return answer(
                ApiProblems.status(refusal),
                "error",
                Map.of(
                        "title",
                        "This did not work",
                        "sentence",
                        refusal.sentence(),
                        "hint",
                        Objects.requireNonNullElse(refusal.hint(), ""),
                        "code",
                        refusal.code()));
    }

    private String html(String page, Map<String, Object> values) {
        var printable = new LinkedHashMap<String, Object>();
        values.forEach(
                (name, value) -> printable.put(name, value instanceof String text ? Text.printable(text) : value));
        var output = new StringOutput();
        engine.render(page + ".jte", printable, output);
        return output.toString();
    }
}
