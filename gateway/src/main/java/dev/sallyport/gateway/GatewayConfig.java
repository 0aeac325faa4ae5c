package dev.sallyport.gateway;

import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.gateway.recorder.FolderStore;
import dev.sallyport.gateway.recorder.RecordingStore;
import dev.sallyport.gateway.recorder.S3Settings;
import dev.sallyport.gateway.recorder.S3Store;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What {@code sallyport gateway --config F} reads: a line per setting, {@code name = value}, and comments behind #. Files
 * are named, not their content, and relative to the file's own folder.
 *
 * @param server the control plane, https
 * @param serverCa the authority that its certificate comes from, PEM
 * @param certificate the gateway's own, PEM, and its key
 * @param hostKey what clients see, in OpenSSH's format; its certificate lies beside it with {@code -cert.pub}
 * @param state journal and spool, for this process alone
 * @param store where closed recordings go, and servers read them
 * @param drain how long open sessions may go on when it is stopped
 */
public record GatewayConfig(
        URI server,
        Path serverCa,
        Path certificate,
        Path key,
        Path hostKey,
        InetSocketAddress listen,
        Path state,
        Store store,
        Duration drain) {
    private static final Set<String> NAMES = Set.of(
            "server",
            "server-ca",
            "certificate",
            "key",
            "host-key",
            "listen",
            "state",
            "recordings",
            "s3.endpoint",
            "s3.region",
            "s3.bucket",
            "s3.prefix",
            "s3.access-key-file",
            "s3.secret-key-file",
            "drain");

    /** A folder, or storage that speaks S3. */
    public sealed interface Store {
        RecordingStore open() throws IOException;

        record Folder(Path folder) implements Store {
            @Override
            public RecordingStore open() throws IOException {
                return new FolderStore(folder);
            }
        }

        record S3(S3Settings settings) implements Store {
            @Override
            public RecordingStore open() {
                return new S3Store(settings);
            }
        }
    }

    /** The certificate for the host key. */
    Path hostCertificate() {
        return hostKey.resolveSibling(hostKey.getFileName() + "-cert.pub");
    }

    public GatewayConfig {
        if (!"https".equals(server.getScheme()) || server.getHost() == null) {
            throw wrong("server", server.toString(), "https://HOST");
        }
    }

    public static GatewayConfig read(Path file) throws IOException {
        return parse(Files.readString(file), file.toAbsolutePath().resolveSibling(""));
    }

    static GatewayConfig parse(String text, Path folder) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        text.lines()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .forEach(line -> {
                    int equals = line.indexOf('=');
                    String name = equals < 0 ? line : line.substring(0, equals).strip();
                    if (!NAMES.contains(name)) {
                        throw wrong(
                                "setting",
                                name,
                                "one of " + NAMES.stream().sorted().toList());
                    }
                    String value = equals < 0 ? "" : line.substring(equals + 1).strip();
                    if (value.isEmpty() || values.put(name, value) != null) {
                        throw wrong(name, value, "one value, once");
                    }
                });
        return new GatewayConfig(
                URI.create(need(values, "server")),
                folder.resolve(need(values, "server-ca")),
                folder.resolve(need(values, "certificate")),
                folder.resolve(need(values, "key")),
                folder.resolve(need(values, "host-key")),
                address(need(values, "listen")),
                folder.resolve(need(values, "state")),
                store(values, folder),
                dev.sallyport.base.Durations.parse("drain", values.getOrDefault("drain", "10m")));
    }

    private static Store store(Map<String, String> values, Path folder) throws IOException {
        boolean s3 = values.keySet().stream().anyMatch(name -> name.startsWith("s3."));
        if (!s3) {
            return new Store.Folder(folder.resolve(need(values, "recordings")));
        }
        if (values.containsKey("recordings")) {
            throw wrong("recordings", need(values, "recordings"), "either a folder or s3, not both");
        }
        return new Store.S3(new S3Settings(
                URI.create(need(values, "s3.endpoint")),
                values.getOrDefault("s3.region", "us-east-1"),
                need(values, "s3.bucket"),
                values.getOrDefault("s3.prefix", ""),
                Files.readString(folder.resolve(need(values, "s3.access-key-file")))
                        .strip(),
                Secret.of(Files.readString(folder.resolve(need(values, "s3.secret-key-file")))
                        .strip())));
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            return new InetSocketAddress(InetAddress.ofLiteral(text.substring(0, Math.max(0, colon))), port);
        } catch (IllegalArgumentException _) {
            throw wrong("listen", text, "an address and a port, as in 0.0.0.0:2222");
        }
    }

    private static String need(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw wrong(name, "", "a value");
        }
        return value;
    }

    private static IllegalArgumentException wrong(String name, String value, String expected) {
        return new IllegalArgumentException(name + ": " + Text.quoted(value) + " (expected: " + expected + ")");
    }
}
