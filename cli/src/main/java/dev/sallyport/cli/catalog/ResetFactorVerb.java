package dev.sallyport.cli.catalog;

import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.verb.Root;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code people reset-factor}. */
@Command(
        name = "reset-factor",
        description = {
            "Takes away the second factor of a person who has lost it and their recovery codes; their sessions end.",
            "Be sure who asks: from then on their password alone signs in, until they enrol another."
        },
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} dev --reason \"lost the phone; came to the desk\""})
public final class ResetFactorVerb implements Callable<Integer> {
    private final Root root;

    @Parameters(paramLabel = "NAME", description = "the person")
    private String name = "";

    @Option(names = "--reason", required = true, paramLabel = "R", description = "why")
    private String reason = "";

    public ResetFactorVerb(Root root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        root.api()
                .post(
                        "/people/" + Query.segment(name) + "/factor-reset",
                        Json.object().put("reason", reason));
        root.print(name + " has no second factor any more");
        return 0;
    }
}
