package dev.sallyport.cli.catalog;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Exit;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.GivenFiles;
import dev.sallyport.cli.verb.Root;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code decision-services test}. */
@Command(
        name = "test",
        description = {
            "Asks a decision service something that is marked as a test (its type is decision-test), checks what it answers",
            "as if it counted, and says how long that took. Nothing is decided by it. About a request that was made, or about",
            "something made up. Ends with 1 when no answer came that would have counted. Right decision-service.write."
        },
        footer = {
            "",
            "Example:",
            "  ${COMMAND-FULL-NAME} risk-desk",
            "  ${COMMAND-FULL-NAME} risk-desk --role ops --target web-1 --for 2h --risk 60",
            "  ${COMMAND-FULL-NAME} risk-desk --request req_01k…"
        })
public final class DecisionServiceTestVerb implements Callable<Integer> {
    private final Root root;

    @Parameters(paramLabel = "NAME", description = "the decision service")
    private String name = "";

    @Option(
            names = "--request",
            paramLabel = "ID",
            description = "a request that you may see; the service is told its facts (right policy.read)")
    private @Nullable String request;

    @Option(names = "--requester", paramLabel = "NAME", description = "who would ask (default: test)")
    private @Nullable String requester;

    @Option(names = "--role", paramLabel = "ROLE", description = "the role (default: test)")
    private @Nullable String role;

    @Option(names = "--target", paramLabel = "TARGET", description = "the target (default: test)")
    private @Nullable String target;

    @Option(names = "--for", paramLabel = "1h", description = "for how long (default: 1h)")
    private @Nullable String duration;

    @Option(names = "--reason", paramLabel = "R", description = "the reason given")
    private @Nullable String reason;

    @Option(names = "--ticket", paramLabel = "T", description = "the ticket given")
    private @Nullable String ticket;

    @Option(names = "--break-glass", description = "as an emergency")
    private boolean breakGlass;

    @Option(names = "--risk", paramLabel = "POINTS", description = "how unusual it would be, 0 to 100")
    private @Nullable Integer risk;

    @Option(
            names = "--facts",
            paramLabel = "FILE",
            description = "the facts as JSON (principal, role, target, request, context)")
    private @Nullable Path facts;

    public DecisionServiceTestVerb(Root root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        JsonNode tried = root.api().post("/decision-services/" + Query.segment(name) + "/test", question());
        boolean answered = tried.path("answered").asBoolean(false);
        root.show(tried, () -> answered ? answered(tried) : failed(tried));
        return answered ? Exit.DONE : Exit.FAILED;
    }

    private ObjectNode question() {
        ObjectNode body = Json.object();
        Json.put(body, "request", request);
        Json.put(body, "requester", requester);
        Json.put(body, "role", role);
        Json.put(body, "target", target);
        Json.put(body, "duration", duration);
        Json.put(body, "reason", reason);
        Json.put(body, "ticket", ticket);
        if (breakGlass) {
            body.put("break_glass", true);
        }
        if (risk != null) {
            body.put("risk", risk);
        }
        if (facts != null) {
            JsonNode given = Json.read(GivenFiles.text(facts));
            if (!given.isObject()) {
                throw Failure.usage(
                        "--facts: " + Text.quoted(facts.toString()) + " holds no JSON object",
                        "sallyport policy explain REQUEST -o json shows the facts of a request");
            }
            body.set("facts", given);
        }
        return body;
    }

    private String answered(JsonNode tried) {
        String comment = Json.text(tried, "comment");
        return Text.printable(
                        name + " would " + Json.text(tried, "decision") + (comment.isEmpty() ? "" : ": " + comment))
                + "\n"
                + "answered in " + Json.text(tried, "milliseconds") + " ms, signed rightly; nothing is decided by it\n";
    }

    private String failed(JsonNode tried) {
        return Text.printable(name + " gave no answer that counts: " + Json.text(tried, "failure")) + "\n"
                + Text.printable("after " + Json.text(tried, "milliseconds") + " ms, from " + Json.text(tried, "url"))
                + "\n"
                + "a real question would be asked " + Json.text(tried, "attempts") + " times, and then "
                + (Json.text(tried, "silence").equals("escalate") ? "others would be asked" : "the item denied") + "\n";
    }
}
