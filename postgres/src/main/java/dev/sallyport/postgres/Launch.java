package dev.sallyport.postgres;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How PostgreSQL's programs are started: in a session of their own, so that the terminal's Ctrl-C reaches the JVM alone,
 * and, since they refuse root, in a user namespace where root has no name and no powers. Both wrappers {@code exec}, so
 * the process id stays that of the program.
 */
final class Launch {
    private static final int ROOT = 0;

    private Launch() {}

    static ProcessBuilder of(Path log, List<String> program) throws IOException {
        var command = new ArrayList<>(List.of("setsid"));
        if (isRoot()) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(program);
        var builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // nothing of ours is for its eyes, and PG* variables would change what it does
        builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("TZ", "UTC");
        return builder;
    }

    static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(ROOT);
    }
}
