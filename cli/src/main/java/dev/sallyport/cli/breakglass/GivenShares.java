package dev.sallyport.cli.breakglass;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import dev.sallyport.formats.breakglass.Kit;
import dev.sallyport.formats.breakglass.KitKey;
import dev.sallyport.formats.breakglass.KitRefusal;
import dev.sallyport.formats.breakglass.SealedShare;
import dev.sallyport.formats.breakglass.Share;
import dev.sallyport.formats.breakglass.ShareText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The shares that custodians bring: files with identities or passphrases, and what is typed from paper. */
final class GivenShares implements AutoCloseable {
    private static final int TRIES = 3;
    private static final int TYPED_LINES_MAX = 20;

    private final Shell shell;
    private final Kit kit;
    private final List<Share> shares = new ArrayList<>();

    GivenShares(Shell shell, Kit kit) {
        this.shell = shell;
        this.kit = kit;
    }

    List<Share> all() {
        return List.copyOf(shares);
    }

    /** The kit's key, if these shares are enough. */
    KitKey opened() {
        try {
            return kit.open(all());
        } catch (Refusal refusal) {
            throw Failure.here(refusal.code(), refusal.sentence(), refusal.hint());
        }
    }

    void file(Path file, List<Secret> identities) {
        add(file.toString(), () -> read(file, ShareText.read(KitFiles.text(file)), identities));
    }

    /** In clear, line by line; an empty line ends it. */
    void typed(int number) {
        add("typed share " + number, () -> {
            shell.note("Type share " + number + ", line by line; an empty line ends it:");
            var lines = new ArrayList<String>();
            String line = shell.askSecret("line 1, not shown").reveal();
            while (!line.isBlank() && lines.size() < TYPED_LINES_MAX) {
                if (!line.strip().startsWith("-----")) {
                    lines.add(line);
                }
                line = shell.askSecret("line " + (lines.size() + 1) + ", not shown")
                        .reveal();
            }
            return ShareText.typed(lines);
        });
    }

    /** A share that is not one of this kit is refused as it comes, with the place it came from. */
    private void add(String where, Supplier<Share> source) {
        try {
            Share share = source.get();
            shares.add(share);
            kit.check(share);
            shell.note("good: " + kit.label(share.number()));
        } catch (Refusal refusal) {
            throw Failure.here(refusal.code(), where + ": " + refusal.sentence(), refusal.hint());
        }
    }

    private Share read(Path file, ShareText text, List<Secret> identities) {
        return switch (text) {
            case ShareText.Open(Share share) -> share;
            case ShareText.Sealed(SealedShare sealed) -> unsealed(sealed);
            case ShareText.Age(String armored) -> decrypted(file, armored, identities);
        };
    }

    private Share unsealed(SealedShare sealed) {
        if (!kit.issued(sealed)) {
            throw KitRefusal.OTHER_KIT.because("sealed share " + sealed.number() + " belongs to another kit (expected: "
                    + kit.name() + ", " + kit.id() + ")");
        }
        for (int left = shell.interactive() ? TRIES : 1; ; left--) {
            try {
                return sealed.open(shell.askSecret("passphrase of " + kit.label(sealed.number())));
            } catch (Refusal refusal) {
                if (left == 1 || !refusal.code().equals(KitRefusal.WRONG_PASSPHRASE.code())) {
                    throw refusal;
                }
                shell.note(refusal.sentence());
            }
        }
    }

    private static Share decrypted(Path file, String armored, List<Secret> identities) {
        Secret text = AgeFormat.decrypt(armored, identities)
                .orElseThrow(() -> Failure.here(
                        "breakglass.wrong-identity",
                        "none of the " + identities.size() + " identities given opens " + file,
                        "--identity FILE, the custodian's own"));
        if (ShareText.read(text.reveal()) instanceof ShareText.Open(Share share)) {
            return share;
        }
        throw KitRefusal.MALFORMED_SHARE.because("what age decrypts is no share in clear");
    }

    @Override
    public void close() {
        shares.forEach(Share::close);
    }
}
