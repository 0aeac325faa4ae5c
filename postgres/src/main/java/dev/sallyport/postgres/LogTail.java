package dev.sallyport.postgres;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The end of a log, for error messages. */
final class LogTail {
    private static final int LINES = 12;
    private static final int BYTES = 8192;

    private LogTail() {}

    /** The last lines written from the given position on, or a note that there are none. */
    static String of(Path log, long from) {
        String text;
        try {
            text = read(log, from);
        } catch (IOException e) {
            return " (" + log + " cannot be read: " + e.getMessage() + ")";
        }
        List<String> lines = text.lines().toList();
        return lines.isEmpty()
                ? " (" + log + " is empty)"
                : "; the last lines of " + log + ":\n"
                        + String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    }

    static String read(Path log, long from) throws IOException {
        if (!Files.exists(log)) {
            return "";
        }
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            long start = Math.max(from, file.length() - BYTES);
            file.seek(Math.min(start, file.length()));
            var bytes = new byte[(int) (file.length() - file.getFilePointer())];
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
