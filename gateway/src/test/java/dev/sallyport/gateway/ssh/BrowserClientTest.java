package dev.sallyport.gateway.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import dev.sallyport.gateway.ssh.BrowserConnection.Shell;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.SessionTerms.Ability;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.SshKeys;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SE4: the client of browser terminals, through a gateway to a real sshd. */
class BrowserClientTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Says that it speaks version 3, and then that all is well, again and again, about things that nobody asked. */
    private static final String ENDLESS = """
            printf '\\x00\\x00\\x00\\x05\\x02\\x00\\x00\\x00\\x03'
            while :; do
                for ((i = 0; i < 256; i++)); do
                    printf -v id '%02x' $i
                    printf "\\\\x00\\\\x00\\\\x00\\\\x11\\\\x65\\\\x7f\\\\x00\\\\x00\\\\x$id"
                    printf '\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00'
                done
            done
            """;

    @TempDir
    private Path dir;

    private GatewayLab lab;
    private BrowserClient client;

    @BeforeEach
    void start() throws IOException {
        lab = GatewayLab.in(dir);
        client = new BrowserClient(Clock.systemUTC());
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        lab.close();
    }

    @Test
    void aShellTakesWhatIsTypedShowsWhatItSaysAndIsRecorded() throws Exception {
        try (BrowserConnection connection = connect()) {
            Shell shell = connection.shell(90, 30);
            ByteArrayOutputStream seen = reading(shell);

            type(shell, "stty size; echo to-\"$TERM\"\n");
            Await.until("the answer", LIMIT, () -> text(seen).contains("to-xterm-256color"));
            shell.resize(120, 40);
            Await.until("the new size", LIMIT, () -> {
                type(shell, "stty size\n");
                return text(seen).contains("40 120");
            });
            type(shell, "exit 7\n");

            Await.until("the end", LIMIT, () -> shell.status().equals(OptionalInt.of(7)));
            assertThat(text(seen)).contains("30 90");
            assertThat(lab.recorders.channels.getFirst().output()).contains("to-xterm-256color");
            assertThat(lab.control.asked.getLast().clientVersion()).contains(BrowserClient.PROGRAM);
        }
    }

    @Test
    void theEndOfTheGrantEndsTheShellWithAWord() throws Exception {
        try (BrowserConnection connection = connect()) {
            Shell shell = connection.shell(80, 24);
            ByteArrayOutputStream seen = reading(shell);
            type(shell, "echo here-$((40 + 2))\n");
            Await.until("the shell", LIMIT, () -> text(seen).contains("here-42"));

            lab.control.endGrant();

            Await.until("the end", LIMIT, () -> !connection.isOpen());
            assertThat(connection.farewell()).isEqualTo("Your access has ended.");
            assertThat(shell.status()).isEmpty();
        }
    }

    @Test
    void filesGoBothWaysAndAreNoted() throws Exception {
        try (BrowserConnection connection = connect()) {
            Path folder = Files.createDirectories(dir.resolve("files"));
            String file = folder.resolve("größe 1.txt").toString();

            connection.upload(file, new ByteArrayInputStream("content\n".getBytes(UTF_8)), false);
            var down = new ByteArrayOutputStream();
            connection.download(file, down);

            assertThat(folder.resolve("größe 1.txt")).hasContent("content\n");
            assertThat(down.toString(UTF_8)).isEqualTo("content\n");
            assertThat(connection.size(file)).isEqualTo(8);
            assertThat(connection.list(folder.toString()).entries())
                    .extracting(BrowserConnection.Entry::name)
                    .containsExactly("größe 1.txt");
            Await.until(
                    "both in the report",
                    LIMIT,
                    () -> lab.control.told(Report.FileTouched.class).size() >= 2);
        }
    }

    @Test
    void whatIsThereIsReplacedOnlyByWhoSaysSo() throws Exception {
        try (BrowserConnection connection = connect()) {
            Path there = Files.writeString(dir.resolve("there"), "old");

            assertThatThrownBy(() ->
                            connection.upload(there.toString(), new ByteArrayInputStream("new".getBytes(UTF_8)), false))
                    .isInstanceOf(Refusal.class);
            assertThat(there).hasContent("old");
            connection.upload(there.toString(), new ByteArrayInputStream("new".getBytes(UTF_8)), true);
            assertThat(there).hasContent("new");
        }
    }

    @Test
    void anUploadThatBreaksOffLeavesNoPartOfAFileBehind() throws Exception {
        try (BrowserConnection connection = connect()) {
            Path file = dir.resolve("part");

            assertThatThrownBy(() -> connection.upload(file.toString(), brokenOffAfter(100_000), false))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("the browser did not send the whole file");

            assertThat(file).doesNotExist();
        }
    }

    private static InputStream brokenOffAfter(int bytes) {
        return new SequenceInputStream(new ByteArrayInputStream(new byte[bytes]), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the browser has gone");
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return read();
            }
        });
    }

    @Test
    void aTargetThatAnswersMoreThanItWasAskedIsCutOff() throws Exception {
        try (GatewayLab hostile = GatewayLab.in(
                        Files.createDirectories(dir.resolve("hostile")), "ForceCommand " + script(ENDLESS));
                BrowserConnection connection = connect(hostile)) {
            assertThatThrownBy(() -> connection.list("/")).isInstanceOf(Refusal.class);

            Await.until("the end of the session", LIMIT, () -> !connection.isOpen());
        }
    }

    @Test
    void onlySoManyFilesAreMovedAtOnce() throws Exception {
        try (GatewayLab silent = GatewayLab.in(
                        Files.createDirectories(dir.resolve("silent")), "ForceCommand " + script("exec sleep 600"));
                BrowserConnection connection = connect(silent)) {
            var said = new ConcurrentLinkedQueue<String>();
            for (int i = 0; i < BrowserConnection.FILES_AT_ONCE + 1; i++) {
                Thread.ofVirtual().start(() -> {
                    try {
                        said.add("listed " + connection.list("/").path());
                    } catch (Refusal refusal) {
                        said.add(refusal.sentence());
                    }
                });
            }

            Await.until("one for which there is no room", LIMIT, () -> !said.isEmpty());

            assertThat(said)
                    .singleElement()
                    .asString()
                    .contains("terminal_files_at_once: " + BrowserConnection.FILES_AT_ONCE);
        }
    }

    /** A program in place of what the client asks for. */
    private Path script(String commands) throws IOException {
        Path file = Files.writeString(Files.createTempFile(dir, "forced", ".sh"), "#!/bin/bash\n" + commands);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    @Test
    void aFileThatIsNotThereIsSaidSo() {
        try (BrowserConnection connection = connect()) {
            assertThatThrownBy(() -> connection.size("/no/such")).hasMessageContaining("no such file");
            assertThatThrownBy(() -> connection.list("/no/such")).hasMessageContaining("no such file");
            assertThatThrownBy(() -> connection.size("/")).hasMessageContaining("is a folder");
        }
    }

    @Test
    void whereTheRoleAllowsNoFilesNoneAreMoved() {
        lab.control.terms = Terms.without(Ability.FILES);
        try (BrowserConnection connection = connect()) {
            assertThatThrownBy(() -> connection.list("")).hasMessageContaining("your role does not allow it");
        }
    }

    @Test
    void whoMayNotGoThereIsToldTheGatewaysReason() {
        assertThatThrownBy(() -> client.connect(
                        way(GatewayLab.ME + "@db-9", lab.hostCa), GatewayLab.pair(lab.userKey), certificate()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("There is no target db-9 for you.");
    }

    @Test
    void aGatewayThatItsAuthorityDidNotSignGetsNothing() throws Exception {
        Path other = SshKeys.generate(dir.resolve("other-ca"));

        assertThatThrownBy(() -> client.connect(
                        way(GatewayLab.ME + "@web-1", other), GatewayLab.pair(lab.userKey), certificate()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("is not trusted");
        assertThat(lab.control.asked).isEmpty();
    }

    @Test
    void aGatewayThatIsAwayIsNamed() throws Exception {
        int port = lab.gateway.port();
        lab.gateway.close();

        assertThatThrownBy(this::connect).hasMessageContaining("127.0.0.1:" + port + " cannot be reached");
    }

    private BrowserConnection connect() {
        return connect(lab);
    }

    private BrowserConnection connect(GatewayLab to) {
        try {
            return client.connect(
                    way(to, GatewayLab.ME + "@web-1", to.hostCa), GatewayLab.pair(to.userKey), certificate(to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private BrowserClient.Way way(String user, Path authority) throws IOException {
        return way(lab, user, authority);
    }

    private static BrowserClient.Way way(GatewayLab to, String user, Path authority) throws IOException {
        return new BrowserClient.Way(
                "127.0.0.1",
                to.gateway.port(),
                "gateways",
                user,
                List.of("@cert-authority * " + GatewayLab.publicLine(authority)));
    }

    private String certificate() throws IOException {
        return certificate(lab);
    }

    private static String certificate(GatewayLab of) throws IOException {
        return Files.readString(Path.of(of.userKey + "-cert.pub")).strip();
    }

    private static ByteArrayOutputStream reading(Shell shell) {
        var seen = new ByteArrayOutputStream();
        Thread.ofVirtual().start(() -> {
            try {
                shell.output().transferTo(seen);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return seen;
    }

    private static String text(ByteArrayOutputStream seen) {
        return seen.toString(UTF_8);
    }

    private static void type(Shell shell, String text) throws IOException {
        shell.input().write(text.getBytes(UTF_8));
        shell.input().flush();
    }
}
