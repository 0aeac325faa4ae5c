package dev.sallyport.cli.doctor;

import dev.sallyport.cli.api.Answer;
import dev.sallyport.cli.api.Http;
import dev.sallyport.cli.api.Pins;
import dev.sallyport.cli.api.PrivateFiles;
import dev.sallyport.cli.api.Profile;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.ssh.PublicCalls;
import dev.sallyport.cli.ssh.Revocations;
import dev.sallyport.cli.verb.Root;
import dev.sallyport.formats.ssh.Krl;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The checks, in the order in which one rests on the other. */
final class Checks {
    /** Proofs of possession are refused when the clocks differ by more. */
    private static final Duration SKEW = Duration.ofSeconds(30);

    /** A server's certificate that ends so soon has not been renewed as it should. */
    private static final Duration CERTIFICATE_MARGIN = Duration.ofDays(7);

    private final Root root;
    private final List<Check> checks = new ArrayList<>();
    private long newest;

    Checks(Root root) {
        this.root = root;
    }

    List<Check> all() {
        java();
        folder();
        client();
        Profile profile = profile();
        if (profile != null) {
            pin(profile);
            if (reach(profile)) {
                certificate(profile);
                ready(profile);
                revocations();
                if (session(profile)) {
                    hosts();
                    kits();
                }
            }
        }
        return checks;
    }

    private void java() {
        int feature = Runtime.version().feature();
        checks.add(
                feature >= 25
                        ? Check.ok("java", "JDK " + Runtime.version())
                        : Check.fail("java", "JDK " + feature, "install a JDK 25"));
    }

    private void folder() {
        Path home = root.shell().home();
        try {
            if (!Files.isDirectory(home)) {
                checks.add(Check.warn("folder", home + " does not exist yet", "sallyport login --server URL"));
            } else if (PrivateFiles.isOpenToOthers(home)) {
                checks.add(Check.fail("folder", home + " is open to others", "chmod 0700 " + home));
            } else {
                checks.add(Check.ok("folder", home + " is private"));
            }
        } catch (IOException e) {
            checks.add(Check.fail("folder", home + " cannot be read: " + e.getMessage(), null));
        }
    }

    private void client() {
        try {
            var ssh = new ProcessBuilder("ssh", "-V").redirectErrorStream(true).start();
            String version = new String(ssh.getInputStream().readNBytes(200), StandardCharsets.UTF_8).strip();
            ssh.waitFor(5, TimeUnit.SECONDS);
            var number =
                    java.util.regex.Pattern.compile("OpenSSH_(\\d+)\\.(\\d+)").matcher(version);
            boolean known = number.find();
            checks.add(
                    known && Integer.parseInt(number.group(1)) >= 8
                            ? Check.ok("ssh", version)
                            : Check.warn("ssh", version, "OpenSSH 8.0 or newer is tested"));
        } catch (IOException e) {
            checks.add(Check.fail("ssh", "no ssh client", "install OpenSSH's client (Debian: openssh-client)"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Profile profile() {
        try {
            Profile profile = root.profile();
            checks.add(Check.ok("profile", profile.server()));
            return profile;
        } catch (Failure e) {
            checks.add(Check.fail("profile", e.sentence(), e.hint()));
            return null;
        }
    }

    private void pin(Profile profile) {
        if (profile.server().startsWith("http:")) {
            checks.add(Check.warn("tls", "plain HTTP on loopback", "fine for trying out, for nothing else"));
        } else if (profile.caPem() == null) {
            checks.add(Check.ok("tls", "trusted by the CAs of this JDK"));
        } else {
            checks.add(Check.ok("tls", "pinned to CA " + Pins.fingerprint(profile.caPem())));
        }
    }

    private boolean reach(Profile profile) {
        try {
            Answer answer = get(profile, "/livez");
            if (answer.status() != 200) {
                checks.add(Check.fail("server", "/livez answers " + answer.status(), "look at the server's log"));
            } else {
                checks.add(Check.ok("server", "answers"));
            }
            clock(answer);
            return true;
        } catch (Failure e) {
            String hint = e.code().equals("server.unreachable")
                    ? "is it running, and is a proxy or firewall between?"
                    : e.hint();
            checks.add(Check.fail("server", e.sentence(), hint));
            return false;
        }
    }

    private void clock(Answer answer) {
        try {
            var there = ZonedDateTime.parse(answer.header("Date"), DateTimeFormatter.RFC_1123_DATE_TIME);
            var skew = Duration.between(there.toInstant(), root.shell().now());
            checks.add(
                    skew.abs().compareTo(SKEW) > 0
                            ? Check.fail(
                                    "clock",
                                    "differs from the server's by " + skew.toSeconds() + "s",
                                    "set this machine's clock (chrony, systemd-timesyncd)")
                            : Check.ok(
                                    "clock",
                                    "agrees with the server's to " + (skew.abs().toSeconds() + 1) + "s"));
        } catch (DateTimeParseException _) {
            checks.add(Check.warn("clock", "the server sends no Date", "compare the clocks by hand"));
        }
    }

    private void ready(Profile profile) {
        Answer answer = get(profile, "/readyz");
        checks.add(
                answer.status() == 200
                        ? Check.ok("ready", "the server is ready")
                        : Check.fail(
                                "ready",
                                "/readyz answers " + answer.status() + " "
                                        + answer.text().strip(),
                                "its database or clock may be away: look at the server's log"));
    }

    /** The server renews certificates of its own long before their end; files given to it end with the one who gave them. */
    private void certificate(Profile profile) {
        Optional<Instant> end = Http.to(profile.caPem()).certificateEnd(URI.create(profile.server() + "/livez"));
        if (end.isEmpty()) {
            return;
        }
        String when = "the server's ends " + root.times().relative(end.get());
        checks.add(
                end.get().isBefore(root.shell().now().plus(CERTIFICATE_MARGIN))
                        ? Check.warn(
                                "cert", when, "renew the server's certificate files, or restart it if it made its own")
                        : Check.ok("cert", when));
    }

    /** Whatever hosts are told to refuse must be there, signed and readable. */
    private void revocations() {
        try {
            Revocations list = Revocations.verified(new PublicCalls(root, null));
            newest = Long.parseUnsignedLong(list.version());
            Instant made = Krl.parse(list.bytes()).generated();
            checks.add(Check.ok(
                    "krl",
                    "version " + list.version()
                            + (made.equals(Instant.EPOCH)
                                    ? ", nothing revoked yet"
                                    : ", of " + root.times().relative(made))
                            + ", its signature is right"));
        } catch (Failure e) {
            checks.add(Check.fail("krl", e.code() + ": " + e.sentence(), e.hint()));
        }
    }

    /** For those who look after enrolled hosts; others are not told of them. */
    private void hosts() {
        Answer answer = root.api().send("GET", "/targets/hosts?limit=500", Map.of(), null);
        if (answer.status() == 403 || answer.status() == 404) {
            return;
        }
        if (!answer.isGood()) {
            checks.add(Check.fail("hosts", answer.refusal().sentence(), null));
            return;
        }
        keys(answer.json().path("items"));
        int fresh = 0;
        for (JsonNode host : answer.json().path("items")) {
            String name = Json.text(host, "target");
            String at = Json.text(host, "confirmed_at");
            if (host.path("stale").asBoolean(false)) {
                checks.add(Check.fail(
                        "hosts",
                        name
                                + (at.isEmpty()
                                        ? " has never confirmed a revocation list"
                                        : " confirmed a revocation list last "
                                                + root.times().relative(at)),
                        "on the host: systemctl status sallyport-host; who was cut off since may still get in there"));
            } else if (host.path("confirmed_version").asLong(0) < newest) {
                checks.add(Check.warn(
                        "hosts",
                        name + " refuses by version " + Json.text(host, "confirmed_version") + ", not yet by " + newest,
                        "look again in a minute"));
            } else {
                fresh++;
            }
        }
        checks.add(Check.ok("hosts", fresh + " enrolled and fresh"));
    }

    /** Hosts that would refuse, or be deaf, once the newest keys sign. */
    private void keys(JsonNode hosts) {
        for (JsonNode host : hosts) {
            if (!host.path("knows_keys").asBoolean(true)) {
                String name = Json.text(host, "target");
                checks.add(Check.warn(
                        "keys",
                        name + " has not learned the newest keys",
                        "it learns them within a minute; if it does not: sallyport targets enroll " + name + " again"));
            }
        }
    }

    /** For those who may know of kits: without one that is trusted, nobody gets in while the server is down. */
    private void kits() {
        Answer answer = root.api().send("GET", "/breakglass/kits?limit=500", Map.of(), null);
        if (!answer.isGood()) {
            return;
        }
        var trusted = new ArrayList<String>();
        var opened = new ArrayList<String>();
        for (JsonNode kit : answer.json().path("items")) {
            switch (Json.text(kit, "state")) {
                case "trusted" -> trusted.add(Json.text(kit, "name"));
                case "compromised" -> opened.add(Json.text(kit, "name"));
                default -> {} // waits for a second person, or was retired
            }
        }
        if (!trusted.isEmpty()) {
            checks.add(Check.ok("breakglass", "trusted: " + String.join(", ", trusted)));
        } else if (!opened.isEmpty()) {
            checks.add(Check.fail(
                    "breakglass",
                    opened.getFirst() + " was opened and no kit is trusted any more",
                    "sallyport breakglass kit create --help"));
        } else {
            checks.add(Check.warn(
                    "breakglass",
                    "no kit is trusted: nobody gets in while the server is down",
                    "sallyport breakglass kit create --help"));
        }
    }

    private boolean session(Profile profile) {
        if (profile.tokens() == null) {
            checks.add(Check.warn("session", "signed out", "sallyport login"));
            return false;
        }
        try {
            var me = root.api().get("/me");
            checks.add(Check.ok(
                    "session",
                    Json.text(me, "person", "name") + ", until "
                            + root.times().relative(Json.text(me, "session", "expires_at"))));
            return true;
        } catch (Failure e) {
            checks.add(Check.fail("session", e.code() + ": " + e.sentence(), e.hint()));
            return false;
        }
    }

    private static Answer get(Profile profile, String path) {
        return Http.to(profile.caPem()).send("GET", URI.create(profile.server() + path), Map.of(), null);
    }
}
