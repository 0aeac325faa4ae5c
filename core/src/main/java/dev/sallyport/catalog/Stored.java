package dev.sallyport.catalog;

import dev.sallyport.database.Json;
import dev.sallyport.formats.document.Shape;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** An object of the catalogue as it is now, in the form of its document. */
public record Stored(
        Kind kind,
        String id,
        String name,
        Map<String, Object> labels,
        Map<String, Object> spec,
        String managedBy,
        long version) {

    /** The name of what made us: files, or calls to the API. */
    public static final String FILE = "file";

    public static final String API = "api";

    static Stored of(Kind kind, ResultSet row) throws SQLException {
        return new Stored(
                kind,
                row.getString("id"),
                row.getString("name"),
                Json.object(row.getString("labels")),
                Json.object(row.getString("spec")),
                row.getString("managed_by"),
                row.getLong("version"));
    }

    Map<String, Object> shown() {
        return Document.shown(labels, spec);
    }

    /** As the API shows it, keys in the order of the reference page. */
    public Map<String, Object> document() {
        var metadata = new LinkedHashMap<String, Object>();
        metadata.put("name", name);
        metadata.put("id", id);
        metadata.put("managed_by", managedBy);
        metadata.put("version", version);
        return body("api_version", metadata);
    }

    /** As a file says it: without what only the server sets. */
    Map<String, Object> written() {
        var metadata = new LinkedHashMap<String, Object>();
        metadata.put("name", name);
        return body("apiVersion", metadata);
    }

    private Map<String, Object> body(String versionKey, Map<String, Object> metadata) {
        if (kind == Kind.TARGET && !labels.isEmpty()) {
            metadata.put("labels", new TreeMap<>(labels));
        }
        var body = new LinkedHashMap<String, Object>();
        body.put(versionKey, Schemas.API_VERSION);
        body.put("kind", kind.word());
        body.put("metadata", metadata);
        body.put("spec", ordered(kind.spec(), spec));
        return body;
    }

    private static Map<String, Object> ordered(Shape.Fields shape, Map<?, ?> values) {
        var ordered = new LinkedHashMap<String, Object>();
        for (Shape.Key key : shape.keys()) {
            Object value = values.get(key.name());
            if (value != null) {
                ordered.put(key.name(), ordered(key.shape(), value));
            }
        }
        values.forEach((key, value) -> ordered.putIfAbsent(String.valueOf(key), value));
        return ordered;
    }

    private static Object ordered(Shape shape, Object value) {
        return switch (shape) {
            case Shape.Fields fields when value instanceof Map<?, ?> map -> ordered(fields, map);
            case Shape.WordOr either when value instanceof Map<?, ?> map -> ordered(either.fields(), map);
            case Shape.Pairs _ when value instanceof Map<?, ?> map -> new TreeMap<Object, Object>(map);
            case Shape.Values _ when value instanceof Map<?, ?> map -> new TreeMap<Object, Object>(map);
            case Shape.Many many when value instanceof List<?> list -> ordered(many, list);
            case Shape.WordOrMany either when value instanceof List<?> list -> ordered(either.many(), list);
            case Shape.Fields _,
                    Shape.WordOr _,
                    Shape.Pairs _,
                    Shape.Word _,
                    Shape.Choice _,
                    Shape.Whole _,
                    Shape.Flag _,
                    Shape.WordOrMany _,
                    Shape.Values _,
                    Shape.Many _ -> value;
        };
    }

    private static List<Object> ordered(Shape.Many many, List<?> list) {
        return list.stream().map(item -> ordered(many.item(), item)).toList();
    }

    /** The product itself, which nobody changes. */
    boolean isBuiltIn() {
        return kind == Kind.TARGET && name.equals(Target.SALLYPORT);
    }

    String title() {
        return kind.word() + " " + name;
    }

    /** The document in the form in which {@link CatalogStore} gives it back: persons and groups live in columns. */
    static Document settled(Document document) {
        return switch (document.kind()) {
            case PERSON -> settledPerson(document);
            case GROUP -> withSpec(document, sorted(document.spec(), "members"));
            case TARGET,
                    ROLE,
                    ELIGIBILITY,
                    OIDC_PROVIDER,
                    INCIDENT_SOURCE,
                    NOTIFICATION_CHANNEL,
                    NOTIFICATION_ROUTE,
                    DECISION_SERVICE,
                    CONSTANTS,
                    CALENDAR,
                    FREEZE,
                    POLICY -> document;
        };
    }

    private static Document settledPerson(Document document) {
        var spec = sorted(document.spec(), "groups");
        spec.putIfAbsent("displayName", document.name());
        spec.remove("state", "active");
        return withSpec(document, spec);
    }

    private static Map<String, Object> sorted(Map<String, Object> spec, String names) {
        var sorted = new LinkedHashMap<String, Object>(spec);
        sorted.computeIfPresent(
                names,
                (_, list) ->
                        ((List<?>) list).stream().map(String::valueOf).sorted().toList());
        sorted.values().removeIf(value -> value.equals("") || value.equals(List.of()) || value.equals(Map.of()));
        return sorted;
    }

    private static Document withSpec(Document document, Map<String, Object> spec) {
        return new Document(
                document.kind(), document.name(), document.labels(), spec, document.source(), document.text());
    }

    /** Dotted paths at which two documents differ; a list is one value. */
    static List<String> differences(Map<String, Object> before, Map<String, Object> after) {
        var different = new TreeSet<String>();
        differences("", before, after, different);
        return List.copyOf(different);
    }

    private static void differences(String path, Map<?, ?> before, Map<?, ?> after, TreeSet<String> different) {
        var keys = new TreeSet<String>();
        before.keySet().forEach(key -> keys.add(String.valueOf(key)));
        after.keySet().forEach(key -> keys.add(String.valueOf(key)));
        for (String key : keys) {
            Object one = before.get(key);
            Object two = after.get(key);
            String here = path.isEmpty() ? key : path + "." + key;
            if (one instanceof Map<?, ?> || two instanceof Map<?, ?>) {
                differences(
                        here,
                        one instanceof Map<?, ?> map ? map : Map.of(),
                        two instanceof Map<?, ?> map ? map : Map.of(),
                        different);
                if (one == null && two instanceof Map<?, ?> map && map.isEmpty()
                        || two == null && one instanceof Map<?, ?> gone && gone.isEmpty()) {
                    different.add(here);
                }
            } else if (one == null || !one.equals(two)) {
                different.add(here);
            }
        }
    }
}
