package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.catalog.CatalogAnswer;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.People;
import dev.sallyport.identity.Quarantine;
import dev.sallyport.testkit.TestDatabase;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ProviderSignInTest {
    private static final AtomicInteger VISITORS = new AtomicInteger();

    private static final String PASSWORD = "correct horse battery";
    private static TestDatabase database;
    private static RunningServer server;
    private static RunningServer twin;
    private static TestProvider provider;

    @BeforeAll
    static void start() throws IOException {
        database = TestServers.database();
        Path folder = TestServers.folder();
        Files.createDirectory(folder.resolve("secrets"));
        Files.writeString(folder.resolve("secrets/corp.secret"), TestProvider.SECRET + "\n");
        ServerConfig first = TestServers.config(database, folder);
        ServerConfig second = TestServers.config(database, folder);
        server = RunningServer.start(first);
        twin = RunningServer.start(new ServerConfig(
                first.url(),
                second.bind(),
                second.port(),
                second.tls(),
                second.data(),
                second.database(),
                second.rootKey(),
                second.limits()));
        provider = new TestProvider();
        TestPeople.firstRun(server, "ada", PASSWORD);
        apply(document("corp", provider.issuer, "provision: true, fills: [leads]")
                + document("closed", provider.issuer, "provision: false")
                + document("plain", provider.issuer, "provision: true")
                + document("gone", "http://127.0.0.1:" + TestServers.freePort(), "displayName: '<b>Gone</b>'")
                + """
                ---
                apiVersion: sallyport/v1
                kind: Group
                metadata: {name: leads}
                spec: {}
                """);
    }

    private static String document(String name, String issuer, String more) {
        return """
                ---
                apiVersion: sallyport/v1
                kind: OidcProvider
                metadata: {name: %s}
                spec: {issuer: '%s', clientId: sallyport, clientSecretFile: corp.secret, groups: claims.groups, %s,
                       attributes: {team: claims.team}}
                """.formatted(name, issuer, more);
    }

    private static void apply(String yaml) {
        CatalogAnswer answer = server.feature(CatalogChanges.class)
                .apply(Actor.system("test"), List.of(new SourceFile("test.yaml", yaml)), false, false);
        assertThat(answer).isInstanceOf(CatalogAnswer.Sound.class);
    }

    @AfterAll
    static void stop() {
        provider.close();
        twin.close();
        server.close();
        database.close();
    }

    @BeforeEach
    void asUsual() {
        provider.signature = TestProvider.Signature.OWN_KEY;
        provider.change = _ -> {};
    }

    // Walking
    // -------------------------------------------------------------------------------------------------------------

    /** Somebody from a network of their own: so many come so fast that one address would be held back. */
    private static TestClient visitor() {
        return new TestClient(server, "127.%d.0.1".formatted(VISITORS.incrementAndGet()));
    }

    /** Leaves for the provider and returns where its answer leads, without going there. */
    private static String leave(TestClient client, String name) {
        provider.redirect = server.url() + "/login/oidc/" + name + "/callback";
        return provider.visit(TestClient.location(client.get("/login/oidc/" + name)));
    }

    private static HttpResponse<String> walk(TestClient client, String name) {
        return page(client, leave(client, name));
    }

    private static HttpResponse<String> page(TestClient client, String path) {
        return client.send(client.request(path).header("Accept", "text/html").GET());
    }

    private static Consumer<JWTClaimsSet.Builder> subject(String subject, String name) {
        return claims -> claims.subject(subject).claim("preferred_username", name);
    }

    private static List<String> groups(String name) {
        return server.feature(Database.class)
                .read(rx -> Directory.groups(
                        rx, Directory.person(rx, name).orElseThrow().id()));
    }

    private static void refused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(code).contains("<h1>").doesNotContain("<script");
        assertThat(answer.headers().allValues("Set-Cookie")).noneMatch(cookie -> cookie.contains("-session="));
    }

    // What it permits
    // -----------------------------------------------------------------------------------------------------

    @Test
    void walksFromTheCommandLineOverTheProviderToTokensAndTheSamePersonAgain() {
        var client = visitor();
        client.authorize(TestClient.authorizeRequest());
        assertThat(client.get("/login").body()).contains("href=\"/login/oidc/corp\"", "&lt;b&gt;Gone&lt;/b&gt;");

        HttpResponse<String> back = walk(client, "corp");
        String code = TestClient.parameter(TestClient.location(client.allowed(back)), "code");
        TestClient.Tokens tokens = TestClient.tokens(client.token(client.codeExchange(code)));
        Map<String, Object> me = TestClient.json(client.api("GET", "/api/v1/me", tokens.access()));

        assertThat(me.get("person")).extracting("name").isEqualTo("kim");
        assertThat(me.get("session")).extracting("amr").asString().isEqualTo("[pwd, otp, fed]");
        var again = visitor();
        assertThat(TestClient.location(walk(again, "corp"))).isEqualTo("/");
        assertThat(again.get("/").body()).contains("Signed in as <strong>kim</strong>");
        assertThat(count("select count(*) from sign_in_session where acr = 'gold' and client <> 'browser'"))
                .isEqualTo(1);
    }

    @Test
    void whoLeftFromOneServerComesBackToTheOther() {
        provider.change = subject("sub-travel", "travel");
        var client = visitor();

        HttpResponse<String> back =
                page(client.at(twin.feature(ServerConfig.class).port()), leave(client, "corp"));

        assertThat(back.statusCode()).as(back.body()).isEqualTo(302);
        assertThat(client.get("/").body()).contains("Signed in as <strong>travel</strong>");
    }

    @Test
    void groupsAndAttributesAreReplacedAtEachSignIn() {
        provider.change = subject("sub-lee", "lee")
                .andThen(claims -> claims.claim("groups", List.of("leads", "nowhere", "administrators"))
                        .claim("team", "payments"));
        walk(visitor(), "corp");
        assertThat(groups("lee")).containsExactly("leads");
        assertThat(attributes("lee")).containsEntry("team", "payments");

        provider.change = subject("sub-lee", "lee");
        walk(visitor(), "corp");

        assertThat(groups("lee")).isEmpty();
        assertThat(attributes("lee")).isEmpty();
        assertThat(events("group.member-added")).isPositive();
        assertThat(events("group.member-removed")).isPositive();
        assertThat(events("person.attributes-changed")).isGreaterThanOrEqualTo(2);
    }

    @Test
    void whatSetUpMadeIsFilledOnlyWhereTheDocumentNamesIt() {
        provider.change =
                subject("sub-max", "max").andThen(claims -> claims.claim("groups", List.of("leads", "administrators")));

        walk(visitor(), "plain");

        assertThat(groups("max")).containsExactly("leads");
    }

    @Test
    void aLoginLinkedByAnAdministratorSignsThatPersonIn() {
        provider.change = subject("sub-linked", "somebody");
        refused(walk(visitor(), "closed"), 403, "sign-in.not-linked");
        PersonId grace = TestPeople.make(server, "grace", PASSWORD);
        link(grace, "sub-linked");
        var client = visitor();

        walk(client, "closed");

        assertThat(client.get("/").body()).contains("Signed in as <strong>grace</strong>");
        PersonId other = TestPeople.make(server, "heidi", PASSWORD);
        assertThatThrownBy(() -> link(other, "sub-linked"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("somebody else's login");
    }

    // What it refuses
    // -----------------------------------------------------------------------------------------------------

    @Test
    void somebodyUnknownIsToldWhatToLink() {
        provider.change = subject("sub-<i>stranger</i>", "stranger");

        HttpResponse<String> answer = walk(visitor(), "closed");

        refused(answer, 403, "sign-in.not-linked");
        assertThat(answer.body()).contains(provider.issuer, "sub-&lt;i&gt;stranger");
        assertThat(count("select count(*) from person where name = 'stranger'")).isZero();
        assertThat(events("sign-in.refused")).isPositive();
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                lie("another nonce", claims -> claims.claim("nonce", "another")),
                lie("no nonce", claims -> claims.claim("nonce", null)),
                lie("another audience", claims -> claims.audience("somebody-else")),
                lie("several audiences", claims -> claims.audience(List.of("sallyport", "somebody-else"))),
                lie("another party", claims -> claims.claim("azp", "somebody-else")),
                lie("another issuer", claims -> claims.issuer("https://id.example.org")),
                lie("no subject", claims -> claims.subject(null)),
                lie(
                        "expired",
                        claims -> claims.expirationTime(Date.from(Instant.now().minusSeconds(120)))),
                lie("no end", claims -> claims.expirationTime(null)),
                lie("of another access token", claims -> claims.claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA")),
                lie(
                        "seen long ago",
                        claims -> claims.claim(
                                "auth_time", Instant.now().minusSeconds(7_200).getEpochSecond())));
    }

    private static Arguments lie(String what, Consumer<JWTClaimsSet.Builder> change) {
        return Arguments.of(what, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void refusesATokenThatIsNotForThisSignIn(String what, Consumer<JWTClaimsSet.Builder> change) {
        provider.change = change;

        refused(walk(visitor(), "corp"), 403, "sign-in.not-proven");
    }

    @ParameterizedTest
    @EnumSource(value = TestProvider.Signature.class, mode = EnumSource.Mode.EXCLUDE, names = "OWN_KEY")
    void refusesATokenThatTheProvidersKeyDidNotSign(TestProvider.Signature signature) {
        provider.signature = signature;

        refused(walk(visitor(), "corp"), 403, "sign-in.not-proven");
    }

    @Test
    void anAnswerCountsOnceAndInItsOwnBrowserOnly() {
        provider.change = subject("sub-once", "once");
        var client = visitor();
        String back = leave(client, "corp");

        refused(page(visitor(), back), 400, "sign-in.not-awaited");
        var other = visitor();
        leave(other, "corp");
        refused(page(other, back), 400, "sign-in.not-awaited");
        refused(page(client, back.replaceAll("state=[^&]+", "state=forged")), 400, "sign-in.not-awaited");
        refused(page(client, back.replaceAll("state=[^&]+", "x=y")), 400, "sign-in.not-awaited");
        assertThat(page(client, back).statusCode()).isEqualTo(302);
        refused(page(client, back), 400, "sign-in.not-awaited");
    }

    @Test
    void anAnswerOfOneProviderIsNotTakenForAnothers() {
        var client = visitor();
        String back = leave(client, "corp");

        refused(page(client, back.replace("/corp/", "/plain/")), 400, "sign-in.not-awaited");
        refused(page(client, back + "&iss=https%3A%2F%2Fid.example.org"), 400, "sign-in.not-awaited");
    }

    @Test
    void neitherNameNorMailLeadsToAnExistingPerson() {
        server.feature(Database.class)
                .run(
                        Actor.system("test"),
                        tx -> server.feature(People.class)
                                .create(tx, "boss", "The Boss", "boss@example.org", Map.of(), "test"));
        provider.change = subject("sub-mallory", "boss").andThen(claims -> claims.claim("email", "boss@example.org"));
        var client = visitor();

        walk(client, "corp");

        assertThat(client.get("/").body()).contains("Signed in as <strong>boss-2</strong>");
    }

    @Test
    void whoIsDisabledOrQuarantinedIsRefused() {
        PersonId dan = TestPeople.make(server, "dan", PASSWORD);
        link(dan, "sub-dan");
        provider.change = subject("sub-dan", "dan");
        Database data = server.feature(Database.class);
        data.run(Actor.system("test"), tx -> server.feature(People.class).disable(tx, dan, "left"));
        refused(walk(visitor(), "corp"), 403, "person.blocked");

        data.run(Actor.system("test"), tx -> {
            server.feature(People.class).enable(tx, dan, "back");
            server.feature(Quarantine.class).impose(tx, dan, "stolen laptop");
        });
        refused(walk(visitor(), "corp"), 403, "person.blocked");
    }

    @Test
    void whatTheProviderSaysIsShownAsText() {
        var client = visitor();
        String state = TestClient.parameter("https://x" + leave(client, "corp"), "state");

        HttpResponse<String> answer = page(
                client,
                "/login/oidc/corp/callback?"
                        + TestClient.query(Map.of(
                                "state", state, "error", "access_denied", "error_description", "<script>x</script>")));

        refused(answer, 403, "sign-in.provider-refused");
        assertThat(answer.body()).contains("access_denied", "&lt;script&gt;");
    }

    @Test
    void aProviderThatIsDownOrUnknownIsTold() {
        var client = visitor();

        refused(page(client, "/login/oidc/gone"), 503, "provider.unavailable");
        refused(page(client, "/login/oidc/nobody"), 404, "provider.unknown");
    }

    private static void link(PersonId person, String subject) {
        server.feature(Database.class)
                .run(
                        Actor.system("test"),
                        tx -> server.feature(People.class).linkIdentity(tx, person, provider.issuer, subject));
    }

    private static Map<String, String> attributes(String name) {
        return server.feature(Database.class)
                .read(rx -> Directory.person(rx, name).orElseThrow().attributes());
    }

    private static long events(String activity) {
        return count("select count(*) from event where activity = '" + activity + "'");
    }

    private static long count(String sql) {
        return server.feature(Database.class).read(rx -> rx.count(sql));
    }
}
