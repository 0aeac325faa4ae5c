package dev.sallyport.formats.breakglass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.formats.ssh.SshCertificate;
import dev.sallyport.formats.ssh.SshKeys;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class KitTest {
    private static final Instant NOW = Instant.parse("2026-11-26T03:00:00.5Z");
    private static final Secret PASSPHRASE = Secret.of("correct horse battery");

    private final SecureRandom random = new SecureRandom();
    private final Kit.Made made = made("prod");
    private final Kit kit = made.kit();
    private final List<Share> shares = made.shares();

    private Kit.Made made(String name) {
        return Kit.make(name, 3, custodians(5), NOW, random);
    }

    private static List<Custodian> custodians(int of) {
        return IntStream.rangeClosed(1, of)
                .mapToObj(i -> new Custodian("custodian-" + i, new Custodian.Lock.Passphrase()))
                .toList();
    }

    private static AbstractThrowableAssert<?, ?> refused(String code, ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void enoughSharesGiveTheKeyWhichSigns() {
        try (var key = kit.open(List.of(shares.get(4), shares.get(0), shares.get(2)))) {
            byte[] data = {1, 2, 3};

            assertThat(key.publicKey()).isEqualTo(kit.ca());
            assertThat(kit.ca().verifies(data, key.sign(data))).isTrue();
        }
    }

    @Test
    void aKeyThatWasClosedSignsNothing() {
        var key = kit.open(shares);
        key.close();
        assertThatThrownBy(() -> key.sign(new byte[1])).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closingAKitOverwritesItsShares() {
        byte[] value = shares.getFirst().value();
        made.close();
        assertThat(value).containsOnly(0);
    }

    @Test
    void tooFewSharesAreRefusedAndTheOthersNamed() {
        refused("breakglass.too-few-shares", () -> kit.open(shares.subList(0, 2)))
                .hasMessage("2 good shares of prod (expected: any 3 of 5)")
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.hint())
                                .isEqualTo("ask further custodians: custodian-3, custodian-4, custodian-5"));
    }

    @Test
    void theSameShareTwiceDoesNotCountTwice() {
        refused("breakglass.duplicate-share", () -> kit.open(List.of(shares.get(0), shares.get(1), shares.get(1))))
                .hasMessageStartingWith("share 2 (custodian-2) was given twice");
    }

    @Test
    void aShareThatWasChangedIsNamed() {
        byte[] bytes = shares.get(1).bytes();
        bytes[Share.LENGTH - 1] ^= 1;

        refused("breakglass.wrong-share", () -> kit.open(List.of(shares.get(0), Share.ofBytes(bytes), shares.get(2))))
                .hasMessageStartingWith("share 2 (custodian-2) is not the one that was given out");
    }

    @Test
    void aShareThatWasNeverGivenOutIsRefused() {
        byte[] bytes = shares.get(1).bytes();
        bytes[1 + Kit.TAG + 1] = 6;
        refused("breakglass.wrong-share", () -> kit.open(List.of(Share.ofBytes(bytes))));
    }

    @Test
    void aShareOfAnotherKitIsRefused() {
        try (var other = made("other")) {
            refused(
                    "breakglass.other-kit",
                    () -> kit.open(
                            List.of(shares.get(0), shares.get(1), other.shares().get(2))));
        }
    }

    @Test
    void aFileOfAKitWithALowerThresholdOpensNothing() {
        Kit lower = Kit.parse(kit.text().replace("threshold 3", "threshold 2"));
        refused("breakglass.wrong-share", () -> lower.open(shares.subList(0, 2)));
    }

    @Test
    void aThresholdOutsideItsLimitsIsRefused() {
        refused("breakglass.invalid-threshold", () -> Kit.make("prod", 4, custodians(3), NOW, random))
                .hasMessage("threshold: 4 of 3 (expected: from 2 up to the number of custodians)");
        refused("breakglass.invalid-threshold", () -> Kit.make("prod", 1, custodians(3), NOW, random));
        refused("breakglass.invalid-threshold", () -> Kit.make("prod", 3, custodians(256), NOW, random))
                .hasMessage("shares: 256 (expected: at most 255)");
    }

    @Test
    void aCustodianHasOneShare() {
        var twice = new ArrayList<>(custodians(3));
        twice.add(twice.getFirst());
        refused("breakglass.invalid-custodians", () -> Kit.make("prod", 2, twice, NOW, random));
    }

    @Test
    void theFileOfAKitIsReadAsItWasWritten() {
        assertThat(Kit.parse(kit.text())).isEqualTo(kit);
    }

    @Test
    void aFileOfAKitThatIsNotOneIsRefused() {
        refused("breakglass.newer-version", () -> Kit.parse(kit.text().replace("kit 1\n", "kit 2\n")))
                .hasMessage("sallyport-breakglass-kit 2 (expected: at most 1)");
        for (String bad : List.of(
                "",
                kit.text().replace("kit 1\n", "kit 0\n"),
                kit.text() + "more\n",
                kit.text().replace("share 2 ", "share 3 "),
                kit.text().replace("threshold 3", "threshold 6"),
                kit.text().replace("name prod", "name Prod"),
                kit.text().replace("created 2026", "created soon 2026"),
                kit.text().replace("custodian-3", "custodian-2"),
                kit.text().replace(" passphrase ", " age1xyz "))) {
            refused("breakglass.malformed-kit", () -> Kit.parse(bad));
        }
    }

    @Test
    void aShareOfANewerVersionIsToldAsSuch() {
        byte[] bytes = shares.getFirst().bytes();
        bytes[0] = 2;
        refused("breakglass.newer-version", () -> Share.ofBytes(bytes));
    }

    @Test
    void aShareIsTypedFromPaper() {
        String text = ShareText.of(shares.get(2));
        List<String> lines =
                text.lines().filter(line -> !line.startsWith("-----")).toList();
        List<String> typed = lines.stream()
                .map(line -> line.toLowerCase(java.util.Locale.ROOT)
                        .replace(' ', '-')
                        .replace('0', 'o'))
                .toList();

        assertThat(ShareText.typed(typed).bytes()).isEqualTo(shares.get(2).bytes());
        assertThat(ShareText.read("Keep this secret.\r\n\r\n" + text.replace("\n", "\r\n") + "end"))
                .isInstanceOfSatisfying(
                        ShareText.Open.class,
                        open -> assertThat(open.share().number()).isEqualTo(3));
    }

    @Test
    void theLineWithAMistakeIsNamed() {
        List<String> lines = ShareText.of(shares.get(2))
                .lines()
                .filter(line -> !line.startsWith("-----"))
                .toList();
        for (int line = 0; line < lines.size(); line++) {
            var typed = new ArrayList<>(lines);
            char first = typed.get(line).charAt(2);
            typed.set(
                    line,
                    new StringBuilder(typed.get(line))
                            .replace(2, 3, first == '7' ? "8" : "7")
                            .toString());
            refused("breakglass.mistyped-share", () -> ShareText.typed(typed))
                    .hasMessageStartingWith("line " + (line + 1) + " of the share");
        }
        refused("breakglass.mistyped-share", () -> ShareText.typed(List.of(lines.get(1), lines.get(0), lines.get(2))))
                .hasMessageStartingWith("line 1 ");
        refused("breakglass.malformed-share", () -> ShareText.typed(lines.subList(0, 2)));
    }

    @Test
    void aPassphraseOpensItsShareAndNoOtherPassphraseDoes() {
        String text = ShareText.of(SealedShare.seal(shares.get(1), PASSPHRASE, random));
        var sealed = ((ShareText.Sealed) ShareText.read("for ada\n" + text)).share();

        assertThat(kit.issued(sealed)).isTrue();
        assertThat(sealed.open(PASSPHRASE).bytes()).isEqualTo(shares.get(1).bytes());
        refused("breakglass.wrong-passphrase", () -> sealed.open(Secret.of("correct horse batterY")))
                .hasMessageContaining("share 2");
    }

    @Test
    void aSealedShareThatWasChangedDoesNotOpen() {
        byte[] bytes = SealedShare.seal(shares.get(1), PASSPHRASE, random).bytes();
        bytes[1 + Kit.TAG] = 3; // pretends to be another share
        refused("breakglass.wrong-passphrase", () -> SealedShare.ofBytes(bytes).open(PASSPHRASE));
    }

    @Test
    void aSealedShareCannotAskForAllMemory() {
        byte[] bytes = SealedShare.seal(shares.get(1), PASSPHRASE, random).bytes();
        bytes[1 + Kit.TAG + 1] = 0x7f;
        refused("breakglass.malformed-share", () -> SealedShare.ofBytes(bytes));
    }

    @Test
    void aShortPassphraseIsRefused() {
        refused("breakglass.weak-passphrase", () -> SealedShare.seal(shares.get(1), Secret.of("hunter2"), random));
    }

    @Test
    void anOpenedKitGivesACertificateOfAnHourAtMostAndARecordOfIt() throws Exception {
        var holder = SshKeys.generateEd25519(null).publicKey();
        EmergencyAccess.Issued issued = issue(Duration.ofHours(1), holder);
        SshCertificate certificate = SshCertificate.parse(issued.certificate());

        assertThat(certificate.principals()).containsExactly("breakglass:web-1/root", "breakglass:db-1/root");
        assertThat(Duration.between(certificate.validAfter(), certificate.validBefore()))
                .isEqualTo(EmergencyAccess.LONGEST);
        assertThat(certificate.keyId())
                .isEqualTo(issued.use().keyId())
                .matches("breakglass kit=" + kit.id() + " use=bgu_[0-9a-z]{26} reason=sha256:[0-9a-f]{16}");
        assertThat(certificate.ca()).isEqualTo(kit.ca());
        assertThat(UseRecord.kitOf(issued.record())).isEqualTo(kit.id());
        assertThat(UseRecord.verify(issued.record(), kit.ca()).use()).isEqualTo(issued.use());
        assertThat(issued.use().custodians()).containsExactly("custodian-1", "custodian-2", "custodian-3");
    }

    @Test
    void moreThanAnHourIsRefused() {
        refused(
                "breakglass.too-long",
                () -> issue(
                        Duration.ofMinutes(61), SshKeys.generateEd25519(null).publicKey()));
    }

    @Test
    void aRecordThatWasChangedOrIsSignedByAnotherIsRefused() {
        String record = issue(
                        Duration.ofMinutes(30), SshKeys.generateEd25519(null).publicKey())
                .record();
        var stranger = SshKeys.generateEd25519(null).publicKey();

        refused("breakglass.bad-record", () -> UseRecord.verify(record.replace("login root", "login dev"), kit.ca()));
        refused("breakglass.bad-record", () -> UseRecord.verify(record, stranger));
        refused("breakglass.newer-version", () -> UseRecord.verify(record.replace("-use 1\n", "-use 2\n"), kit.ca()));
        refused("breakglass.malformed-record", () -> UseRecord.verify(record.replace("reason ", "because "), kit.ca()));
    }

    private EmergencyAccess.Issued issue(Duration validity, dev.sallyport.formats.ssh.SshPublicKey holder) {
        var wanted = new EmergencyAccess.Wanted(
                List.of("web-1", "db-1"), "root", validity, "ada@laptop", "the database is down");
        try (var key = kit.open(shares)) {
            return EmergencyAccess.issue(kit, key, shares, wanted, holder, NOW, random);
        }
    }
}
