package dev.sallyport.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.catalog.News;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Json;
import dev.sallyport.database.Slice;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import dev.sallyport.identity.IdentityEvent;
import dev.sallyport.request.Ask;
import dev.sallyport.request.Request;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RQ6: who is told of what, once, and what becomes of letters that do not arrive. */
@NullMarked
class NotificationsTest {
    private static final URI URL = URI.create("https://sallyport.example.org");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String KEY = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";

    private final World world = new World();
    private final Post post = new Post();
    private final Notifications notifications = server();
    private final PersonId dev = person("dev", "developers");
    private final PersonId lead = person("lead", "leads");

    @BeforeEach
    void things() {
        person("chief", "leads");
        world.target("web-1", Map.of("tier", "web"));
        world.eligible(world.role("ops", 1), "developers");
        world.eligible(world.role("look", 0), "developers");
        channel("people", Map.of("mail", mail("people")));
        route("people", Map.of("channel", "people"));
        settle();
    }

    @AfterEach
    void close() {
        world.close();
    }

    private Notifications server() {
        return new Notifications(world.database, world.audit, world.vault, post, URL, Runnable::run);
    }

    private PersonId person(String name, String... groups) {
        PersonId id = world.person(name, groups);
        world.arrange(tx -> tx.update("update person set email = ? where id = ?", name + "@example.org", id));
        return id;
    }

    private static Map<String, Object> mail(Object to) {
        return Map.of("host", "mail.example.org", "from", "sallyport@example.org", "to", to);
    }

    private void channel(String name, Map<String, Object> spec) {
        document("notification_channel", name, spec);
    }

    private void route(String name, Map<String, Object> spec) {
        document("notification_route", name, spec);
    }

    private void document(String table, String name, Map<String, Object> spec) {
        world.arrange(tx -> tx.update(
                "insert into " + table + " (id, name, spec, managed_by, created_at) values (?, ?, ?::jsonb, 'test', ?)",
                Ids.next("doc_"),
                name,
                Json.text(spec),
                tx.now()));
    }

    /** Reads and sends until there is nothing to do. */
    private void settle() {
        settle(notifications);
    }

    private void settle(Notifications server) {
        for (int i = 0; i < 100; i++) {
            if (server.read() + server.send() + world.requests.escalateDue() == 0) {
                return;
            }
        }
        throw new AssertionError("there is always something to do");
    }

    private List<Notification> in(Notification.State state) {
        return notifications.list(Optional.of(state), Optional.empty(), Optional.empty(), Slice.newest(100));
    }

    private List<String> findings() {
        return world.database.read(rx -> Findings.list(rx, true, Slice.newest(50))).stream()
                .map(finding -> finding.kind() + " " + finding.subject())
                .toList();
    }

    private static void refused(String code, Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void approversAreAskedOnceAndWhoAskedIsToldHowItEnded() {
        Request request = world.ask(dev, "ops", "web-1", HOUR);
        settle();

        assertThat(post.told())
                .containsExactlyInAnyOrder(
                        "request-to-decide to chief@example.org", "request-to-decide to lead@example.org");
        assertThat(post.last().story().title()).isEqualTo("dev asks for ops on web-1");
        assertThat(post.last().story().facts())
                .contains(new Fact("reason", "because of a test"), new Fact("opens", "ops, deploy"));

        world.approve(lead, request);
        settle();

        assertThat(post.told()).hasSize(3).last().isEqualTo("request-decided to dev@example.org");
        assertThat(world.activities(request.id().value())).contains("notification.delivered");
    }

    @Test
    void whoAskedIsToldWhenTheRulesOfTheDayRefuseWhatWasAgreedTo() {
        Request request = world.ask(dev, "ops", "web-1", HOUR);
        world.enforce(
                lead, "shut", List.of(Map.of("name", "all", "effect", "deny", "message", "closed for the audit")));
        settle();
        int before = post.told().size();

        refused("request.role-changed", () -> world.approve(lead, request));
        settle();

        assertThat(post.told()).hasSize(before + 1).last().isEqualTo("request-decided to dev@example.org");
        assertThat(post.last().story().title()).isEqualTo("The request of dev for ops on web-1 is denied");
    }

    @Test
    void nobodyIsAskedForWhatTheyAskedForThemselvesOrMayNotDecide() {
        PersonId both = person("both", "developers", "leads");
        PersonId gone = person("gone", "leads");
        world.arrange(tx -> tx.update("update person set state = 'disabled' where id = ?", gone));

        world.ask(both, "ops", "web-1", HOUR);
        settle();

        assertThat(post.told())
                .containsExactlyInAnyOrder(
                        "request-to-decide to chief@example.org", "request-to-decide to lead@example.org");
    }

    @Test
    void whatIsGrantedAtOnceAsksAndTellsNobody() {
        world.ask(dev, "look", "web-1", HOUR);
        settle();

        assertThat(post.told()).isEmpty();
    }

    @Test
    void aGrantIsToldOfBeforeItEndsOnceAndWhenItHas() {
        world.grant(dev, "look", "web-1", HOUR);
        settle();
        assertThat(post.told()).isEmpty();

        world.later(Duration.ofMinutes(51));
        settle();
        settle();
        assertThat(post.told()).containsExactly("grant-ending to dev@example.org");

        world.later(Duration.ofMinutes(10));
        world.settle();
        settle();
        assertThat(post.told()).containsExactly("grant-ending to dev@example.org", "grant-ended to dev@example.org");
    }

    @Test
    void routesChooseByKindSeverityOwnerAndLabels() {
        channel("hook", Map.of("webhook", Map.of("url", "https://hook.example.org/")));
        notifications.setSecret(world.actor(lead), "hook", Secret.of(KEY));
        route("hook", Map.of("channel", "hook", "news", List.of("finding"), "severity", "high"));
        channel("web", Map.of("mail", mail(List.of("web@example.org"))));
        route("web", Map.of("channel", "web", "labels", Map.of("tier", "web"), "news", List.of("request-to-decide")));
        channel("db", Map.of("mail", mail(List.of("db@example.org"))));
        route("db", Map.of("channel", "db", "labels", Map.of("tier", "db")));
        channel("owned", Map.of("mail", mail(List.of("owned@example.org"))));
        route("owned", Map.of("channel", "owned", "owners", List.of("leads")));
        world.arrange(
                tx -> tx.update("update target set spec = spec || '{\"owner\": \"leads\"}' where name = 'web-1'"));
        settle();

        world.ask(dev, "ops", "web-1", HOUR);
        finding("one", Severity.MEDIUM);
        finding("two", Severity.HIGH);
        settle();

        assertThat(channels()).containsExactlyInAnyOrder("people", "people", "web", "owned", "hook");
        assertThat(post.told("finding")).containsExactly("finding");
    }

    private void finding(String kind, Severity severity) {
        world.database.run(
                Actor.system("test"),
                tx -> new Findings(world.audit).open(tx, kind, severity, "something", "it is so"));
    }

    private List<String> channels() {
        return in(Notification.State.SENT).stream().map(Notification::channel).toList();
    }

    @Test
    void anEmergencyGoesToEveryChannelWhateverRoutesSayAndToWhomPolicyNotifies() {
        person("guard", "security");
        channel("nobody", Map.of("mail", mail(List.of("night@example.org"))));
        world.eligible(world.role("root", 1), "developers");
        world.arrange(tx -> tx.update(
                "insert into policy (id, name, spec, managed_by, created_at) values ('pol_1', 'glass', ?::jsonb, 'test', ?)",
                Json.text(Map.of(
                        "rules",
                        List.of(Map.of(
                                "name",
                                "emergencies",
                                "when",
                                "request.breakGlass",
                                "effect",
                                "allow",
                                "approvals",
                                "none",
                                "obligations",
                                Map.of("notify", List.of("security")))))),
                tx.now()));
        world.policies.enforce(world.actor(lead), "draft", "as agreed");

        world.requests.ask(
                world.actor(dev),
                dev,
                new Ask(
                        List.of(new Ask.Wanted("root", "web-1")),
                        Duration.ofMinutes(30),
                        Optional.empty(),
                        "the shop is down, INC-9",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        true));
        settle();

        assertThat(post.told("break-glass-used"))
                .containsExactlyInAnyOrder("break-glass-used", "break-glass-used to guard@example.org");
        assertThat(post.told("review-due")).containsExactly("review-due to guard@example.org");
        assertThat(post.letters)
                .filteredOn(letter -> letter.news() == News.BREAK_GLASS_USED)
                .allMatch(letter -> letter.severity() == Severity.CRITICAL)
                .allMatch(letter -> letter.story().facts().contains(new Fact("reason", "the shop is down, INC-9")));
    }

    @Test
    void aChannelThatIsDownIsTriedAgainLaterAndLater() {
        post.down.add("people");
        world.grant(dev, "look", "web-1", Duration.ofMinutes(10));
        world.later(Duration.ofMinutes(11));
        world.settle();
        settle();

        assertThat(in(Notification.State.WAITING)).singleElement().satisfies(letter -> {
            assertThat(letter.attempts()).isOne();
            assertThat(letter.lastError()).contains("the connection to people failed");
        });

        post.down.clear();
        settle();
        assertThat(post.told()).isEmpty();

        world.later(Duration.ofSeconds(10));
        settle();
        assertThat(post.told()).containsExactly("grant-ended to dev@example.org");
    }

    @Test
    void whatIsGivenUpIsAFindingUntilTheChannelWorksAgainAndCanBeTriedAgain() {
        post.gone.add("people");
        world.grant(dev, "look", "web-1", Duration.ofMinutes(10));
        world.later(Duration.ofMinutes(11));
        world.settle();
        settle();

        Notification dead = in(Notification.State.DEAD).getFirst();
        assertThat(dead.lastError()).contains("people answered with 404");
        assertThat(findings()).containsExactly("notifications-undelivered people");
        assertThat(world.events("notification.undeliverable")).isOne();

        post.gone.clear();
        notifications.retry(world.actor(lead), dead.id());
        settle();

        assertThat(post.told()).containsExactly("grant-ended to dev@example.org");
        assertThat(post.last().id()).isEqualTo(dead.id());
        assertThat(findings()).isEmpty();
        refused("notification.not-dead", () -> notifications.retry(world.actor(lead), dead.id()));
        refused("notification.unknown", () -> notifications.retry(world.actor(lead), "ntf_none"));
    }

    @Test
    void afterAllAttemptsItIsGivenUp() {
        post.down.add("people");
        world.grant(dev, "look", "web-1", Duration.ofMinutes(10));
        world.later(Duration.ofMinutes(11));
        world.settle();
        settle();

        for (Duration wait : Sending.BACK_OFF) {
            assertThat(in(Notification.State.DEAD)).isEmpty();
            world.later(wait);
            settle();
        }

        assertThat(in(Notification.State.DEAD))
                .singleElement()
                .satisfies(letter -> assertThat(letter.attempts()).isEqualTo(Sending.BACK_OFF.size() + 1));
    }

    @Test
    void twoServersTellNothingTwice() throws InterruptedException {
        Notifications other = server();
        for (int i = 0; i < 10; i++) {
            world.ask(dev, "ops", "web-1", HOUR.plusMinutes(i));
        }

        Thread one = Thread.ofVirtual().start(() -> settle(notifications));
        Thread two = Thread.ofVirtual().start(() -> settle(other));
        one.join();
        two.join();
        settle();

        assertThat(post.told("request-to-decide")).hasSize(20);
        assertThat(post.letters.stream().map(Letter::id).distinct()).hasSize(20);
    }

    @Test
    void aServerThatDiesWithALetterLeavesItToTheOthersWithTheSameId() {
        world.grant(dev, "look", "web-1", Duration.ofMinutes(10));
        world.later(Duration.ofMinutes(11));
        world.settle();
        Notifications dying = new Notifications(world.database, world.audit, world.vault, post, URL, _ -> {});
        settle(dying); // takes it, and never sends it

        settle();
        assertThat(post.told()).isEmpty();
        String id = in(Notification.State.WAITING).getFirst().id();

        world.later(Sending.CLAIM);
        settle();
        assertThat(post.letters).extracting(Letter::id).containsExactly(id);
    }

    @Test
    void aSecretIsSentWhereItWasSetForAndNowhereElse() {
        channel("hook", Map.of("webhook", Map.of("url", "https://hook.example.org/")));
        refused("notification.not-delivered", () -> notifications.test(world.actor(lead), lead, "hook"));

        notifications.setSecret(world.actor(lead), "hook", Secret.of(KEY));
        notifications.test(world.actor(lead), lead, "hook");
        assertThat(post.told()).containsExactly("test");

        world.arrange(tx -> tx.update(
                "update notification_channel set spec = ?::jsonb where name = 'hook'",
                Json.text(Map.of("webhook", Map.of("url", "https://evil.example.org/")))));
        refused("notification.not-delivered", () -> notifications.test(world.actor(lead), lead, "hook"));
        assertThat(post.told()).containsExactly("test");
    }

    @Test
    void aSecretThatCannotBeOneIsRefusedAndNotRepeated() {
        channel("hook", Map.of("webhook", Map.of("url", "https://hook.example.org/")));
        channel("chat", Map.of("chat", Map.of("style", "slack", "host", "hooks.example.org")));

        assertThatThrownBy(() -> notifications.setSecret(world.actor(lead), "hook", Secret.of("hunter2")))
                .hasMessageContaining("no signing key")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> notifications.setSecret(
                        world.actor(lead), "chat", Secret.of("https://evil.example.org/T0/hunter2")))
                .hasMessageContaining("hooks.example.org")
                .hasMessageNotContaining("hunter2");
        refused(
                "notification.no-channel",
                () -> notifications.setSecret(world.actor(lead), "none", Secret.of("hunter2")));
        notifications.setSecret(world.actor(lead), "chat", Secret.of("https://hooks.example.org/T0/hunter2"));
        long inTheClear = world.database.read(rx -> rx.count("""
                select (select count(*) from notification_secret where encode(sealed, 'escape') like '%hunter2%')
                       + (select count(*) from event where convert_from(body, 'UTF8') like '%hunter2%')
                """));
        assertThat(inTheClear).isZero();
    }

    @Test
    void whatPeopleTypeReachesNobodyAsAnEscapeOrASecondLine() {
        world.arrange(tx -> tx.update(
                "update person set display_name = ? where id = ?", "d\u001b[31mev\r\nBcc: x@example.org", dev));

        world.ask(dev, "ops", "web-1", HOUR);
        settle();

        assertThat(post.last().story().title())
                .isEqualTo("d\uFFFD[31mev\uFFFD\uFFFDBcc: x@example.org (dev) asks for ops on web-1");
    }

    @Test
    void whoGetsAPasskeyOrAnAppHearsOfItAndNobodyElseDoes() {
        factor(IdentityEvent.PASSKEY_REGISTERED, Outcome.SUCCESS, "the laptop");
        factor(IdentityEvent.PASSKEY_REGISTERED, Outcome.REFUSED, "a forged one");
        settle();
        Letter letter = post.last();
        factor(IdentityEvent.FACTOR_ENROLLED, Outcome.SUCCESS, "");
        settle();

        assertThat(post.told()).containsExactly("factor-added to lead@example.org", "factor-added to lead@example.org");
        assertThat(letter.story().title()).isEqualTo("A passkey was added to the account lead");
        assertThat(letter.story().facts().toString()).contains("the laptop");
        assertThat(letter.story().next()).contains("if that was not lead");
    }

    private void factor(IdentityEvent type, Outcome outcome, String name) {
        world.database.run(
                Actor.system("test"),
                tx -> world.audit.record(
                        tx,
                        Event.of(type)
                                .outcome(outcome)
                                .data("person", lead.value())
                                .personal("name", name)));
    }

    @Test
    void newsOfLongAgoIsNotTold() {
        world.ask(dev, "ops", "web-1", HOUR);
        world.later(Reading.STALE.plusHours(1));

        settle();

        assertThat(post.told()).isEmpty();
    }

    @Test
    void aDatabaseRestoredFromAnotherOneBeginsAnewInsteadOfWaitingForEver() {
        world.arrange(tx -> tx.update("update notification_cursor set place = '4000000000000.1'"));
        settle();

        world.ask(dev, "ops", "web-1", HOUR);
        settle();

        assertThat(post.told("request-to-decide")).hasSize(2);
    }

    @Test
    void oldLettersAreForgotten() {
        world.ask(dev, "ops", "web-1", HOUR);
        settle();
        assertThat(in(Notification.State.SENT)).hasSize(2);

        notifications.forget();
        assertThat(in(Notification.State.SENT)).hasSize(2);
        world.later(Notifications.KEPT.plusMinutes(1));
        notifications.forget();

        assertThat(in(Notification.State.SENT)).isEmpty();
    }

    @Test
    void findingsAboutAChannelDoNotGoToIt() {
        post.gone.add("people");
        channel("hook", Map.of("mail", mail(List.of("ops@example.org"))));
        route("hook", Map.of("channel", "hook", "news", List.of("finding")));
        world.ask(dev, "ops", "web-1", HOUR);
        settle();

        assertThat(post.told("finding")).containsExactly("finding");
        assertThat(post.last().story().title()).isEqualTo("Finding notifications-undelivered: people");
    }
}
