package dev.sallyport.server.portal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What one holds now, what waits for one, and what one often asks for. */
@RestController
final class HomePages {
    private static final int SHOWN = 6;

    @GetMapping("/")
    ResponseEntity<String> home(Visit visit) {
        visit.follow();
        List<Doc> grants = visit.call(ApiCall.get("/grants")
                        .with("view", "mine")
                        .with("state", "active")
                        .with("limit", "20"))
                .items();
        List<Doc> mine = visit.call(
                        ApiCall.get("/requests").with("view", "mine").with("limit", "50"))
                .items();
        List<Doc> toDecide = visit.call(
                        ApiCall.get("/requests").with("view", "to-decide").with("limit", Integer.toString(SHOWN)))
                .items();
        List<Doc> pending = mine.stream()
                .filter(request -> request.text("state").equals("pending"))
                .limit(SHOWN)
                .toList();
        List<Doc> favourites = visit.call(ApiCall.get("/favourites")).items();
        return visit.show(
                "home",
                Map.of(
                        "grants",
                        grants,
                        "pending",
                        pending,
                        "toDecide",
                        toDecide,
                        "favourites",
                        favourites,
                        "often",
                        often(visit, mine, favourites)));
    }

    /** What was asked for most in the last requests, for one's own quick ask. */
    private static List<String> often(Visit visit, List<Doc> requests, List<Doc> favourites) {
        if (requests.isEmpty()) {
            return List.of();
        }
        Set<String> open = visit.call(ApiCall.get("/me/reach").with("limit", "500")).items().stream()
                .map(AskPages::key)
                .collect(Collectors.toSet());
        List<String> known = favourites.stream().map(AskPages::key).toList();
        var counts = new LinkedHashMap<String, Integer>();
        requests.forEach(
                request -> request.list("items").forEach(item -> counts.merge(AskPages.key(item), 1, Integer::sum)));
        return counts.entrySet().stream()
                .filter(entry -> open.contains(entry.getKey()) && !known.contains(entry.getKey()))
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(SHOWN)
                .map(Map.Entry::getKey)
                .toList();
    }
}
