package dev.sallyport.cli.breakglass;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.framework.armor.ArmoredDecryptingChannelFactory;
import com.exceptionfactory.jagged.framework.armor.ArmoredEncryptingChannelFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import dev.sallyport.base.Secret;
import dev.sallyport.cli.shell.Failure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The age format (age-encryption.org/v1, armored), for recipients and identities of the kind X25519. */
final class AgeFormat {
    private static final int PLAIN_MAX = 64 * 1024;
    private static final String IDENTITY = "AGE-SECRET-KEY-1";

    private AgeFormat() {}

    static String encrypt(String recipient, String text) {
        var out = new ByteArrayOutputStream();
        try {
            var stanza = X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(recipient);
            try (var channel = new ArmoredEncryptingChannelFactory()
                    .newEncryptingChannel(Channels.newChannel(out), List.of(stanza))) {
                channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
            }
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw Failure.here(
                    "breakglass.invalid-custodians",
                    "nothing can be encrypted to " + recipient + ": " + e.getMessage(),
                    "age-keygen prints the right one as public key");
        }
        return out.toString(US_ASCII);
    }

    /** Nothing where none of the identities is the right one. */
    static Optional<Secret> decrypt(String armored, List<Secret> identities) {
        for (Secret identity : identities) {
            try {
                List<RecipientStanzaReader> reader =
                        List.of(X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(identity.reveal()));
                try (var channel = new ArmoredDecryptingChannelFactory()
                                .newDecryptingChannel(
                                        Channels.newChannel(new ByteArrayInputStream(armored.getBytes(US_ASCII))),
                                        reader);
                        var in = Channels.newInputStream(channel)) {
                    return Optional.of(Secret.of(new String(in.readNBytes(PLAIN_MAX), UTF_8)));
                }
            } catch (GeneralSecurityException | IOException | RuntimeException _) {
                // for somebody else, or changed: the next identity may fit
            }
        }
        return Optional.empty();
    }

    /** Those in a file as age-keygen writes it. */
    static List<Secret> identities(Path file) {
        try {
            var found = new ArrayList<Secret>();
            for (String line : Files.readAllLines(file)) {
                String text = line.strip();
                if (text.startsWith(IDENTITY)) {
                    found.add(Secret.of(text));
                } else if (!text.isEmpty() && !text.startsWith("#")) {
                    throw Failure.here(
                            "breakglass.unusable-identity",
                            file + " holds something else than identities (expected: lines " + IDENTITY + "…)",
                            "for other identities: age -d -i " + file
                                    + " SHARE.age > open-share, then --share open-share");
                }
            }
            return found;
        } catch (IOException e) {
            throw Failure.here("input.unreadable", file + " cannot be read: " + e.getMessage(), null);
        }
    }
}
