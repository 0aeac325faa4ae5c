package dev.sallyport.cli.session;

import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;

/** An asciicast in a file: when something was shown is in memory, what it was is read when it is needed. */
final class Cast implements AutoCloseable {
    /** The longest line; the server's are far shorter. */
    private static final int LINE_MAX = 16 << 20;

    private final RandomAccessFile file;
    private long[] times = new long[1024];
    private long[] places = new long[1024];
    private int size;

    private Cast(RandomAccessFile file) {
        this.file = file;
    }

    /** Reads version 2, whose times count from the beginning. */
    static Cast open(Path path) throws IOException {
        var cast = new Cast(new RandomAccessFile(path.toFile(), "r"));
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
            cast.index(in);
            return cast;
        } catch (IOException | RuntimeException e) {
            cast.file.close();
            throw e;
        }
    }

    int size() {
        return size;
    }

    long atMillis(int number) {
        return times[number];
    }

    String text(int number) {
        try {
            file.seek(places[number]);
            long end = number + 1 < size ? places[number + 1] : file.length();
            var bytes = new byte[(int) Math.min(LINE_MAX, end - places[number])];
            file.readFully(bytes);
            int length = 0;
            while (length < bytes.length && bytes[length] != '\n') {
                length++;
            }
            return Json.text(Json.read(new String(bytes, 0, length, StandardCharsets.UTF_8))
                    .path(2));
        } catch (IOException e) {
            throw Failure.here(
                    "recording.unreadable", "the recording cannot be read any more: " + e.getMessage(), null);
        }
    }

    private void index(InputStream in) throws IOException {
        long place = 0;
        boolean header = true;
        for (byte[] line = line(in); line.length > 0; line = line(in)) {
            String text = new String(line, StandardCharsets.UTF_8);
            if (header) {
                header(text);
                header = false;
            } else {
                event(text, place);
            }
            place += line.length;
        }
        if (header) {
            throw unreadable("it is empty");
        }
    }

    private static void header(String line) {
        JsonNode head = Json.read(line);
        if (head.path("version").asInt(0) != 2) {
            throw unreadable("it is no asciicast of version 2");
        }
    }

    private void event(String line, long place) {
        if (line.isBlank()) {
            return;
        }
        int comma = line.indexOf(',');
        if (!line.startsWith("[") || comma < 0) {
            throw unreadable("a line of it is no event");
        }
        if (line.substring(comma + 1).stripLeading().startsWith("\"o\"")) {
            add(millis(line.substring(1, comma)), place);
        }
    }

    private static long millis(String seconds) {
        try {
            return Math.round(Double.parseDouble(seconds.strip()) * 1000);
        } catch (NumberFormatException _) {
            throw unreadable("a line of it has no time");
        }
    }

    private void add(long time, long place) {
        if (size == times.length) {
            times = Arrays.copyOf(times, size * 2);
            places = Arrays.copyOf(places, size * 2);
        }
        times[size] = time;
        places[size] = place;
        size++;
    }

    /** The next line with its line feed; nothing at the end. */
    private static byte[] line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            line.write(next);
            if (next == '\n') {
                break;
            }
            if (line.size() > LINE_MAX) {
                throw unreadable("a line of it is too long");
            }
        }
        return line.toByteArray();
    }

    private static Failure unreadable(String why) {
        return Failure.here("recording.unreadable", "the server's answer cannot be played: " + why, null);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
