package dev.sallyport.cli.ssh;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.PrivateFiles;
import dev.sallyport.cli.api.Servers;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Exit;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.verb.Root;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keys and certificates under {@code $SALLYPORT_HOME/ssh/SERVER/TARGET/LOGIN}. A key lives as long as its certificates
 * follow each other without a gap; after that a new one is made.
 */
final class Credentials {
    private final Root root;
    private final String server;
    private final Path folder;

    Credentials(Root root) {
        this.root = root;
        this.server = root.profile().server();
        this.folder = root.shell().home().resolve("ssh").resolve(Servers.hash(server));
    }

    /** The credential at hand, or a new one when less than half of its life is left or its grant has ended. */
    Credential fresh(Destination wanted) {
        Credential present = stored(wanted);
        if (present != null && !present.isDue(root.shell().now()) && isIssued(present)) {
            return present;
        }
        return root.profiles().locked(server + "#ssh/" + wanted.target(), () -> {
            Credential again = stored(wanted);
            boolean renewed = again != null
                    && !again.isDue(root.shell().now())
                    && (present == null || !again.issuedAt().equals(present.issuedAt()));
            return renewed ? again : issue(wanted, again);
        });
    }

    /** Whether the lease still stands; without an answer what is at hand has to do, and the host decides. */
    private boolean isIssued(Credential present) {
        String lease = Json.text(present.json().path("lease"), "id");
        try {
            if (lease.isEmpty()) { // what is held for gateways has none: the grant has to run
                return Json.text(root.api().get("/grants/" + present.grant()), "state")
                        .equals("active");
            }
            return Json.text(root.api().get("/leases/" + lease), "state").equals("issued");
        } catch (Failure failure) {
            return failure.exit() != Exit.REFUSED;
        }
    }

    /**
     * After ssh could not connect with a credential that was at hand already: asks for a new one, so that the person
     * hears from the server when the grant has ended meanwhile.
     */
    void explain(Destination wanted, Credential used) {
        if (used.issuedAt().isBefore(root.shell().now().minusSeconds(2))) {
            root.profiles().locked(server + "#ssh/" + wanted.target(), () -> issue(wanted, used));
        }
    }

    private Credential issue(Destination wanted, @Nullable Credential last) {
        try {
            Key key = last != null && last.isAlive(root.shell().now()) ? Key.read(last) : Key.generate();
            ObjectNode body = Json.object()
                    .put("target", wanted.target())
                    .put("login", wanted.login())
                    .put("public_key", key.publicLine())
                    .put("grant", (String) null);
            JsonNode answer = root.api().post("/credentials/ssh", body);
            return write(wanted, key, answer);
        } catch (IOException e) {
            throw Failure.here("ssh.unwritable", folder + " cannot be written: " + e.getMessage(), null);
        }
    }

    private Credential write(Destination wanted, Key key, JsonNode answer) throws IOException {
        String login = Json.text(answer, "login");
        String certificate = line("certificate", Json.text(answer, "certificate"));
        if (!Destination.isLogin(login)
                || wanted.login() != null && !wanted.login().equals(login)) {
            throw unexpected("login " + Text.quoted(login));
        }
        Path target = folder.resolve(wanted.target());
        Path here = target.resolve(login);
        PrivateFiles.folder(here);
        PrivateFiles.write(here.resolve(Credential.KEY), key.privateText().reveal());
        PrivateFiles.write(here.resolve(Credential.KEY + ".pub"), key.publicLine() + "\n");
        PrivateFiles.write(here.resolve(Credential.CERTIFICATE), certificate + "\n");
        PrivateFiles.write(
                target.resolve("known_hosts"),
                Json.texts(answer.path("known_hosts")).stream()
                        .map(known -> line("known_hosts", known) + "\n")
                        .collect(Collectors.joining()));
        ObjectNode told = ((ObjectNode) answer).deepCopy();
        told.remove("certificate");
        told.put("received_at", root.shell().now().toString());
        PrivateFiles.write(here.resolve("credential.json"), Json.pretty(told) + "\n");
        if (wanted.login() == null) {
            PrivateFiles.write(target.resolve("default-login"), login + "\n");
        }
        Credential written = read(here, wanted.target(), login);
        if (written == null) {
            throw unexpected("host or expires_at");
        }
        return written;
    }

    private @Nullable Credential stored(Destination wanted) {
        Path target = folder.resolve(wanted.target());
        String login =
                wanted.login() == null ? text(target.resolve("default-login")).strip() : wanted.login();
        return Destination.isLogin(login) ? read(target.resolve(login), wanted.target(), login) : null;
    }

    private static @Nullable Credential read(Path here, String target, String login) {
        JsonNode json = Json.read(text(here.resolve("credential.json")));
        if (!Files.exists(here.resolve(Credential.KEY)) || !Files.exists(here.resolve(Credential.CERTIFICATE))) {
            return null;
        }
        try {
            String host = Json.text(json, "host");
            int port = json.path("port").asInt(0);
            if (!Way.isAddress(host, port)) {
                return null;
            }
            if (!isUser(Json.text(json, "user"), target, login)
                    || !isAlias(Json.text(json, "host_key_alias"), target)) {
                return null;
            }
            return new Credential(
                    here,
                    target,
                    login,
                    host,
                    port,
                    Instant.parse(Json.text(json, "received_at")),
                    Instant.parse(Json.text(json, "expires_at")),
                    json);
        } catch (DateTimeParseException _) {
            return null;
        }
    }

    /** Nothing that a program could take for something else: the account, or the account at the target. */
    private static boolean isUser(String user, String target, String login) {
        return user.isEmpty() || user.equals(login) || user.equals(login + "@" + target);
    }

    private static boolean isAlias(String alias, String target) {
        return alias.isEmpty() || alias.equals(target) || alias.equals("sallyport+gateway");
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException _) {
            return "";
        }
    }

    /** A line of a file that ssh reads: one line and no more. */
    private static String line(String what, String text) {
        if (text.isBlank() || text.codePoints().anyMatch(Text::isUnprintable)) {
            throw unexpected(what);
        }
        return text;
    }

    private static Failure unexpected(String what) {
        return Failure.here("ssh.unexpected-answer", "the server's credential has an unusable " + what, null);
    }
}
