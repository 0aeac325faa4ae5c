package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.Person.Ended;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignInTest {
    @TempDir
    Path home;

    private ContractServer server;
    private Person dev;

    @BeforeEach
    void start() throws IOException {
        server = new ContractServer();
        dev = Person.at(home, Clock.systemUTC());
    }

    @AfterEach
    void nothingToComplainAbout() {
        server.close();
        assertThat(server.complaints).isEmpty();
    }

    @Test
    void aPasswordWalksTheFormAndGivesBoundTokens() {
        assertThat(dev.signsIn(server).shown()).isEqualTo("signed in to " + server.url() + " as dev\n-> 0\n");
        assertThat(dev.types("whoami -o json").out()).contains("\"display_name\": \"Dev Eloper\"");
    }

    @Test
    void aWrongPasswordIsTheServersRefusal() {
        Ended ended = dev.types("login --server " + server.url() + " --as dev --password-stdin", "wrong\n");
        assertThat(ended.shown()).isEqualTo("! login.refused: name or password is wrong\n-> 2\n");
        assertThat(home.resolve("sallyport")).doesNotExist();
    }

    @Test
    void aServerThatCallsItselfOtherwiseGetsNoPassword() {
        server.otherIssuer = "https://elsewhere.example.org";
        Ended ended = dev.signsIn(server);
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err()).contains("! login.other-server:", "hint: sallyport login --server https://elsewhere");
    }

    @Test
    void plainHttpBeyondLoopbackIsWrongUsage() {
        Ended ended = dev.types("login --server http://pam.example.org --as dev --password-stdin", "x\n");
        assertThat(ended.shown())
                .isEqualTo("! usage: --server: \"http://pam.example.org\" (expected: https://host:port, or http on"
                        + " loopback)\n-> 64\n");
    }

    @Test
    void aDeviceSignsInWithACodeAndWaitsWhileItIsPending() {
        Ended ended = dev.types("login --device --server " + server.url());
        assertThat(ended.err()).contains("/activate and enter WDJB-MJHT");
        assertThat(ended.exit()).isZero();
    }

    @Test
    void aDemandForANonceIsAnswered() {
        server.nonce = "n-1";
        assertThat(dev.signsIn(server).exit()).isZero();
        server.nonce = "n-2";
        assertThat(dev.types("whoami").exit()).isZero();
    }

    @Test
    void profileAndFolderAreReadableByTheirOwnerAlone() throws IOException {
        dev.signsIn(server);
        try (var files = Files.walk(home.resolve("sallyport"))) {
            assertThat(files)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------"));
        }
    }

    @Test
    void aProfileThatOthersMayReadIsRefused() throws IOException {
        dev.signsIn(server);
        Files.setPosixFilePermissions(home.resolve("sallyport"), PosixFilePermissions.fromString("rwxr-x---"));
        Ended ended = dev.types("whoami");
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err()).startsWith("! profile.open-to-others: ");
    }

    @Test
    void tokensAreNeverPrinted() {
        String all = dev.signsIn(server).shown()
                + dev.types("whoami -o json").shown()
                + dev.types("doctor").shown();
        assertThat(all).doesNotContain(server.validAccess, server.validRefresh, ContractServer.PASSWORD);
    }

    @Test
    void anExpiredTokenIsRenewed() {
        dev.signsIn(server);
        server.validAccess = "ended at the server";
        assertThat(dev.types("whoami").exit()).isZero();
        assertThat(server.refreshes).hasValue(1);
    }

    @Test
    void commandsSideBySideRenewOnceAndTheSessionLives() throws Exception {
        server.lifetime = 600;
        dev.signsIn(server);
        server.validAccess = "ended at the server";
        try (var threads = Executors.newFixedThreadPool(6)) {
            var ended = IntStream.range(0, 6)
                    .mapToObj(_ -> threads.submit(() -> dev.types("whoami").exit()))
                    .toList();
            for (var exit : ended) {
                assertThat(exit.get()).isZero();
            }
        }
        assertThat(server.refreshes).hasValue(1);
        assertThat(server.familyEnded).isFalse();
    }

    @Test
    void twoProcessesSideBySideRenewOnce() throws Exception {
        dev.signsIn(server);
        server.validAccess = "ended at the server";
        server.route("GET /grants", "{\"items\":[],\"next\":null}");
        var first = process("whoami");
        var second = process("grants");
        assertThat(first.waitFor()).isZero();
        assertThat(second.waitFor()).isZero();
        assertThat(server.refreshes).hasValue(1);
        assertThat(server.familyEnded).isFalse();
    }

    @Test
    void aSessionThatHasEndedSaysSo() {
        dev.signsIn(server);
        server.familyEnded = true;
        assertThat(dev.types("whoami").shown())
                .isEqualTo("! auth.session-ended: the session at " + server.url()
                        + " has ended\nhint: sallyport login\n-> 2\n");
    }

    @Test
    void logoutEndsTheSessionAndForgetsTheTokens() throws IOException {
        dev.signsIn(server);
        server.route("POST /logout", _ -> ContractServer.Reply.of(204, ""));
        assertThat(dev.types("logout").shown()).isEqualTo("signed out of " + server.url() + "\n-> 0\n");
        assertThat(server.sent("POST /logout")).hasSize(1);
        assertThat(dev.types("whoami").shown())
                .startsWith("! auth.required: nobody is signed in to " + server.url() + "\n");
        try (var profiles = Files.list(home.resolve("sallyport/profiles"))) {
            assertThat(profiles.filter(file -> file.toString().endsWith(".json")))
                    .allSatisfy(file -> assertThat(Files.readString(file)).doesNotContain("refresh-", "access-"));
        }
    }

    @Test
    void aBrowserComesBackToThisMachine() throws Exception {
        Process login = process("login", "--server", server.url());
        URI callback = asABrowser(login, "allow");
        assertThat(fetch(callback).body()).startsWith("Back to the terminal");
        assertThat(login.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(login.exitValue()).isZero();
        assertThat(dev.types("whoami").exit()).isZero();
    }

    @Test
    void whatIsDeniedInTheBrowserIsSaidInTheTerminal() throws Exception {
        Process login = process("login", "--server", server.url());
        URI callback = asABrowser(login, "deny");
        assertThat(fetch(callback).body()).startsWith("Refused. Back to the terminal");
        assertThat(login.errorReader().readLine()).isEqualTo("! login.refused: sign-in was refused in the browser");
        assertThat(login.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(login.exitValue()).isEqualTo(2);
        assertThat(server.validAccess).isEmpty();
    }

    @Test
    void anAnswerToAnotherSignInIsRefused() throws Exception {
        Process login = process("login", "--server", server.url());
        URI callback = asABrowser(login, "allow");
        fetch(URI.create(callback.toString().replaceFirst("state=[^&]*", "state=forged")));
        assertThat(login.errorReader().readLine()).startsWith("! login.state: ");
        assertThat(login.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(login.exitValue()).isEqualTo(1);
        assertThat(server.validAccess).isEmpty();
    }

    /** Follows the address the command shows, signed in, answers there, and returns where the server sends the browser. */
    private static URI asABrowser(Process login, String verdict) throws IOException, InterruptedException {
        var err = login.errorReader();
        String note = err.readLine();
        URI page = location(fetch(URI.create(String.valueOf(err.readLine()).strip())));
        String state = page.getQuery().replaceFirst(".*state=", "");
        URI callback = location(send(HttpRequest.newBuilder(page)
                .POST(HttpRequest.BodyPublishers.ofString("_csrf=d&state=" + state + "&verdict=" + verdict))));
        assertThat(note)
                .isEqualTo("Sign in with a browser on this machine, and allow port " + callback.getPort() + " there:");
        return callback;
    }

    private static URI location(HttpResponse<String> answer) {
        return URI.create(answer.headers().firstValue("Location").orElseThrow());
    }

    private static HttpResponse<String> fetch(URI uri) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (var browser = HttpClient.newHttpClient()) {
            return browser.send(request.header("Cookie", "session=in").build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private Process process(String... words) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(dev.environment());
        return builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }
}
