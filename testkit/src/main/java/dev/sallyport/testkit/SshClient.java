package dev.sallyport.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The real {@code ssh} as a script would call it: no configuration, no agent, no questions, only the keys and known hosts
 * it is given. Without known hosts every server is refused.
 */
public final class SshClient {
    private final String user;
    private final String host;
    private final int port;
    private final List<String> options = new ArrayList<>();
    private Path knownHosts = Path.of("/dev/null");
    private Duration limit = Duration.ofSeconds(30);

    private SshClient(String user, String host, int port) {
        this.user = user;
        this.host = host;
        this.port = port;
    }

    public static SshClient to(String user, int port) {
        return new SshClient(user, "127.0.0.1", port);
    }

    /** A certificate beside the key is offered too. */
    public SshClient key(Path privateKey) {
        options.addAll(List.of("-i", privateKey.toString()));
        return this;
    }

    public SshClient certificate(Path file) {
        return option("CertificateFile=" + file);
    }

    public SshClient knownHosts(Path file) {
        knownHosts = file;
        return this;
    }

    /** As after {@code -o}. */
    public SshClient option(String option) {
        options.addAll(List.of("-o", option));
        return this;
    }

    /** Any other argument before the host, such as {@code -tt}. */
    public SshClient argument(String argument) {
        options.add(argument);
        return this;
    }

    public SshClient limit(Duration longest) {
        limit = longest;
        return this;
    }

    /** Runs the command there; ssh's own failures have exit code 255. */
    public ProgramRun run(String command) {
        return run(command, "");
    }

    public ProgramRun run(String command, String input) {
        return ProgramRun.of(limit, commandLine(command), input);
    }

    /** For sessions that stay open beside the test. */
    public ChildProcess.Spec start(String command) {
        return ChildProcess.of(commandLine(command));
    }

    private List<String> commandLine(String command) {
        var line = new ArrayList<>(List.of("ssh", "-F", "none"));
        line.addAll(options);
        for (String option : List.of(
                "BatchMode=yes",
                "IdentitiesOnly=yes",
                "IdentityAgent=none",
                "StrictHostKeyChecking=yes",
                "UserKnownHostsFile=" + knownHosts,
                "GlobalKnownHostsFile=/dev/null",
                "ConnectTimeout=10")) {
            line.addAll(List.of("-o", option));
        }
        line.addAll(List.of("-p", "" + port, "-l", user, host, command));
        return line;
    }
}
