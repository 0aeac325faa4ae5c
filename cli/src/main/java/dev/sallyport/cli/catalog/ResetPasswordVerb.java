package dev.sallyport.cli.catalog;

import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.verb.Root;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code people reset-password}. */
@Command(
        name = "reset-password",
        description = {
            "Makes a link by which a person who lost their password sets a new one: good once, for half an hour.",
            "Give it to that person by a way that reaches nobody else. The old password and all sessions end when it is used."
        },
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} dev --reason \"forgot it; called from the desk\""})
public final class ResetPasswordVerb implements Callable<Integer> {
    private final Root root;

    @Parameters(paramLabel = "NAME", description = "the person")
    private String name = "";

    @Option(names = "--reason", required = true, paramLabel = "R", description = "why")
    private String reason = "";

    public ResetPasswordVerb(Root root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        JsonNode link = root.api()
                .post(
                        "/people/" + Query.segment(name) + "/password-reset",
                        Json.object().put("reason", reason));
        root.show(
                link,
                () -> "For " + name + " alone, once, until " + root.times().plain(Json.text(link, "expires_at")) + ":\n"
                        + Json.text(link, "url") + "\n");
        return 0;
    }
}
