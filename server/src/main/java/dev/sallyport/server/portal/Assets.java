package dev.sallyport.server.portal;

import dev.sallyport.server.HttpRefusal;
import dev.sallyport.server.page.Look;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Scripts, styles, the mark and the typeface. Their names change with what they hold, so browsers may keep them. */
@RestController
final class Assets {
    private static MediaType type(String name) {
        return MediaType.parseMediaType(
                switch (name.substring(name.lastIndexOf('.') + 1)) {
                    case "js" -> "text/javascript;charset=UTF-8";
                    case "css" -> "text/css;charset=UTF-8";
                    case "svg" -> "image/svg+xml";
                    default -> "font/woff2";
                });
    }

    @GetMapping("/assets/{name:[A-Za-z0-9-]+\\.(?:js|css|svg|woff2)}")
    ResponseEntity<Resource> asset(HttpServletRequest request, @PathVariable String name) {
        String accepted = request.getHeader("Accept-Encoding");
        Resource zipped = new ClassPathResource(Look.FOLDER + name + ".gz", Assets.class);
        boolean gzip = accepted != null && accepted.contains("gzip") && zipped.exists();
        Resource file = gzip ? zipped : new ClassPathResource(Look.FOLDER + name, Assets.class);
        if (!file.exists()) {
            throw HttpRefusal.UNKNOWN_PATH.because("there is nothing here");
        }
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok()
                .contentType(type(name))
                .cacheControl(
                        CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable())
                .header("Vary", "Accept-Encoding");
        if (gzip) {
            answer.header("Content-Encoding", "gzip");
        }
        return answer.body(file);
    }
}
