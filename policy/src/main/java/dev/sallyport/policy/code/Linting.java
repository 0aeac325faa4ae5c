package dev.sallyport.policy.code;

import dev.sallyport.formats.document.DocumentError;
import dev.sallyport.formats.document.Nearest;
import dev.sallyport.formats.document.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks through a sound set for what is probably not meant. */
final class Linting {
    private final PolicySet set;
    private final List<Written> documents;
    private final Surroundings surroundings;
    private final List<Lint> found = new ArrayList<>();
    private final Map<String, Place> places = new HashMap<>();

    private Linting(PolicySet set, List<Written> documents, Surroundings surroundings) {
        this.set = set;
        this.documents = documents;
        this.surroundings = surroundings;
    }

    static List<Lint> of(PolicySet set, List<Written> documents, Surroundings surroundings) {
        var linting = new Linting(set, documents, surroundings);
        linting.places();
        set.rules().forEach(linting::rule);
        linting.unused();
        linting.roles();
        return linting.found.stream()
                .sorted(Comparator.comparing((Lint lint) -> lint.at().file())
                        .thenComparingInt(lint -> lint.at().line())
                        .thenComparingInt(lint -> lint.at().column()))
                .toList();
    }

    private void places() {
        for (Written document : documents) {
            if (document.kind() == PolicyKind.POLICY) {
                for (Written.Part rule : document.part().parts("rules")) {
                    places.put(
                            document.name() + "/" + rule.text("name").orElse(""), document.place(rule.below("name")));
                }
            } else if (document.kind() == PolicyKind.FREEZE) {
                places.put("freeze/" + document.name(), document.place("metadata.name"));
            }
        }
    }

    private void rule(Rule rule) {
        Contradiction.in(rule).ifPresent(why -> tell(rule, "never-true", "can never hold: " + why));
        if (rule.when().map(condition -> condition.paths().isEmpty()).orElse(false)) {
            tell(rule, "constant", "its condition names no fact, so it always says the same");
        }
        if (rule.denies() && rule.message().isEmpty()) {
            tell(rule, "no-message", "denies without a message, so nobody who is denied learns why");
        }
        if (!rule.denies()) {
            covered(rule);
            broad(rule);
        }
        names(rule);
    }

    private void covered(Rule rule) {
        set.rules().stream()
                .filter(other -> !other.id().equals(rule.id())
                        && other.isAlways()
                        && other.match().covers(rule.match()))
                .filter(other -> other.denies() || other.overrides() && !rule.overrides())
                .findFirst()
                .ifPresent(other -> tell(
                        rule,
                        "unreachable",
                        "never counts: " + other.id() + (other.denies() ? " denies" : " overrides")
                                + " all that it allows"));
    }

    private void broad(Rule rule) {
        boolean anyTarget = rule.match().targets().isAny();
        if (rule.isAlways() && rule.stages().isEmpty() && (rule.match().roles().isEmpty() || anyTarget)) {
            tell(
                    rule,
                    "over-broad",
                    "grants " + (rule.match().roles().isEmpty() ? "every role" : "its roles") + " on "
                            + (anyTarget ? "every target" : "its targets") + " without condition and without approval");
        }
    }

    /** Names that stand nowhere, as far as the files hold documents of that kind at all. */
    private void names(Rule rule) {
        Mentions.in(rule, (kind, name) -> known(rule, kind, name));
        Match.Targets targets = rule.match().targets();
        if (!surroundings.targets().isEmpty()
                && !targets.isAny()
                && surroundings.targets().stream()
                        .noneMatch(target -> targets.includes(target.name(), target.type(), target.labels()))) {
            tell(rule, "unreachable", "speaks of no target that is there");
        }
    }

    private void known(Rule rule, String kind, String name) {
        Set<String> names = surroundings.named(kind);
        boolean builtIn = kind.equals("Target") && name.equals("sallyport")
                || kind.equals("Role") && name.equals("administrator");
        if (!names.isEmpty() && !names.contains(name) && !builtIn) {
            tell(
                    rule,
                    "unknown-name",
                    "names the " + kind + " " + name + ", which is not there" + Nearest.question(name, names));
        }
    }

    private void unused() {
        var used = new HashSet<String>();
        set.rules().forEach(rule -> rule.when().ifPresent(condition -> used.addAll(condition.paths())));
        for (Written document : documents) {
            switch (document.kind()) {
                case FREEZE ->
                    document.part().text("calendar").ifPresent(name -> used.add(Declared.CALENDAR + "." + name));
                case POLICY, CONSTANTS, CALENDAR, TEST, QUESTION -> {
                    // conditions name everything else
                }
            }
        }
        for (Written document : documents) {
            switch (document.kind()) {
                case CALENDAR -> {
                    if (!used.contains(Declared.CALENDAR + "." + document.name())) {
                        tell(
                                document.place("metadata.name"),
                                "unused",
                                "calendar." + document.name() + " is used nowhere");
                    }
                }
                case CONSTANTS ->
                    document.part().at("values").tree().keySet().stream()
                            .filter(name -> !used.contains(Declared.CONSTANT + "." + name))
                            .forEach(name -> tell(
                                    document.place("spec.values." + name),
                                    "unused",
                                    "constant." + name + " is used nowhere"));
                case FREEZE, POLICY, TEST, QUESTION -> {
                    // these work by themselves
                }
            }
        }
    }

    private void roles() {
        if (!surroundings.named("Eligibility").isEmpty() && !documents.isEmpty()) {
            surroundings.named("Role").stream()
                    .filter(role -> !surroundings.rolesAskedFor().contains(role))
                    .sorted()
                    .forEach(role -> tell(
                            documents.getFirst().place("kind"),
                            "unreachable-role",
                            "nobody may ask for the role " + role + ": no Eligibility names it"));
        }
    }

    private void tell(Rule rule, String code, String message) {
        tell(places.getOrDefault(rule.id(), new Place("", 1, 1)), code, rule.id() + " " + message);
    }

    private void tell(Place at, String code, String message) {
        found.add(new Lint(code, new DocumentError(at.file(), at.line(), at.column(), message)));
    }
}
