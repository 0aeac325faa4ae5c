package dev.sallyport.cli.audit;

import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.verb.Root;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code reviews}: what emergencies and other grants owe. */
@Command(
        synopsisSubcommandLabel = "VERB",
        description = "Reviews that emergencies and other grants owe; right review.decide.",
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} list"})
public final class ReviewVerbs {
    private static final int LIST = 200;

    private final Root root;

    public ReviewVerbs(Root root) {
        this.root = root;
    }

    @Command(
            name = "list",
            description = "Reviews that are owed, or with --done those that were made.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} --done"})
    void list(
            @Option(names = "--done", description = "those that were made") boolean done,
            @Option(
                            names = "--order",
                            paramLabel = "O",
                            description = "newest (the default) or oldest first, or due: what is owed soonest")
                    @Nullable
                    String order,
            @Option(names = "--limit", paramLabel = "N", description = "at most so many (default: 200)") @Nullable
                    Integer limit) {
        JsonNode answer = root.api()
                .list(
                        "/reviews",
                        Query.of().with("state", done ? "done" : "open").with("order", order),
                        limit == null ? LIST : limit);
        root.show(answer, () -> {
            var table = Table.of("ID", "BECAUSE", "PERSON", "WHAT", "REASON", done ? "VERDICT" : "DUE", "SESSIONS OF");
            for (JsonNode review : answer.path("items")) {
                table.row(
                        Json.text(review, "id"),
                        Json.text(review, "because"),
                        Json.text(review, "identity"),
                        Json.text(review, "role") + " on " + Json.text(review, "target"),
                        Json.text(review, "reason"),
                        done
                                ? Json.text(review, "verdict") + " (" + Json.text(review, "reviewer") + ")"
                                : root.times().relative(Json.text(review, "due_at")),
                        Json.text(review, "grant"));
            }
            return root.render(table, done ? "none was made" : "none is owed");
        });
    }

    @Command(
            name = "close",
            description = "Says what came of a review. Nobody reviews what they were granted themselves.",
            footer = {
                "",
                "Example:",
                "  ${COMMAND-FULL-NAME} rev_01kb… --verdict justified --comment 'INC-9; restarted the shop'"
            })
    void close(
            @Parameters(paramLabel = "ID", description = "the review") String id,
            @Option(names = "--verdict", required = true, paramLabel = "V", description = "justified or not-justified")
                    String verdict,
            @Option(names = "--comment", required = true, paramLabel = "C", description = "what was found")
                    String comment) {
        JsonNode review = root.api()
                .post(
                        "/reviews/" + Query.segment(id) + "/close",
                        Json.object().put("verdict", verdict).put("comment", comment));
        root.show(
                review,
                () -> dev.sallyport.base.Text.printable(
                                Json.text(review, "id") + " is done: " + Json.text(review, "verdict"))
                        + "\n");
    }
}
