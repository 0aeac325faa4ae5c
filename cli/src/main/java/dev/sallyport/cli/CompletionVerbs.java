package dev.sallyport.cli;

import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import dev.sallyport.cli.verb.Root;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Completion scripts. */
final class CompletionVerbs extends Root {
    CompletionVerbs(Shell shell) {
        super(shell);
    }

    @Command(
            name = "completion",
            description = "Prints the completion script of a shell.",
            footer = {"", "Example:", "  source <(sallyport completion bash)"})
    void completion(@Parameters(paramLabel = "bash|zsh|fish", description = "the shell") String name) {
        CommandLine all = Verbs.everything(shell());
        switch (name) {
            // picocli's script serves both: under zsh it starts bashcompinit
            case "bash", "zsh" -> shell().out().println(AutoComplete.bash("sallyport", all));
            case "fish" -> shell().out().print(fish(all));
            default -> throw Failure.usage("completion: \"" + name + "\" (expected: bash, zsh or fish)", null);
        }
    }

    private static String fish(CommandLine all) {
        var out = new StringBuilder("complete -c sallyport -f\n");
        all.getSubcommands().forEach((name, verb) -> {
            String summary = Verbs.find(name).map(Verbs.Verb::summary).orElse("");
            out.append("complete -c sallyport -n __fish_use_subcommand -a %s -d %s\n".formatted(name, quote(summary)));
            words(out, "__fish_seen_subcommand_from " + name, verb);
            verb.getSubcommands().forEach((nested, command) -> {
                out.append("complete -c sallyport -n '__fish_seen_subcommand_from %s' -a %s\n".formatted(name, nested));
                words(
                        out,
                        "__fish_seen_subcommand_from " + name + "; and __fish_seen_subcommand_from " + nested,
                        command);
            });
        });
        return out.toString();
    }

    private static void words(StringBuilder out, String condition, CommandLine command) {
        for (var option : command.getCommandSpec().options()) {
            String description = option.description().length == 0 ? "" : option.description()[0];
            String flags = option.arity().max() > 0 ? " -r" : "";
            out.append("complete -c sallyport -n '%s' -l %s%s -d %s\n"
                    .formatted(condition, option.longestName().replaceFirst("^-+", ""), flags, quote(description)));
        }
    }

    private static String quote(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
