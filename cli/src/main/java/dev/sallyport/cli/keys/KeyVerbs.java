package dev.sallyport.cli.keys;

import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.verb.Root;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code keys}: what signs, and replacing it. */
@Command(
        synopsisSubcommandLabel = "VERB",
        description = "The keys that sign certificates, revocation lists and access tokens.",
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} list"})
public final class KeyVerbs {
    private static final String PATH = "/keys";
    private static final String PURPOSE = "access, target, host, krl or token";

    private final Root root;

    public KeyVerbs(Root root) {
        this.root = root;
    }

    @Command(
            name = "list",
            description = "Lists keys by purpose, and the hosts that have not learned the newest.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME}"})
    void list() {
        show(root.api().get(PATH));
    }

    @Command(
            name = "rotate",
            description = {
                "Publishes the next key of a purpose, so that hosts and clients learn it before it signs: activate it later.",
                "Token keys are always published beforehand: the next one signs at once."
            },
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} krl"})
    void rotate(@Parameters(paramLabel = "PURPOSE", description = PURPOSE) String purpose) {
        show(root.api().post(PATH + "/" + Query.segment(purpose) + "/rotate", Json.object()));
    }

    @Command(
            name = "activate",
            description = {
                "Lets the next key of a purpose sign; the one that did is retired and stays trusted as long as anything it"
                        + " signed holds.",
                "Refused within an hour after rotate, and while enrolled hosts have not learned the key, unless forced."
            },
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} krl"})
    void activate(
            @Parameters(paramLabel = "PURPOSE", description = PURPOSE) String purpose,
            @Option(names = "--force", description = "at once, as when the present key is lost to somebody")
                    boolean force) {
        show(root.api()
                .post(
                        PATH + "/" + Query.segment(purpose) + "/activate",
                        Json.object().put("force", force)));
    }

    private void show(JsonNode answer) {
        root.show(answer, () -> {
            var table = Table.of("PURPOSE", "STATE", "FINGERPRINT", "SINCE", "TRUSTED UNTIL", "ID");
            for (JsonNode key : answer.path("items")) {
                String until = Json.text(key, "trusted_until");
                table.row(
                        Json.text(key, "purpose"),
                        Json.text(key, "state"),
                        Json.text(key, "fingerprint"),
                        root.times().plain(Json.text(key, "since")),
                        until.isEmpty() ? "" : root.times().plain(until),
                        Json.text(key, "id"));
            }
            String lacking = Json.joined(answer.path("hosts_lacking"), ", ");
            return root.render(table, "no keys")
                    + (lacking.isEmpty() ? "" : "hosts that have not learned the newest keys: " + lacking + "\n");
        });
    }
}
