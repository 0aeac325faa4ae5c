package dev.sallyport.decision;

import dev.sallyport.base.Durations;
import dev.sallyport.base.PersonId;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.identity.Person;
import dev.sallyport.policy.RoleRule;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Question;
import dev.sallyport.policy.code.Ruling;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The door to decisions: the enforced set and the role's own rule, on today's facts. */
public final class Decisions {
    private final PolicySets sets;
    private final Risks risks;
    private final OpenIncidents incidents;
    private final List<FactSource> sources;

    /** @param sources what else is known, of features that rest on decisions */
    public Decisions(PolicySets sets, Risks risks, OpenIncidents incidents, List<FactSource> sources) {
        this.sets = sets;
        this.risks = risks;
        this.incidents = incidents;
        this.sources = List.copyOf(sources);
    }

    /** Adds to what this person asks how unusual it is: for questions that are asked now, not for those kept. */
    public UnaryOperator<Asked> weighing(Rx rx, Person person, List<String> groups) {
        Function<Asked, Optional<RiskScore>> score = risks.of(rx, person, groups);
        return asked -> asked.withRisk(score.apply(asked));
    }

    /** The facts as they are now. */
    public Question question(Rx rx, Asked asked) {
        return question(rx, asked, incidents.now(rx), sources);
    }

    private static Question question(Rx rx, Asked asked, OpenIncidents.Now open, List<FactSource> sources) {
        return asked.question(
                        sources.stream().map(source -> source.facts(rx, asked)).toList())
                .withIncidents(open.facts(asked.person(), asked.target()));
    }

    /**
     * Lets decisions come one after another where rules look at what else the person holds, or at how many hold the same: of
     * two that do not go together only one is granted. Held until the change is over; taken before rows are.
     *
     * @param items what is asked for
     */
    public void inTurn(Tx tx, PersonId person, List<Asked.Along> items) {
        PolicySet set = sets.enforced(tx);
        var keys = new TreeSet<String>();
        if (set.names(HELD)) {
            keys.add("decided " + person.value());
        }
        if (set.names(HOLDERS)) {
            items.forEach(item -> keys.add("decided " + item.role() + " on " + item.target()));
        }
        keys.forEach(key -> tx.list("select pg_advisory_xact_lock(hashtextextended(?, 0))", _ -> true, key));
    }

    /** How long it is asked for. */
    private static final String LENGTH = "request.duration";

    /** What is looked at where as long as the role allows is denied. */
    private static final List<Duration> SHORTER =
            List.of(Duration.ofHours(4), Duration.ofHours(1), Duration.ofMinutes(10));

    /** How unusual it is. */
    static final String RISK = "context.risk";

    /** What else the person holds. */
    public static final String HELD = "principal.held";

    /** How many others hold it. */
    public static final String HOLDERS = "role.holders";

    /** Decides now, and says beside it what the set in shadow would have said. */
    public Decided decide(Rx rx, Asked asked) {
        PolicySet set = sets.enforced(rx);
        Question question = question(rx, asked);
        RoleRule own = asked.role().rule();
        return decided(
                set,
                asked,
                question,
                set.decide(question, own, rx.now()),
                sets.shadow(rx)
                        .map(shadow -> new Decided.Shadow(shadow.hash(), shadow.decide(question, own, rx.now()))));
    }

    /** What would be decided for who asks rightly. */
    public Decided offer(Rx rx, Asked asked) {
        PolicySet set = sets.enforced(rx);
        Question question = question(rx, asked);
        return decided(set, asked, question, set.offer(question, asked.role().rule(), rx.now()), Optional.empty());
    }

    private static Decided decided(
            PolicySet set, Asked asked, Question question, Ruling ruling, Optional<Decided.Shadow> shadow) {
        return new Decided(
                set.hash(), question, asked.role().rule(), asked.wish().risk(), ruling, shadow);
    }

    /** A set to ask, with one look at the incidents that are open. */
    public Asking asking(Rx rx, PolicySet set) {
        return new Asking(rx, set, incidents.now(rx));
    }

    /** Many questions to one set, on the facts that its rules name: not to be kept for other sets. */
    public final class Asking {
        private final Rx rx;
        private final PolicySet set;
        private final OpenIncidents.Now open;
        private final List<FactSource> needed;

        private Asking(Rx rx, PolicySet set, OpenIncidents.Now open) {
            this.rx = rx;
            this.set = set;
            this.open = open;
            this.needed = sources.stream()
                    .filter(source -> source.paths().stream().anyMatch(set::names))
                    .toList();
        }

        private Question question(Asked asked) {
            return Decisions.question(rx, asked, open, needed);
        }

        public Decided decided(Asked asked) {
            Question question = question(asked);
            return Decisions.decided(
                    set, asked, question, set.decide(question, asked.role().rule(), rx.now()), Optional.empty());
        }

        /** The same for who asks rightly. */
        public Ruling offer(Asked asked) {
            return set.offer(question(asked), asked.role().rule(), rx.now());
        }

        /**
         * The same, or what they would be told for a shorter time where that is denied and rules look at how long it is
         * asked for; it says so.
         */
        public Ruling offerOfSomeLength(Asked asked) {
            Ruling whole = offer(asked);
            if (whole.effect() != Ruling.Effect.DENY || !set.names(LENGTH)) {
                return whole;
            }
            Duration longest = asked.wish().duration();
            for (Duration shorter : SHORTER) {
                Ruling ruling = shorter.compareTo(longest) < 0 ? offer(asked.lasting(shorter)) : whole;
                if (ruling.effect() != Ruling.Effect.DENY) {
                    return ruling.saying("this is for " + Durations.shown(shorter) + "; for " + Durations.shown(longest)
                            + ": " + String.join("; ", whole.sentences()));
                }
            }
            return whole;
        }

        /** Whether an emergency could come to anything but a denial, as far as is known before somebody says what happened. */
        public boolean couldBreakGlass(Asked asked) {
            return offerOfSomeLength(asked).effect() != Ruling.Effect.DENY
                    || set.grantsEmergenciesForWords(question(asked));
        }

        /** Whether a rule of the set looks at the risk; where none does, it need not be weighed to know what it says. */
        public boolean looksAtRisk() {
            return set.names(RISK);
        }

        /** Whether one of these incidents is a reason to allow it. */
        public boolean restsOn(List<String> those, Asked asked) {
            return set.restsOn(those, question(asked), asked.role().rule(), rx.now());
        }
    }

    /** What the enforced set would come to, for a question that nobody asked. */
    public Ruling.Effect effect(Rx rx, Asked asked) {
        return sets.enforced(rx)
                .decide(question(rx, asked), asked.role().rule(), rx.now())
                .effect();
    }

    /** Whether any incident is open, so that decisions may rest on it. */
    public boolean mayRestOnIncidents(Rx rx) {
        return incidents.now(rx).isAny();
    }

    /** The set that decides. */
    public Asking enforced(Rx rx) {
        return asking(rx, sets.enforced(rx));
    }
}
