package dev.sallyport.server.portal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The pages that one can go to from anywhere. Each is shown to those who may make the call of the API that it shows. */
final class Navigation {
    private Navigation() {}

    private record Place(String path, String name, ApiCall shows) {}

    private static final List<Place> WORK = List.of(
            new Place("/", "Home", ApiCall.get("/me")),
            new Place("/ask", "Ask for access", ApiCall.get("/eligible")),
            new Place("/decide", "Decide", ApiCall.get("/requests")),
            new Place("/requests", "Requests", ApiCall.get("/requests")),
            new Place("/grants", "Active access", ApiCall.get("/grants")),
            new Place("/sessions", "Sessions", ApiCall.get("/sessions")));

    private static final List<Place> WATCH = List.of(
            new Place("/dashboard", "Dashboards", ApiCall.get("/audit/events")),
            new Place("/audit", "Audit", ApiCall.get("/audit/events")),
            new Place("/findings", "Findings", ApiCall.get("/findings")),
            new Place("/reviews", "Break-glass reviews", ApiCall.get("/reviews")),
            new Place("/incidents", "Incidents", ApiCall.get("/incidents")));

    private static final List<Place> RULES = List.of(
            new Place("/policy", "Policy", ApiCall.get("/policy")),
            new Place("/targets", "Targets", ApiCall.get("/targets")),
            new Place("/roles", "Roles", ApiCall.get("/roles")),
            new Place("/eligibilities", "Eligibility", ApiCall.get("/eligibilities")),
            new Place("/people", "People", ApiCall.get("/people")),
            new Place("/groups", "Groups", ApiCall.get("/groups")),
            new Place("/settings", "Settings", ApiCall.get("/notification-channels")));

    private static final List<Place> SELF = List.of(
            new Place("/me", "Sign-in and factors", ApiCall.get("/me")),
            new Place("/help", "Help", ApiCall.get("/me")));

    /** @param waiting how much there is to decide */
    static List<Frame.Group> of(Predicate<ApiCall> may, String waiting) {
        var groups = new ArrayList<Frame.Group>();
        add(groups, "", WORK, may, waiting);
        add(groups, "What happens", WATCH, may, "");
        add(groups, "Who may what", RULES, may, "");
        add(groups, "You", SELF, may, "");
        return groups;
    }

    private static void add(
            List<Frame.Group> groups, String name, List<Place> places, Predicate<ApiCall> may, String waiting) {
        List<Frame.Entry> entries = places.stream()
                .filter(place -> may.test(place.shows()))
                .map(place ->
                        new Frame.Entry(place.path(), place.name(), place.path().equals("/decide") ? waiting : ""))
                .toList();
        if (!entries.isEmpty()) {
            groups.add(new Frame.Group(name, entries));
        }
    }
}
