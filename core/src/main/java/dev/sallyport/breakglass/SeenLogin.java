package dev.sallyport.breakglass;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.formats.breakglass.UseRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * A login by certificate as a host's log tells it.
 *
 * @param target the target whose log it is, or the host's name where nobody said which
 * @param serial of the certificate, unsigned
 * @param publicKey fingerprint of the key the certificate is for
 * @param authority fingerprint of the key that signed it
 */
public record SeenLogin(
        Instant at,
        String target,
        String login,
        String address,
        String serial,
        String keyId,
        String publicKey,
        String authority) {
    private static final Pattern FINGERPRINT = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");
    private static final Pattern SERIAL = Pattern.compile("0|[1-9][0-9]{0,19}");
    private static final int TEXT_MAX = 200;
    private static final int KEY_ID_MAX = 1024;

    /** How far a host's clock may be off. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    public SeenLogin {
        target = Text.line("target", target, 1, TEXT_MAX);
        login = Text.line("login", login, 1, TEXT_MAX);
        address = Text.line("address", address, 1, TEXT_MAX);
        keyId = Text.line("key_id", Text.printable(keyId), 0, KEY_ID_MAX);
        if (!SERIAL.matcher(serial).matches()
                || !FINGERPRINT.matcher(publicKey).matches()
                || !FINGERPRINT.matcher(authority).matches()) {
            throw InputRefusal.INVALID_VALUE.because(
                    "serial, public_key or authority (expected: a number and SHA256:… twice)");
        }
    }

    /** Whether it is by the very certificate that the record tells of, where and when that one counted. */
    boolean isOf(UseRecord use) {
        return serial.equals(Long.toUnsignedString(use.serial()))
                && publicKey.equals(use.publicKey())
                && keyId.equals(use.keyId())
                && login.equals(use.login())
                && use.targets().contains(target)
                && !at.isBefore(use.validAfter().minus(SKEW))
                && at.isBefore(use.validBefore().plus(SKEW));
    }
}
