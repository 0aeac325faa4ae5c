package dev.sallyport.breakglass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.World;
import dev.sallyport.base.Refusal;
import dev.sallyport.credential.CaPurpose;
import dev.sallyport.credential.Hosts;
import dev.sallyport.credential.KeyStatement;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Slice;
import dev.sallyport.finding.Finding;
import dev.sallyport.finding.Findings;
import dev.sallyport.formats.breakglass.Custodian;
import dev.sallyport.formats.breakglass.EmergencyAccess;
import dev.sallyport.formats.breakglass.Kit.Made;
import dev.sallyport.formats.ssh.Krl;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.formats.ssh.SshPublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kits that hosts are told to trust, and what their use leads to. */
@NullMarked
class BreakglassTest {
    private final World world = new World();
    private final Findings findings = new Findings(world.audit);
    private final Kits kits = new Kits(world.database, world.audit, findings);
    private final Reconciling reconciling = new Reconciling(world.database, world.audit, findings, kits);
    private Actor ada = Actor.system("test");
    private Actor bob = Actor.system("test");

    @BeforeEach
    void people() {
        ada = world.actor(world.person("ada", "admins"));
        bob = world.actor(world.person("bob", "admins"));
        world.target("web-1", Map.of());
    }

    @AfterEach
    void close() {
        world.close();
    }

    private static Made made(String name) {
        List<Custodian> custodians = List.of("c1", "c2", "c3").stream()
                .map(custodian -> new Custodian(custodian, new Custodian.Lock.Passphrase()))
                .toList();
        return dev.sallyport.formats.breakglass.Kit.make(name, 2, custodians, Instant.now(), new SecureRandom());
    }

    private Kit propose(Made made) {
        return kits.propose(
                ada,
                new Kit.Proposal(made.kit().id(), made.kit().name(), made.kit().ca(), 2, List.of("c1", "c2", "c3")));
    }

    private Made trusted(String name) {
        Made made = made(name);
        propose(made);
        kits.confirm(bob, name, made.kit().ca().fingerprint());
        return made;
    }

    private KeyStatement.Published statement() {
        return new KeyStatement(world.database, world.authorities).current();
    }

    private static String announced(Made made) {
        return "emergency " + SshPublicKey.ofBlob(made.kit().ca().blob()).line() + "\n";
    }

    private boolean refuses(Made made) {
        return Krl.parse(world.revocations.current().bytes()).revokes(made.kit().ca());
    }

    private EmergencyAccess.Issued opened(Made made) {
        var wanted = new EmergencyAccess.Wanted(
                List.of("web-1"), "root", Duration.ofMinutes(30), "ada@laptop", "everything is down");
        try (var key = made.kit().open(made.shares())) {
            return EmergencyAccess.issue(
                    made.kit(),
                    key,
                    made.shares(),
                    wanted,
                    SshKeys.generateEd25519(null).publicKey(),
                    Instant.now(),
                    new SecureRandom());
        }
    }

    private static SeenLogin login(Made made, EmergencyAccess.Issued issued) {
        return new SeenLogin(
                issued.use().opened().plusSeconds(60),
                "web-1",
                "root",
                "192.0.2.7 port 4711",
                Long.toUnsignedString(issued.use().serial()),
                issued.use().keyId(),
                issued.use().publicKey(),
                made.kit().ca().fingerprint());
    }

    private List<String> open(String kind) {
        return world.database.read(rx -> Findings.list(rx, true, Slice.newest(100))).stream()
                .filter(finding -> finding.kind().equals(kind))
                .map(Finding::subject)
                .toList();
    }

    private long events(String activity) {
        return world.database.read(rx -> rx.count("select count(*) from event where activity = ?", activity));
    }

    private static void refused(String code, ThrowingCallable call) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(call)
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void hostsHearOfAKitWhenASecondPersonHasConfirmedIt() {
        Made made = made("prod");
        propose(made);
        long before = statement().version();
        assertThat(statement().text()).doesNotContain("emergency");

        Kit kit = kits.confirm(bob, "prod", made.kit().ca().fingerprint());

        assertThat(kit.state()).isEqualTo(Kit.State.TRUSTED);
        assertThat(statement().text()).contains(announced(made));
        assertThat(statement().version()).isGreaterThan(before);
        var hosts = new Hosts(world.database, world.audit, world.authorities);
        assertThat(hosts.prepare("web-1", List.of("root")).emergency())
                .containsExactly(SshPublicKey.ofBlob(made.kit().ca().blob()));
        assertThat(events("breakglass.kit-confirmed")).isOne();
    }

    @Test
    void nobodyConfirmsTheirOwnKitAndNotUnderAnotherFingerprint() {
        Made made = made("prod");
        propose(made);

        refused(
                "breakglass.second-person",
                () -> kits.confirm(ada, "prod", made.kit().ca().fingerprint()));
        refused("breakglass.other-fingerprint", () -> kits.confirm(bob, "prod", "SHA256:something"));
        refused(
                "breakglass.unknown-kit",
                () -> kits.confirm(bob, "other", made.kit().ca().fingerprint()));
        refused(
                "breakglass.no-person",
                () -> kits.confirm(Actor.system("x"), "prod", made.kit().ca().fingerprint()));

        assertThat(statement().text()).doesNotContain("emergency");
        assertThat(events("breakglass.kit-refused")).isEqualTo(3);
    }

    @Test
    void theSchemaRefusesAKitThatOnePersonMadeTrusted() {
        Made made = made("prod");
        propose(made);

        for (String change : List.of("state = 'trusted'", "state = 'trusted', confirmed_by = created_by")) {
            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() -> world.arrange(tx -> tx.update("update breakglass_kit set " + change)));
        }
    }

    @Test
    void proposedAgainItIsTheSameKitAndNoOtherTakesItsNameOrKey() {
        Made made = made("prod");
        Kit first = propose(made);
        assertThat(propose(made)).isEqualTo(first);
        assertThat(events("breakglass.kit-proposed")).isOne();

        refused("breakglass.kit-exists", () -> propose(made("prod")));
        String other = dev.sallyport.base.Ids.next("bgk_");
        refused(
                "breakglass.kit-exists",
                () -> kits.propose(
                        ada, new Kit.Proposal(other, "other", made.kit().ca(), 2, List.of("a", "b"))));
    }

    @Test
    void aKitThatWasRetiredIsForgottenAndRefusedByHosts() {
        Made made = trusted("prod");
        Made next = trusted("next");
        assertThat(refuses(made)).isFalse();

        kits.retire(ada, "prod", "rotation");

        assertThat(statement().text()).doesNotContain(announced(made)).contains(announced(next));
        assertThat(refuses(made)).isTrue();
        assertThat(refuses(next)).isFalse();
        refused("breakglass.kit-ended", () -> kits.retire(ada, "prod", "again"));
        refused(
                "breakglass.not-proposed",
                () -> kits.confirm(bob, "prod", made.kit().ca().fingerprint()));
    }

    @Test
    void nobodyHasAKeyRefusedByHostsByCallingItAKitAlone() {
        SshPublicKey ours = SshPublicKey.parse(world.database.read(rx -> rx.list(
                        "select public_key from ssh_ca_key where purpose = 'target' and state = 'active'",
                        row -> row.getString(1))
                .getFirst()));
        refused(
                "breakglass.kit-exists",
                () -> kits.propose(
                        ada, new Kit.Proposal(made("evil").kit().id(), "evil", ours, 2, List.of("c1", "c2", "c3"))));
        Made made = made("nobody-looked");
        propose(made);

        kits.retire(ada, "nobody-looked", "never mind");

        assertThat(refuses(made)).isFalse();
    }

    @Test
    void whatWasOpenedIsInTheLogAndTheKitIsDistrusted() {
        Made made = trusted("prod");
        EmergencyAccess.Issued issued = opened(made);

        Reconciling.Result result = reconciling.reconcile(ada, List.of(issued.record()), List.of(login(made, issued)));

        assertThat(result.distrusted()).containsExactly("prod");
        assertThat(result.uses()).containsExactly(new Reconciling.Use(issued.use(), 1));
        assertThat(result.unexplained()).isEmpty();
        assertThat(refuses(made)).isTrue();
        assertThat(statement().text()).doesNotContain("emergency");
        assertThat(events("breakglass.opened")).isOne();
        assertThat(events("breakglass.login-seen")).isOne();
        assertThat(open(Kits.KIT_NEEDED)).containsExactly("prod");
        assertThat(open(Reconciling.ROTATE)).containsExactly("web-1");
        assertThat(open(Reconciling.UNRECORDED)).isEmpty();
    }

    @Test
    void reconcilingAgainAddsNothing() {
        Made made = trusted("prod");
        EmergencyAccess.Issued issued = opened(made);
        reconciling.reconcile(ada, List.of(issued.record()), List.of(login(made, issued)));
        reconciling.rotated(bob, "web-1", "all of it");

        Reconciling.Result again = reconciling.reconcile(bob, List.of(issued.record()), List.of(login(made, issued)));

        assertThat(again.distrusted()).isEmpty();
        assertThat(again.uses()).hasSize(1);
        assertThat(events("breakglass.opened")).isOne();
        assertThat(events("breakglass.login-seen")).isOne();
        assertThat(open(Reconciling.ROTATE)).isEmpty();
    }

    @Test
    void aUseWithoutARecordIsAnAlarmUntilTheRecordComes() {
        Made made = trusted("prod");
        EmergencyAccess.Issued issued = opened(made);

        Reconciling.Result result = reconciling.reconcile(ada, List.of(), List.of(login(made, issued)));

        assertThat(result.unexplained()).hasSize(1);
        assertThat(result.distrusted()).containsExactly("prod");
        assertThat(open(Reconciling.UNRECORDED))
                .containsExactly("web-1/" + Long.toUnsignedString(issued.use().serial()));

        assertThat(reconciling
                        .reconcile(ada, List.of(issued.record()), List.of())
                        .unexplained())
                .isEmpty();
        assertThat(open(Reconciling.UNRECORDED)).isEmpty();
    }

    @Test
    void aRecordThatDoesNotFitTheLoginExplainsNothing() {
        Made made = trusted("prod");
        EmergencyAccess.Issued issued = opened(made);
        SeenLogin real = login(made, issued);
        List<SeenLogin> others = List.of(
                with(real, "web-2", real.login(), real.publicKey(), real.at()),
                with(real, "web-1", "deploy", real.publicKey(), real.at().plusSeconds(1)),
                with(real, "web-1", "root", real.authority(), real.at().plusSeconds(2)),
                with(real, "web-1", "root", real.publicKey(), real.at().plus(Duration.ofHours(2))));

        Reconciling.Result result = reconciling.reconcile(ada, List.of(issued.record()), others);

        assertThat(result.unexplained()).hasSize(4);
        assertThat(result.uses()).containsExactly(new Reconciling.Use(issued.use(), 0));
    }

    private static SeenLogin with(SeenLogin seen, String target, String login, String publicKey, Instant at) {
        return new SeenLogin(
                at, target, login, seen.address(), seen.serial(), seen.keyId(), publicKey, seen.authority());
    }

    @Test
    void loginsThatNoKitSignedForAreLeftAlone() {
        Made made = trusted("prod");
        String ours = world.database
                .read(rx -> dev.sallyport.credential.SshAuthorities.keys(rx, CaPurpose.TARGET))
                .getFirst()
                .publicKey()
                .fingerprint();
        SeenLogin real = login(made, opened(made));
        var ordinary = new SeenLogin(
                real.at(), "web-1", "dev", "192.0.2.1 port 1", "7", "person=per_1", real.publicKey(), ours);

        Reconciling.Result result = reconciling.reconcile(ada, List.of(), List.of(ordinary));

        assertThat(result.unrelated()).isOne();
        assertThat(result.distrusted()).isEmpty();
        assertThat(statement().text()).contains(announced(made));
    }

    @Test
    void recordsThatNobodyCanStandForAreRefusedAndChangeNothing() {
        Made made = trusted("prod");
        String record = opened(made).record();
        String stranger = opened(made("elsewhere")).record();

        refused("breakglass.unknown-kit", () -> reconciling.reconcile(ada, List.of(record, stranger), List.of()));
        refused(
                "breakglass.bad-record",
                () -> reconciling.reconcile(
                        ada, List.of(record.replace("reason every", "reason nearly every")), List.of()));
        refused("breakglass.malformed-record", () -> reconciling.reconcile(ada, List.of("hello"), List.of()));

        assertThat(statement().text()).contains(announced(made));
        assertThat(events("breakglass.opened")).isZero();
    }

    @Test
    void aNewKitClosesTheFindingThatOneIsNeeded() {
        Made made = trusted("prod");
        reconciling.reconcile(ada, List.of(opened(made).record()), List.of());
        assertThat(open(Kits.KIT_NEEDED)).containsExactly("prod");

        trusted("next");

        assertThat(open(Kits.KIT_NEEDED)).isEmpty();
    }

    @Test
    void whatIsNotToBeRotatedCannotBeSaidToBe() {
        refused("breakglass.nothing-to-rotate", () -> reconciling.rotated(ada, "web-1", "done"));
    }
}
