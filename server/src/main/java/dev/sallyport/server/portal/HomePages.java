package dev.sallyport.server.portal;

import dev.sallyport.base.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What one holds now, what waits for one, and what one often asks for. */
@RestController
final class HomePages {
    private static final int SHOWN = 6;

    /** Of what was often asked for, how many are looked at for those that still may be. */
    private static final int LOOKED_AT = 12;

    private static final int COUNTED = 100;

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
                        often(visit, mine, favourites),
                        "owed",
                        owed(visit)));
    }

    /** What was asked for most in the last requests and still may be, for one's own quick ask. */
    private static List<String> often(Visit visit, List<Doc> requests, List<Doc> favourites) {
        List<String> known = favourites.stream().map(AskPages::key).toList();
        var counts = new LinkedHashMap<String, Integer>();
        requests.forEach(
                request -> request.list("items").forEach(item -> counts.merge(AskPages.key(item), 1, Integer::sum)));
        return counts.entrySet().stream()
                .filter(entry -> !known.contains(entry.getKey()))
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .map(Map.Entry::getKey)
                .limit(LOOKED_AT)
                .filter(key -> isOpen(visit, key))
                .limit(SHOWN)
                .toList();
    }

    private static boolean isOpen(Visit visit, String key) {
        String[] names = key.split(" ", 2);
        return !visit.call(ApiCall.get("/me/reach").with("role", names[0]).with("target", names[1]))
                .items()
                .isEmpty();
    }

    /** What others wait for besides requests: reviews that are owed, incidents that nobody has confirmed. */
    private static List<Section> owed(Visit visit) {
        var owed = new ArrayList<Section.Figure>();
        ApiCall reviews = ApiCall.get("/reviews");
        if (visit.may(reviews)) {
            count(
                    visit,
                    owed,
                    reviews,
                    review -> isOthers(visit, review, "identity"),
                    "review owed",
                    "reviews owed",
                    "/reviews");
        }
        if (visit.may(ApiCall.post("/incidents/{}/confirm", Map.of(), "any"))) {
            boolean all = visit.caller().rights().contains("incident.read");
            count(
                    visit,
                    owed,
                    ApiCall.get("/incidents").with("view", all ? "all" : "mine"),
                    incident -> incident.is("unconfirmed") && isOthers(visit, incident, "opened_by"),
                    "incident to confirm",
                    "incidents to confirm",
                    all ? "/incidents?view=all" : "/incidents");
        }
        return owed.isEmpty() ? List.of() : List.of(new Section.Figures("Also waits for you", owed));
    }

    /** Nobody judges their own. */
    static boolean isOthers(Visit visit, Doc doc, String whose) {
        return !doc.text(whose).equals(Text.printable(visit.caller().name()));
    }

    private static void count(
            Visit visit,
            List<Section.Figure> figures,
            ApiCall call,
            Predicate<Doc> waits,
            String one,
            String many,
            String path) {
        Doc page = visit.call(call.with("limit", Integer.toString(COUNTED)));
        long found = page.items().stream().filter(waits).count();
        if (found > 0) {
            figures.add(new Section.Figure(
                    page.has("next") ? found + " or more" : Long.toString(found),
                    found == 1 && !page.has("next") ? one : many,
                    Cell.link(path, "See " + (found == 1 ? "it" : "them"))));
        }
    }
}
