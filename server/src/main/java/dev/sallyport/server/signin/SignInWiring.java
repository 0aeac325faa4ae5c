package dev.sallyport.server.signin;

import dev.sallyport.audit.Audit;
import dev.sallyport.catalog.AccessChanged;
import dev.sallyport.catalog.Rejudging;
import dev.sallyport.credential.KeyVault;
import dev.sallyport.database.Database;
import dev.sallyport.feed.FeedFollower;
import dev.sallyport.identity.Enrolment;
import dev.sallyport.identity.PasskeyPlace;
import dev.sallyport.identity.PasskeyProofs;
import dev.sallyport.identity.PasskeyResets;
import dev.sallyport.identity.PasskeySignIn;
import dev.sallyport.identity.Passkeys;
import dev.sallyport.identity.PasswordResets;
import dev.sallyport.identity.People;
import dev.sallyport.identity.ProviderSignIn;
import dev.sallyport.identity.SeenProofs;
import dev.sallyport.identity.Sessions;
import dev.sallyport.server.ApiProblems;
import dev.sallyport.server.RateLimits;
import dev.sallyport.server.ServerConfig;
import dev.sallyport.server.oidc.RelyingParty;
import dev.sallyport.server.page.Look;
import dev.sallyport.server.page.Pages;
import dev.sallyport.server.page.Refusals;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;

/** Builds what signs people in. */
@Configuration(proxyBeanMethods = false)
@Import({
    SignInPages.class,
    DevicePages.class,
    ClientPages.class,
    LinkPages.class,
    DecisionPages.class,
    SetUpPages.class,
    ResetPages.class,
    PasskeyPages.class,
    ProviderPages.class,
    PageRefusals.class,
    SecurityChains.class
})
public class SignInWiring {
    /** How long a browser stays signed in that does nothing. */
    public static final Duration BROWSER_IDLE = WebSessions.IDLE;

    @Bean
    TokenKeys tokenKeys(Database database, Audit audit, KeyVault vault) {
        var keys = new TokenKeys(database, audit, vault);
        keys.ensure();
        return keys;
    }

    @Bean
    Cookies cookies(ServerConfig config) {
        return new Cookies(config);
    }

    @Bean
    WebSessions webSessions(Database database, Cookies cookies, Sessions sessions) {
        return new WebSessions(database, cookies, sessions);
    }

    @Bean
    SavedRequests savedRequests(Cookies cookies) {
        return new SavedRequests(cookies);
    }

    @Bean
    Clients clients() {
        return new Clients();
    }

    @Bean
    AccessTokens accessTokens(TokenKeys keys, ServerConfig config) {
        return new AccessTokens(keys, config);
    }

    @Bean
    SeenProofs seenProofs(Database database) {
        return new SeenProofs(database);
    }

    @Bean
    Authorizations authorizations(
            Database database, Audit audit, Sessions sessions, Clients clients, AccessTokens tokens, RateLimits rates) {
        return new Authorizations(database, audit, sessions, clients, tokens, rates);
    }

    @Bean
    Tokens tokens(AccessTokens tokens, SeenProofs proofs, Authorizations authorizations) {
        return new Tokens(tokens, proofs, authorizations);
    }

    @Bean
    Authenticator authenticator(
            AccessTokens tokens,
            SeenProofs proofs,
            Sessions sessions,
            FeedFollower feed,
            Database database,
            ServerConfig config) {
        return new Authenticator(
                tokens, new Proofs(proofs), new LiveSessions(database, sessions, feed), database, config);
    }

    @Bean
    AuthorizationServerSettings authorizationServerSettings(ServerConfig config) {
        return AuthorizationServerSettings.builder()
                .issuer(config.url().toString())
                .build();
    }

    @Bean
    Forgetting forgetting(
            dev.sallyport.identity.SignIn signIn,
            SeenProofs proofs,
            Authorizations authorizations,
            ProviderAttempts attempts,
            dev.sallyport.identity.StepUps stepUps,
            PasskeyProofs passkeys) {
        return new Forgetting(signIn, proofs, authorizations, attempts, stepUps, passkeys);
    }

    // Passkeys
    // ----------------------------------------------------------------------------------------------------------

    @Bean
    PasskeyProofs passkeyProofs(Database database, Audit audit, ServerConfig config) {
        return new PasskeyProofs(database, audit, PasskeyPlace.of(config.url()), new WebAuthnCheck());
    }

    @Bean
    Passkeys passkeys(Database database, Audit audit, Sessions sessions, PasskeyProofs proofs, Enrolment enrolment) {
        return new Passkeys(database, audit, sessions, proofs, enrolment);
    }

    @Bean
    PasskeySignIn passkeySignIn(Database database, Audit audit, PasskeyProofs proofs) {
        return new PasskeySignIn(database, audit, proofs);
    }

    @Bean
    PasskeyResets passkeyResets(
            Database database, People people, PasswordResets resets, PasskeyProofs proofs, Passkeys passkeys) {
        return new PasskeyResets(database, people, resets, proofs, passkeys);
    }

    @Bean
    Look look(ServerConfig config) {
        return Look.at(config.url());
    }

    @Bean
    Pages pageTemplates(Look look) {
        return new Pages(look);
    }

    @Bean
    Refusals refusals(Pages pages, ApiProblems problems) {
        return new Refusals(pages, problems);
    }

    // Providers
    // ---------------------------------------------------------------------------------------------------------

    @Bean
    RelyingParty relyingParty(ServerConfig config) {
        return new RelyingParty(config.data());
    }

    @Bean
    ProviderAttempts providerAttempts(Database database, Cookies cookies) {
        return new ProviderAttempts(database, cookies);
    }

    @Bean
    ProviderSignIn providerSignIn(Database database, Audit audit, People people, AccessChanged grants) {
        return new ProviderSignIn(database, audit, people, new Rejudging(grants));
    }
}
