package dev.sallyport.server.portal;

import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** How much waits for one's word, for the navigation of pages that are open. */
@RestController
final class WaitingPages {
    @GetMapping("/waiting")
    ResponseEntity<String> waiting(Visit visit) {
        return visit.show("waiting", Map.of());
    }
}
