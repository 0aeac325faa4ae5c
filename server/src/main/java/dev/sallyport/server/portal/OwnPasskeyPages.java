package dev.sallyport.server.portal;

import dev.sallyport.base.Refusal;
import dev.sallyport.identity.FactorRefusal;
import dev.sallyport.server.ApiProblems;
import dev.sallyport.server.page.PasskeyAnswer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** One's own passkeys. The browser makes them, on a page of its own that holds what it needs for just that. */
@RestController
final class OwnPasskeyPages {
    private static final ApiCall CALL = ApiCall.get("/me/passkeys");

    /** What the API says of them. */
    static Doc own(Visit visit) {
        return visit.call(CALL);
    }

    /** @param codeWanted whether an enrolment code comes first, which the part above asks for */
    static List<Section> sections(Visit visit, Doc own, boolean codeWanted) {
        var sections = new ArrayList<Section>();
        sections.add(MePages.part(visit, "passkeys")
                .listing("Passkeys", table(own), List.of(), "", "sallyport passkeys list", CALL));
        if (!own.is("possible")) {
            sections.add(new Section.Note(
                    Cell.Tone.WAIT,
                    List.of(
                            "Passkeys need a server that is reached by a host name and over TLS. This one is reached at "
                                    + visit.url() + ", so none can be made or shown here.")));
            return sections;
        }
        if (codeWanted) {
            return sections;
        }
        var forms = new ArrayList<Form>();
        forms.add(Form.of(
                "/me/passkeys/new",
                "Add a passkey",
                Field.line("name", "What you call it")
                        .valued(typed(visit))
                        .hinted("such as the laptop or the key ring it is on")));
        if (!own.items().isEmpty()) {
            forms.add(Form.of(
                    "/me/passkeys/rename",
                    "Rename",
                    Field.choice("passkey", "Passkey", options(own)),
                    Field.line("name", "Its new name")));
        }
        sections.add(new Section.Doing("", forms));
        return sections;
    }

    private static String typed(Visit visit) {
        return visit.isSent() && visit.path().endsWith("/new") ? visit.parameter("name") : "";
    }

    private static List<Field.Option> options(Doc own) {
        return own.items().stream()
                .map(passkey -> new Field.Option(passkey.text("id"), passkey.text("name")))
                .toList();
    }

    private static Table table(Doc own) {
        return Table.ofDocs()
                .column("Passkey", passkey -> Cell.words(passkey.text("name")))
                .column("Made", passkey -> Cell.ago(passkey.time("made_at")))
                .column(
                        "Last used",
                        passkey -> passkey.has("last_used_at")
                                ? Cell.ago(passkey.time("last_used_at"))
                                : Cell.words("never"))
                .column("Where it is", OwnPasskeyPages::place)
                .column("Id", passkey -> Cell.code(passkey.text("id")))
                .column(
                        "",
                        passkey -> new Cell.Button(Form.of(
                                        "/me/passkeys/" + Links.segment(passkey.text("id")) + "/remove", "Remove")
                                .danger("Remove it? It will sign you in no more. Delete it on the device as well.")))
                .empty(
                        "You have no passkey. With one you sign in without a password, and nobody can make you show it to a"
                                + " page that only looks like this one.")
                .rows(own.items());
    }

    private static Cell place(Doc passkey) {
        if (!passkey.is("synced")) {
            return Cell.words("on one device alone");
        }
        return Cell.words(passkey.is("backed_up") ? "backed up, on several devices" : "may be backed up, is not yet");
    }

    @PostMapping("/me/passkeys/new")
    ResponseEntity<String> offer(Visit visit) {
        Doc offer;
        try {
            offer = visit.act(ApiCall.bare("POST", "/me/passkeys/options"));
        } catch (Refusal refusal) {
            return visit.ask(refusal).orElseGet(() -> refused(visit, refusal));
        }
        return visit.show(
                "passkey",
                Map.of(
                        "name",
                        visit.parameter("name"),
                        "options",
                        offer.at("public_key").json().toString()));
    }

    @PostMapping("/me/passkeys")
    ResponseEntity<String> register(Visit visit) {
        try {
            var body = new LinkedHashMap<>(PasskeyAnswer.of(visit.parameter(PasskeyAnswer.FIELD)));
            body.put("name", visit.parameter("name"));
            visit.call(ApiCall.post("/me/passkeys", body));
        } catch (Refusal refusal) {
            return refused(visit, refusal);
        }
        return visit.done("/me", Said.PASSKEY_REGISTERED);
    }

    @PostMapping("/me/passkeys/rename")
    ResponseEntity<String> rename(Visit visit) {
        try {
            visit.call(ApiCall.post(
                    "/me/passkeys/{}/rename", Map.of("name", visit.parameter("name")), visit.parameter("passkey")));
        } catch (Refusal refusal) {
            return refused(visit, refusal);
        }
        return visit.done("/me", Said.CHANGED);
    }

    @PostMapping("/me/passkeys/{id}/remove")
    ResponseEntity<String> remove(Visit visit, @PathVariable String id) {
        try {
            visit.act(ApiCall.bare("POST", "/me/passkeys/{}/remove", id));
        } catch (Refusal refusal) {
            return visit.ask(refusal).orElseGet(() -> refused(visit, refusal));
        }
        return visit.done("/me", Said.PASSKEY_REMOVED);
    }

    /** For the script of the page that asks for a second factor. */
    @PostMapping("/me/step-up/passkey")
    ResponseEntity<String> stepUp(Visit visit) {
        try {
            Doc options =
                    visit.call(ApiCall.post("/me/step-up/passkey", Visit.purposes(visit.parameter(Visit.PURPOSE))));
            return json(201, options.at("public_key").json().toString());
        } catch (Refusal refusal) {
            return json(ApiProblems.status(refusal), visit.json(Map.of("detail", refusal.sentence())));
        }
    }

    private static ResponseEntity<String> json(int status, String body) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body);
    }

    private static ResponseEntity<String> refused(Visit visit, Refusal refusal) {
        String hint = refusal.code().equals(FactorRefusal.SIGN_IN_TOO_OLD.code())
                ? "Sign out, sign in with your password again, and add it at once."
                : Objects.requireNonNullElse(refusal.hint(), "");
        return MePages.refused(visit, refusal, hint);
    }
}
