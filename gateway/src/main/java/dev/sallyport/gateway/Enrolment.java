package dev.sallyport.gateway;

import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.gateway.wire.Enroller;
import dev.sallyport.gateway.wire.MutualTls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code sallyport gateway enroll}: makes the gateway's keys, shows the token, and writes what {@code --config} reads. */
final class Enrolment {
    private static final Set<String> OPTIONS = Set.of("--token-file", "--server", "--ca", "--dir", "--listen");

    private final Map<String, String> options;

    private Enrolment(Map<String, String> options) {
        this.options = options;
    }

    /** The words after {@code enroll}. */
    static Enrolment parse(List<String> words) {
        var options = new HashMap<String, String>();
        for (int i = 0; i < words.size(); i += 2) {
            String name = words.get(i);
            if (!OPTIONS.contains(name) || i + 1 == words.size() || options.put(name, words.get(i + 1)) != null) {
                throw new IllegalArgumentException(Text.quoted(name) + " (expected: each of "
                        + OPTIONS.stream().sorted().toList() + " once, with a value)");
            }
        }
        for (String needed : List.of("--token-file", "--server", "--dir")) {
            if (!options.containsKey(needed)) {
                throw new IllegalArgumentException(needed + ": missing");
            }
        }
        return new Enrolment(options);
    }

    /** Returns the configuration file it wrote. Nothing is written before the server has agreed. */
    Path run() throws IOException, GeneralSecurityException {
        Path folder = Path.of(option("--dir")).toAbsolutePath();
        Path config = folder.resolve("gateway.conf");
        URI server = URI.create(option("--server"));
        if (!"https".equals(server.getScheme()) || server.getHost() == null) {
            throw new IllegalArgumentException(
                    "--server: " + Text.quoted(server.toString()) + " (expected: https://HOST)");
        }
        Secret token =
                Secret.of(Files.readString(Path.of(option("--token-file"))).strip());
        var tls = options.containsKey("--ca") ? MutualTls.trusting(Path.of(option("--ca"))) : MutualTls.usual();
        KeyPair key = newKey();
        SshKeyPair host = SshKeys.generateEd25519(null);
        Enroller.Enrolled enrolled = new Enroller(server, tls)
                .enrol(token, key.getPublic().getEncoded(), host.publicKey().line());

        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        GatewayFiles.write(
                folder.resolve("gateway.key"),
                GatewayFiles.pem("PRIVATE KEY", key.getPrivate().getEncoded()));
        GatewayFiles.write(folder.resolve("gateway.pem"), enrolled.certificate());
        GatewayFiles.write(folder.resolve("authority.pem"), enrolled.authority());
        GatewayFiles.write(folder.resolve("host_key"), host.openSshText().reveal());
        GatewayFiles.write(folder.resolve("host_key-cert.pub"), enrolled.hostCertificate() + "\n");
        if (!Files.exists(config)) {
            GatewayFiles.write(config, text(enrolled));
        }
        return config;
    }

    private String text(Enroller.Enrolled enrolled) {
        return """
                # the gateway %s
                server = %s
                server-ca = authority.pem
                certificate = gateway.pem
                key = gateway.key
                host-key = host_key
                listen = %s
                state = state
                # where the servers read recordings: a folder they share, or better s3.endpoint, s3.bucket, s3.access-key-file
                # and s3.secret-key-file
                recordings = recordings
                """.formatted(enrolled.name(), enrolled.server(), options.getOrDefault("--listen", "0.0.0.0:2222"));
    }

    private String option(String name) {
        return java.util.Objects.requireNonNull(options.get(name));
    }

    private static KeyPair newKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
