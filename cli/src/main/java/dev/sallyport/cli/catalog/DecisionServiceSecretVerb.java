package dev.sallyport.cli.catalog;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.verb.Root;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code decision-services secret}. */
@Command(
        name = "secret",
        description = {
            "Sets the key (whsec_…) that questions to a decision service and its answers are signed with. It is the first line",
            "of standard input. The service needs the same key. Right decision-service.write."
        },
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} risk-desk < key"})
public final class DecisionServiceSecretVerb implements Callable<Integer> {
    private final Root root;

    @Parameters(paramLabel = "NAME", description = "the decision service")
    private String name = "";

    public DecisionServiceSecretVerb(Root root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        String body = Json.object()
                .put("secret", root.shell().secretLine("the secret").reveal())
                .toString();
        root.api()
                .good(root.api()
                        .send(
                                "PUT",
                                "/decision-services/" + Query.segment(name) + "/secret",
                                Map.of("Content-Type", "application/json"),
                                body));
        root.show(Json.object().put("set", true), () -> "the secret of " + Text.printable(name) + " is set\n");
        return 0;
    }
}
