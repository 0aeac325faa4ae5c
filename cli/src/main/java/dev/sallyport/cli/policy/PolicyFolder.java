package dev.sallyport.cli.policy;

import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.shell.YamlFiles;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.policy.code.PolicyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The policy files named on the command line. */
final class PolicyFolder {
    private PolicyFolder() {}

    static PolicyFiles read(List<Path> given) {
        var files = new ArrayList<SourceFile>();
        for (Path path : given) {
            if (Files.isDirectory(path)) {
                YamlFiles.inside(path).forEach(file -> files.add(file(file)));
            } else {
                files.add(file(path));
            }
        }
        return PolicyFiles.read(files);
    }

    private static SourceFile file(Path path) {
        try {
            if (Files.size(path) > SourceFile.MAX) {
                throw Failure.here(
                        "input.too-large", path + ": larger than " + SourceFile.MAX / 1024 + " KiB", "divide it");
            }
            return SourceFile.utf8(path.toString(), Files.readAllBytes(path));
        } catch (IOException _) {
            throw Failure.here("input.unreadable", path + " cannot be read", null);
        }
    }
}
