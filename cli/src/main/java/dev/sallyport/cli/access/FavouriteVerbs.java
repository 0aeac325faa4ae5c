package dev.sallyport.cli.access;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.verb.Root;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code favourites}: what one asks for often, at hand on the own page and here. */
@Command(
        synopsisSubcommandLabel = "VERB",
        description = "What I ask for often and want at hand, here and on my page of the portal.",
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} list"})
public final class FavouriteVerbs {
    private final Root root;

    public FavouriteVerbs(Root root) {
        this.root = root;
    }

    @Command(
            name = "list",
            description = "Those that I may still ask for, and what would be decided.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME}"})
    void list() {
        JsonNode answer = root.api().get("/favourites");
        root.show(answer, () -> {
            var table = Table.of("ROLE", "TARGET", "AT MOST", "DECISION", "RUNNING");
            for (JsonNode item : answer.path("items")) {
                table.row(
                        Json.text(item, "role"),
                        Json.text(item, "target"),
                        Words.duration(Json.text(item, "max_duration")),
                        Words.decision(item.path("decision")),
                        Json.text(item, "running_grant"));
            }
            return root.render(table, "no favourites: sallyport favourites add ROLE TARGET");
        });
    }

    @Command(
            name = "add",
            description = "Adds a role on a target, one that I may ask for.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} ops web-1"})
    void add(
            @Parameters(paramLabel = "ROLE", description = "the role") String role,
            @Parameters(paramLabel = "TARGET", description = "the target") String target) {
        change("PUT", role, target, "is a favourite");
    }

    @Command(
            name = "remove",
            description = "Removes one.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} ops web-1"})
    void remove(
            @Parameters(paramLabel = "ROLE", description = "the role") String role,
            @Parameters(paramLabel = "TARGET", description = "the target") String target) {
        change("DELETE", role, target, "is no favourite");
    }

    private void change(String method, String role, String target, String outcome) {
        root.api()
                .good(root.api()
                        .send(
                                method,
                                "/favourites/" + Query.segment(role) + "/" + Query.segment(target),
                                Map.of(),
                                null));
        root.show(
                Json.object().put("role", role).put("target", target),
                () -> Text.printable(role + " on " + target) + " " + outcome + "\n");
    }
}
