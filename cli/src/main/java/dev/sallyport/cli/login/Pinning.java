package dev.sallyport.cli.login;

import dev.sallyport.base.Text;
import dev.sallyport.cli.api.Answer;
import dev.sallyport.cli.api.Pins;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Decides which CA a server is believed by, before anything is sent to it. */
final class Pinning {
    private final Shell shell;
    private final String server;

    Pinning(Shell shell, String server) {
        this.shell = shell;
        this.server = server;
    }

    /** The CA to pin, or none where the JDK's own are enough or nothing is encrypted (loopback). */
    @Nullable
    String ca(@Nullable Path file, @Nullable String fingerprint, @Nullable String known) {
        if (file != null) {
            return read(file);
        }
        if (fingerprint != null) {
            return matching(fingerprint);
        }
        if (known != null || server.startsWith("http:") || Pins.isTrustedByJdk(server)) {
            return known;
        }
        return ask();
    }

    private String matching(String wanted) {
        String normal = "SHA256:"
                + wanted.replaceFirst("(?i)^SHA256:", "").replace(":", "").toLowerCase(Locale.ROOT);
        if (!normal.matches("SHA256:[0-9a-f]{64}")) {
            throw Failure.usage(
                    "--ca-fingerprint: " + Text.quoted(wanted) + " (expected: SHA256: and 64 hexadecimal digits)",
                    null);
        }
        String pem = offered();
        String found = Pins.fingerprint(pem);
        if (!MessageDigest.isEqual(
                normal.getBytes(StandardCharsets.US_ASCII), found.getBytes(StandardCharsets.US_ASCII))) {
            throw Failure.here(
                    "tls.other-ca",
                    "the CA of " + server + " is " + found + " (expected: " + normal + ")",
                    "somebody may stand in between: compare with the server's log");
        }
        return pem;
    }

    private String ask() {
        if (!shell.interactive()) {
            throw Failure.here(
                    "tls.not-trusted",
                    server + " shows a certificate this machine does not trust",
                    "sallyport login --server " + server + " --ca-file F or --ca-fingerprint SHA256:…");
        }
        String pem = offered();
        shell.note(server + " has a CA of its own, and this is the first time it is seen:");
        shell.note("  " + Pins.fingerprint(pem));
        shell.note("Trust on first use: compare it with the server's log or with what its administrator says.");
        if (!shell.confirms("Trust it from now on?")) {
            throw Failure.here("tls.not-trusted", "the CA of " + server + " was not trusted", null);
        }
        return pem;
    }

    private String offered() {
        Answer answer = Pins.offered(server);
        if (!answer.isGood() || !answer.text().contains("BEGIN CERTIFICATE")) {
            throw Failure.here("tls.no-ca", server + " shows no CA at /ca.pem", "give its certificate: --ca-file F");
        }
        return answer.text();
    }

    private static String read(Path file) {
        try {
            String pem = Files.readString(file);
            Pins.fingerprint(pem);
            return pem;
        } catch (IOException e) {
            throw Failure.here("tls.unusable-ca", "--ca-file: " + file + " cannot be read", null);
        }
    }
}
