package dev.sallyport.cli.host;

import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A bash on the host, as root. What it runs comes over its standard input, so that no process list shows it; ssh uses
 * the person's own configuration, keys and known hosts, and may ask on their terminal.
 *
 * @param command starts it
 * @param place for messages
 */
record HostShell(Shell shell, List<String> command, String place) {
    private static final int LARGEST = 16 << 20;

    /** How it ended. */
    record Ran(int exit, String out, String err) {}

    static HostShell here(Shell shell) {
        return new HostShell(shell, List.of("bash", "-s"), "this machine");
    }

    /** The host as {@code root@HOST[:PORT]}, and options for ssh. */
    static HostShell over(Shell shell, String host, List<String> options) {
        int colon = host.lastIndexOf(':');
        boolean port = colon > 0 && host.substring(colon + 1).matches("[0-9]{1,5}") && host.indexOf(':') == colon;
        String name = port ? host.substring(0, colon) : host;
        if (name.isEmpty() || name.startsWith("-") || name.chars().anyMatch(c -> c <= ' ')) {
            throw Failure.usage("--host: " + host + " (expected: root@HOST or root@HOST:PORT)", null);
        }
        var command = new ArrayList<>(List.of("ssh", "-T"));
        if (port) {
            command.addAll(List.of("-p", host.substring(colon + 1)));
        }
        command.addAll(options);
        command.addAll(List.of("--", name, "bash -s"));
        return new HostShell(shell, List.copyOf(command), name);
    }

    Ran run(String script) {
        try {
            var builder = new ProcessBuilder(command);
            builder.environment().clear();
            builder.environment().putAll(shell.environment());
            Process process = builder.start();
            FutureTask<String> err = reading(process.getErrorStream());
            FutureTask<String> out = reading(process.getInputStream());
            try (var in = process.getOutputStream()) {
                in.write(script.getBytes(StandardCharsets.UTF_8));
            } catch (IOException _) {
                // it ended early; its own words say why
            }
            return new Ran(process.waitFor(), out.get(), err.get());
        } catch (IOException | ExecutionException e) {
            throw Failure.here("enroll.no-shell", command.getFirst() + " cannot be run: " + e.getMessage(), null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.here("interrupted", "interrupted while working on " + place, null);
        }
    }

    private static FutureTask<String> reading(InputStream in) {
        var task = new FutureTask<>(() -> new String(in.readNBytes(LARGEST), StandardCharsets.UTF_8));
        Thread.ofVirtual().start(task);
        return task;
    }
}
