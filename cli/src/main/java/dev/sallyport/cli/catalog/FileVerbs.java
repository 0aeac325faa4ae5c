package dev.sallyport.cli.catalog;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Answer;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Exit;
import dev.sallyport.cli.shell.GivenFiles;
import dev.sallyport.cli.shell.Shell;
import dev.sallyport.cli.verb.Root;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** apply, diff and export: the catalogue as files. */
public final class FileVerbs extends Root {
    /** Kinds that decide nothing before their set is enforced. */
    private static final Set<String> POLICIES = Set.of("Policy", "Calendar", "Freeze", "Constants");

    public FileVerbs(Shell shell) {
        super(shell);
    }

    @Command(
            name = "apply",
            description = "Makes the catalogue what the files say: all of them, or none. Removes only with --prune.",
            footer = {"", "Example:", "  sallyport apply -f catalog/ --dry-run"})
    int apply(
            @Option(
                            names = {"-f", "--file"},
                            required = true,
                            paramLabel = "FILE|DIR",
                            description = "a YAML file, or a folder of them; may be repeated")
                    List<Path> files,
            @Option(names = "--dry-run", description = "only show what would change") boolean dry,
            @Option(names = "--prune", description = "delete what came from files and stands in none of them")
                    boolean prune) {
        return send("/catalog/apply", files, prune, dry);
    }

    @Command(
            name = "diff",
            description = "What apply would change, and whom it would take access from.",
            footer = {"", "Example:", "  sallyport diff -f catalog/ --prune"})
    int diff(
            @Option(
                            names = {"-f", "--file"},
                            required = true,
                            paramLabel = "FILE|DIR",
                            description = "a YAML file, or a folder of them; may be repeated")
                    List<Path> files,
            @Option(names = "--prune", description = "as apply --prune would do") boolean prune) {
        return send("/catalog/diff", files, prune, true);
    }

    @Command(
            name = "export",
            description = "Prints the catalogue as YAML that apply reads again.",
            footer = {"", "Example:", "  sallyport export --kind Role > roles.yaml"})
    void export(
            @Option(names = "--kind", paramLabel = "K", description = "only Person, Group, Target, Role, …") @Nullable
                    String kind) {
        var path = Query.of().with("kind", kind).after("/catalog/export");
        Answer answer = api().good(api().send("GET", path, Map.of("Accept", "text/yaml"), null));
        answer.text().lines().map(Text::printable).forEach(shell().out()::println);
    }

    private int send(String path, List<Path> files, boolean prune, boolean dry) {
        ObjectNode body = Json.object();
        body.set("files", GivenFiles.read(files));
        body.put("prune", prune).put("dry_run", dry);
        var headers = Map.of("Content-Type", "application/json");
        Answer answer = api().send("POST", path, headers, Json.compact(body));
        if (!answer.isGood()) {
            var refusal = answer.refusal();
            int exit = shell().fail(refusal.exit(), refusal.code(), refusal.sentence(), refusal.hint());
            answer.json().path("errors").forEach(this::mistake);
            return exit;
        }
        JsonNode changes = answer.json();
        show(changes, () -> text(changes));
        if (changes.path("applied").asBoolean(false) && changesPolicies(changes)) {
            shell().note("the draft of the policies was changed; it decides when it is enforced:"
                    + " sallyport policy replay, then sallyport policy enforce HASH --reason …");
        }
        return Exit.DONE;
    }

    private static boolean changesPolicies(JsonNode answer) {
        for (JsonNode change : answer.path("changes")) {
            if (POLICIES.contains(Json.text(change, "kind"))
                    && !Json.text(change, "action").equals("unchanged")) {
                return true;
            }
        }
        return false;
    }

    /** As compilers write it, so that editors can jump there. */
    private void mistake(JsonNode error) {
        shell().note(Json.text(error, "file") + ":" + Json.text(error, "line") + ":" + Json.text(error, "column") + ": "
                + Json.text(error, "message"));
    }

    private static String text(JsonNode answer) {
        var text = new StringBuilder();
        int unchanged = 0;
        for (JsonNode change : answer.path("changes")) {
            String action = Json.text(change, "action");
            if (action.equals("unchanged")) {
                unchanged++;
                continue;
            }
            String fields = Json.joined(change.path("fields"), ", ");
            text.append(Text.printable("%s %-9s %s %s%s"
                            .formatted(
                                    sign(action),
                                    action,
                                    Json.text(change, "kind"),
                                    Json.text(change, "name"),
                                    fields.isEmpty() ? "" : ": " + fields)))
                    .append('\n');
            for (String taken : Json.texts(change.path("takes_access_from"))) {
                text.append("    takes access from ")
                        .append(Text.printable(taken))
                        .append('\n');
            }
        }
        text.append(unchanged).append(" unchanged; ");
        text.append(answer.path("applied").asBoolean(false) ? "applied" : "nothing was applied");
        return text.append('\n').toString();
    }

    private static String sign(String action) {
        return switch (action) {
            case "create" -> "+";
            case "delete" -> "-";
            default -> "~";
        };
    }
}
