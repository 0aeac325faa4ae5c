package dev.sallyport.cli.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The YAML files that a person named on the command line. */
public final class YamlFiles {
    private YamlFiles() {}

    /**
     * All of a folder, deeper ones too, in the order of their names.
     *
     * @throws Failure {@code input.missing} where there is none
     */
    public static List<Path> inside(Path folder) {
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
