package dev.sallyport.gateway.recorder;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.formats.recording.Asciicast;
import dev.sallyport.formats.recording.Entry;
import dev.sallyport.formats.recording.Event;
import dev.sallyport.formats.recording.RecordingKeyPair;
import dev.sallyport.formats.recording.RecordingReader;
import dev.sallyport.formats.recording.RecordingSource;
import dev.sallyport.testkit.ProgramRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** asciinema itself reads what is exported. */
class AsciinemaTest {
    @TempDir
    Path folder;

    @Test
    void asciinemaPlaysAnExportedRecording() throws Exception {
        var keys = RecordingKeyPair.generate("rec-1");
        Path file;
        try (var spool = new Spool(folder.resolve("spool"), RecorderLimits.USUAL, (_, _, why) -> {
            throw why;
        })) {
            var recorder = spool.start("ses_a", Instant.EPOCH, Map.of(), RecordingMode.STRICT, keys.publicKey());
            recorder.append(new Entry(0, 1, new Event.Terminal("xterm", 90, 30)));
            recorder.append(new Entry(100, 1, data("\u001b[31mh\u00e9llo\u001b[0m \"\\\r\n")));
            recorder.append(new Entry(200, 1, new Event.Resized(80, 24)));
            recorder.append(new Entry(300, 1, data("end\r\n")));
            recorder.close();
            file = spool.closed().getFirst();
        }
        var reader = RecordingReader.open(RecordingSource.of(file), keys);
        var lines = new ArrayList<String>();
        var cast = new Asciicast(2, false, reader.header(), lines::add);
        reader.events(cast);
        cast.finish();
        Path exported = Files.write(folder.resolve("ses_a.cast"), lines);

        // asciinema wants a terminal of its own, and that turns line feeds into two characters
        var played = ProgramRun.of(
                        Duration.ofSeconds(60),
                        List.of("script", "-q", "-e", "-c", "asciinema cat " + exported, "/dev/null"))
                .succeeded();

        assertThat(played.stdout().replace("\r", "")).isEqualTo("\u001b[31mh\u00e9llo\u001b[0m \"\\\nend\n");
    }

    private static Event data(String text) {
        return new Event.Data(Event.Stream.OUTPUT, text.getBytes(UTF_8));
    }
}
