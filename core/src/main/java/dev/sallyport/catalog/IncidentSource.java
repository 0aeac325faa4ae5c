package dev.sallyport.catalog;

import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/** What tells of incidents, and what its words mean here. */
public record IncidentSource(String name, Spec spec) {
    /** How long an incident lasts that nobody resolves. */
    public static final Duration LONGEST = Duration.ofHours(24);

    private static final String ALL = "select name, spec from incident_source";

    public static Optional<IncidentSource> named(Rx rx, String name) {
        return rx.one(ALL + " where name = ?", IncidentSource::of, name);
    }

    /** The targets that any source says a service of this name is, and those that carry it as their label {@code service}. */
    public static List<Target> targetsOf(Rx rx, String service) {
        List<IncidentSource> sources = rx.list(ALL + " order by name", IncidentSource::of);
        return Catalog.targets(rx).stream()
                .filter(target -> service.equals(target.labels().values().get("service"))
                        || sources.stream().anyMatch(source -> source.isAbout(target, List.of(service))))
                .toList();
    }

    /** The targets that an incident of any of these services is about. */
    public List<Target> targets(Rx rx, Collection<String> services) {
        return Catalog.targets(rx).stream()
                .filter(target -> isAbout(target, services))
                .toList();
    }

    private boolean isAbout(Target target, Collection<String> services) {
        return spec.all("services").stream()
                .filter(entry -> services.contains(entry.text("service", "")))
                .anyMatch(entry -> TargetSelector.of(entry.at("targets")).matches(target));
    }

    public String shape() {
        return spec.text("shape", "");
    }

    public String secretFile() {
        return spec.text("secretFile", "");
    }

    public List<String> responderGroups() {
        return spec.at("responders").texts("groups");
    }

    public List<String> responders() {
        return spec.at("responders").texts("people");
    }

    /** What the source's own word for it is here. */
    public String severity(String said) {
        var meant = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        meant.putAll(spec.pairs("severities"));
        String word = meant.getOrDefault(said, said.toLowerCase(Locale.ROOT));
        return Words.NAME.reader().apply(word).isPresent() ? word : "unknown";
    }

    public boolean needsConfirmation() {
        return spec.text("confirmation", "none").equals("required");
    }

    public Duration longest() {
        return spec.duration("longest", LONGEST);
    }

    private static IncidentSource of(java.sql.ResultSet row) throws java.sql.SQLException {
        return new IncidentSource(row.getString("name"), Spec.of(row.getString("spec")));
    }
}
