package dev.sallyport.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.World;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.grant.EndSelector;
import dev.sallyport.identity.Quarantine;
import dev.sallyport.identity.Sessions;
import java.time.Duration;
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
 * RQ2, RQ4, RV2, ID8, AC6 as a machine: whatever people do in whatever order, nothing is granted without the words that its
 * decision wanted, and nothing ends twice. Checked on the rows and on the events, not through the code that wrote them.
 */
class RequestMachineTest {
    private static final int PEOPLE = 5;
    private static final List<String> ROLES = List.of("auto", "one", "two", "staged");

    /** How many people at least have to have said yes. */
    private static final Map<String, Integer> WORDS = Map.of("auto", 0, "one", 1, "two", 2, "staged", 2);

    private static final World WORLD = new World();
    private static final Quarantine QUARANTINE =
            new Quarantine(WORLD.audit, new Sessions(WORLD.audit), List.of(WORLD.grants));
    private static int runs;

    @BeforeContainer
    static void start() {
        WORLD.target("web-1", Map.of("tier", "web"));
        for (int words = 0; words < ROLES.size(); words++) {
            WORLD.eligible(WORLD.role(ROLES.get(words), words), "developers");
        }
        // a lead, or anybody of security when none answers, and then another lead; only the policy says so
        WORLD.arrange(tx -> tx.update("update role set spec = spec #- '{request,approval}' where name = 'staged'"));
        PersonId guard = WORLD.person("guard", "security");
        WORLD.enforce(
                guard,
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
                                net.jqwik.api.Tuple.of(10, Arbitraries.of("approves")),
                                net.jqwik.api.Tuple.of(1, Arbitraries.of("waits")),
                                net.jqwik.api.Tuple.of(4, Arbitraries.of(STEPS.keySet()))),
                        Arbitraries.integers().between(0, PEOPLE - 1),
                        Arbitraries.integers().between(0, 20))
                .as(Step::new);
    }

    @Property(tries = 40, generation = GenerationMode.RANDOMIZED, shrinking = ShrinkingMode.BOUNDED)
    void nothingIsGrantedWithoutTheWordsItWantsAndNothingEndsTwice(@ForAll("scripts") List<Step> script) {
        var play = new Play(++runs);

        script.forEach(play::act);
        WORLD.settle();

        play.check();
    }

    @Provide
    Arbitrary<List<Step>> scripts() {
        return steps().list().ofMinSize(5).ofMaxSize(30);
    }

    private static final Map<String, BiConsumer<Play, Step>> STEPS = Map.of(
            "asks", Play::ask,
            "approves", (play, step) -> play.say(step, World.yes()),
            "shortens",
                    (play, step) -> play.say(
                            step,
                            new Approving.Say(true, Optional.of(Duration.ofMinutes(10)), Optional.empty(), Set.of())),
            "denies", (play, step) -> play.say(step, World.no("no")),
            "withdraws", Play::withdraw,
            "revokes", Play::revoke,
            "quarantines", Play::quarantine,
            "frees", Play::free,
            "leaves", Play::leave,
            "hands", Play::hand);

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
                            case 0 -> WORLD.person(name, "developers");
                            case 1 -> WORLD.person(name, "developers", "leads", "security");
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

        void say(Step step, Approving.Say say) {
            about(step).ifPresent(request -> WORLD.approving.decide(WORLD.actor(who(step)), who(step), request, say));
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
            WORLD.settle();
        }

        void check() {
            for (RequestId request : requests) {
                Row row = row(request);
                assertThat(row.state().equals("approved")).as("%s", row).isEqualTo(row.grant() != null);
                if (row.grant() != null) {
                    assertThat(row.words())
                            .as("different people, and none of them the asker: %s", row)
                            .isGreaterThanOrEqualTo(row.wanted());
                    assertThat(row.denied()).as("%s", row).isFalse();
                    assertThat(row.open())
                            .as("every stage has the words of so many different people: %s", row)
                            .isZero();
                    checkEnd(new GrantId(row.grant()));
                }
            }
            assertThat(WORLD.database.<Boolean>read(rx ->
                            rx.exists("""
                    select 1 from access_grant g join person p on p.id = g.person_id
                     where p.id = any(?::text[]) and g.state in ('scheduled', 'active')
                       and (p.quarantined_at is not null or g.ends_at <= ?)
                    """, people.stream().map(PersonId::value).toList(), rx.now())))
                    .as("outlives its end")
                    .isFalse();
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
                int open,
                boolean denied,
                @org.jspecify.annotations.Nullable String grant) {}

        private static Row row(RequestId request) {
            return WORLD.database.read(rx -> rx.one(
                            """
                    select i.state, i.role_name as role,
                           (select count(distinct coalesce(a.seat_id, a.approver_id)) from approval a
                             where a.item_id = i.id and a.verdict = 'approve'
                               and r.requester_id not in (a.approver_id, coalesce(a.seat_id, a.approver_id))) as words,
                           (select count(*) from approval_stage s
                             where s.item_id = i.id
                               and (s.state <> 'done'
                                    or s.needed > (select count(distinct coalesce(a.seat_id, a.approver_id)) from approval a
                                                    where a.item_id = i.id and a.stage = s.number and a.verdict = 'approve'
                                                      and r.requester_id not in (a.approver_id, coalesce(a.seat_id, a.approver_id)))))
                               as open,
                           exists (select 1 from approval a where a.item_id = i.id and a.verdict = 'deny') as denied,
                           (select g.id from access_grant g where g.item_id = i.id) as grant
                      from request_item i join request r on r.id = i.request_id where r.id = ?
                    """,
                            row -> new Row(
                                    row.getString("state"),
                                    WORDS.getOrDefault(row.getString("role"), Integer.MAX_VALUE),
                                    row.getInt("words"),
                                    row.getInt("open"),
                                    row.getBoolean("denied"),
                                    row.getString("grant")),
                            request)
                    .orElseThrow());
        }
    }
}
