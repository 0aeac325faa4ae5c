package dev.sallyport.cli;

import dev.sallyport.cli.access.AccessVerbs;
import dev.sallyport.cli.audit.AuditVerbs;
import dev.sallyport.cli.audit.FindingVerbs;
import dev.sallyport.cli.catalog.FileVerbs;
import dev.sallyport.cli.catalog.KindVerbs;
import dev.sallyport.cli.catalog.TargetVerbs;
import dev.sallyport.cli.doctor.DoctorVerbs;
import dev.sallyport.cli.login.LoginVerbs;
import dev.sallyport.cli.shell.Shell;
import dev.sallyport.cli.ssh.SshVerbs;
import dev.sallyport.cli.verb.Root;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Every verb, what it is for, and how its commands are built. Nothing of a feature is loaded until one of its verbs is
 * asked for: building all of them would take longer than most verbs run.
 */
record Verbs(String heading, List<Verb> verbs) {
    record Verb(String name, String summary, Function<Shell, CommandLine> commands) {}

    static final List<Verbs> ALL = List.of(
            new Verbs(
                    "Signing in",
                    List.of(
                            new Verb("login", "sign in to a server", Verbs::login),
                            new Verb("logout", "end this session", Verbs::login),
                            new Verb("whoami", "who is signed in, and with which rights", Verbs::login),
                            new Verb("passwd", "change the own password", Verbs::login))),
            new Verbs(
                    "Asking for access",
                    List.of(
                            new Verb("eligible", "what I may ask for, and what would be decided", Verbs::access),
                            new Verb("request", "ask for roles on targets", Verbs::access),
                            new Verb("requests", "requests: mine, to decide, or all", Verbs::access),
                            new Verb("show", "anything that has an id", Verbs::access),
                            new Verb("approve", "approve a request", Verbs::access),
                            new Verb("deny", "deny a request", Verbs::access),
                            new Verb("withdraw", "take back an own request", Verbs::access))),
            new Verbs(
                    "Holding and ending access",
                    List.of(
                            new Verb("grants", "what is granted now", Verbs::access),
                            new Verb("extend", "ask for more time", Verbs::access),
                            new Verb("return", "give a grant back early", Verbs::access),
                            new Verb("revoke", "end grants now", Verbs::access),
                            new Verb("quarantine", "end everything of a person, and keep it ended", Verbs::access),
                            new Verb("unquarantine", "let a person in again", Verbs::access))),
            new Verbs(
                    "Using access",
                    List.of(
                            new Verb("ssh", "log in to a target", Verbs::ssh),
                            new Verb("scp", "copy files to and from a target", Verbs::ssh),
                            new Verb("credential", "write the credential of a running grant", Verbs::credential),
                            new Verb("ssh-config", "let plain ssh, scp, rsync and ansible in", Verbs::ssh),
                            new Verb("ssh-prepare", "renew what plain ssh needs (called by ssh)", Verbs::ssh),
                            new Verb("ssh-ca", "the CA keys that targets must trust", Verbs::ssh),
                            new Verb("krl", "the list of revoked certificates", Verbs::ssh))),
            new Verbs(
                    "The catalogue",
                    List.of(
                            new Verb("apply", "make the catalogue what the files say", Verbs::files),
                            new Verb(
                                    "diff",
                                    "what apply would change, and whom it would take access from",
                                    Verbs::files),
                            new Verb("export", "the catalogue as files", Verbs::files),
                            kind("people", "people"),
                            kind("identities", "people and their logins"),
                            kind("groups", "groups"),
                            new Verb("targets", "targets", Verbs::targets),
                            kind("roles", "roles"),
                            kind("eligibilities", "who may ask for what"))),
            new Verbs(
                    "Watching",
                    List.of(
                            new Verb("audit", "search and follow the audit log", Verbs::audit),
                            new Verb("findings", "what somebody should look at", Verbs::findings),
                            new Verb("doctor", "what is wrong with this installation, and what to do", Verbs::doctor))),
            new Verbs(
                    "This program",
                    List.of(new Verb("completion", "completion for bash, zsh or fish", Verbs::completion))));

    static Optional<Verb> find(String name) {
        return ALL.stream()
                .flatMap(group -> group.verbs().stream())
                .filter(verb -> verb.name().equals(name))
                .findFirst();
    }

    /** All verbs under one command: for completion and for tests, not for running. */
    static CommandLine everything(Shell shell) {
        // without the global options, which the verbs bring along from their own roots
        var root = new CommandLine(CommandSpec.create().name("sallyport"));
        for (Verbs group : ALL) {
            for (Verb verb : group.verbs()) {
                root.addSubcommand(
                        verb.name(),
                        verb.commands().apply(shell).getSubcommands().get(verb.name()));
            }
        }
        return root;
    }

    private static Verb kind(String name, String summary) {
        return new Verb(name, summary, shell -> kinds(shell, name, name.equals("identities") ? "people" : name));
    }

    private static CommandLine kinds(Shell shell, String name, String kind) {
        var root = new Root(shell);
        return new CommandLine(root).addSubcommand(name, new KindVerbs(root, kind));
    }

    private static CommandLine targets(Shell shell) {
        var root = new Root(shell);
        return new CommandLine(root).addSubcommand("targets", new TargetVerbs(root));
    }

    private static CommandLine login(Shell shell) {
        return new CommandLine(new LoginVerbs(shell));
    }

    private static CommandLine access(Shell shell) {
        return new CommandLine(new AccessVerbs(shell));
    }

    private static CommandLine ssh(Shell shell) {
        return SshVerbs.commands(shell);
    }

    private static CommandLine credential(Shell shell) {
        var root = new Root(shell);
        return new CommandLine(root).addSubcommand("credential", new dev.sallyport.cli.ssh.CredentialVerbs(root));
    }

    private static CommandLine files(Shell shell) {
        return new CommandLine(new FileVerbs(shell));
    }

    private static CommandLine audit(Shell shell) {
        var root = new Root(shell);
        return new CommandLine(root).addSubcommand("audit", new AuditVerbs(root));
    }

    private static CommandLine findings(Shell shell) {
        return new CommandLine(new FindingVerbs(shell));
    }

    private static CommandLine doctor(Shell shell) {
        return new CommandLine(new DoctorVerbs(shell));
    }

    private static CommandLine completion(Shell shell) {
        return new CommandLine(new CompletionVerbs(shell));
    }
}
