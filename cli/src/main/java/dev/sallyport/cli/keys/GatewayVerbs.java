package dev.sallyport.cli.keys;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.verb.Root;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code gateways}: which there are, and letting those outside of servers in and out. */
@Command(
        synopsisSubcommandLabel = "VERB",
        description = "Gateways: those inside servers, and those elsewhere that were enrolled.",
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} list"})
public final class GatewayVerbs {
    private static final int LIST = 1000;
    private static final String PATH = "/gateways";

    /** With one colon, or with an IPv6 address in brackets. */
    private static final Pattern HOST_AND_PORT = Pattern.compile("([^:\\[\\]]+|\\[[^\\[\\]]+]):([0-9]{1,9})");

    private final Root root;

    public GatewayVerbs(Root root) {
        this.root = root;
    }

    @Command(
            name = "list",
            description = "Lists gateways, and when each was last heard.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME}"})
    void list(
            @Option(names = "--search", paramLabel = "TEXT", description = "only those whose name has it") @Nullable
                    String text,
            @Option(names = "--order", paramLabel = "O", description = "name (the default) or name-desc") @Nullable
                    String order) {
        JsonNode answer = root.api().list(PATH, Query.of().with("q", text).with("order", order), LIST);
        root.show(answer, () -> {
            var table = Table.of("NAME", "WHERE", "STATE", "ADDRESS", "LABELS", "HEARD");
            for (JsonNode gateway : answer.path("items")) {
                boolean builtIn = gateway.path("built_in").asBoolean(false);
                table.row(
                        Json.text(gateway, "name"),
                        builtIn ? "in a server" : "remote",
                        gateway.path("enrolled").asBoolean(false) ? "enrolled" : "waits for its token",
                        Json.text(gateway, "address"),
                        labels(gateway.path("labels")),
                        root.times().relative(Json.text(gateway, "seen_at")));
            }
            return root.render(table, "no gateways");
        });
    }

    private static String labels(JsonNode labels) {
        return labels.propertyStream()
                .map(label -> label.getKey() + "=" + Json.text(label.getValue()))
                .collect(Collectors.joining(","));
    }

    @Command(
            name = "enroll",
            description = {
                "Prints a token that lets a gateway enrol, once and within fifteen minutes. One that is there already gets a",
                "new key by it; the old one counts until then. The gateway reaches only targets that carry every label."
            },
            footer = {
                "",
                "Example:",
                "  ${COMMAND-FULL-NAME} eu-1 --address ssh.eu.example.org:2222 --label region=eu > token",
                "  sallyport gateway enroll --token-file token --server URL --ca ca.pem --dir /etc/sallyport/gateway"
            })
    void enroll(
            @Parameters(paramLabel = "NAME", description = "the gateway's name") String name,
            @Option(
                            names = "--address",
                            required = true,
                            paramLabel = "HOST[:PORT]",
                            description = "where people connect to; port 2222 if it is left out")
                    String address,
            @Option(names = "--label", paramLabel = "K=V", description = "only targets with this label; repeatable")
                    @Nullable
                    Map<String, String> labels,
            @Option(names = "--all-targets", description = "every target, instead of those with labels")
                    boolean allTargets) {
        ObjectNode body = Json.object().put("all_targets", allTargets);
        var parts = HOST_AND_PORT.matcher(address);
        if (parts.matches()) {
            body.put("address", parts.group(1).replaceAll("[\\[\\]]", ""))
                    .put("port", Integer.parseInt(parts.group(2)));
        } else {
            body.put("address", address.replaceAll("^\\[|]$", ""));
        }
        ObjectNode given = body.putObject("labels");
        new TreeMap<>(labels == null ? Map.<String, String>of() : labels).forEach(given::put);
        JsonNode answer = root.api().post(PATH + "/" + Query.segment(name) + "/enrollment", body);
        root.show(answer, () -> Json.text(answer, "token") + "\n");
        root.shell().note("good once, until " + root.times().full(Json.text(answer, "expires_at")));
    }

    @Command(
            name = "withdraw",
            description = "Refuses a gateway from now on, with every certificate it holds; its open sessions end.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} eu-1"})
    void withdraw(@Parameters(paramLabel = "NAME", description = "the gateway's name") String name) {
        root.api().good(root.api().send("DELETE", PATH + "/" + Query.segment(name), Map.of(), null));
        root.show(
                Json.object().put("gateway", name).put("done", "withdrawn"),
                () -> Text.printable(name) + " is withdrawn\n");
    }
}
