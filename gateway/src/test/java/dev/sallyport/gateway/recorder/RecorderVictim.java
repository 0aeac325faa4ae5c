package dev.sallyport.gateway.recorder;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.formats.recording.Entry;
import dev.sallyport.formats.recording.Event;
import dev.sallyport.formats.recording.RecordingKey;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** Records numbered lines until it is killed, and says which ones were taken. */
final class RecorderVictim {
    private RecorderVictim() {}

    static void main(String[] args) throws Exception {
        var key = new RecordingKey("rec-1", args[1]);
        var spool = new Spool(Path.of(args[0]), RecorderLimits.USUAL, (_, _, why) -> System.out.println(why.code()));
        var recorder = spool.start("ses_victim", Instant.now(), Map.of(), RecordingMode.STRICT, key);
        for (int i = 0; ; i++) {
            String line = "line " + i + " " + "x".repeat(i % 3000) + "\n";
            recorder.append(new Entry(i, 1, new Event.Data(Event.Stream.OUTPUT, line.getBytes(UTF_8))));
            System.out.println("taken " + i);
        }
    }
}
