package dev.sallyport.cli.ssh;

import dev.sallyport.cli.api.PrivateFiles;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.verb.Root;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Lets plain ssh in. ssh reads its configuration line by line: the {@code Match exec} runs {@code ssh-prepare}, which
 * renews the certificate and writes {@code hosts/TARGET.conf}; the {@code Include} after it is read only then. So no
 * proxy stands between ssh and the target, and everything built on ssh works.
 */
final class SshConfig {
    private static final String SUFFIX = ".sallyport";

    private final Root root;

    SshConfig(Root root) {
        this.root = root;
    }

    /** The block for ssh's configuration. */
    String block() {
        return """
                # Written by "sallyport ssh-config --install"; "sallyport ssh-config --uninstall" takes it out.
                Match originalhost *%s exec "%s ssh-prepare '%%n' '%%r'"
                  Include "%s/*.conf"
                """.formatted(SUFFIX, invocation(), hosts());
    }

    void install() {
        Path block = blockFile();
        Path config = configFile();
        try {
            PrivateFiles.folder(hosts());
            PrivateFiles.folder(root.shell().userHome().resolve(".ssh"));
            PrivateFiles.folder(root.shell().userHome().resolve(".ssh/config.d"));
            String text = block();
            if (Files.exists(block) && Files.readString(block).equals(text)) {
                root.shell().note("unchanged: " + block);
            } else {
                PrivateFiles.write(block, text);
                root.shell().note("written: " + block);
                text.lines().forEach(line -> root.shell().note("  + " + line));
            }
            String old = Files.exists(config) ? Files.readString(config) : "";
            if (old.lines().anyMatch(include()::equals)) {
                root.shell().note("unchanged: " + config);
            } else {
                PrivateFiles.write(real(config), include() + "\n" + old);
                root.shell().note("first line of " + config + ":");
                root.shell().note("  + " + include());
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    void uninstall() {
        Path config = configFile();
        try {
            if (Files.exists(config)) {
                String old = Files.readString(config);
                if (old.lines().anyMatch(include()::equals)) {
                    PrivateFiles.write(real(config), old.replace(include() + "\n", ""));
                    root.shell().note("taken out of " + config + ":");
                    root.shell().note("  - " + include());
                }
            }
            if (Files.deleteIfExists(blockFile())) {
                root.shell().note("deleted: " + blockFile());
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Renews what ssh is about to read; a failure is told and makes the {@code Match} fail, so ssh goes no further. */
    void prepare(String host, @Nullable String login) {
        String target = host.endsWith(SUFFIX) ? host.substring(0, host.length() - SUFFIX.length()) : host;
        Credential credential = Way.choose(root.shell(), credential(target, login), null);
        // through a gateway the user name that ssh knows holds the target too
        String folder = credential.user().equals(credential.login())
                ? credential.folder().getParent() + "/%r"
                : credential.folder().toString().replace("%", "%%");
        String text = """
                Match originalhost %s
                  HostName %s
                  Port %d
                  User %s
                  HostKeyAlias %s
                  IdentityFile "%s/%s"
                  CertificateFile "%s/%s"
                  IdentitiesOnly yes
                  UserKnownHostsFile "%s"
                  GlobalKnownHostsFile none
                  StrictHostKeyChecking yes
                  UpdateHostKeys no
                """.formatted(
                        target + SUFFIX,
                        credential.host(),
                        credential.port(),
                        credential.user(),
                        credential.hostKeyAlias(),
                        folder,
                        Credential.KEY,
                        folder,
                        Credential.CERTIFICATE,
                        credential.knownHosts());
        try {
            PrivateFiles.folder(hosts());
            Path file = hosts().resolve(target + ".conf");
            if (!Files.exists(file) || !Files.readString(file).equals(text)) {
                PrivateFiles.write(file, text);
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /**
     * ssh names the local user when nobody named a login; the two cannot be told apart, and the server chooses then.
     */
    private Credential credential(String target, @Nullable String login) {
        var credentials = new Credentials(root);
        boolean named = login != null && !login.equals(System.getProperty("user.name"));
        if (named) {
            return credentials.fresh(new Destination(login, target));
        }
        return credentials.fresh(new Destination(null, target));
    }

    private String invocation() {
        String home = root.shell().environment().get("SALLYPORT_HOME");
        String command = word(root.shell().command());
        return home == null || home.isBlank() ? command : "SALLYPORT_HOME=" + word(home) + " " + command;
    }

    /** A word for the shell that ssh starts, inside ssh's own double quotes. */
    private static String word(String text) {
        if (text.indexOf('"') >= 0 || text.indexOf('\'') >= 0 || text.indexOf('\n') >= 0) {
            throw Failure.here("ssh.unusable-path", text + ": ssh cannot take a path with quotes", null);
        }
        return "'" + text.replace("%", "%%") + "'";
    }

    private String include() {
        return "Include \"" + blockFile() + '"';
    }

    private Path hosts() {
        return root.shell().home().resolve("ssh/hosts");
    }

    private Path blockFile() {
        return root.shell().userHome().resolve(".ssh/config.d/sallyport");
    }

    private Path configFile() {
        return root.shell().userHome().resolve(".ssh/config");
    }

    /** A configuration kept elsewhere stays there. */
    private static Path real(Path file) throws IOException {
        return Files.exists(file) ? file.toRealPath() : file;
    }

    private static Failure unwritable(IOException e) {
        return Failure.here("ssh.unwritable", "ssh's configuration cannot be written: " + e.getMessage(), null);
    }
}
