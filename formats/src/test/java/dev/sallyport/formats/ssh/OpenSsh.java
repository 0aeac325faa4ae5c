package dev.sallyport.formats.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real ssh-keygen, run in a folder of its own. */
record OpenSsh(Path folder) {
    record Result(int exit, String output) {}

    Result run(String... arguments) {
        return runWith(null, arguments);
    }

    Result runWith(@org.jspecify.annotations.Nullable Path input, String... arguments) {
        var command = new ArrayList<>(List.of("ssh-keygen"));
        command.addAll(List.of(arguments));
        try {
            Path output = Files.createTempFile(folder, "out", ".txt");
            var builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("TZ", "UTC");
            builder.redirectInput((input == null ? Path.of("/dev/null") : input).toFile());
            var process = builder.start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Result(process.exitValue(), Files.readString(output));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String succeed(String... arguments) {
        var result = run(arguments);
        assertThat(result.exit()).as(result.output()).isZero();
        return result.output();
    }

    Path write(String name, String text) {
        return write(name, text.getBytes(UTF_8));
    }

    Path write(String name, byte[] bytes) {
        try {
            Path file = Files.write(folder.resolve(name), bytes);
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String read(String name) {
        return new String(bytes(name), UTF_8);
    }

    byte[] bytes(String name) {
        try {
            return Files.readAllBytes(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a key of the type and size and returns its public half. */
    SshPublicKey key(String name, String type, String bits) {
        succeed("-q", "-t", type, "-b", bits, "-N", "", "-C", name, "-f", name);
        return SshPublicKey.parse(read(name + ".pub"));
    }
}
