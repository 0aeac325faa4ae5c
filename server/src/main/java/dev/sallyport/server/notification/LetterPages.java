package dev.sallyport.server.notification;

import dev.sallyport.base.Secret;
import dev.sallyport.notification.Letter;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.Map;

/** What a letter looks like as mail: text, and HTML in which whatever is put in is escaped. */
final class LetterPages {
    private final TemplateEngine html = TemplateEngine.createPrecompiled(
            null, ContentType.Html, LetterPages.class.getClassLoader(), "dev.sallyport.server.pages");
    private final TemplateEngine text = TemplateEngine.createPrecompiled(
            null, ContentType.Plain, LetterPages.class.getClassLoader(), "dev.sallyport.server.letters");

    String html(Letter letter) {
        return rendered(html, "letter.jte", letter);
    }

    String text(Letter letter) {
        return rendered(text, "letter.jte", letter);
    }

    private static String rendered(TemplateEngine engine, String page, Letter letter) {
        var output = new StringOutput();
        engine.render(
                page,
                Map.of(
                        "letter",
                        letter,
                        "link",
                        letter.link().map(Secret::reveal).orElse("")),
                output);
        return output.toString();
    }
}
