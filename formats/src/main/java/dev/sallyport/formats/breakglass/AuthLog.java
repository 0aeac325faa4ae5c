package dev.sallyport.formats.breakglass;

import dev.sallyport.base.Text;
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
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The logins by certificate that sshd logged: auth.log with either kind of time, {@code journalctl -o short-iso}, and
 * {@code journalctl -o json}.
 */
public final class AuthLog {
    /** What a line is about that is worth reading. */
    public static final String ACCEPTED_KEY = "Accepted publickey for ";

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
    private final Entries entries;

    /**
     * @param zone of times that name none
     * @param now the latest that a time without a year can be
     */
    public AuthLog(ZoneId zone, Instant now, Entries entries) {
        this.zone = zone;
        this.now = now;
        this.entries = entries;
    }

    /** Reads the journal's lines of JSON. */
    public interface Entries {
        /** The texts of the line's fields by name, empty for what it does not have. */
        UnaryOperator<String> of(String line);
    }

    /** One login. */
    public record Login(
            Instant at,
            String target,
            String login,
            String address,
            String serial,
            String keyId,
            String publicKey,
            String authority) {}

    /** What the line tells; the host's own name stands for the target where none is given. */
    public Optional<Login> login(String line, @Nullable String target) {
        if (!line.contains(ACCEPTED_KEY)) {
            return Optional.empty();
        }
        if (line.startsWith("{")) {
            UnaryOperator<String> entry = entries.of(line);
            String micros = entry.apply("__REALTIME_TIMESTAMP");
            if (!PROGRAMS.contains(entry.apply("SYSLOG_IDENTIFIER")) || !micros.matches("[0-9]{1,18}")) {
                return Optional.empty();
            }
            Instant at = Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
            return login(() -> at, entry.apply("_HOSTNAME"), entry.apply("MESSAGE"), target);
        }
        Matcher syslog = SYSLOG.matcher(line);
        return syslog.matches()
                ? login(() -> time(syslog.group(1)), syslog.group(2), syslog.group(3), target)
                : Optional.empty();
    }

    private static Optional<Login> login(Supplier<Instant> at, String host, String message, @Nullable String target) {
        Matcher accepted = ACCEPTED.matcher(message);
        return accepted.matches()
                ? Optional.of(new Login(
                        at.get(),
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
            return Character.isDigit(text.charAt(0)) ? withYear(text) : withoutYear(text);
        } catch (DateTimeException _) {
            throw KitRefusal.UNREADABLE_TIME.because(
                    "the time " + Text.quoted(text) + " of a login cannot be read",
                    "journalctl -u ssh -o short-iso, or -o json");
        }
    }

    private Instant withYear(String text) {
        return switch (ISO.parseBest(text, OffsetDateTime::from, LocalDateTime::from)) {
            case OffsetDateTime at -> at.toInstant();
            case LocalDateTime at -> at.atZone(zone).toInstant();
            case TemporalAccessor other -> throw new DateTimeException(other.toString());
        };
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
