package dev.sallyport.consulting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.audit.Audit;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.credential.WebhookKey;
import dev.sallyport.database.Json;
import dev.sallyport.database.Slice;
import dev.sallyport.decision.RiskScore;
import dev.sallyport.finding.Finding;
import dev.sallyport.request.ApprovalStage;
import dev.sallyport.request.Ask;
import dev.sallyport.request.Awaited;
import dev.sallyport.request.Item;
import dev.sallyport.request.ItemState;
import dev.sallyport.request.LastWord;
import dev.sallyport.request.PolicyHistory;
import dev.sallyport.request.Request;
import dev.sallyport.request.ServiceWords;
import dev.sallyport.request.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RQ3: stages that wait for a decision service: its word, its silence, and everything that is no answer. */
@NullMarked
class DecisionServicesTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String URL = "https://desk.example.org/decide";

    private final World world = new World();
    private final Desk desk = new Desk();
    private final DecisionServices services = server(Runnable::run);
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId lead = world.person("lead", "leads");
    private final PersonId guard = world.person("guard", "security");

    @BeforeEach
    void things() {
        world.target("web-1", Map.of("tier", "web"));
        world.target("web-2", Map.of("tier", "web"));
        var ops = world.role("ops", 1, Map.of("maxDuration", "8h", "decideWithin", "1h"), Map.of());
        // only policies grant it
        world.arrange(tx -> tx.update("update role set spec = spec #- '{request,approval}' where name = 'ops'"));
        world.eligible(ops, "developers");
        service(Map.of("default", "deny"));
        services.setSecret(world.actor(guard), "desk", Desk.KEY);
        stages(Map.of("webhook", "desk"));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private DecisionServices server(Executor executor) {
        var audit = new Audit("test:" + Ids.next("run_"));
        var words =
                new ServiceWords(world.database, audit, world.requests, world.approving, world.grants, world.reviews);
        return new DecisionServices(world.database, audit, world.vault, words, desk, executor);
    }

    private void service(Map<String, Object> more) {
        var spec = new TreeMap<String, Object>(more);
        spec.putIfAbsent("url", URL);
        world.arrange(tx -> tx.update("""
                insert into decision_service (id, name, spec, managed_by, created_at) values (?, 'desk', ?::jsonb, 'test', ?)
                    on conflict (name) do update set spec = excluded.spec
                """, Ids.next("dsv_"), Json.text(spec), tx.now()));
    }

    private void stages(Map<String, Object> only) {
        stages(List.of(only));
    }

    private void stages(Map<String, Object> first, Map<String, Object> second) {
        stages(List.of(first, second));
    }

    private void stages(List<Map<String, Object>> stages) {
        world.enforce(guard, "asks-the-desk", List.of(Map.of("name", "desk", "effect", "allow", "approvals", stages)));
    }

    private Request ask() {
        return world.ask(dev, "ops", "web-1", HOUR);
    }

    private Item item(Request request) {
        return world.requests.find(guard, true, request.id()).items().getFirst();
    }

    private ApprovalStage stage(Request request) {
        return item(request).stages().getFirst();
    }

    /** Asks as often as something is due, letting the pauses pass. */
    private void askUntilSettled() {
        for (int i = 0; i < 20; i++) {
            services.ask();
            world.later(Duration.ofMinutes(1));
        }
    }

    private List<String> findings() {
        return world.findings().stream()
                .filter(finding -> finding.kind().equals(DecisionServices.FINDING))
                .map(Finding::message)
                .toList();
    }

    private String state(Request request) {
        return world.database
                .read(rx -> rx.one(
                        "select state from decision_question where request_id = ?",
                        row -> row.getString(1),
                        request.id()))
                .orElse("none");
    }

    // What it is asked and what it says ------------------------------------------------------------------------------

    @Test
    void itsWordIsTheStagesWordAndNobodyElses() {
        desk.behaviour = (question, body) -> Desk.says("approve", "score 3", question, body);

        Request request = ask();
        ItemState before = item(request).state();
        services.ask();

        Item item = item(request);
        Verdict verdict = item.verdicts().getFirst();
        assertThat(before).isEqualTo(ItemState.PENDING);
        assertThat(item.state()).isEqualTo(ItemState.APPROVED);
        assertThat(item.grant()).isPresent();
        assertThat(item.stages().getFirst().given()).isEqualTo(1);
        assertThat(item.stages().getFirst().shown()).isEqualTo("1 approval by the service desk");
        assertThat(verdict.by()).isEmpty();
        assertThat(verdict.byName()).isEqualTo("the service desk");
        assertThat(verdict.service()).contains("desk");
        assertThat(verdict.comment()).contains("score 3");
        assertThat(world.activities(request.id().value()))
                .contains("decision-service.asked", "decision-service.answered", "approval.given", "request.approved");
        assertThat(services.ask()).isZero();
    }

    @Test
    void itsNoIsANoAndSaysWhy() {
        desk.behaviour = (question, body) -> Desk.says("deny", "out of hours\u0007", question, body);

        Request request = ask();
        services.ask();

        Item item = item(request);
        assertThat(item.state()).isEqualTo(ItemState.DENIED);
        assertThat(item.grant()).isEmpty();
        assertThat(item.verdicts().getFirst().comment().orElseThrow())
                .startsWith("out of hours")
                .doesNotContain("\u0007");
    }

    @Test
    void theQuestionHoldsWhatPoliciesSawAndIsSigned() {
        Request request = ask();
        services.ask();

        Desk.Asked asked = desk.asked.getFirst();
        String id = asked.headers().getOrDefault("webhook-id", "");
        String context = id + "." + asked.headers().get("webhook-timestamp");
        assertThat(asked.url().toString()).isEqualTo(URL);
        assertThat(asked.time()).isEqualTo(Duration.ofSeconds(5));
        assertThat(asked.question())
                .containsEntry("type", "decision-wanted")
                .containsEntry("id", id)
                .containsEntry("request", request.id().value())
                .containsEntry("item", item(request).id().value())
                .containsEntry("role", "ops")
                .containsEntry("target", "web-1")
                .containsEntry("reason", "because of a test")
                .containsEntry("duration", "PT1H")
                .containsEntry("service", "desk")
                .containsEntry("stage", 1)
                .containsKeys("nonce", "answer_by", "asked_at");
        assertThat(asked.question().get("requester")).asString().contains("dev", "developers");
        assertThat(asked.question().get("facts")).asString().contains("principal", "target", "labels");
        assertThat(WebhookKey.of(Desk.KEY)
                        .orElseThrow()
                        .verifies(
                                asked.headers().getOrDefault("webhook-signature", ""),
                                context,
                                asked.body().getBytes(StandardCharsets.UTF_8)))
                .isTrue();
    }

    @Test
    void eachStageHasANonceOfItsOwnAndAnOldAnswerFitsNoOther() {
        var first = new ArrayList<Line.Reply>();
        desk.behaviour = (question, body) -> {
            first.add(Desk.says("approve", question, body));
            return first.getFirst();
        };
        Request one = ask();
        services.ask();
        Request two = world.ask(dev, "ops", "web-2", HOUR);
        services.ask();

        assertThat(item(one).state()).isEqualTo(ItemState.APPROVED);
        assertThat(item(two).state()).isEqualTo(ItemState.PENDING);
        assertThat(desk.asked)
                .extracting(asked -> asked.question().get("nonce"))
                .doesNotHaveDuplicates();
    }

    @Test
    void everyAttemptAsksTheSame() {
        desk.behaviour = (_, _) -> {
            throw new Unanswered("desk.example.org answered with 503");
        };
        ask();

        askUntilSettled();

        assertThat(desk.asked).hasSize(3);
        assertThat(desk.asked)
                .extracting(Desk.Asked::body)
                .containsOnly(desk.asked.getFirst().body());
    }

    // What is no answer -----------------------------------------------------------------------------------------------

    private void isNoAnswer(Desk.Behaviour behaviour, String why) {
        desk.asked.clear();
        desk.behaviour = behaviour;
        Request request = ask();

        askUntilSettled();

        Item item = item(request);
        assertThat(desk.asked).as(why).hasSize(3);
        assertThat(item.state()).as(why).isEqualTo(ItemState.DENIED);
        assertThat(item.verdicts()).isEmpty();
        assertThat(item.decision().explanation()).contains("the service desk did not answer, which denies it");
        assertThat(findings()).singleElement().asString().contains(why);
        world.arrange(tx -> tx.update("update finding set closed_at = ? where closed_at is null", tx.now()));
    }

    @Test
    void anAnswerThatIsUnsignedOrWronglySignedIsNone() {
        isNoAnswer(
                (question, body) -> new Line.Reply(
                        java.util.Optional.empty(),
                        Desk.says("approve", question, body).body()),
                "is not signed");
        isNoAnswer(
                (question, body) -> Desk.signed(
                        Desk.OTHER_KEY,
                        question,
                        body,
                        "{\"decision\":\"approve\",\"nonce\":\"" + question.get("nonce") + "\"}"),
                "signature does not fit");
        isNoAnswer(
                (question, body) -> new Line.Reply(
                        Desk.says("deny", question, body).signature(),
                        Desk.says("approve", question, body).body()),
                "signature does not fit");
        isNoAnswer(
                // over facts that are other ones
                (question, body) -> Desk.says("approve", question, "{\"facts\":{}}".getBytes(StandardCharsets.UTF_8)),
                "signature does not fit");
    }

    @Test
    void anAnswerToAnotherQuestionOrWithoutSenseIsNone() {
        isNoAnswer(
                (question, body) ->
                        Desk.signed(Desk.KEY, question, body, "{\"decision\":\"approve\",\"nonce\":\"other\"}"),
                "nonce is not the question's");
        isNoAnswer(
                (question, body) -> Desk.signed(Desk.KEY, question, body, "{\"decision\":\"approve\"}"),
                "nonce is not the question's");
        isNoAnswer((question, body) -> Desk.signed(Desk.KEY, question, body, "approve"), "no JSON object");
        isNoAnswer((question, body) -> Desk.signed(Desk.KEY, question, body, "[]"), "no JSON object");
        isNoAnswer(
                (question, body) -> Desk.signed(Desk.KEY, question, body, "{\"a\":".repeat(5_000)), "no JSON object");
        isNoAnswer((question, body) -> Desk.says("sure", question, body), "decision is none");
    }

    @Test
    void aServiceThatIsDownOrFaultyIsSilent() {
        isNoAnswer(
                (_, _) -> {
                    throw new Unanswered("desk.example.org gave no answer within 5 s");
                },
                "gave no answer within 5 s");
        isNoAnswer(
                (_, _) -> {
                    throw new IllegalStateException("a fault of ours");
                },
                "internal error");
    }

    @Test
    void aLaterAttemptCountsAsTheFirstWouldHave() {
        desk.behaviour = (question, body) -> {
            if (desk.asked.size() < 3) {
                throw new Unanswered("desk.example.org answered with 503");
            }
            return Desk.says("approve", question, body);
        };
        Request request = ask();

        services.ask();
        int atOnce = services.ask();
        askUntilSettled();

        assertThat(atOnce).as("it waits before the next attempt").isZero();
        assertThat(item(request).state()).isEqualTo(ItemState.APPROVED);
        assertThat(world.activities(request.id().value()).stream()
                        .filter("decision-service.failed"::equals)
                        .count())
                .isEqualTo(2);
        assertThat(findings()).isEmpty();
    }

    @Test
    void aServiceWithoutAKeyOrWithOneForElsewhereIsNotAsked() {
        service(Map.of("default", "deny", "url", "https://evil.example.org/"));
        Request moved = ask();
        askUntilSettled();

        assertThat(desk.asked).isEmpty();
        assertThat(item(moved).state()).isEqualTo(ItemState.DENIED);
        assertThat(findings().getFirst()).contains("was set for " + URL).contains("not used anywhere else");
    }

    @Test
    void theFindingEndsWithTheNextAnswer() {
        desk.behaviour = (_, _) -> {
            throw new Unanswered("down");
        };
        ask();
        askUntilSettled();
        int open = findings().size();
        desk.behaviour = (question, body) -> Desk.says("approve", question, body);
        ask();
        services.ask();

        assertThat(open).isEqualTo(1);
        assertThat(findings()).isEmpty();
    }

    // What silence means ----------------------------------------------------------------------------------------------

    private void down() {
        desk.behaviour = (_, _) -> {
            throw new Unanswered("down");
        };
    }

    @Test
    void silenceLetsTheOthersOfTheStageDecideWhereItsDocumentSaysSo() {
        service(Map.of("default", "escalate"));
        stages(Map.of("webhook", "desk", "escalateTo", Map.of("groups", List.of("leads"))));
        down();
        Request request = ask();
        List<PersonId> before = awaited(request);

        askUntilSettled();

        assertThat(before).as("nobody is asked while the service is").isEmpty();
        assertThat(awaited(request)).containsExactly(lead);
        assertThat(stage(request).unheardAt()).isPresent();
        assertThat(world.activities(request.id().value()))
                .contains("approval.escalated")
                .doesNotContain("approval.reminded");
        world.requests.escalateDue();
        assertThat(world.activities(request.id().value())).contains("approval.reminded");
        world.approve(lead, request);
        assertThat(item(request).state()).isEqualTo(ItemState.APPROVED);
    }

    private List<PersonId> awaited(Request request) {
        return world.database.read(rx -> Awaited.of(rx, request.id())).stream()
                .flatMap(awaited -> awaited.people().stream())
                .toList();
    }

    @Test
    void silenceLeadsToTheNextStage() {
        service(Map.of("default", "escalate"));
        stages(Map.of("webhook", "desk"), Map.of("groups", List.of("leads")));
        down();
        Request request = ask();

        askUntilSettled();

        assertThat(stage(request).state()).isEqualTo(ApprovalStage.State.PASSED);
        world.approve(lead, request);
        assertThat(item(request).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void silenceDeniesWhereNobodyElseIsLeftToAsk() {
        service(Map.of("default", "escalate"));
        down();
        Request request = ask();

        askUntilSettled();

        assertThat(item(request).state()).isEqualTo(ItemState.DENIED);
        assertThat(item(request).decision().explanation())
                .contains("the service desk did not answer, and nobody else is left to ask");
    }

    @Test
    void aServiceWhoseSilenceDeniesByNowLetsNobodyDecideInstead() {
        service(Map.of("default", "escalate"));
        stages(Map.of("webhook", "desk", "escalateTo", Map.of("groups", List.of("leads"))));
        down();
        Request request = ask();
        askUntilSettled();
        service(Map.of("default", "deny"));

        assertThatThrownBy(() -> world.approve(lead, request))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("request.role-changed"));
        assertThat(item(request).state()).isEqualTo(ItemState.DENIED);
    }

    @Test
    void whoAbstainsLeavesItToTheDefaultAtOnce() {
        service(Map.of("default", "escalate"));
        stages(Map.of("webhook", "desk"), Map.of("groups", List.of("leads")));
        desk.behaviour = (question, body) -> Desk.says("abstain", question, body);
        Request request = ask();

        services.ask();

        assertThat(stage(request).state()).isEqualTo(ApprovalStage.State.PASSED);
        assertThat(desk.asked).hasSize(1);
        assertThat(findings()).isEmpty();
    }

    @Test
    void aServiceThatIsGoneIsSilent() {
        Request request = ask();
        world.arrange(tx -> tx.update("delete from decision_service"));

        services.ask();

        assertThat(item(request).state()).isEqualTo(ItemState.DENIED);
        assertThat(item(request).decision().explanation())
                .contains("the service desk does not exist any more, which denies it");
        assertThat(desk.asked).isEmpty();
    }

    // Stages one after another, and time ------------------------------------------------------------------------------

    @Test
    void itIsAskedWhenItsStageOpensAndNoEarlier() {
        stages(Map.of("groups", List.of("leads")), Map.of("webhook", "desk"));
        Request request = ask();
        int early = services.ask();
        world.approve(lead, request);
        ItemState between = item(request).state();
        services.ask();

        assertThat(early).isZero();
        assertThat(between).isEqualTo(ItemState.PENDING);
        assertThat(item(request).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void peopleCannotSayItsWord() {
        Request request = ask();

        for (PersonId person : List.of(lead, guard, dev)) {
            assertThatThrownBy(() -> world.approve(person, request)).isInstanceOf(Refusal.class);
        }
        assertThat(item(request).state()).isEqualTo(ItemState.PENDING);
        assertThat(world.requests.toDecide(lead, Slice.newest(10))).isEmpty();
    }

    @Test
    void aWordThatCannotBeGrantedAnyMoreDeniesAndSaysWhy() {
        Request request = ask();
        world.leave(dev, "developers");

        services.ask();

        assertThat(item(request).state()).isEqualTo(ItemState.DENIED);
        assertThat(item(request).decision().explanation().getLast())
                .contains("the service desk approved it, and it cannot be granted")
                .contains("no longer eligible");
    }

    @Test
    void aWordThatPolicyBarsStaysAndTheOtherItemsGoOn() {
        Request request = world.requests.ask(
                world.actor(dev),
                dev,
                new Ask(
                        List.of(new Ask.Wanted("ops", "web-1"), new Ask.Wanted("ops", "web-2")),
                        HOUR,
                        Optional.empty(),
                        "because of a test",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
        world.enforce(
                guard,
                "closed",
                List.of(Map.of(
                        "name",
                        "web-1",
                        "effect",
                        "deny",
                        "when",
                        "target.name == \"web-1\"",
                        "message",
                        "web-1 is closed")));

        services.ask();

        List<Item> items = world.requests.find(guard, true, request.id()).items();
        Item barred = items.getFirst();
        assertThat(items).extracting(Item::state).containsExactly(ItemState.DENIED, ItemState.APPROVED);
        assertThat(items)
                .allSatisfy(item -> assertThat(item.verdicts())
                        .singleElement()
                        .satisfies(verdict -> assertThat(verdict.service()).contains("desk")));
        assertThat(barred.grant()).isEmpty();
        assertThat(items.getLast().grant()).isPresent();
        assertThat(barred.decision().explanation().getLast())
                .contains("the service desk approved it, and it cannot be granted")
                .contains("web-1 is closed");
        Optional<LastWord> said = world.database.read(rx -> PolicyHistory.lastWord(rx, barred));
        assertThat(said)
                .hasValueSatisfying(last -> assertThat(last.explanation()).contains("web-1 is closed"));
        assertThat(world.activities(request.id().value()).stream().filter("approval.given"::equals))
                .hasSize(2);
    }

    @Test
    void anAnswerAfterTheStageMovedOnChangesNothing() {
        stages(Map.of("webhook", "desk", "escalateAfter", "10s"), Map.of("groups", List.of("leads")));
        var request = new ArrayList<Request>();
        desk.behaviour = (question, body) -> {
            world.later(Duration.ofSeconds(11));
            world.requests.escalateDue();
            return Desk.says("approve", question, body);
        };
        request.add(ask());

        services.ask();

        Item item = item(request.getFirst());
        assertThat(item.state()).isEqualTo(ItemState.PENDING);
        assertThat(item.verdicts()).isEmpty();
        assertThat(item.stages().getFirst().state()).isEqualTo(ApprovalStage.State.PASSED);
        assertThat(state(request.getFirst())).isEqualTo("moot");
        assertThat(world.activities(request.getFirst().id().value())).contains("decision-service.moot");
    }

    @Test
    void silenceAfterOthersWereAskedChangesNothing() {
        stages(Map.of("webhook", "desk", "escalateAfter", "10s", "escalateTo", Map.of("groups", List.of("leads"))));
        down();
        Request request = ask();
        world.later(Duration.ofSeconds(11));
        world.requests.escalateDue();

        askUntilSettled();

        assertThat(item(request).state()).isEqualTo(ItemState.PENDING);
        world.approve(lead, request);
        assertThat(item(request).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void whatWasWithdrawnIsNotAskedAnyMore() {
        down();
        Request request = ask();
        services.ask();
        world.requests.withdraw(world.actor(dev), dev, request.id());

        askUntilSettled();

        assertThat(desk.asked).hasSize(1);
        assertThat(state(request)).isEqualTo("moot");
    }

    @Test
    void itsWordCountsOnlyWhileThereIsSuchAService() {
        stages(Map.of("webhook", "desk"), Map.of("groups", List.of("leads")));
        Request request = ask();
        services.ask();
        world.arrange(tx -> tx.update("delete from decision_service"));

        assertThatThrownBy(() -> world.approve(lead, request)).isInstanceOf(Refusal.class);
        assertThat(item(request).state()).isEqualTo(ItemState.DENIED);
    }

    // Several servers, and servers that die ---------------------------------------------------------------------------

    @Test
    void twoServersAskOnceAndCountOneAnswer() throws Exception {
        var other = server(Runnable::run);
        var both = new CountDownLatch(2);
        desk.behaviour = (question, body) -> Desk.says("approve", question, body);
        var requests = new ArrayList<Request>();
        for (int i = 0; i < 8; i++) {
            requests.add(world.ask(dev, "ops", i % 2 == 0 ? "web-1" : "web-2", HOUR));
        }

        var workers = List.of(services, other).stream()
                .map(server -> CompletableFuture.runAsync(
                        () -> {
                            both.countDown();
                            for (int i = 0; i < 20; i++) {
                                server.ask();
                            }
                        },
                        Thread::startVirtualThread))
                .toList();
        for (CompletableFuture<Void> worker : workers) {
            worker.get(60, java.util.concurrent.TimeUnit.SECONDS);
        }

        assertThat(requests).allSatisfy(request -> {
            assertThat(item(request).state()).isEqualTo(ItemState.APPROVED);
            assertThat(item(request).verdicts()).hasSize(1);
        });
        assertThat(desk.asked).hasSize(8);
        assertThat(world.events("decision-service.answered")).isEqualTo(8);
    }

    @Test
    void whoAnswersTwiceIsCountedOnce() {
        var later = new ArrayList<Runnable>();
        var slow = server(later::add);
        Request request = ask();
        slow.ask(); // takes it, and is not heard of for longer than its lease
        world.later(DecisionServices.LEASE.plusSeconds(1));
        services.ask();
        long events = world.events("approval.given");

        later.forEach(Runnable::run);

        assertThat(desk.asked).hasSize(2);
        assertThat(item(request).verdicts()).hasSize(1);
        assertThat(world.events("approval.given")).isEqualTo(events).isEqualTo(1);
        assertThat(world.events("decision-service.answered")).isEqualTo(1);
    }

    @Test
    void theFailureOfAServerWhoseLeaseRanOutChangesNothing() {
        var later = new ArrayList<Runnable>();
        var slow = server(later::add);
        Request request = ask();
        slow.ask();
        world.later(DecisionServices.LEASE.plusSeconds(1));
        var second = server(new ArrayList<Runnable>()::add);
        second.ask(); // has it now
        down();

        later.forEach(Runnable::run);

        assertThat(state(request)).isEqualTo("waiting");
        assertThat(world.events("decision-service.failed")).isZero();
    }

    @Test
    void anHourWithoutServersIsMadeUpForInOrderAndOnce() {
        service(Map.of("default", "escalate"));
        stages(
                Map.of("webhook", "desk", "escalateTo", Map.of("groups", List.of("leads"))),
                Map.of("groups", List.of("security")));
        var lost = new ArrayList<Runnable>();
        Request request = ask();
        // each attempt is begun by a server that dies before it is heard
        for (int i = 0; i < 3; i++) {
            server(lost::add).ask();
            world.later(Duration.ofMinutes(15));
        }

        services.ask();
        services.ask();

        assertThat(lost).hasSize(3);
        assertThat(desk.asked).isEmpty();
        assertThat(stage(request).unheardAt()).isPresent();
        assertThat(world.activities(request.id().value()).stream()
                        .filter(activity -> activity.equals("approval.escalated")
                                || activity.equals("decision-service.unanswered")))
                .containsExactly("decision-service.unanswered", "approval.escalated");
    }

    // Its key ---------------------------------------------------------------------------------------------------------

    @Test
    void aKeyIsOneAndNeverComesBack() {
        assertThatThrownBy(() -> services.setSecret(world.actor(guard), "desk", Secret.of("hunter2")))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.sentence())
                                .contains("expected: whsec_")
                                .doesNotContain("hunter2"));
        assertThatThrownBy(() -> services.setSecret(world.actor(guard), "none", Desk.KEY))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("decision-service.unknown"));
        List<String> stored = world.database.read(rx -> rx.list(
                "select encode(sealed, 'escape') || destination from decision_service_secret",
                row -> row.getString(1)));
        assertThat(stored).singleElement().asString().doesNotContain("MDEyMzQ1").endsWith(URL);
        assertThat(world.events("decision-service.secret-set")).isEqualTo(1);
    }

    @Test
    void pausesGrowUpToAMinute() {
        assertThat(List.of(1, 2, 3, 5, 6, 10))
                .extracting(DecisionServices::pause)
                .containsExactly(
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(32),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1));
    }

    // Trying it -------------------------------------------------------------------------------------------------------

    private Tried.Outcome tried(Trial trial) {
        return services.test(world.actor(guard), "desk", trial).outcome();
    }

    private static Trial.MadeUp madeUp() {
        return new Trial.MadeUp(
                "nobody",
                "ops",
                "web-9",
                HOUR,
                "a test",
                Optional.of("CHG-1"),
                true,
                Optional.of(RiskScore.stated(60)),
                Optional.empty());
    }

    @Test
    void aTestAsksWhatIsMarkedAsOneAndSaysWhatWouldCount() {
        desk.behaviour = (question, body) -> Desk.says("deny", "score 60\u0007", question, body);

        Tried tried = services.test(world.actor(guard), "desk", madeUp());

        assertThat(tried.outcome()).isInstanceOfSatisfying(Tried.Outcome.Answered.class, answered -> {
            assertThat(answered.word()).isEqualTo(Tried.Word.DENY);
            assertThat(answered.comment().orElseThrow()).startsWith("score 60").doesNotContain("\u0007");
        });
        assertThat(tried.took()).isPositive();
        assertThat(tried.escalates()).isFalse();
        assertThat(desk.asked).singleElement().satisfies(asked -> {
            assertThat(asked.question())
                    .containsEntry("type", "decision-test")
                    .containsEntry("id", tried.question())
                    .containsEntry("role", "ops")
                    .containsEntry("target", "web-9")
                    .containsEntry("ticket", "CHG-1")
                    .containsEntry("break_glass", true)
                    .containsKeys("nonce", "request", "item", "stage", "requester", "facts", "risk", "answer_by");
            assertThat(asked.headers()).containsKeys("webhook-id", "webhook-timestamp", "webhook-signature");
        });
        assertThat(world.database.<Boolean>read(rx -> rx.exists("select 1 from decision_question")))
                .isFalse();
        assertThat(world.events("decision-service.test-asked")).isEqualTo(1);
        assertThat(world.events("decision-service.tested")).isEqualTo(1);
    }

    @Test
    void aTestAboutARequestTellsItsFactsAndDecidesNothing() {
        Request request = ask();

        Tried.Outcome outcome = tried(new Trial.OfRequest(request));

        assertThat(outcome).isEqualTo(new Tried.Outcome.Answered(Tried.Word.APPROVE, Optional.empty()));
        Item item = item(request);
        assertThat(item.state()).isEqualTo(ItemState.PENDING);
        assertThat(item.verdicts()).isEmpty();
        assertThat(stage(request).given()).isZero();
        Map<String, Object> test = desk.asked.getFirst().question();
        services.ask();
        Map<String, Object> real = desk.asked.get(1).question();
        assertThat(test)
                .containsEntry("type", "decision-test")
                .containsEntry("facts", real.get("facts"))
                .containsEntry("request", request.id().value());
        assertThat(test.get("nonce")).isNotEqualTo(real.get("nonce"));
    }

    @Test
    void anAnswerToATestIsNoAnswerToTheRealQuestion() {
        Request request = ask();
        var old = new ArrayList<Line.Reply>();
        desk.behaviour = (question, body) -> {
            old.add(Desk.says("approve", question, body));
            return old.getFirst();
        };
        tried(new Trial.OfRequest(request));

        askUntilSettled();

        assertThat(item(request).state()).isEqualTo(ItemState.DENIED);
        assertThat(findings()).singleElement().asString().contains("signature does not fit");
    }

    @Test
    void eachFailureOfATestIsSaidInWordsAndNoneIsAFinding() {
        desk.behaviour = (question, body) -> Desk.signed(Desk.OTHER_KEY, question, body, "{}");
        Tried.Outcome foreign = tried(madeUp());
        desk.behaviour = (_, _) -> {
            throw new Unanswered("desk.example.org answered with 503");
        };
        Tried.Outcome down = tried(madeUp());
        service(Map.of("default", "escalate", "url", "https://evil.example.org/"));
        desk.asked.clear();
        Tried moved = services.test(world.actor(guard), "desk", madeUp());

        assertThat(foreign)
                .isEqualTo(new Tried.Outcome.Failed(
                        "the answer's signature does not fit the question, the answer and the key"));
        assertThat(down).isEqualTo(new Tried.Outcome.Failed("desk.example.org answered with 503"));
        assertThat(moved.outcome())
                .isInstanceOfSatisfying(
                        Tried.Outcome.Failed.class,
                        failed -> assertThat(failed.why()).contains("not used anywhere else"));
        assertThat(moved.escalates()).isTrue();
        assertThat(desk.asked).as("nothing is sent without its key").isEmpty();
        assertThat(findings()).isEmpty();
    }

    @Test
    void onlyAFewTestsAreUnderWayAtOnce() throws InterruptedException {
        var begun = new CountDownLatch(Trying.PARALLEL);
        var goOn = new CompletableFuture<Boolean>();
        desk.behaviour = (question, body) -> {
            begun.countDown();
            goOn.join();
            return Desk.says("approve", question, body);
        };
        List<CompletableFuture<Tried.Outcome>> underWay = java.util.stream.Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> tried(madeUp()), Thread::startVirtualThread))
                .limit(Trying.PARALLEL)
                .toList();
        begun.await();

        assertThatThrownBy(() -> tried(madeUp()))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("decision-service.busy"));
        goOn.complete(true);
        assertThat(underWay).allSatisfy(one -> assertThat(one.join()).isInstanceOf(Tried.Outcome.Answered.class));
        assertThat(tried(madeUp())).isInstanceOf(Tried.Outcome.Answered.class);
    }

    @Test
    void whatIsNotThereOrOutOfBoundsIsNotTried() {
        assertThatThrownBy(() -> services.test(world.actor(guard), "none", madeUp()))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("decision-service.unknown"));
        assertThatThrownBy(() -> new Trial.MadeUp(
                        "a", "b", "c", HOUR.negated(), "", Optional.empty(), false, Optional.empty(), Optional.empty()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("duration: PT-1H (expected: more than nothing");
        assertThatThrownBy(() -> RiskScore.stated(101))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("risk: 101 (expected: 0 to 100)");
        assertThat(desk.asked).isEmpty();
    }
}
