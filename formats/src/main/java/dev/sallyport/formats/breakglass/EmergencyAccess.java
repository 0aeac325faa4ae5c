package dev.sallyport.formats.breakglass;

import dev.sallyport.base.Ids;
import dev.sallyport.formats.ssh.SshCertificate;
import dev.sallyport.formats.ssh.SshPublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** What an opened kit gives: a certificate for one account on the targets named, an hour at most, and its record. */
public final class EmergencyAccess {
    /** The longest validity that hosts accept of an emergency authority. */
    public static final Duration LONGEST = Duration.ofHours(1);

    /** For hosts whose clock is a little behind. */
    private static final Duration BACKDATE = Duration.ofSeconds(30);

    private EmergencyAccess() {}

    /** What is wanted. */
    public record Wanted(List<String> targets, String login, Duration validity, String operator, String reason) {
        public Wanted {
            targets = List.copyOf(targets);
            if (!validity.isPositive() || validity.compareTo(LONGEST) > 0) {
                throw KitRefusal.TOO_LONG.because(
                        "validity: " + validity + " (expected: at most " + LONGEST + "; hosts refuse longer ones)");
            }
        }
    }

    /** The certificate as a line, and the file of the record. */
    public record Issued(UseRecord use, String certificate, String record) {}

    /** The principal that opens an account through an emergency authority; no other authority's certificates hold it. */
    public static String principal(String target, String login) {
        return "breakglass:" + target + "/" + login;
    }

    public static Issued issue(
            Kit kit,
            KitKey key,
            List<Share> shares,
            Wanted wanted,
            SshPublicKey holder,
            Instant now,
            SecureRandom random) {
        Instant opened = now.truncatedTo(ChronoUnit.SECONDS);
        Instant before = opened.plus(wanted.validity()).truncatedTo(ChronoUnit.SECONDS);
        Instant after = opened.minus(BACKDATE);
        if (Duration.between(after, before).compareTo(LONGEST) > 0) {
            after = before.minus(LONGEST);
        }
        var use = new UseRecord(
                Ids.next(UseRecord.PREFIX),
                kit.id(),
                opened,
                wanted.targets(),
                wanted.login(),
                random.nextLong(1, Long.MAX_VALUE),
                holder.fingerprint(),
                after,
                before,
                shares.stream()
                        .limit(kit.threshold())
                        .map(share ->
                                kit.shares().get(share.number() - 1).custodian().name())
                        .toList(),
                wanted.operator(),
                wanted.reason());
        String certificate = SshCertificate.user(holder)
                .serial(use.serial())
                .keyId(use.keyId())
                .principals(use.targets().stream()
                        .map(target -> principal(target, use.login()))
                        .toList())
                .valid(after, before)
                .extension("permit-pty")
                .comment("breakglass-" + kit.name())
                .sign(key);
        return new Issued(use, certificate, use.sign(key));
    }
}
