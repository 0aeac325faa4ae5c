package dev.sallyport.cli.breakglass;

import dev.sallyport.base.Secret;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.shell.Exit;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.verb.Root;
import dev.sallyport.formats.breakglass.Custodian;
import dev.sallyport.formats.breakglass.Custodian.Lock;
import dev.sallyport.formats.breakglass.Kit;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code breakglass kit}: made here, known to the server by their public part alone. */
@Command(
        name = "kit",
        synopsisSubcommandLabel = "VERB",
        description = "Break-glass kits: an emergency SSH authority whose key exists as shares alone.",
        footer = {"", "Example:", "  ${COMMAND-FULL-NAME} list"})
final class KitVerbs {
    private static final String PATH = "/breakglass/kits";

    private final Root root;
    private final SecureRandom random = new SecureRandom();

    KitVerbs(Root root) {
        this.root = root;
    }

    @Command(
            name = "create",
            description = {
                "Makes a kit on this machine: an authority, split into one share for each custodian, of which any --threshold"
                        + " open it. The whole key is never written and is gone when this ends.",
                "Writes the kit's public file and each share, encrypted, as a file and as a page to print; tells the server"
                        + " the public part. Hosts trust the kit once another person has confirmed it."
            },
            footer = {
                "",
                "Example:",
                "  ${COMMAND-FULL-NAME} prod-2026 --threshold 3 --of 5 --custodian ada=age1… --custodian bob=age1… \\",
                "      --custodian eve=passphrase --custodian dan=passphrase --custodian joe=age1…"
            })
    int create(
            @Parameters(paramLabel = "NAME", description = "the kit's name, never used before") String name,
            @Option(names = "--threshold", required = true, paramLabel = "M", description = "how many shares open it")
                    int threshold,
            @Option(names = "--of", paramLabel = "N", description = "how many shares there are, to be sure") @Nullable
                    Integer of,
            @Option(
                            names = "--custodian",
                            required = true,
                            paramLabel = "NAME=age1…|passphrase",
                            description = "who keeps a share, and what it is encrypted with; one for each share")
                    List<String> custodians,
            @Option(
                            names = "--passphrase-file",
                            paramLabel = "NAME=F",
                            description =
                                    "a custodian's passphrase, the first line of F; otherwise it is asked for (or read"
                                            + " from standard input, a line each)")
                    @Nullable
                    Map<String, Path> passphraseFiles,
            @Option(names = "--out", paramLabel = "DIR", description = "a new folder (default: ./breakglass-NAME)")
                    @Nullable
                    Path out,
            @Option(names = "--offline", description = "do not tell the server now; kit register does later")
                    boolean offline) {
        Kit.checkThreshold(threshold, of == null ? custodians.size() : of);
        if (of != null && of != custodians.size()) {
            throw Failure.usage(
                    "--of: " + of + ", and " + custodians.size() + " custodians are named (expected: the same)", null);
        }
        List<Custodian> keepers = custodians.stream().map(KitVerbs::custodian).toList();
        Path folder = out == null ? Path.of("breakglass-" + name) : out;
        KitFiles.requireNew(folder);
        if (!offline) {
            root.api();
        }
        Map<String, Secret> passphrases = passphrases(keepers, passphraseFiles == null ? Map.of() : passphraseFiles);
        Kit kit;
        List<Path> written;
        try (Kit.Made made = Kit.make(name, threshold, keepers, root.shell().now(), random)) {
            kit = made.kit();
            written = KitFiles.write(folder, made, passphrases, random);
        }
        Path file = written.getFirst();
        if (!offline) {
            register(kit, file);
        }
        ObjectNode answer = Json.object()
                .put("id", kit.id())
                .put("name", kit.name())
                .put("fingerprint", kit.ca().fingerprint())
                .put("threshold", kit.threshold())
                .put("state", offline ? "not registered" : "proposed");
        var files = answer.putArray("files");
        written.forEach(path -> files.add(path.toString()));
        root.show(
                answer,
                () -> "kit %s (%s), any %d of %d shares, authority %s\n"
                                .formatted(
                                        kit.name(),
                                        kit.id(),
                                        kit.threshold(),
                                        kit.shares().size(),
                                        kit.ca().fingerprint())
                        + "written to " + folder + ": give each custodian their own share and page, keep copies of "
                        + file.getFileName() + ", and delete the shares here\n"
                        + (offline
                                ? "next: sallyport breakglass kit register " + file + "\n"
                                : "next, another person: sallyport breakglass kit confirm " + kit.name()
                                        + " --fingerprint " + kit.ca().fingerprint() + "\n"));
        return Exit.DONE;
    }

    private static Custodian custodian(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw Failure.usage(
                    "--custodian: " + text + " (expected: NAME=age1… or NAME=passphrase)",
                    "sallyport breakglass kit create --help");
        }
        String lock = text.substring(equals + 1);
        return new Custodian(
                text.substring(0, equals), lock.equals("passphrase") ? new Lock.Passphrase() : new Lock.Age(lock));
    }

    private Map<String, Secret> passphrases(List<Custodian> custodians, Map<String, Path> files) {
        var passphrases = new LinkedHashMap<String, Secret>();
        for (Custodian custodian : custodians) {
            if (custodian.lock() instanceof Lock.Passphrase) {
                Path file = files.get(custodian.name());
                passphrases.put(custodian.name(), file == null ? asked(custodian.name()) : firstLine(file));
            }
        }
        List<String> unused = files.keySet().stream()
                .filter(name -> !passphrases.containsKey(name))
                .toList();
        if (!unused.isEmpty()) {
            throw Failure.usage(
                    "--passphrase-file: " + String.join(", ", unused) + " is no custodian with a passphrase", null);
        }
        return passphrases;
    }

    private Secret asked(String name) {
        Secret passphrase = root.shell().askSecret("passphrase of " + name);
        if (root.shell().interactive() && !passphrase.equals(root.shell().askSecret("the same again"))) {
            throw Failure.here("breakglass.passphrases-differ", "the two passphrases of " + name + " differ", null);
        }
        return passphrase;
    }

    private static Secret firstLine(Path file) {
        return Secret.of(KitFiles.text(file).lines().findFirst().orElse(""));
    }

    private JsonNode register(Kit kit, Path file) {
        ObjectNode ask = Json.object()
                .put("id", kit.id())
                .put("name", kit.name())
                .put("public_key", kit.ca().line())
                .put("threshold", kit.threshold());
        var custodians = ask.putArray("custodians");
        kit.shares().forEach(share -> custodians.add(share.custodian().name()));
        try {
            return root.api().post(PATH, ask);
        } catch (Failure failure) {
            root.shell()
                    .note("the kit is made and the server does not know it: sallyport breakglass kit register " + file);
            throw failure;
        }
    }

    @Command(
            name = "register",
            description = "Tells the server of a kit that was made before: its public part.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} prod-2026.kit"})
    void register(@Parameters(paramLabel = "FILE", description = "the kit's public file") Path file) {
        show(register(KitFiles.read(file), file));
    }

    @Command(
            name = "confirm",
            description = {
                "Lets hosts trust a kit that another person proposed. Compare the fingerprint with the one on a custodian's page"
                        + " or in the kit's file, not with what the server says."
            },
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} prod-2026 --fingerprint SHA256:…"})
    void confirm(
            @Parameters(paramLabel = "KIT", description = "its name or id") String kit,
            @Option(
                            names = "--fingerprint",
                            paramLabel = "SHA256:…",
                            required = true,
                            description = "of the kit's authority")
                    String fingerprint) {
        show(root.api()
                .post(
                        PATH + "/" + Query.segment(kit) + "/confirm",
                        Json.object().put("fingerprint", fingerprint)));
    }

    @Command(
            name = "retire",
            description = "Ends the trust in a kit: hosts refuse what it signs from now on.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} prod-2025 --reason \"replaced by prod-2026\""})
    void retire(
            @Parameters(paramLabel = "KIT", description = "its name or id") String kit,
            @Option(names = "--reason", paramLabel = "R", required = true, description = "why") String reason) {
        show(root.api()
                .post(PATH + "/" + Query.segment(kit) + "/retire", Json.object().put("reason", reason)));
    }

    @Command(
            name = "show",
            description = "Shows a kit, as far as the server knows it.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} prod-2026"})
    void show(@Parameters(paramLabel = "KIT", description = "its name or id") String kit) {
        show(root.api().get(PATH + "/" + Query.segment(kit)));
    }

    @Command(
            name = "list",
            description = "Lists kits.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME}"})
    void list(
            @Option(names = "--order", paramLabel = "O", description = "newest (the default) or oldest first") @Nullable
                    String order) {
        JsonNode answer = root.api().list(PATH, Query.of().with("order", order), 500);
        root.show(answer, () -> {
            var table = Table.of("NAME", "STATE", "OPENED BY", "FINGERPRINT", "MADE", "ID");
            for (JsonNode kit : answer.path("items")) {
                table.row(
                        Json.text(kit, "name"),
                        Json.text(kit, "state"),
                        opens(kit),
                        Json.text(kit, "fingerprint"),
                        root.times().plain(Json.text(kit, "created_at")),
                        Json.text(kit, "id"));
            }
            return root.render(table, "no kits");
        });
    }

    private void show(JsonNode kit) {
        root.show(kit, () -> {
            var table = Table.of("FIELD", "VALUE");
            for (String field : List.of("name", "id", "state", "fingerprint")) {
                table.row(field, Json.text(kit, field));
            }
            table.row("opened by", opens(kit));
            table.row("custodians", Json.joined(kit.path("custodians"), ", "));
            table.row("made", root.times().plain(Json.text(kit, "created_at")));
            Optional.of(Json.text(kit, "ended_at"))
                    .filter(at -> !at.isEmpty())
                    .ifPresent(at -> table.row("ended", root.times().plain(at)));
            return root.render(table, "");
        });
    }

    private static String opens(JsonNode kit) {
        return Json.text(kit, "threshold") + " of " + kit.path("custodians").size();
    }
}
