package dev.sallyport.cli.incident;

import dev.sallyport.base.Durations;
import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.output.Yaml;
import dev.sallyport.cli.verb.Root;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code incidents}: what is wrong with some targets, and who works on it. */
@Command(
        synopsisSubcommandLabel = "VERB",
        description =
                "Incidents: while one is open, policies may let its responders in; what they are granted ends with it.",
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} list"})
public final class IncidentVerbs {
    private static final int LIST = 200;

    private final Root root;

    private IncidentVerbs(Root root) {
        this.root = root;
    }

    /** The verbs below {@code incidents}. */
    public static CommandLine commands(Root root) {
        return new CommandLine(new IncidentVerbs(root)).addSubcommand("responders", new ResponderVerbs(root));
    }

    @Command(
            name = "open",
            description = {
                "Opens an incident (right incident.open). Whoever does so does not profit from it before somebody else confirms it."
            },
            footer = {
                "",
                "Example:",
                "  ${COMMAND-FULL-NAME} 'checkout is failing' --severity sev1 --service shop --responders oncall"
            })
    void open(
            @Parameters(paramLabel = "TITLE", description = "what is wrong") String title,
            @Option(
                            names = "--severity",
                            required = true,
                            paramLabel = "S",
                            description = "such as sev1; rules name it")
                    String severity,
            @Option(
                            names = "--service",
                            paramLabel = "S",
                            description =
                                    "what is wrong: the label service of targets, or a service of an IncidentSource")
                    @Nullable
                    String service,
            @Option(names = "--target", paramLabel = "T", description = "a target it is about; may be repeated")
                    @Nullable
                    List<String> targets,
            @Option(names = "--responder", paramLabel = "NAME", description = "who works on it; may be repeated")
                    @Nullable
                    List<String> responders,
            @Option(
                            names = "--responders",
                            paramLabel = "GROUP",
                            description = "a group whose members work on it; may be repeated")
                    @Nullable
                    List<String> groups,
            @Option(
                            names = "--for",
                            paramLabel = "4h",
                            description = "after this it is closed if nobody does (default: 24h)")
                    @Nullable
                    String lasts) {
        ObjectNode body = Json.object()
                .put("title", title)
                .put("severity", severity)
                .put("service", service)
                .put(
                        "lasts",
                        lasts == null ? null : Durations.parse("--for", lasts).toString());
        many(body, "targets", targets);
        many(body, "responders", responders);
        many(body, "responder_groups", groups);
        done(root, root.api().post("/incidents", body));
    }

    @Command(
            name = "list",
            description = "Open incidents that I opened or work on; with --all everybody's (right incident.read).",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} --all --closed"})
    void list(
            @Option(names = "--all", description = "everybody's") boolean all,
            @Option(names = "--closed", description = "those that are over") boolean closed,
            @Option(names = "--order", paramLabel = "O", description = "newest (the default) or oldest first") @Nullable
                    String order,
            @Option(names = "--limit", paramLabel = "N", description = "at most so many (default: 200)") @Nullable
                    Integer limit) {
        JsonNode answer = root.api()
                .list(
                        "/incidents",
                        Query.of()
                                .with("view", all ? "all" : "mine")
                                .with("state", closed ? "closed" : "open")
                                .with("order", order),
                        limit == null ? LIST : limit);
        root.show(answer, () -> {
            var table = Table.of(
                    "ID", "SEVERITY", "TITLE", "SINCE", closed ? "CLOSED" : "UNTIL", "TARGETS", "RESPONDERS", "COUNTS");
            for (JsonNode incident : answer.path("items")) {
                table.row(
                        Json.text(incident, "id"),
                        Json.text(incident, "severity"),
                        Json.text(incident, "title"),
                        root.times().relative(Json.text(incident, "opened_at")),
                        root.times().relative(Json.text(incident, closed ? "closed_at" : "ends_at")),
                        Json.joined(incident.path("targets"), ","),
                        responders(incident),
                        counts(incident));
            }
            return root.render(table, closed ? "none is over" : "no incident is open");
        });
    }

    private static String responders(JsonNode incident) {
        String people = Json.joined(incident.path("responders"), ",");
        String groups = Json.joined(incident.path("responder_groups"), ",");
        return people.isEmpty() ? groups : groups.isEmpty() ? people : people + "," + groups;
    }

    private static String counts(JsonNode incident) {
        if (!incident.path("counts").asBoolean(false)) {
            return "once confirmed";
        }
        String opener = Json.text(incident, "opened_by");
        return opener.isEmpty() || !Json.text(incident, "confirmed_by").isEmpty() ? "yes" : "not for " + opener;
    }

    @Command(
            name = "show",
            description = "Shows an incident.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} inc_01kb0gq8y9v3mzj1c5t7x2r4wd"})
    void show(@Parameters(paramLabel = "ID", description = "the incident") String id) {
        JsonNode incident = root.api().get(path(id));
        root.show(incident, () -> Yaml.write(incident));
    }

    @Command(
            name = "confirm",
            description = "Says that an incident is real (right incident.confirm). Not by who opened it.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} inc_01kb0gq8y9v3mzj1c5t7x2r4wd"})
    void confirm(@Parameters(paramLabel = "ID", description = "the incident") String id) {
        done(root, root.api().post(path(id) + "/confirm", Json.object()));
    }

    @Command(
            name = "close",
            description = "Ends an incident, and what was granted for it (right incident.change).",
            footer = {
                "",
                "Example:",
                "  ${COMMAND-FULL-NAME} inc_01kb0gq8y9v3mzj1c5t7x2r4wd --reason 'it was the cache'"
            })
    void close(
            @Parameters(paramLabel = "ID", description = "the incident") String id,
            @Option(names = "--reason", required = true, paramLabel = "R", description = "what came of it")
                    String reason) {
        done(root, root.api().post(path(id) + "/close", Json.object().put("reason", reason)));
    }

    static String path(String id) {
        return "/incidents/" + Query.segment(id);
    }

    static void many(ObjectNode body, String field, @Nullable List<String> values) {
        var list = body.putArray(field);
        if (values != null) {
            values.forEach(list::add);
        }
    }

    static void done(Root root, JsonNode incident) {
        root.show(
                incident,
                () -> Text.printable(Json.text(incident, "id") + " is " + Json.text(incident, "state") + ": "
                                + Json.text(incident, "severity") + ", " + Json.text(incident, "title")
                                + (Json.text(incident, "state").equals("open")
                                        ? "; on " + orNothing(Json.joined(incident.path("targets"), ", "))
                                                + "; worked on by " + orNothing(responders(incident))
                                        : ""))
                        + "\n");
    }

    private static String orNothing(String names) {
        return names.isEmpty() ? "none" : names;
    }
}
