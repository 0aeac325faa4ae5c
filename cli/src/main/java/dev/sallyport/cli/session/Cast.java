package dev.sallyport.cli.session;

import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * An asciicast in memory: what was shown, and when.
 *
 * @param output each with its time since the beginning
 */
record Cast(int columns, int rows, List<Output> output) {
    Cast {
        output = List.copyOf(output);
    }

    record Output(long atMillis, String text) {}

    /** Reads version 2, whose times count from the beginning. */
    static Cast read(String text) {
        var output = new ArrayList<Output>();
        JsonNode header = null;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            if (line.isBlank()) {
                continue;
            }
            JsonNode json = Json.read(line);
            if (header == null) {
                header = json;
            } else if (json.isArray()
                    && json.size() >= 3
                    && Json.text(json.get(1)).equals("o")) {
                output.add(new Output(Math.round(json.get(0).asDouble(0) * 1000), Json.text(json.get(2))));
            }
        }
        if (header == null || header.path("version").asInt(0) != 2) {
            throw Failure.here("recording.unreadable", "the server's answer is no asciicast of version 2", null);
        }
        return new Cast(header.path("width").asInt(80), header.path("height").asInt(24), output);
    }

    long length() {
        return output.isEmpty() ? 0 : output.getLast().atMillis();
    }
}
