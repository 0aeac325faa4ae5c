package dev.sallyport.testkit;

import dev.sallyport.base.CrashPoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A main class of the test's own class path in a JVM of its own, which may be killed or kill itself. */
public final class ChildJvm {
    private final String mainClass;
    private final List<String> options = new ArrayList<>(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));

    private ChildJvm(String mainClass) {
        this.mainClass = mainClass;
    }

    public static ChildJvm of(Class<?> main) {
        return new ChildJvm(main.getName());
    }

    /** A JVM option such as {@code -Xmx64m}. */
    public ChildJvm option(String option) {
        options.add(option);
        return this;
    }

    /** Has it die with {@link CrashPoint#EXIT_CODE} at the nth time it reaches the point. */
    public ChildJvm crashAt(String point, int nth) {
        return option("-D" + CrashPoint.PROPERTY + "=" + point + ":" + nth);
    }

    public ChildProcess.Spec run(String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(List.of(arguments));
        return ChildProcess.of(command);
    }
}
