package dev.sallyport.cli.host;

import dev.sallyport.base.Text;
import dev.sallyport.cli.shell.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From what is there and what the server wants: the changes. */
final class Enrolment {
    private static final List<String> MADE = List.of("revoked.krl", "revoked.version", "host-cert.pub");

    private final Layout layout;
    private final Seen seen;
    private final Offer offer;
    private final boolean tellSshd;
    private final boolean breakGlass;

    /** @param breakGlass whether sshd is to admit certificates of break-glass kits */
    Enrolment(Layout layout, Seen seen, Offer offer, boolean tellSshd, boolean breakGlass) {
        this.layout = layout;
        this.seen = seen;
        this.offer = offer;
        this.tellSshd = tellSshd;
        this.breakGlass = breakGlass;
    }

    /** Refuses a host that cannot be enrolled as it is; nothing has been touched then. */
    void check() {
        if (!seen.all("missing").isEmpty()) {
            throw Failure.here(
                    "enroll.missing-program",
                    "the host lacks " + String.join(", ", seen.all("missing")),
                    "install them there (Debian: openssh-server curl gawk coreutils)");
        }
        if (layout.root().isEmpty() && !"0".equals(seen.one("user"))) {
            throw Failure.here("enroll.not-root", "the shell there is not root's", "log in as root@HOST");
        }
        if (seen.has("no-config")) {
            throw Failure.here("enroll.no-sshd", seen.one("no-config") + " does not exist there", null);
        }
        String error = seen.one("sshd-error");
        if (error != null) {
            throw Failure.here(
                    "enroll.broken-sshd",
                    "sshd refuses its configuration as it is: " + Text.printable(error),
                    "repair it first; nothing was changed");
        }
        if (!seen.has("include")) {
            throw Failure.here(
                    "enroll.no-include",
                    "sshd_config does not read " + folderOfDropIns() + "/*.conf before the first Match",
                    "add as its first line: Include " + folderOfDropIns() + "/*.conf");
        }
        for (String list : seen.sshd("revokedkeys")) {
            if (!list.equals("none") && !list.equals(layout.file("revoked.krl"))) {
                throw Failure.here(
                        "enroll.other-revoked-keys",
                        "RevokedKeys is " + Text.quoted(list) + " already, and sshd reads one list only",
                        "take it out of sshd's configuration first");
            }
        }
        if (breakGlass) {
            checkAuthorities();
        }
        if (!seen.all("other").isEmpty()) {
            throw Failure.here("enroll.no-file", seen.one("other") + " is no ordinary file", "move it away first");
        }
        if (seen.all("host-key").isEmpty()) {
            throw Failure.here("enroll.no-host-key", "sshd has no host key with a public half", "ssh-keygen -A");
        }
    }

    /** sshd reads one list of user authorities, and a principals file does not care which of them signed. */
    private void checkAuthorities() {
        ours("trustedusercakeys", layout.file("emergency_ca.pub"));
        ours("authorizedprincipalscommand", layout.principalsCommand(offer.target()));
        ours("authorizedprincipalsfile", "none");
    }

    private void ours(String option, String value) {
        for (String found : seen.sshd(option)) {
            if (!found.equals("none") && !found.equals(value)) {
                throw Failure.here(
                        "enroll.other-user-authority",
                        option + " is " + Text.quoted(found) + " already, and sshd cannot have it and break-glass kits",
                        "take it out of sshd's configuration first, or --no-break-glass");
            }
        }
    }

    /** Whether the token the host holds is not the one the server knows, or others could have read it. */
    boolean needsToken() {
        boolean open = seen.file(layout.file("authorization"))
                .map(content -> !content.mode().equals("600"))
                .orElse(true);
        return open
                || offer.tokenFingerprint().isEmpty()
                || !offer.tokenFingerprint().equals(seen.one("token"));
    }

    /** The files that differ, without those that {@link #lastly} adds. */
    List<Edit> files() {
        var edits = new ArrayList<Edit>();
        edits.add(Edit.of(layout.file("host.conf"), seen, "600", hostConf()));
        if (!offer.caPem().isEmpty()) {
            edits.add(Edit.of(layout.file("ca.pem"), seen, "644", offer.caPem()));
        }
        edits.add(Edit.of(layout.file("allowed_signers"), seen, "644", signers()));
        edits.add(Edit.of(layout.file("sallyport-host"), seen, "700", offer.hostScript()));
        emergency(edits);
        offer.authorizedKeys()
                .forEach((login, lines) ->
                        edits.add(Edit.of(layout.authorized(login), seen, "644", String.join("\n", lines) + "\n")));
        for (String path : seen.files().keySet()) {
            boolean login = path.startsWith(layout.authorized(""));
            if (login
                    && !offer.authorizedKeys()
                            .containsKey(path.substring(layout.authorized("").length()))) {
                edits.add(new Edit(path, seen.file(path), Optional.empty(), false));
            }
        }
        return edits.stream().filter(Edit::changes).toList();
    }

    private void emergency(List<Edit> edits) {
        String authorities = layout.file("emergency_ca.pub");
        String script = layout.file("sallyport-principals");
        if (breakGlass) {
            edits.add(Edit.of(script, seen, "644", offer.principalsScript()));
            edits.add(Edit.of(
                    authorities,
                    seen,
                    "644",
                    offer.emergency().stream().map(line -> line + "\n").reduce("", String::concat)));
        } else {
            edits.add(new Edit(script, seen.file(script), Optional.empty(), false));
            edits.add(new Edit(authorities, seen.file(authorities), Optional.empty(), false));
        }
    }

    /** What sshd and systemd read; written when everything they need is there. */
    List<Edit> lastly() {
        var edits = new ArrayList<Edit>();
        edits.add(Edit.of(layout.dropIn(), seen, "644", dropIn()));
        if (seen.has("systemd")) {
            edits.add(Edit.of(layout.unit(), seen, "644", unit()));
        }
        return edits.stream().filter(Edit::changes).toList();
    }

    /** The secret one; the text is null while there is no token yet, to be shown. */
    Edit authorization(@Nullable String token) {
        String path = layout.file("authorization");
        String text = token == null ? "" : "Authorization: Bearer " + token + "\n";
        return new Edit(path, seen.file(path), Optional.of(new Edit.Content("600", text)), true);
    }

    boolean isDone() {
        return !needsToken()
                && files().isEmpty()
                && lastly().isEmpty()
                && seen.has("enrolled")
                && MADE.stream().allMatch(name -> seen.all("made").contains(layout.file(name)))
                && (!seen.has("systemd") || seen.has("service"));
    }

    /** What else happens, in words. */
    List<String> deeds() {
        var deeds = new ArrayList<String>();
        deeds.add("fetch the first revocation list and a certificate for " + hostKey());
        deeds.add("check with sshd -t, and ask sshd what it will use");
        if (tellSshd && reload() != null) {
            deeds.add("run: " + reload());
        }
        if (seen.has("systemd")) {
            deeds.add("enable and start sallyport-host.service");
        }
        if (needsToken()) {
            deeds.add(
                    offer.tokenFingerprint().isEmpty()
                            ? "give the host a token at the server"
                            : "give the host a new token at the server, which ends the one it knows now");
        }
        deeds.add("keep copies of what was there in " + layout.folder() + ".before, for --undo");
        return deeds;
    }

    String script(@Nullable String token) {
        var calls = new ArrayList<>(List.of("begin"));
        for (String folder : List.of(layout.folder(), layout.folder() + "/authorized", folderOfDropIns())) {
            calls.add("folder " + Scripts.word(folder));
        }
        if (token != null) {
            calls.add(Scripts.put(authorization(token)));
        }
        files().forEach(edit -> calls.add(Scripts.put(edit)));
        calls.add("first_list");
        lastly().forEach(edit -> calls.add(Scripts.put(edit)));
        calls.add("label");
        calls.add("check");
        calls.add("effective authorizedkeysfile " + Scripts.word(layout.authorizedPattern()));
        calls.add("effective revokedkeys " + Scripts.word(layout.file("revoked.krl")));
        calls.add("effective hostcertificate " + Scripts.word(layout.file("host-cert.pub")));
        if (breakGlass) {
            calls.add("effective trustedusercakeys " + Scripts.word(layout.file("emergency_ca.pub")));
            calls.add(
                    "effective authorizedprincipalscommand " + Scripts.word(layout.principalsCommand(offer.target())));
        }
        String reload = reload();
        if (tellSshd && reload != null) {
            calls.add("reload " + Scripts.word(reload));
        }
        if (seen.has("systemd")) {
            calls.add("start_service");
        }
        calls.add("finish");
        return Scripts.apply(layout, calls);
    }

    /** How to run what keeps the list fresh where there is no systemd; null where there is. */
    @Nullable
    String byHand() {
        return seen.has("systemd") ? null : "bash " + layout.file("sallyport-host") + " " + layout.folder();
    }

    private @Nullable String reload() {
        return Reload.command(seen);
    }

    /** Ed25519 where there is one; sshd goes on offering its other keys without a certificate. */
    private String hostKey() {
        List<String> keys = seen.all("host-key");
        return keys.stream().filter(key -> key.contains("ed25519")).findFirst().orElse(keys.getFirst());
    }

    private String folderOfDropIns() {
        return layout.root() + "/etc/ssh/sshd_config.d";
    }

    private String hostConf() {
        String reload = reload();
        return """
                # Written by sallyport targets enroll.
                server_url=%s
                target=%s
                host_key=%s
                sshd_reload=%s
                """.formatted(
                        Scripts.word(offer.serverUrl()),
                        Scripts.word(offer.target()),
                        Scripts.word(hostKey()),
                        Scripts.word(reload == null ? "" : reload));
    }

    private String signers() {
        var text = new StringBuilder();
        offer.krlSigner()
                .forEach(key -> text.append("sallyport namespaces=\"krl@sallyport\" ")
                        .append(key)
                        .append('\n'));
        return text.toString();
    }

    /** The files sshd reads now stay; no HostKey, because naming one would take the others away. */
    private String dropIn() {
        var kept = new ArrayList<String>();
        for (String files : seen.sshd("authorizedkeysfile")) {
            for (String file : files.split(" ")) {
                if (!file.isEmpty() && !file.equals("none") && !file.equals(layout.authorizedPattern())) {
                    kept.add(file);
                }
            }
        }
        kept.add(layout.authorizedPattern());
        return """
                # Written by sallyport targets enroll; taken out by sallyport targets enroll --undo.
                # The list of RevokedKeys must exist: without it sshd refuses every key.
                AuthorizedKeysFile %s
                RevokedKeys %s
                HostCertificate %s
                """.formatted(String.join(" ", kept), layout.file("revoked.krl"), layout.file("host-cert.pub"))
                + (breakGlass ? breakGlassLines() : "");
    }

    /** Below a folder of its own nobody else may look in, so sshd asks as whoever owns it. */
    private String breakGlassLines() {
        String user = layout.root().isEmpty() ? "nobody" : String.valueOf(seen.one("user-name"));
        return """
                # Break-glass kits: the program says which one principal opens an account, for an hour at most.
                TrustedUserCAKeys %s
                AuthorizedPrincipalsCommand %s
                AuthorizedPrincipalsCommandUser %s
                """.formatted(layout.file("emergency_ca.pub"), layout.principalsCommand(offer.target()), user);
    }

    private String unit() {
        return """
                # Written by sallyport targets enroll; taken out by sallyport targets enroll --undo.
                [Unit]
                Description=Sallyport: keeps the SSH revocation list and the host certificate fresh
                Wants=network-online.target
                After=network-online.target

                [Service]
                ExecStart=/bin/bash %s %s
                Restart=always
                RestartSec=5
                ProtectSystem=strict
                ReadWritePaths=%s
                ProtectHome=yes
                PrivateTmp=yes
                PrivateDevices=yes
                ProtectKernelTunables=yes
                ProtectKernelModules=yes
                ProtectKernelLogs=yes
                ProtectControlGroups=yes
                ProtectClock=yes
                ProtectHostname=yes
                NoNewPrivileges=yes
                CapabilityBoundingSet=
                RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
                RestrictNamespaces=yes
                RestrictRealtime=yes
                RestrictSUIDSGID=yes
                LockPersonality=yes
                MemoryDenyWriteExecute=yes
                SystemCallArchitectures=native
                SystemCallFilter=@system-service

                [Install]
                WantedBy=multi-user.target
                """.formatted(layout.file("sallyport-host"), layout.folder(), layout.folder());
    }
}
