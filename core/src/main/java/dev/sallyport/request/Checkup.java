package dev.sallyport.request;

import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Kind;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Decisions;
import dev.sallyport.decision.WhoCan;
import dev.sallyport.decision.Words;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.grant.Terms;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.Mentions;
import dev.sallyport.policy.code.PolicyFiles;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Ruling;
import dev.sallyport.policy.code.Surroundings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks through a set of policies and the catalogue it would decide by for what is probably not meant (PO4): rules that never
 * count, names that are not there, and roles that nobody could get.
 */
public final class Checkup {
    /** How many people of an eligibility are tried before a role is said to be out of reach. */
    public static final int PEOPLE_TRIED = 50;

    /** With how many targets each. */
    public static final int TARGETS_TRIED = 10;

    /** How many questions one checkup asks; roles that come after are not looked at, and it says so. */
    public static final int ASKED_MAX = 20_000;

    /** How many notes it makes. */
    public static final int NOTES_MAX = 1_000;

    /** Kinds that rules name. */
    private static final List<Kind> NAMED =
            List.of(Kind.PERSON, Kind.GROUP, Kind.TARGET, Kind.ROLE, Kind.DECISION_SERVICE);

    private final Rx rx;
    private final Decisions.Asking asking;
    private final List<Note> notes = new ArrayList<>();
    private int asked;

    private Checkup(Rx rx, Decisions.Asking asking) {
        this.rx = rx;
        this.asking = asking;
    }

    /** @param code stable: {@code never-true}, {@code unreachable-role} … */
    public record Note(String code, String message) {}

    public static List<Note> of(Rx rx, Decisions decisions, PolicySet set) {
        var checkup = new Checkup(rx, decisions.asking(rx, set));
        checkup.rules(set);
        List<Role> roles = Catalog.roles(rx);
        int looked = 0;
        while (looked < roles.size() && checkup.asked < ASKED_MAX) {
            checkup.role(roles.get(looked++));
        }
        if (looked < roles.size()) {
            checkup.tell(
                    "cut",
                    "the last " + (roles.size() - looked) + " roles by name were not looked at: too many questions");
        }
        Catalog.ended(rx).forEach(name -> checkup.tell("ended", "the Eligibility " + name + " has ended"));
        return List.copyOf(checkup.notes);
    }

    private void rules(PolicySet set) {
        var surroundings = new Surroundings();
        Map<String, Set<String>> mentioned = Mentions.in(set);
        NAMED.forEach(kind ->
                surroundings.add(kind.word(), known(kind, mentioned.getOrDefault(kind.word(), Set.of()))));
        PolicyFiles read = PolicyFiles.of(set.written(), new Errors(), surroundings);
        read.errors().forEach(error -> tell("unsound", error.message()));
        read.lint().forEach(lint -> tell(lint.code(), lint.at().message()));
    }

    /** Those that are named, if they are all there; otherwise all there are, as what is meant is most likely one of them. */
    private Collection<String> known(Kind kind, Set<String> mentioned) {
        Set<String> there = Catalog.names(rx, kind, mentioned);
        return there.containsAll(mentioned) ? there : Catalog.names(rx, kind);
    }

    private void role(Role role) {
        var against = new ArrayList<String>();
        boolean couldBeHad = Catalog.pairs(rx, role, PEOPLE_TRIED, TARGETS_TRIED)
                .anyMatch(pair -> {
                    Optional<String> why = against(role, pair);
                    why.ifPresent(against::add);
                    return why.isEmpty();
                });
        if (couldBeHad) {
            return;
        }
        tell(
                "unreachable-role",
                against.isEmpty()
                        ? "nobody may ask for the role " + role.name() + ": "
                                + (Catalog.isAskedFor(rx, role)
                                        ? "its eligibilities have ended, name nobody who is active, or reach no target"
                                        : "no Eligibility names it")
                        : "none of those tried can get the role " + role.name() + " now (" + against.size()
                                + " pairs of somebody who may ask and a target); the first would read: "
                                + against.getFirst());
    }

    /** Why it could not be had, however it was asked. */
    private Optional<String> against(Role role, Catalog.Pair pair) {
        Target target = pair.target();
        if (!Terms.gives(role, target)) {
            return Optional.of(target.name() + " admits none of its accounts");
        }
        Ruling ruling = offered(role, pair);
        return ruling.effect() == Ruling.Effect.DENY
                ? Optional.of(String.join("; ", ruling.sentences()))
                : Stages.nobody(
                                ruling.stages(),
                                Stages.wanted(rx, ruling.stages(), pair.asker().person(), target))
                        .map(nobody -> "nobody can approve it: needs " + nobody + " for " + target.name())
                        .or(() -> Words.missing(rx, ruling, pair.asker().person(), target));
    }

    private Ruling offered(Role role, Catalog.Pair pair) {
        asked++;
        Catalog.Asker asker = pair.asker();
        return asking.offerOfSomeLength(new Asked(
                Action.REQUEST, asker.person(), asker.groups(), true, role, pair.target(), WhoCan.wish(role)));
    }

    private void tell(String code, String message) {
        if (notes.size() < NOTES_MAX) {
            notes.add(new Note(code, message));
        }
    }
}
