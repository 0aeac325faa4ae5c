package dev.sallyport.server.signin;

import dev.sallyport.base.Durations;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.database.Database;
import dev.sallyport.identity.FactorRefusal;
import dev.sallyport.identity.PasskeyProofs;
import dev.sallyport.identity.PasskeyRefusal;
import dev.sallyport.identity.Purpose;
import dev.sallyport.identity.StepUps;
import dev.sallyport.notification.DecisionLinks;
import dev.sallyport.notification.Notifications;
import dev.sallyport.request.Approving;
import dev.sallyport.request.Background;
import dev.sallyport.request.Item;
import dev.sallyport.request.ItemState;
import dev.sallyport.request.Request;
import dev.sallyport.request.Requests;
import dev.sallyport.server.Caller;
import dev.sallyport.server.RateLimits;
import dev.sallyport.server.page.Pages;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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
    private static final String CODE = "step_up_code";
    private static final String PASSKEY = "step_up_passkey";

    private final WebSessions sessions;
    private final SavedRequests saved;
    private final Database database;
    private final Requests requests;
    private final Approving approving;
    private final StepUps stepUps;
    private final PasskeyProofs passkeys;
    private final RateLimits rates;
    private final Pages pages;

    DecisionPages(
            WebSessions sessions,
            SavedRequests saved,
            Database database,
            Requests requests,
            Approving approving,
            StepUps stepUps,
            PasskeyProofs passkeys,
            RateLimits rates,
            Pages pages) {
        this.sessions = sessions;
        this.saved = saved;
        this.database = database;
        this.requests = requests;
        this.approving = approving;
        this.stepUps = stepUps;
        this.passkeys = passkeys;
        this.rates = rates;
        this.pages = pages;
    }

    @GetMapping("/decide/{link}")
    ResponseEntity<String> show(
            HttpServletRequest request, HttpServletResponse response, CsrfToken csrf, @PathVariable String link) {
        Optional<Caller> caller = sessions.caller(request);
        if (caller.isEmpty()) {
            saved.saveRequest(request, response);
            return pages.seeOther("/login");
        }
        Caller approver = caller.get();
        rates.deviceCode(approver.personId().value());
        RequestId id = database.read(rx -> DecisionLinks.open(rx, approver.personId(), Secret.of(link)));
        Request asked = requests.find(approver.personId(), false, id);
        return pages.answer(
                200,
                "decision",
                Map.of(
                        "csrf",
                        csrf.getToken(),
                        "name",
                        approver.name(),
                        "link",
                        link,
                        "state",
                        asked.state().name().toLowerCase(Locale.ROOT),
                        "waits",
                        asked.state() == ItemState.PENDING,
                        "items",
                        apart(approver.personId(), asked),
                        "facts",
                        facts(approver.personId(), asked)));
    }

    /** The items that can be decided apart, as facts of their ids; nothing where only one waits for the approver. */
    private List<DecisionFact> apart(PersonId approver, Request asked) {
        Set<ItemId> theirs = requests.itemsToDecide(approver, asked.id());
        return theirs.size() < 2
                ? List.of()
                : asked.items().stream()
                        .filter(item -> theirs.contains(item.id()))
                        .map(item -> fact(
                                item.id().value(),
                                item.roleName() + " on " + item.targetName()
                                        + item.startsAt()
                                                .map(start -> " from " + start)
                                                .orElse("")))
                        .toList();
    }

    /** The same lines as in the letter, as they are now, and what an approver wants to know beside them (RQ9). */
    private List<DecisionFact> facts(PersonId viewer, Request asked) {
        var facts = new ArrayList<DecisionFact>();
        database.read(rx -> Notifications.facts(rx, asked))
                .forEach(fact -> facts.add(fact(fact.label(), fact.value())));
        List<Background> background = requests.background(viewer, asked);
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
            CsrfToken csrf,
            @PathVariable String link,
            @RequestParam String verdict,
            @RequestParam(defaultValue = "") String comment,
            @RequestParam(name = "duration", defaultValue = "") String shorter,
            @RequestParam(name = "item", defaultValue = "") List<String> items,
            @RequestParam(defaultValue = "") String apart,
            @RequestParam(name = CODE, defaultValue = "") String code,
            @RequestParam(name = PASSKEY, defaultValue = "") String passkey) {
        Optional<Caller> caller = sessions.caller(request);
        if (caller.isEmpty()) {
            return pages.seeOther("/login");
        }
        rates.deviceCode(caller.get().personId().value());
        var said = new Said(caller.get(), link, verdict, comment, shorter, items, !apart.isEmpty());
        try {
            return told(said, decided(said, code, passkey));
        } catch (Refusal refusal) {
            return factorPage(csrf, said, refusal).orElseThrow(() -> refusal);
        }
    }

    /**
     * The form as it was sent.
     *
     * @param items those that are ticked
     * @param apart whether there was anything to tick; all items are meant where there was not
     */
    private record Said(
            Caller approver,
            String link,
            String verdict,
            String comment,
            String shorter,
            List<String> items,
            boolean apart) {
        Said {
            items = List.copyOf(items);
            if (apart && items.isEmpty()) {
                throw InputRefusal.INVALID_VALUE.because("item: none is ticked (expected: at least one to decide)");
            }
        }

        Approving.Say say() {
            return new Approving.Say(
                    approves(verdict),
                    Optional.of(shorter)
                            .filter(text -> !text.isBlank())
                            .map(text -> Durations.parse("duration", text.strip())),
                    Optional.of(comment).filter(text -> !text.isBlank()),
                    items.stream().map(ItemId::new).collect(Collectors.toUnmodifiableSet()));
        }
    }

    private Request decided(Said said, String code, String passkey) {
        Caller approver = said.approver();
        Secret token = Secret.of(said.link());
        RequestId id = database.read(rx -> DecisionLinks.open(rx, approver.personId(), token));
        try {
            return approving.decide(
                    approver.actor(),
                    approver.personId(),
                    id,
                    said.say(),
                    tx -> DecisionLinks.spend(tx, approver.personId(), token));
        } catch (Refusal refusal) {
            if (code.isEmpty() && passkey.isEmpty() || !refusal.details().containsKey(StepUps.FOR)) {
                throw refusal;
            }
            Secret proof = proof(approver, refusal, code, passkey);
            return approving.decide(
                    approver.actor(),
                    approver.personId(),
                    id,
                    said.say(),
                    Optional.of(proof),
                    tx -> DecisionLinks.spend(tx, approver.personId(), token));
        }
    }

    /** A proof for what was refused; what is wrong with it is told with what it was for, so that one can try again. */
    private Secret proof(Caller approver, Refusal wanted, String code, String passkey) {
        var purpose = new Purpose(String.valueOf(wanted.details().get(StepUps.FOR)));
        try {
            return passkey.isEmpty()
                    ? stepUps.prove(approver.actor(), approver.personId(), Secret.of(code), purpose)
                            .token()
                    : passkeys.prove(
                                    approver.actor(),
                                    approver.personId(),
                                    PasskeyPages.shown(passkey),
                                    List.of(purpose))
                            .getFirst()
                            .token();
        } catch (Refusal refusal) {
            throw refusal.with(StepUps.FOR, purpose.hash())
                    .with(StepUps.BY, Objects.requireNonNull(wanted.details().get(StepUps.BY)));
        }
    }

    private ResponseEntity<String> told(Said said, Request decided) {
        return pages.message(
                approves(said.verdict()) ? "You have approved it" : "You have denied it",
                "The request " + decided.id() + " is now "
                        + (decided.state() == ItemState.PENDING
                                ? "waiting for others"
                                : decided.state().name().toLowerCase(Locale.ROOT))
                        + "."
                        + (requests.itemsToDecide(said.approver().personId(), decided.id())
                                        .isEmpty()
                                ? ""
                                : " What you left out still waits for your word, under Decide in the portal."));
    }

    /** The page that asks for a factor, if that is what was missing or wrong, and there is one that could be shown. */
    private Optional<ResponseEntity<String>> factorPage(CsrfToken csrf, Said said, Refusal refusal) {
        boolean wrong = refusal.code().equals(FactorRefusal.WRONG.code())
                || refusal.code().equals(PasskeyRefusal.REFUSED.code());
        boolean missing = refusal.code().equals(FactorRefusal.STEP_UP_REQUIRED.code());
        if (!(refusal.details().get(StepUps.BY) instanceof List<?> by) || !wrong && !missing) {
            return Optional.empty();
        }
        var values = new LinkedHashMap<String, Object>();
        values.put("csrf", csrf.getToken());
        values.put("alert", wrong ? refusal.sentence() : "");
        values.put("sentence", wrong ? "" : refusal.sentence());
        values.put("link", said.link());
        values.put("verdict", said.verdict());
        values.put("comment", said.comment());
        values.put("duration", said.shorter());
        values.put("items", said.items());
        values.put("purpose", String.valueOf(refusal.details().get(StepUps.FOR)));
        values.put("code", by.contains("totp"));
        values.put("passkey", by.contains("passkey") && passkeys.possible());
        return Optional.of(pages.answer(200, "decision-factor", values));
    }
}
