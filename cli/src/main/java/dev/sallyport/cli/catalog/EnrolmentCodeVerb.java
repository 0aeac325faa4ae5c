package dev.sallyport.cli.catalog;

import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.verb.Root;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code people enrolment-code}. */
@Command(
        name = "enrolment-code",
        description = {
            "Makes a code by which a person who has no second factor yet enrols the first: good once, and shown this once.",
            "Give it to that person by another way than their password: who holds both enrols a factor of their own."
        },
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} dev --reason \"first day; came to the desk\""})
public final class EnrolmentCodeVerb implements Callable<Integer> {
    private final Root root;

    @Parameters(paramLabel = "NAME", description = "the person")
    private String name = "";

    @Option(names = "--reason", required = true, paramLabel = "R", description = "why")
    private String reason = "";

    @Option(
            names = "--for",
            paramLabel = "D",
            description = "how long it is good: 1m to 7d (default: ${DEFAULT-VALUE})")
    private String duration = "1h";

    public EnrolmentCodeVerb(Root root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        JsonNode code = root.api()
                .post(
                        "/people/" + Query.segment(name) + "/enrolment-code",
                        Json.object().put("reason", reason).put("duration", duration));
        root.show(
                code,
                () -> "For " + name + " alone, once, until " + root.times().plain(Json.text(code, "expires_at")) + ":\n"
                        + Json.text(code, "code") + "\n");
        return 0;
    }
}
