package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.ContractServer.Reply;
import dev.sallyport.cli.Person.Ended;
import dev.sallyport.cli.output.Json;
import dev.sallyport.testkit.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SE6: recordings played, printed and exported, in a real terminal too. */
class PlayTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String ID = "ssn_01kb0gq8y9v3mzj1c5t7x2r4wd";
    private static final String ROUTE = "POST /sessions/" + ID + "/playback";
    private static final String CAST = """
            {"height":24,"version":2,"width":80}
            [0.000,"o","one "]
            [0.010,"i","typed"]
            [3600.000,"o","two \\u001b]52;c;ZXZpbA==\\u0007"]
            [3603.000,"o","three "]
            [7200.000,"m","not recorded: 1 events"]
            [9000.000,"o","four "]
            """;

    @TempDir
    Path home;

    private ContractServer server;
    private Person dev;

    @BeforeEach
    void start() throws IOException {
        server = new ContractServer();
        dev = Person.at(home, Clock.systemUTC());
        assertThat(dev.signsIn(server).exit()).isZero();
        server.route(ROUTE, CAST);
    }

    @AfterEach
    void nothingToComplainAbout() {
        server.close();
        assertThat(server.complaints).isEmpty();
    }

    @Test
    void pausesAreCutAndWhatWouldReprogramTheTerminalIsLeftOut() {
        Ended ended = dev.types("play " + ID + " --speed 100 --idle 1s --reason incident");

        assertThat(ended.exit()).isZero();
        assertThat(ended.out()).startsWith("one two three four ").doesNotContain("52;c", "typed");
        assertThat(Json.compact(server.sent(ROUTE).getFirst()))
                .isEqualTo("{\"format\":\"asciicast-v2\",\"reason\":\"incident\"}");
    }

    @Test
    void aSpeedThatIsNoneIsRefused() {
        assertThat(dev.types("play " + ID + " --speed 0").exit()).isEqualTo(64);
        assertThat(dev.types("play " + ID + " --speed 101").exit()).isEqualTo(64);
        assertThat(dev.types("play " + ID + " --text --export x").exit()).isEqualTo(64);
        assertThat(dev.types("play " + ID + " --format v3").exit()).isEqualTo(64);
        assertThat(dev.types("play " + ID + " --export x --format gif").exit()).isEqualTo(64);
        assertThat(server.sent(ROUTE)).isEmpty();
    }

    @Test
    void textIsPrintedAndWhatIsMissingIsSaid() {
        server.route(
                ROUTE,
                _ -> new Reply(
                        200,
                        "hello\u001b[6n\n",
                        Map.of("Sallyport-Recording", "cut short", "Sallyport-Recording-Gap", "the disk was full")));

        Ended ended = dev.types("play " + ID + " --text --reason incident");

        assertThat(ended.out()).isEqualTo("hello\n");
        assertThat(ended.err()).contains("not all of the session", "the disk was full");
    }

    @Test
    void anExportIsTheServersAnswerAndPrivate() throws IOException {
        Path file = home.resolve("session.cast");

        Ended ended = dev.types("play " + ID + " --export " + file + " --format asciicast-v3 --input --channel 2");

        assertThat(ended.exit()).isZero();
        assertThat(file).hasContent(CAST);
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        assertThat(Json.compact(server.sent(ROUTE).getFirst()))
                .isEqualTo("{\"format\":\"asciicast-v3\",\"reason\":\"\",\"channel\":2,\"input\":true}");
    }

    @Test
    void aRefusalLeavesNoFile() throws IOException {
        server.route(ROUTE, _ -> ContractServer.problem(400, "recording.damaged", "chunk 3 is not as it was", "tell"));
        Path folder = Files.createDirectory(home.resolve("exports"));

        Ended ended = dev.types("play " + ID + " --export " + folder.resolve("x.cast") + " --reason r");

        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.err()).contains("! recording.damaged: chunk 3 is not as it was");
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void anAnswerThatBreaksOffLeavesNoFile() throws IOException {
        server.breaksOff("/sessions/" + ID + "/playback");
        Path folder = Files.createDirectory(home.resolve("exports"));

        Ended ended = dev.types("play " + ID + " --export " + folder.resolve("x.cast") + " --reason r");

        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err()).contains("! download.broken-off:");
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void inATerminalKeysPauseSeekAndEndAndTheTerminalIsLeftAsItWas() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String command = String.join(
                " ",
                "stty -a | tr ';' '\\n' | grep -E 'icanon|intr' > " + home.resolve("before") + ";",
                java,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sallyport.cli.Main play " + ID + " --idle 0s --reason r;",
                "stty -a | tr ';' '\\n' | grep -E 'icanon|intr' > " + home.resolve("after") + "; echo left");
        var program = ChildProcess.of("script", "-q", "-e", "-c", command, "/dev/null")
                .typed();
        dev.environment().forEach(program::env);
        try (ChildProcess terminal = program.start()) {
            await(terminal, "one ");

            terminal.type(".");
            await(terminal, "two ");
            terminal.type(" l");
            await(terminal, "three ");
            terminal.type("\u001b[D");
            await(terminal, "\u001b[2J\u001b[Hone two ");
            terminal.type("..");
            await(terminal, "four ");
            terminal.type("q");

            await(terminal, "left");
        }
        assertThat(home.resolve("after")).hasSameTextualContentAs(home.resolve("before"));
    }

    private static void await(ChildProcess terminal, String text) {
        terminal.awaitLine(Pattern.quote(text), LIMIT);
    }
}
