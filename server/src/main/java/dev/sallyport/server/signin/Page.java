package dev.sallyport.server.signin;

import dev.sallyport.base.Text;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.util.HtmlUtils;

/** Our few plain pages: no scripts, one style sheet; whatever is put in is escaped. */
final class Page {
    private static final MediaType HTML = MediaType.parseMediaType("text/html;charset=UTF-8");
    private final String title;
    private final StringBuilder body = new StringBuilder();

    private Page(String title) {
        this.title = title;
    }

    static Page titled(String title) {
        return new Page(title);
    }

    Page text(String text) {
        body.append("<p>").append(escaped(text)).append("</p>\n");
        return this;
    }

    Page alert(String text) {
        body.append("<p class=\"alert\" role=\"alert\">").append(escaped(text)).append("</p>\n");
        return this;
    }

    /** Opens a form that posts to a path of ours. */
    Page form(String action, String csrf) {
        body.append("<form method=\"post\" action=\"").append(escaped(action)).append("\">\n");
        return hidden("_csrf", csrf);
    }

    Page hidden(String name, String value) {
        body.append("<input type=\"hidden\" name=\"%s\" value=\"%s\">\n".formatted(escaped(name), escaped(value)));
        return this;
    }

    Page field(String label, String name, String type, String autocomplete) {
        body.append("<label>%s <input name=\"%s\" type=\"%s\" autocomplete=\"%s\" required></label>\n"
                .formatted(escaped(label), escaped(name), escaped(type), escaped(autocomplete)));
        return this;
    }

    Page button(String label) {
        body.append("<button>").append(escaped(label)).append("</button>\n");
        return this;
    }

    Page button(String label, String name, String value) {
        body.append("<button name=\"%s\" value=\"%s\">%s</button>\n"
                .formatted(escaped(name), escaped(value), escaped(label)));
        return this;
    }

    Page endForm() {
        body.append("</form>\n");
        return this;
    }

    String html() {
        return """
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>%1$s · Sallyport</title><link rel="stylesheet" href="/style.css"></head>
                <body><main><h1>%1$s</h1>
                %2$s</main></body></html>
                """.formatted(escaped(title), body);
    }

    ResponseEntity<String> answer(int status) {
        return ResponseEntity.status(status).contentType(HTML).body(html());
    }

    private static String escaped(String text) {
        return HtmlUtils.htmlEscape(Text.printable(text), "UTF-8");
    }
}
