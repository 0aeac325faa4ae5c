package dev.sallyport.cli.audit;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.verb.Root;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code audit search} and {@code audit tail}. */
@Command(
        name = "audit",
        synopsisSubcommandLabel = "VERB",
        description = "Searches and follows the audit log.",
        footer = {"", "Example:", "  sallyport audit search --since 1d --actor dev"})
public final class AuditVerbs {
    private static final int LIMIT = 100;
    private static final int WAIT_SECONDS = 25;

    private final Root root;

    public AuditVerbs(Root root) {
        this.root = root;
    }

    @Command(
            name = "search",
            description = "Events, newest first.",
            footer = {"", "Example:", "  sallyport audit search --since 1d --outcome refused --limit 20"})
    void search(
            @Option(names = "--since", paramLabel = "1d", description = "not before: 14:30, 1d (ago) or RFC 3339")
                    @Nullable
                    String since,
            @Option(names = "--until", paramLabel = "T", description = "before") @Nullable String until,
            @Option(names = "--request", paramLabel = "ID", description = "about this request") @Nullable
                    String request,
            @Option(names = "--grant", paramLabel = "ID", description = "about this grant") @Nullable String grant,
            @Option(names = "--lease", paramLabel = "ID", description = "about this lease") @Nullable String lease,
            @Option(names = "--session", paramLabel = "ID", description = "about this session") @Nullable
                    String session,
            @Option(names = "--actor", paramLabel = "N", description = "done by this person") @Nullable String actor,
            @Option(names = "--class", paramLabel = "C", description = "of this class") @Nullable String kind,
            @Option(names = "--activity", paramLabel = "A", description = "of this activity") @Nullable String activity,
            @Option(names = "--outcome", paramLabel = "O", description = "success, refused or failure") @Nullable
                    String outcome,
            @Option(names = "--target", paramLabel = "T", description = "on this target") @Nullable String target,
            @Option(names = "--order", paramLabel = "O", description = "newest (the default) or oldest first") @Nullable
                    String order,
            @Option(names = "--limit", paramLabel = "N", description = "at most so many (default: 100)") @Nullable
                    Integer limit) {
        Query query = Query.of()
                .with("order", order)
                .with(
                        "since",
                        since == null
                                ? null
                                : root.times().past("--since", since).toString())
                .with(
                        "until",
                        until == null
                                ? null
                                : root.times().past("--until", until).toString())
                .with("request", request)
                .with("grant", grant)
                .with("lease", lease)
                .with("session", session)
                .with("actor", actor)
                .with("class", kind)
                .with("activity", activity)
                .with("outcome", outcome)
                .with("target", target);
        JsonNode answer = root.api().list("/audit/events", query, limit == null ? LIMIT : limit);
        root.show(answer, () -> table(answer));
    }

    @Command(
            name = "count",
            description = "How often activities happened, day by day up to today.",
            footer = {"", "Example:", "  sallyport audit count --activity request.created,grant.revoked --days 7"})
    void count(
            @Option(
                            names = "--activity",
                            paramLabel = "A,B",
                            required = true,
                            description = "names of activities, as audit search shows them")
                    String activity,
            @Option(names = "--days", paramLabel = "N", description = "so many, today with them (default: 30)")
                    @Nullable
                    Integer days) {
        JsonNode answer = root.api()
                .get(Query.of()
                        .with("activity", activity)
                        .with("days", days == null ? null : days.toString())
                        .with("zone", root.times().zone().getId())
                        .after("/audit/counts"));
        root.show(answer, () -> {
            JsonNode series = answer.path("series");
            var heads = new ArrayList<>(List.of("DAY"));
            series.forEach(each -> heads.add(Json.text(each, "activity")));
            var table = Table.of(heads.toArray(String[]::new));
            LocalDate first = LocalDate.parse(Json.text(answer, "first"));
            for (int day = 0; day < answer.path("days").asInt(); day++) {
                var row = new ArrayList<>(List.of(first.plusDays(day).toString()));
                for (JsonNode each : series) {
                    row.add(each.path("counts").path(day).asString());
                }
                table.row(row.toArray(String[]::new));
            }
            return root.render(table, "no days");
        });
    }

    @Command(
            name = "tail",
            description = "The latest events, oldest first; with -f it goes on until it is interrupted.",
            footer = {"", "Example:", "  sallyport audit tail -f -o json"})
    void tail(
            @Option(
                            names = {"-f", "--follow"},
                            description = "wait for more")
                    boolean follow) {
        JsonNode latest = root.api().get("/audit/tail");
        latest.path("items").forEach(this::line);
        String position = Json.text(latest, "next");
        while (follow) {
            Query query = Query.of()
                    .with("after", position.isEmpty() ? null : position)
                    .with("wait", String.valueOf(WAIT_SECONDS));
            JsonNode more = root.api().get(query.after("/audit/tail"));
            more.path("items").forEach(this::line);
            String next = Json.text(more, "next");
            position = next.isEmpty() ? position : next;
        }
    }

    private String table(JsonNode answer) {
        var table = root.isWide()
                ? Table.of(
                        "ID",
                        "TIME",
                        "WHO",
                        "OUTCOME",
                        "CLASS",
                        "ACTIVITY",
                        "TARGET",
                        "FROM",
                        "REQUEST",
                        "GRANT",
                        "WHAT")
                : Table.of("TIME", "WHO", "OUTCOME", "ACTIVITY", "TARGET", "WHAT");
        for (JsonNode event : answer.path("items")) {
            String time = root.times().full(Json.text(event, "time"));
            String who = Json.text(event, "actor", "name");
            if (root.isWide()) {
                table.row(
                        Json.text(event, "id"),
                        time,
                        who,
                        Json.text(event, "outcome"),
                        Json.text(event, "class"),
                        Json.text(event, "activity"),
                        Json.text(event, "target"),
                        Json.text(event, "source_address"),
                        Json.text(event, "correlation", "request"),
                        Json.text(event, "correlation", "grant"),
                        Json.text(event, "message"));
            } else {
                table.row(
                        time,
                        who,
                        Json.text(event, "outcome"),
                        Json.text(event, "activity"),
                        Json.text(event, "target"),
                        Json.text(event, "message"));
            }
        }
        return root.render(table, "no events");
    }

    /** One line per event, so that programs can read a stream. */
    private void line(JsonNode event) {
        root.shell()
                .out()
                .println(
                        root.format().isData()
                                ? Json.compact(event)
                                : Text.printable("%s  %-8s %-8s %-22s %s"
                                        .formatted(
                                                root.times().full(Json.text(event, "time")),
                                                Json.text(event, "actor", "name"),
                                                Json.text(event, "outcome"),
                                                Json.text(event, "activity"),
                                                Json.text(event, "message"))));
        root.shell().out().flush();
    }
}
