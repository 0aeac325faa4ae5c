package dev.sallyport.cli.audit;

import dev.sallyport.cli.api.Answer;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.verb.Root;
import java.util.Map;
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
                                ? Json.text(review, "verdict")
                                        + (Json.text(review, "reviewer").isEmpty()
                                                ? ""
                                                : " (" + Json.text(review, "reviewer") + ")")
                                : root.times().relative(Json.text(review, "due_at")),
                        Json.text(review, "grant"));
            }
            return root.render(table, done ? "none was made" : "none is owed");
        });
    }

    @Command(
            name = "show",
            description =
                    "A review with what was done: the sessions of the grant and, as far as one may see them, their commands.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} rev_01kb…"})
    void show(@Parameters(paramLabel = "ID", description = "the review") String id) {
        JsonNode review = root.api().get("/reviews/" + Query.segment(id));
        Query theirs =
                Query.of().with("target", Json.text(review, "target")).with("identity", Json.text(review, "identity"));
        var whole = Json.object();
        whole.set("review", review);
        var sessions = whole.putArray("sessions");
        for (JsonNode session : root.api().list("/sessions", theirs, LIST).path("items")) {
            if (Json.text(session, "grant").equals(Json.text(review, "grant"))) {
                Answer commands = root.api()
                        .send(
                                "GET",
                                "/sessions/" + Query.segment(Json.text(session, "id")) + "/commands",
                                Map.of(),
                                null);
                var shown = Json.object();
                shown.set("session", session);
                if (commands.isGood()) {
                    shown.set("commands", commands.json().path("items"));
                }
                sessions.add(shown);
            }
        }
        root.show(whole, () -> text(whole));
    }

    private String text(JsonNode whole) {
        JsonNode review = whole.path("review");
        var text = new StringBuilder();
        line(
                text,
                Json.text(review, "id") + " is " + Json.text(review, "state") + ": " + Json.text(review, "identity")
                        + " had " + Json.text(review, "role") + " on " + Json.text(review, "target") + " ("
                        + Json.text(review, "because") + ")");
        line(text, "  their reason: " + Json.text(review, "reason"));
        line(text, "  request " + Json.text(review, "request") + ", grant " + Json.text(review, "grant"));
        line(
                text,
                Json.text(review, "verdict").isEmpty()
                        ? "  due " + root.times().relative(Json.text(review, "due_at"))
                        : Json.text(review, "reviewer").isEmpty()
                                ? "  " + Json.text(review, "verdict") + ": nothing to review"
                                : "  " + Json.text(review, "verdict") + " says " + Json.text(review, "reviewer") + ": "
                                        + Json.text(review, "comment"));
        if (whole.path("sessions").isEmpty()) {
            line(text, "no session went through a gateway with this grant, or none that you may see");
        }
        for (JsonNode each : whole.path("sessions")) {
            JsonNode session = each.path("session");
            line(
                    text,
                    Json.text(session, "id") + " from " + root.times().plain(Json.text(session, "started_at")) + ", "
                            + Json.text(session, "state") + ": sallyport play " + Json.text(session, "id"));
            for (JsonNode command : each.path("commands")) {
                line(text, "  " + root.times().plain(Json.text(command, "at")) + "  " + Json.text(command, "command"));
            }
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String line) {
        text.append(dev.sallyport.base.Text.printable(line)).append('\n');
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
