package dev.sallyport.cli.breakglass;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.cli.api.PrivateFiles;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.formats.breakglass.Custodian.Lock;
import dev.sallyport.formats.breakglass.Kit;
import dev.sallyport.formats.breakglass.SealedShare;
import dev.sallyport.formats.breakglass.Share;
import dev.sallyport.formats.breakglass.ShareText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The folder of a new kit: its public file, and for each custodian a share, as a file and as a page to print. */
final class KitFiles {
    private static final int READ_MAX = 128 * 1024;

    private static final String FOR_AGE = """
            It is encrypted to your age recipient. Opened with:  --share THIS-FILE --identity YOUR-AGE-IDENTITY
            or anywhere with the program age:  age -d -i YOUR-AGE-IDENTITY share-N-YOU.age
            """;

    private static final String FOR_PASSPHRASE = """
            It is sealed with your passphrase. Opened with:  --share THIS-FILE  (the passphrase is asked for)
            From paper: type the lines from BEGIN to END, these two too, into a file. Case, spaces and hyphens do
            not matter; the last group of each line checks it. There is no I, L, O or U.
            """;

    private KitFiles() {}

    /** Refuses a folder that exists, for what is in it may be another kit. */
    static void requireNew(Path folder) {
        if (Files.exists(folder)) {
            throw Failure.here(
                    "breakglass.folder-exists", folder + " exists already (expected: a new folder)", "--out DIR");
        }
    }

    /** What was written, the kit's file first; everything is encrypted before the first file is there. */
    static List<Path> write(Path folder, Kit.Made made, Map<String, Secret> passphrases, SecureRandom random) {
        Kit kit = made.kit();
        var texts = new LinkedHashMap<String, String>();
        texts.put(kit.name() + ".kit", kit.text());
        for (Share share : made.shares()) {
            var custodian = kit.shares().get(share.number() - 1).custodian();
            String name = "share-" + share.number() + "-" + custodian.name();
            String sealed = switch (custodian.lock()) {
                case Lock.Age(String recipient) -> AgeFormat.encrypt(recipient, opened(kit, share));
                case Lock.Passphrase() ->
                    ShareText.of(
                            SealedShare.seal(share, Objects.requireNonNull(passphrases.get(custodian.name())), random));
            };
            boolean age = custodian.lock() instanceof Lock.Age;
            texts.put(name + (age ? ".age" : ".share"), sealed);
            texts.put(name + ".txt", page(kit, share.number(), sealed, age));
        }
        var written = new ArrayList<Path>();
        try {
            PrivateFiles.folder(folder);
            for (var text : texts.entrySet()) {
                written.add(file(folder.resolve(text.getKey()), text.getValue()));
            }
        } catch (IOException e) {
            throw Failure.here("output.unwritable", folder + " cannot be written: " + e.getMessage(), null);
        }
        return written;
    }

    static Kit read(Path file) {
        try {
            return Kit.parse(text(file));
        } catch (Refusal refusal) {
            throw Failure.here(refusal.code(), file + ": " + refusal.sentence(), refusal.hint());
        }
    }

    static String text(Path file) {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(READ_MAX + 1);
            if (bytes.length > READ_MAX) {
                throw Failure.here("input.too-large", file + " is larger than " + READ_MAX + " bytes", null);
            }
            return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw Failure.here("input.unreadable", file + " cannot be read: " + e.getMessage(), null);
        }
    }

    static Path file(Path file, String text) throws IOException {
        PrivateFiles.write(file, text);
        return file;
    }

    /** What age decrypts to. */
    private static String opened(Kit kit, Share share) {
        return "%s of the break-glass kit %s (%s). SECRET: any %d of them open every host.\n"
                        .formatted(kit.label(share.number()), kit.name(), kit.id(), kit.threshold())
                + ShareText.of(share);
    }

    private static String page(Kit kit, int number, String sealed, boolean age) {
        String how = age ? FOR_AGE : FOR_PASSPHRASE;
        return """
                SALLYPORT BREAK-GLASS SHARE

                Kit         %s
                            %s
                Authority   %s
                Share       %d of %d; any %d of them open the kit
                Custodian   %s
                Made        %s

                Keep this page where nobody finds it who could also find another one. Never send it together with
                another share. When the kit has been opened or replaced, destroy it.

                In an emergency: sallyport breakglass open %s.kit --target HOST --login root --for 30m --reason "…"
                %s
                %s""".formatted(
                        kit.name(),
                        kit.id(),
                        kit.ca().fingerprint(),
                        number,
                        kit.shares().size(),
                        kit.threshold(),
                        kit.shares().get(number - 1).custodian().name(),
                        kit.created(),
                        kit.name(),
                        how,
                        sealed);
    }
}
