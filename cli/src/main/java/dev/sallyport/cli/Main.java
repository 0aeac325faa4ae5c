package dev.sallyport.cli;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.cli.shell.Exit;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Runs one verb of the command line. */
public final class Main {
    /** Global options that stand before the verb and take a value. */
    private static final Set<String> WITH_VALUE = Set.of("-o", "--output", "--server");

    private static final Set<String> HELP = Set.of("-h", "--help", "help");

    private Main() {}

    public static void main(String... args) {
        System.exit(run(Shell.system(), args));
    }

    /** Runs the verb in the shell given and returns the exit code; nothing escapes. */
    public static int run(Shell shell, String... args) {
        try {
            return dispatch(shell, args);
        } catch (Failure e) {
            return shell.fail(e.exit(), e.code(), e.sentence(), e.hint());
        } finally {
            shell.out().flush();
            shell.err().flush();
        }
    }

    private static int dispatch(Shell shell, String... args) {
        String name = verb(args);
        if (name == null || HELP.contains(name)) {
            Help.print(shell);
            return name == null && args.length == 0 ? Exit.USAGE : Exit.DONE;
        }
        if (name.equals("--version")) {
            shell.out().println("sallyport " + Help.version());
            return Exit.DONE;
        }
        if (name.equals("train") && shell.environment().containsKey("SALLYPORT_TRAIN")) {
            return Training.run(shell);
        }
        var verb = Verbs.find(name)
                .orElseThrow(() -> Failure.usage(
                        "there is no verb " + Text.quoted(name),
                        Help.nearest(name) + " (sallyport --help lists them)"));
        return prepared(verb.commands(shell), shell).execute(args);
    }

    private static CommandLine prepared(CommandLine commands, Shell shell) {
        return commands.setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(shell.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(shell.err(), true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((e, _) -> wrongUsage(shell, e))
                .setExecutionExceptionHandler((e, _, _) -> failed(shell, e));
    }

    private static int wrongUsage(Shell shell, ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        if (e.getCause() instanceof Refusal refusal) {
            return shell.fail(Exit.USAGE, refusal.code(), refusal.sentence(), refusal.hint());
        }
        return shell.fail(Exit.USAGE, "usage", String.valueOf(e.getMessage()), command + " --help");
    }

    private static int failed(Shell shell, Exception e) {
        if (e instanceof Failure failure) {
            return shell.fail(failure.exit(), failure.code(), failure.sentence(), failure.hint());
        }
        if (e instanceof Refusal refusal) {
            int exit = refusal.kind() == Refusal.Kind.INVALID ? Exit.USAGE : Exit.FAILED;
            return shell.fail(exit, refusal.code(), refusal.sentence(), refusal.hint());
        }
        return fault(shell, e);
    }

    /** A mistake of this program's own. The trace is shown only to those who ask, for it helps nobody else. */
    private static int fault(Shell shell, Exception e) {
        if (shell.environment().containsKey("SALLYPORT_DEBUG")) {
            e.printStackTrace(shell.err());
        }
        return shell.fail(
                Exit.FAILED,
                "internal.error",
                e.getClass().getSimpleName() + ": " + e.getMessage(),
                "set SALLYPORT_DEBUG=1 to see where, and report it");
    }

    private static @Nullable String verb(String... args) {
        for (int i = 0; i < args.length; i++) {
            if (WITH_VALUE.contains(args[i])) {
                i++;
            } else if (!args[i].startsWith("-") || HELP.contains(args[i]) || args[i].equals("--version")) {
                return args[i];
            }
        }
        return null;
    }
}
