package dev.sallyport.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.database.Slice;
import dev.sallyport.finding.Finding;
import dev.sallyport.grant.Grant;
import dev.sallyport.grant.Grants;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.SessionObligations;
import dev.sallyport.request.Ask;
import dev.sallyport.request.ItemState;
import dev.sallyport.request.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** BG1, BG3, BG4: emergencies online, the reviews they owe, and their budget. */
@NullMarked
class BreakGlassTest {
    private static final Duration HALF = Duration.ofMinutes(30);

    private final World world = new World();
    private final PersonId oncall = world.person("oncall", "oncall");
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId guard = world.person("guard", "security");

    @BeforeEach
    void things() {
        world.target("web-1", Map.of("tier", "web"));
        var root = world.role("root", 1);
        world.eligible(root, "oncall");
        world.eligible(root, "developers");
        enforce();
    }

    /** The rule of the cookbook: whom an emergency is granted to, in so many words. */
    private void enforce() {
        world.enforce(
                guard,
                "break-glass",
                List.of(Map.of(
                        "name",
                        "oncall",
                        "when",
                        "request.breakGlass && \"oncall\" in groups",
                        "effect",
                        "allow",
                        "approvals",
                        "none",
                        "obligations",
                        Map.of("notify", List.of("security")))));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private Request emergency(PersonId person, Duration duration) {
        return world.requests.ask(world.actor(person), person, ask(duration, "the shop is down, INC-9"));
    }

    private static Ask ask(Duration duration, String reason) {
        return new Ask(
                List.of(new Ask.Wanted("root", "web-1")),
                duration,
                Optional.empty(),
                reason,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                true);
    }

    private Grant grant(Request request) {
        return world.database.read(
                rx -> Grants.find(rx, request.items().getFirst().grant().orElseThrow())
                        .orElseThrow());
    }

    private List<String> findings() {
        return world.findings().stream().map(Finding::kind).toList();
    }

    private Review close(Request request) {
        Review owed = world.reviews.list(true, Slice.newest(10)).stream()
                .filter(review -> review.request().equals(request.id()))
                .findFirst()
                .orElseThrow();
        return world.reviews.close(
                world.actor(guard), guard, owed.id(), Review.Verdict.JUSTIFIED, "INC-9, restarted the shop");
    }

    private static void refused(String code, Callable<?> work) {
        assertThatThrownBy(work::call)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void whoIsAllowedBeforehandGetsInAtOnceRecordedToldAndOwingAReview() {
        Request request = emergency(oncall, HALF);

        assertThat(request.state()).isEqualTo(ItemState.APPROVED);
        assertThat(request.breakGlass()).isTrue();
        assertThat(grant(request).terms().access()).isEqualTo(Access.GATEWAY);
        assertThat(grant(request).terms().session().recording()).isEqualTo(SessionObligations.Recording.STRICT);
        assertThat(world.activities(request.id().value())).contains("break-glass.used", "review.opened");
        assertThat(findings()).containsExactly("break-glass-used");
        assertThat(world.reviews.list(true, Slice.newest(10)))
                .extracting(Review::person, Review::emergency)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("oncall", true));
    }

    @Test
    void nobodyElseDoesByCallingItAnEmergency() {
        Request request = emergency(dev, HALF);

        assertThat(request.state()).isEqualTo(ItemState.DENIED);
        assertThat(findings()).isEmpty();
    }

    @Test
    void itIsShortAndSaysWhatHappened() {
        assertThat(emergency(oncall, Duration.ofHours(2))
                        .items()
                        .getFirst()
                        .decision()
                        .explanation())
                .containsExactly("at most 1h; you asked 2h");
        assertThatThrownBy(() -> ask(HALF, "fix it")).hasMessageContaining("at least 10 characters for an emergency");
    }

    @Test
    void beforeTheReviewIsDoneTheNextOneTakesASecondPerson() {
        Request first = emergency(oncall, HALF);

        Request second = emergency(oncall, HALF);
        assertThat(second.state()).isEqualTo(ItemState.PENDING);
        assertThat(second.items().getFirst().decision().explanation().getFirst())
                .startsWith("your last emergency still awaits its review");
        assertThat(world.approve(guard, second).state()).isEqualTo(ItemState.APPROVED);

        close(first);
        close(second);
        assertThat(emergency(oncall, HALF).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void twoAtTheSameInstantAreOneAfterTheOther() throws Exception {
        try (var both = java.util.concurrent.Executors.newFixedThreadPool(2)) {
            List<ItemState> states = both
                    .invokeAll(List.<Callable<Request>>of(() -> emergency(oncall, HALF), () -> emergency(oncall, HALF)))
                    .stream()
                    .map(done -> done.resultNow().state())
                    .toList();

            assertThat(states).containsExactlyInAnyOrder(ItemState.APPROVED, ItemState.PENDING);
        }
    }

    @Test
    void anEmergencyIsAboutOneThing() {
        assertThatThrownBy(() -> new Ask(
                        List.of(new Ask.Wanted("root", "web-1"), new Ask.Wanted("root", "web-2")),
                        HALF,
                        Optional.empty(),
                        "everything is down",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        true))
                .hasMessageContaining("items: 2 (expected: one for an emergency");
    }

    @Test
    void nobodyReviewsThemselvesAndNothingIsReviewedTwice() {
        Request request = emergency(oncall, HALF);
        Review owed = world.reviews.list(true, Slice.newest(10)).getFirst();

        refused(
                "review.own",
                () -> world.reviews.close(
                        world.actor(oncall), oncall, owed.id(), Review.Verdict.JUSTIFIED, "all was well"));
        assertThat(close(request).verdict()).contains(Review.Verdict.JUSTIFIED);
        refused(
                "review.done-already",
                () -> world.reviews.close(world.actor(guard), guard, owed.id(), Review.Verdict.NOT_JUSTIFIED, "again"));
        refused(
                "review.unknown",
                () -> world.reviews.close(world.actor(guard), guard, "rev_x", Review.Verdict.JUSTIFIED, "x"));
        assertThat(findings()).isEmpty();
    }

    @Test
    void aReviewThatNobodyDoesBecomesAFindingOnceAndIsToldOfEachDay() {
        Request request = emergency(oncall, HALF);
        assertThat(world.reviews.watch()).isZero();

        world.later(Duration.ofHours(25));
        assertThat(world.reviews.watch()).isEqualTo(1);
        assertThat(world.reviews.watch()).isZero();
        assertThat(findings()).contains("review-overdue");

        world.later(Duration.ofHours(25));
        assertThat(world.reviews.watch()).isEqualTo(1);
        assertThat(world.reviews.watch()).isZero();
        assertThat(findings()).containsOnlyOnce("review-overdue");
        assertThat(world.activities(request.id().value()).stream().filter("review.overdue"::equals))
                .hasSize(2);

        close(request);
        world.later(Duration.ofHours(25));
        assertThat(world.reviews.watch()).isZero();
        assertThat(findings()).isEmpty();
    }

    @Test
    void moreThanTwoAMonthAreAFinding() {
        close(emergency(oncall, HALF));
        close(emergency(oncall, HALF));
        assertThat(findings()).isEmpty();

        Request third = emergency(oncall, HALF);
        assertThat(findings()).contains("break-glass-budget");

        close(third);
        world.later(Duration.ofDays(31));
        world.reviews.watch();
        assertThat(findings()).isEmpty();
    }

    @Test
    void teamsAreCountedWhoeverSaysInWhichSomebodyIs() {
        PersonId second = world.person("oncall-2", "oncall");
        world.arrange(tx -> {
            for (PersonId person : List.of(oncall, second)) {
                tx.update(
                        "insert into person_attribute (person_id, source, name, value) values (?, 'oidc:test', 'team', 'shop')",
                        person);
            }
        });
        close(emergency(oncall, HALF));
        close(emergency(second, HALF));
        assertThat(findings()).isEmpty();

        emergency(oncall, HALF);

        assertThat(world.findings()).anySatisfy(finding -> {
            assertThat(finding.kind()).isEqualTo("break-glass-budget");
            assertThat(finding.subject()).isEqualTo("shop");
        });
    }

    @Test
    void theReviewOfWhatStartsLaterIsDueADayAfterItsStart() {
        world.enforce(
                guard,
                "reviewed",
                List.of(Map.of(
                        "name",
                        "reviewed",
                        "effect",
                        "allow",
                        "override",
                        true,
                        "approvals",
                        "none",
                        "obligations",
                        Map.of("postReview", true))));
        Instant start = world.database.read(rx -> rx.now()).plus(Duration.ofDays(2));

        world.requests.ask(
                world.actor(oncall),
                oncall,
                new Ask(
                        List.of(new Ask.Wanted("root", "web-1")),
                        HALF,
                        Optional.of(start),
                        "planned work",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));

        assertThat(world.reviews.list(true, Slice.newest(10)).getFirst().dueAt())
                .isEqualTo(start.plus(EmergencyLimits.DEFAULT.reviewWithin()));
    }

    @Test
    void anExtensionOfAnEmergencyIsAnOrdinaryRequest() {
        Request request = emergency(oncall, HALF);

        Request more = world.requests.ask(
                world.actor(oncall),
                oncall,
                new Ask(
                        List.of(new Ask.Wanted("root", "web-1")),
                        HALF,
                        Optional.empty(),
                        "it takes longer",
                        Optional.empty(),
                        Optional.of(grant(request).id()),
                        Optional.empty()));

        assertThat(more.state()).isEqualTo(ItemState.PENDING);
    }
}
