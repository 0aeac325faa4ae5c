package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.time.Clock;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinningTest {
    private static final char[] STORE_PASSWORD = "changeit".toCharArray();

    @TempDir
    Path home;

    private ContractServer server;
    private Person dev;
    private String fingerprint;
    private Path ca;

    @BeforeEach
    void start() throws Exception {
        KeyStore store = makeStore("own");
        Certificate certificate = certificate(store);
        server = new ContractServer(tls(store), pem(certificate));
        fingerprint = "SHA256:"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        ca = Files.writeString(home.resolve("ca.pem"), pem(certificate));
        dev = Person.at(home, Clock.systemUTC());
    }

    @AfterEach
    void nothingToComplainAbout() {
        server.close();
        assertThat(server.complaints).isEmpty();
    }

    @Test
    void anUnknownCaIsRefusedWhereNobodyCanBeAsked() {
        var ended = dev.signsIn(server);
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err()).contains("! tls.not-trusted: ", "--ca-file F or --ca-fingerprint");
    }

    @Test
    void aCaFileIsPinnedForAllLaterCommands() {
        assertThat(login("--ca-file " + ca).exit()).isZero();
        assertThat(dev.types("whoami").exit()).isZero();
        assertThat(dev.signsIn(server).exit()).isZero();
        assertThat(dev.types("doctor").out()).contains("pinned to CA " + fingerprint);
    }

    @Test
    void aFingerprintThatMatchesPins() {
        assertThat(login("--ca-fingerprint " + fingerprint).exit()).isZero();
        assertThat(dev.types("whoami").exit()).isZero();
    }

    @Test
    void anotherFingerprintIsRefusedBeforeThePasswordIsSent() {
        var ended = login("--ca-fingerprint SHA256:" + "0".repeat(64));
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err()).startsWith("! tls.other-ca: ");
        assertThat(server.validAccess).isEmpty();
        assertThat(login("--ca-fingerprint nonsense").exit()).isEqualTo(64);
    }

    @Test
    void aPinnedServerThatShowsAnotherCaIsNotTalkedTo() throws Exception {
        login("--ca-file " + ca);
        Certificate stranger = certificate(makeStore("stranger"));
        Files.writeString(ca, pem(stranger));
        assertThat(login("--ca-file " + ca).err()).startsWith("! tls.not-trusted: ");
        assertThat(dev.types("whoami").exit()).as("the old pin stays").isZero();
    }

    private Person.Ended login(String options) {
        return dev.types(
                "login --server " + server.url() + " --as dev --password-stdin " + options,
                ContractServer.PASSWORD + "\n");
    }

    private static SSLContext tls(KeyStore store) throws Exception {
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, STORE_PASSWORD);
        var tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), null, null);
        return tls;
    }

    private KeyStore makeStore(String name) throws Exception {
        Path file = home.resolve(name + ".p12");
        var keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(STORE_PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        var store = KeyStore.getInstance("PKCS12");
        try (var in = new FileInputStream(file.toFile())) {
            store.load(in, STORE_PASSWORD);
        }
        return store;
    }

    private static Certificate certificate(KeyStore store) throws Exception {
        return store.getCertificate("server");
    }

    private static String pem(Certificate certificate) throws Exception {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }
}
