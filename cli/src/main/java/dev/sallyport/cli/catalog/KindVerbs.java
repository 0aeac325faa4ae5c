package dev.sallyport.cli.catalog;

import dev.sallyport.cli.api.Answer;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.output.Yaml;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.GivenFiles;
import dev.sallyport.cli.verb.Root;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** list, show, create, update and delete of one kind of catalogue object. */
@Command(
        synopsisSubcommandLabel = "VERB",
        description = "Objects of the catalogue, one by one; sallyport apply changes many at once.",
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} list"})
public final class KindVerbs {
    private static final int LIST = 1000;

    private final Root root;
    private final String kind;

    /** The kind is the path of the API: {@code roles}. */
    public KindVerbs(Root root, String kind) {
        this.root = root;
        this.kind = kind;
    }

    @Command(
            name = "list",
            description = "Lists them.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} --search web"})
    void list(
            @Option(names = "--search", paramLabel = "TEXT", description = "whose name holds this") @Nullable
                    String text,
            @Option(names = "--owner", paramLabel = "NAME", description = "targets: that this person or group owns")
                    @Nullable
                    String owner,
            @Option(names = "--role", paramLabel = "ROLE", description = "targets: that this role opens") @Nullable
                    String role,
            @Option(
                            names = "--eligibility",
                            paramLabel = "NAME",
                            description = "targets: that this eligibility lets people ask for")
                    @Nullable
                    String eligibility,
            @Option(names = "--order", paramLabel = "O", description = "name (the default) or name-desc") @Nullable
                    String order,
            @Option(names = "--limit", paramLabel = "N", description = "at most so many (default: 1000)") @Nullable
                    Integer limit) {
        JsonNode answer = root.api()
                .list(
                        "/" + kind,
                        Query.of()
                                .with("q", text)
                                .with("owner", owner)
                                .with("role", role)
                                .with("eligibility", eligibility)
                                .with("order", order),
                        limit == null ? LIST : limit);
        root.show(answer, () -> {
            var table = Table.of("NAME", "ABOUT", "LABELS", "FROM", "VERSION", "ID");
            for (JsonNode item : answer.path("items")) {
                JsonNode metadata = item.path("metadata");
                table.row(
                        Json.text(metadata, "name"),
                        about(item.path("spec")),
                        labels(metadata.path("labels")),
                        Json.text(metadata, "managed_by"),
                        Json.text(metadata, "version"),
                        Json.text(metadata, "id"));
            }
            return root.render(table, "no " + kind);
        });
    }

    @Command(
            name = "show",
            description = "Shows one in full.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} NAME -o json"})
    void show(@Parameters(paramLabel = "NAME", description = "its name") String name) {
        JsonNode found = root.api().get(path(name));
        root.show(found, () -> Yaml.write(found));
    }

    @Command(
            name = "create",
            description = "Makes one from a JSON document such as show -o json prints. (YAML: sallyport apply.)",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} -f new.json"})
    void create(
            @Option(
                            names = {"-f", "--file"},
                            required = true,
                            paramLabel = "FILE",
                            description = "the document")
                    Path file) {
        JsonNode made = root.api().post("/" + kind, document(file));
        root.show(made, () -> Json.text(made, "metadata", "name") + " is made\n");
    }

    @Command(
            name = "update",
            description = {
                "Replaces one by a JSON document such as show -o json prints.",
                "Refused when somebody changed it since: the document's metadata.version says what it was made from."
            },
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} -f changed.json"})
    void update(
            @Option(
                            names = {"-f", "--file"},
                            required = true,
                            paramLabel = "FILE",
                            description = "the document")
                    Path file) {
        ObjectNode document = document(file);
        String name = Json.text(document, "metadata", "name");
        String version = Json.text(document, "metadata", "version");
        String etag = version.isEmpty() ? etag(name) : '"' + version + '"';
        var headers = Map.of("Content-Type", "application/json", "If-Match", etag);
        JsonNode changed = root.api()
                .good(root.api().send("PUT", path(name), headers, Json.compact(document)))
                .json();
        root.show(changed, () -> name + " is changed\n");
    }

    @Command(
            name = "delete",
            description = "Deletes one.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} NAME"})
    void delete(@Parameters(paramLabel = "NAME", description = "its name") String name) {
        root.api().good(root.api().send("DELETE", path(name), Map.of("If-Match", etag(name)), null));
        root.show(Json.object().put("name", name).put("deleted", true), () -> name + " is deleted\n");
    }

    private String etag(String name) {
        Answer answer = root.api().good(root.api().send("GET", path(name), Map.of(), null));
        return answer.header("ETag");
    }

    private String path(String name) {
        return "/" + kind + "/" + Query.segment(name);
    }

    private static ObjectNode document(Path file) {
        JsonNode document = Json.read(GivenFiles.text(file));
        if (document instanceof ObjectNode object
                && !Json.text(document, "metadata", "name").isEmpty()) {
            return object;
        }
        throw Failure.here(
                "input.malformed",
                file + ": no JSON document with metadata.name",
                "sallyport apply -f " + file + " reads YAML");
    }

    private static String about(JsonNode spec) {
        for (String name : new String[] {"description", "display_name", "displayName", "role", "type"}) {
            if (!Json.text(spec, name).isEmpty()) {
                return Json.text(spec, name);
            }
        }
        return "";
    }

    private static String labels(JsonNode labels) {
        var text = new StringBuilder();
        for (var label : labels.properties()) {
            text.append(text.isEmpty() ? "" : ",")
                    .append(label.getKey())
                    .append('=')
                    .append(Json.text(label.getValue()));
        }
        return text.toString();
    }
}
