package dev.sallyport.cli.notification;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.output.Yaml;
import dev.sallyport.cli.verb.Root;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code notifications}: what was told, what waits, what was given up; trying channels, and their secrets. */
@Command(
        synopsisSubcommandLabel = "VERB",
        description = "What was told by which channel, and what was given up; rights notification.read and .write.",
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} list --state dead"})
public final class NotificationVerbs {
    private static final int LIST = 200;

    private final Root root;

    public NotificationVerbs(Root root) {
        this.root = root;
    }

    @Command(
            name = "list",
            description = "Notifications, by age.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} --state dead --channel ops-mail"})
    void list(
            @Option(names = "--state", paramLabel = "S", description = "waiting, sent or dead") @Nullable String state,
            @Option(names = "--channel", paramLabel = "NAME", description = "of this channel") @Nullable String channel,
            @Option(names = "--request", paramLabel = "ID", description = "about this request") @Nullable
                    String request,
            @Option(names = "--order", paramLabel = "O", description = "newest (the default) or oldest first") @Nullable
                    String order,
            @Option(names = "--limit", paramLabel = "N", description = "at most so many (default: 200)") @Nullable
                    Integer limit) {
        JsonNode answer = root.api()
                .list(
                        "/notifications",
                        Query.of()
                                .with("state", state)
                                .with("channel", channel)
                                .with("request", request)
                                .with("order", order),
                        limit == null ? LIST : limit);
        root.show(answer, () -> {
            var table = Table.of("ID", "STATE", "WHEN", "CHANNEL", "TO", "NEWS", "TITLE", "TRIES", "ERROR");
            for (JsonNode item : answer.path("items")) {
                table.row(
                        Json.text(item, "id"),
                        Json.text(item, "state"),
                        root.times().relative(Json.text(item, "created_at")),
                        Json.text(item, "channel"),
                        Json.text(item, "person"),
                        Json.text(item, "news"),
                        Json.text(item, "title"),
                        Json.text(item, "attempts"),
                        Json.text(item, "last_error"));
            }
            return root.render(table, "nothing was told");
        });
    }

    @Command(
            name = "show",
            description = "One notification in full.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} ntf_01kb…"})
    void show(@Parameters(paramLabel = "ID", description = "the notification") String id) {
        JsonNode found = root.api().get("/notifications/" + Query.segment(id));
        root.show(found, () -> Yaml.write(found));
    }

    @Command(
            name = "retry",
            description = "Tries again what was given up.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} ntf_01kb…"})
    void retry(@Parameters(paramLabel = "ID", description = "the notification") String id) {
        JsonNode found = root.api().post("/notifications/" + Query.segment(id) + "/retry", Json.object());
        root.show(found, () -> Text.printable(Json.text(found, "id") + " is " + Json.text(found, "state")) + "\n");
    }

    @Command(
            name = "test",
            description = "Sends something by a channel now; to you, where it goes to people.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} ops-mail"})
    void test(@Parameters(paramLabel = "CHANNEL", description = "its name") String channel) {
        root.api()
                .good(root.api()
                        .send("POST", "/notification-channels/" + Query.segment(channel) + "/test", Map.of(), null));
        root.show(Json.object().put("delivered", true), () -> Text.printable(channel) + " delivered it\n");
    }

    @Command(
            name = "secret",
            description = {
                "Sets the secret of a channel, which is the first line of standard input: the password of a mail server,",
                "the address of a chat's incoming webhook, or the key that signs for a program (whsec_…)."
            },
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} ops-mail < password"})
    void secret(@Parameters(paramLabel = "CHANNEL", description = "its name") String channel) {
        String body = Json.object()
                .put("secret", root.shell().secretLine("the secret").reveal())
                .toString();
        root.api()
                .good(root.api()
                        .send(
                                "PUT",
                                "/notification-channels/" + Query.segment(channel) + "/secret",
                                Map.of("Content-Type", "application/json"),
                                body));
        root.show(Json.object().put("set", true), () -> "the secret of " + Text.printable(channel) + " is set\n");
    }
}
