package dev.sallyport.catalog;

import dev.sallyport.database.Spec;
import dev.sallyport.formats.document.Node;
import dev.sallyport.formats.document.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A place in a document that names another object, of one of these kinds. */
record Reference(Document from, String path, Set<Kind> kinds, String name) {

    static List<Reference> of(Document document) {
        var found = new ArrayList<Reference>();
        var spec = new Spec(document.spec());
        switch (document.kind()) {
            case PERSON -> many(found, document, spec, "groups", Kind.GROUP, "spec.groups");
            case GROUP -> many(found, document, spec, "members", Kind.PERSON, "spec.members");
            case TARGET -> one(found, document, spec, "owner", Set.of(Kind.PERSON, Kind.GROUP), "spec.owner");
            case ROLE ->
                one(
                        found,
                        document,
                        spec.at("request").at("approval"),
                        "group",
                        Set.of(Kind.GROUP),
                        "spec.request.approval.group");
            case ELIGIBILITY -> {
                Spec subjects = spec.at("subjects");
                one(found, document, spec, "role", Set.of(Kind.ROLE), "spec.role");
                many(found, document, subjects, "groups", Kind.GROUP, "spec.subjects.groups");
                many(found, document, subjects, "people", Kind.PERSON, "spec.subjects.people");
            }
            case INCIDENT_SOURCE -> {
                Spec responders = spec.at("responders");
                many(found, document, responders, "groups", Kind.GROUP, "spec.responders.groups");
                many(found, document, responders, "people", Kind.PERSON, "spec.responders.people");
            }
            case NOTIFICATION_ROUTE -> {
                one(found, document, spec, "channel", Set.of(Kind.NOTIFICATION_CHANNEL), "spec.channel");
                spec.texts("owners")
                        .forEach(name -> found.add(
                                new Reference(document, "spec.owners", Set.of(Kind.PERSON, Kind.GROUP), name)));
            }
            case OIDC_PROVIDER, NOTIFICATION_CHANNEL, DECISION_SERVICE, CONSTANTS, CALENDAR, FREEZE, POLICY -> {
                // names nothing here; what policies name may come later
            }
        }
        return found;
    }

    private static void one(List<Reference> found, Document from, Spec spec, String key, Set<Kind> kinds, String path) {
        spec.text(key).ifPresent(name -> found.add(new Reference(from, path, kinds, name)));
    }

    private static void many(List<Reference> found, Document from, Spec spec, String key, Kind kind, String path) {
        for (String name : spec.texts(key)) {
            found.add(new Reference(from, path, Set.of(kind), name));
        }
    }

    /** Where the name stands: in a list its own place, as the list's order may have changed on reading. */
    Place place() {
        return from.source().place(path + "." + indexInSource());
    }

    private int indexInSource() {
        Node here = from.source();
        for (String key : path.split("\\.")) {
            here = here instanceof Node.Fields fields ? fields.get(key).orElse(here) : here;
        }
        if (here instanceof Node.Many many) {
            for (int i = 0; i < many.items().size(); i++) {
                if (many.items().get(i) instanceof Node.Text text
                        && text.value().equals(name)) {
                    return i;
                }
            }
        }
        return 0;
    }
}
