package dev.sallyport.cli.catalog;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.output.Yaml;
import dev.sallyport.cli.verb.Root;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code identities}: the logins of people. */
@Command(
        synopsisSubcommandLabel = "VERB",
        description = {
            "The logins of people: who signs in as this subject of this issuer is that person.",
            "create, update and delete are those of sallyport people."
        },
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} list --person lead"})
public final class IdentityVerbs {
    private static final int LIST = 1000;
    private static final String PATH = "/identities";

    private final Root root;

    private IdentityVerbs(Root root) {
        this.root = root;
    }

    /** Its own verbs, and those it shares with {@code people}. */
    public static CommandLine commands(Root root) {
        var own = new CommandLine(new IdentityVerbs(root));
        Map<String, CommandLine> people = new CommandLine(new KindVerbs(root, "people")).getSubcommands();
        for (String shared : new String[] {"create", "update", "delete"}) {
            own.addSubcommand(shared, people.get(shared));
        }
        return own;
    }

    @Command(
            name = "list",
            description = "Lists logins, oldest first unless asked otherwise.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} --person lead"})
    void list(
            @Option(names = "--person", paramLabel = "NAME", description = "of this person") @Nullable String person,
            @Option(names = "--issuer", paramLabel = "URL", description = "of this issuer; local: passwords here")
                    @Nullable
                    String issuer,
            @Option(names = "--order", paramLabel = "O", description = "oldest (the default) or newest first") @Nullable
                    String order,
            @Option(names = "--limit", paramLabel = "N", description = "at most so many (default: 1000)") @Nullable
                    Integer limit) {
        JsonNode answer = root.api()
                .list(
                        PATH,
                        Query.of().with("person", person).with("issuer", issuer).with("order", order),
                        limit == null ? LIST : limit);
        root.show(answer, () -> {
            var table = Table.of("PERSON", "ISSUER", "SUBJECT", "SINCE", "ID");
            for (JsonNode item : answer.path("items")) {
                table.row(
                        Json.text(item, "person"),
                        Json.text(item, "issuer"),
                        Json.text(item, "subject"),
                        root.times().plain(Json.text(item, "created_at")),
                        Json.text(item, "id"));
            }
            return root.render(table, "no logins");
        });
    }

    @Command(
            name = "show",
            description = "Shows one login, or those of a person.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} lead"})
    void show(@Parameters(paramLabel = "ID|NAME", description = "the login's id, or the person's name") String what) {
        if (what.startsWith("idn_")) {
            JsonNode found = root.api().get(PATH + "/" + Query.segment(what));
            root.show(found, () -> Yaml.write(found));
        } else {
            list(what, null, null, null);
        }
    }

    @Command(
            name = "link",
            description = "Lets a person sign in as this subject of this issuer.",
            footer = {
                "",
                "Example:",
                "  ${COMMAND-FULL-NAME} lead --issuer https://id.example.org --subject 8f14e45f --reason \"her account\""
            })
    void link(
            @Parameters(paramLabel = "NAME", description = "the person") String name,
            @Option(names = "--issuer", required = true, paramLabel = "URL", description = "the provider's issuer")
                    String issuer,
            @Option(names = "--subject", required = true, paramLabel = "TEXT", description = "who it is there")
                    String subject,
            @Option(names = "--reason", required = true, paramLabel = "R", description = "why") String reason) {
        JsonNode linked = root.api()
                .post(
                        PATH,
                        Json.object()
                                .put("person", name)
                                .put("issuer", issuer)
                                .put("subject", subject)
                                .put("reason", reason));
        root.show(
                linked,
                () -> Text.printable(
                                subject + " of " + issuer + " is " + name + " now (" + Json.text(linked, "id") + ")")
                        + "\n");
    }

    @Command(
            name = "move",
            description = {
                "Makes one person of two that are one human: the login goes to the first, and the second is disabled.",
                "What the second held ends at once. Groups that the provider tells come at the next sign-in."
            },
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} idn_01h… --from lead-2 --to lead --reason \"one human\""})
    void move(
            @Parameters(paramLabel = "ID", description = "the login") String id,
            @Option(names = "--from", required = true, paramLabel = "NAME", description = "the second, disabled then")
                    String from,
            @Option(names = "--to", required = true, paramLabel = "NAME", description = "the first, who stays")
                    String to,
            @Option(names = "--reason", required = true, paramLabel = "R", description = "why") String reason) {
        JsonNode moved = root.api()
                .post(
                        PATH + "/" + Query.segment(id) + "/move",
                        Json.object().put("from", from).put("to", to).put("reason", reason));
        root.show(
                moved,
                () -> id + " is " + to + "'s now; " + from + " is disabled, "
                        + moved.path("revoked").size() + " grants ended\n");
    }

    @Command(
            name = "unlink",
            description = {
                "Takes a login away: nobody gets in through it, and the sessions that came in through it end.",
                "With the login of issuer local goes the password."
            },
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} idn_01h… --reason \"account closed\""})
    void unlink(
            @Parameters(paramLabel = "ID", description = "the login") String id,
            @Option(names = "--reason", required = true, paramLabel = "R", description = "why") String reason) {
        JsonNode gone = root.api()
                .good(root.api()
                        .send(
                                "DELETE",
                                PATH + "/" + Query.segment(id),
                                Map.of("Content-Type", "application/json"),
                                Json.compact(Json.object().put("reason", reason))))
                .json();
        root.show(
                gone, () -> id + " opens nothing any more; " + Json.text(gone, "sessions_ended") + " sessions ended\n");
    }
}
