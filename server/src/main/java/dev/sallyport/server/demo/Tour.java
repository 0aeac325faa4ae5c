package dev.sallyport.server.demo;

import static dev.sallyport.server.demo.Stage.contains;
import static dev.sallyport.server.demo.Stage.json;

import dev.sallyport.base.Secret;
import dev.sallyport.database.Json;
import dev.sallyport.database.Spec;
import dev.sallyport.server.demo.Stage.Outcome;
import dev.sallyport.server.demo.Stage.Running;
import dev.sallyport.server.demo.Stage.Surprise;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Walks through the life of a grant with the real command line and the real ssh, as three people would, and checks every
 * step. It ends with the proofs: the open session is cut, and the certificates that opened the doors no longer do.
 */
final class Tour {
    /** How long after a revocation an old certificate may still open the door, or a session go on. */
    private static final Duration CUT_LIMIT = Duration.ofSeconds(1);

    private static final String GATEWAY_ALIAS = "sallyport+gateway";
    private static final String MARK = "is-this-recorded";

    private final Path dir;
    private final Path caFile;
    private final URI server;
    private final int gatewayPort;
    private final Map<String, Secret> passwords;
    private final Map<String, String> environment;
    private final PrintStream out;
    private final Stage stage;

    Tour(
            Path dir,
            Path caFile,
            URI server,
            int gatewayPort,
            Map<String, Secret> passwords,
            Map<String, String> environment,
            PrintStream out) {
        this.dir = dir;
        this.caFile = caFile;
        this.server = server;
        this.gatewayPort = gatewayPort;
        this.passwords = Map.copyOf(passwords);
        this.environment = environment;
        this.out = out;
        this.stage = new Stage(dir, out);
    }

    /** Whether everything held. */
    boolean walk() {
        try {
            signIn();
            String request = ask();
            getIn();
            policies();
            administer();
            services();
            otherRules();
            leftOver();
            emergency();
            incident();
            cutOff(request);
            replay();
            direct();
            kit();
            out.println();
            out.println("The tour is over: everything held.");
            return true;
        } catch (Surprise surprise) {
            out.println("  ✗ " + surprise.getMessage());
            out.println();
            out.println("The tour broke off at step " + stage.step() + ".");
            return false;
        }
    }

    private void signIn() {
        for (String name : Demo.PEOPLE) {
            stage.step(name + " signs in");
            stage.expect(
                    0,
                    stage.cli(
                            name,
                            passwords.get(name),
                            List.of(
                                    "login",
                                    "--server",
                                    server.toString(),
                                    "--ca-file",
                                    caFile.toString(),
                                    "--as",
                                    name,
                                    "--password-stdin")));
        }
        for (String name : Demo.PEOPLE) {
            String grant = running(name);
            if (!grant.isEmpty()) {
                stage.step(name + " gives back what a tour that broke off left");
            }
            while (!grant.isEmpty()) {
                stage.expect(0, stage.cli(name, "return", grant));
                grant = running(name);
            }
        }
    }

    private String running(String name) {
        return first(json(stage.quietly(name, null, List.of("grants", "--state", "active", "-o", "json"))), "id");
    }

    private String ask() {
        stage.step("dev looks what there is to ask for");
        contains("ops", stage.expect(0, stage.cli("dev", "eligible")));

        stage.step("dev cannot get in without asking");
        stage.refused("credential.no-grant", stage.cli("dev", "ssh", "web-1", "--", "true"));

        stage.step("dev asks for ops on web-1 and has to wait");
        String id = requested(3, "dev", "ops", "web-1", "restart the shop");

        stage.step("dev cannot approve it");
        stage.refused("request.self-approval", stage.cli("dev", "approve", id));

        stage.step("lead sees it and approves");
        contains(id, stage.expect(0, stage.cli("lead", "requests", "--to-decide")));
        stage.expect(0, stage.cli("lead", "approve", id, "--comment", "go ahead"));
        return id;
    }

    private void getIn() {
        stage.step("dev gets in through the gateway, with a certificate and no route to the host; it is recorded");
        contains("uid=", stage.expect(0, stage.cli("dev", "ssh", "web-1", "--", "id")));

        stage.step("any OpenSSH client will do: plain ssh, with what was handed out");
        stage.expect(
                0,
                stage.cli(
                        "dev",
                        "credential",
                        "ssh",
                        "web-1",
                        "--out",
                        credential("web-1").toString()));
        contains(
                "hello",
                stage.expect(
                        0,
                        stage.plain(
                                "dev",
                                "ssh … " + Demo.login() + "@web-1@127.0.0.1 echo hello",
                                ssh("-T", "echo", "hello"))));

        stage.step("a file up, and down again");
        Path up = dir.resolve("tour-file");
        Path there = dir.resolve("tour-file-there");
        Path down = dir.resolve("tour-file-back");
        DemoFiles.write(up, "one line\n".repeat(20_000), "rw-------");
        stage.expect(0, stage.plain("dev", "scp tour-file web-1:…", scp(up.toString(), remote(there))));
        stage.expect(0, stage.plain("dev", "scp web-1:… tour-file-back", scp(remote(there), down.toString())));
        if (!DemoFiles.read(up).equals(DemoFiles.read(down))) {
            throw new Surprise("the file that came back is another");
        }
        stage.say("the same " + DemoFiles.read(up).length() + " bytes came back");

        stage.step("a command that the role forbids does not reach the host");
        Outcome blocked = stage.plain("dev", "ssh … 'rm -rf / '", ssh("-T", "echo rm -rf / "));
        stage.expect(126, blocked);
    }

    /** A role that says nothing of itself: policies decide who has to say yes. */
    private void policies() {
        stage.step("policy decides: a short deployment on web-2 is granted at once");
        String small = requested(0, "dev", "deploy", "web-2", "a typo in the shop");
        stage.expect(0, stage.cli("dev", "return", grantOf(small)));

        stage.step("policy denies what is too long, and says why");
        Spec denied = json(stage.expect(
                2, stage.cli("dev", "request", "deploy", "web-1", "--for", "3h", "--reason", "big", "-o", "json")));
        contains("two hours at most", stage.expect(0, stage.cli("dev", "policy", "explain", denied.text("id", ""))));

        stage.step(
                "two stages: nobody on call answers within three seconds, so auditors are asked too, then web-1's owner");
        String request = requested(3, "dev", "deploy", "web-1", "release 4.2");
        stage.until(
                "the escalation",
                shown -> shown.exit() == 0 && shown.output().contains(request),
                () -> stage.quietly("auditor", null, List.of("requests", "--to-decide")));
        stage.expect(0, stage.cli("auditor", "approve", request, "--comment", "tested"));
        stage.expect(0, stage.cli("lead", "approve", request, "--comment", "it is my server"));
        contains("approved", stage.expect(0, stage.cli("dev", "show", request)));

        stage.step("dev needs it no longer and gives it back");
        stage.expect(0, stage.cli("dev", "return", grantOf(request)));
    }

    /** A program of somebody's own has the word, and is told what came of it. */
    private void services() {
        stage.step("a program decides small changes: auditor tries it first, which decides nothing");
        contains(
                "would deny: a quarter of an hour is enough",
                stage.expect(0, stage.cli("auditor", "decision-services", "test", "change-desk", "--for", "2h")));

        stage.step("dev asks for a small change: the program is asked, says yes, and is told what came of it");
        String change = json(stage.expect(
                        0,
                        stage.cli(
                                "dev",
                                "request",
                                "change",
                                "web-2",
                                "--for",
                                "10m",
                                "--reason",
                                "CHG-7",
                                "--wait",
                                "-o",
                                "json")))
                .text("id", "");
        contains("the service change-desk approves", stage.expect(0, stage.cli("dev", "show", change)));
        stage.until(
                "the delivery",
                told -> told.exit() == 0 && told.output().contains("request-decided"),
                () -> stage.quietly(
                        "auditor",
                        null,
                        List.of("notifications", "list", "--request", change, "--state", "sent", "-o", "json")));
        contains(
                "request-decided", stage.expect(0, stage.cli("auditor", "notifications", "list", "--request", change)));
        stage.expect(0, stage.cli("dev", "return", grantOf(change)));
    }

    /** While something is wrong, those who work on it get in at once; and no longer than that. */
    private void incident() {
        stage.step("auditor opens an incident on web-2 that dev works on: dev gets in at once, as an emergency");
        String incident = json(stage.expect(
                        0,
                        stage.cli(
                                "auditor",
                                "incidents",
                                "open",
                                "the shop answers nobody",
                                "--severity",
                                "sev1",
                                "--target",
                                "web-2",
                                "--responder",
                                "dev",
                                "-o",
                                "json")))
                .text("id", "");
        String request = requested(0, "dev", "ops", "web-2", "the shop answers nobody");
        String grant = grantOf(request);
        contains(incident, stage.expect(0, stage.cli("dev", "show", grant)));

        stage.step("the incident is closed, and what was granted for it ends; that is reviewed, too");
        stage.expect(0, stage.cli("auditor", "incidents", "close", incident, "--reason", "it answers again"));
        ended(grant);
        reviewed(owed(), "the shop did not answer");
    }

    /** What other policies would have said to all that was asked. */
    private void otherRules() {
        stage.step("auditor holds stricter policies against everything that was asked: one decision would be another");
        Path stricter = dir.resolve("tour-stricter.yaml");
        DemoFiles.write(stricter, """
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: deployments}
                spec:
                  match: {roles: [deploy]}
                  rules:
                    - {name: nobody, effect: deny, message: the shop is frozen}
                """, "rw-------");
        contains(
                "the shop is frozen",
                stage.expect(0, stage.cli("auditor", "policy", "replay", "--with", stricter.toString())));
        contains("enforced", stage.expect(0, stage.cli("auditor", "policy", "status")));
    }

    /** In at once, told at once, reviewed by somebody else. */
    private void emergency() {
        stage.step("lead, who is authorised beforehand, breaks glass: in at once, and a review is owed");
        stage.expect(
                0,
                stage.cli(
                        "lead",
                        "request",
                        "ops",
                        "web-1",
                        "--for",
                        "10m",
                        "--break-glass",
                        "--reason",
                        "the shop is down and nobody answers"));
        contains("uid=", stage.expect(0, stage.cli("lead", "ssh", "web-1", "--", "id")));

        stage.step("a second emergency before the review takes a second person");
        stage.expect(
                3,
                stage.cli(
                        "lead",
                        "request",
                        "ops",
                        "web-2",
                        "--for",
                        "10m",
                        "--break-glass",
                        "--reason",
                        "and now the other one too"));

        stage.step("auditor reviews it");
        contains("the shop is down", stage.expect(0, stage.cli("auditor", "reviews", "list")));
        reviewed(owed(), "the shop was down indeed");
    }

    /** Of a tour before: whoever owes a review gets in by an emergency with a second person only. */
    private void leftOver() {
        String incident = open();
        String review = owed();
        if (!incident.isEmpty() || !review.isEmpty()) {
            stage.step("auditor closes and reviews what an earlier tour left");
        }
        while (!incident.isEmpty()) {
            stage.expect(0, stage.cli("auditor", "incidents", "close", incident, "--reason", "an earlier tour"));
            incident = open();
            review = owed();
        }
        while (!review.isEmpty()) {
            reviewed(review, "an earlier tour");
            review = owed();
        }
    }

    private String open() {
        return first(json(stage.quietly("auditor", null, List.of("incidents", "list", "-o", "json"))), "id");
    }

    private String owed() {
        return first(json(stage.quietly("auditor", null, List.of("reviews", "list", "-o", "json"))), "id");
    }

    private void reviewed(String review, String comment) {
        stage.expect(
                0, stage.cli("auditor", "reviews", "close", review, "--verdict", "justified", "--comment", comment));
    }

    private void administer() {
        stage.step("auditor asks for the administration of Sallyport itself; lead approves");
        String administration = requested(3, "auditor", "administrator", "sallyport", "the tour");
        stage.expect(0, stage.cli("lead", "approve", administration));
    }

    private void cutOff(String request) {
        stage.step("dev opens a shell with a terminal; auditor watches it live, from another process");
        try (Running shell = stage.begin("dev", "ssh -tt … " + Demo.login() + "@web-1@127.0.0.1", ssh("-tt"))) {
            shell.type("echo ready-$((40 + 2))");
            shell.awaitOutput("ready-42");
            String session = liveSession();
            try (Running watch = stage.beginCli("auditor", "watch", session, "--reason", "the tour")) {
                watch.awaitOutput("watching");
                shell.type("sleep 1; echo " + MARK + "-$((40 + 2))");
                watch.awaitOutput(MARK + "-42");
                stage.say("✓ auditor sees what dev sees: " + MARK + "-42");

                stage.step("everything about the request is in the audit log");
                contains(
                        "session.opened",
                        stage.expect(0, stage.cli("auditor", "audit", "search", "--request", request, "-o", "wide")));

                stage.step("auditor revokes the grant: the open session is cut");
                String grant = grantOf(request);
                stage.expect(0, stage.cli("auditor", "revoke", grant, "--reason", "the tour is over"));
                long revoked = System.nanoTime();
                Duration cut = Duration.ofNanos(Math.max(0, shell.awaitEnd() - revoked));
                shell.output()
                        .lines()
                        .filter(line -> line.contains("sallyport:"))
                        .forEach(line -> stage.say("dev reads: " + line));
                cutIn("the session ended", cut);
                stage.say(measured(session));

                stage.step("the certificate that worked a moment ago is refused by the gateway");
                stage.until("a refusal", Tour::denied, () -> stage.plain(ssh("-T", "true")));
                stage.say("✓ Permission denied");
                stage.refused("credential.no-grant", stage.cli("dev", "ssh", "web-1", "--", "true"));

                stage.step("the grant has ended everywhere");
                ended(grant);
            }
        }
    }

    private String liveSession() {
        Outcome list = stage.until(
                "the open session",
                outcome -> outcome.exit() == 0 && outcome.output().contains("ssn_"),
                () -> stage.quietly("auditor", null, List.of("sessions", "--live", "-o", "json")));
        return first(json(list), "id");
    }

    /** What the gateway measured itself, from the end of the grant in the database to when nothing passed any more. */
    private String measured(String session) {
        Outcome shown = stage.until(
                "the end of " + session,
                outcome -> outcome.exit() == 0 && outcome.output().contains("session.closed"),
                () -> stage.quietly(
                        "auditor",
                        null,
                        List.of(
                                "audit",
                                "search",
                                "--session",
                                session,
                                "--activity",
                                "session.closed",
                                "-o",
                                "json")));
        var millis = java.util.regex.Pattern.compile("\"cut_ms\" *: *(\\d+)").matcher(shown.output());
        if (!millis.find()) {
            throw new Surprise("the audit log does not say how long the cut took: " + shown.output());
        }
        return "the gateway let nothing pass " + millis.group(1) + " ms after the grant had ended";
    }

    private void replay() {
        stage.step("what was shown is found again, without knowing in which session");
        Outcome found = stage.until(
                "the index",
                outcome -> outcome.exit() == 0 && outcome.output().contains("ssn_"),
                () -> stage.quietly("auditor", null, List.of("sessions", "--grep", MARK + "-42", "-o", "json")));
        String session = first(json(found), "id");
        stage.expect(0, stage.cli("auditor", "sessions", "--grep", MARK + "-42"));

        stage.step("auditor reads the recording, exports it, and lists the commands; each time says why");
        stage.until(
                "the recording",
                outcome -> outcome.exit() == 0,
                () -> stage.quietly("auditor", null, List.of("play", session, "--text", "--reason", "the tour")));
        contains(
                MARK + "-42", stage.expect(0, stage.cli("auditor", "play", session, "--text", "--reason", "the tour")));
        Path cast = dir.resolve("tour.cast");
        stage.expect(0, stage.cli("auditor", "play", session, "--export", cast.toString(), "--reason", "the tour"));
        if (!DemoFiles.read(cast).matches("(?s)\\{[^\n]*\"version\" *: *[23].*")) {
            throw new Surprise("the export is no asciicast");
        }
        stage.expect(0, stage.cli("auditor", "commands", session));
        contains(
                "session.viewed",
                stage.expect(0, stage.cli("auditor", "audit", "search", "--session", session, "--limit", "50")));
    }

    /** Roles may also let people go to a target themselves; then the certificate is what dies. */
    private void direct() {
        stage.step("a role without the gateway: the certificate opens the host itself");
        String id = requested(0, "dev", "look", "web-2", "a look");
        stage.expect(
                0,
                stage.cli(
                        "dev",
                        "credential",
                        "ssh",
                        "web-2",
                        "--out",
                        credential("web-2").toString()));
        contains("hello", stage.expect(0, stage.plain("dev", "ssh … 127.0.0.1 echo hello", straight())));

        stage.step("auditor revokes it: the host itself refuses the certificate");
        String grant = grantOf(id);
        stage.expect(0, stage.cli("auditor", "revoke", grant, "--reason", "seen"));
        long revoked = System.nanoTime();
        cutIn("refused", untilRefused(revoked));

        stage.step("the host has confirmed it");
        ended(grant);
    }

    /** The other way of breaking glass: it needs no server at all, only enough custodians. */
    private void kit() {
        stage.step("lead makes an emergency kit whose key exists as three shares alone; auditor confirms it");
        for (String keeper : List.of("lead", "auditor")) {
            requested(0, keeper, "break-glass-keeper", "sallyport", "the tour");
        }
        String name = unused("tour");
        Path folder = dir.resolve(name + "-kit");
        var words =
                new ArrayList<String>(List.of("breakglass", "kit", "create", name, "--threshold", "2", "--of", "3"));
        for (String custodian : List.of("ada", "bob", "joe")) {
            words.addAll(List.of("--custodian", custodian + "=passphrase"));
        }
        words.addAll(List.of("--out", folder.toString(), "-o", "json"));
        Spec kit = json(stage.expect(0, stage.cli("lead", phrases("ada", "bob", "joe"), words)));
        stage.expect(
                0,
                stage.cli(
                        "auditor", "breakglass", "kit", "confirm", name, "--fingerprint", kit.text("fingerprint", "")));

        stage.step("one custodian opens nothing; two open it on a machine that knows no server, and get into the host");
        Path access = dir.resolve(name + "-emergency");
        Path file = folder.resolve(name + ".kit");
        stage.expect(1, stage.cli("laptop", phrases("ada"), opening(file, access, "1-ada")));
        stage.expect(0, stage.cli("laptop", phrases("ada", "joe"), opening(file, access, "1-ada", "3-joe")));
        stage.until(
                "the host to trust the kit",
                outcome -> outcome.exit() == 0 && outcome.output().contains("hello"),
                () -> stage.plain(straight(access, Path.of(access + "-cert.pub"))));
        stage.say("✓ hello");

        stage.step("afterwards the record is handed in: the log has it, and hosts distrust a kit that was opened");
        stage.expect(0, stage.cli("auditor", "breakglass", "reconcile", "--record", access + ".record"));
        contains(
                "breakglass.opened",
                stage.expect(0, stage.cli("auditor", "audit", "search", "--activity", "breakglass.opened")));
        stage.until("a refusal", Tour::denied, () -> stage.plain(straight(access, Path.of(access + "-cert.pub"))));
        stage.say("✓ Permission denied");
    }

    private static Secret phrases(String... custodians) {
        return Secret.of(String.join(
                "",
                List.of(custodians).stream()
                        .map(name -> "what only " + name + " knows\n")
                        .toList()));
    }

    /** The kits of earlier tours are still there. */
    private String unused(String name) {
        String free = name;
        for (int n = 2; Files.exists(dir.resolve(free + "-kit")); n++) {
            free = name + "-" + n;
        }
        return free;
    }

    private static List<String> opening(Path kit, Path access, String... shares) {
        var words = new ArrayList<String>(List.of("breakglass", "open", kit.toString()));
        words.addAll(List.of("--target", "web-2", "--login", Demo.login(), "--for", "10m"));
        words.addAll(List.of("--reason", "the tour", "--out", access.toString()));
        for (String share : shares) {
            words.addAll(List.of(
                    "--share", kit.resolveSibling("share-" + share + ".share").toString()));
        }
        return words;
    }

    private void cutIn(String what, Duration cut) {
        stage.say("✓ " + what + " " + cut.toMillis() + " ms after the revocation was answered");
        if (cut.compareTo(CUT_LIMIT) > 0) {
            throw new Surprise(
                    what + " after " + cut.toMillis() + " ms (expected: less than " + CUT_LIMIT.toMillis() + ")");
        }
    }

    private String requested(int exit, String person, String role, String target, String reason) {
        return json(stage.expect(
                        exit,
                        stage.cli(person, "request", role, target, "--for", "15m", "--reason", reason, "-o", "json")))
                .text("id", "");
    }

    private String grantOf(String request) {
        Spec shown = json(stage.quietly("dev", null, List.of("show", request, "-o", "json")));
        String grant = first(shown, "grant");
        if (grant.isEmpty()) {
            throw new Surprise("the approved request has no grant");
        }
        return grant;
    }

    /** A field of the first of the items. */
    private static String first(Spec list, String field) {
        Object items = list.tree().get("items");
        return items instanceof List<?> all
                        && !all.isEmpty()
                        && all.getFirst() instanceof Map<?, ?> item
                        && item.get(field) instanceof String value
                ? value
                : "";
    }

    private void ended(String grant) {
        stage.until(
                "the end of " + grant,
                shown -> shown.exit() == 0 && json(shown).text("state", "").equals("ended"),
                () -> stage.quietly("auditor", null, List.of("show", grant, "-o", "json")));
        stage.say("$ sallyport show " + grant + "   → ended");
    }

    private Duration untilRefused(long since) {
        long deadline = since + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < deadline) {
            long began = System.nanoTime();
            if (denied(stage.plain(straight()))) {
                return Duration.ofNanos(Math.max(0, began - since));
            }
        }
        throw new Surprise("the host still lets the certificate in");
    }

    private static boolean denied(Outcome outcome) {
        return outcome.exit() == 255 && outcome.errors().contains("Permission denied");
    }

    private Path credential(String target) {
        return dir.resolve("tour-credential-" + target);
    }

    /** Options for plain ssh, without any of our programs: what was handed out, and nothing else. */
    private List<String> options(String target, String alias) {
        Path files = credential(target);
        return options(target, alias, files.resolve("id_ed25519"), files.resolve("id_ed25519-cert.pub"));
    }

    private List<String> options(String target, String alias, Path key, Path certificate) {
        Path files = credential(target);
        var options = new ArrayList<String>(List.of("-F", "none"));
        for (String option : List.of(
                "BatchMode=yes",
                "IdentitiesOnly=yes",
                "IdentityFile=" + key,
                "CertificateFile=" + certificate,
                "UserKnownHostsFile=" + files.resolve("known_hosts"),
                "StrictHostKeyChecking=yes",
                "LogLevel=INFO",
                "HostKeyAlias=" + alias)) {
            options.add("-o");
            options.add(option);
        }
        return options;
    }

    private List<String> ssh(String terminal, String... command) {
        var words = new ArrayList<String>(List.of(program("ssh")));
        words.addAll(options("web-1", GATEWAY_ALIAS));
        words.addAll(
                List.of(terminal, "-p", Integer.toString(gatewayPort), "-l", Demo.login() + "@web-1", "127.0.0.1"));
        words.addAll(List.of(command));
        return words;
    }

    private List<String> scp(String from, String to) {
        var words = new ArrayList<String>(List.of(program("scp"), "-q"));
        words.addAll(options("web-1", GATEWAY_ALIAS));
        words.addAll(List.of("-P", Integer.toString(gatewayPort), from, to));
        return words;
    }

    private static String remote(Path file) {
        return Demo.login() + "@web-1@127.0.0.1:" + file;
    }

    /** Straight to the host. */
    private List<String> straight() {
        Path files = credential("web-2");
        return straight(files.resolve("id_ed25519"), files.resolve("id_ed25519-cert.pub"));
    }

    private List<String> straight(Path key, Path certificate) {
        var words = new ArrayList<String>(List.of(program("ssh")));
        words.addAll(options("web-2", "web-2", key, certificate));
        words.addAll(List.of("-p", Integer.toString(port("web-2")), Demo.login() + "@127.0.0.1", "echo", "hello"));
        return words;
    }

    private String program(String name) {
        return Programs.find(name, environment).toString();
    }

    private int port(String target) {
        Path file = dir.resolve("demo.json");
        if (Files.exists(file) && Json.object(DemoFiles.read(file)).get("targets") instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof Map<?, ?> found
                        && target.equals(found.get("name"))
                        && found.get("port") instanceof Number port) {
                    return port.intValue();
                }
            }
        }
        throw new Surprise("demo.json does not name " + target);
    }
}
