package dev.sallyport.formats.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AsciicastTest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final List<Entry> SESSION = List.of(
            new Entry(0, 2, new Event.FileOperation("read", "/x", "", 1, Optional.empty())),
            new Entry(5, 1, new Event.Terminal("xterm-256color", 100, 30)),
            Samples.output(1250, 1, "h\u00e9llo \"\\\r\n"),
            new Entry(1300, 1, new Event.Data(Event.Stream.OUTPUT, new byte[] {(byte) 0xc3})),
            new Entry(1301, 1, new Event.Data(Event.Stream.OUTPUT, new byte[] {(byte) 0xa9, (byte) 0xff, 0})),
            Samples.input(1400, 1, "secret"),
            new Entry(2000, 1, new Event.Resized(80, 24)),
            Samples.output(2500, 1, "\u001b[31mend\u001b[0m"),
            new Entry(3000, 1, new Event.Exited(3)));

    @Test
    void version3HasRelativeTimesAndTheStatus() {
        var lines = cast(3, false);

        JsonNode head = JSON.readTree(lines.getFirst());
        assertThat(head.get("version").asInt()).isEqualTo(3);
        assertThat(head.get("term").get("cols").asInt()).isEqualTo(100);
        assertThat(head.get("term").get("type").asString()).isEqualTo("xterm-256color");
        assertThat(lines.subList(1, lines.size()))
                .containsExactly(
                        "[1.250,\"o\",\"héllo \\\"\\\\\\r\\n\"]",
                        "[0.051,\"o\",\"é\ufffd\\u0000\"]",
                        "[0.699,\"r\",\"80x24\"]",
                        "[0.500,\"o\",\"\\u001b[31mend\\u001b[0m\"]",
                        "[0.500,\"x\",\"3\"]");
        check(lines, 3);
    }

    @Test
    void version2HasAbsoluteTimes() {
        var lines = cast(2, true);

        JsonNode head = JSON.readTree(lines.getFirst());
        assertThat(head.get("width").asInt()).isEqualTo(100);
        assertThat(head.get("env").get("TERM").asString()).isEqualTo("xterm-256color");
        assertThat(lines).contains("[1.400,\"i\",\"secret\"]").noneMatch(line -> line.contains("\"x\","));
        check(lines, 2);
    }

    @Test
    void aSessionWithoutATerminalIsAnEmptyCast() {
        var lines = new ArrayList<String>();
        var cast = new Asciicast(3, false, header(), lines::add);

        cast.finish();

        assertThat(lines).hasSize(1);
        check(lines, 3);
    }

    @Test
    void textIsWhatTheScreenSaid() {
        var lines = new ArrayList<String>();
        var text = new TextExport((_, line) -> lines.add(line));

        SESSION.forEach(text);
        text.accept(Samples.output(4000, 1, "\r\nprogress 1%\rprogress 100%\u001b[K\r\nabc\b\bX\r\n"));
        text.finish();

        assertThat(lines).containsExactly("héllo \"\\", "é\ufffdend", "progress 100%", "aXc");
    }

    private static List<String> cast(int version, boolean withInput) {
        var lines = new ArrayList<String>();
        var cast = new Asciicast(version, withInput, header(), lines::add);
        SESSION.forEach(cast);
        cast.finish();
        return lines;
    }

    private static RecordingHeader header() {
        return RecordingHeader.seal(
                "ses_a", Samples.STARTED, java.util.Map.of(), Samples.KEYS.publicKey(), SessionKey.random());
    }

    /** As the specification of this version says, and nothing else. */
    static void check(List<String> lines, int version) {
        JsonNode head = JSON.readTree(lines.getFirst());
        assertThat(head.propertyNames())
                .isSubsetOf(
                        version == 2
                                ? Set.of("version", "width", "height", "timestamp", "title", "env")
                                : Set.of("version", "term", "timestamp", "title"));
        var last = BigDecimal.ZERO;
        for (String line : lines.subList(1, lines.size())) {
            JsonNode event = JSON.readTree(line);
            assertThat(event.isArray()).isTrue();
            assertThat(event.size()).isEqualTo(3);
            BigDecimal time = event.get(0).decimalValue();
            assertThat(time).isGreaterThanOrEqualTo(version == 2 ? last : BigDecimal.ZERO);
            last = time;
            assertThat(event.get(1).asString()).isIn(version == 2 ? Set.of("o", "i", "r") : Set.of("o", "i", "r", "x"));
            assertThat(event.get(2).isString()).isTrue();
        }
    }
}
