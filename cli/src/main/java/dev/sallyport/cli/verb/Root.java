package dev.sallyport.cli.verb;

import dev.sallyport.base.Secret;
import dev.sallyport.cli.api.Api;
import dev.sallyport.cli.api.Profile;
import dev.sallyport.cli.api.Profiles;
import dev.sallyport.cli.api.Servers;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.output.Times;
import dev.sallyport.cli.output.Yaml;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import tools.jackson.databind.JsonNode;

/**
 * The program itself: the options every verb takes. A feature extends it and adds its verbs as methods, so that only the
 * feature that is asked for has to be loaded.
 */
@Command(
        name = "sallyport",
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "VERB",
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%n",
        commandListHeading = "%nVerbs:%n")
public class Root {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json|yaml|wide",
            scope = ScopeType.INHERIT,
            order = 100,
            description = "how to show the answer (default: table)")
    private Format format = Format.TABLE;

    @Option(
            names = "--server",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            order = 101,
            description = "the server meant (default: the one signed in to last)")
    private @Nullable String server;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            order = 102,
            description = "shows this help")
    private boolean help;

    private final Shell shell;
    private @Nullable Api api;
    private boolean codesFromInput;

    public Root(Shell shell) {
        this.shell = shell;
    }

    public final Shell shell() {
        return shell;
    }

    public final boolean isHelp() {
        return help;
    }

    public final Format format() {
        return format;
    }

    public final Times times() {
        return new Times(shell.now(), shell.zone());
    }

    public final Profiles profiles() {
        return new Profiles(shell.home());
    }

    /** The server meant, if it can be told. */
    public final @Nullable String server() {
        return server == null ? profiles().current().orElse(null) : Servers.check(server);
    }

    /** The server's profile; refuses when nobody has ever signed in to it. */
    public final Profile profile() {
        String meant = server();
        if (meant == null) {
            throw Failure.here("auth.required", "nobody is signed in", "sallyport login --server URL");
        }
        return profiles()
                .find(meant)
                .orElseThrow(() -> Failure.here(
                        "auth.required", "nobody is signed in to " + meant, "sallyport login --server " + meant));
    }

    /** The API as the person signed in. */
    public final Api api() {
        if (api == null) {
            api = new Api(profiles(), profile(), shell.clock(), this::factor);
        }
        return api;
    }

    /** Shows the answer as data, or as the text for people. */
    public final void show(JsonNode answer, Supplier<String> text) {
        switch (format) {
            case JSON -> shell.out().println(Json.pretty(answer));
            case YAML -> shell.out().print(Yaml.write(answer));
            case TABLE, WIDE -> shell.out().print(text.get());
        }
    }

    /** Says that codes of the second factor, where a call wants one, are lines of standard input. */
    public final void codesFromInput(boolean fromInput) {
        codesFromInput = fromInput;
    }

    private Optional<Secret> factor(String why) {
        if (!codesFromInput && !shell.interactive()) {
            shell.note("(--totp-stdin takes a code from standard input; in a terminal it is asked for)");
            return Optional.empty();
        }
        shell.note(why);
        return Optional.of(oneTimeCode(codesFromInput));
    }

    /** A code of the second factor: the next line of standard input if that was said, else asked for in the terminal. */
    public final Secret oneTimeCode(boolean fromInput) {
        if (!fromInput && !shell.interactive()) {
            throw Failure.here(
                    "factor.code-needed",
                    "a code of your authenticator app is needed, and there is no terminal to ask for it",
                    "--totp-stdin takes it from standard input");
        }
        return fromInput
                ? shell.secretLine("the one-time code")
                : shell.askSecret("code of your authenticator app, or a recovery code");
    }

    /** A table as wide as it may be, or the sentence when it has no rows. */
    public final String render(Table table, String none) {
        return table.isEmpty() ? none + "\n" : table.render(isWide() ? Integer.MAX_VALUE : shell.width());
    }

    public final boolean isWide() {
        return format == Format.WIDE;
    }

    /** A line on standard output, made printable. */
    public final void print(String line) {
        shell.out().println(dev.sallyport.base.Text.printable(line));
    }
}
