package dev.sallyport.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
    private static final Path BINARIES = Path.of("target/postgres-binaries").toAbsolutePath();

    @TempDir
    private Path temp;

    @AfterEach
    void stopWhatIsLeft() {
        EmbeddedPostgres.stop(dir());
    }

    @Test
    void startsAndAnswersQueries() throws Exception {
        try (var postgres = EmbeddedPostgres.start(config())) {
            assertThat(ask(postgres, "select 1 + 1")).isEqualTo("2");
            assertThat(ask(postgres, "show server_encoding")).isEqualTo("UTF8");
            assertThat(ask(postgres, "show lc_messages")).isEqualTo("C");
            assertThat(ask(postgres, "show max_connections")).isEqualTo("100");
            assertThat(postgres.isRunning()).isTrue();
        }
    }

    @Test
    void stopEndsTheProcessAndMayBeRepeated() {
        var postgres = EmbeddedPostgres.start(config());

        postgres.stop();
        postgres.stop();

        assertThat(postgres.isRunning()).isFalse();
        assertThat(ProcessHandle.of(postgres.pid())).isEmpty();
    }

    @Test
    void aRestartKeepsDataAndPassword() throws Exception {
        Secret before;
        try (var postgres = EmbeddedPostgres.start(config())) {
            run(postgres, "create table kept as select 42 as answer");
            before = postgres.password();
        }

        try (var postgres = EmbeddedPostgres.start(config())) {
            assertThat(ask(postgres, "select answer from kept")).isEqualTo("42");
            assertThat(postgres.password()).isEqualTo(before);
        }
    }

    @Test
    void everythingInTheFolderIsPrivate() throws Exception {
        try (var postgres = EmbeddedPostgres.start(config())) {
            assertThat(mode(dir())).isEqualTo("rwx------");
            assertThat(mode(postgres.dataDir())).isEqualTo("rwx------");
            for (String file : List.of("admin.password", "postgres.log", "data/postgresql.conf", "data/pg_hba.conf")) {
                assertThat(mode(dir().resolve(file))).as(file).isEqualTo("rw-------");
            }
        }
    }

    @Test
    void dataChecksumsAreOn() throws Exception {
        try (var postgres = EmbeddedPostgres.start(config())) {
            assertThat(ask(postgres, "show data_checksums")).isEqualTo("on");
        }
    }

    @Test
    void everybodyNeedsAPasswordAndThereIsNoSocket() throws Exception {
        try (var postgres = EmbeddedPostgres.start(config())) {
            assertThat(ask(postgres, "select string_agg(distinct auth_method, ',') from pg_hba_file_rules"))
                    .isEqualTo("scram-sha-256");
            assertThat(ask(postgres, "show unix_socket_directories")).isEmpty();
            assertThat(ask(postgres, "show listen_addresses")).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void aWrongPasswordIsRefused() {
        try (var postgres = EmbeddedPostgres.start(config())) {
            var wrong = new Login(postgres.port(), Secret.of("wrong"));

            assertThatThrownBy(() -> wrong.open("postgres"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void noProcessShowsThePassword() throws Exception {
        try (var postgres = EmbeddedPostgres.start(config())) {
            String password = postgres.password().reveal();

            String commandLine = Files.readString(Path.of("/proc/" + postgres.pid() + "/cmdline"));
            assertThat(commandLine).contains(postgres.dataDir().toString()).doesNotContain(password);
            assertThat(Files.readString(dir().resolve("postgres.log"))).doesNotContain(password);
        }
    }

    @Test
    void aFailingStatementIsNotLogged() throws Exception {
        try (var postgres = EmbeddedPostgres.start(config())) {
            assertThatThrownBy(() -> run(postgres, "create role sallyport_admin password 'hunter2'"))
                    .isInstanceOf(SQLException.class);

            assertThat(Files.readString(dir().resolve("postgres.log")))
                    .contains("already exists")
                    .doesNotContain("hunter2");
        }
    }

    @Test
    void theCallersSettingsReachTheServer() throws Exception {
        var config = config().with("max_connections", "33").with("application_name", "it's");
        try (var postgres = EmbeddedPostgres.start(config)) {
            assertThat(ask(postgres, "show max_connections")).isEqualTo("33");
            assertThat(ask(postgres, "select reset_val from pg_settings where name = 'fsync'"))
                    .isEqualTo("off");
        }
    }

    @Test
    void aSecondOwnerInThisJvmIsRefused() {
        try (var _ = EmbeddedPostgres.start(config())) {
            assertThatThrownBy(() -> EmbeddedPostgres.start(config()))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining(dir() + " is in use by process "
                            + ProcessHandle.current().pid());
        }
    }

    @Test
    void aSharingStartUsesTheServerWithoutOwningIt() throws Exception {
        try (var owner = EmbeddedPostgres.start(config())) {
            try (var sharing = EmbeddedPostgres.start(config().withReuse(true))) {
                assertThat(sharing.pid()).isEqualTo(owner.pid());
                assertThat(sharing.isOwner()).isFalse();
                assertThat(ask(sharing, "select 1")).isEqualTo("1");
            }

            assertThat(owner.isRunning()).isTrue();
        }
    }

    @Test
    void aSharedServerRunsOnUntilTheFolderIsStopped() {
        EmbeddedPostgres shared = EmbeddedPostgres.start(config().withReuse(true));
        shared.stop();
        assertThat(shared.isRunning()).isTrue();

        EmbeddedPostgres.stop(dir());

        assertThat(shared.isRunning()).isFalse();
    }

    @Test
    void aStalePidFileOfAnotherProcessIsForgotten() throws Exception {
        Path pidFile;
        try (var postgres = EmbeddedPostgres.start(config())) {
            pidFile = postgres.dataDir().resolve("postmaster.pid");
        }
        long ours = ProcessHandle.current().pid();
        Files.write(pidFile, List.of("" + ours, "" + dir(), "1", "5432", "", "127.0.0.1", "", "ready"));

        try (var postgres = EmbeddedPostgres.start(config())) {
            assertThat(postgres.pid()).isNotEqualTo(ours);
            assertThat(ask(postgres, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void aKilledPostmasterIsStartedAgain() throws Exception {
        try (var postgres = EmbeddedPostgres.start(config())) {
            run(postgres, "create table kept as select 42 as answer");
            ProcessHandle.of(postgres.pid()).orElseThrow().destroyForcibly();
            postgres.stop();
        }

        try (var postgres = EmbeddedPostgres.start(config())) {
            assertThat(ask(postgres, "select answer from kept")).isEqualTo("42");
        }
    }

    @Test
    void aHalfMadeDataFolderIsMadeAgain() throws Exception {
        Files.createDirectories(dir().resolve("data.new/base"));

        try (var postgres = EmbeddedPostgres.start(config())) {
            assertThat(ask(postgres, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void aDataFolderWithoutItsPasswordIsRefused() throws Exception {
        EmbeddedPostgres.start(config()).stop();
        Files.delete(dir().resolve("admin.password"));

        assertThatThrownBy(() -> EmbeddedPostgres.start(config()))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("admin.password is missing");
        Files.write(dir().resolve("admin.password"), List.of("wrong"));
        assertThatThrownBy(() -> EmbeddedPostgres.start(config()))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("refuses sallyport_admin");
    }

    @Test
    void aFailedStartShowsTheLogAndFreesTheFolder() throws Exception {
        assertThatThrownBy(() -> EmbeddedPostgres.start(config().with("shared_buffers", "lots")))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining(dir().toString())
                .hasMessageContaining("exit code 1")
                .hasMessageContaining("shared_buffers");

        try (var postgres = EmbeddedPostgres.start(config())) {
            assertThat(ask(postgres, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void unpackingLeavesNothingBehind() throws IOException {
        EmbeddedPostgres.start(config()).stop();

        try (Stream<Path> entries = Files.list(BINARIES)) {
            assertThat(entries.map(entry -> String.valueOf(entry.getFileName())))
                    .allMatch(name -> name.matches("postgres-[0-9a-f]{16}"));
        }
    }

    private Path dir() {
        return temp.resolve("postgres");
    }

    private EmbeddedPostgresConfig config() {
        return EmbeddedPostgresConfig.in(dir()).withBinaries(BINARIES).withFsync(false);
    }

    static String ask(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection connection = new Login(postgres.port(), postgres.password()).open("postgres");
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return String.valueOf(rows.getString(1));
        }
    }

    static void run(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection connection = new Login(postgres.port(), postgres.password()).open("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
