package dev.sallyport.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens between two JVMs, one of which may be killed. */
class EmbeddedPostgresProcessTest {
    private static final Path BINARIES = Path.of("target/postgres-binaries").toAbsolutePath();

    @TempDir
    private Path temp;

    @AfterEach
    void stopWhatIsLeft() {
        EmbeddedPostgres.stop(dir());
    }

    @Test
    void theServerOfAKilledJvmIsAdopted() throws Exception {
        try (var child = OwnerProcess.start(dir(), BINARIES)) {
            child.killHard();
            assertThat(ProcessHandle.of(child.postgresPid())).isPresent();

            try (var postgres = EmbeddedPostgres.start(config())) {
                assertThat(postgres.pid()).isEqualTo(child.postgresPid());
                assertThat(postgres.port()).isEqualTo(child.port());
                assertThat(EmbeddedPostgresTest.ask(postgres, "select 1")).isEqualTo("1");
            }
            assertThat(ProcessHandle.of(child.postgresPid())).isEmpty();
        }
    }

    @Test
    void theServerOfAKilledJvmIsStartedAgainForOtherSettings() throws Exception {
        try (var child = OwnerProcess.start(dir(), BINARIES)) {
            child.killHard();

            try (var postgres = EmbeddedPostgres.start(config().with("max_connections", "20"))) {
                assertThat(postgres.pid()).isNotEqualTo(child.postgresPid());
                assertThat(EmbeddedPostgresTest.ask(postgres, "show max_connections"))
                        .isEqualTo("20");
            }
        }
    }

    @Test
    void aSecondJvmIsRefusedAndToldWhoOwnsTheFolder() throws Exception {
        try (var first = OwnerProcess.start(dir(), BINARIES);
                var second = OwnerProcess.start(dir(), BINARIES)) {
            assertThat(second.firstLine())
                    .startsWith("refused ")
                    .contains(dir() + " is in use by process " + first.process().pid());
        }
    }

    @Test
    void theServerEndsWithItsJvm() throws Exception {
        try (var child = OwnerProcess.start(dir(), BINARIES)) {
            child.end();

            assertThat(ProcessHandle.of(child.postgresPid())).isEmpty();
        }
    }

    @Test
    void theServerIsInASessionOfItsOwn() throws Exception {
        try (var postgres = EmbeddedPostgres.start(config())) {
            assertThat(session(postgres.pid())).isEqualTo(postgres.pid());
        }
    }

    @Test
    void anOrdinaryUserRunsItToo() throws Exception {
        if (!Launch.isRoot()) {
            return; // then every other test has shown it
        }
        Path home = Files.createDirectory(temp.resolve("home"));
        List<String> asNobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setAttribute(home, "unix:uid", 65534);
        String classPath = readableClassPath();

        try (var child = OwnerProcess.start(asNobody, classPath, home.resolve("pg"), home.resolve("bin"))) {
            assertThat(child.firstLine()).startsWith("ready ");
            assertThat(Files.getAttribute(Path.of("/proc/" + child.postgresPid()), "unix:uid"))
                    .isEqualTo(65534);
            assertThatThrownBy(() -> EmbeddedPostgres.start(EmbeddedPostgresConfig.in(home.resolve("pg"))))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("belongs to user id 65534");
            child.end();
            assertThat(ProcessHandle.of(child.postgresPid())).isEmpty();
        }
    }

    /** The repository of the build may lie in a home that others cannot enter. */
    private String readableClassPath() throws IOException {
        Path copies = Files.createDirectory(temp.resolve("class-path"));
        var entries = new ArrayList<String>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path copy = copies.resolve(entries.size() + (entry.endsWith(".jar") ? ".jar" : ""));
            if (Files.exists(Path.of(entry))) {
                copyTree(Path.of(entry), copy);
                entries.add(copy.toString());
            }
        }
        return String.join(File.pathSeparator, entries);
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    /** The sixth field of {@code /proc/PID/stat}, counted after the name, which may hold spaces. */
    private static long session(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[3]);
    }

    private Path dir() {
        return temp.resolve("postgres");
    }

    private EmbeddedPostgresConfig config() {
        return EmbeddedPostgresConfig.in(dir()).withBinaries(BINARIES).withFsync(false);
    }
}
