package dev.sallyport.decision;

import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.identity.Person;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Question;
import dev.sallyport.policy.code.Ruling;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Sees to it that somebody can still change the policies after they are enforced: now, and without a gap of more than
 * {@link #SHUT_MAX} in the {@link #AHEAD} to come, which a freeze or a date in a condition may bring.
 */
final class LockOut {
    /** The right without which no set can be replaced. */
    static final String RIGHT = "policy.enforce";

    /** For how long nobody may be able to change the policies at a later time; a closed night or weekend is none. */
    static final Duration SHUT_MAX = Duration.ofDays(3);

    /** How far one looks ahead. */
    static final Duration AHEAD = Duration.ofDays(92);

    /** What changes more often than this is not seen to. */
    private static final Duration STEP = Duration.ofHours(3);

    /** How many people are asked about each later time; where there are more, one of them is taken to be able to. */
    private static final int PEOPLE_MAX = 200;

    /** How many reasons one refusal tells. */
    private static final int TOLD = 3;

    /** What others hold does not lock anybody out for good. */
    private static final List<Map<String, Map<String, Object>>> NOBODY_HOLDS =
            List.of(Map.of("role", Map.of("holders", 0)));

    private static final Asked.Wish EMERGENCY = new Asked.Wish(
            Duration.ofHours(1),
            Optional.empty(),
            "nobody can administer any more",
            Optional.empty(),
            true,
            Optional.empty(),
            Optional.empty());

    private final Rx rx;
    private final PolicySet set;
    private final Target product;
    private final Map<List<Object>, Optional<String>> missing = new HashMap<>();

    private LockOut(Rx rx, PolicySet set, Target product) {
        this.rx = rx;
        this.set = set;
        this.product = product;
    }

    /** Somebody who may ask for the right by a role, and what policies see of that. */
    private record Candidate(Person person, Role role, Question question) {}

    /**
     * What came of asking for all of them at one time.
     *
     * @param able who could get the right
     * @param against what is in the way of the others
     * @param again when somebody would be told something else
     */
    private record Look(Optional<Candidate> able, List<String> against, Optional<Instant> again) {}

    /**
     * Refuses a set under which nobody could get the right.
     *
     * @param force whether somebody wants it in spite of that, which goes where there is a way in an emergency
     * @return the way that there is in an emergency, where it was forced
     * @throws dev.sallyport.base.Refusal {@code policy.locks-out}
     */
    static Optional<String> refuse(Rx rx, PolicySet set, boolean force) {
        Optional<Target> product = Catalog.target(rx, Target.SALLYPORT);
        List<Role> roles = Catalog.rolesWithRight(rx, RIGHT);
        return product.isEmpty() || roles.isEmpty()
                ? Optional.empty() // nobody could before either
                : new LockOut(rx, set, product.get()).refuse(roles, force);
    }

    private Optional<String> refuse(List<Role> roles, boolean force) {
        Optional<Shut> shut = shut(roles);
        if (shut.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> emergency = look(
                        candidates(roles, _ -> EMERGENCY).iterator(), shut.get().from())
                .able()
                .map(able -> "breaking glass for the role " + able.role().name());
        if (force && emergency.isPresent()) {
            return emergency;
        }
        throw PolicyRefusal.LOCKS_OUT.because(
                shut.get().why(),
                emergency
                        .map(way -> "let a rule allow the role that holds " + RIGHT + " on " + Target.SALLYPORT
                                + ", or insist with --force: there is a way in an emergency (" + way + ")")
                        .orElse("let a rule allow the role that holds " + RIGHT + " on " + Target.SALLYPORT
                                + (force
                                        ? "; --force wants a way in an emergency: a rule that names request.breakGlass for it"
                                        : "")));
    }

    /** A time at which nobody could get the right. */
    private record Shut(Instant from, String why) {}

    /** That nobody could get the right now, or for too long at a later time. */
    private Optional<Shut> shut(List<Role> roles) {
        Look now = look(candidates(roles, WhoCan::wish).iterator(), rx.now());
        if (now.able().isEmpty()) {
            return now.against().isEmpty()
                    ? Optional.empty() // nobody may ask for it, whatever policies say
                    : Optional.of(new Shut(
                            rx.now(),
                            "under this set nobody could get " + RIGHT + " any more, so it could never be replaced: "
                                    + String.join(" | ", now.against())));
        }
        if (now.again().isEmpty()) {
            return Optional.empty();
        }
        List<Candidate> few = new ArrayList<>(
                candidates(roles, WhoCan::wish).limit(PEOPLE_MAX + 1L).toList());
        return few.size() > PEOPLE_MAX ? Optional.empty() : shutLater(few, now);
    }

    private Optional<Shut> shutLater(List<Candidate> few, Look now) {
        Instant at = rx.now();
        Instant open = at; // the last time at which somebody could
        Look look = now;
        while (look.able().isEmpty() || at.isBefore(rx.now().plus(AHEAD))) {
            Instant next = later(at, look.again());
            if (look.able().isPresent()) {
                open = next;
                // who could may still be able to the next time
                few.remove(look.able().get());
                few.addFirst(look.able().get());
            } else if (next.isAfter(open.plus(SHUT_MAX))) {
                return Optional.of(new Shut(
                        at,
                        "under this set nobody could get " + RIGHT + " from " + open + " on for more than "
                                + SHUT_MAX.toDays() + " days, so it could not be replaced in that time: "
                                + String.join(" | ", look.against())));
            }
            if (look.again().isEmpty()) {
                return Optional.empty();
            }
            at = next;
            look = look(few.iterator(), at);
        }
        return Optional.empty();
    }

    /** When it is looked at next; what never changes by itself is so for good. */
    private static Instant later(Instant at, Optional<Instant> again) {
        Instant step = at.plus(STEP);
        return again.map(next -> next.isAfter(step) ? next : step).orElse(Instant.MAX);
    }

    private Look look(Iterator<Candidate> candidates, Instant at) {
        var against = new ArrayList<String>();
        var again = new ArrayList<Instant>();
        while (candidates.hasNext()) {
            Candidate candidate = candidates.next();
            Ruling ruling = set.offer(candidate.question(), candidate.role().rule(), at);
            Optional<String> why = against(candidate.person(), ruling);
            if (why.isEmpty()) {
                return new Look(Optional.of(candidate), List.of(), ruling.again());
            }
            ruling.again().ifPresent(again::add);
            if (against.size() < TOLD) {
                against.add(candidate.person().name() + ": " + why.get());
            }
        }
        return new Look(Optional.empty(), against, again.stream().min(Comparator.naturalOrder()));
    }

    private Stream<Candidate> candidates(List<Role> roles, Function<Role, Asked.Wish> wish) {
        return roles.stream()
                .flatMap(role -> Catalog.eligible(rx, role, product)
                        .map(asker -> new Candidate(asker.person(), role, question(asker, role, wish.apply(role)))));
    }

    private Question question(Catalog.Asker asker, Role role, Asked.Wish wish) {
        return new Asked(Action.REQUEST, asker.person(), asker.groups(), true, role, product, wish)
                .question(NOBODY_HOLDS);
    }

    /** Why somebody would not get it: a deny, or a word that there are not enough people for. */
    private Optional<String> against(Person person, Ruling ruling) {
        if (ruling.effect() == Ruling.Effect.DENY) {
            return Optional.of(String.join("; ", ruling.sentences()));
        }
        return missing.computeIfAbsent(
                List.of(person.id(), ruling.stages()), _ -> Words.missing(rx, ruling, person, product));
    }
}
