package dev.sallyport.cli.ssh;

import dev.sallyport.base.Secret;
import dev.sallyport.cli.shell.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** An Ed25519 key in OpenSSH's two texts. */
record Key(String publicLine, Secret privateText) {
    static Key generate() throws IOException {
        Path folder = Files.createTempDirectory("sallyport-key");
        try {
            Path file = folder.resolve("key");
            var maker = new ProcessBuilder(
                            "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "sallyport", "-f", file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!maker.waitFor(10, TimeUnit.SECONDS) || maker.exitValue() != 0) {
                throw Failure.here("ssh.no-key", "ssh-keygen made no key", "is OpenSSH's client installed?");
            }
            return new Key(Files.readString(folder.resolve("key.pub")).strip(), Secret.of(Files.readString(file)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Files.deleteIfExists(folder.resolve("key"));
            Files.deleteIfExists(folder.resolve("key.pub"));
            Files.deleteIfExists(folder);
        }
    }

    static Key read(Credential credential) throws IOException {
        return new Key(
                Files.readString(credential.folder().resolve(Credential.KEY + ".pub"))
                        .strip(),
                Secret.of(Files.readString(credential.key())));
    }
}
