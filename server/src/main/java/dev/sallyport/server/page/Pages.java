package dev.sallyport.server.page;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.server.ApiProblems;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Templates compiled with the product, which escape whatever is put in. */
public final class Pages {
    public static final MediaType HTML = MediaType.parseMediaType("text/html;charset=UTF-8");

    private final Look look;
    private final TemplateEngine engine = TemplateEngine.createPrecompiled(
            null, ContentType.Html, Pages.class.getClassLoader(), "dev.sallyport.server.pages");

    public Pages(Look look) {
        this.look = look;
    }

    /** Goes on to another page of ours. */
    public ResponseEntity<String> seeOther(String path) {
        return ResponseEntity.status(302).location(URI.create(look.to(path))).build();
    }

    /** A page whose texts are lines: what is unprintable in them is replaced. */
    public ResponseEntity<String> answer(int status, String page, Map<String, Object> values) {
        return ResponseEntity.status(status).contentType(HTML).body(html(page, values));
    }

    public ResponseEntity<String> message(String title, String text) {
        return answer(200, "message", Map.of("title", title, "text", text));
    }

    /** What was refused, to somebody who need not be signed in. */
    public ResponseEntity<String> refusal(Refusal refusal) {
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
        return render(page, printable);
    }

    /** A page of values that are safe to print already. */
    public String render(String page, Map<String, Object> values) {
        var all = new LinkedHashMap<>(values);
        all.put("look", look);
        var output = new StringOutput();
        engine.render(page + ".jte", all, output);
        return output.toString();
    }
}
