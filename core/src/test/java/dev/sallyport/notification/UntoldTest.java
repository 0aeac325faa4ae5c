package dev.sallyport.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Json;
import dev.sallyport.database.Slice;
import dev.sallyport.request.ApprovalStage;
import dev.sallyport.request.Request;
import dev.sallyport.request.Untold;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RQ2, RQ3: approvers are reminded, others are asked when nobody can be told, and links decide once. */
@NullMarked
class UntoldTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final World world = new World();
    private final Post post = new Post();
    private final Notifications notifications = new Notifications(
            world.database, world.audit, world.vault, post, URI.create("https://sallyport.example.org"), Runnable::run);
    private final PersonId dev = person("dev", "developers");
    private final PersonId lead = person("lead", "leads");
    private final PersonId boss = person("boss", "bosses");

    @BeforeEach
    void things() {
        world.target("web-1", Map.of("tier", "web"));
        world.eligible(world.role("ops", 1, Map.of("maxDuration", "8h", "decideWithin", "8h"), Map.of()), "developers");
        document("notification_channel", "people", Map.of("mail", mail()));
        document("notification_route", "people", Map.of("channel", "people"));
        settle();
    }

    @AfterEach
    void close() {
        world.close();
    }

    private static Map<String, Object> mail() {
        return Map.of("host", "mail.example.org", "from", "sallyport@example.org", "to", "people");
    }

    private PersonId person(String name, String... groups) {
        PersonId id = world.person(name, groups);
        world.arrange(tx -> tx.update("update person set email = ? where id = ?", name + "@example.org", id));
        return id;
    }

    private void document(String table, String name, Map<String, Object> spec) {
        world.arrange(tx -> tx.update(
                "insert into " + table + " (id, name, spec, managed_by, created_at) values (?, ?, ?::jsonb, 'test', ?)",
                Ids.next("doc_"),
                name,
                Json.text(spec),
                tx.now()));
    }

    private void settle() {
        for (int i = 0; i < 100; i++) {
            if (world.requests.escalateDue() + notifications.read() + notifications.send() == 0) {
                return;
            }
        }
        throw new AssertionError("there is always something to do");
    }

    /** Asks, with what else holds for the stage of leads. */
    private Request asked(Map<String, Object> escalation) {
        Request request = world.ask(dev, "ops", "web-1", HOUR);
        world.arrange(tx -> tx.update(
                """
                update approval_stage set escalate_after_ms = ?, escalates_at = opened_at + ?::bigint * interval '1 millisecond',
                       escalate_groups = ?::text[]
                 where item_id = ?
                """,
                escalation.isEmpty() ? null : HOUR,
                escalation.isEmpty() ? null : HOUR,
                escalation.isEmpty() ? List.of() : List.of(String.valueOf(escalation.get("to"))),
                request.items().getFirst().id()));
        return request;
    }

    private ApprovalStage stage(Request request) {
        return world.requests
                .find(dev, false, request.id())
                .items()
                .getFirst()
                .stages()
                .getFirst();
    }

    private void withoutMail(PersonId person) {
        world.arrange(tx -> tx.update("update person set email = null where id = ?", person));
    }

    private static void refused(String code, Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void whoIsSilentIsRemindedThreeTimesAndWhoHasSpokenIsNot() {
        PersonId second = person("second", "leads");
        world.arrange(tx -> tx.update("update role set spec = jsonb_set(spec, '{request,approval,count}', '2')"));
        Request request = asked(Map.of());
        settle();
        world.approve(second, request);

        for (int i = 0; i < 6; i++) {
            world.later(Duration.ofMinutes(15));
            settle();
        }

        assertThat(post.told("request-reminder"))
                .containsExactly(
                        "request-reminder to lead@example.org",
                        "request-reminder to lead@example.org",
                        "request-reminder to lead@example.org");
        assertThat(post.letters)
                .filteredOn(letter -> letter.news().word().equals("request-reminder"))
                .allMatch(letter -> letter.story().title().startsWith("Still waiting: dev asks for ops on web-1"));
    }

    @Test
    void afterAnHourWithoutAServerWhatIsOverdueHappensOnceAndInOrder() {
        Request request = asked(Map.of("to", "bosses"));
        settle();
        assertThat(post.told()).containsExactly("request-to-decide to lead@example.org");

        world.later(Duration.ofMinutes(70));
        settle();
        settle();

        assertThat(world.activities(request.id().value()))
                .filteredOn(activity -> activity.startsWith("approval."))
                .containsExactly("approval.reminded", "approval.escalated");
        assertThat(post.told("request-reminder")).contains("request-reminder to lead@example.org");
        assertThat(post.told("request-to-decide")).contains("request-to-decide to boss@example.org");
        assertThat(post.told("request-escalated")).containsExactly("request-escalated to dev@example.org");
    }

    @Test
    void whatIsDecidedRemindsNobody() {
        Request request = asked(Map.of());
        settle();
        world.approve(lead, request);

        world.later(Duration.ofMinutes(20));
        settle();

        assertThat(post.told("request-reminder")).isEmpty();
    }

    @Test
    void whenNoChannelReachesAnApproverTheRequestSaysSoAndOthersAreAskedAtOnce() {
        withoutMail(lead);
        Request request = asked(Map.of("to", "bosses"));
        settle();

        assertThat(world.activities(request.id().value())).contains("approval.untold", "approval.escalated");
        assertThat(post.told("request-to-decide")).containsExactly("request-to-decide to boss@example.org");
        assertThat(stage(request).escalatedAt()).isPresent();
        assertThat(stage(request).untold()).as("somebody knows of it now").isEmpty();
    }

    @Test
    void withNobodyElseToAskItSaysSoAndWaits() {
        withoutMail(lead);
        Request request = asked(Map.of());
        settle();

        assertThat(stage(request).untold()).contains(Untold.NO_CHANNEL);
        assertThat(stage(request).state()).isEqualTo(ApprovalStage.State.OPEN);
        assertThat(stage(request).escalatedAt()).isEmpty();
    }

    @Test
    void aLetterThatIsGivenUpAsksOthersAndOneThatArrivesAfterAllTakesItBack() {
        post.gone.add("people");
        Request request = asked(Map.of());
        settle();
        assertThat(stage(request).untold()).contains(Untold.NOT_DELIVERED);

        post.gone.clear();
        Notification dead = notifications
                .list(
                        Optional.of(Notification.State.DEAD),
                        Optional.empty(),
                        Optional.of(request.id().value()),
                        Slice.newest(10))
                .getFirst();
        notifications.retry(world.actor(lead), dead.id());
        settle();

        assertThat(stage(request).untold()).isEmpty();
        assertThat(world.activities(request.id().value())).contains("approval.untold", "approval.told");
    }

    @Test
    void oneApproverWhoIsToldIsEnough() {
        withoutMail(person("second", "leads"));
        Request request = asked(Map.of("to", "bosses"));
        settle();

        assertThat(stage(request).untold()).isEmpty();
        assertThat(stage(request).escalatedAt()).isEmpty();
    }

    @Test
    void aStageThatWouldBePassedOverKeepsItsTimeWhenNobodyCanBeTold() {
        withoutMail(lead);
        Request request = world.ask(dev, "ops", "web-1", HOUR);
        world.arrange(tx -> tx.update("""
                update approval_stage set escalate_after_ms = ?, escalates_at = opened_at + interval '1 hour' where item_id = ?
                """, HOUR, request.items().getFirst().id()));
        settle();

        assertThat(stage(request).untold()).contains(Untold.NO_CHANNEL);
        assertThat(stage(request).escalatedAt()).isEmpty();
    }

    @Test
    void withoutAnyChannelNothingIsSaidAndNothingIsHastened() {
        world.arrange(tx -> {
            tx.update("delete from notification_route");
            tx.update("delete from notification_channel");
        });
        Request request = asked(Map.of("to", "bosses"));
        settle();

        assertThat(stage(request).untold()).isEmpty();
        assertThat(stage(request).escalatedAt()).isEmpty();
    }

    // Links
    // --------------------------------------------------------------------------------------------------------------

    private Secret token() {
        String link = post.last().link().orElseThrow().reveal();
        assertThat(link).matches("https://sallyport\\.example\\.org/decide/[A-Za-z0-9_-]{43}");
        return Secret.of(link.substring(link.lastIndexOf('/') + 1));
    }

    private RequestId opened(PersonId person, Secret token) {
        return world.database.read(rx -> DecisionLinks.open(rx, person, token));
    }

    private void spend(PersonId person, Secret token) {
        world.arrange(tx -> DecisionLinks.spend(tx, person, token));
    }

    @Test
    void aLinkIsForItsPersonAndRequestAndWorksOnce() {
        Request request = asked(Map.of());
        settle();
        Secret token = token();

        refused("notification.link-invalid", () -> opened(boss, token));
        assertThat(opened(lead, token)).isEqualTo(request.id());
        assertThat(opened(lead, token)).isEqualTo(request.id());
        refused("notification.link-invalid", () -> spend(boss, token));
        spend(lead, token);
        refused("notification.link-invalid", () -> spend(lead, token));
        refused("notification.link-invalid", () -> opened(lead, token));
    }

    @Test
    void aDecisionThatIsRefusedUsesNoLinkUp() {
        Request request = asked(Map.of());
        settle();
        Secret token = token();
        world.leave(lead, "leads");

        assertThatThrownBy(() -> world.approving.decide(
                        world.actor(lead), lead, request.id(), World.yes(), tx -> DecisionLinks.spend(tx, lead, token)))
                .isInstanceOf(Refusal.class);

        assertThat(opened(lead, token)).isEqualTo(request.id());
    }

    @Test
    void aLinkEndsWithItsRequestAndOnlyItsHashIsKept() {
        asked(Map.of());
        settle();
        Secret token = token();

        long kept = world.database.read(rx -> rx.count(
                "select count(*) from notification n, notification_link l where n.content::text like ? or encode(l.hash, 'escape') like ?",
                "%" + token.reveal() + "%",
                "%" + token.reveal() + "%"));
        world.later(Duration.ofHours(9));

        assertThat(kept).isZero();
        refused("notification.link-invalid", () -> opened(lead, token));
    }

    @Test
    void whatAsksNobodyHoldsNoLink() {
        Request request = asked(Map.of());
        settle();
        world.approve(lead, request);
        settle();

        assertThat(post.last().news().word()).isEqualTo("request-decided");
        assertThat(post.last().link()).isEmpty();
    }
}
