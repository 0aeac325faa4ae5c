package dev.sallyport.notification;

import dev.sallyport.catalog.News;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import dev.sallyport.finding.Severity;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Which news goes to a channel. */
record Route(String channel, List<String> news, Severity severity, List<String> owners, Map<String, String> labels) {
    static List<Route> all(Rx rx) {
        return rx.list("select spec from notification_route order by name", row -> of(Spec.of(row.getString("spec"))));
    }

    private static Route of(Spec spec) {
        return new Route(
                spec.text("channel", ""),
                spec.texts("news"),
                Severity.valueOf(spec.text("severity", "low").toUpperCase(Locale.ROOT)),
                spec.texts("owners"),
                spec.pairs("labels"));
    }

    /** What asks for an owner or for labels takes nothing that is about no target. */
    boolean takes(News about, Severity weight, Optional<Target> target) {
        return (news.isEmpty() || news.contains(about.word()))
                && weight.compareTo(severity) >= 0
                && (owners.isEmpty()
                        || target.flatMap(found -> found.spec().text("owner"))
                                .filter(owners::contains)
                                .isPresent())
                && (labels.isEmpty()
                        || target.filter(found ->
                                        found.labels().values().entrySet().containsAll(labels.entrySet()))
                                .isPresent());
    }
}
