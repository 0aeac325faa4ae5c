package dev.sallyport.server.portal;

import dev.sallyport.base.Refusal;
import dev.sallyport.server.ApiProblems;
import dev.sallyport.server.portal.Section.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Oneself: who one is here, how and where one signs in, and who decides in one's place. */
@RestController
final class MePages {
    private static final String TITLE = "Sign-in and factors";

    private static final String HOME = "/me";

    @GetMapping(HOME)
    ResponseEntity<String> me(Visit visit) {
        return visit.show(page(visit));
    }

    /** The page again, saying why what a form asked for was refused; {@code hint} is what helps here. */
    static ResponseEntity<String> refused(Visit visit, Refusal refusal, String hint) {
        Sheet page = page(visit);
        List<String> sentences = Stream.of(refusal.sentence(), hint)
                .filter(said -> !said.isEmpty())
                .toList();
        var sections = new ArrayList<Section>();
        sections.add(new Section.Alert(sentences));
        sections.addAll(page.sections());
        return visit.show(
                ApiProblems.status(refusal),
                new Sheet(page.title(), page.lead(), page.crumbs(), page.head(), sections));
    }

    private static Sheet page(Visit visit) {
        Doc me = visit.call(ApiCall.get("/me"));
        var facts = new ArrayList<Fact>();
        facts.add(new Fact("Name", Cell.words(me.text("person.display_name") + " (" + me.text("person.name") + ")")));
        facts.add(new Fact("Groups", Cell.list(me.texts("groups"))));
        facts.add(new Fact("Signed in with", Cell.list(me.texts("session.amr"))));
        facts.add(new Fact("Since", Cell.at(me.time("session.auth_time"))));
        facts.add(new Fact("Signed out at the latest", Cell.left(me.time("session.expires_at"))));
        facts.add(new Fact(
                "Rights on the product",
                me.texts("rights").isEmpty() ? Cell.words("none") : Cell.list(me.texts("rights"))));
        var sections = new ArrayList<Section>();
        sections.add(new Section.Facts("You", facts));
        Doc passkeys = OwnPasskeyPages.own(visit);
        Doc factors = visit.call(ApiCall.get("/me/totp"));
        sections.addAll(FactorPages.sections(factors, !passkeys.items().isEmpty()));
        sections.addAll(OwnPasskeyPages.sections(visit, passkeys, factors.is("enrolment_code_wanted")));
        sections.add(new Section.Doing(
                "Password",
                List.of(Form.of(
                        "/me/password",
                        "Change the password",
                        Field.line("current", "The present one").as(Field.Kind.SECRET),
                        Field.line("new", "The new one").as(Field.Kind.SECRET).hinted("12 characters or more")))));
        sections.add(signIns(visit));
        sections.add(new Section.Doing(
                "",
                List.of(Form.of("/me/sessions/end-others", "Sign out everywhere else")
                        .danger("Sign out every other browser and command line of yours?"))));
        sections.addAll(DelegationPages.sections(visit));
        return new Sheet(TITLE, "", List.of(), List.of(), sections);
    }

    /** One of the lists of this page, which also answers forms of its own. */
    static PartList part(Visit visit, String id) {
        return new PartList(visit, id, HOME);
    }

    private static Section signIns(Visit visit) {
        PartList part = part(visit, "sign-ins");
        String one = part.value("id");
        ApiCall call = one.isEmpty() ? part.asked(ApiCall.get("/me/sessions")) : ApiCall.get("/me/sessions/{}", one);
        Doc page = visit.call(call);
        Table table = Table.ofDocs()
                .column("Client", session -> Cell.words(session.text("client")))
                .column("Signed in", session -> Cell.ago(session.time("created_at")))
                .sorted(part.byAge())
                .column("By", session -> Cell.list(session.texts("amr")))
                .column("Until", session -> Cell.at(session.time("expires_at")))
                .sorted(part.byDue())
                .column("From", session -> Cell.code(session.text("client_address")))
                .column("Calls itself", session -> Cell.words(session.text("user_agent")))
                .column("Sign-in", session -> Cell.code(session.text("id")))
                .column(
                        "",
                        session -> session.is("current")
                                ? new Cell.Badge("this one", Cell.Tone.GOOD)
                                : new Cell.Button(Form.of(
                                        "/me/sessions/" + Links.segment(session.text("id")) + "/end", "Sign out")))
                .next(part.next(page))
                .rows(one.isEmpty() ? page.items() : List.of(page));
        return part.listing(
                one.isEmpty() ? "Where you are signed in" : "One of the places where you are signed in",
                table,
                List.of(),
                "",
                Listings.cli("sallyport sign-ins list", call),
                call);
    }

    @PostMapping("/me/sessions/{id}/end")
    ResponseEntity<String> signOut(Visit visit, @PathVariable String id) {
        return visit.does(ApiCall.bare("POST", "/me/sessions/{}/end", id), "/me", Said.SIGNED_OUT);
    }

    @PostMapping("/me/sessions/end-others")
    ResponseEntity<String> signOutElsewhere(Visit visit) {
        return visit.does(ApiCall.bare("POST", "/me/sessions/end-others"), "/me", Said.SIGNED_OUT_ELSEWHERE);
    }

    @PostMapping("/me/password")
    ResponseEntity<String> password(Visit visit) {
        return visit.does(
                ApiCall.post("/me/password", Map.of("current", visit.secret("current"), "new", visit.secret("new"))),
                "/me",
                Said.CHANGED);
    }
}
