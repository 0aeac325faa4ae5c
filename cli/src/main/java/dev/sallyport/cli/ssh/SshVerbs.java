package dev.sallyport.cli.ssh;

import dev.sallyport.base.Names;
import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Answer;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Exit;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import dev.sallyport.cli.verb.Root;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** ssh and scp with a certificate, and what plain ssh and targets need. */
public final class SshVerbs extends Root {
    private static final Pattern REMOTE = Pattern.compile("(?:([^/@:]+)@)?([a-z0-9][a-z0-9._-]*):(.*)", Pattern.DOTALL);

    private SshVerbs(Shell shell) {
        super(shell);
    }

    /** What follows the target belongs to ssh, options included. */
    public static CommandLine commands(Shell shell) {
        var commands = new CommandLine(new SshVerbs(shell));
        commands.getSubcommands().forEach((name, command) -> {
            if (name.equals("ssh") || name.equals("scp")) {
                command.setStopAtPositional(true).setUnmatchedOptionsArePositionalParams(true);
            }
        });
        return commands;
    }

    @Command(
            name = "ssh",
            description = {
                "Logs in to a target where a grant of mine runs, with a certificate that ends with it. Everything after the",
                "target goes to ssh as it stands; its exit status is returned.",
                "Where several gateways reach the target, the nearest that answers is taken; --gateway, or SALLYPORT_GATEWAY",
                "in the environment, names another.",
                "--agent also hands key and certificate to the running ssh-agent until the certificate ends, which agent",
                "forwarding and programs without files need; other programs of this person can then use them too."
            },
            footer = {
                "",
                "Example:",
                "  sallyport ssh web-1",
                "  sallyport ssh deploy@web-1 -L 8080:127.0.0.1:80 -- systemctl status nginx"
            })
    int ssh(
            @Option(names = "--agent", description = "also add the certificate to the ssh-agent") boolean agent,
            @Option(names = "--gateway", paramLabel = "NAME", description = "go through this gateway") @Nullable
                    String gateway,
            @Parameters(arity = "1..*", paramLabel = "[LOGIN@]TARGET", description = "the target, then ssh's own words")
                    List<String> words) {
        if (words.getFirst().startsWith("-")) {
            throw Failure.usage(
                    "ssh: " + Text.quoted(words.getFirst()) + " before the target (expected: ssh's options after it)",
                    "sallyport ssh TARGET " + words.getFirst());
        }
        var destination = Destination.parse(words.getFirst());
        var credentials = new Credentials(this);
        Credential credential = Way.choose(shell(), credentials.fresh(destination), gateway);
        var openSsh = new OpenSsh(shell());
        if (agent) {
            openSsh.addToAgent(credential);
        }
        var command = new ArrayList<String>();
        command.add("ssh");
        command.addAll(OpenSsh.options(credential));
        command.add(credential.target());
        command.addAll(words.subList(1, words.size()));
        int exit = openSsh.run(command);
        if (exit == OpenSsh.NO_CONNECTION) {
            credentials.explain(destination, credential);
        }
        return exit;
    }

    @Command(
            name = "scp",
            description = {
                "Copies files to or from one target where a grant of mine runs; scp's own options work.",
                "Gateways are chosen as for sallyport ssh."
            },
            footer = {"", "Example:", "  sallyport scp -r site/ deploy@web-1:/srv/www/"})
    int scp(
            @Option(names = "--gateway", paramLabel = "NAME", description = "go through this gateway") @Nullable
                    String gateway,
            @Parameters(arity = "2..*", paramLabel = "FILE", description = "scp's options and files")
                    List<String> words) {
        var destinations = new LinkedHashSet<Destination>();
        var command = new ArrayList<String>();
        for (String word : words) {
            var remote = REMOTE.matcher(word);
            if (remote.matches()) {
                destinations.add(new Destination(remote.group(1), remote.group(2)));
                command.add(remote.group(2) + ":" + remote.group(3));
            } else {
                command.add(word);
            }
        }
        if (destinations.size() != 1) {
            throw Failure.usage(
                    "scp: " + destinations.size() + " targets (expected: one, as [LOGIN@]TARGET:PATH)",
                    "copy between two targets in two steps");
        }
        var credentials = new Credentials(this);
        Credential credential = Way.choose(shell(), credentials.fresh(destinations.getFirst()), gateway);
        command.addAll(0, OpenSsh.options(credential));
        command.addFirst("scp");
        int exit = new OpenSsh(shell()).run(command);
        if (exit == OpenSsh.NO_CONNECTION) {
            credentials.explain(destinations.getFirst(), credential);
        }
        return exit;
    }

    @Command(
            name = "ssh-config",
            description = {
                "Lets plain ssh, scp, rsync and ansible reach targets as TARGET.sallyport: a block for ssh's configuration",
                "that fetches or renews the certificate when ssh starts. --install writes it to ~/.ssh/config.d/sallyport and",
                "includes it at the top of ~/.ssh/config; --uninstall takes both out again.",
                "Gateways are chosen as for sallyport ssh."
            },
            footer = {"", "Example:", "  sallyport ssh-config --install && ssh web-1.sallyport"})
    int sshConfig(
            @Option(names = "--install", description = "write it") boolean install,
            @Option(names = "--uninstall", description = "take it out") boolean uninstall) {
        if (install && uninstall) {
            throw Failure.usage("--install and --uninstall exclude each other", null);
        }
        var config = new SshConfig(this);
        if (install) {
            config.install();
        } else if (uninstall) {
            config.uninstall();
        } else {
            shell().out().print(config.block());
        }
        return Exit.DONE;
    }

    @Command(
            name = "ssh-prepare",
            description = "Called by ssh: renews the certificate for TARGET.sallyport and writes where it is.",
            footer = {"", "Example:", "  sallyport ssh-prepare web-1.sallyport deploy"})
    int sshPrepare(
            @Parameters(paramLabel = "HOST", description = "as typed, with .sallyport") String host,
            @Parameters(paramLabel = "LOGIN", arity = "0..1", description = "the login ssh would use") @Nullable
                    String login) {
        new SshConfig(this).prepare(host, login);
        return Exit.DONE;
    }

    @Command(
            name = "ssh-ca",
            description = {
                "Prints the keys of the CAs, and what goes into a target's configuration: per login the lines that bind the"
                        + " CA to the one principal that opens it, and what sshd must be told.",
                "--principals-script prints the program that binds the authorities of break-glass kits to principals.",
                "Without --login the target's own logins are used, where I may see them. Needs no sign-in. (sallyport targets"
                        + " enroll does all of it.)"
            },
            footer = {
                "",
                "Example:",
                "  sallyport ssh-ca web-1 --login deploy",
                "  sallyport ssh-ca --server https://pam.example.org --ca-file ca.pem"
            })
    void sshCa(
            @Parameters(paramLabel = "TARGET", arity = "0..1", description = "for this target") @Nullable String target,
            @Option(names = "--login", paramLabel = "L", description = "an account there; may be repeated") @Nullable
                    List<String> logins,
            @Option(names = "--ca-file", paramLabel = "F", description = "trust the CA in this file (PEM)") @Nullable
                    Path caFile,
            @Option(names = "--principals-script", description = "print only that program") boolean script) {
        var found = (ObjectNode) new PublicCalls(this, caFile).good("/ssh/cas").json();
        if (script) {
            shell().out().print(Json.text(found, "principals_script"));
            return;
        }
        if (target == null) {
            show(found, () -> CaText.keys(found));
            return;
        }
        Names.check("target", target);
        List<String> named = logins == null ? loginsOf(target) : logins;
        CaText.add(found, target, named.isEmpty() ? List.of("LOGIN") : named);
        show(found, () -> CaText.keys(found) + CaText.target(found, target));
    }

    /** What the catalogue says, to those who may read it. */
    private List<String> loginsOf(String target) {
        String meant = server();
        if (meant == null
                || profiles()
                        .find(meant)
                        .filter(profile -> profile.tokens() != null)
                        .isEmpty()) {
            return List.of();
        }
        Answer answer = api().send("GET", "/targets/" + Query.segment(target), Map.of(), null);
        return answer.isGood() ? Json.texts(answer.json().path("spec").path("logins")) : List.of();
    }

    @Command(
            name = "krl",
            description = {
                "Fetches the list of revoked certificates (for sshd's RevokedKeys). Needs no sign-in.",
                "--verify checks the list's own signature by the server's krl keys, and refuses a list older than the file it"
                        + " would replace."
            },
            footer = {
                "",
                "Example:",
                "  sallyport krl --verify --out /etc/ssh/sallyport.krl",
                "  sallyport krl --server https://pam.example.org --ca-file ca.pem --verify --out sallyport.krl"
            })
    void krl(
            @Option(names = "--out", paramLabel = "F", description = "write it here") @Nullable Path out,
            @Option(names = "--verify", description = "check its signature") boolean verify,
            @Option(names = "--ca-file", paramLabel = "F", description = "trust the CA in this file (PEM)") @Nullable
                    Path caFile) {
        var calls = new PublicCalls(this, caFile);
        Revocations list = verify ? Revocations.verified(calls) : Revocations.asSent(calls);
        try {
            if (out == null) {
                if (shell().interactive()) {
                    throw Failure.usage("the list is binary and not for a terminal", "sallyport krl --out F");
                }
                shell().out().write(list.bytes());
                return;
            }
            if (verify) {
                list.refuseToReplaceNewer(out);
            }
            Path draft = out.resolveSibling("." + out.getFileName() + ".new");
            Files.write(draft, list.bytes());
            Files.move(draft, out, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Failure.here("ssh.unwritable", out + " cannot be written: " + e.getMessage(), null);
        }
        show(
                Json.object()
                        .put("version", list.version())
                        .put("file", out.toString())
                        .put("bytes", list.bytes().length)
                        .put("verified", verify),
                () -> "version " + Text.printable(list.version()) + " written to " + out
                        + (verify ? ", its signature is right\n" : "\n"));
    }
}
