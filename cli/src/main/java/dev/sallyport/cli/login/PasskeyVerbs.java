package dev.sallyport.cli.login;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.verb.Root;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code passkeys}: the own ones. Browsers make and show them; a command line cannot. */
@Command(
        synopsisSubcommandLabel = "VERB",
        description = "The own passkeys. A browser makes them; here they are listed, renamed and removed.",
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} list"})
public final class PasskeyVerbs {
    private final Root root;

    public PasskeyVerbs(Root root) {
        this.root = root;
    }

    @Command(
            name = "list",
            description = "The own passkeys, the oldest first.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME}"})
    void list() {
        JsonNode answer = root.api().get("/me/passkeys");
        root.show(answer, () -> {
            var table = Table.of("ID", "NAME", "MADE", "LAST USED", "WHERE");
            for (JsonNode each : answer.path("items")) {
                table.row(
                        Json.text(each, "id"),
                        Json.text(each, "name"),
                        root.times().relative(Json.text(each, "made_at")),
                        each.hasNonNull("last_used_at")
                                ? root.times().relative(Json.text(each, "last_used_at"))
                                : "never",
                        where(each));
            }
            return root.render(table, "no passkeys: sallyport passkeys add");
        });
    }

    private static String where(JsonNode passkey) {
        if (!passkey.path("synced").asBoolean(false)) {
            return "one device";
        }
        return passkey.path("backed_up").asBoolean(false) ? "backed up" : "may be backed up";
    }

    @Command(
            name = "add",
            description = "Says where a browser makes one: a command line cannot.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME}"})
    void add() {
        root.print("A browser makes passkeys. Open this page, sign in, and choose \"Add a passkey\":");
        root.print("  " + root.profile().server() + "/me");
    }

    @Command(
            name = "rename",
            description = "Calls one by another name.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} psk_01kb0gq8y9v3mzj1c5t7x2r4wd \"the blue key\""})
    void rename(
            @Parameters(paramLabel = "ID", description = "the passkey") String id,
            @Parameters(paramLabel = "NAME", description = "its new name") String name) {
        root.api()
                .post(
                        "/me/passkeys/" + Query.segment(id) + "/rename",
                        Json.object().put("name", name));
        root.print(Text.printable(id) + " is called " + Text.quoted(name) + " now");
    }

    @Command(
            name = "remove",
            description = {
                "Takes one away, for a code of the authenticator app: it signs in no more, and what it opened elsewhere ends.",
                "Whoever has passkeys and no app removes them in the portal, which asks for one."
            },
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} psk_01kb0gq8y9v3mzj1c5t7x2r4wd"})
    void remove(
            @Parameters(paramLabel = "ID", description = "the passkey") String id,
            @Option(names = "--totp-stdin", description = "the first line of standard input is a code") boolean totp) {
        root.codesFromInput(totp);
        root.api().post("/me/passkeys/" + Query.segment(id) + "/remove", Json.object());
        root.print(Text.printable(id) + " is removed; delete it on the device as well");
    }
}
