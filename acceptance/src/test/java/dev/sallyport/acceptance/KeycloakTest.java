package dev.sallyport.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.catalog.CatalogAnswer;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.identity.Directory;
import dev.sallyport.server.RunningServer;
import dev.sallyport.server.ServerConfig;
import dev.sallyport.testkit.FreePort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sign-in through a real Keycloak, by its own forms. */
@NullMarked
class KeycloakTest {
    private static final Pattern FORM = Pattern.compile("<form id=\"kc-form-login\"[^>]* action=\"([^\"]+)\"");

    @Test
    void aPersonOfKeycloakSignsInAndLosesTheGroupThatKeycloakTakesAway(@TempDir Path dir) throws IOException {
        int port = FreePort.find();
        URI url = URI.create("https://localhost:" + port);
        Files.createDirectory(dir.resolve("secrets"));
        Files.writeString(dir.resolve("secrets/works.secret"), "a-secret-of-the-test\n");
        try (Keycloak keycloak = Keycloak.start(url + "/login/oidc/works/callback");
                RunningServer server = RunningServer.start(new ServerConfig(
                        url,
                        "127.0.0.1",
                        port,
                        new ServerConfig.Tls.Own(),
                        dir,
                        new ServerConfig.Store.Embedded(dir.resolve("postgres")),
                        dir.resolve("root.key"),
                        ServerConfig.Limits.DEFAULT))) {
            apply(server, keycloak);

            Browser.Shown home = signIn(server, "a-password-of-kim");

            assertThat(home.status()).as(home.html()).isEqualTo(200);
            assertThat(home.html()).contains("Signed in as <strong>kim</strong>");
            assertThat(groups(server)).containsExactly("leads");

            keycloak.leave("kim", "leads");
            assertThat(signIn(server, "a-password-of-kim").html()).contains("Signed in as <strong>kim</strong>");
            assertThat(groups(server)).isEmpty();

            Browser.Shown refused = signIn(server, "not-kims-password");
            assertThat(refused.address().toString()).startsWith(keycloak.issuer());
        }
    }

    private static void apply(RunningServer server, Keycloak keycloak) {
        String yaml = """
                apiVersion: sallyport/v1
                kind: OidcProvider
                metadata: {name: works}
                spec:
                  displayName: Keycloak
                  issuer: %s
                  clientId: sallyport
                  clientSecretFile: works.secret
                  scopes: [openid, profile, email]
                  provision: true
                  groups: claims.groups
                ---
                apiVersion: sallyport/v1
                kind: Group
                metadata: {name: leads}
                spec: {}
                """.formatted(keycloak.issuer());
        CatalogAnswer answer = server.feature(CatalogChanges.class)
                .apply(Actor.system("test"), List.of(new SourceFile("works.yaml", yaml)), false, false);
        assertThat(answer).isInstanceOf(CatalogAnswer.Sound.class);
    }

    /** In a new browser: our button, Keycloak's form, and where that ends. */
    private static Browser.Shown signIn(RunningServer server, String password) {
        var browser = new Browser(server.caPem().orElseThrow());
        Browser.Shown choice = browser.open(server.url().resolve("/login"));
        assertThat(choice.html()).contains("href=\"/login/oidc/works\"", "Sign in with Keycloak");
        Browser.Shown form = browser.open(server.url().resolve("/login/oidc/works"));
        Matcher action = FORM.matcher(form.html());
        assertThat(action.find()).as(form.html()).isTrue();
        return browser.submit(
                URI.create(action.group(1).replace("&amp;", "&")),
                Map.of("username", "kim", "password", password, "credentialId", ""));
    }

    private static List<String> groups(RunningServer server) {
        return server.feature(Database.class)
                .read(rx -> Directory.groups(
                        rx, Directory.person(rx, "kim").orElseThrow().id()));
    }
}
