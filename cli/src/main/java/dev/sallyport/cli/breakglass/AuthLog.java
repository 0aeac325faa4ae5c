package dev.sallyport.cli.breakglass;

import dev.sallyport.base.Text;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The logins by certificate that sshd logged: auth.log with either kind of time, {@code journalctl -o short-iso}, and
 * {@code journalctl -o json}.
 */
final class AuthLog {
    /** The key id is whatever the signer wrote; what sshd adds comes last. */
    private static final Pattern ACCEPTED = Pattern.compile(
            "Accepted publickey for (\\S+) from (\\S+) port ([0-9]{1,5}) ssh2:"
                    + " \\S+-CERT (SHA256:[A-Za-z0-9+/]{43}) ID (.*) \\(serial (0|[1-9][0-9]{0,19})\\) CA \\S+ (SHA256:[A-Za-z0-9+/]{43})");

    private static final Pattern SYSLOG = Pattern.compile("(\\S{19,40}|[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}) (\\S+)"
            + " sshd(?:-session)?\\[[0-9]+\\]: (Accepted publickey .*)");

    private static final Set<String> PROGRAMS = Set.of("sshd", "sshd-session");
    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendPattern("[XXX][XX]")
            .toFormatter(Locale.ROOT);

    private static final int NAME_MAX = 100;
    private static final int KEY_ID_MAX = 1_000;

    private final ZoneId zone;
    private final Instant now;

    AuthLog(ZoneId zone, Instant now) {
        this.zone = zone;
        this.now = now;
    }

    /** One login. */
    record Login(
            Instant at,
            String target,
            String login,
            String address,
            String serial,
            String keyId,
            String publicKey,
            String authority) {
        JsonNode json() {
            return Json.object()
                    .put("at", at.truncatedTo(ChronoUnit.MILLIS).toString())
                    .put("target", target)
                    .put("login", login)
                    .put("address", address)
                    .put("serial", serial)
                    .put("key_id", keyId)
                    .put("public_key", publicKey)
                    .put("authority", authority);
        }
    }

    /** What the file holds; the host's own name stands for the target where none is given. */
    List<Login> read(Path file, @Nullable String target) {
        var logins = new ArrayList<Login>();
        try (var lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                login(line, target).ifPresent(logins::add);
            }
        } catch (IOException e) {
            throw Failure.here("input.unreadable", file + " cannot be read: " + e.getMessage(), null);
        }
        return logins;
    }

    Optional<Login> login(String line, @Nullable String target) {
        if (!line.contains("Accepted publickey for ")) {
            return Optional.empty();
        }
        if (line.startsWith("{")) {
            JsonNode entry = Json.read(line);
            String micros = Json.text(entry, "__REALTIME_TIMESTAMP");
            if (!PROGRAMS.contains(Json.text(entry, "SYSLOG_IDENTIFIER")) || !micros.matches("[0-9]{1,18}")) {
                return Optional.empty();
            }
            Instant at = Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
            return login(at, Json.text(entry, "_HOSTNAME"), Json.text(entry, "MESSAGE"), target);
        }
        Matcher syslog = SYSLOG.matcher(line);
        return syslog.matches()
                ? login(time(syslog.group(1)), syslog.group(2), syslog.group(3), target)
                : Optional.empty();
    }

    private static Optional<Login> login(Instant at, String host, String message, @Nullable String target) {
        Matcher accepted = ACCEPTED.matcher(message);
        return accepted.matches()
                ? Optional.of(new Login(
                        at,
                        target == null ? cut(host, NAME_MAX) : target,
                        cut(accepted.group(1), NAME_MAX),
                        cut(accepted.group(2), NAME_MAX) + " port " + accepted.group(3),
                        accepted.group(6),
                        cut(accepted.group(5), KEY_ID_MAX),
                        accepted.group(4),
                        accepted.group(7)))
                : Optional.empty();
    }

    /** Whoever may write to the log must not be able to have the whole of it refused. */
    private static String cut(String text, int most) {
        return Text.printable(text.substring(0, Math.min(most, text.length())));
    }

    private Instant time(String text) {
        try {
            return Character.isDigit(text.charAt(0))
                    ? OffsetDateTime.parse(text, ISO).toInstant()
                    : withoutYear(text);
        } catch (DateTimeException _) {
            throw Failure.here(
                    "breakglass.unreadable-time",
                    "the time " + Text.quoted(text) + " of a login cannot be read",
                    "journalctl -u ssh -o short-iso, or -o json");
        }
    }

    /** The last such time that is not in the future, in this machine's zone. */
    private Instant withoutYear(String text) {
        int year = now.atZone(zone).getYear();
        Instant time = inYear(text, year);
        return time.isAfter(now.plus(Duration.ofDays(1))) ? inYear(text, year - 1) : time;
    }

    private Instant inYear(String text, int year) {
        var format = new DateTimeFormatterBuilder()
                .appendPattern("MMM ppd HH:mm:ss")
                .parseDefaulting(ChronoField.YEAR, year)
                .toFormatter(Locale.ROOT);
        return LocalDateTime.parse(text, format).atZone(zone).toInstant();
    }
}
