package dev.sallyport.server.portal;

import dev.sallyport.base.Durations;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.identity.FactorRefusal;
import dev.sallyport.request.Ask;
import dev.sallyport.request.Repeat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Asking for access: what there is, what would be decided, and the form. */
@RestController
final class AskPages {
    /** What a page shows of it, favourites apart. */
    private static final int SHOWN = 25;

    /** What is looked for, as it stands in addresses. */
    private static final List<String> LOOKED = List.of("q", "target", "order");

    /** The field of the button that only asks what would happen, and its value where that is of an emergency. */
    private static final String PREVIEW = "preview";

    private static final String EMERGENCY = "break-glass";

    @GetMapping("/ask")
    ResponseEntity<String> form(Visit visit) {
        return visit.file("offers", file(visit)).orElseGet(() -> form(visit, 200, "", "", List.of()));
    }

    /** A link fills in nothing but what is asked for; a form that was sent is shown as it was filled in. */
    private static ResponseEntity<String> form(
            Visit visit, int status, String alert, String hint, List<Doc> previewed) {
        List<String> chosen = visit.parameters("item");
        List<Doc> picked = chosen.stream()
                .distinct()
                .limit(Ask.ITEMS_MAX)
                .flatMap(item -> picked(visit, item).stream())
                .toList();
        ApiCall offers = offers(visit);
        Doc answer = visit.call(offers);
        // favourites stand above the rest, unless somebody looks for something or has it sorted
        boolean apart = looked(visit).isEmpty();
        List<Doc> favourites = apart && visit.parameter("after").isEmpty()
                ? visit.call(ApiCall.get("/favourites")).items()
                : List.of();
        List<Doc> found = Stream.concat(
                        favourites.stream(), answer.items().stream().filter(offer -> !apart || !offer.is("favourite")))
                .filter(offer -> !chosen.contains(key(offer)))
                .toList();
        var values = new LinkedHashMap<String, Object>();
        values.put("picked", picked);
        values.put("previewed", previewed);
        values.put("found", found);
        values.put("next", answer.has("next") ? here(visit, "after", answer.text("next")) : "");
        values.put("byRole", sorting(visit, "name", "name-desc"));
        values.put("byTarget", sorting(visit, "target", "target-desc"));
        values.put("order", visit.parameter("order"));
        values.put("looked", looked(visit));
        values.put("file", here(visit, "as", "csv"));
        values.put("cli", Listings.cli("sallyport eligible", offers));
        values.put("items", chosen);
        values.put("query", visit.parameter("q"));
        values.put("alert", Text.printable(alert));
        values.put("hint", Text.printable(hint));
        values.put("longest", longest(picked));
        for (String field : List.of("duration", "reason", "ticket", "starts_at", "every", "times")) {
            values.put(field.equals("starts_at") ? "startsAt" : field, visit.isSent() ? visit.parameter(field) : "");
        }
        values.put("breakGlass", visit.isSent() && isEmergency(visit));
        values.put("curl", visit.curl(offers));
        return visit.show(status, "ask", values);
    }

    private static ApiCall offers(Visit visit) {
        return ApiCall.get("/eligible")
                .with("target", visit.parameter("target"))
                .with("q", visit.parameter("q"))
                .with("order", visit.parameter("order"))
                .with("after", visit.parameter("after"))
                .with("limit", Integer.toString(SHOWN));
    }

    private static Table.Sorting sorting(Visit visit, String up, String down) {
        return Table.Sorting.of(visit.parameter("order"), "name", up, down, order -> here(visit, "order", order));
    }

    /** This page with what was chosen and what is looked for, changed in one; nothing of what a form holds stands in it. */
    private static String here(Visit visit, String changed, String value) {
        var asked = new TreeMap<String, List<String>>();
        asked.put("item", visit.parameters("item"));
        LOOKED.forEach(kept -> asked.put(kept, visit.parameters(kept)));
        asked.put(changed, List.of(value));
        return Visit.address("/ask", asked);
    }

    /** What is looked for, and in which order: kept whatever is chosen. */
    private static Map<String, String> looked(Visit visit) {
        var looked = new LinkedHashMap<String, String>();
        for (String name : LOOKED) {
            if (!visit.parameter(name).isEmpty()) {
                looked.put(name, visit.parameter(name));
            }
        }
        return looked;
    }

    private static Table file(Visit visit) {
        return Table.ofDocs()
                .column("Role", offer -> Cell.words(offer.text("role")))
                .column("Target", offer -> Cell.words(offer.text("target")))
                .column("What it is", offer -> Cell.words(offer.text("description")))
                .column("What would happen", offer -> Shown.effect(offer.at("decision")))
                .column("At most", offer -> Cell.words(Shown.duration(offer, "max_duration")))
                .rows(visit.call(offers(visit)).items());
    }

    /** What a form names, if it is there and may be asked for. */
    private static List<Doc> picked(Visit visit, String item) {
        String[] names = item.split(" ", 2);
        return names.length == 2 && !names[1].isEmpty()
                ? visit.call(ApiCall.get("/eligible").with("role", names[0]).with("target", names[1]))
                        .items()
                : List.of();
    }

    /** How an offer is named in a form. */
    static String key(Doc offer) {
        return offer.text("role") + " " + offer.text("target");
    }

    /** The longest time that all of them allow. */
    private static String longest(List<Doc> picked) {
        return picked.stream()
                .map(offer -> offer.duration("max_duration"))
                .flatMap(java.util.Optional::stream)
                .min(java.util.Comparator.naturalOrder())
                .map(Durations::shown)
                .orElse("");
    }

    @PostMapping("/ask")
    ResponseEntity<String> ask(Visit visit) {
        if (!visit.parameter(PREVIEW).isEmpty()) {
            return preview(visit);
        }
        Doc request;
        try {
            request =
                    visit.act(ApiCall.post("/requests", body(visit)).header("Idempotency-Key", visit.parameter("key")));
        } catch (Refusal refusal) {
            boolean factor = refusal.code().equals(FactorRefusal.STEP_UP_REQUIRED.code())
                    || refusal.code().equals(FactorRefusal.WRONG.code());
            if (factor) {
                return visit.ask(refusal).orElseThrow(() -> refusal);
            }
            return refused(visit, refusal);
        }
        return visit.done(
                "/requests/" + Links.segment(request.text("id")),
                switch (request.text("state")) {
                    case "approved" -> Said.GRANTED;
                    case "denied" -> Said.REFUSED;
                    default -> Said.ASKED;
                });
    }

    /** The form as it was filled in, and why it was not done. */
    private static ResponseEntity<String> refused(Visit visit, Refusal refusal) {
        return form(
                visit,
                dev.sallyport.server.ApiProblems.status(refusal),
                refusal.sentence(),
                Objects.requireNonNullElse(refusal.hint(), ""),
                List.of());
    }

    /** The form as it was filled in, and what would come of it. */
    private static ResponseEntity<String> preview(Visit visit) {
        try {
            return form(
                    visit,
                    200,
                    "",
                    "",
                    visit.call(ApiCall.post("/requests/preview", body(visit))).items());
        } catch (Refusal refusal) {
            return refused(visit, refusal);
        }
    }

    /** Makes something a favourite, or none; what was chosen and looked for stays so. */
    @PostMapping("/favourites")
    ResponseEntity<String> favourite(Visit visit) {
        boolean wanted = !visit.parameter("keep").equals("no");
        String[] names = names(visit.parameter("item"));
        return visit.does(
                ApiCall.bare(wanted ? "PUT" : "DELETE", "/favourites/{}/{}", names),
                visit.parameter("next").equals("home") ? "/" : Shown.asking(visit.parameters("chosen"), looked(visit)),
                wanted ? Said.FAVOURITE : Said.NO_FAVOURITE);
    }

    private static String[] names(String item) {
        String[] names = item.split(" ", 2);
        if (names.length != 2) {
            throw InputRefusal.INVALID_VALUE.because("item: " + Text.quoted(item) + " (expected: a role and a target)");
        }
        return names;
    }

    private static int times(String said) {
        try {
            return Integer.parseInt(said.strip());
        } catch (NumberFormatException _) {
            throw InputRefusal.INVALID_VALUE.because(
                    "times: " + Text.quoted(said) + " (expected: how many windows, 2 to " + Repeat.TIMES_MAX + ")");
        }
    }

    private static boolean isEmergency(Visit visit) {
        return visit.parameter("break_glass").equals("true")
                || visit.parameter(PREVIEW).equals(EMERGENCY);
    }

    private static Map<String, Object> body(Visit visit) {
        var items = new ArrayList<Map<String, Object>>();
        for (String item : visit.parameters("item")) {
            String[] names = names(item);
            items.add(Map.of("role", names[0], "target", names[1]));
        }
        var body = new LinkedHashMap<String, Object>();
        body.put("items", items);
        body.put("duration", visit.parameter("duration"));
        body.put("reason", visit.parameter("reason"));
        if (!visit.parameter("ticket").isEmpty()) {
            body.put("ticket", visit.parameter("ticket"));
        }
        visit.instant("starts_at").ifPresent(at -> body.put("starts_at", at));
        if (!visit.parameter("every").isEmpty()) {
            var repeat = new LinkedHashMap<String, Object>();
            repeat.put("every", visit.parameter("every"));
            repeat.put("times", times(visit.parameter("times")));
            if (!visit.parameter("zone").isEmpty()) {
                repeat.put("zone", visit.parameter("zone"));
            }
            body.put("repeat", repeat);
        }
        if (isEmergency(visit)) {
            body.put("break_glass", true);
        }
        return body;
    }
}
