package dev.sallyport.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.World;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.Ids;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.database.Slice;
import dev.sallyport.grant.EndSelector;
import dev.sallyport.grant.Grants;
import dev.sallyport.identity.Quarantine;
import dev.sallyport.identity.Sessions;
import dev.sallyport.review.Review;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * RQ2, RQ3, RQ4, RV2, ID8, AC6, PO7, BG1 as a machine: whatever people and services do in whatever order, nothing is granted
 * without the words that its decision wanted, nothing runs that the rules of the day deny, no emergency is without its review,
 * and nothing ends twice. Checked on the rows and on the events, not through the code that wrote them.
 */
class RequestMachineTest {
    private static final int PEOPLE = 5;
    private static final List<String> ROLES = List.of("auto", "one", "two", "staged", "silent", "desk");

    /** How many people at least have to have said yes. */
    private static final Map<String, Integer> WORDS =
            Map.of("auto", 0, "one", 1, "two", 2, "staged", 2, "silent", 1, "desk", 1, "glass", 0);

    /** The role that rules deny now and then. */
    private static final String FROZEN = "one";

    private static final World WORLD = new World();
    private static final PersonId BOSS = WORLD.person("boss", "security");
    private static final Quarantine QUARANTINE =
            new Quarantine(WORLD.audit, new Sessions(WORLD.audit), List.of(WORLD.grants));
    private static final ServiceWords SERVICES =
            new ServiceWords(WORLD.database, WORLD.audit, WORLD.requests, WORLD.approving, WORLD.grants, WORLD.reviews);
    private static boolean frozen;
    private static int runs;

    @BeforeContainer
    static void start() {
        WORLD.target("web-1", Map.of("tier", "web"));
        for (int words = 0; words < 4; words++) {
            WORLD.eligible(WORLD.role(ROLES.get(words), words), "developers");
        }
        for (String role : List.of("silent", "desk", "glass")) {
            WORLD.eligible(WORLD.role(role, 1), "developers");
            onlyPolicy(role);
        }
        // a lead, or anybody of security when none answers, and then another lead; only the policy says so
        onlyPolicy("staged");
        asksTheDesk();
        WORLD.enforce(
                BOSS,
                "silent",
                List.of(
                        Map.of(
                                "name",
                                "silent",
                                "when",
                                "role.name == \"silent\"",
                                "effect",
                                "allow",
                                "approvals",
                                List.of(Map.of(
                                        "groups",
                                        List.of("leads"),
                                        "escalateAfter",
                                        "10m",
                                        "escalateTo",
                                        Map.of("groups", List.of("security")),
                                        "fallback",
                                        Map.of("after", "10m", "groups", List.of("oncall"))))),
                        Map.of(
                                "name",
                                "glass",
                                "when",
                                "role.name == \"glass\" && request.breakGlass && \"oncall\" in groups",
                                "effect",
                                "allow",
                                "approvals",
                                "none",
                                "obligations",
                                Map.of("notify", List.of("security")))));
        WORLD.enforce(
                BOSS,
                "staged",
                List.of(Map.of(
                        "name",
                        "staged",
                        "when",
                        "role.name == \"staged\"",
                        "effect",
                        "allow",
                        "approvals",
                        List.of(
                                Map.of(
                                        "groups",
                                        List.of("leads"),
                                        "escalateAfter",
                                        "20m",
                                        "escalateTo",
                                        Map.of("groups", List.of("security"))),
                                Map.of("groups", List.of("leads", "security"))))));
    }

    /** A service says its word, or security does when it is silent, and then a lead. */
    private static void asksTheDesk() {
        WORLD.arrange(tx -> tx.update("""
                insert into decision_service (id, name, spec, managed_by, created_at)
                values (?, 'desk', '{"url": "https://desk.example.org/", "default": "escalate"}', 'test', ?)
                """, Ids.next("dsv_"), tx.now()));
        WORLD.enforce(
                BOSS,
                "desk",
                List.of(Map.of(
                        "name",
                        "desk",
                        "when",
                        "role.name == \"desk\"",
                        "effect",
                        "allow",
                        "approvals",
                        List.of(
                                Map.of("webhook", "desk", "escalateTo", Map.of("groups", List.of("security"))),
                                Map.of("groups", List.of("leads"))))));
    }

    private static void onlyPolicy(String role) {
        WORLD.arrange(tx -> tx.update("update role set spec = spec #- '{request,approval}' where name = ?", role));
    }

    /** Lets the rules deny a role, what runs included, or no longer. */
    private static void freeze(boolean on) {
        WORLD.enforce(
                BOSS,
                "now-and-then",
                List.of(Map.of(
                        "name",
                        "shut",
                        "when",
                        on ? "role.name == \"" + FROZEN + "\"" : "role.name == \"none-such\"",
                        "effect",
                        "deny",
                        "message",
                        "shut")));
        frozen = on;
    }

    @AfterContainer
    static void stop() {
        WORLD.close();
    }

    /** What one of five people does, about something that was asked before or to one of the others. */
    record Step(String what, int who, int about) {
        @Override
        public String toString() {
            return who + " " + what + " " + about;
        }
    }

    @Provide
    Arbitrary<Step> steps() {
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                net.jqwik.api.Tuple.of(6, Arbitraries.of("asks")),
                                net.jqwik.api.Tuple.of(2, Arbitraries.of("asks the service")),
                                net.jqwik.api.Tuple.of(4, Arbitraries.of(SERVICE_STEPS)),
                                net.jqwik.api.Tuple.of(10, Arbitraries.of("approves")),
                                net.jqwik.api.Tuple.of(3, Arbitraries.of("waits")),
                                net.jqwik.api.Tuple.of(6, Arbitraries.of(STEPS.keySet()))),
                        Arbitraries.integers().between(0, PEOPLE - 1),
                        Arbitraries.integers().between(0, 20))
                .as(Step::new);
    }

    private static final List<String> SERVICE_STEPS =
            List.of("has the service approve", "has the service deny", "waits for the service in vain");

    @Property(tries = 50, generation = GenerationMode.RANDOMIZED, shrinking = ShrinkingMode.BOUNDED)
    void nothingIsGrantedWithoutTheWordsItWantsAndNothingEndsTwice(@ForAll("scripts") List<Step> script) {
        var play = new Play(++runs);

        script.forEach(play::act);
        WORLD.settle();

        play.check();
        if (frozen) {
            freeze(false);
        }
    }

    @Provide
    Arbitrary<List<Step>> scripts() {
        return steps().list().ofMinSize(5).ofMaxSize(30);
    }

    private static final Map<String, BiConsumer<Play, Step>> STEPS = Map.ofEntries(
            entry("asks", Play::ask),
            entry("asks the service", Play::askTheService),
            entry("plans", Play::plan),
            entry("extends", Play::extend),
            entry("breaks glass", Play::breakGlass),
            entry("approves", (play, step) -> play.say(step, World.yes())),
            entry(
                    "shortens",
                    (play, step) -> play.say(
                            step,
                            new Approving.Say(true, Optional.of(Duration.ofMinutes(10)), Optional.empty(), Set.of()))),
            entry("denies", (play, step) -> play.say(step, World.no("no"))),
            entry("withdraws", Play::withdraw),
            entry("revokes", Play::revoke),
            entry("gives back", Play::giveBack),
            entry("reviews", Play::review),
            entry("quarantines", Play::quarantine),
            entry("frees", Play::free),
            entry("leaves", Play::leave),
            entry("hands", Play::hand),
            entry("has the service approve", (play, step) -> play.serviceSays(step, true)),
            entry("has the service deny", (play, step) -> play.serviceSays(step, false)),
            entry("waits for the service in vain", Play::serviceIsSilent),
            entry("freezes", (_, _) -> freeze(!frozen)));

    private static Map.Entry<String, BiConsumer<Play, Step>> entry(String name, BiConsumer<Play, Step> does) {
        return Map.entry(name, does);
    }

    /** One run, with people of its own. */
    private static final class Play {
        private final List<PersonId> people = new ArrayList<>();
        private final List<String> names = new ArrayList<>();
        private final List<RequestId> requests = new ArrayList<>();

        Play(int run) {
            for (int i = 0; i < PEOPLE; i++) {
                String name = "p" + run + "-" + i;
                names.add(name);
                people.add(
                        switch (i) {
                            case 0 -> WORLD.person(name, "developers", "oncall");
                            case 1 -> WORLD.person(name, "developers", "leads", "security");
                            case 2 -> WORLD.person(name, "developers", "leads", "oncall");
                            default -> WORLD.person(name, "developers", "leads");
                        });
            }
        }

        /** A refusal is an answer; anything else that is thrown is not. */
        void act(Step step) {
            try {
                STEPS.getOrDefault(step.what(), Play::time).accept(this, step);
            } catch (Refusal _) {
                // what was refused has to leave no trace that check() would find
            }
        }

        private PersonId who(Step step) {
            return people.get(step.who());
        }

        private Optional<RequestId> about(Step step) {
            return requests.isEmpty() ? Optional.empty() : Optional.of(requests.get(step.about() % requests.size()));
        }

        void ask(Step step) {
            requests.add(WORLD.ask(who(step), ROLES.get(step.about() % ROLES.size()), "web-1", Duration.ofHours(1))
                    .id());
        }

        void askTheService(Step step) {
            ask(step, "desk", Optional.empty(), Optional.empty(), false);
        }

        /** For a window that begins in a while. */
        void plan(Step step) {
            Instant start = WORLD.database.read(rx -> rx.now()).plus(Duration.ofMinutes(5L + step.about()));
            ask(step, ROLES.get(step.about() % ROLES.size()), Optional.of(start), Optional.empty(), false);
        }

        void extend(Step step) {
            about(step)
                    .flatMap(request -> Optional.ofNullable(row(request).grant()))
                    .ifPresent(grant -> ask(
                            step,
                            WORLD.database
                                    .read(rx -> Grants.find(rx, new GrantId(grant)))
                                    .orElseThrow()
                                    .roleName(),
                            Optional.empty(),
                            Optional.of(new GrantId(grant)),
                            false));
        }

        void breakGlass(Step step) {
            ask(step, "glass", Optional.empty(), Optional.empty(), true);
        }

        private void ask(
                Step step, String role, Optional<Instant> start, Optional<GrantId> extended, boolean breakGlass) {
            requests.add(WORLD.requests
                    .ask(
                            WORLD.actor(who(step)),
                            who(step),
                            new Ask(
                                    List.of(new Ask.Wanted(role, "web-1")),
                                    Duration.ofHours(1),
                                    start,
                                    "the house is on fire",
                                    Optional.empty(),
                                    extended,
                                    Optional.empty(),
                                    breakGlass))
                    .id());
        }

        void giveBack(Step step) {
            about(step)
                    .flatMap(request -> Optional.ofNullable(row(request).grant()))
                    .ifPresent(grant -> WORLD.grants.giveBack(WORLD.actor(who(step)), new GrantId(grant), who(step)));
        }

        void review(Step step) {
            WORLD.reviews.list(true, Slice.newest(20)).stream()
                    .findFirst()
                    .ifPresent(review -> WORLD.reviews.close(
                            WORLD.actor(who(step)), who(step), review.id(), Review.Verdict.JUSTIFIED, "seen"));
        }

        void say(Step step, Approving.Say say) {
            about(step).ifPresent(request -> WORLD.approving.decide(WORLD.actor(who(step)), who(step), request, say));
        }

        /** Its answer may come late, twice, or to a stage that has moved on. */
        void serviceSays(Step step, boolean approves) {
            asked(step)
                    .ifPresent(stage ->
                            SERVICES.say(stage, new ServiceWords.Word(approves, Optional.of("a score")), _ -> true));
        }

        void serviceIsSilent(Step step) {
            asked(step).ifPresent(stage -> SERVICES.silent(stage, ServiceWords.Silence.NO_ANSWER, _ -> true));
        }

        /** One of the stages that were ever the service's. */
        private Optional<ServiceWords.Stage> asked(Step step) {
            List<ServiceWords.Stage> stages = requests.stream()
                    .flatMap(request -> serviceStage(request).stream())
                    .toList();
            return stages.isEmpty() ? Optional.empty() : Optional.of(stages.get(step.about() % stages.size()));
        }

        private static Optional<ServiceWords.Stage> serviceStage(RequestId request) {
            return WORLD.database.read(rx -> rx.one(
                    """
                    select i.id, s.number, s.service from approval_stage s join request_item i on i.id = s.item_id
                     where i.request_id = ? and s.service is not null
                    """,
                    row -> new ServiceWords.Stage(
                            request, new ItemId(row.getString(1)), row.getInt(2), row.getString(3)),
                    request));
        }

        void withdraw(Step step) {
            about(step).ifPresent(request -> WORLD.requests.withdraw(WORLD.actor(who(step)), who(step), request));
        }

        void revoke(Step step) {
            WORLD.grants.revoke(
                    WORLD.actor(who(step)), new EndSelector.OfPerson(names.get(step.about() % PEOPLE)), "enough");
        }

        void quarantine(Step step) {
            WORLD.arrange(tx -> QUARANTINE.impose(tx, people.get(step.about() % PEOPLE), "looks odd"));
        }

        void free(Step step) {
            WORLD.arrange(tx -> QUARANTINE.lift(tx, people.get(step.about() % PEOPLE), "it was not"));
        }

        void leave(Step step) {
            WORLD.leave(people.get(step.about() % PEOPLE), "leads");
        }

        /** To anybody, oneself and those one holds it of included: circles are allowed, and lead nowhere. */
        void hand(Step step) {
            WORLD.delegations.create(
                    WORLD.actor(who(step)),
                    who(step),
                    new Delegations.Handing(
                            names.get(step.about() % PEOPLE),
                            Optional.empty(),
                            WORLD.database.read(rx -> rx.now()).plus(Duration.ofHours(2)),
                            Optional.empty(),
                            Optional.empty(),
                            "away"));
        }

        void time(Step step) {
            WORLD.later(Duration.ofMinutes(5L * step.about()));
            WORLD.requests.escalateDue();
            WORLD.approving.fallBackDue();
            WORLD.settle();
        }

        void check() {
            for (RequestId request : requests) {
                Row row = row(request);
                if (!row.longer()) {
                    assertThat(row.state().equals("approved")).as("%s", row).isEqualTo(row.grant() != null);
                }
                if (row.denied()) {
                    assertThat(row.state()).as("a no is a no: %s", row).isEqualTo("denied");
                }
                if (row.state().equals("approved")) {
                    checkWords(row);
                }
                if (row.grant() != null) {
                    checkEnd(new GrantId(row.grant()));
                }
            }
            assertThat(frozen && WORLD.database.<Boolean>read(rx -> rx.exists("""
                    select 1 from access_grant where role_name = ? and state = 'active'
                    """, FROZEN)))
                    .as("runs although the rules deny it")
                    .isFalse();
            assertThat(WORLD.database.<Boolean>read(rx ->
                            rx.exists("""
                    select 1 from access_grant g join person p on p.id = g.person_id
                     where p.id = any(?::text[]) and g.state in ('scheduled', 'active')
                       and (p.quarantined_at is not null or g.ends_at <= ?)
                    """, people.stream().map(PersonId::value).toList(), rx.now())))
                    .as("outlives its end")
                    .isFalse();
        }

        private static void checkWords(Row row) {
            if (row.fell() || row.glass()) {
                assertThat(row.authorised()).as("beforehand: %s", row).isTrue();
                assertThat(row.reviewed()).as("an emergency: %s", row).isTrue();
            }
            if (!row.fell()) {
                assertThat(List.of(row.words(), row.people()))
                        .as("seats of different people, by different people, and none of them the asker: %s", row)
                        .allMatch(words -> words >= row.wanted());
                assertThat(row.open())
                        .as("every stage has the words of so many different people: %s", row)
                        .isZero();
            }
            assertThat(row.denied()).as("%s", row).isFalse();
        }

        private static void checkEnd(GrantId grant) {
            record Ends(String state, long ending, long ended) {}
            Ends ends = WORLD.database.read(rx -> rx.one(
                            """
                    select state,
                           (select count(*) from event where grant_id = g.id and activity = 'grant.ending') as ending,
                           (select count(*) from event where grant_id = g.id and activity = 'grant.ended') as ended
                      from access_grant g where id = ?
                    """, r -> new Ends(r.getString(1), r.getLong(2), r.getLong(3)), grant)
                    .orElseThrow());

            assertThat(List.of(ends.ending(), ends.ended()))
                    .as("%s %s", grant, ends)
                    .isEqualTo(
                            switch (ends.state()) {
                                case "scheduled", "active" -> List.of(0L, 0L);
                                case "ending" -> List.of(1L, 0L);
                                default -> List.of(1L, 1L);
                            });
        }

        private record Row(
                String state,
                int wanted,
                int words,
                int people,
                int open,
                boolean denied,
                boolean longer,
                boolean glass,
                boolean fell,
                boolean authorised,
                boolean reviewed,
                @org.jspecify.annotations.Nullable String grant) {}

        private static Row row(RequestId request) {
            return WORLD.database.read(rx -> rx.one(
                            """
                    select i.state, i.role_name as role,
                           (select count(distinct coalesce(a.seat_id, a.approver_id)) from approval a
                             where a.item_id = i.id and a.verdict = 'approve'
                               and r.requester_id not in (a.approver_id, coalesce(a.seat_id, a.approver_id))) as words,
                           (select count(distinct a.approver_id) from approval a
                             where a.item_id = i.id and a.verdict = 'approve' and a.approver_id <> r.requester_id) as people,
                           (select count(*) from approval_stage s
                             where s.item_id = i.id
                               and (s.state <> 'done'
                                    or s.needed > (select count(distinct coalesce(a.seat_id, a.approver_id)) from approval a
                                                    where a.item_id = i.id and a.stage = s.number and a.verdict = 'approve'
                                                      and (s.service is null or s.unheard_at is not null)
                                                      and r.requester_id not in (a.approver_id, coalesce(a.seat_id, a.approver_id)))
                                                  + (select count(*) from approval a
                                                      where a.item_id = i.id and a.stage = s.number and a.verdict = 'approve'
                                                        and a.service = s.service and s.unheard_at is null)))
                               as open,
                           exists (select 1 from approval a where a.item_id = i.id and a.verdict = 'deny') as denied,
                           r.extends is not null as longer, r.break_glass as glass,
                           exists (select 1 from approval_stage s where s.item_id = i.id and s.fell_back_at is not null) as fell,
                           exists (select 1 from group_member m join person_group g on g.id = m.group_id
                                    where m.person_id = r.requester_id and g.name = 'oncall') as authorised,
                           exists (select 1 from review v where v.emergency
                                      and (v.request_id = r.id or v.grant_id = r.extends)) as reviewed,
                           (select g.id from access_grant g where g.item_id = i.id) as grant
                      from request_item i join request r on r.id = i.request_id where r.id = ?
                    """,
                            row -> new Row(
                                    row.getString("state"),
                                    WORDS.getOrDefault(row.getString("role"), Integer.MAX_VALUE),
                                    row.getInt("words"),
                                    row.getInt("people"),
                                    row.getInt("open"),
                                    row.getBoolean("denied"),
                                    row.getBoolean("longer"),
                                    row.getBoolean("glass"),
                                    row.getBoolean("fell"),
                                    row.getBoolean("authorised"),
                                    row.getBoolean("reviewed"),
                                    row.getString("grant")),
                            request)
                    .orElseThrow());
        }
    }
}
