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
    void withoutATerminalOfTheTargetLineFeedsBecomeNewLines() {
        var lines = new ArrayList<String>();
        var cast = new Asciicast(2, false, header(), lines::add);

        for (String output : List.of("a\nb\r", "\nc\r\n", "\nd")) {
            cast.accept(Samples.output(1000, 1, output));
        }
        cast.accept(new Entry(1100, 1, new Event.Terminal("xterm", 80, 24)));
        cast.accept(Samples.output(1200, 1, "e\nf"));

        assertThat(lines)
                .contains(
                        "[1.000,\"o\",\"a\\r\\nb\\r\"]",
                        "[1.000,\"o\",\"\\nc\\r\\n\"]",
                        "[1.000,\"o\",\"\\r\\nd\"]",
                        "[1.200,\"o\",\"e\\nf\"]");
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
    void whatWasNotRecordedIsAMarkerWhereItIsMissing() {
        for (int version : List.of(2, 3)) {
            var lines = new ArrayList<String>();
            var cast = new Asciicast(version, false, header(), lines::add);
            cast.accept(new Entry(0, Entry.SESSION, new Event.Gap(1, 9, "early")));
            cast.accept(new Entry(5, 1, new Event.Terminal("", 100, 30)));
            cast.accept(Samples.output(1000, 1, "x"));
            cast.accept(new Entry(2000, Entry.SESSION, new Event.Gap(3, 18, "No space left on device")));

            cast.finish(new Ending.CutShort(3000, Samples.STARTED, 700, "the gateway was stopped"));

            assertThat(lines)
                    .filteredOn(line -> line.contains("\"m\""))
                    .satisfiesExactly(
                            line -> assertThat(line).contains("early"),
                            line -> assertThat(line)
                                    .contains("not recorded: 3 events, 18 bytes (No space left on device)"),
                            line -> assertThat(line)
                                    .startsWith(version == 2 ? "[3.000," : "[1.000,")
                                    .contains("cut short here: the gateway was stopped, at most 700 ms lost"));
        }
    }

    @Test
    void filesOnTheirWayAreNeitherShownNorText() {
        var session = List.of(
                new Entry(0, 1, new Event.Opened(Event.ChannelType.FILE, "")),
                Samples.output(10, 1, "binary"),
                new Entry(20, 2, new Event.Opened(Event.ChannelType.TERMINAL, "")),
                Samples.output(30, 2, "shown\r\n"));
        var lines = new ArrayList<String>();
        var cast = new Asciicast(2, false, header(), lines::add);
        var text = new ArrayList<String>();
        var export = new TextExport((_, line) -> text.add(line));

        session.forEach(cast.andThen(export));

        assertThat(lines).anyMatch(line -> line.contains("shown")).noneMatch(line -> line.contains("binary"));
        assertThat(text).containsExactly("shown");
    }

    @Test
    void oneChannelCanBeAskedFor() {
        var lines = new ArrayList<String>();
        var cast = new Asciicast(2, false, 2, header(), lines::add);

        List.of(Samples.output(10, 1, "first"), Samples.output(30, 2, "second")).forEach(cast);

        assertThat(lines).anyMatch(line -> line.contains("second")).noneMatch(line -> line.contains("first"));
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
