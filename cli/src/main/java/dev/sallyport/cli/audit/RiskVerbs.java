package dev.sallyport.cli.audit;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.verb.Root;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code risk}: how unusual what was asked is. */
@Command(
        synopsisSubcommandLabel = "VERB",
        description = "How unusual it was what somebody asked, 0 to 100, and why.",
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} show req_01kb0gq8y9v3mzj1c5t7x2r4wd"})
public final class RiskVerbs {
    private static final int LIST = 50;

    private final Root root;

    public RiskVerbs(Root root) {
        this.root = root;
    }

    @Command(
            name = "show",
            description = {
                "The risk of a request, for who may decide it or see all; or what a person asked for lately and how it was scored"
                        + " (right request.read-all)."
            },
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} dev"})
    void show(
            @Parameters(paramLabel = "REQUEST|PERSON", description = "a request's id or a person's name") String what,
            @Option(names = "--limit", paramLabel = "N", description = "of a person, at most so many (default: 50)")
                    @Nullable
                    Integer limit) {
        if (what.startsWith("req_")) {
            request(root.api().get("/requests/" + Query.segment(what)));
        } else {
            person(root.api()
                    .get(Query.of()
                            .with("limit", String.valueOf(limit == null ? LIST : limit))
                            .after("/people/" + Query.segment(what) + "/risk")));
        }
    }

    private void request(JsonNode request) {
        root.show(request.path("items"), () -> {
            var text = new StringBuilder();
            for (JsonNode item : request.path("items")) {
                JsonNode risk = item.path("background").path("risk");
                text.append(Text.printable(Json.text(item, "role") + " on " + Json.text(item, "target") + ": "))
                        .append(
                                risk.isObject()
                                        ? risk.path("points").asInt(0) + " of 100"
                                        : "not known, or not told to you")
                        .append('\n');
                reasons(text, risk);
            }
            return text.toString();
        });
    }

    private void person(JsonNode scored) {
        root.show(scored, () -> {
            var table = Table.of("RISK", "REQUEST", "WHAT", "WHEN", "WHY");
            for (JsonNode item : scored.path("items")) {
                JsonNode risk = item.path("risk");
                table.row(
                        String.valueOf(risk.path("points").asInt(0)),
                        Json.text(item, "request"),
                        Json.text(item, "role") + " on " + Json.text(item, "target"),
                        root.times().relative(Json.text(item, "created_at")),
                        String.join(
                                ", ",
                                risk.path("reasons")
                                        .valueStream()
                                        .map(reason -> Json.text(reason, "feature"))
                                        .toList()));
            }
            return root.render(table, "nothing was asked for lately");
        });
    }

    private static void reasons(StringBuilder text, JsonNode risk) {
        for (JsonNode reason : risk.path("reasons")) {
            text.append("  +%-3d %-12s %s%n"
                    .formatted(
                            reason.path("points").asInt(0),
                            Text.printable(Json.text(reason, "feature")),
                            Text.printable(Json.text(reason, "why"))));
        }
    }
}
