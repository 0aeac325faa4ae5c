package dev.sallyport.cli.catalog;

import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The catalogue files named on the command line, as the API wants them. */
final class GivenFiles {
    /** More than the server takes is not even read. */
    private static final long LARGEST = 10L << 20;

    private GivenFiles() {}

    static ArrayNode read(List<Path> given) {
        ArrayNode files = JsonNodeFactory.instance.arrayNode();
        for (Path path : given) {
            if (Files.isDirectory(path)) {
                inside(path)
                        .forEach(file -> files.add(Json.object()
                                .put("name", path.relativize(file).toString())
                                .put("text", text(file))));
            } else {
                files.add(Json.object().put("name", path.toString()).put("text", text(path)));
            }
        }
        return files;
    }

    static String text(Path file) {
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

    private static List<Path> inside(Path folder) {
        try (var paths = Files.walk(folder)) {
            List<Path> files = paths.filter(Files::isRegularFile)
                    .filter(path ->
                            path.toString().endsWith(".yaml") || path.toString().endsWith(".yml"))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw Failure.here("input.missing", folder + " holds no .yaml or .yml file", null);
            }
            return files;
        } catch (IOException e) {
            throw Failure.here("input.unreadable", folder + " cannot be read: " + e.getMessage(), null);
        }
    }
}
