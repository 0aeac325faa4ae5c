package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Audit;
import dev.sallyport.database.Actor;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** From asking to the end of access, over HTTP. */
class AccessApiTest {
    /** Any Ed25519 key. */
    static final String KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB1m0rU6Xw2ZC7bVxFZ6nGv4aLkq8yQJ3y5P9wq0tq5V me";

    private static final Pattern LEASE = Pattern.compile("lse_[0-9a-z]{26}");

    private static ApiWorld world;
    private static Someone dev;
    private static Someone lead;
    private static Someone other;
    private static Someone guard;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        dev = world.signIn("dev");
        lead = world.signIn("lead");
        other = world.signIn("other");
        guard = world.holder(
                "guard-1",
                "audit.read",
                "grant.revoke",
                "grant.read-all",
                "request.read-all",
                "person.quarantine",
                "finding.read");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    /** A second person who may ask for the same, to be cut off without harm to the others. */
    private static Someone developer(String name) {
        world.apply("""
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: %s}
                spec: {groups: [developers]}
                """.formatted(name));
        return world.signIn(name);
    }

    private static Reply certificate(Someone someone) {
        return someone.post("/credentials/ssh", Map.of("target", "web-1", "login", "viewer", "public_key", KEY));
    }

    @Test
    void howUnusualARequestIsIsToldToWhoDecidesAndNotToWhoAsked() {
        Someone newcomer = developer("newcomer");
        String request = newcomer.ask("ops", "web-1", "PT1H").text("id");

        assertThat(lead.get("/requests/" + request).body())
                .contains("\"risk\":{\"points\":", "\"feature\":\"role\"", "never had the role ops before");
        assertThat(newcomer.get("/requests/" + request).body()).doesNotContain("never asked");
        assertThat(guard.get("/people/newcomer/risk").body()).contains(request, "\"feature\":\"target\"");
        assertThat(newcomer.get("/people/newcomer/risk").code()).isEqualTo("auth.missing-right");
        newcomer.post("/requests/" + request + "/withdraw", Map.of());
    }

    @Test
    void aRequestIsApprovedBySomebodyElseAndGivesACertificate() {
        Someone carl = developer("carl");
        Reply asked = carl.ask("ops", "web-1", "PT1H");
        String request = "/requests/" + asked.text("id");
        Map<String, Object> ssh = Map.of("target", "web-1", "login", "deploy", "public_key", KEY);
        assertThat(asked.status()).as(asked.body()).isEqualTo(201);
        assertThat(asked.text("state")).isEqualTo("pending");
        assertThat(carl.post("/credentials/ssh", ssh).code()).isEqualTo("credential.no-grant");
        assertThat(lead.get("/requests?view=to-decide").body()).contains(asked.text("id"));
        assertThat(asked.body()).contains("\"may\":[\"withdraw\"]");
        assertThat(carl.get("/requests").body()).contains("\"may\":[\"withdraw\"]");
        assertThat(lead.get(request).body()).contains("\"may\":[\"approve\",\"deny\"]");

        Reply own = carl.post(request + "/approve", Map.of());
        Reply stranger = other.post(request + "/approve", Map.of());
        Reply approved = lead.post(request + "/approve", Map.of("duration", "PT30M", "comment", "fine"));
        Reply again = lead.post(request + "/approve", Map.of());
        assertThat(approved.body()).contains("\"may\":[]");
        Reply certificate = carl.post("/credentials/ssh", ssh);

        assertThat(own.code()).isEqualTo("request.self-approval");
        assertThat(stranger.status()).isIn(403, 404);
        assertThat(approved.text("state")).as(approved.body()).isEqualTo("approved");
        assertThat(again.code()).isEqualTo("request.not-pending");
        assertThat(certificate.status()).as(certificate.body()).isEqualTo(201);
        assertThat(certificate.text("certificate")).startsWith("ssh-ed25519-cert-v01@openssh.com ");
        assertThat(carl.get("/grants/" + certificate.text("grant")).text("state"))
                .isEqualTo("active");
        assertThat(carl.post("/credentials/ssh", Map.of("target", "web-1", "login", "root", "public_key", KEY))
                        .code())
                .isEqualTo("credential.wrong-login");
    }

    @Test
    void idsOfLeasesAndFindingsLeadToTheirPages() {
        Someone lena = developer("lena");
        lena.grant("look", "web-1");
        String grant = certificate(lena).text("grant");
        String lease = LEASE.matcher(lena.get("/grants/" + grant).body())
                .results()
                .findFirst()
                .orElseThrow()
                .group();
        world.database()
                .run(
                        Actor.system("test"),
                        tx -> new Findings(world.server().feature(Audit.class))
                                .open(tx, "lease-stuck", Severity.HIGH, lease, "web-1 does not <answer>"));
        Someone watcher = world.holder("watcher", "finding.read", "grant.read-all");
        String finding = String.valueOf(watcher.get("/findings").items().stream()
                .filter(each -> lease.equals(each.get("subject")))
                .findFirst()
                .orElseThrow()
                .get("id"));
        TestClient lenas = world.browser("lena");
        TestClient watchers = world.browser("watcher");

        assertThat(PortalTest.page(lenas, "/grants/" + grant).body()).contains("href=\"/leases/" + lease + "\"");
        assertThat(PortalTest.page(lenas, "/leases/" + lease).body())
                .contains("A credential on web-1", "href=\"/grants/" + grant + "\"", "sallyport show " + lease);
        assertThat(PortalTest.page(world.browser("other"), "/leases/" + lease).statusCode())
                .isEqualTo(404);
        assertThat(PortalTest.page(watchers, "/findings").body())
                .contains("href=\"/leases/" + lease + "\"", "href=\"/findings/" + finding + "\"");
        assertThat(PortalTest.page(watchers, "/findings/" + finding).body())
                .contains("web-1 does not &lt;answer&gt;", "/help/runbooks/lease-stuck", "href=\"/leases/" + lease);
        assertThat(watcher.get("/findings/" + finding).text("kind")).isEqualTo("lease-stuck");
        assertThat(watcher.get("/findings/fnd_none").code()).isEqualTo("finding.unknown");
        String severity = watcher.get("/findings/" + finding).text("severity");
        assertThat(watcher.get("/findings?kind=lease-stuck&severity=" + severity)
                        .body())
                .contains(finding);
        assertThat(watcher.get("/findings?severity=low").body()).contains(finding);
        assertThat(watcher.get("/findings?kind=krl-stale").body()).doesNotContain(finding);
        assertThat(watcher.get("/findings?severity=bad").body()).contains("expected: low, medium, high or critical");
        assertThat(PortalTest.page(watchers, "/findings?kind=lease-stuck&severity=" + severity)
                        .body())
                .contains(finding, "sallyport findings --kind lease-stuck --severity " + severity);
        assertThat(lena.get("/findings/" + finding).code()).isEqualTo("auth.missing-right");
        world.database()
                .run(
                        Actor.system("test"),
                        tx -> new Findings(world.server().feature(Audit.class)).close(tx, "lease-stuck", lease));
    }

    @Test
    void aRequestIsDeniedOrTakenBack() {
        String denied = dev.ask("ops", "web-1", "PT1H").text("id");
        String withdrawn = dev.ask("ops", "web-1", "PT2H").text("id");

        Reply no = lead.post("/requests/" + denied + "/deny", Map.of("comment", "not today"));
        Reply notYours = lead.post("/requests/" + withdrawn + "/withdraw", Map.of());
        Reply back = dev.post("/requests/" + withdrawn + "/withdraw", Map.of());

        assertThat(no.text("state")).as(no.body()).isEqualTo("denied");
        assertThat(notYours.code()).isEqualTo("request.not-requester");
        assertThat(back.text("state")).as(back.body()).isEqualTo("withdrawn");
    }

    @Test
    void nobodySeesWhatIsNotTheirs() {
        Reply asked = dev.ask("look", "web-1", "PT10M");
        String grant = Someone.grantOf(asked);

        assertThat(other.get("/requests/" + asked.text("id")).code()).isEqualTo("request.unknown");
        assertThat(other.get("/grants/" + grant).code()).isEqualTo("grant.unknown");
        assertThat(other.post("/grants/" + grant + "/return", Map.of()).code()).isEqualTo("grant.unknown");
        assertThat(other.post("/grants/" + grant + "/extend", Map.of("duration", "PT1H"))
                        .code())
                .isEqualTo("grant.unknown");
        assertThat(other.get("/requests?view=all").code()).isEqualTo("auth.missing-right");
        assertThat(other.get("/grants?view=all").code()).isEqualTo("auth.missing-right");
        assertThat(other.ask("look", "web-1", "PT10M").code()).isEqualTo("request.unknown-role-or-target");
        assertThat(guard.get("/requests?view=all").body()).contains(asked.text("id"));
        assertThat(guard.get("/requests?view=all&requester=dev&role=look&target=web-1")
                        .body())
                .contains(asked.text("id"));
        assertThat(guard.get("/requests?view=all&requester=other").body()).doesNotContain(asked.text("id"));
        assertThat(guard.get("/requests?view=all&role=no-such-role").items()).isEmpty();
        assertThat(guard.get("/grants/" + grant).status()).isEqualTo(200);
    }

    @Test
    void theSameKeyMakesOneRequest() {
        String body =
                "{\"items\":[{\"role\":\"look\",\"target\":\"web-1\"}],\"duration\":\"PT9M\",\"reason\":\"once\"}";
        Map<String, String> key = Map.of("Idempotency-Key", "a-key-of-mine");

        Reply first = dev.call("POST", "/requests", key, body);
        Reply second = dev.call("POST", "/requests", key, body);
        Reply otherBody = dev.call("POST", "/requests", key, body.replace("PT9M", "PT8M"));

        assertThat(second.text("id")).as(second.body()).isEqualTo(first.text("id"));
        assertThat(otherBody.code()).isEqualTo("idempotency.mismatch");
    }

    @Test
    void aGrantIsReturnedOnce() {
        Someone rita = developer("rita");
        String grant = rita.grant("look", "web-1");

        Reply returned = rita.post("/grants/" + grant + "/return", Map.of());

        assertThat(returned.text("end_reason")).as(returned.body()).isEqualTo("returned");
        assertThat(certificate(rita).code()).isEqualTo("credential.no-grant");
    }

    @Test
    void aRevocationChangesTheListAndWakesWhoWaits() throws Exception {
        Someone vic = developer("vic");
        String grant = vic.grant("look", "web-1");
        assertThat(certificate(vic).status()).isEqualTo(201);
        Someone host = world.nobody();
        Reply list = host.get("/ssh/krl");
        Map<String, String> known = Map.of("If-None-Match", list.header("ETag"));
        assertThat(list.status()).isEqualTo(200);
        assertThat(host.get("/ssh/krl", known).status()).isEqualTo(304);
        assertThat(host.get("/ssh/krl.sig?version=" + list.header("Sallyport-Krl-Version"))
                        .body())
                .startsWith("-----BEGIN SSH SIGNATURE-----");
        Someone waiting = world.nobody();
        var answer = CompletableFuture.supplyAsync(() -> waiting.get("/ssh/krl?wait=25", known));

        Reply refused = other.post("/grants/" + grant + "/revoke", Map.of("reason", "no"));
        Reply revoked = guard.post("/grants/" + grant + "/revoke", Map.of("reason", "stolen key"));
        Reply woken = answer.get(20, TimeUnit.SECONDS);

        assertThat(refused.code()).isEqualTo("auth.missing-right");
        assertThat(revoked.text("end_reason")).as(revoked.body()).isEqualTo("revoked");
        assertThat(woken.status()).isEqualTo(200);
        assertThat(woken.header("ETag")).isNotEqualTo(list.header("ETag"));
        assertThat(host.get("/ssh/krl.sig?version=" + list.header("Sallyport-Krl-Version"))
                        .code())
                .isEqualTo("krl.newer-version");
        assertThat(certificate(vic).code()).isEqualTo("credential.no-grant");
    }

    @Test
    void aRevocationBySelectorEndsWhatItNames() {
        Someone sam = developer("sam");
        String grant = sam.grant("look", "web-1");

        Reply refused = other.post("/revocations", Map.of("identity", "sam", "reason", "x"));
        Reply two = guard.post("/revocations", Map.of("identity", "sam", "target", "web-1", "reason", "x"));
        Reply revoked = guard.post("/revocations", Map.of("identity", "sam", "reason", "gone"));

        assertThat(refused.code()).isEqualTo("auth.missing-right");
        assertThat(two.code()).isEqualTo("input.invalid-value");
        assertThat(revoked.json().get("revoked")).asString().contains(grant);
    }

    @Test
    void aQuarantineEndsGrantsAndSessionsUntilItIsLifted() {
        Someone quinn = developer("quinn");
        String grant = quinn.grant("look", "web-1");

        Reply refused = other.post("/quarantines", Map.of("person", "quinn", "reason", "x"));
        Reply imposed = guard.post("/quarantines", Map.of("person", "quinn", "reason", "stolen laptop"));
        Reply twice = guard.post("/quarantines", Map.of("person", "quinn", "reason", "stolen laptop"));

        assertThat(refused.code()).isEqualTo("auth.missing-right");
        assertThat(imposed.status()).as(imposed.body()).isEqualTo(200);
        assertThat(imposed.json().get("revoked")).asString().contains(grant);
        assertThat(imposed.json().get("sessions_ended"))
                .asString()
                .as("the browser and the client")
                .isEqualTo("2");
        assertThat(twice.code()).isEqualTo("person.already-quarantined");
        Await.until(
                "the session ends",
                Duration.ofSeconds(5),
                () -> quinn.get("/me").code().equals("auth.session-ended"));
        Reply lifted = guard.call("DELETE", "/quarantines/quinn", Map.of(), "{\"reason\":\"found again\"}");
        assertThat(lifted.status()).as(lifted.body()).isEqualTo(204);
        assertThat(guard.call("DELETE", "/quarantines/quinn", Map.of(), "{\"reason\":\"x\"}")
                        .code())
                .isEqualTo("person.not-quarantined");
        assertThat(world.signIn("quinn").get("/me").status()).isEqualTo(200);
    }

    @Test
    void theLogIsSearchedAndFollowed() {
        Reply asked = dev.ask("look", "web-1", "PT7M");
        String from = guard.get("/audit/tail").text("next");
        dev.ask("ops", "web-1", "PT6M");

        Reply found = guard.get("/audit/events?request=" + asked.text("id"));
        Reply page = guard.get("/audit/events?limit=1");
        Reply next = guard.get("/audit/events?limit=1&after=" + page.text("next"));
        Reply tail = guard.get("/audit/tail?wait=10&after=" + from);

        assertThat(found.items()).isNotEmpty();
        assertThat(found.body()).contains("request.");
        assertThat(next.items()).hasSize(1).isNotEqualTo(page.items());
        assertThat(tail.items()).as(tail.body()).isNotEmpty();
        assertThat(guard.get("/audit/events/" + found.items().getFirst().get("id"))
                        .status())
                .isEqualTo(200);
        assertThat(guard.get("/audit/events/evt_00000000000000000000000000").code())
                .isEqualTo("event.unknown");
        assertThat(dev.get("/audit/events").code()).isEqualTo("auth.missing-right");
        assertThat(dev.get("/audit/tail").code()).isEqualTo("auth.missing-right");
    }

    @Test
    void findingsAreForThoseWhoLookAfterThem() {
        assertThat(guard.get("/findings").items()).isEqualTo(List.of());
        assertThat(guard.get("/findings?state=half").code()).isEqualTo("input.invalid-value");
        assertThat(dev.get("/findings").code()).isEqualTo("auth.missing-right");
    }
}
