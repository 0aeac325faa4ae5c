package dev.sallyport.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RoleId;
import dev.sallyport.catalog.CatalogAnswer;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.database.Json;
import dev.sallyport.database.Slice;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.grant.Grant;
import dev.sallyport.grant.GrantState;
import dev.sallyport.grant.Grants;
import dev.sallyport.review.Review;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RQ8: the same window every day or week, each decided by itself. */
@NullMarked
class WindowsTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private final World world = new World();
    private final CatalogChanges catalog = world.catalog();
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId lead = world.person("lead", "leads");
    private Instant first = Instant.EPOCH;

    @BeforeEach
    void things() {
        world.target("web-1", Map.of("tier", "web"));
        world.target("web-2", Map.of("tier", "web"));
        world.eligible(world.role("read", 0), "developers");
        world.eligible(world.role("ops", 1, Map.of("maxDuration", "8h", "decideWithin", "2d"), Map.of()), "developers");
        first = now().plus(Duration.ofHours(3));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private Instant now() {
        return world.database.read(rx -> rx.now());
    }

    private static Ask asking(List<Ask.Wanted> items, Duration duration, Instant first, Repeat repeat) {
        return new Ask(
                items,
                duration,
                Optional.of(first),
                "patch window",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.of(repeat));
    }

    private Request ask(String role, Repeat repeat) {
        return world.requests.ask(
                world.actor(dev), dev, asking(List.of(new Ask.Wanted(role, "web-1")), HOUR, first, repeat));
    }

    private static Repeat weekly(int times) {
        return new Repeat(Repeat.Every.WEEK, times, ZoneOffset.UTC);
    }

    private List<Grant> grants(Request request) {
        return request.items().stream()
                .flatMap(item -> item.grant().stream())
                .map(id -> world.database.read(rx -> Grants.find(rx, id)).orElseThrow())
                .toList();
    }

    @Test
    void eachWindowIsAGrantOfItsOwnThatBeginsAndEndsInTime() {
        Request request = ask("read", weekly(3));

        assertThat(grants(request)).extracting(Grant::state).containsOnly(GrantState.SCHEDULED);
        assertThat(grants(request))
                .extracting(Grant::startsAt)
                .containsExactly(first, first.plus(Duration.ofDays(7)), first.plus(Duration.ofDays(14)));
        assertThat(grants(request))
                .allMatch(grant -> grant.endsAt().equals(grant.startsAt().plus(HOUR)));

        world.later(Duration.ofDays(7).plusHours(3).plusMinutes(1));
        world.settle();

        assertThat(grants(request))
                .extracting(Grant::state)
                .containsExactly(GrantState.ENDED, GrantState.ACTIVE, GrantState.SCHEDULED);
    }

    @Test
    void oneWordApprovesThemAllAndOneWindowCanBeLeftOut() {
        Request whole = ask("ops", weekly(2));
        Request part = ask("ops", weekly(3));

        Request approved = world.approve(lead, whole);
        Request chosen = world.approving.decide(
                world.actor(lead),
                lead,
                part.id(),
                new Approving.Say(
                        true,
                        Optional.empty(),
                        Optional.empty(),
                        Set.of(
                                part.items().getFirst().id(),
                                part.items().getLast().id())));

        assertThat(grants(approved)).hasSize(2);
        assertThat(chosen.items())
                .extracting(Item::state)
                .containsExactly(ItemState.APPROVED, ItemState.PENDING, ItemState.APPROVED);
        assertThat(grants(chosen)).extracting(Grant::startsAt).containsExactly(first, first.plus(Duration.ofDays(14)));
    }

    @Test
    void aWindowThatIsOverBeforeAnybodyDecidedExpiresByItself() {
        Request request = ask("ops", new Repeat(Repeat.Every.DAY, 2, ZoneOffset.UTC));
        world.later(Duration.ofHours(4).plusMinutes(1));

        Request approved = world.approve(lead, request);
        world.settle();

        assertThat(grants(approved)).extracting(Grant::startsAt).containsExactly(first.plus(Duration.ofDays(1)));
        assertThat(world.requests.find(dev, false, request.id()).items())
                .extracting(Item::state)
                .containsExactly(ItemState.EXPIRED, ItemState.APPROVED);
    }

    @Test
    void eachWindowIsJudgedForItsOwnTime() {
        first = now().atZone(BERLIN)
                .with(TemporalAdjusters.next(DayOfWeek.SATURDAY))
                .truncatedTo(ChronoUnit.DAYS)
                .withHour(22)
                .toInstant();
        world.enforce(
                lead,
                "sundays",
                List.of(
                        Map.of(
                                "name",
                                "never",
                                "when",
                                "has(request.start) && request.start.getDayOfWeek('Europe/Berlin') == 0",
                                "effect",
                                "deny",
                                "message",
                                "nothing is patched on Sundays"),
                        Map.of("name", "else", "effect", "allow", "approvals", "none")));

        Request request = ask("read", new Repeat(Repeat.Every.DAY, 3, BERLIN));

        assertThat(request.items())
                .extracting(Item::state)
                .containsExactly(ItemState.APPROVED, ItemState.DENIED, ItemState.APPROVED);
        assertThat(request.items().get(1).decision().explanation().toString()).contains("Sundays");
    }

    private void enforce(String rules) {
        enforce(rules, "");
    }

    /** @param more documents beside the policy */
    private void enforce(String rules, String more) {
        String text = """
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: then}
                spec:
                  rules:
                """ + rules.indent(4) + more;
        assertThat(catalog.apply(world.actor(lead), List.of(new SourceFile("then.yaml", text)), false, false))
                .isInstanceOf(CatalogAnswer.Sound.class);
        world.policies.enforce(world.actor(lead), "draft", "as agreed");
    }

    private Request once(String role, Instant start) {
        return world.requests.ask(
                world.actor(dev),
                dev,
                new Ask(
                        List.of(new Ask.Wanted(role, "web-1")),
                        HOUR,
                        Optional.of(start),
                        "patch window",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    private static String freeze(Instant from, Instant until) {
        return """
                ---
                apiVersion: sallyport/v1
                kind: Freeze
                metadata: {name: year_end}
                spec: {from: %s, until: %s, message: nothing changes over the year's end}
                """.formatted(from, until);
    }

    @Test
    void aFreezeThatIsOnWhenItShallBeginDeniesItAndOneThatIsOverThenDoesNot() {
        Instant in3h = first;
        enforce("- {name: all, effect: allow, approvals: none}", freeze(now().minus(HOUR), in3h.minus(HOUR)));

        assertThat(once("read", in3h).state()).isEqualTo(ItemState.APPROVED);
        assertThat(once("read", in3h.minus(Duration.ofMinutes(90)))
                        .items()
                        .getFirst()
                        .decision()
                        .explanation())
                .containsExactly("nothing changes over the year's end");
    }

    @Test
    void aFreezeThatWasDeclaredLaterLetsNothingBegin() {
        Request before = ask("read", weekly(2));
        assertThat(before.state()).isEqualTo(ItemState.APPROVED);
        enforce(
                "- {name: all, effect: allow, approvals: none}",
                freeze(first.minus(HOUR), first.plus(Duration.ofDays(1))));
        world.settle();
        assertThat(grants(before)).extracting(Grant::state).containsOnly(GrantState.SCHEDULED);

        world.later(Duration.ofHours(3).plusMinutes(1));
        world.settle();

        assertThat(grants(before)).extracting(Grant::state).containsExactly(GrantState.ENDED, GrantState.SCHEDULED);
        assertThat(grants(before).getFirst().endComment().orElse(""))
                .contains("does not let it begin", "nothing changes over the year's end");

        world.later(Duration.ofDays(7));
        world.settle();
        assertThat(grants(before).getLast().state()).isEqualTo(GrantState.ACTIVE);
    }

    @Test
    void whatDoesNotGoTogetherDoesNotBeginBesideTheOther() {
        enforce("- {name: all, effect: allow, approvals: none}", """
                ---
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: apart}
                spec:
                  match: {roles: [audit], actions: [request]}
                  rules:
                    - name: never-both
                      when: principal.held.exists(h, h.running && h.role == "pay")
                      effect: deny
                      message: never both
                """);
        world.eligible(world.role("audit", 0), "developers");
        world.eligible(world.role("pay", 0), "developers");
        Request audit = once("audit", first);
        assertThat(audit.state()).isEqualTo(ItemState.APPROVED);
        Request pay = world.ask(dev, "pay", "web-1", Duration.ofHours(8));
        assertThat(pay.state()).isEqualTo(ItemState.APPROVED);

        world.later(Duration.ofHours(3).plusMinutes(1));
        world.settle();

        assertThat(grants(audit)).extracting(Grant::state).containsExactly(GrantState.ENDED);
        assertThat(grants(pay)).extracting(Grant::state).containsExactly(GrantState.ACTIVE);
    }

    @Test
    void windowsOfOneRequestDoNotStandInEachOthersWay() {
        enforce("""
                - {name: all, effect: allow, approvals: none}
                - {name: one, effect: deny, message: one at a time, when: "principal.held.exists(h, h.running)"}
                """);
        Request request = ask("read", weekly(2));

        world.later(Duration.ofHours(3).plusMinutes(1));
        world.settle();

        assertThat(grants(request)).extracting(Grant::state).containsExactly(GrantState.ACTIVE, GrantState.SCHEDULED);
    }

    @Test
    void aWindowWaitsForWhatIsJustBeingEnded() {
        enforce("""
                - {name: all, effect: allow, approvals: none}
                - {name: one, effect: deny, message: one at a time, when: "has(role.holders) && role.holders > 0"}
                """);
        PersonId mate = world.person("mate", "developers");
        Request theirs = world.ask(mate, "read", "web-1", Duration.ofHours(2));
        Request mine = once("read", first);
        assertThat(mine.state()).isEqualTo(ItemState.APPROVED);
        String held = theirs.items().getFirst().grant().orElseThrow().value();
        world.later(Duration.ofHours(3).plusMinutes(1));
        world.arrange(tx -> tx.update(
                "update access_grant set state = 'ending', end_reason = 'expired', ending_at = ? where id = ?",
                tx.now(),
                held));

        world.worker.runOnce();
        assertThat(grants(mine)).extracting(Grant::state).containsExactly(GrantState.SCHEDULED);

        world.arrange(tx -> tx.update(
                "update access_grant set state = 'ended', ended_at = ? where id = ? and state = 'ending'",
                tx.now(),
                held));
        world.settle();
        assertThat(grants(mine)).extracting(Grant::state).containsExactly(GrantState.ACTIVE);
    }

    @Test
    void aWindowOfACalendarIsAskedForBeforeItOpensAndOutlivesTheOneThatCloses() {
        RoleId bare = world.role("bare", 0);
        world.arrange(tx -> tx.update("update role set spec = spec #- '{request,approval}' where id = ?", bare));
        world.eligible(bare, "developers");
        ZoneId utc = ZoneOffset.UTC;
        Instant tomorrow = now().atZone(utc)
                .plusDays(1)
                .truncatedTo(ChronoUnit.DAYS)
                .withHour(2)
                .toInstant();
        first = tomorrow;
        enforce("- {name: vendor, effect: allow, approvals: none, when: calendar.vendor}", """
                ---
                apiVersion: sallyport/v1
                kind: Calendar
                metadata: {name: vendor}
                spec: {zone: UTC, windows: [{days: [%s], from: '01:00', until: '05:00'}]}
                """.formatted(
                tomorrow.atZone(utc).getDayOfWeek().toString().substring(0, 3).toLowerCase(java.util.Locale.ROOT)));

        Request asked = once("bare", tomorrow);
        world.settle();
        assertThat(grants(asked)).extracting(Grant::state).containsExactly(GrantState.SCHEDULED);
        assertThat(world.ask(dev, "bare", "web-2", HOUR).state()).isEqualTo(ItemState.DENIED);

        world.later(Duration.between(now(), tomorrow).plusMinutes(1));
        world.settle();
        assertThat(grants(asked)).extracting(Grant::state).containsExactly(GrantState.ACTIVE);
    }

    @Test
    void aCalendarThatClosesEndsWhatRunsAtThatInstantThoughNothingElseHappens() {
        Instant noon = now().atZone(ZoneOffset.UTC)
                .plusDays(1)
                .truncatedTo(ChronoUnit.DAYS)
                .withHour(12)
                .toInstant();
        enforce("""
                - {name: all, effect: allow, approvals: none}
                - {name: shut, effect: deny, message: the day is over, when: "!calendar.day"}
                """, """
                ---
                apiVersion: sallyport/v1
                kind: Calendar
                metadata: {name: day}
                spec: {zone: UTC, windows: [{days: [mon, tue, wed, thu, fri, sat, sun], from: '08:00', until: '12:30'}]}
                """);
        world.later(Duration.between(now(), noon));
        Request asked = world.ask(dev, "read", "web-1", Duration.ofHours(8));
        world.settle();
        assertThat(grants(asked)).extracting(Grant::state).containsExactly(GrantState.ACTIVE);

        world.later(Duration.ofMinutes(29));
        world.settle();
        assertThat(grants(asked)).extracting(Grant::state).containsExactly(GrantState.ACTIVE);
        world.later(Duration.ofMinutes(1));
        world.settle();

        assertThat(grants(asked)).extracting(Grant::state).containsExactly(GrantState.ENDED);
        assertThat(grants(asked).getFirst().endComment().orElse("")).contains("the day is over");
    }

    @Test
    void aFreezeThatEndsWhatRunsDoesSoWhenItBeginsAndOneThatDoesNotLeavesIt() {
        Instant start = now().plus(HOUR);
        enforce(
                "- {name: all, effect: allow, approvals: none}",
                freeze(start, start.plus(HOUR)).replace("{from:", "{endsRunning: true, roles: [read], from:"));
        Request read = world.ask(dev, "read", "web-1", Duration.ofHours(8));
        world.eligible(world.role("write", 0), "developers");
        Request write = world.ask(dev, "write", "web-1", Duration.ofHours(8));
        world.settle();
        assertThat(grants(read)).extracting(Grant::state).containsExactly(GrantState.ACTIVE);

        world.later(HOUR.plusSeconds(1));
        world.settle();

        assertThat(grants(read)).extracting(Grant::state).containsExactly(GrantState.ENDED);
        assertThat(grants(read).getFirst().endComment().orElse("")).contains("nothing changes over the year's end");
        assertThat(grants(write)).extracting(Grant::state).containsExactly(GrantState.ACTIVE);
    }

    @Test
    void anEligibilityThatEndsTakesWhatRestedOnItAlongAndLeavesWhatRestsOnAnother() {
        RoleId shortly = world.role("shortly", 0);
        RoleId both = world.role("both", 0);
        until(shortly, now().plus(Duration.ofMinutes(10)));
        until(both, now().plus(Duration.ofMinutes(10)));
        world.eligible(both, "developers");
        Request lost = world.ask(dev, "shortly", "web-1", HOUR);
        Request kept = world.ask(dev, "both", "web-1", HOUR);

        world.later(Duration.ofMinutes(9));
        world.settle();
        assertThat(grants(lost)).extracting(Grant::state).containsExactly(GrantState.ACTIVE);
        world.later(Duration.ofMinutes(1));
        world.settle();

        assertThat(grants(lost)).extracting(Grant::state).containsExactly(GrantState.ENDED);
        assertThat(grants(lost).getFirst().endComment().orElse(""))
                .contains("no longer eligible: the eligibility", "has ended");
        assertThat(grants(kept)).extracting(Grant::state).containsExactly(GrantState.ACTIVE);
    }

    private void until(RoleId role, Instant until) {
        world.arrange(tx -> tx.update(
                "insert into eligibility (id, name, role_id, spec, managed_by, created_at) values (?, ?, ?, ?::jsonb, 'test', ?)",
                Ids.next("elg_"),
                Ids.next("elg_"),
                role,
                Json.text(Map.of("subjects", Map.of("groups", List.of("developers")), "until", until.toString())),
                tx.now()));
    }

    @Test
    void nobodyHasToReviewAWindowThatNeverBegan() {
        String rule = "- {name: all, effect: allow, approvals: none, obligations: {postReview: true}}";
        enforce(rule);
        Request asked = ask("read", weekly(2));
        assertThat(world.reviews.list(true, Slice.newest(10))).hasSize(2);
        enforce(rule, freeze(first.minus(HOUR), first.plus(Duration.ofDays(1))));

        world.later(Duration.ofHours(3).plusMinutes(1));
        world.settle();
        world.reviews.watch();

        assertThat(world.activities(asked.id().value())).doesNotContain("grant.started");
        assertThat(world.reviews.list(true, Slice.newest(10)))
                .extracting(Review::grant)
                .containsExactly(grants(asked).getLast().id());
        assertThat(world.reviews.list(false, Slice.newest(10)))
                .extracting(Review::verdict)
                .containsExactly(Optional.of(Review.Verdict.NEVER_BEGAN));
    }

    @Test
    void windowsBeginAtTheSameTimeOfDayThroughDaylightSaving() {
        var repeat = new Repeat(Repeat.Every.WEEK, 2, BERLIN);

        assertThat(repeat.starts(Instant.parse("2026-10-20T20:00:00Z")))
                .containsExactly(Instant.parse("2026-10-20T20:00:00Z"), Instant.parse("2026-10-27T21:00:00Z"));
    }

    @Test
    void sentTwiceItAsksOnce() {
        Ask once = keyed(weekly(2));
        Request request = world.requests.ask(world.actor(dev), dev, once);

        assertThat(world.requests.ask(world.actor(dev), dev, keyed(weekly(2))).id())
                .isEqualTo(request.id());
        assertThatThrownBy(() -> world.requests.ask(world.actor(dev), dev, keyed(weekly(3))))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("idempotency.mismatch"));
    }

    private Ask keyed(Repeat repeat) {
        Ask ask = asking(List.of(new Ask.Wanted("read", "web-1")), HOUR, first, repeat);
        return new Ask(
                ask.items(),
                ask.duration(),
                ask.startsAt(),
                ask.reason(),
                ask.ticket(),
                ask.extended(),
                Optional.of("a-key"),
                false,
                ask.repeat());
    }

    @ParameterizedTest
    @CsvSource({
        "WEEK, 1, 1, PT1H, 2 to 31",
        "WEEK, 32, 1, PT1H, 2 to 31",
        "WEEK, 20, 1, PT1H, at most 90 days ahead",
        "DAY, 2, 1, PT23H30M, at most 23h",
        "DAY, 26, 2, PT1H, at most 50 altogether",
    })
    void whatCannotBeIsRefused(Repeat.Every every, int times, int items, Duration duration, String expected) {
        List<Ask.Wanted> wanted = List.of(new Ask.Wanted("read", "web-1"), new Ask.Wanted("read", "web-2"))
                .subList(0, items);

        assertThatThrownBy(() -> asking(wanted, duration, first, new Repeat(every, times, ZoneOffset.UTC)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(expected);
    }

    @Test
    void itNeedsABeginningAndIsNoEmergency() {
        List<Ask.Wanted> read = List.of(new Ask.Wanted("read", "web-1"));

        assertThatThrownBy(() -> new Ask(
                        read,
                        HOUR,
                        Optional.empty(),
                        "why",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Optional.of(weekly(2))))
                .hasMessageContaining("starts_at: missing");
        assertThatThrownBy(() -> new Ask(
                        read,
                        HOUR,
                        Optional.of(first),
                        "everything is on fire",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        true,
                        Optional.of(weekly(2))))
                .hasMessageContaining("break_glass");
    }
}
