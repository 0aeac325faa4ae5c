package dev.sallyport.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Keys and certificates made by the real {@code ssh-keygen}. */
public final class SshKeys {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private SshKeys() {}

    /** A new Ed25519 key without a passphrase; the public half lies beside it with {@code .pub}. */
    public static Path generate(Path file) {
        keygen(List.of("-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file.toString()));
        return file;
    }

    public static Path publicHalf(Path key) {
        return key.resolveSibling(key.getFileName() + ".pub");
    }

    /** Signs the public half; the certificate lies beside the key with {@code -cert.pub}, where {@code ssh} finds it. */
    public static Path certify(Path ca, Path key, String id, String principals, String... options) {
        var arguments = new ArrayList<>(List.of("-q", "-s", ca.toString(), "-I", id, "-n", principals));
        arguments.addAll(List.of(options));
        arguments.add(publicHalf(key).toString());
        keygen(arguments);
        return key.resolveSibling(key.getFileName() + "-cert.pub");
    }

    private static void keygen(List<String> arguments) {
        var command = new ArrayList<>(List.of("ssh-keygen"));
        command.addAll(arguments);
        ProgramRun.of(LIMIT, command).succeeded();
    }
}
