package dev.sallyport.server.portal;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.server.portal.Section.Fact;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The secrets of notification channels and decision services, and trying them out. */
@RestController
final class ConnectionPages {
    private static final String CHANNELS = "notification-channels";
    private static final String SERVICES = "decision-services";
    private static final String KIND = "/{kind:" + CHANNELS + "|" + SERVICES + "}/{name}";
    private static final int KEY_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** What can be done with one of them, beside what can be done with all configuration. */
    static List<Form> doings(Visit visit, String kind, Doc item) {
        String name = item.text("metadata.name");
        var forms = new ArrayList<Form>();
        if (!List.of(CHANNELS, SERVICES).contains(kind)) {
            return forms;
        }
        String path = path(kind, name);
        if (visit.may(secret(kind, name, ""))) {
            boolean signs = signs(kind, item);
            forms.add(Form.of(path + "/secret", "Set the secret", secret(signs, item))
                    .danger("Replace the secret of " + name + "? The one that it has counts no more at once."));
            if (signs) {
                forms.add(
                        Form.of(path + "/new-key", "Make a new key")
                                .danger(
                                        "Make a new key for " + name
                                                + "? The one that it has counts no more at once, until the other side has the new one."));
            }
        }
        if (visit.may(ApiCall.bare("POST", "/" + kind + "/{}/test", name))) {
            forms.add(kind.equals(CHANNELS) ? Form.of(path + "/test", "Send a test") : question(path));
        }
        return forms;
    }

    /** Whether its secret is a key that both sides sign with. */
    private static boolean signs(String kind, Doc item) {
        return kind.equals(SERVICES) || item.has("spec.webhook");
    }

    private static Field secret(boolean signs, Doc item) {
        return Field.line("secret", "Secret")
                .as(Field.Kind.SECRET)
                .hinted(
                        signs
                                ? "the key that both sides sign with: whsec_…"
                                : item.has("spec.chat")
                                        ? "the whole address of the chat's incoming webhook"
                                        : "the password at the mail server");
    }

    private static Form question(String path) {
        return Form.of(
                path + "/test",
                "Ask it a test question",
                Field.line("request", "About a request")
                        .optional()
                        .hinted("its id; the service is told its facts. Or make something up:"),
                Field.line("requester", "Who would ask").optional(),
                Field.line("role", "Role").optional(),
                Field.line("target", "Target").optional(),
                Field.duration("duration", "For how long").optional(),
                Field.line("reason", "Why").optional(),
                Field.line("ticket", "Ticket").optional(),
                Field.line("risk", "Risk").optional().hinted("0 to 100"),
                Field.tick("break_glass", "As an emergency"));
    }

    @PostMapping(KIND + "/secret")
    ResponseEntity<String> set(Visit visit, @PathVariable String kind, @PathVariable String name) {
        return visit.does(secret(kind, name, visit.secret("secret")), path(kind, name), Said.SECRET_SET);
    }

    /** The key is shown once, on this page alone. */
    @PostMapping(KIND + "/new-key")
    ResponseEntity<String> make(Visit visit, @PathVariable String kind, @PathVariable String name) {
        if (!signs(kind, visit.call(ApiCall.get("/" + kind + "/{}", name)))) {
            throw InputRefusal.INVALID_VALUE.because(
                    name + " signs nothing (expected: a channel of kind webhook, or a decision service)");
        }
        var bytes = new byte[KEY_BYTES];
        RANDOM.nextBytes(bytes);
        String key = "whsec_" + Base64.getEncoder().encodeToString(bytes);
        visit.act(secret(kind, name, key));
        return visit.show(new Sheet(
                "The new key of " + name,
                "It is shown once, and counts from now on. Give it to the other side.",
                crumbs(kind, name),
                List.of(),
                List.of(new Section.Verbatim("The key", key))));
    }

    @PostMapping("/" + CHANNELS + "/{name}/test")
    ResponseEntity<String> send(Visit visit, @PathVariable String name) {
        return visit.does(
                ApiCall.bare("POST", "/" + CHANNELS + "/{}/test", name), path(CHANNELS, name), Said.DELIVERED);
    }

    @PostMapping("/" + SERVICES + "/{name}/test")
    ResponseEntity<String> ask(Visit visit, @PathVariable String name) {
        var body = new LinkedHashMap<String, Object>();
        for (String field : List.of("request", "requester", "role", "target", "duration", "reason", "ticket")) {
            if (!visit.parameter(field).isEmpty()) {
                body.put(field, visit.parameter(field));
            }
        }
        if (!visit.parameter("risk").isEmpty()) {
            body.put("risk", points(visit.parameter("risk")));
        }
        if (!visit.parameter("break_glass").isEmpty()) {
            body.put("break_glass", true);
        }
        Doc tried = visit.act(ApiCall.post("/" + SERVICES + "/{}/test", body, name));
        return visit.show(new Sheet(
                tried.is("answered") ? name + " would " + tried.text("decision") : name + " gave no answer that counts",
                "A test: nothing is decided by it.",
                crumbs(SERVICES, name),
                List.of(),
                List.of(new Section.Facts("", answer(tried)))));
    }

    private static int points(String given) {
        if (!given.matches("\\d{1,3}")) {
            throw InputRefusal.INVALID_VALUE.because(
                    "risk: " + Text.quoted(given) + " (expected: a whole number from 0 to 100)");
        }
        return Integer.parseInt(given);
    }

    private static List<Fact> answer(Doc tried) {
        var facts = new ArrayList<Fact>();
        if (tried.is("answered")) {
            facts.add(new Fact("Comment", Cell.words(tried.text("comment"))));
        } else {
            facts.add(new Fact("Why", Cell.words(tried.text("failure"))));
            facts.add(new Fact(
                    "A real question",
                    Cell.words("would be asked " + tried.text("attempts") + " times, and then "
                            + (tried.text("silence").equals("escalate")
                                    ? "others would be asked"
                                    : "the item denied"))));
        }
        facts.add(new Fact("Asked at", Cell.code(tried.text("url"))));
        facts.add(new Fact("Took", Cell.words(tried.text("milliseconds") + " ms")));
        return facts;
    }

    private static ApiCall secret(String kind, String name, String secret) {
        return ApiCall.bare("PUT", "/" + kind + "/{}/secret", name).sending(Map.of("secret", secret));
    }

    private static String path(String kind, String name) {
        return "/" + kind + "/" + Links.segment(name);
    }

    private static List<Cell> crumbs(String kind, String name) {
        var crumbs = new ArrayList<>(CatalogPages.crumbs(kind));
        crumbs.add(Cell.link(path(kind, name), name));
        return crumbs;
    }
}
