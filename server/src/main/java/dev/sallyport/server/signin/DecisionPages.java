package dev.sallyport.server.signin;

import dev.sallyport.base.Durations;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.database.Database;
import dev.sallyport.identity.FactorRefusal;
import dev.sallyport.identity.Login;
import dev.sallyport.notification.DecisionLinks;
import dev.sallyport.notification.Notifications;
import dev.sallyport.request.Approving;
import dev.sallyport.request.Background;
import dev.sallyport.request.Item;
import dev.sallyport.request.ItemState;
import dev.sallyport.request.Request;
import dev.sallyport.request.Requests;
import dev.sallyport.server.RateLimits;
import dev.sallyport.server.page.Pages;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where the link in a letter leads an approver: what is asked for, and a form to decide it. Looking uses nothing up, so that
 * programs which follow links in mail do no harm; and whoever looks is signed in as the person to whom the letter went.
 */
@RestController
final class DecisionPages {
    private final WebSessions sessions;
    private final SavedRequests saved;
    private final Database database;
    private final Requests requests;
    private final Approving approving;
    private final RateLimits rates;
    private final Pages pages;

    DecisionPages(
            WebSessions sessions,
            SavedRequests saved,
            Database database,
            Requests requests,
            Approving approving,
            RateLimits rates,
            Pages pages) {
        this.sessions = sessions;
        this.saved = saved;
        this.database = database;
        this.requests = requests;
        this.approving = approving;
        this.rates = rates;
        this.pages = pages;
    }

    @GetMapping("/decide/{link}")
    ResponseEntity<String> show(
            HttpServletRequest request, HttpServletResponse response, CsrfToken csrf, @PathVariable String link) {
        Optional<Login> login = sessions.login(request);
        if (login.isEmpty()) {
            saved.saveRequest(request, response);
            return pages.seeOther("/login");
        }
        rates.deviceCode(login.get().person().value());
        RequestId id = database.read(rx -> DecisionLinks.open(rx, login.get().person(), Secret.of(link)));
        Request asked = requests.find(login.get().person(), false, id);
        return pages.answer(
                200,
                "decision",
                Map.of(
                        "csrf",
                        csrf.getToken(),
                        "name",
                        login.get().name(),
                        "link",
                        link,
                        "state",
                        asked.state().name().toLowerCase(Locale.ROOT),
                        "waits",
                        asked.state() == ItemState.PENDING,
                        "facts",
                        facts(login.get(), asked)));
    }

    /** The same lines as in the letter, as they are now, and what an approver wants to know beside them (RQ9). */
    private List<DecisionFact> facts(Login viewer, Request asked) {
        var facts = new ArrayList<DecisionFact>();
        database.read(rx -> Notifications.facts(rx, asked))
                .forEach(fact -> facts.add(fact(fact.label(), fact.value())));
        List<Background> background = requests.background(viewer.person(), asked);
        for (int i = 0; i < background.size(); i++) {
            Item item = asked.items().get(i);
            String about = asked.items().size() == 1 ? "" : " (" + item.roleName() + " on " + item.targetName() + ")";
            Background known = background.get(i);
            known.risk().ifPresent(score -> {
                facts.add(fact("risk" + about, score.points() + " of 100"));
                score.reasons().forEach(reason -> facts.add(fact("+" + reason.points() + about, reason.why())));
            });
            facts.add(fact(
                    "before" + about,
                    (known.held() == 0 ? "not held" : "held " + known.held() + " times") + " and denied "
                            + known.denied() + " times in " + Background.BACK.toDays() + " days"));
            facts.add(fact(
                    "held now by" + about, known.heldBy().isEmpty() ? "nobody" : String.join(", ", known.heldBy())));
        }
        return facts;
    }

    private static DecisionFact fact(String label, String value) {
        return new DecisionFact(Text.printable(label), Text.printable(value));
    }

    private static boolean approves(String verdict) {
        return switch (verdict) {
            case "approve" -> true;
            case "deny" -> false;
            default ->
                throw InputRefusal.INVALID_VALUE.because(
                        "verdict: " + Text.quoted(verdict) + " (expected: approve or deny)");
        };
    }

    @PostMapping("/decide/{link}")
    ResponseEntity<String> decide(
            HttpServletRequest request,
            @PathVariable String link,
            @RequestParam String verdict,
            @RequestParam(defaultValue = "") String comment,
            @RequestParam(name = "duration", defaultValue = "") String shorter) {
        Optional<Login> login = sessions.login(request);
        if (login.isEmpty()) {
            return pages.seeOther("/login");
        }
        Login approver = login.get();
        rates.deviceCode(approver.person().value());
        Secret token = Secret.of(link);
        RequestId id = database.read(rx -> DecisionLinks.open(rx, approver.person(), token));
        var say = new Approving.Say(
                approves(verdict),
                Optional.of(shorter)
                        .filter(text -> !text.isBlank())
                        .map(text -> Durations.parse("duration", text.strip())),
                Optional.of(comment).filter(text -> !text.isBlank()),
                Set.of());
        Request decided = decide(approver, request.getRemoteAddr(), id, say, token);
        return pages.message(
                say.approves() ? "You have approved it" : "You have denied it",
                "The request " + decided.id() + " is now "
                        + (decided.state() == ItemState.PENDING
                                ? "waiting for others"
                                : decided.state().name().toLowerCase(Locale.ROOT))
                        + ".");
    }

    private Request decide(Login approver, String from, RequestId id, Approving.Say say, Secret token) {
        try {
            return approving.decide(
                    approver.actor(from),
                    approver.person(),
                    id,
                    say,
                    tx -> DecisionLinks.spend(tx, approver.person(), token));
        } catch (Refusal refusal) {
            if (!refusal.code().equals(FactorRefusal.STEP_UP_REQUIRED.code())) {
                throw refusal;
            }
            throw FactorRefusal.STEP_UP_REQUIRED.because(
                    refusal.sentence(),
                    refusal.hint()
                            + ". This page takes neither code nor passkey: decide it in the portal, or with sallyport approve "
                            + id);
        }
    }
}
