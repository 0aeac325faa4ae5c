package dev.sallyport.formats.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CommandsTest {
    private static final String KEYS = "\u001b[]?;0123489hlABCDGHJKP@f\r\n\b\t\u0007ax";
    private final List<Commands.Command> found = new ArrayList<>();
    private final Commands commands = new Commands(found::add);
    private long now;

    @Test
    void whatExecStartsIsExactWithItsStatus() {
        at(new Event.Started(Event.Start.EXEC, "uptime; false"));
        at(new Event.Exited(1));

        assertThat(found.getFirst().certainty()).isEqualTo(Commands.Certainty.EXACT);
        assertThat(found.getLast().status()).isEqualTo(OptionalLong.of(1));
        assertThat(texts()).containsOnly("uptime; false");
    }

    @Test
    void whatIsTypedAndEchoedIsACommand() {
        shell();
        type("ls -l");
        enter("total 0\r\n");
        type("id");
        enter("uid=0\r\n");

        assertThat(texts()).containsExactly("ls -l", "id");
    }

    @Test
    void editingShowsAsItWasSeen() {
        shell();
        type("lss");
        key("\u007f", "\b\u001b[K");
        type(" wrong");
        key("\u0017", "\b\b\b\b\b\u001b[K");
        type("/tmp");
        enter("");
        type("rm -rf /");
        key("\u0015", "\r$ \u001b[K");
        type("true");
        enter("");

        assertThat(texts()).containsExactly("ls /tmp", "true");
    }

    @Test
    void recallFromHistoryIsReadOffTheScreen() {
        shell();
        key("\u001b[A", "sudo reboot");
        enter("");

        assertThat(texts()).containsExactly("sudo reboot");
    }

    @Test
    void aPasswordThatIsNotEchoedIsNoCommand() {
        shell();
        type("sudo id");
        enterOnly("[sudo] password: ");
        in("hunter2");
        in("\r");
        out("\r\nuid=0\r\n$ ");
        type("id");
        enter("");

        assertThat(texts()).containsExactly("sudo id", "id");
    }

    @Test
    void whatIsTypedInAnEditorIsNoCommand() {
        shell();
        type("vim x");
        enterOnly("\u001b[?1049h\u001b[2J\u001b[H");
        in("ihello\r");
        out("hello\r\n");
        in("\u001b:wq\r");
        out("\u001b[?1049l$ ");
        type("id");
        enter("");

        assertThat(texts()).containsExactly("vim x", "id");
    }

    @Test
    void aLongCommandWrapsAndIsOne() {
        at(new Event.Terminal("xterm", 20, 24));
        shell();
        type("echo aaaaaaaaaa bbbbbbbbbb cccccccccc");
        enter("");

        assertThat(texts()).containsExactly("echo aaaaaaaaaa bbbbbbbbbb cccccccccc");
    }

    @Test
    void marksOfTheShellMakeItExactWithStatus() {
        at(new Event.Started(Event.Start.SHELL, ""));
        out("\u001b]133;A\u0007host > \u001b]133;B\u0007");
        type("false");
        enterOnly("\u001b]133;C\u0007\u001b]133;D;1\u0007\u001b]133;A\u0007host > \u001b]133;B\u0007");

        assertThat(found.getLast())
                .isEqualTo(new Commands.Command(
                        found.getLast().millis(), 1, "false", Commands.Certainty.MARKED, OptionalLong.of(1)));
    }

    @Test
    void whatIsTypedSoFarCanBeJudgedBeforeEnter() {
        shell();
        type("rm -rf /");

        assertThat(commands.typed(1)).isEqualTo("rm -rf /");
        assertThat(commands.typed(2)).isEmpty();
    }

    @Test
    void anyBytesAreSurvived() {
        var random = new Random(9);
        at(new Event.Started(Event.Start.SHELL, ""));

        for (int i = 0; i < 50_000; i++) {
            var text = new StringBuilder();
            for (int k = random.nextInt(12); k >= 0; k--) {
                text.append(KEYS.charAt(random.nextInt(KEYS.length())));
            }
            if (random.nextBoolean()) {
                out(text.toString());
            } else {
                in(text.toString());
            }
            assertThat(commands.typed(1).length()).isLessThan(Screen.MAX_LINE * Screen.MAX_LINES);
        }
    }

    private List<String> texts() {
        return found.stream().map(Commands.Command::text).toList();
    }

    private void at(Event event) {
        commands.accept(new Entry(now += 40, 1, event));
    }

    private void out(String text) {
        commands.accept(Samples.output(now += 5, 1, text));
    }

    private void in(String text) {
        commands.accept(Samples.input(now += 90, 1, text));
    }

    private void shell() {
        at(new Event.Started(Event.Start.SHELL, ""));
        out("\u001b[01;32mme@web\u001b[0m:~\r\n$ ");
    }

    private void key(String typed, String echo) {
        in(typed);
        out(echo);
    }

    private void type(String text) {
        text.chars().forEach(c -> key(String.valueOf((char) c), String.valueOf((char) c)));
    }

    private void enterOnly(String then) {
        key("\r", "\r\n");
        out(then);
    }

    private void enter(String output) {
        enterOnly(output + "$ ");
    }
}
