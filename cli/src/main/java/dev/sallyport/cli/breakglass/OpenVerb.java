package dev.sallyport.cli.breakglass;

import dev.sallyport.base.Durations;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Exit;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.verb.Root;
import dev.sallyport.formats.breakglass.EmergencyAccess;
import dev.sallyport.formats.breakglass.Kit;
import dev.sallyport.formats.breakglass.KitKey;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.formats.ssh.SshPublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code breakglass open}: no server is asked, and none is told. */
@Command(
        name = "open",
        sortOptions = false,
        description = {
            "Opens a kit with the custodians' shares, without any server: a certificate of an hour at most for one account on"
                    + " the targets named, and a signed record of it, which must be handed in later.",
            "The kit counts as compromised from now on."
        },
        footer = {
            "",
            "Example:",
            "  sallyport breakglass open prod-2026.kit --target web-1 --login root --for 30m --reason \"server down\" \\",
            "      --share share-1-ada.age --identity ada-key.txt --share share-3-eve.share --typed 1"
        })
final class OpenVerb implements Callable<Integer> {
    private static final int OPERATOR_MAX = 120;

    private final Root root;
    private final SecureRandom random = new SecureRandom();

    @Parameters(paramLabel = "KIT", description = "the kit's public file")
    private Path file = Path.of("");

    @Option(names = "--target", required = true, paramLabel = "T", description = "a target's name; may be repeated")
    private List<String> targets = List.of();

    @Option(names = "--login", required = true, paramLabel = "L", description = "the account there")
    private String login = "";

    @Option(names = "--for", required = true, paramLabel = "D", description = "how long, at most 1h")
    private String validity = "";

    @Option(names = "--reason", required = true, paramLabel = "R", description = "why; stands in the record")
    private String reason = "";

    @Option(
            names = "--share",
            paramLabel = "FILE",
            description = "a share: encrypted with age, with a passphrase, or what age -d gave; may be repeated")
    private List<Path> shares = List.of();

    @Option(
            names = "--identity",
            paramLabel = "FILE",
            description = "age identities of custodians, as age-keygen writes them; may be repeated")
    private List<Path> identities = List.of();

    @Option(names = "--typed", paramLabel = "N", description = "so many shares are typed, in clear")
    private int typed;

    @Option(names = "--public-key", paramLabel = "F", description = "sign this key instead of a new one")
    private @Nullable Path publicKey;

    @Option(names = "--out", paramLabel = "FILE", description = "where the key goes (default: ./breakglass-access)")
    private Path out = Path.of("breakglass-access");

    OpenVerb(Root root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Kit kit = KitFiles.read(file);
        Duration length = Durations.parse("--for", validity);
        var wanted = new EmergencyAccess.Wanted(targets, login, length, operator(), reason);
        @Nullable SshPublicKey given = publicKey == null ? null : key(publicKey);
        Path key = publicKey == null ? out : base(publicKey);
        Path certificate = key.resolveSibling(key.getFileName() + "-cert.pub");
        Path record = (publicKey == null ? out : key).resolveSibling(key.getFileName() + ".record");
        for (Path path : publicKey == null ? List.of(key, certificate, record) : List.of(certificate, record)) {
            if (Files.exists(path)) {
                throw Failure.here("output.exists", path + " exists already", "--out FILE, or move it away");
            }
        }
        @Nullable SshKeyPair fresh = given == null ? SshKeys.generateEd25519(null) : null;
        SshPublicKey holder = fresh == null ? java.util.Objects.requireNonNull(given) : fresh.publicKey();
        EmergencyAccess.Issued issued = issue(kit, wanted, holder);
        try {
            KitFiles.file(record, issued.record());
            if (fresh != null) {
                KitFiles.file(key, fresh.openSshText().reveal());
            }
            KitFiles.file(certificate, issued.certificate() + "\n");
        } catch (IOException e) {
            throw Failure.here("output.unwritable", key + " cannot be written: " + e.getMessage(), "--out FILE");
        }
        return show(kit, issued, key, certificate, record);
    }

    private EmergencyAccess.Issued issue(Kit kit, EmergencyAccess.Wanted wanted, SshPublicKey holder) {
        List<Secret> keys = identities.stream()
                .flatMap(path -> AgeFormat.identities(path).stream())
                .toList();
        try (var given = new GivenShares(root.shell(), kit)) {
            shares.forEach(share -> given.file(share, keys));
            for (int i = 1; i <= typed; i++) {
                given.typed(i);
            }
            try (KitKey key = given.opened()) {
                return EmergencyAccess.issue(
                        kit, key, given.all(), wanted, holder, root.shell().now(), random);
            }
        }
    }

    private int show(Kit kit, EmergencyAccess.Issued issued, Path key, Path certificate, Path record) {
        var use = issued.use();
        var answer = Json.object()
                .put("kit", kit.id())
                .put("use", use.id())
                .put("key", key.toString())
                .put("certificate", certificate.toString())
                .put("record", record.toString())
                .put("valid_after", use.validAfter().toString())
                .put("valid_before", use.validBefore().toString());
        root.show(answer, () -> """
                %s on %s, from %s until %s (this machine's clock)
                  certificate  %s
                  record       %s   keep it: it has to be handed in

                Now, for each target:
                  ssh -i %s -o CertificateFile=%s -o IdentitiesOnly=yes -l %s ADDRESS

                When the server is back:
                  sallyport breakglass reconcile --record %s --log TARGET=ITS-AUTH-LOG
                The kit counts as compromised: a new one has to be made.
                """.formatted(
                        use.login(),
                        String.join(", ", use.targets()),
                        use.validAfter(),
                        use.validBefore(),
                        certificate,
                        record,
                        key,
                        certificate,
                        use.login(),
                        record));
        return Exit.DONE;
    }

    private static SshPublicKey key(Path file) {
        return SshPublicKey.parse(KitFiles.text(file).strip());
    }

    /** {@code id.pub} lies beside {@code id} and {@code id-cert.pub}. */
    private static Path base(Path publicKey) {
        String name = publicKey.getFileName().toString();
        return publicKey.resolveSibling(name.endsWith(".pub") ? name.substring(0, name.length() - 4) : name);
    }

    /** Who this machine says it is: nobody checks it, and the record says so. */
    private String operator() {
        String user = root.shell().environment().getOrDefault("USER", System.getProperty("user.name"));
        String host = root.shell().environment().getOrDefault("HOSTNAME", hostName());
        String text = Text.printable(user + "@" + host);
        return text.substring(0, Math.min(OPERATOR_MAX, text.length()));
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/etc/hostname")).strip();
        } catch (IOException _) {
            return "unknown";
        }
    }
}
