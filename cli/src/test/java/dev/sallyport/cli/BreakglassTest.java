package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.ContractServer.Reply;
import dev.sallyport.cli.output.Json;
import dev.sallyport.formats.breakglass.Kit;
import dev.sallyport.formats.breakglass.UseRecord;
import dev.sallyport.formats.ssh.SshCertificate;
import dev.sallyport.testkit.ProgramRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kits made and opened where there is no server, with the real age. */
class BreakglassTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String EVE = "eve has a passphrase";
    private static final String DAN = "dan has another one";

    @TempDir
    Path home;

    private Person somebody;
    private Path kit;

    @BeforeEach
    void start() throws IOException {
        somebody = Person.at(home, Clock.systemUTC());
        for (String name : List.of("ada", "bob", "joe")) {
            ProgramRun.of(LIMIT, List.of("age-keygen", "-o", identity(name).toString()))
                    .succeeded();
        }
        kit = create("prod");
    }

    private Path identity(String name) {
        return home.resolve(name + "-key.txt");
    }

    private String recipient(String name) throws IOException {
        return Files.readAllLines(identity(name)).stream()
                .filter(line -> line.startsWith("# public key: "))
                .map(line -> line.substring("# public key: ".length()))
                .findFirst()
                .orElseThrow();
    }

    /** Any three of ada, bob, joe with age and eve, dan with passphrases. */
    private Path create(String name) throws IOException {
        Path folder = home.resolve(name);
        Person.Ended made = somebody.types(
                "breakglass kit create %s --offline --threshold 3 --of 5 --out %s".formatted(name, folder)
                        + " --custodian ada=%s --custodian bob=%s".formatted(recipient("ada"), recipient("bob"))
                        + " --custodian eve=passphrase --custodian dan=passphrase --custodian joe=" + recipient("joe"),
                EVE + "\n" + DAN + "\n");
        assertThat(made.shown()).contains("any 3 of 5 shares", "-> 0");
        return folder.resolve(name + ".kit");
    }

    private String share(String file) {
        return " --share " + kit.resolveSibling(file);
    }

    private String ada() {
        return share("share-1-ada.age") + " --identity " + identity("ada");
    }

    private Person.Ended open(String shares, String input) {
        return somebody.types(
                "breakglass open %s --target web-1 --target db-1 --login root --for 30m".formatted(kit)
                        + " --reason \"everything is down\" --out " + home.resolve("access") + shares,
                input);
    }

    private void refused(String code, Person.Ended ended, String... saying) {
        assertThat(ended.shown()).contains("! " + code + ": ");
        for (String said : saying) {
            assertThat(ended.shown()).contains(said);
        }
        assertThat(ended.exit()).isNotZero();
        for (String file : List.of("access", "access-cert.pub", "access.record")) {
            assertThat(home.resolve(file)).doesNotExist();
        }
    }

    @Test
    void threeSharesOfAnyKindGiveACertificateAndARecord() throws Exception {
        Person.Ended opened =
                open(ada() + share("share-3-eve.share") + share("share-4-dan.txt"), EVE + "\n" + DAN + "\n");

        assertThat(opened.shown())
                .contains("good: share 1 (ada)", "good: share 4 (dan)", "-> 0")
                .doesNotContain("down");
        var ca = Kit.parse(Files.readString(kit)).ca();
        var certificate = SshCertificate.parse(
                Files.readString(home.resolve("access-cert.pub")).strip());
        assertThat(certificate.ca()).isEqualTo(ca);
        assertThat(certificate.principals()).containsExactly("breakglass:web-1/root", "breakglass:db-1/root");
        assertThat(Duration.between(certificate.validAfter(), certificate.validBefore()))
                .isBetween(Duration.ofMinutes(30), Duration.ofMinutes(31));
        UseRecord use = UseRecord.verify(Files.readString(home.resolve("access.record")), ca)
                .use();
        assertThat(use.custodians()).containsExactly("ada", "eve", "dan");
        assertThat(use.reason()).isEqualTo("everything is down");
        assertThat(use.keyId()).isEqualTo(certificate.keyId());
        for (String file : List.of("access", "access.record")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve(file))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void theProgramAgeOpensAShareAndWhatItGivesCounts() throws Exception {
        var shares = new StringBuilder();
        for (String name : List.of("1-ada", "2-bob", "5-joe")) {
            String text = ProgramRun.of(
                            LIMIT,
                            List.of(
                                    "age",
                                    "-d",
                                    "-i",
                                    identity(name.substring(2)).toString(),
                                    kit.resolveSibling("share-" + name + ".age").toString()))
                    .succeeded()
                    .stdout();
            shares.append(" --share ").append(Files.writeString(home.resolve(name), text));
        }
        assertThat(open(shares.toString(), "").shown()).contains("-> 0");
    }

    @Test
    void aShareIsTypedFromPaper() throws Exception {
        String text = ProgramRun.of(
                        LIMIT,
                        List.of(
                                "age",
                                "-d",
                                "-i",
                                identity("bob").toString(),
                                kit.resolveSibling("share-2-bob.age").toString()))
                .succeeded()
                .stdout();
        String typed = text.lines().dropWhile(line -> !line.startsWith("-----")).toList().stream()
                .map(line -> line.startsWith("-----") ? line : line.toLowerCase(java.util.Locale.ROOT))
                .reduce("", (all, line) -> all + line + "\n");

        assertThat(open(ada() + share("share-3-eve.share") + " --typed 1", EVE + "\n" + typed + "\n")
                        .shown())
                .contains("good: share 2 (bob)", "-> 0");
        Files.delete(home.resolve("access"));
        Files.delete(home.resolve("access-cert.pub"));
        Files.delete(home.resolve("access.record"));
        String second = typed.lines().toList().get(1);
        String mistyped = typed.replace(second, (second.charAt(0) == '0' ? "1" : "0") + second.substring(1));
        refused(
                "breakglass.mistyped-share",
                open(ada() + " --typed 1", mistyped + "\n"),
                "typed share 1: line 1 of the share is mistyped");
    }

    @Test
    void twoSharesDoNotSuffice() {
        refused(
                "breakglass.too-few-shares",
                open(ada() + share("share-3-eve.share"), EVE + "\n"),
                "2 good shares of prod (expected: any 3 of 5)",
                "hint: ask further custodians: bob, dan, joe");
        refused("breakglass.too-few-shares", open("", ""));
    }

    @Test
    void aShareGivenTwiceDoesNotCountTwice() {
        String eve = share("share-3-eve.share");
        refused(
                "breakglass.duplicate-share",
                open(ada() + eve + eve, EVE + "\n" + EVE + "\n"),
                "share 3 (eve) was given twice");
    }

    @Test
    void aWrongPassphraseIsToldWithTheShareItIsFor() {
        refused(
                "breakglass.wrong-passphrase",
                open(ada() + share("share-3-eve.share"), DAN + "\n"),
                "share-3-eve.share: the passphrase does not open share 3");
    }

    @Test
    void anIdentityThatIsNotTheCustodiansIsRefused() {
        refused(
                "breakglass.wrong-identity",
                open(share("share-1-ada.age") + " --identity " + identity("bob"), ""),
                "none of the 1 identities given opens");
    }

    @Test
    void aShareThatWasDamagedIsRefusedByName() throws Exception {
        Path eve = kit.resolveSibling("share-3-eve.share");
        String text = Files.readString(eve);
        int at = text.indexOf('\n') + 60;
        Files.writeString(eve, text.substring(0, at) + (text.charAt(at) == '7' ? '8' : '7') + text.substring(at + 1));

        refused("breakglass.mistyped-share", open(share("share-3-eve.share"), EVE + "\n"), "share-3-eve.share: line 2");
    }

    @Test
    void aShareOfAnotherKitIsRefused() throws Exception {
        Path other = create("other");
        refused(
                "breakglass.other-kit",
                open(" --share " + other.resolveSibling("share-3-eve.share"), EVE + "\n"),
                "belongs to another kit");
        refused(
                "breakglass.other-kit",
                open(" --share " + other.resolveSibling("share-1-ada.age") + " --identity " + identity("ada"), ""));
    }

    @Test
    void aKitOfANewerVersionIsToldAsSuch() throws Exception {
        Files.writeString(kit, Files.readString(kit).replace("-kit 1\n", "-kit 2\n"));
        refused("breakglass.newer-version", open(ada(), ""), "use a newer sallyport");
    }

    @Test
    void moreThanAnHourIsRefusedBeforeAnyShareIsAskedFor() {
        Person.Ended ended =
                somebody.types("breakglass open %s --target web-1 --login root --for 2h --reason x".formatted(kit));
        refused("breakglass.too-long", ended, "hosts refuse longer ones");
    }

    @Test
    void aThresholdOutsideItsLimitsMakesNoKit() {
        String create = "breakglass kit create x --offline --out " + home.resolve("x") + " --custodian a=passphrase"
                + " --custodian b=passphrase ";
        assertThat(somebody.types(create + "--threshold 3").shown())
                .contains("! breakglass.invalid-threshold: threshold: 3 of 2", "-> 64");
        assertThat(somebody.types(create + "--threshold 2 --of 256").shown())
                .contains("! breakglass.invalid-threshold: shares: 256 (expected: at most 255)", "-> 64");
        assertThat(somebody.types(create + "--threshold 2 --of 3").shown())
                .contains("! usage: --of: 3, and 2 custodians");
        assertThat(somebody.types(create + "--threshold 2", "short\nshort\n").shown())
                .contains("! breakglass.weak-passphrase: ");
        assertThat(somebody.types(
                                "breakglass kit create x --offline --threshold 2 --custodian a=age1x --custodian b=age1y")
                        .shown())
                .contains("! breakglass.invalid-custodians: age recipient");
        assertThat(home.resolve("x/x.kit")).doesNotExist();
    }

    @Test
    void noFileInAKitsFolderHoldsTheKeyOrIsReadableByOthers() throws Exception {
        var files = new ArrayList<Path>();
        try (var found = Files.list(kit.getParent())) {
            found.forEach(files::add);
        }
        assertThat(files).hasSize(11);
        for (Path file : files) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(Files.readString(file)).doesNotContain("BEGIN SALLYPORT SHARE", "PRIVATE KEY", EVE, DAN);
        }
        assertThat(Files.readString(kit.resolveSibling("share-2-bob.txt")))
                .contains("Share       2 of 5; any 3 of them open the kit", "-----BEGIN AGE ENCRYPTED FILE-----");
    }

    @Test
    void theServerLearnsThePublicPartAlone() throws Exception {
        try (var server = new ContractServer()) {
            assertThat(somebody.signsIn(server).exit()).isZero();
            server.route("POST /breakglass/kits", call -> Reply.of(201, Json.compact(call.body())));

            assertThat(somebody.types("breakglass kit register " + kit).exit()).isZero();

            Kit read = Kit.parse(Files.readString(kit));
            assertThat(Json.compact(server.sent("POST /breakglass/kits").getFirst()))
                    .isEqualTo(("{\"id\":\"%s\",\"name\":\"prod\",\"public_key\":\"%s\",\"threshold\":3,"
                                    + "\"custodians\":[\"ada\",\"bob\",\"eve\",\"dan\",\"joe\"]}")
                            .formatted(read.id(), read.ca().line()));
        }
    }
}
