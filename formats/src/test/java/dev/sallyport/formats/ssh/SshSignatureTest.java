package dev.sallyport.formats.ssh;

import static dev.sallyport.formats.ssh.SshPublicKeyTest.refuses;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SshSignatureTest {
    private static final String NAMESPACE = "krl@sallyport";
    private static final byte[] MESSAGE = "the list".getBytes(UTF_8);

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("dev.sallyport.formats.ssh.SshKeysTest#pairs")
    void openSshAcceptsOurSignaturesAndRefusesThemElsewhere(SshKeyPair pair) {
        var openSsh = new OpenSsh(folder);
        openSsh.write(
                "allowed",
                "ca namespaces=\"" + NAMESPACE + "\" " + pair.publicKey().line() + "\n");
        openSsh.write("sig", SshSignature.sign(pair.signer(null), NAMESPACE, MESSAGE));
        var message = openSsh.write("message", MESSAGE);
        var forged = openSsh.write("forged", "another list");

        assertThat(verify(openSsh, message, NAMESPACE).exit()).isZero();
        assertThat(verify(openSsh, message, NAMESPACE).output())
                .contains(pair.publicKey().fingerprint());
        assertThat(verify(openSsh, forged, NAMESPACE).exit()).isNotZero();
        assertThat(verify(openSsh, message, "file").exit()).isNotZero();
    }

    @ParameterizedTest
    @CsvSource({"ed25519,256,sha512", "ecdsa,256,sha256", "ecdsa,384,sha512", "ecdsa,521,sha512", "rsa,3072,sha512"})
    void weAcceptTheSignaturesOfOpenSsh(String type, String bits, String hash) {
        var openSsh = new OpenSsh(folder);
        var key = openSsh.key("key", type, bits);
        openSsh.write("message", MESSAGE);
        openSsh.succeed("-Y", "sign", "-f", "key", "-n", NAMESPACE, "-O", "hashalg=" + hash, "message");
        String armored = openSsh.read("message.sig");

        assertThat(SshSignature.verify(armored, List.of(key), NAMESPACE, MESSAGE))
                .isEqualTo(key);
        refuses("ssh.bad-signature", () -> SshSignature.verify(armored, List.of(key), NAMESPACE, new byte[1]));
    }

    @Test
    void onlyTrustedKeysTheRightNamespaceAndTheWholeMessageCount() {
        var pair = SshKeys.generateEd25519(null);
        var trusted = List.of(pair.publicKey());
        var stranger = List.of(SshKeys.generateEd25519(null).publicKey());
        String armored = SshSignature.sign(pair.signer(null), NAMESPACE, MESSAGE);

        assertThat(SshSignature.verify(armored, trusted, NAMESPACE, MESSAGE)).isEqualTo(pair.publicKey());
        refuses("ssh.bad-signature", () -> SshSignature.verify(armored, trusted, "file", MESSAGE));
        refuses("ssh.bad-signature", () -> SshSignature.verify(armored, stranger, NAMESPACE, MESSAGE));
        refuses("ssh.bad-signature", () -> SshSignature.verify(armored, List.of(), NAMESPACE, MESSAGE));
        refuses("ssh.malformed-signature", () -> SshSignature.verify("", trusted, NAMESPACE, MESSAGE));
        refuses(
                "ssh.malformed-signature",
                () -> SshSignature.verify(armored.substring(10), trusted, NAMESPACE, MESSAGE));
    }

    @Test
    void aNamespaceIsOneWord() {
        var signer = SshKeys.generateEd25519(null).signer(null);

        assertThatThrownBy(() -> SshSignature.sign(signer, "", MESSAGE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SshSignature.sign(signer, "a b", MESSAGE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static OpenSsh.Result verify(OpenSsh openSsh, Path message, String namespace) {
        return openSsh.runWith(message, "-Y", "verify", "-f", "allowed", "-I", "ca", "-n", namespace, "-s", "sig");
    }
}
