package dev.sallyport.formats.ssh;

import static dev.sallyport.formats.ssh.SshPublicKeyTest.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.base.Secret;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SshKeysTest {
    @TempDir
    Path folder;

    static Stream<SshKeyPair> pairs() {
        return Stream.of(SshKeys.generateEd25519(null), SshKeys.generateEcdsaP256(null));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void openSshReadsThePrivateKeysWeWrite(SshKeyPair pair) {
        var openSsh = new OpenSsh(folder);
        var named = new SshKeyPair(pair.publicKey().withComment("host key"), pair.privateKey());

        openSsh.write("key", named.openSshText().reveal());

        assertThat(openSsh.succeed("-y", "-f", "key").strip())
                .isEqualTo(named.publicKey().line());
    }

    @ParameterizedTest
    @CsvSource({"ed25519,256", "ecdsa,256"})
    void weReadThePrivateKeysOfOpenSsh(String type, String bits) {
        var openSsh = new OpenSsh(folder);
        var key = openSsh.key("key", type, bits);

        var pair = SshKeyPair.ofOpenSshText(Secret.of(openSsh.read("key")));

        assertThat(pair.publicKey()).isEqualTo(key);
        assertThat(pair.publicKey().comment()).isEqualTo("key");
        assertThat(key.verifies(new byte[5], pair.signer(null).sign(new byte[5])))
                .isTrue();
    }

    @Test
    void encryptedAndForeignPrivateKeysAreRefused() {
        var openSsh = new OpenSsh(folder);
        openSsh.succeed("-q", "-t", "ed25519", "-N", "a passphrase", "-f", "locked");
        openSsh.key("rsa", "rsa", "2048");

        refuses("ssh.unsupported-key", () -> SshKeyPair.ofOpenSshText(Secret.of(openSsh.read("locked"))));
        refuses("ssh.unsupported-key", () -> SshKeyPair.ofOpenSshText(Secret.of(openSsh.read("rsa"))));
        refuses("ssh.malformed-private-key", () -> SshKeyPair.ofOpenSshText(Secret.of("no key")));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aKeySurvivesItsStorage(SshKeyPair pair) {
        var stored = SshKeys.ofPkcs8(pair.pkcs8(), pair.publicKey(), null);

        assertThat(pair.publicKey().verifies(new byte[3], stored.signer(null).sign(new byte[3])))
                .isTrue();
        refuses("ssh.malformed-private-key", () -> SshKeys.ofPkcs8(new byte[7], pair.publicKey(), null));
    }

    @Test
    void aProviderWithoutKeyFactoriesIsHelpedOut() {
        var pair = SshKeys.generateEd25519(null);
        var bare = new Provider("Bare", "1", "reads no keys") {};

        var stored = SshKeys.ofPkcs8(pair.pkcs8(), pair.publicKey(), bare);

        assertThat(stored.signer(null).publicKey()).isEqualTo(pair.publicKey());
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void halvesOfTwoKeysMakeNoSigner(SshKeyPair pair) {
        var other = pair.publicKey().type() == SshKeyType.ED25519
                ? SshKeys.generateEd25519(null)
                : SshKeys.generateEcdsaP256(null);

        refuses("ssh.malformed-private-key", () -> SshKeys.signer(pair.privateKey(), other.publicKey(), null));
    }

    @Test
    void theProviderMayBeChosen() {
        Provider provider = Objects.requireNonNull(Security.getProvider("SunEC"));
        var pair = SshKeys.generateEd25519(provider);

        byte[] signature = pair.signer(provider).sign(new byte[9]);

        assertThat(pair.publicKey().verifies(new byte[9], signature)).isTrue();
        assertThat(pair.publicKey().verifies(new byte[8], signature)).isFalse();
    }

    @Test
    void oneSignerServesManyThreads() throws Exception {
        var pair = SshKeys.generateEcdsaP256(null);
        var signer = pair.signer(null);
        Callable<Boolean> work = () ->
                IntStream.range(1, 20).allMatch(i -> pair.publicKey().verifies(new byte[i], signer.sign(new byte[i])));

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(java.util.Collections.nCopies(16, work))) {
                assertThat(done.get()).isTrue();
            }
        }
    }

    @Test
    void aKeyPairPrintsNoSecret() {
        var pair = SshKeys.generateEd25519(null);

        assertThat(pair.toString()).isEqualTo("SshKeyPair[" + pair.publicKey() + "]");
        assertThat(pair.openSshText()).hasToString("[secret]");
    }
}
