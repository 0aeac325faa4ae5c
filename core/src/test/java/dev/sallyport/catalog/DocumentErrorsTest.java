package dev.sallyport.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import dev.sallyport.formats.document.DocumentError;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.policy.code.PolicyFiles;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DocumentErrorsTest {
    private static final String ROLE = """
            apiVersion: sallyport/v1
            kind: Role
            metadata: {name: ops}
            spec:
              targets: {type: ssh}
              ssh: {logins: [root]}
              access: direct
              request: {approval: auto}
            """;
    private static final String TARGET = """
            apiVersion: sallyport/v1
            kind: Target
            metadata: {name: web-1, labels: {env: demo}}
            spec: {type: ssh, address: {host: 127.0.0.1, port: 22}}
            """;
    private static final String ELIGIBILITY = """
            apiVersion: sallyport/v1
            kind: Eligibility
            metadata: {name: e}
            spec: {role: ops, subjects: {people: [dev]}}
            """;

    private static String told(String text) {
        var errors = new Errors();
        new DocumentReader(errors).read(List.of(new SourceFile("f.yaml", text)));
        return errors.all().stream().map(DocumentError::toString).collect(Collectors.joining("\n"));
    }

    private static String role(String part, String with) {
        assertThat(ROLE).contains(part);
        return told(ROLE.replace(part, with));
    }

    private static String target(String part, String with) {
        assertThat(TARGET).contains(part);
        return told(TARGET.replace(part, with));
    }

    private static String eligibility(String part, String with) {
        assertThat(ELIGIBILITY).contains(part);
        return told(ELIGIBILITY.replace(part, with));
    }

    private static Document only(String text) {
        var errors = new Errors();
        List<Document> documents = new DocumentReader(errors).read(List.of(new SourceFile("f.yaml", text)));
        assertThat(errors.all()).isEmpty();
        return documents.getFirst();
    }

    @Test
    void soundDocumentsHaveNoErrors() {
        assertThat(told(ROLE + "---\n" + TARGET + "---\n" + ELIGIBILITY)).isEmpty();
        assertThat(told("# only a comment\n---\n")).isEmpty();
        assertThat(told("\uFEFF" + ROLE.replace("\n", "\r\n"))).isEmpty();
    }

    @Test
    void noGraceAtAllIsWrittenAsNought() {
        String session = ROLE.replace("access: direct", "access: gateway\n  session: {grace: 0s}");

        assertThat(only(session).spec()).extractingByKey("session").isEqualTo(java.util.Map.of("grace", "0s"));
        assertThat(only(session.replace("grace: 0s", "grace: PT0S")).spec())
                .extractingByKey("session")
                .isEqualTo(java.util.Map.of("grace", "0s"));
        assertThat(told(session.replace("grace: 0s", "grace: 6m")))
                .contains("spec.session.grace: \"6m\" (expected: 0s, or a duration");
        assertThat(told(session.replace("grace: 0s", "idle: 0s"))).contains("spec.session.idle");
    }

    @Test
    void jsonIsReadToo() {
        String json =
                "{\n\t\"apiVersion\": \"sallyport/v1\",\n\t\"kind\": \"Group\",\n\t\"metadata\": {\"name\": \"leads\"},"
                        + "\n\t\"spec\": {\"description\": \"a \\u00e4 \\\"b\\\" \\/\", \"members\": [\"lead\"]}\n}";

        assertThat(only(json).spec()).containsEntry("description", "a ä \"b\" /");
    }

    @Test
    void aWrongWordIsAnsweredWithTheRightOne() {
        assertThat(role("direct", "direkt"))
                .isEqualTo("f.yaml:7:11: spec.access: \"direkt\" (expected: direct or gateway; did you mean direct?)");
        assertThat(role("direct", "42")).isEqualTo("f.yaml:7:11: spec.access: 42 (expected: direct or gateway)");
    }

    @Test
    void anUnknownKeyIsAnsweredWithTheRightOne() {
        assertThat(role("  access", "  acces"))
                .isEqualTo("f.yaml:7:3: spec.acces: unknown key (expected: description, targets, ssh, rights, access,"
                        + " session, request; did you mean access?)");
        assertThat(told(ROLE.replace("kind: Role", "kind: Role\nstatus: x")))
                .isEqualTo("f.yaml:3:1: status: unknown key (expected: apiVersion, kind, metadata, spec)");
        assertThat(told("apiVersion: sallyport/v1\nkind: Person\nmetadata: {name: dev}\nspec: {password: x}\n"))
                .startsWith("f.yaml:4:8: spec.password: unknown key");
    }

    @Test
    void unknownKindsAndVersionsAreRefused() {
        assertThat(told(ROLE.replace("kind: Role", "kind: Rolle")))
                .isEqualTo("f.yaml:2:7: kind: \"Rolle\" (expected: Person, Group, Target, Role, Eligibility,"
                        + " OidcProvider, IncidentSource, NotificationChannel, NotificationRoute, DecisionService, Constants, Calendar, Freeze"
                        + " or Policy; did you mean Role?)");
        assertThat(told("kind: Role\nmetadata: {name: x}\nspec: {}\n"))
                .startsWith("f.yaml:1:1: apiVersion: missing (expected: sallyport/v1)");
        assertThat(told(ROLE.replace("/v1", "/v2")))
                .isEqualTo(
                        "f.yaml:1:13: apiVersion: \"sallyport/v2\" (expected: sallyport/v1; did you mean sallyport/v1?)");
        assertThat(told("just text\n"))
                .isEqualTo("f.yaml:1:1: document: \"just text\" (expected: apiVersion, kind, metadata, spec)");
    }

    @Test
    void aDecisionServiceSaysWhatItsSilenceMeans() {
        String service = "apiVersion: sallyport/v1\nkind: DecisionService\nmetadata: {name: desk}\nspec: {%s}\n";

        assertThat(told(service.formatted("url: 'https://desk.example.org/'")))
                .contains("spec.default: missing (expected: deny or escalate");
        assertThat(told(service.formatted("url: 'https://desk.example.org/', default: allow")))
                .contains("spec.default: \"allow\" (expected: deny or escalate");
        assertThat(told(service.formatted("url: 'http://desk.example.org/', default: deny")))
                .contains("spec.url")
                .contains("expected: an https address");
        assertThat(told(service.formatted("url: 'https://desk.example.org/', default: deny, timeout: 31s")))
                .contains("spec.timeout")
                .contains("30s");
        assertThat(told(service.formatted("url: 'https://desk.example.org/', default: deny, attempts: 0")))
                .contains("spec.attempts");
        assertThat(told(service.formatted("url: 'https://desk.example.org/', default: deny, secret: x")))
                .contains("spec.secret: unknown key");
    }

    @Test
    void wrongTypesAreRefused() {
        assertThat(role("{logins: [root]}", "root"))
                .isEqualTo("f.yaml:6:8: spec.ssh: \"root\" (expected: a map with logins, extensions, sourceAddress)");
        assertThat(role("[root]", "root"))
                .startsWith("f.yaml:6:17: spec.ssh.logins: \"root\" (expected: a list, each an account name");
        assertThat(target("env: demo", "env: 1.10"))
                .isEqualTo("f.yaml:3:39: metadata.labels.env: 1.10 (expected: text, in quotes: \"1.10\")");
        assertThat(target("port: 22", "port: 70000"))
                .isEqualTo("f.yaml:4:52: spec.address.port: 70000 (expected: a number from 1 to 65535)");
        assertThat(target("port: 22", "port: \"22\""))
                .isEqualTo("f.yaml:4:52: spec.address.port: \"22\" (expected: a number from 1 to 65535)");
        assertThat(target("web-1", "Web 1")).startsWith("f.yaml:3:18: metadata.name: \"Web 1\" (expected: a name:");
        assertThat(target("env: demo", "\"E V\": demo"))
                .startsWith("f.yaml:3:34: metadata.labels: \"E V\" (expected: a key of");
    }

    @Test
    void aKeyStandsOnce() {
        assertThat(role("  access: direct", "  access: direct\n  access: gateway"))
                .isEqualTo("f.yaml:8:3: key \"access\" stands twice in one map (expected: once)");
    }

    @Test
    void aliasesAreRefusedBeforeTheyGrow() {
        String bomb = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n";

        assertThat(told(bomb))
                .isEqualTo("f.yaml:1:4: an anchor or alias (expected: the value itself; aliases are not read)");
        assertThat(told("<<: *x\n")).startsWith("f.yaml:1:5: an anchor or alias");
    }

    @Test
    void tagsAndDepthAreRefused() {
        assertThat(told("!!java.lang.Runtime x\n"))
                .startsWith("f.yaml:1:1: the tag \"tag:yaml.org,2002:java.lang.Runtime\"");
        assertThat(told("[".repeat(100_000))).isEqualTo("f.yaml:1:17: nested too deep (expected: at most 16 levels)");
    }

    @Test
    void tabsAndOtherSlipsSayWhere() {
        assertThat(told("kind: Role\nspec:\n\taccess: direct\n"))
                .isEqualTo("f.yaml:3:1: a tab begins the line (expected: spaces)");
        assertThat(told("kind: [Role\n")).startsWith("f.yaml:2:1: not YAML: while parsing a flow sequence");
    }

    @Test
    void controlCharactersAreRefusedRawAndEscaped() {
        assertThat(told("kind: Ro\u001b[31mle\n"))
                .isEqualTo("f.yaml:1:9: holds the control character U+001B (expected: plain text)");
        assertThat(told("# \u202e\n")).startsWith("f.yaml:1:3: holds the control character U+202E");
        assertThat(role("  access: direct", "  description: \"a\\u001b[31mb\""))
                .isEqualTo(
                        "f.yaml:7:16: spec.description: \"a\uFFFD[31mb\" (expected: one line of 0 to 500 characters)");
        assertThat(target("demo}", "\"a\\nb\"}"))
                .isEqualTo(
                        "f.yaml:3:34: metadata.labels.env: holds the control character U+000A (expected: one line of plain text)");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        byte[] latin = "kind: Rolé".getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> SourceFile.utf8("f.yaml", latin))
                .isInstanceOf(Refusal.class)
                .hasMessage("f.yaml: byte 10 is not UTF-8 (expected: text in UTF-8)");
        assertThat(SourceFile.utf8("f.yaml", "kind: Rolé".getBytes(StandardCharsets.UTF_8))
                        .text())
                .isEqualTo("kind: Rolé");
    }

    @Test
    void largeFilesAreRefused() {
        var ten = new byte[10 * 1024 * 1024];
        Arrays.fill(ten, (byte) ' ');
        String told = "f.yaml: 10485760 bytes (expected: at most 1048576 in one file)";

        assertThatThrownBy(() -> SourceFile.utf8("f.yaml", ten)).hasMessage(told);
        assertThatThrownBy(() -> told(new String(ten, StandardCharsets.UTF_8))).hasMessage(told);
        var eleven = IntStream.range(0, 11)
                .mapToObj(i -> new SourceFile(i + ".yaml", "#".repeat(1024 * 1024)))
                .toList();
        assertThatThrownBy(() -> new DocumentReader(new Errors()).read(eleven))
                .hasMessage("11534336 bytes in all files (expected: at most 10485760)");
        assertThat(told(" ".repeat(1024 * 1024))).isEmpty();
    }

    @Test
    void tooManyDocumentsAreRefused() {
        assertThatThrownBy(() -> told("--- 1\n".repeat(50_001))).hasMessageContaining("more than 50000 documents");
    }

    @Test
    void twoDocumentsWithOneNameAreRefused() {
        assertThat(told(TARGET + "---\n" + TARGET))
                .isEqualTo("f.yaml:8:18: Target web-1 stands twice (expected: once; first at f.yaml:3)");
        assertThat(told(TARGET + "---\n" + TARGET.replace("web-1", "web-2"))).isEmpty();
    }

    @Test
    void allErrorsAreToldUpToFifty() {
        assertThat(told(ROLE.replace("direct", "x").replace("approval: auto", "approval: no, reason: no"))
                        .lines())
                .hasSize(3);
        assertThat(told((TARGET.replace("22", "0") + "---\n").repeat(60)).lines())
                .hasSize(Errors.MAX);
    }

    @Test
    void nobodysApprovalMustBeSaid() {
        assertThat(role("approval: auto", "reason: optional"))
                .as("a role that says nothing is granted by policies alone")
                .isEmpty();
        assertThat(role("approval: auto", "approval: {group: leads, count: 0}"))
                .isEqualTo("f.yaml:8:45: spec.request.approval.count: 0 (expected: a number from 1 to 20)");
        assertThat(role("approval: auto", "approval: {count: 2}"))
                .startsWith("f.yaml:8:23: spec.request.approval.group: missing");
        assertThat(role("approval: auto", "approval: none"))
                .contains("spec.request.approval: \"none\" (expected: auto, or");
        assertThat(role("approval: auto", "approval: {group: leads, count: 20}"))
                .isEmpty();
    }

    @Test
    void durationsHaveLimits() {
        assertThat(role("approval: auto", "approval: auto, maxDuration: P14D")).isEmpty();
        assertThat(role("approval: auto", "approval: auto, maxDuration: 15d"))
                .isEqualTo("f.yaml:8:42: spec.request.maxDuration: \"15d\""
                        + " (expected: a duration such as 30m or PT1H, from 1m to 14d)");
        assertThat(role("approval: auto", "approval: auto, certificateValidity: 61m"))
                .contains("from 1m to 1h");
        assertThat(role("approval: auto", "approval: auto, certificateValidity: 59s"))
                .contains("from 1m to 1h");
        assertThat(role("approval: auto", "approval: auto, decideWithin: 31d")).contains("from 1m to 30d");
        assertThat(role("approval: auto", "approval: auto, decideWithin: -1h")).contains("from 1m to 30d");
        assertThat(role("approval: auto", "approval: auto, decideWithin: 90"))
                .contains("spec.request.decideWithin: 90");
        assertThat(only(ROLE.replace("approval: auto", "approval: auto, maxDuration: PT90M"))
                        .spec()
                        .get("request"))
                .hasToString("{approval=auto, maxDuration=1h30m}");
    }

    @Test
    void sshAndRightsExcludeEachOther() {
        assertThat(role("  ssh: {logins: [root]}\n", ""))
                .isEqualTo("f.yaml:5:3: spec.ssh: missing (expected: ssh with logins, for targets of type ssh)");
        assertThat(role("  access: direct", "  rights: [audit.read]"))
                .isEqualTo("f.yaml:7:11: spec.rights: stands beside spec.ssh (expected: one of the two)");
        assertThat(role("ssh: {logins: [root]}", "rights: [audit.read]"))
                .isEqualTo("f.yaml:5:12: spec.targets: chooses more than the product itself"
                        + " (expected: {type: sallyport}, as for all rights)");
        assertThat(role("type: ssh", "type: sallyport")).contains("chooses the product itself");
        assertThat(told(ROLE.replace("ssh: {logins: [root]}", "rights: [audit.reed]")
                        .replace("type: ssh", "type: sallyport")))
                .contains("spec.rights.0: \"audit.reed\"", "did you mean audit.read?");
        assertThat(told(ROLE.replace("ssh: {logins: [root]}", "rights: [audit.read]")
                        .replace("type: ssh", "type: sallyport")))
                .isEmpty();
    }

    @Test
    void loginsAndExtensionsAreKnownOnes() {
        assertThat(role("[root]", "[]"))
                .isEqualTo("f.yaml:6:17: spec.ssh.logins: empty (expected: at least one account)");
        assertThat(role("[root]", "[Root]")).startsWith("f.yaml:6:18: spec.ssh.logins.0: \"Root\"");
        assertThat(role("[root]", "[\"-oProxyCommand=x\"]")).startsWith("f.yaml:6:18: spec.ssh.logins.0");
        assertThat(role("[root]", "[root, root]")).contains("spec.ssh.logins: \"root\" stands twice");
        assertThat(role("[root]", "[root], extensions: [permit-x11-forwarding]"))
                .contains("did you mean permit-X11-forwarding?");
        assertThat(role("[root]", "[_www-data], extensions: []")).isEmpty();
    }

    @Test
    void choosingEverythingMustBeSaid() {
        assertThat(role("{type: ssh}", "{}"))
                .isEqualTo("f.yaml:5:12: spec.targets: chooses nothing"
                        + " (expected: type, labels or names; or all: true for every target)");
        assertThat(role("{type: ssh}", "{all: true, type: ssh}"))
                .isEqualTo("f.yaml:5:18: spec.targets.all: stands beside other keys (expected: alone)");
        assertThat(role("{type: ssh}", "{all: true}")).isEmpty();
        assertThat(eligibility("[dev]}", "[dev]}, targets: {labels: {}}")).contains("chooses nothing");
    }

    @Test
    void addressesAndKeysAreSound() {
        assertThat(target("127.0.0.1", "-oProxyCommand=x")).startsWith("f.yaml:4:35: spec.address.host: \"-oProxy");
        assertThat(target("127.0.0.1", "\"::1\"")).isEmpty();
        assertThat(target("127.0.0.1", "web-1.example.org")).isEmpty();
        assertThat(target("type: ssh,", "type: ssh, ssh: {hostKey: ssh-ed25519 AAAA},"))
                .contains("spec.ssh.hostKey: \"ssh-ed25519 AAAA\" (expected: an SSH public key");
        assertThat(target("web-1", "sallyport"))
                .isEqualTo("f.yaml:3:18: metadata.name: \"sallyport\" is the product itself (expected: another name)");
        assertThat(target("type: ssh", "type: sallyport")).contains("spec.type: \"sallyport\" (expected: ssh)");
    }

    @Test
    void anEligibilityNamesSomebodyAndALaterEnd() {
        assertThat(eligibility("{people: [dev]}", "{people: []}"))
                .isEqualTo("f.yaml:4:29: spec.subjects: names nobody (expected: groups, people or attributes)");
        assertThat(eligibility("[dev]}", "[dev]}, from: 2027-01-02T00:00:00Z, until: 2027-01-01T00:00:00Z"))
                .isEqualTo("f.yaml:4:81: spec.until: 2027-01-01T00:00:00Z"
                        + " (expected: after spec.from, 2027-01-02T00:00:00Z)");
        assertThat(eligibility("[dev]}", "[dev]}, from: yesterday")).contains("expected: a time such as");
        assertThat(eligibility("[dev]}", "[dev]}, from: 2027-01-01T00:00:00+01:00, until: null"))
                .isEmpty();
    }

    @Test
    void providersAreHttpsAndNameNoSecret() {
        String provider = """
                apiVersion: sallyport/v1
                kind: OidcProvider
                metadata: {name: corp}
                spec: {issuer: https://id.example.org/x, clientId: us, scopes: [openid], groups: claims.groups}
                """;

        assertThat(told(provider)).isEmpty();
        assertThat(told(provider.replace("https", "http"))).contains("spec.issuer");
        assertThat(told(provider.replace("https://id.example.org", "http://127.0.0.1:8080")))
                .isEmpty();
        assertThat(told(provider.replace("clientId", "clientSecret: x, clientId")))
                .contains("spec.clientSecret: unknown key");
        assertThat(told(provider.replace("clientId", "clientSecretFile: /etc/shadow, clientId")))
                .contains("spec.clientSecretFile: \"/etc/shadow\" (expected: the name of a file, such as corp.secret)");
        assertThat(told(provider.replace("clientId", "clientSecretFile: corp.secret, clientId")))
                .isEmpty();
    }

    @Test
    void expressionsOverClaimsAreCheckedWhenTheyAreLoaded() {
        String provider = """
                apiVersion: sallyport/v1
                kind: OidcProvider
                metadata: {name: corp}
                spec: {issuer: https://id.example.org, clientId: us, groups: claims.groups, attributes: {team: claims.team}}
                """;

        assertThat(told(provider)).isEmpty();
        assertThat(told(provider.replace("claims.groups", "groups")))
                .contains("spec.groups: \"groups\" (expected: an expression");
        assertThat(told(provider.replace("claims.team", "team")))
                .contains("spec.attributes.team: \"team\" (expected: an expression such as claims.groups");
    }

    @Test
    void whatHoldsInSessionsIsRead() {
        assertThat(role(
                        "access: direct",
                        "access: gateway\n  session: {recording: best-effort, supervised: true, idle: 5m, environment: [LC_*],"
                                + " commands: [{pattern: 'rm -rf', act: block, message: no}], redact: ['token=\\S+']}"))
                .isEmpty();
        assertThat(role("access: direct", "access: gateway\n  session: {recording: strictt}"))
                .isEqualTo("f.yaml:8:24: spec.session.recording: \"strictt\" (expected: strict, best-effort or off;"
                        + " did you mean strict?)");
        assertThat(role("access: direct", "access: gateway\n  session: {commands: [{pattern: '(', act: block}]}"))
                .startsWith("f.yaml:8:34: spec.session.commands.0.pattern: \"(\" (expected: a pattern in RE2 syntax");
        assertThat(role("access: direct", "access: gateway\n  session: {redact: ['x*']}"))
                .contains("which does not match the empty text");
        assertThat(role("access: direct", "access: direct\n  session: {supervised: true}"))
                .isEqualTo("f.yaml:8:12: spec.session: stands beside access: direct (expected: access: gateway, as only"
                        + " gateways keep it)");
    }

    @Test
    void storedLoginsOfTargetsNameAFileAndNoPath() {
        assertThat(target("port: 22}", "port: 22}, ssh: {oldAlgorithms: true, injected: {admin: router.secret}}"))
                .isEmpty();
        assertThat(target("port: 22}", "port: 22}, ssh: {injected: {admin: ../x}}"))
                .startsWith("f.yaml:4:")
                .contains("spec.ssh.injected.admin: \"../x\" (expected: the name of a file");
    }

    @Test
    void whateverTheCatalogueReadsMayStandBesidePoliciesThatAreChecked() {
        assertThat(Kind.values())
                .filteredOn(kind -> kind.policy().isEmpty())
                .allSatisfy(kind -> assertThat(PolicyFiles.read(List.of(new SourceFile(
                                        "f.yaml",
                                        "{apiVersion: sallyport/v1, kind: " + kind.word()
                                                + ", metadata: {name: a}, spec: {}}")))
                                .errors())
                        .as(kind.word())
                        .isEmpty());
    }
}
