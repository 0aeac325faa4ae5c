package dev.sallyport.cli.incident;

import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.verb.Root;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code incidents responders}: who works on an incident. */
@Command(
        synopsisSubcommandLabel = "VERB",
        description = "Who works on an incident; right incident.change.",
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} add inc_01kb0gq8y9v3mzj1c5t7x2r4wd --responder dev"})
final class ResponderVerbs {
    private final Root root;

    ResponderVerbs(Root root) {
        this.root = root;
    }

    @Command(
            name = "add",
            description = "More people work on it. Nobody adds themselves, nor a group they are in.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} inc_01kb0gq8y9v3mzj1c5t7x2r4wd --responder dev"})
    void add(
            @Parameters(paramLabel = "ID", description = "the incident") String id,
            @Option(names = "--responder", paramLabel = "NAME", description = "a person; may be repeated") @Nullable
                    List<String> people,
            @Option(names = "--responders", paramLabel = "GROUP", description = "a group; may be repeated") @Nullable
                    List<String> groups) {
        send(id, "add", people, groups);
    }

    @Command(
            name = "remove",
            description = "Fewer people work on it; what they were granted for it ends.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} inc_01kb0gq8y9v3mzj1c5t7x2r4wd --responders oncall"})
    void remove(
            @Parameters(paramLabel = "ID", description = "the incident") String id,
            @Option(names = "--responder", paramLabel = "NAME", description = "a person; may be repeated") @Nullable
                    List<String> people,
            @Option(names = "--responders", paramLabel = "GROUP", description = "a group; may be repeated") @Nullable
                    List<String> groups) {
        send(id, "remove", people, groups);
    }

    private void send(String id, String verb, @Nullable List<String> people, @Nullable List<String> groups) {
        ObjectNode body = Json.object();
        IncidentVerbs.many(body, "responders", people);
        IncidentVerbs.many(body, "responder_groups", groups);
        IncidentVerbs.done(root, root.api().post(IncidentVerbs.path(id) + "/responders/" + verb, body));
    }
}
