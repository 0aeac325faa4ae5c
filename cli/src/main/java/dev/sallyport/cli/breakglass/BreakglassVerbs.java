package dev.sallyport.cli.breakglass;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Query;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.verb.Root;
import dev.sallyport.formats.breakglass.AuthLog;
import dev.sallyport.formats.breakglass.UseRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code breakglass}: kits, opening them without a server, and what is to be done afterwards. */
@Command(
        name = "breakglass",
        synopsisSubcommandLabel = "VERB",
        description = "Gets in while no server answers, by a kit that several custodians open together.",
        footer = {"", "Example:", "  sallyport breakglass kit list"})
public final class BreakglassVerbs {
    /** Logins sent at once, well below what a request may hold. */
    private static final int BATCH = 500;

    private final Root root;

    private BreakglassVerbs(Root root) {
        this.root = root;
    }

    public static CommandLine commands(Root root) {
        return new CommandLine(new BreakglassVerbs(root))
                .addSubcommand(new KitVerbs(root))
                .addSubcommand(new OpenVerb(root));
    }

    @Command(
            name = "reconcile",
            description = {
                "Hands in the records of opened kits, and the logins by their certificates that the targets' sshd logged"
                        + " (auth.log, or journalctl -u ssh -o short-iso or -o json). The kits concerned are distrusted.",
                "A login without a record is an alarm. Done again, it adds only what is new."
            },
            footer = {
                "",
                "Example:",
                "  ${COMMAND-FULL-NAME} --record breakglass-access.record --log web-1=web-1-auth.log --log db-1=db-1.json"
            })
    void reconcile(
            @Option(names = "--record", paramLabel = "F", description = "a record that open wrote; may be repeated")
                    @Nullable
                    List<Path> records,
            @Option(
                            names = "--log",
                            paramLabel = "[TARGET=]F",
                            description =
                                    "a target's log; without TARGET the host's name in it is taken; may be repeated")
                    @Nullable
                    List<String> logs) {
        List<Path> given = records == null ? List.of() : records;
        if (given.isEmpty() && (logs == null || logs.isEmpty())) {
            throw Failure.usage("--record or --log is needed", "sallyport breakglass reconcile --help");
        }
        List<String> texts = given.stream().map(KitFiles::text).toList();
        texts.forEach(UseRecord::kitOf);
        List<AuthLog.Login> logins = logins(logs == null ? List.of() : logs);
        ObjectNode answer = handIn(texts, logins);
        root.show(answer, () -> told(answer));
    }

    /** Those by certificates of kits; others are nobody's business here. */
    private List<AuthLog.Login> logins(List<String> logs) {
        var reader = new AuthLog(root.shell().zone(), root.shell().now(), line -> {
            JsonNode entry = Json.read(line);
            return field -> Json.text(entry, field);
        });
        var all = new ArrayList<AuthLog.Login>();
        for (String log : logs) {
            int equals = log.indexOf('=');
            boolean named = equals > 0 && log.substring(0, equals).matches("[a-z0-9][a-z0-9._-]{0,62}");
            read(
                    reader,
                    Path.of(named ? log.substring(equals + 1) : log),
                    named ? log.substring(0, equals) : null,
                    all);
        }
        if (all.isEmpty()) {
            return all;
        }
        Set<String> authorities = new HashSet<>();
        root.api()
                .list("/breakglass/kits", Query.of(), 10_000)
                .path("items")
                .forEach(kit -> authorities.add(Json.text(kit, "fingerprint")));
        return all.stream()
                .filter(login -> authorities.contains(login.authority()))
                .toList();
    }

    private static void read(AuthLog reader, Path file, @Nullable String target, List<AuthLog.Login> logins) {
        try (var lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                reader.login(line, target).ifPresent(logins::add);
            }
        } catch (IOException e) {
            throw Failure.here("input.unreadable", file + " cannot be read: " + e.getMessage(), null);
        }
    }

    private static JsonNode json(AuthLog.Login login) {
        return Json.object()
                .put("at", login.at().truncatedTo(ChronoUnit.MILLIS).toString())
                .put("target", login.target())
                .put("login", login.login())
                .put("address", login.address())
                .put("serial", login.serial())
                .put("key_id", login.keyId())
                .put("public_key", login.publicKey())
                .put("authority", login.authority());
    }

    private ObjectNode handIn(List<String> records, List<AuthLog.Login> logins) {
        var distrusted = new LinkedHashSet<String>();
        var uses = new LinkedHashMap<String, JsonNode>();
        var unexplained = new LinkedHashSet<JsonNode>();
        JsonNode rotate = Json.object();
        for (int from = 0; from == 0 || from < logins.size(); from += BATCH) {
            ObjectNode ask = Json.object();
            var texts = ask.putArray("records");
            records.forEach(texts::add);
            var seen = ask.putArray("logins");
            logins.subList(from, Math.min(logins.size(), from + BATCH)).forEach(login -> seen.add(json(login)));
            JsonNode answer = root.api().post("/breakglass/reconciliations", ask);
            distrusted.addAll(Json.texts(answer.path("distrusted")));
            answer.path("uses").forEach(use -> uses.put(Json.text(use, "id"), use));
            answer.path("unexplained").forEach(unexplained::add);
            rotate = answer.path("targets_to_rotate");
        }
        ObjectNode all = Json.object();
        var names = all.putArray("distrusted");
        distrusted.forEach(names::add);
        all.putArray("uses").addAll(uses.values());
        all.putArray("unexplained").addAll(unexplained);
        all.set("targets_to_rotate", rotate);
        return all;
    }

    private String told(JsonNode answer) {
        var text = new StringBuilder();
        for (JsonNode use : answer.path("uses")) {
            String logins = Json.text(use, "logins");
            text.append("opened: %s on %s at %s, by %s with the shares of %s: %s%n      %s%n"
                    .formatted(
                            Json.text(use, "login"),
                            Json.joined(use.path("targets"), ", "),
                            root.times().plain(Json.text(use, "opened_at")),
                            Json.text(use, "operator"),
                            Json.joined(use.path("custodians"), ", "),
                            Json.text(use, "reason"),
                            logins.equals("0")
                                    ? "no login with it in the logs handed in"
                                    : logins + " login(s) with it in the logs"));
        }
        for (JsonNode login : answer.path("unexplained")) {
            text.append("ALARM: %s on %s at %s from %s (kit %s, serial %s): no record says who opened the kit%n"
                    .formatted(
                            Json.text(login, "login"),
                            Json.text(login, "target"),
                            root.times().plain(Json.text(login, "at")),
                            Json.text(login, "address"),
                            Json.text(login, "kit"),
                            Json.text(login, "serial")));
        }
        Json.texts(answer.path("distrusted"))
                .forEach(kit -> text.append("distrusted: kit ")
                        .append(kit)
                        .append("; make a new one: sallyport breakglass kit create\n"));
        Json.texts(answer.path("targets_to_rotate"))
                .forEach(target -> text.append("to change: what could be read on ")
                        .append(target)
                        .append("; then: sallyport breakglass rotated ")
                        .append(target)
                        .append(" --comment …\n"));
        return text.isEmpty() ? "nothing of any kit in it\n" : printable(text.toString());
    }

    /** What came from logs and records is foreign. */
    private static String printable(String lines) {
        return lines.lines().map(Text::printable).collect(Collectors.joining("\n", "", "\n"));
    }

    @Command(
            name = "rotated",
            description = "Says that what a break-glass use touched on a target has been changed; closes its finding.",
            footer = {"", "Example:", "  ${COMMAND-FULL-NAME} web-1 --comment \"new host keys and database password\""})
    void rotated(
            @Parameters(paramLabel = "TARGET", description = "the target") String target,
            @Option(names = "--comment", required = true, paramLabel = "C", description = "what was changed")
                    String comment) {
        root.api()
                .good(root.api()
                        .send(
                                "POST",
                                "/breakglass/rotations",
                                Map.of("Content-Type", "application/json"),
                                Json.compact(Json.object().put("target", target).put("comment", comment))));
        root.show(
                Json.object().put("target", target).put("done", "rotated"),
                () -> "noted: what was touched on " + Text.printable(target) + " has been changed\n");
    }
}
