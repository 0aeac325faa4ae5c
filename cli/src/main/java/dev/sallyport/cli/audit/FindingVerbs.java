package dev.sallyport.cli.audit;

import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.shell.Shell;
import dev.sallyport.cli.verb.Root;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code findings}, and {@code approvers} that some are about. */
public final class FindingVerbs extends Root {
    private static final int LIMIT = 200;

    public FindingVerbs(Shell shell) {
        super(shell);
    }

    @Command(
            name = "findings",
            description = "What somebody should look at.",
            footer = {"", "Example:", "  sallyport findings --state open"})
    void findings(
            @Option(names = "--state", paramLabel = "open|closed", description = "default: open") @Nullable
                    String state,
            @Option(names = "--kind", paramLabel = "K", description = "only of this kind, such as krl-stale") @Nullable
                    String kind,
            @Option(names = "--severity", paramLabel = "S", description = "low, medium, high or critical, and worse")
                    @Nullable
                    String severity,
            @Option(names = "--order", paramLabel = "O", description = "newest (the default) or oldest first") @Nullable
                    String order) {
        Query query = Query.of()
                .with("state", state == null ? "open" : state)
                .with("kind", kind)
                .with("severity", severity)
                .with("order", order);
        JsonNode answer = api().list("/findings", query, LIMIT);
        show(answer, () -> {
            var table = Table.of("ID", "SEVERITY", "SINCE", "KIND", "SUBJECT", "WHAT");
            for (JsonNode finding : answer.path("items")) {
                table.row(
                        Json.text(finding, "id"),
                        Json.text(finding, "severity"),
                        times().relative(Json.text(finding, "opened_at")),
                        Json.text(finding, "kind"),
                        Json.text(finding, "subject"),
                        Json.text(finding, "message"));
            }
            return render(table, "nothing to look at");
        });
    }

    @Command(
            name = "approvers",
            description = "How everybody approved in the last 30 days who did (right finding.read).",
            footer = {"", "Example:", "  sallyport approvers -o wide"})
    void approvers() {
        JsonNode answer = api().get("/approvers");
        show(answer, () -> {
            var table = Table.of(
                    "APPROVER", "APPROVED", "DENIED", "BUSIEST DAY", "MEDIAN", "QUICK", "OFF HOURS", "LOOK AT");
            for (JsonNode approver : answer.path("items")) {
                table.row(
                        Json.text(approver, "approver"),
                        Json.text(approver, "approved"),
                        Json.text(approver, "denied"),
                        Json.text(approver, "busiest_day"),
                        Json.text(approver, "median"),
                        Json.text(approver, "quick"),
                        Json.text(approver, "off_hours"),
                        Json.joined(approver.path("signs"), "; "));
            }
            return render(table, "nobody has approved anything");
        });
    }
}
