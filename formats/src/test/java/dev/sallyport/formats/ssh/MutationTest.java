package dev.sallyport.formats.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Mutated input of every kind ends in success or in a refusal, never in a fault. */
class MutationTest {
    private static final int ROUNDS = 3_000;

    private final SshKeyPair pair = SshKeys.generateEd25519(null);
    private final SshKeyPair ecdsa = SshKeys.generateEcdsaP256(null);

    @Test
    void publicKeys() throws Exception {
        var rsa = java.security.KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        var keys = List.of(
                pair.publicKey(),
                ecdsa.publicKey(),
                TestKeys.SK_ED25519,
                TestKeys.skEcdsa(),
                SshKeys.ofJava(rsa.generateKeyPair().getPublic()));
        for (var key : keys) {
            survive(key.blob(), SshPublicKey::ofBlob);
            survive(key.withComment("a name").line().getBytes(StandardCharsets.UTF_8), text(SshPublicKey::parse));
        }
    }

    @Test
    void certificates() {
        String line = SshCertificateTest.usual(ecdsa.publicKey()).sign(pair.signer(null));

        survive(Base64.getDecoder().decode(line.split(" ")[1]), SshCertificate::ofBlob);
        survive(line.getBytes(StandardCharsets.UTF_8), text(SshCertificate::parse));
    }

    @Test
    void privateKeys() {
        for (var key : List.of(pair, ecdsa)) {
            String armored = key.openSshText().reveal();

            survive(armored.getBytes(StandardCharsets.UTF_8), text(t -> SshKeyPair.ofOpenSshText(Secret.of(t))));
            survive(body(armored), b -> SshKeyPair.ofOpenSshText(Secret.of(rearmor("OPENSSH PRIVATE KEY", b))));
        }
    }

    @Test
    void signatures() {
        byte[] message = new byte[40];
        for (var key : List.of(pair, ecdsa)) {
            var trusted = List.of(key.publicKey());
            String armored = SshSignature.sign(key.signer(null), "test", message);
            Consumer<String> verify = t -> SshSignature.verify(t, trusted, "test", message);

            survive(armored.getBytes(StandardCharsets.UTF_8), text(verify));
            survive(body(armored), b -> verify.accept(rearmor("SSH SIGNATURE", b)));
            survive(key.signer(null).sign(message), b -> key.publicKey().verifies(message, b));
        }
    }

    @Test
    void revocationLists() {
        var list = Krl.builder(9, Instant.EPOCH)
                .comment("a list")
                .serials(pair.publicKey(), 100_000, 200_000)
                .keyId(pair.publicKey(), "an id")
                .key(ecdsa.publicKey())
                .fingerprint(pair.publicKey().fingerprint());
        for (int i = 1; i < 200; i += 2) {
            list.serial(pair.publicKey(), i).serial(pair.publicKey(), i * 1_000_000L);
        }

        survive(list.toBytes(), Krl::parse);
    }

    private static void survive(byte[] good, Consumer<byte[]> reader) {
        var random = new Random(42);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bad = mutate(good, random);
            try {
                reader.accept(bad);
            } catch (Refusal refusal) {
                assertThat(refusal.code()).startsWith("ssh.");
            } catch (RuntimeException | Error fault) {
                fail("round " + round + ": " + Base64.getEncoder().encodeToString(bad), fault);
            }
        }
        reader.accept(good);
    }

    private static byte[] mutate(byte[] good, Random random) {
        byte[] bad = good.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            bad = mutation(random).apply(bad);
        }
        return bad;
    }

    private static UnaryOperator<byte[]> mutation(Random random) {
        return bytes -> {
            if (bytes.length < 8) {
                return new byte[random.nextInt(64)];
            }
            int at = random.nextInt(bytes.length - 4);
            return switch (random.nextInt(5)) {
                case 0 -> {
                    bytes[at] ^= (byte) (1 << random.nextInt(8));
                    yield bytes;
                }
                case 1 -> Arrays.copyOf(bytes, at);
                case 2 -> Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(16));
                case 3 -> {
                    Arrays.fill(bytes, at, at + 4, (byte) (random.nextBoolean() ? 0xff : 0));
                    yield bytes;
                }
                default -> {
                    bytes[at] = (byte) random.nextInt(256);
                    yield bytes;
                }
            };
        };
    }

    private static Consumer<byte[]> text(Consumer<String> reader) {
        return bytes -> reader.accept(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    private static byte[] body(String armored) {
        return Base64.getMimeDecoder().decode(armored.replaceAll("-----[A-Z ]+-----", ""));
    }

    private static String rearmor(String label, byte[] body) {
        return new Armor(label, 70).wrap(body);
    }
}
