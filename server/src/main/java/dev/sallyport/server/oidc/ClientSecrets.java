package dev.sallyport.server.oidc;

import dev.sallyport.base.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The client secrets, one file each in one folder, read at every use so that they can be changed while the server runs.
 * Documents name a file of this folder and no path: otherwise whoever writes the catalogue could have any file of this
 * machine sent to a provider of theirs.
 */
final class ClientSecrets {
    private static final int LONGEST = 4_096;

    private final Path folder;

    ClientSecrets(Path folder) {
        this.folder = folder;
    }

    Optional<Secret> read(Optional<String> name) {
        if (name.isEmpty()) {
            return Optional.empty();
        }
        Path file = folder.resolve(name.get());
        try {
            if (!folder.equals(file.getParent()) || Files.size(file) > LONGEST) {
                throw Metadata.unsound(
                        "clientSecretFile: not a small file in the folder secrets of this server's data");
            }
            String secret = Files.readString(file).strip();
            if (secret.isEmpty()) {
                throw Metadata.unsound("clientSecretFile: the file is empty (expected: the client secret)");
            }
            return Optional.of(Secret.of(secret));
        } catch (IOException _) {
            throw Metadata.unsound("clientSecretFile: this server has no such file in the folder secrets of its data");
        }
    }
}
