package dev.sallyport.acceptance;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/** The next request of a page for an address: it waits until the test lets it go, while later ones overtake it. */
@NullMarked
final class Held {
    private final Page page;
    private final String part;
    private final List<Route> routes = new ArrayList<>();

    private Held(Page page, String part) {
        this.page = page;
        this.part = part;
    }

    /** @param part that stands in the address */
    static Held next(Page page, String part) {
        var held = new Held(page, part);
        page.route(url -> url.contains(part), route -> {
            if (held.routes.isEmpty()) {
                held.routes.add(route);
            } else {
                route.resume();
            }
        });
        return held;
    }

    /** Waits until there is such a request. */
    void held() {
        page.waitForCondition(() -> !routes.isEmpty());
    }

    void letGo() {
        held();
        routes.getFirst().resume();
        page.unrouteAll();
    }

    /** Lets it go, and waits until its answer has been here. */
    void answered() {
        held();
        page.waitForResponse(
                response -> response.url().contains(part)
                        && response.request().equals(routes.getFirst().request()),
                () -> routes.getFirst().resume());
        // what is asked for later waits for nobody
        page.unrouteAll();
    }
}
