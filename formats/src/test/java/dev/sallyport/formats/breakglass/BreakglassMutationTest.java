package dev.sallyport.formats.breakglass;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.formats.ssh.SshKeys;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Mutated kits, shares and records end in success or in a refusal, never in a fault. */
class BreakglassMutationTest {
    private static final int ROUNDS = Integer.getInteger("sallyport.fuzz", 3_000);

    private final SecureRandom secure = new SecureRandom();
    private final Kit.Made made = Kit.make(
            "prod",
            2,
            List.of(
                    new Custodian("ada", new Custodian.Lock.Passphrase()),
                    new Custodian(
                            "bob",
                            new Custodian.Lock.Age("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"))),
            Instant.EPOCH,
            secure);

    @Test
    void kits() {
        survive(made.kit().text(), Kit::parse);
    }

    @Test
    void shares() {
        survive(ShareText.of(made.shares().getFirst()), ShareText::read);
        String sealed =
                ShareText.of(SealedShare.seal(made.shares().getFirst(), Secret.of("a passphrase for a test"), secure));
        survive(sealed, ShareText::read);
    }

    @Test
    void bytesOfShares() {
        survive(
                new String(made.shares().getFirst().bytes(), ISO_8859_1),
                text -> Share.ofBytes(text.getBytes(ISO_8859_1)));
        byte[] sealed = SealedShare.seal(made.shares().getFirst(), Secret.of("a passphrase for a test"), secure)
                .bytes();
        survive(new String(sealed, ISO_8859_1), text -> SealedShare.ofBytes(text.getBytes(ISO_8859_1)));
    }

    @Test
    void records() {
        try (var key = made.kit().open(made.shares())) {
            var wanted = new EmergencyAccess.Wanted(List.of("web-1"), "root", Duration.ofMinutes(5), "ada", "a test");
            String record = EmergencyAccess.issue(
                            made.kit(),
                            key,
                            made.shares(),
                            wanted,
                            SshKeys.generateEd25519(null).publicKey(),
                            Instant.EPOCH.plusSeconds(3600),
                            secure)
                    .record();
            survive(record, text -> UseRecord.verify(text, made.kit().ca()));
        }
    }

    private static void survive(String good, Consumer<String> reader) {
        long seed = Long.getLong("sallyport.seed", 42L);
        var random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String bad = mutated(good.getBytes(ISO_8859_1), random);
            try {
                reader.accept(bad);
            } catch (Refusal refusal) {
                assertThat(refusal.code()).startsWith("breakglass.");
            } catch (RuntimeException | Error fault) {
                fail("seed " + seed + ", round " + round + ": " + bad, fault);
            }
        }
        reader.accept(good);
    }

    private static String mutated(byte[] good, Random random) {
        byte[] bad = good.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            if (bad.length == 0) {
                break;
            }
            int at = random.nextInt(bad.length);
            switch (random.nextInt(5)) {
                case 0 -> bad[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bad = Arrays.copyOf(bad, at);
                case 2 -> bad = Arrays.copyOf(bad, bad.length + 1 + random.nextInt(16));
                case 3 -> bad[at] = (byte) random.nextInt(256);
                default -> {
                    int to = Math.min(bad.length, at + 1 + random.nextInt(40));
                    byte[] longer = new byte[bad.length + to - at];
                    System.arraycopy(bad, 0, longer, 0, to);
                    System.arraycopy(bad, at, longer, to, bad.length - at);
                    bad = longer;
                }
            }
        }
        return new String(bad, ISO_8859_1);
    }
}
