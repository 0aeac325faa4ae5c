package dev.sallyport.cli.shell;

import dev.sallyport.cli.output.Json;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The files of documents named on the command line, as the API wants them. */
public final class GivenFiles {
    /** More than the server takes is not even read. */
    private static final long LARGEST = 10L << 20;

    private GivenFiles() {}

    public static ArrayNode read(List<Path> given) {
        ArrayNode files = JsonNodeFactory.instance.arrayNode();
        for (Path path : given) {
            if (Files.isDirectory(path)) {
                YamlFiles.inside(path)
                        .forEach(file -> files.add(Json.object()
                                .put("name", path.relativize(file).toString())
                                .put("text", text(file))));
            } else {
                files.add(Json.object().put("name", path.toString()).put("text", text(path)));
            }
        }
        return files;
    }

    public static String text(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw Failure.here("input.too-large", file + ": larger than " + (LARGEST >> 20) + " MiB", null);
            }
            return Files.readString(file);
        } catch (CharacterCodingException _) {
            throw Failure.here("input.unreadable", file + ": no text in UTF-8", null);
        } catch (IOException _) {
            throw Failure.here("input.unreadable", file + " cannot be read", null);
        }
    }
}
