package dev.sallyport.incident;

import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.decision.OpenIncidents;
import dev.sallyport.identity.Person;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The open incidents of one moment, as facts. */
final class OpenNow implements OpenIncidents.Now {
    /** How many names a fact lists; the person and the target in question are always among them. */
    static final int NAMES_MAX = 100;

    private final Rx rx;
    private final List<IncidentStore.Counting> open;
    private final Map<String, Set<String>> workedOn = new HashMap<>();

    private OpenNow(Rx rx, List<IncidentStore.Counting> open) {
        this.rx = rx;
        this.open = open;
    }

    static OpenNow of(Rx rx) {
        return new OpenNow(rx, IncidentStore.counting(rx, NAMES_MAX));
    }

    @Override
    public boolean isAny() {
        return !open.isEmpty();
    }

    @Override
    public List<Map<String, Object>> facts(Person person, Target target) {
        if (open.isEmpty()) {
            return List.of();
        }
        Set<String> own = workedOn.computeIfAbsent(person.id().value(), _ -> IncidentStore.workedOnBy(rx, person.id()));
        return open.stream()
                .filter(incident -> !incident.unconfirmed() || isConfirmedFor(incident, person))
                .map(incident -> fact(incident, person, target, own.contains(incident.id())))
                .toList();
    }

    /** Who confirms does not vouch to themselves. */
    private static boolean isConfirmedFor(IncidentStore.Counting incident, Person person) {
        return incident.confirmedBy() != null && !incident.confirmedBy().equals(person.name());
    }

    private static Map<String, Object> fact(
            IncidentStore.Counting incident, Person person, Target target, boolean works) {
        var fact = new TreeMap<String, Object>();
        fact.put("id", incident.id());
        fact.put("severity", incident.severity());
        fact.put("confirmed", isConfirmedFor(incident, person));
        fact.put("responders", first(works ? person.name() : null, incident.responders()));
        fact.put(
                "targets",
                first(incident.targets().contains(target.name()) ? target.name() : null, incident.targets()));
        if (incident.openedBy() != null) {
            fact.put("openedBy", incident.openedBy());
        }
        if (incident.source() != null && incident.reference() != null) {
            fact.put("source", incident.source());
            fact.put("reference", incident.reference());
        }
        return fact;
    }

    private static List<String> first(@org.jspecify.annotations.Nullable String name, Collection<String> others) {
        var names = new LinkedHashSet<String>();
        if (name != null) {
            names.add(name);
        }
        others.stream().limit(NAMES_MAX).forEach(names::add);
        return new ArrayList<>(names);
    }
}
