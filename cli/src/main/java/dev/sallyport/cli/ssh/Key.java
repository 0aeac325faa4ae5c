package dev.sallyport.cli.ssh;

import dev.sallyport.base.Secret;
import dev.sallyport.formats.ssh.SshKeys;
import java.io.IOException;
import java.nio.file.Files;

/** An Ed25519 key in OpenSSH's two texts. */
record Key(String publicLine, Secret privateText) {
    static Key generate() {
        var pair = SshKeys.generateEd25519(null);
        return new Key(pair.publicKey().withComment("sallyport").line(), pair.openSshText());
    }

    static Key read(Credential credential) throws IOException {
        return new Key(
                Files.readString(credential.folder().resolve(Credential.KEY + ".pub"))
                        .strip(),
                Secret.of(Files.readString(credential.key())));
    }
}
