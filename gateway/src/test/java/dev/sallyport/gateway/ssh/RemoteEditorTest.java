package dev.sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.SessionTerms.Ability;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.ChildProcess;
import dev.sallyport.testkit.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way VS Code works at a target: {@code ssh -T -D PORT host bash}, a script on its input that starts a server on the
 * target's loopback and says where, and connections to that through the dynamic forward.
 */
class RemoteEditorTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern LISTENING = Pattern.compile("listeningOn==(\\d+)==");

    @TempDir
    private Path dir;

    private GatewayLab lab;

    @BeforeEach
    void start() throws IOException {
        lab = GatewayLab.in(dir);
        Files.writeString(Files.createDirectories(dir.resolve("served")).resolve("hello"), "from the target");
    }

    @AfterEach
    void stop() throws IOException {
        lab.close();
    }

    @Test
    void itsServerIsReachedThroughTheDynamicForward() throws Exception {
        lab.control.terms = Terms.of(Ability.LOCAL_FORWARDING);
        int proxy = FreePort.find();
        ChildProcess editor = connect(proxy);
        int port = serve(editor);

        assertThat(get(proxy, port)).isEqualTo("from the target");
        assertThat(get(proxy, port)).isEqualTo("from the target");

        assertThat(lab.control.told(Report.OpaqueOpened.class))
                .hasSize(2)
                .allMatch(opened -> opened.detail().equals("127.0.0.1:" + port));
        assertThat(lab.recorders.channels.getFirst().input()).contains("listeningOn");
        editor.stop();
    }

    @Test
    void whereTheRoleDoesNotAllowItTheClientIsToldWhy() {
        int proxy = FreePort.find();
        ChildProcess editor = connect(proxy);
        int port = serve(editor);

        assertThatThrownBy(() -> get(proxy, port)).isInstanceOf(IOException.class);

        Await.until(
                "the reason",
                LIMIT,
                () -> editor.output()
                        .contains("administratively prohibited: the role does not allow local forwarding"));
        assertThat(lab.control.told(Report.OpaqueOpened.class)).isEmpty();
        editor.stop();
    }

    private ChildProcess connect(int proxy) {
        ChildProcess editor = lab.client()
                .argument("-T")
                .argument("-D")
                .argument("127.0.0.1:" + proxy)
                .start("bash")
                .typed()
                .start();
        editor.awaitPort(proxy, LIMIT);
        return editor;
    }

    /** Sends the script; the server that it starts answers twice, and waits for nobody for ever. */
    private int serve(ChildProcess editor) {
        editor.type("cd " + dir.resolve("served") + "\npython3 -u -c '"
                + "import http.server as h;"
                + "s=h.HTTPServer((\"127.0.0.1\",0),h.SimpleHTTPRequestHandler);"
                + "s.timeout=60;"
                + "print(\"listeningOn==%d==\" % s.server_port);"
                + "s.handle_request();s.handle_request()' &\n");
        Matcher said = LISTENING.matcher(editor.awaitLine("listeningOn==\\d+==", LIMIT));
        assertThat(said.find()).isTrue();
        return Integer.parseInt(said.group(1));
    }

    private static String get(int proxy, int port) throws IOException {
        var through = new Proxy(Proxy.Type.SOCKS, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), proxy));
        try (InputStream in = URI.create("http://127.0.0.1:" + port + "/hello")
                .toURL()
                .openConnection(through)
                .getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
