package dev.sallyport.formats.ssh;

import static dev.sallyport.formats.ssh.SshPublicKeyTest.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KrlTest {
    private static final Instant GENERATED = Instant.parse("2030-01-01T00:00:00Z");
    private static final long HUGE = -1L;

    private final SshSigner ca = SshKeys.generateEd25519(null).signer(null);
    private final SshSigner otherCa = SshKeys.generateEcdsaP256(null).signer(null);
    private final SshPublicKey user = SshKeys.generateEd25519(null).publicKey();

    @TempDir
    Path folder;

    @Test
    void aListOfOneRevokesThatOneOfThatCa() {
        byte[] krl = krl(list -> list.serial(ca.publicKey(), 5));

        agrees(krl, ca, true, 5);
        agrees(krl, ca, false, 1, 4, 6, HUGE);
        agrees(krl, otherCa, false, 5);
    }

    @Test
    void rangesIncludeBothEnds() {
        byte[] krl = krl(list -> list.serials(ca.publicKey(), 1000, 900_000)
                .serials(ca.publicKey(), 900_000, 900_001)
                .serials(ca.publicKey(), 900_002, 900_002));

        agrees(krl, ca, true, 1000, 1001, 500_000, 900_000, 900_002);
        agrees(krl, ca, false, 999, 900_003);
        assertThat(krl.length).isLessThan(200);
    }

    @Test
    void theLargestSerialsAreRevokedToo() {
        byte[] krl = krl(list -> list.serial(ca.publicKey(), HUGE).serials(otherCa.publicKey(), HUGE - 9, HUGE));

        agrees(krl, ca, true, HUGE);
        agrees(krl, ca, false, HUGE - 1, Long.MAX_VALUE, Long.MIN_VALUE);
        agrees(krl, otherCa, true, HUGE - 9, HUGE);
        agrees(krl, otherCa, false, HUGE - 10);
    }

    @Test
    void bitmapsReachAcrossTheSignBitAndToTheLastSerial() {
        byte[] krl = krl(list -> {
            for (long i = -400; i < 400; i += 3) {
                list.serial(ca.publicKey(), Long.MIN_VALUE + i);
            }
            for (long serial = -401; serial < 0; serial += 4) {
                list.serial(ca.publicKey(), serial);
            }
        });

        assertThat(krl.length).isLessThan(500);
        agrees(krl, ca, true, Long.MIN_VALUE - 1, Long.MIN_VALUE - 400, Long.MIN_VALUE + 2, -401, HUGE);
        agrees(krl, ca, false, Long.MIN_VALUE, Long.MIN_VALUE - 401, -402, -2);
    }

    @Test
    void tenThousandScatteredSerialsAreRevokedAndNoOthers() {
        var random = new Random(7);
        var serials = new TreeSet<Long>();
        while (serials.size() < 10_000) {
            serials.add(1 + random.nextLong(60_000));
        }
        byte[] krl = krl(list -> serials.forEach(s -> list.serial(ca.publicKey(), s)));
        var read = Krl.parse(krl);

        assertThat(LongStream.rangeClosed(1, 60_001).filter(s -> read.revokes(ca.publicKey(), s)))
                .containsExactlyElementsOf(serials);
        assertThat(krl.length).isLessThan(9_000); // a list would take 80,000 bytes
        agrees(krl, ca, true, serials.first(), serials.last());
        agrees(krl, ca, false, 60_001);
    }

    @Test
    void everyMixOfListsRangesAndBitmapsMeansTheSameToOpenSshAndToUs() {
        var random = new Random(11);
        for (int round = 0; round < 200; round++) {
            var serials = new TreeSet<Long>();
            long next = 1L + random.nextInt(5);
            for (int i = 0; i < 200; i++) {
                long run = random.nextInt(10) == 0 ? 1L + random.nextInt(300) : 1L + random.nextInt(2);
                LongStream.range(next, next + run).forEach(serials::add);
                next += run + 1 + random.nextInt(random.nextInt(5) == 0 ? 30_000 : 20);
            }
            byte[] bytes = krl(list -> serials.reversed().forEach(s -> list.serial(ca.publicKey(), s)));
            var read = Krl.parse(bytes);
            long end = next;
            assertThat(LongStream.rangeClosed(1, end).filter(s -> read.revokes(ca.publicKey(), s)))
                    .containsExactlyElementsOf(serials);
            if (round % 50 == 0) {
                assertThat(openSshSerials(bytes)).isEqualTo(serials);
            }
        }
    }

    @Test
    void keyIdsKeysAndFingerprintsAreRevoked() {
        var byFingerprint = SshKeys.generateEd25519(null).publicKey();
        var free = SshKeys.generateEd25519(null).publicKey();
        byte[] bytes = krl(list -> list.keyId(ca.publicKey(), "the id 9")
                .keyId(ca.publicKey(), "another")
                .key(user)
                .key(otherCa.publicKey())
                .fingerprint(byFingerprint.fingerprint())
                .fingerprint(SshKeys.generateEd25519(null).publicKey().fingerprint()));
        var krl = Krl.parse(bytes);
        var openSsh = new OpenSsh(folder);

        assertThat(openSsh.write("list", bytes)).exists();
        assertThat(List.of(user, byFingerprint, otherCa.publicKey())).allSatisfy(k -> {
            assertThat(krl.revokes(k)).isTrue();
            assertThat(revokedByOpenSsh(openSsh, k.line())).isTrue();
        });
        assertThat(krl.revokes(free)).isFalse();
        assertThat(revokedByOpenSsh(openSsh, free.line())).isFalse();
        agrees(bytes, ca, free, true, 9);
        agrees(bytes, ca, free, false, 8);
        agrees(bytes, ca, user, true, 8);
        agrees(bytes, otherCa, free, true, 8);
    }

    @Test
    void aListSaysItsVersionAndAge() {
        byte[] bytes = Krl.builder(HUGE, GENERATED).comment("for web-1").toBytes();

        var krl = Krl.parse(bytes);

        assertThat(krl.version()).isEqualTo(HUGE);
        assertThat(krl.generated()).isEqualTo(GENERATED);
        assertThat(krl.comment()).isEqualTo("for web-1");
        agrees(bytes, ca, false, 1);
    }

    @Test
    void theSameContentGivesTheSameBytes() {
        byte[] upwards = krl(
                list -> list.serial(ca.publicKey(), 3).serial(ca.publicKey(), 9).key(user));
        byte[] downwards = krl(list -> list.key(user).serial(ca.publicKey(), 9).serial(ca.publicKey(), 3));

        assertThat(upwards).isEqualTo(downwards);
    }

    @Test
    void serialZeroAndBackwardRangesAreRefused() {
        refuses("ssh.invalid-krl", () -> krl(list -> list.serial(ca.publicKey(), 0)));
        refuses("ssh.invalid-krl", () -> krl(list -> list.serials(ca.publicKey(), 0, 5)));
        refuses("ssh.invalid-krl", () -> krl(list -> list.serials(ca.publicKey(), 6, 5)));
        refuses("ssh.invalid-krl", () -> krl(list -> list.serials(ca.publicKey(), HUGE, 5)));
        refuses("ssh.invalid-krl", () -> krl(list -> list.fingerprint("SHA256:abc")));
        refuses("ssh.invalid-krl", () -> krl(list -> list.keyId(ca.publicKey(), "")));
        refuses("ssh.invalid-krl", () -> krl(list -> list.comment("a\nb")));
    }

    @Test
    void listsMadeByOpenSshAreRead() {
        var openSsh = new OpenSsh(folder);
        var authority = openSsh.key("ca", "ed25519", "256");
        var revoked = openSsh.key("revoked", "ecdsa", "521");
        var old = openSsh.key("old", "ed25519", "256");
        var specification = new StringBuilder("serial: 100-9000\nserial: 18446744073709551615\nid: someone\n");
        LongStream.range(10_000, 12_000)
                .filter(s -> s % 3 == 0)
                .forEach(s -> specification.append("serial: ").append(s).append('\n'));
        specification.append("sha256: ").append(openSsh.read("revoked.pub"));
        specification.append("sha1: ").append(openSsh.read("old.pub"));
        openSsh.write("spec", specification.toString());
        openSsh.succeed("-q", "-k", "-f", "made", "-s", "ca.pub", "-z", "77", "spec");

        var krl = Krl.parse(openSsh.bytes("made"));

        assertThat(krl.version()).isEqualTo(77);
        assertThat(LongStream.of(100, 9000, 10_002, 11_997, HUGE)).allMatch(s -> krl.revokes(authority, s));
        assertThat(LongStream.of(0, 99, 9001, 10_000, 12_000)).noneMatch(s -> krl.revokes(authority, s));
        assertThat(krl.revokesKeyId(authority, "someone")).isTrue();
        assertThat(krl.revokesKeyId(authority, "someone else")).isFalse();
        assertThat(krl.revokes(revoked)).isTrue();
        assertThat(krl.revokes(old)).isTrue();
        assertThat(krl.revokes(authority)).isFalse();
    }

    @Test
    void hostileListsAreRefused() {
        byte[] good = krl(list -> list.serial(ca.publicKey(), 5));

        refuses("ssh.malformed-krl", () -> Krl.parse(new byte[0]));
        refuses("ssh.malformed-krl", () -> Krl.parse(new byte[Krl.SIZE_MAX + 1]));
        refuses("ssh.malformed-krl", () -> Krl.parse(Arrays.copyOf(good, good.length - 1)));
        refuses("ssh.malformed-krl", () -> Krl.parse(Arrays.copyOf(good, good.length + 1)));
        refuses(
                "ssh.malformed-krl",
                () -> Krl.parse(new SshWriter(64)
                        .raw(good)
                        .octet(KrlFormat.SIGNATURE)
                        .empty()
                        .toBytes()));
        refuses(
                "ssh.malformed-krl",
                () -> Krl.parse(new SshWriter(64)
                        .raw(good)
                        .octet(KrlFormat.EXTENSION)
                        .string(new SshWriter(32).string("new").octet(1).empty().toBytes())
                        .toBytes()));
    }

    private static byte[] krl(Consumer<KrlBuilder> content) {
        var list = Krl.builder(1, GENERATED);
        content.accept(list);
        return list.toBytes();
    }

    private void agrees(byte[] krl, SshSigner signer, boolean revoked, long... serials) {
        agrees(krl, signer, user, revoked, serials);
    }

    /** ssh-keygen and we say the same of certificates with these serials and the key id "the id SERIAL". */
    private void agrees(byte[] krl, SshSigner signer, SshPublicKey key, boolean revoked, long... serials) {
        var openSsh = new OpenSsh(folder);
        openSsh.write("list", krl);
        for (long serial : serials) {
            String line = SshCertificateTest.usual(key)
                    .serial(serial)
                    .keyId("the id " + Long.toUnsignedString(serial))
                    .sign(signer);
            assertThat(revokedByOpenSsh(openSsh, line))
                    .as("ssh-keygen on serial %s", Long.toUnsignedString(serial))
                    .isEqualTo(revoked);
            assertThat(Krl.parse(krl).revokes(SshCertificate.parse(line)))
                    .as("serial %s", Long.toUnsignedString(serial))
                    .isEqualTo(revoked);
        }
    }

    private static boolean revokedByOpenSsh(OpenSsh openSsh, String line) {
        openSsh.write("asked.pub", line + "\n");
        var result = openSsh.run("-Q", "-f", "list", "asked.pub");
        assertThat(result.output()).containsPattern("asked.pub .*: (ok|REVOKED)");
        assertThat(result.exit()).isEqualTo(result.output().contains("REVOKED") ? 1 : 0);
        return result.exit() == 1;
    }

    private Set<Long> openSshSerials(byte[] krl) {
        var openSsh = new OpenSsh(folder);
        openSsh.write("list", krl);
        var serials = new TreeSet<Long>();
        openSsh.succeed("-Q", "-l", "-f", "list")
                .lines()
                .filter(l -> l.startsWith("serial: "))
                .forEach(l -> {
                    String[] ends = l.substring("serial: ".length()).strip().split("-");
                    LongStream.rangeClosed(Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1]))
                            .forEach(serials::add);
                });
        return serials;
    }
}
