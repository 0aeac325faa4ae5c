package dev.sallyport.server.portal;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.identity.FactorRefusal;
import dev.sallyport.server.ApiProblems;
import dev.sallyport.server.portal.Section.Fact;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * One's own second factor. Secrets stand only in the answer to the form that asked for them: in no address, in no field that
 * a browser sends back, and nobody keeps the page.
 */
@RestController
final class FactorPages {
    /** What one has, and what can be done with it. */
    static List<Section> sections(Doc status, boolean passkeys) {
        boolean enrolled = status.is("enrolled");
        Section facts = new Section.Facts(
                "Second factor",
                enrolled
                        ? List.of(
                                new Fact("Authenticator app", new Cell.Badge("set up", Cell.Tone.GOOD)),
                                new Fact("Since", Cell.at(status.time("enrolled_at"))),
                                new Fact("Recovery codes left", new Cell.Count(status.number("recovery_codes"))))
                        : List.of(new Fact(
                                "Authenticator app",
                                Cell.many(
                                        new Cell.Badge("none", passkeys ? Cell.Tone.PLAIN : Cell.Tone.WAIT),
                                        Cell.words(
                                                passkeys
                                                        ? "you have a passkey"
                                                        : "your password alone signs you in")))));
        if (status.is("enrolment_code_wanted")) {
            return List.of(
                    facts,
                    new Section.Doing(
                            "",
                            List.of(Form.of(
                                            "/me/enrolment-code",
                                            "Use the enrolment code",
                                            Field.line("code", "Enrolment code")
                                                    .as(Field.Kind.CODE)
                                                    .hinted(
                                                            "An administrator makes one for you, once: a password alone may"
                                                                    + " be in other hands. Then you set up an app or a passkey."))
                                    .primary())));
        }
        return List.of(facts, new Section.Doing("", enrolled ? changes(passkeys) : List.of(first())));
    }

    @PostMapping("/me/enrolment-code")
    ResponseEntity<String> enrolmentCode(Visit visit) {
        try {
            visit.call(ApiCall.post("/me/enrolment-code", Map.of("code", visit.secret("code"))));
        } catch (Refusal refusal) {
            return refused(visit, refusal);
        }
        return visit.done("/me", Said.MAY_ENROL);
    }

    private static Form first() {
        return Form.of("/me/totp", "Set up an authenticator app").primary();
    }

    private static List<Form> changes(boolean passkeys) {
        Field code = Field.line("code", "A code of the app, or a recovery code").as(Field.Kind.CODE);
        return List.of(
                Form.of(
                        "/me/totp/recovery-codes",
                        "Make new recovery codes",
                        code.hinted("the earlier ones stop counting")),
                Form.of(
                        "/me/totp",
                        "Set up another app",
                        code.hinted("the present one counts until the first code of the new one")),
                Form.of("/me/totp/remove", "Remove the app", code)
                        .danger(
                                passkeys
                                        ? "Remove it? Your passkeys stay."
                                        : "Remove it? Your password alone will sign you in, and to set up another takes a code"
                                                + " of an administrator."));
    }

    @PostMapping("/me/totp")
    ResponseEntity<String> offer(Visit visit) {
        Doc offer;
        try {
            offer = visit.act(ApiCall.post("/me/totp", code(visit)));
        } catch (Refusal refusal) {
            // a wrong code of the app is another's matter than a step up
            Optional<ResponseEntity<String>> asked =
                    visit.parameter("code").isEmpty() ? visit.ask(refusal) : Optional.empty();
            return asked.orElseGet(() -> refused(visit, refusal));
        }
        String uri = offer.text("uri");
        return visit.show("totp", Map.of("uri", uri, "picture", QrPicture.of(uri), "alert", ""));
    }

    @PostMapping("/me/totp/confirm")
    ResponseEntity<String> confirm(Visit visit) {
        try {
            return codes(visit, visit.call(ApiCall.post("/me/totp/confirm", code(visit))));
        } catch (Refusal refusal) {
            if (refusal.code().equals(FactorRefusal.NOT_OFFERED.code())) {
                return refused(visit, refusal);
            }
            return visit.show(
                    ApiProblems.status(refusal), "totp", Map.of("uri", "", "alert", Text.printable(said(refusal))));
        }
    }

    /** The form again, without the secret: the app has it, or one starts again. */
    private static String said(Refusal refusal) {
        return refusal.code().equals(FactorRefusal.WRONG.code())
                ? "This code is wrong, or was used already. Wait for the next one; if it stays wrong, look at the clock of"
                        + " your phone."
                : refusal.sentence() + ". " + Objects.requireNonNullElse(refusal.hint(), "");
    }

    @PostMapping("/me/totp/recovery-codes")
    ResponseEntity<String> renew(Visit visit) {
        try {
            return codes(visit, visit.call(ApiCall.post("/me/totp/recovery-codes", code(visit))));
        } catch (Refusal refusal) {
            return refused(visit, refusal);
        }
    }

    @PostMapping("/me/totp/remove")
    ResponseEntity<String> remove(Visit visit) {
        try {
            visit.call(ApiCall.post("/me/totp/remove", code(visit)));
        } catch (Refusal refusal) {
            return refused(visit, refusal);
        }
        return visit.done("/me", Said.FACTOR_REMOVED);
    }

    private static Map<String, Object> code(Visit visit) {
        String code = visit.parameter("code");
        return code.isEmpty() ? Map.of() : Map.of("code", code);
    }

    private static ResponseEntity<String> codes(Visit visit, Doc answer) {
        return visit.show("recovery-codes", Map.of("codes", answer.texts("recovery_codes")));
    }

    /** What the API hints at is a command; here is what helps at a browser. */
    private static ResponseEntity<String> refused(Visit visit, Refusal refusal) {
        String code = refusal.code();
        String hint = code.equals(FactorRefusal.SIGN_IN_TOO_OLD.code())
                ? "Sign out, sign in with your password again, and set it up at once."
                : code.equals(FactorRefusal.NOT_OFFERED.code())
                        ? "It took too long. Set it up again from here."
                        : Objects.requireNonNullElse(refusal.hint(), "");
        return MePages.refused(visit, refusal, hint);
    }
}
