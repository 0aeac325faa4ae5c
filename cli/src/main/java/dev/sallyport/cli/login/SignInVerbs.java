package dev.sallyport.cli.login;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.verb.Root;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code sign-ins}: where one is signed in. */
@Command(
        synopsisSubcommandLabel = "VERB",
        description = "Where one is signed in: browsers and command lines, and signing out there.",
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} list"})
public final class SignInVerbs {
    private static final int LIST = 200;

    private final Root root;

    public SignInVerbs(Root root) {
        this.root = root;
    }

    @Command(
            name = "list",
            description = "The own open sign-ins.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} -o wide"})
    void list(
            @Option(
                            names = "--order",
                            paramLabel = "O",
                            description = "newest (the default) or oldest first, or due: those that end soonest")
                    @Nullable
                    String order,
            @Option(names = "--limit", paramLabel = "N", description = "at most so many (default: 200)") @Nullable
                    Integer limit) {
        JsonNode answer =
                root.api().list("/me/sessions", Query.of().with("order", order), limit == null ? LIST : limit);
        root.show(answer, () -> {
            var table = Table.of("ID", "CLIENT", "SIGNED IN", "BY", "UNTIL", "FROM", "AGENT");
            for (JsonNode each : answer.path("items")) {
                table.row(
                        Json.text(each, "id"),
                        Json.text(each, "client") + (each.path("current").asBoolean(false) ? " (this one)" : ""),
                        root.times().relative(Json.text(each, "created_at")),
                        Json.joined(each.path("amr"), "+"),
                        root.times().relative(Json.text(each, "expires_at")),
                        Json.text(each, "client_address"),
                        Json.text(each, "user_agent"));
            }
            return root.render(table, "no sign-ins");
        });
    }

    @Command(
            name = "end",
            description = "Signs out one of them, or with --others all but the one that says so.",
            footer = {
                "",
                "Example:",
                "  ${COMMAND-FULL-NAME} ses_01kb0gq8y9v3mzj1c5t7x2r4wd",
                "  ${COMMAND-FULL-NAME} --others"
            })
    void end(
            @Parameters(paramLabel = "ID", arity = "0..1", description = "the sign-in") @Nullable String id,
            @Option(names = "--others", description = "all but this one") boolean others) {
        if ((id == null) != others) {
            throw Failure.usage("either an ID or --others", "sallyport sign-ins end --help");
        }
        if (id == null) {
            JsonNode answer = root.api().post("/me/sessions/end-others", Json.object());
            int ended = answer.path("ended").asInt(0);
            root.show(answer, () -> ended + (ended == 1 ? " other sign-in" : " other sign-ins") + " ended\n");
        } else {
            root.api().post("/me/sessions/" + Query.segment(id) + "/end", Json.object());
            root.print(Text.printable(id) + " is signed out");
        }
    }
}
