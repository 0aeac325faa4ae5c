package dev.sallyport.cli.ssh;

import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The OpenSSH client of this machine, run in this terminal. */
record OpenSsh(Shell shell) {
    /** How ssh and scp end when they could not connect or log in. */
    static final int NO_CONNECTION = 255;

    /** Options that hold whatever the person's own configuration says: the first value wins in ssh. */
    static List<String> options(Credential credential) {
        var options = new ArrayList<String>();
        for (String option : List.of(
                "HostName=" + credential.host(),
                "Port=" + credential.port(),
                "User=" + credential.user(),
                "HostKeyAlias=" + credential.hostKeyAlias(),
                "IdentityFile=" + quoted(credential.key().toString()),
                "CertificateFile=" + quoted(credential.certificate().toString()),
                "IdentitiesOnly=yes",
                "UserKnownHostsFile=" + quoted(credential.knownHosts().toString()),
                "GlobalKnownHostsFile=none",
                "StrictHostKeyChecking=yes",
                "UpdateHostKeys=no",
                "CheckHostIP=no")) {
            options.add("-o");
            options.add(option);
        }
        return options;
    }

    /** Runs the program with this terminal and returns how it ended; 128 + signal when it was killed. */
    int run(List<String> command) {
        try {
            var builder = new ProcessBuilder(command).inheritIO();
            builder.environment().clear();
            builder.environment().putAll(shell.environment());
            return builder.start().waitFor();
        } catch (IOException _) {
            throw Failure.here(
                    "ssh.missing",
                    command.getFirst() + " cannot be started",
                    "install OpenSSH's client (Debian: openssh-client)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.here("interrupted", "interrupted while " + command.getFirst() + " ran", null);
        }
    }

    /** Hands key and certificate to the agent until the certificate ends. */
    void addToAgent(Credential credential) {
        if (shell.environment().getOrDefault("SSH_AUTH_SOCK", "").isEmpty()) {
            throw Failure.here("ssh.no-agent", "there is no ssh-agent (SSH_AUTH_SOCK is not set)", "leave --agent out");
        }
        long seconds = Math.max(
                1, Duration.between(shell.now(), credential.expiresAt()).toSeconds());
        int exit = run(List.of(
                "ssh-add", "-q", "-t", String.valueOf(seconds), credential.key().toString()));
        if (exit != 0) {
            throw Failure.here("ssh.agent-refused", "ssh-add ended with " + exit, "leave --agent out");
        }
    }

    /** A path in an option: quoted against blanks, with ssh's own tokens escaped. */
    static String quoted(String path) {
        return '"' + path.replace("%", "%%") + '"';
    }
}
