package dev.sallyport.cli.access;

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

/** {@code delegations}: whose right to decide is in whose hands. */
@Command(
        synopsisSubcommandLabel = "VERB",
        description =
                "Lets another decide requests while one is away. Nobody decides their own, nor those of who delegated to them.",
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} list"})
public final class DelegationVerbs {
    private static final int LIST = 200;

    private final Root root;

    public DelegationVerbs(Root root) {
        this.root = root;
    }

    @Command(
            name = "create",
            description = "Hands the own right to decide to another, for a time of at most 90 days.",
            footer = {
                "",
                "Example:",
                "  ${COMMAND-FULL-NAME} --to chief --until 2027-08-20T18:00:00Z --reason 'on leave'"
            })
    void create(
            @Option(names = "--to", required = true, paramLabel = "NAME", description = "who decides instead")
                    String to,
            @Option(names = "--from", paramLabel = "T", description = "14:30, 45m or RFC 3339 (default: now)") @Nullable
                    String from,
            @Option(names = "--until", required = true, paramLabel = "T", description = "14:30, 8h or RFC 3339")
                    String until,
            @Option(names = "--role", paramLabel = "R", description = "only requests of this role") @Nullable
                    String role,
            @Option(names = "--target", paramLabel = "T", description = "only requests on this target") @Nullable
                    String target,
            @Option(names = "--reason", required = true, paramLabel = "R", description = "why") String reason) {
        JsonNode answer = root.api()
                .post(
                        "/delegations",
                        Json.object()
                                .put("to", to)
                                .put(
                                        "starts_at",
                                        from == null
                                                ? null
                                                : root.times()
                                                        .future("--from", from)
                                                        .toString())
                                .put(
                                        "until",
                                        root.times().future("--until", until).toString())
                                .put("role", role)
                                .put("target", target)
                                .put("reason", reason));
        told(answer);
    }

    @Command(
            name = "list",
            description = "Those I gave or got; with --all everybody's (right request.read-all).",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} --all"})
    void list(
            @Option(names = "--all", description = "everybody's") boolean all,
            @Option(names = "--order", paramLabel = "O", description = "newest (the default) or oldest first") @Nullable
                    String order,
            @Option(names = "--limit", paramLabel = "N", description = "at most so many (default: 200)") @Nullable
                    Integer limit) {
        JsonNode answer = root.api()
                .list(
                        "/delegations",
                        Query.of().with("view", all ? "all" : "mine").with("order", order),
                        limit == null ? LIST : limit);
        root.show(answer, () -> {
            var table = Table.of("ID", "STATE", "FROM", "TO", "STARTS", "UNTIL", "ONLY", "REASON");
            for (JsonNode each : answer.path("items")) {
                table.row(
                        Json.text(each, "id"),
                        Json.text(each, "state"),
                        Json.text(each, "from"),
                        Json.text(each, "to"),
                        root.times().relative(Json.text(each, "starts_at")),
                        root.times().relative(Json.text(each, "until")),
                        only(each),
                        Json.text(each, "reason"));
            }
            return root.render(table, "no delegations");
        });
    }

    @Command(
            name = "end",
            description = "Ends one that I gave or got, before its time.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} dlg_01kb0gq8y9v3mzj1c5t7x2r4wd"})
    void end(@Parameters(paramLabel = "ID", description = "the delegation") String id) {
        told(root.api().post("/delegations/" + Query.segment(id) + "/end", Json.object()));
    }

    private static String only(JsonNode each) {
        String role = Json.text(each, "role");
        String target = Json.text(each, "target");
        return target.isEmpty() ? role : (role.isEmpty() ? "" : role + " ") + "on " + target;
    }

    private void told(JsonNode each) {
        root.show(
                each,
                () -> Text.printable(Json.text(each, "id") + " is " + Json.text(each, "state") + ": "
                                + Json.text(each, "to") + " decides for " + Json.text(each, "from") + " until "
                                + root.times().plain(Json.text(each, "until")))
                        + "\n");
    }
}
