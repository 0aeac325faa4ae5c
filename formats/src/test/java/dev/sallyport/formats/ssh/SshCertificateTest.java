package dev.sallyport.formats.ssh;

import static dev.sallyport.formats.ssh.SshPublicKeyTest.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SshCertificateTest {
    private static final Instant AFTER = Instant.parse("2030-01-02T03:04:05Z");
    private static final Instant BEFORE = Instant.parse("2030-01-02T03:14:05Z");

    private final SshSigner ca = SshKeys.generateEd25519(null).signer(null);
    private final SshPublicKey key = SshKeys.generateEd25519(null).publicKey();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"ed25519,256", "ecdsa,256", "ecdsa,384", "ecdsa,521", "rsa,2048"})
    void openSshShowsExactlyWhatWeSigned(String type, String bits) {
        var openSsh = new OpenSsh(folder);
        var user = openSsh.key("user", type, bits);

        openSsh.write("cert.pub", usual(user).comment("dev@example").sign(ca) + "\n");

        assertThat(openSsh.succeed("-L", "-f", "cert.pub").lines().map(String::strip))
                .containsExactly(
                        "cert.pub:",
                        "Type: " + user.type().certificateAlgorithm() + " user certificate",
                        "Public key: " + name(user) + "-CERT " + user.fingerprint(),
                        "Signing CA: ED25519 " + ca.publicKey().fingerprint() + " (using ssh-ed25519)",
                        "Key ID: \"dev req_1 grt_2\"",
                        "Serial: 18446744073709551615",
                        "Valid: from 2030-01-02T03:04:05 to 2030-01-02T03:14:05",
                        "Principals:",
                        "web-1/deploy",
                        "web-1/admin",
                        "Critical Options:",
                        "force-command /bin/true",
                        "source-address 10.0.0.0/8",
                        "Extensions:",
                        "permit-port-forwarding",
                        "permit-pty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh-ed25519", "ecdsa-sha2-nistp256"})
    void openSshTrustsCertificatesOfEitherKindOfCa(String algorithm) {
        var signer = algorithm.equals("ssh-ed25519")
                ? ca
                : SshKeys.generateEcdsaP256(null).signer(null);
        var openSsh = new OpenSsh(folder);

        openSsh.write("cert.pub", usual(key).sign(signer));

        assertThat(openSsh.succeed("-L", "-f", "cert.pub")).contains("(using " + algorithm + ")");
    }

    @Test
    void hostCertificatesAreShownAsSuch() {
        var openSsh = new OpenSsh(folder);
        String line = SshCertificate.host(key)
                .serial(7)
                .keyId("web-1")
                .principals(List.of("web-1.example"))
                .valid(AFTER, BEFORE)
                .sign(ca);

        openSsh.write("cert.pub", line);

        assertThat(openSsh.succeed("-L", "-f", "cert.pub")).contains("host certificate", "web-1.example");
        assertThat(SshCertificate.parse(line).type()).isEqualTo(SshCertificate.Type.HOST);
    }

    @Test
    void securityKeysGetCertificatesToo() {
        for (var security : List.of(TestKeys.SK_ED25519, TestKeys.skEcdsa())) {
            String line = usual(security).sign(ca);
            var openSsh = new OpenSsh(folder);
            openSsh.write("cert.pub", line);

            assertThat(SshCertificate.parse(line).publicKey()).isEqualTo(security);
            assertThat(openSsh.succeed("-L", "-f", "cert.pub")).contains(security.fingerprint());
        }
    }

    @Test
    void whatWeSignedIsWhatWeRead() {
        var certificate = SshCertificate.parse(usual(key).sign(ca));

        assertThat(certificate.serial()).isEqualTo(-1L);
        assertThat(certificate.type()).isEqualTo(SshCertificate.Type.USER);
        assertThat(certificate.keyId()).isEqualTo("dev req_1 grt_2");
        assertThat(certificate.principals()).containsExactly("web-1/deploy", "web-1/admin");
        assertThat(certificate.validAfter()).isEqualTo(AFTER);
        assertThat(certificate.validBefore()).isEqualTo(BEFORE);
        assertThat(certificate.criticalOptions())
                .containsEntry("source-address", "10.0.0.0/8")
                .containsEntry("force-command", "/bin/true")
                .hasSize(2);
        assertThat(certificate.extensions()).containsOnlyKeys("permit-pty", "permit-port-forwarding");
        assertThat(certificate.publicKey()).isEqualTo(key);
        assertThat(certificate.ca()).isEqualTo(ca.publicKey());
    }

    @ParameterizedTest
    @CsvSource({"ed25519,256", "ecdsa,256", "ecdsa,384", "ecdsa,521", "rsa,2048"})
    void certificatesThatOpenSshSignedAreRead(String type, String bits) {
        var openSsh = new OpenSsh(folder);
        var authority = openSsh.key("ca", type, bits);
        var user = openSsh.key("user", type, bits);
        openSsh.succeed(
                "-q",
                "-s",
                "ca",
                "-I",
                "an id",
                "-n",
                "a,b",
                "-z",
                "42",
                "-V",
                "20300102030405Z:20300102031405Z",
                "-O",
                "clear",
                "-O",
                "permit-pty",
                "-O",
                "force-command=id",
                "user.pub");

        var certificate = SshCertificate.parse(openSsh.read("user-cert.pub"));

        assertThat(certificate)
                .isEqualTo(new SshCertificate(
                        42,
                        SshCertificate.Type.USER,
                        "an id",
                        List.of("a", "b"),
                        AFTER,
                        BEFORE,
                        new java.util.TreeMap<>(java.util.Map.of("force-command", "id")),
                        new java.util.TreeMap<>(java.util.Map.of("permit-pty", "")),
                        user,
                        authority));
    }

    @Test
    void certificatesWithoutEndAreReadAsSuch() {
        var openSsh = new OpenSsh(folder);
        openSsh.key("ca", "ed25519", "256");
        openSsh.key("user", "ed25519", "256");
        openSsh.succeed("-q", "-s", "ca", "-I", "x", "-n", "a", "user.pub");

        var certificate = SshCertificate.parse(openSsh.read("user-cert.pub"));

        assertThat(certificate.validAfter()).isEqualTo(Instant.EPOCH);
        assertThat(certificate.validBefore()).isEqualTo(SshCertificate.FOREVER);
    }

    @Test
    void certificatesForAnyoneAreRefusedWhoeverSignedThem() {
        var openSsh = new OpenSsh(folder);
        openSsh.key("ca", "ed25519", "256");
        openSsh.key("user", "ed25519", "256");
        openSsh.succeed("-q", "-s", "ca", "-I", "x", "user.pub");

        refuses("ssh.certificate-for-anyone", () -> SshCertificate.parse(openSsh.read("user-cert.pub")));
        refuses(
                "ssh.certificate-for-anyone",
                () -> usual(key).principals(List.of()).sign(ca));
    }

    @Test
    void everyFlippedBitIsRefused() {
        byte[] blob = blob(usual(key).sign(ca));

        for (int bit = 0; bit < blob.length * 8; bit++) {
            byte[] forged = blob.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> SshCertificate.ofBlob(forged)).isInstanceOf(Refusal.class);
        }
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] blob = blob(usual(key).sign(ca));

        for (int length = 0; length < blob.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(blob, length);
            assertThatThrownBy(() -> SshCertificate.ofBlob(cut)).isInstanceOf(Refusal.class);
        }
        refuses("ssh.malformed-certificate", () -> SshCertificate.ofBlob(java.util.Arrays.copyOf(blob, 2000)));
    }

    @Test
    void aSignatureByAnotherKeyIsRefused() {
        var other = SshKeys.generateEd25519(null).signer(null);
        var liar = new SshSigner() {
            @Override
            public SshPublicKey publicKey() {
                return ca.publicKey();
            }

            @Override
            public byte[] sign(byte[] data) {
                return other.sign(data);
            }
        };

        refuses("ssh.bad-signature", () -> SshCertificate.parse(usual(key).sign(liar)));
    }

    @Test
    void whatWouldBeUnsafeIsNotSigned() {
        refuses("ssh.invalid-certificate", () -> usual(key).serial(0).sign(ca));
        refuses("ssh.invalid-certificate", () -> usual(key).keyId("").sign(ca));
        refuses(
                "ssh.invalid-certificate",
                () -> usual(key).keyId("x".repeat(1025)).sign(ca));
        refuses("ssh.invalid-certificate", () -> usual(key).keyId("a\u001b[2J").sign(ca));
        refuses("ssh.invalid-certificate", () -> usual(key).comment("a\nb").sign(ca));
        refuses(
                "ssh.invalid-certificate",
                () -> usual(key).principals(List.of("a,b")).sign(ca));
        refuses(
                "ssh.invalid-certificate",
                () -> usual(key).principals(List.of("")).sign(ca));
        refuses(
                "ssh.invalid-certificate",
                () -> usual(key).principals(Collections.nCopies(257, "a")).sign(ca));
        refuses("ssh.invalid-certificate", () -> usual(key).valid(BEFORE, AFTER).sign(ca));
        refuses("ssh.invalid-certificate", () -> usual(key).valid(AFTER, AFTER).sign(ca));
        refuses(
                "ssh.invalid-certificate",
                () -> usual(key).valid(AFTER, SshCertificate.FOREVER).sign(ca));
        refuses("ssh.invalid-certificate", () -> usual(key).extension("a b").sign(ca));
        refuses(
                "ssh.invalid-certificate",
                () -> usual(key).criticalOption("a", "b\nc").sign(ca));
    }

    @Test
    void theLargestCertificateIsStillAccepted() {
        var principals = new ArrayList<String>();
        IntStream.range(0, 256).forEach(i -> principals.add("p" + i + "/" + "x".repeat(100)));
        String line = usual(key).principals(principals).keyId("é".repeat(512)).sign(ca);
        var openSsh = new OpenSsh(folder);
        openSsh.write("cert.pub", line);

        assertThat(SshCertificate.parse(line).principals()).isEqualTo(principals);
        assertThat(openSsh.succeed("-L", "-f", "cert.pub")).contains(principals.getLast());
    }

    @Test
    void aCertificateIsValidFromItsStartUntilBeforeItsEnd() {
        var certificate = SshCertificate.parse(usual(key).sign(ca));

        assertThat(certificate.isValidAt(AFTER.minusSeconds(1))).isFalse();
        assertThat(certificate.isValidAt(AFTER)).isTrue();
        assertThat(certificate.isValidAt(BEFORE.minusSeconds(1))).isTrue();
        assertThat(certificate.isValidAt(BEFORE)).isFalse();
    }

    static SshCertificateBuilder usual(SshPublicKey key) {
        return SshCertificate.user(key)
                .serial(-1L)
                .keyId("dev req_1 grt_2")
                .principals(List.of("web-1/deploy", "web-1/admin"))
                .valid(AFTER, BEFORE)
                .criticalOption("source-address", "10.0.0.0/8")
                .criticalOption("force-command", "/bin/true")
                .extension("permit-pty")
                .extension("permit-port-forwarding");
    }

    private static byte[] blob(String line) {
        return Base64.getDecoder().decode(line.split(" ")[1]);
    }

    private static String name(SshPublicKey key) {
        return switch (key.type()) {
            case ED25519 -> "ED25519";
            case ECDSA_P256, ECDSA_P384, ECDSA_P521 -> "ECDSA";
            case RSA -> "RSA";
            case SK_ED25519 -> "ED25519-SK";
            case SK_ECDSA_P256 -> "ECDSA-SK";
        };
    }
}
