package dev.sallyport.cli.ssh;

import dev.sallyport.cli.api.PrivateFiles;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.verb.Root;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code credential ssh}: the credential itself, for programs that are not ours. */
@Command(
        name = "credential",
        synopsisSubcommandLabel = "KIND",
        description = "Writes the credential of a running grant for other programs.",
        footer = {"", "Example:", "  sallyport credential ssh web-1"})
public final class CredentialVerbs {
    private final Root root;

    public CredentialVerbs(Root root) {
        this.root = root;
    }

    @Command(
            name = "ssh",
            description = "An SSH key and certificate; says where they are and when they end.",
            footer = {"", "Example:", "  sallyport credential ssh web-1 --login deploy --out ./creds"})
    void ssh(
            @Parameters(paramLabel = "TARGET", description = "the target") String target,
            @Option(names = "--login", paramLabel = "L", description = "the login there") @Nullable String login,
            @Option(names = "--out", paramLabel = "DIR", description = "copy the files into this folder") @Nullable
                    Path out) {
        Credential credential = new Credentials(root).fresh(new Destination(login, target));
        Path folder = out == null ? credential.folder() : copy(credential, out.toAbsolutePath());
        Path hosts = out == null ? credential.knownHosts() : folder.resolve("known_hosts");
        ObjectNode answer = ((ObjectNode) credential.json()).deepCopy();
        answer.put("identity_file", folder.resolve(Credential.KEY).toString());
        answer.put("certificate_file", folder.resolve(Credential.CERTIFICATE).toString());
        answer.put("known_hosts_file", hosts.toString());
        root.show(answer, () -> {
            var text = new StringBuilder();
            text.append("key          ").append(folder.resolve(Credential.KEY)).append('\n');
            text.append("certificate  ")
                    .append(folder.resolve(Credential.CERTIFICATE))
                    .append('\n');
            text.append("known hosts  ").append(hosts).append('\n');
            text.append("opens        %s@%s at %s port %d%n"
                    .formatted(credential.login(), credential.target(), credential.host(), credential.port()));
            text.append("expires      ")
                    .append(root.times().relative(credential.expiresAt()))
                    .append('\n');
            text.append("grant ends   ")
                    .append(root.times().relative(Json.text(answer, "grant_ends_at")))
                    .append('\n');
            return text.toString();
        });
    }

    private static Path copy(Credential credential, Path out) {
        try {
            PrivateFiles.folder(out);
            for (String name : new String[] {Credential.KEY, Credential.CERTIFICATE}) {
                PrivateFiles.write(
                        out.resolve(name), Files.readString(credential.folder().resolve(name)));
            }
            PrivateFiles.write(out.resolve("known_hosts"), Files.readString(credential.knownHosts()));
            return out;
        } catch (IOException e) {
            throw Failure.here("ssh.unwritable", out + " cannot be written: " + e.getMessage(), null);
        }
    }
}
