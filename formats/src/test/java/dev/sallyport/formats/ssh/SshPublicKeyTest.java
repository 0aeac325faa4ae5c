package dev.sallyport.formats.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SshPublicKeyTest {
    private final SshPublicKey key = SshKeys.generateEd25519(null).publicKey();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"ed25519,256", "ecdsa,256", "ecdsa,384", "ecdsa,521", "rsa,2048", "rsa,4096"})
    void keysOfOpenSshAreReadAndWrittenBackAlike(String type, String bits) {
        var openSsh = new OpenSsh(folder);

        var read = openSsh.key("user", type, bits);

        assertThat(read.line()).isEqualTo(openSsh.read("user.pub").strip());
        assertThat(read.comment()).isEqualTo("user");
        assertThat(openSsh.succeed("-l", "-f", "user.pub")).contains(read.fingerprint());
        assertThat(SshKeys.ofJava(SshKeys.toJava(read))).isEqualTo(read);
        assertThat(SshPublicKey.ofBlob(read.blob())).isEqualTo(read).hasSameHashCodeAs(read);
    }

    @Test
    void securityKeysAreAccepted() {
        for (var security : new SshPublicKey[] {TestKeys.SK_ED25519, TestKeys.skEcdsa()}) {
            var openSsh = new OpenSsh(folder);
            openSsh.write("sk.pub", security.line());

            assertThat(openSsh.succeed("-l", "-f", "sk.pub")).contains(security.fingerprint());
            assertThat(SshPublicKey.parse(security.line())).isEqualTo(security);
        }
    }

    @Test
    void weakRsaKeysAreRefusedWithTheLimit() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        var weak = generator.generateKeyPair().getPublic();

        refuses("ssh.weak-key", () -> SshKeys.ofJava(weak));
        assertThatThrownBy(() -> SshKeys.ofJava(weak)).hasMessage("RSA key: 1024 bits (expected: at least 2048)");
    }

    @Test
    void certificatesUnknownTypesAndOptionsAreNoKeys() {
        var ca = SshKeys.generateEd25519(null).signer(null);

        refuses(
                "ssh.unsupported-key",
                () -> SshPublicKey.parse(SshCertificateTest.usual(key).sign(ca)));
        refuses("ssh.unsupported-key", () -> SshPublicKey.parse("ssh-dss AAAAB3NzaC1kc3M="));
        refuses("ssh.malformed-key", () -> SshPublicKey.parse("no-pty " + key.line()));
    }

    @Test
    void malformedLinesAreRefused() {
        refuses("ssh.malformed-key", () -> SshPublicKey.parse(""));
        refuses("ssh.malformed-key", () -> SshPublicKey.parse("ssh-ed25519"));
        refuses("ssh.malformed-key", () -> SshPublicKey.parse("ssh-ed25519 %%%"));
        refuses("ssh.malformed-key", () -> SshPublicKey.parse("ssh-ed25519 AAAA"));
        refuses("ssh.malformed-key", () -> SshPublicKey.parse(key.line() + " " + "x".repeat(16 * 1024)));
        refuses("ssh.malformed-key", () -> SshPublicKey.parse(key.line() + " a\n" + key.line()));
        refuses("ssh.malformed-key", () -> SshPublicKey.parse(key.line() + " \u001b[31m"));
        refuses("ssh.malformed-key", () -> SshPublicKey.parse(key.line().replace("ssh-ed25519 ", "ssh-rsa ")));
    }

    @Test
    void bytesAfterTheKeyAreRefused() {
        byte[] longer = new SshWriter(64).raw(key.blob()).octet(0).toBytes();

        refuses("ssh.malformed-key", () -> SshPublicKey.ofBlob(longer));
        refuses(
                "ssh.malformed-key",
                () -> SshPublicKey.parse("ssh-ed25519 " + Base64.getEncoder().encodeToString(longer)));
    }

    @Test
    void wrongLengthsAndPointsOffTheCurveAreRefused() {
        byte[] point = SshKeys.generateEcdsaP256(null).publicKey().blob();
        point[point.length - 1] ^= 1;

        refuses("ssh.malformed-key", () -> SshPublicKey.ofBlob(point));
        refuses(
                "ssh.malformed-key",
                () -> SshPublicKey.ofBlob(new SshWriter(64)
                        .string("ssh-ed25519")
                        .string(new byte[31])
                        .toBytes()));
        refuses(
                "ssh.malformed-key",
                () -> SshPublicKey.ofBlob(new SshWriter(64)
                        .string("ecdsa-sha2-nistp256")
                        .string("nistp384")
                        .empty()
                        .toBytes()));
    }

    @Test
    void aCommentIsANameAndNothingElse() {
        var named = key.withComment("laptop");

        assertThat(named).isEqualTo(key);
        assertThat(named.line()).isEqualTo(key.line() + " laptop");
        refuses("ssh.malformed-key", () -> key.withComment("a\nb"));
    }

    @Test
    void aSecurityKeyCountsOnlyWhenTouched() {
        var pair = SshKeys.generateEd25519(null);
        var security = SshPublicKey.ofBlob(new SshWriter(128)
                .string(SshKeyType.SK_ED25519.algorithm())
                .string(pair.publicKey().fields().nested("key").rest())
                .string("ssh:")
                .toBytes());
        byte[] data = "hello".getBytes(StandardCharsets.UTF_8);

        assertThat(security.verifies(data, assertion(pair, data, 1))).isTrue();
        assertThat(security.verifies(data, assertion(pair, data, 0))).isFalse();
        assertThat(security.verifies(new byte[0], assertion(pair, data, 1))).isFalse();
    }

    private static byte[] assertion(SshKeyPair pair, byte[] data, int flags) {
        byte[] signed = new SshWriter(80)
                .raw(sha256("ssh:".getBytes(StandardCharsets.UTF_8)))
                .octet(flags)
                .uint32(7)
                .raw(sha256(data))
                .toBytes();
        var plain = new SshReader(pair.signer(null).sign(signed), SshRefusal.MALFORMED_SIGNATURE);
        plain.nested("algorithm");
        return new SshWriter(128)
                .string(SshKeyType.SK_ED25519.algorithm())
                .string(plain.nested("signature").rest())
                .octet(flags)
                .uint32(7)
                .toBytes();
    }

    private static byte[] sha256(byte[] data) {
        try {
            return java.security.MessageDigest.getInstance("SHA-256").digest(data);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static void refuses(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo(code));
    }
}
