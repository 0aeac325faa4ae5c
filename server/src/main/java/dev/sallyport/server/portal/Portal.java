package dev.sallyport.server.portal;

import dev.sallyport.audit.Seen;
import dev.sallyport.server.RateLimits;
import dev.sallyport.server.page.Look;
import dev.sallyport.server.page.Pages;
import java.net.URI;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;

/**
 * What all pages of the portal are made with.
 *
 * @param log what there is to be seen in it now
 */
record Portal(Api api, RateLimits rates, Look look, Pages pages, URI url, Supplier<Seen> log) {
    /** What is on a page is of one person and one moment: nobody keeps it. */
    ResponseEntity<String> render(int status, String template, Map<String, Object> values) {
        return ResponseEntity.status(status)
                .contentType(Pages.HTML)
                .cacheControl(CacheControl.noStore())
                .body(pages.render("portal/" + template, values));
    }
}
