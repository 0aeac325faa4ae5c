package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.formats.ssh.SshCertificate;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.spi.gateway.TargetAccess;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * By what a target is known: keys, or authorities that sign host certificates; lines as in {@code known_hosts}. A line
 * that cannot be read fails the whole, because it may be a {@code @revoked} one.
 */
record HostTrust(List<String> names, Set<SshPublicKey> keys, Set<SshPublicKey> authorities, Set<SshPublicKey> revoked) {
    /** Why a host is not the one that it should be. */
    record Doubt(String sentence) {}

    static HostTrust of(String target, TargetAccess access) {
        List<String> names = List.of(target, access.host(), "[" + access.host() + "]:" + access.port());
        var keys = new ArrayList<SshPublicKey>();
        var authorities = new ArrayList<SshPublicKey>();
        var revoked = new ArrayList<SshPublicKey>();
        for (String line : access.knownHosts()) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            String[] words = text.split("\\s+", 2);
            var list = keys;
            if (text.startsWith("@")) {
                list = switch (words[0]) {
                    case "@cert-authority" -> authorities;
                    case "@revoked" -> revoked;
                    default -> throw unreadable(target, line);
                };
                words = words.length == 2 ? words[1].split("\\s+", 2) : new String[0];
            }
            if (words.length != 2) {
                throw unreadable(target, line);
            }
            SshPublicKey key = SshPublicKey.parse(words[1]).withComment("");
            if (text.startsWith("@revoked") || matches(words[0], names)) {
                list.add(key);
            }
        }
        if (keys.isEmpty() && authorities.isEmpty()) {
            throw GatewayRefusal.HOST_KEY.because(
                    "target " + Text.quoted(target) + ": no host key or authority is known");
        }
        return new HostTrust(names, Set.copyOf(keys), Set.copyOf(authorities), Set.copyOf(revoked));
    }

    /** Nothing if this key or certificate belongs to the target. */
    Optional<Doubt> doubt(byte[] blob, Instant now) {
        try {
            if (isCertificate(blob)) {
                return certificate(SshCertificate.ofBlob(blob), now);
            }
            SshPublicKey key = SshPublicKey.ofBlob(blob);
            if (keys.contains(key) && !revoked.contains(key)) {
                return Optional.empty();
            }
            return doubt("its host key " + key.fingerprint() + " is not the one that is known");
        } catch (Refusal e) {
            return doubt("its host key cannot be read: " + e.sentence());
        }
    }

    /** The algorithms of the keys that are known, for what to ask the target for. */
    Set<String> keyAlgorithms() {
        return keys.stream().map(SshPublicKey::algorithm).collect(Collectors.toUnmodifiableSet());
    }

    private Optional<Doubt> certificate(SshCertificate certificate, Instant now) {
        if (!authorities.contains(certificate.ca().withComment("")) || revoked.contains(certificate.ca())) {
            return doubt("its host certificate is signed by " + certificate.ca().fingerprint()
                    + ", which is no authority for it");
        }
        if (revoked.contains(certificate.publicKey())) {
            return doubt("its host key is revoked");
        }
        if (certificate.type() != SshCertificate.Type.HOST) {
            return doubt("it shows a user's certificate");
        }
        if (!certificate.isValidAt(now)) {
            return doubt("its host certificate is not valid now");
        }
        if (!certificate.criticalOptions().isEmpty()) {
            return doubt("its host certificate holds critical options");
        }
        if (certificate.principals().stream().noneMatch(names::contains)) {
            return doubt("its host certificate is for other hosts");
        }
        return Optional.empty();
    }

    private static Optional<Doubt> doubt(String sentence) {
        return Optional.of(new Doubt(sentence));
    }

    static boolean isCertificate(byte[] blob) {
        int length = blob.length < 4
                ? 0
                : (blob[0] & 0xff) << 24 | (blob[1] & 0xff) << 16 | (blob[2] & 0xff) << 8 | blob[3] & 0xff;
        return length > 0
                && length <= 64
                && blob.length >= 4 + length
                && new String(blob, 4, length, java.nio.charset.StandardCharsets.US_ASCII)
                        .endsWith("-cert-v01@openssh.com");
    }

    private static boolean matches(String patterns, List<String> names) {
        boolean found = false;
        for (String pattern : patterns.split(",", -1)) {
            boolean not = pattern.startsWith("!");
            var glob = glob(not ? pattern.substring(1) : pattern);
            if (names.stream().anyMatch(name -> glob.matcher(name).matches())) {
                if (not) {
                    return false;
                }
                found = true;
            }
        }
        return found;
    }

    private static Pattern glob(String pattern) {
        String regex = pattern.codePoints()
                .mapToObj(point -> switch (point) {
                    case '*' -> ".*+";
                    case '?' -> ".";
                    default -> Pattern.quote(Character.toString(point));
                })
                .collect(Collectors.joining());
        return Pattern.compile(regex.replace(".*+", ".*"));
    }

    private static Refusal unreadable(String target, String line) {
        return GatewayRefusal.HOST_KEY.because(
                "target " + Text.quoted(target) + ": cannot read its known_hosts line " + Text.quoted(line));
    }
}
