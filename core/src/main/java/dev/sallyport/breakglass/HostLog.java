package dev.sallyport.breakglass;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Json;
import dev.sallyport.formats.breakglass.AuthLog;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What a host's sshd logged, as somebody hands it in.
 *
 * @param target whose log it is; without one, the host's name in it is taken
 * @param zone of times in it that name none
 */
public record HostLog(Optional<String> target, String text, ZoneId zone) {
    /** Characters of one log. */
    public static final int TEXT_MAX = 500_000;

    /** Logs handed in at once. */
    public static final int LOGS_MAX = 20;

    public HostLog {
        if (text.length() > TEXT_MAX) {
            throw InputRefusal.INVALID_VALUE.because(
                    "log: " + text.length() + " characters (expected: at most " + TEXT_MAX + ")",
                    "hand in only the lines with \"" + AuthLog.ACCEPTED_KEY.strip()
                            + "\", or part after part, or any size with: sallyport breakglass reconcile --log");
        }
    }

    /** @throws dev.sallyport.base.Refusal {@code input.invalid-value} for a zone that is none */
    public static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException _) {
            throw InputRefusal.INVALID_VALUE.because(
                    "zone: " + Text.quoted(name) + " (expected: a zone such as Europe/Berlin)");
        }
    }

    /** The logins by certificate in it, whoever signed them. */
    List<SeenLogin> logins(Instant now) {
        var reader = new AuthLog(zone, now, HostLog::entry);
        return text.lines()
                .flatMap(line -> reader.login(line, target.orElse(null)).stream())
                .map(HostLog::seen)
                .toList();
    }

    private static UnaryOperator<String> entry(String line) {
        Map<String, Object> entry = Json.foreign(line);
        return field -> entry.get(field) instanceof String text ? text : "";
    }

    private static SeenLogin seen(AuthLog.Login login) {
        return new SeenLogin(
                login.at().truncatedTo(ChronoUnit.MILLIS),
                login.target(),
                login.login(),
                login.address(),
                login.serial(),
                login.keyId(),
                login.publicKey(),
                login.authority());
    }
}
