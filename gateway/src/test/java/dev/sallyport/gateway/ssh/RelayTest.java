package dev.sallyport.gateway.ssh;

import static dev.sallyport.gateway.ssh.GatewayLab.ME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.SessionTerms.Ability;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.ChildProcess;
import dev.sallyport.testkit.ProgramRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final boolean LONG = Boolean.getBoolean("sallyport.long");

    /** A gigabyte in full. */
    private static final long STREAM = LONG ? 1L << 30 : 24L << 20;

    @TempDir
    private Path dir;

    private GatewayLab lab;

    @BeforeEach
    void start() throws IOException {
        lab = GatewayLab.in(dir);
    }

    @AfterEach
    void stop() throws IOException {
        lab.close();
    }

    @Test
    void aStreamComesDownAsItWas() throws Exception {
        Path down = dir.resolve("down");

        String there = shell("head -c " + STREAM + " /dev/zero | openssl enc -aes-128-ctr -nosalt -k x -pbkdf2 | tee "
                + down + ".there | sha256sum");
        ProgramRun run = bash(ssh() + " 'cat " + down + ".there' | sha256sum");

        assertThat(run.succeeded().stdout()).isEqualTo(there);
    }

    @Test
    void aStreamGoesUpAsItWas() throws Exception {
        Path up = dir.resolve("up");
        String here = shell("head -c " + STREAM + " /dev/zero | openssl enc -aes-128-ctr -nosalt -k y -pbkdf2 | tee "
                + up + " | sha256sum");

        ProgramRun run = bash(ssh() + " sha256sum < " + up);

        assertThat(run.succeeded().stdout()).isEqualTo(here);
    }

    @Test
    void aSmallRekeyLimitDoesNotHarmAStream() throws Exception {
        ProgramRun run = bash(ssh("-o", "RekeyLimit=1M") + " 'head -c 12000000 /dev/zero' | wc -c");

        assertThat(run.succeeded().stdout().strip()).isEqualTo("12000000");
    }

    /** A client as it comes would take the slow one; whoever can only that is told what there is. */
    @Test
    void clientsAreOfferedAesAlone() throws Exception {
        ProgramRun usual = bash(ssh("-v") + " true");
        ProgramRun slow = bash(ssh("-o", "Ciphers=chacha20-poly1305@openssh.com") + " true");

        assertThat(usual.succeeded().stderr()).containsPattern("server->client cipher: aes\\d+-");
        assertThat(slow.exit()).isEqualTo(255);
        assertThat(slow.stderr())
                .contains("no matching cipher found")
                .contains("aes128-gcm@openssh.com")
                .doesNotContain("Their offer: chacha20");
    }

    @Test
    void aSignalEndsACommandAndIsTold() {
        ProgramRun run = lab.client().run("kill -TERM $$; sleep 5");

        assertThat(run.exit()).isEqualTo(255);
        assertThat(run.stderr()).doesNotContain("Received disconnect");
    }

    @Test
    void theEndOfInputReachesTheCommandAndItsOutputComesBack() {
        assertThat(lab.client().run("wc -c; echo after", "12345").succeeded().stdout())
                .isEqualTo("5\nafter\n");
    }

    @Test
    void aTerminalHasTheSizeThatTheClientSays() throws Exception {
        ProgramRun run = bash("script -qec \"stty rows 33 cols 99; "
                + ssh("-tt").replace("\"", "'") + " 'stty size; exit 4'\" /dev/null");

        assertThat(run.stdout()).contains("33 99");
        assertThat(lab.recorders.channels.getFirst().sizes).contains("99x33");
    }

    @Test
    void onlyNamedVariablesPass() {
        ProgramRun run = lab.client().option("SetEnv=LC_TEST=yes SECRET_X=no").run("echo \"[$LC_TEST] [$SECRET_X]\"");

        assertThat(run.succeeded().stdout()).isEqualTo("[yes] []\n");
    }

    @Test
    void manyChannelsShareAConnection() throws Exception {
        Path control = dir.resolve("mux");
        ChildProcess master = lab.client()
                .argument("-M")
                .argument("-N")
                .option("ControlPath=" + control)
                .start("")
                .start();
        Await.until("the master", LIMIT, () -> Files.exists(control));

        ProgramRun run =
                bash("for i in 1 2 3 4 5 6; do ssh -F none -S " + control + " x \"sleep 1; echo $i\" & done; wait");

        assertThat(run.stdout().lines().sorted()).containsExactly("1", "2", "3", "4", "5", "6");
        assertThat(lab.control.opened).hasSize(1);
        master.stop();
    }

    @Test
    void filesGoUpAndDownBySftpAndAreTold() throws Exception {
        Path here = Files.writeString(dir.resolve("here"), "some content");
        Path there = dir.resolve("there");

        ProgramRun run = bash("echo 'put " + here + " " + there + "\nrename " + there + " " + there + "2\nget " + there
                + "2 " + dir + "/back\nrm " + there + "2' | sftp -b - " + options() + " -P " + lab.gateway.port() + " "
                + ME
                + "%web-1@127.0.0.1");

        assertThat(run.exit()).as(run.stderr()).isZero();
        assertThat(dir.resolve("back")).hasContent("some content");
        Await.until(
                "the reports",
                LIMIT,
                () -> lab.control.told(Report.FileTouched.class).size() >= 4);
        String hash = HexFormat.of()
                .formatHex(
                        MessageDigest.getInstance("SHA-256").digest("some content".getBytes(StandardCharsets.UTF_8)));
        var told = lab.control.told(Report.FileTouched.class);
        assertThat(told).extracting(Report.FileTouched::operation).contains("write", "rename", "read", "remove");
        assertThat(told.stream().filter(file -> file.operation().equals("write")))
                .allMatch(file -> file.bytes() == 12 && hash.equals(file.sha256()));
        assertThat(told.stream().filter(file -> file.operation().equals("read")))
                .allMatch(file -> file.bytes() == 12 && hash.equals(file.sha256()));
    }

    @Test
    void filesGoByScpOldAndNew() throws Exception {
        Path here = Files.writeString(dir.resolve("here"), "x".repeat(100_000));
        for (String way : List.of("-O", "-s")) {
            ProgramRun up = bash("scp " + way + " " + options() + " -P " + lab.gateway.port() + " " + here + " " + ME
                    + "%web-1@127.0.0.1:" + dir + "/up" + way);
            ProgramRun down = bash("scp " + way + " " + options() + " -P " + lab.gateway.port() + " " + ME
                    + "%web-1@127.0.0.1:" + dir + "/up" + way + " " + dir + "/down" + way);

            assertThat(up.exit()).as(up.stderr()).isZero();
            assertThat(down.exit()).as(down.stderr()).isZero();
            assertThat(dir.resolve("down" + way)).hasSameBinaryContentAs(here);
        }
        Await.until(
                "the reports",
                LIMIT,
                () -> lab.control.told(Report.FileTouched.class).size() >= 4);
        assertThat(lab.control.told(Report.FileTouched.class))
                .allMatch(file -> file.bytes() == 100_000 && file.sha256() != null);
    }

    @Test
    void rsyncAndGitGoThrough() throws Exception {
        Path from = Files.createDirectories(dir.resolve("from"));
        Files.writeString(from.resolve("a"), "a");
        shell("cd " + from + " && git init -q . && git -c user.name=x -c user.email=x@x add a"
                + " && git -c user.name=x -c user.email=x@x commit -qm first");

        ProgramRun rsync =
                bash("rsync -a -e \"" + program() + "\" " + from + "/ " + ME + "%web-1@127.0.0.1:" + dir + "/synced");
        ProgramRun git = bash("GIT_SSH_COMMAND=\"" + program() + "\" git clone -q ssh://" + ME + "%25web-1@127.0.0.1"
                + from + " " + dir + "/cloned");

        assertThat(rsync.exit()).as(rsync.stderr()).isZero();
        assertThat(git.exit()).as(git.stderr()).isZero();
        assertThat(dir.resolve("synced/a")).hasContent("a");
        assertThat(dir.resolve("cloned/a")).hasContent("a");
    }

    @Test
    void withoutTheAbilityFilesDoNotGo() throws Exception {
        lab.control.terms = Terms.without(Ability.FILES);
        Path here = Files.writeString(dir.resolve("here"), "x");

        ProgramRun run = bash("scp -O " + options() + " -P " + lab.gateway.port() + " " + here + " " + ME
                + "%web-1@127.0.0.1:" + dir + "/up");

        assertThat(run.exit()).isNotZero();
        assertThat(run.stderr()).contains("The role does not allow files to be moved.");
        assertThat(dir.resolve("up")).doesNotExist();
    }

    @Test
    void withoutTheAbilityThereIsNoTerminal() {
        lab.control.terms = Terms.without(Ability.TERMINAL);

        ProgramRun run = lab.client().argument("-tt").run("tty");

        assertThat(run.stderr()).contains("PTY allocation request failed");
        assertThat(run.stdout()).isEmpty();
    }

    @Test
    void aPortIsForwardedThroughTheTargetIfTheRoleAllows() throws Exception {
        lab.control.terms = Terms.of(Ability.LOCAL_FORWARDING);

        ProgramRun run = lab.client()
                .argument("-W")
                .argument("127.0.0.1:" + lab.target.port())
                .run("");

        assertThat(run.stdout()).startsWith("SSH-2.0-OpenSSH");
        assertThat(lab.control.told(Report.OpaqueOpened.class)).hasSize(1);
    }

    @Test
    void aPortIsNotForwardedOtherwise() {
        ProgramRun run = lab.client()
                .argument("-W")
                .argument("127.0.0.1:" + lab.target.port())
                .run("");

        assertThat(run.stdout()).isEmpty();
        assertThat(run.stderr()).contains("the role does not allow local forwarding");
    }

    @Test
    void remoteForwardingNeedsItsAbility() {
        ProgramRun refused = lab.client()
                .option("ExitOnForwardFailure=yes")
                .argument("-R")
                .argument("0:127.0.0.1:1")
                .run("echo in");
        lab.control.terms = Terms.of(Ability.REMOTE_FORWARDING);
        ProgramRun allowed = lab.client()
                .option("ExitOnForwardFailure=yes")
                .argument("-R")
                .argument("0:127.0.0.1:1")
                .run("echo in");

        assertThat(refused.exit()).isEqualTo(255);
        assertThat(refused.stdout()).isEmpty();
        assertThat(allowed.succeeded().stdout()).isEqualTo("in\n");
        assertThat(allowed.stderr()).contains("Allocated port");
    }

    @Test
    void aCommandIsRecordedAndToldWithItsExitStatus() {
        lab.client().run("cat >/dev/null; echo shown; exit 3", "typed");

        var recorded = lab.recorders.channels.getFirst();
        Await.until("the end", LIMIT, () -> lab.recorders.closed.get() == 1 && recorded.closed);
        assertThat(recorded.output()).isEqualTo("shown\n");
        assertThat(recorded.input()).isEqualTo("typed");
        assertThat(recorded.exitStatus).isEqualTo(3);
        assertThat(lab.control.told(Report.Command.class))
                .containsExactly(new Report.Command(1, "cat >/dev/null; echo shown; exit 3", true, 3));
        Await.until(
                "the close", LIMIT, () -> lab.control.told(Report.Closed.class).size() == 1);
        assertThat(lab.control.told(Report.Closed.class).getFirst().bytesIn()).isEqualTo(5);
    }

    private String program() {
        return "ssh -F none " + options() + " -p " + lab.gateway.port();
    }

    private String options() {
        return "-o BatchMode=yes -o IdentityAgent=none -o IdentitiesOnly=yes -o UserKnownHostsFile=" + lab.trusted
                + " -i " + lab.userKey;
    }

    private String ssh(String... more) {
        return program() + " " + String.join(" ", more) + " " + ME + "%web-1@127.0.0.1";
    }

    private static ProgramRun bash(String line) {
        return ProgramRun.of(LONG ? Duration.ofMinutes(5) : LIMIT, List.of("bash", "-c", line));
    }

    private static String shell(String line) {
        return bash("set -o pipefail; " + line).succeeded().stdout();
    }
}
