package dev.sallyport.server.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.catalog.Stored;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An object of the catalogue as callers see it; {@code spec} is what its kind says, in the words of the files. */
record DocumentJson(String apiVersion, String kind, MetadataJson metadata, Map<String, Object> spec) {
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record MetadataJson(
            String name,
            String id,
            String managedBy,
            long version,
            @Nullable Map<String, Object> labels) {}

    /** What a caller sends: what only the server sets may stand there and is read over. */
    record GivenJson(String apiVersion, String kind, GivenMetadataJson metadata, Map<String, Object> spec) {}

    record GivenMetadataJson(String name, @Nullable Map<String, String> labels) {}

    @SuppressWarnings("unchecked") // documents are maps with string keys, in the order of the reference page
    static DocumentJson of(Stored stored) {
        Map<String, Object> document = stored.document();
        return new DocumentJson(
                (String) document.getOrDefault("api_version", ""),
                stored.kind().word(),
                new MetadataJson(
                        stored.name(),
                        stored.id(),
                        stored.managedBy(),
                        stored.version(),
                        stored.labels().isEmpty() ? null : new TreeMap<>(stored.labels())),
                (Map<String, Object>) document.getOrDefault("spec", Map.of()));
    }
}
