package dev.sallyport.server.signin;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

/** The clients of the authorization server: our own command line, which can keep no secret (RFC 8252). */
final class Clients implements RegisteredClientRepository {
    static final String CLI = "sallyport-cli";
    static final String SCOPE = "sallyport";
    static final Duration ACCESS_TOKEN_LIFE = Duration.ofMinutes(10);
    static final Duration CODE_LIFE = Duration.ofMinutes(1);
    static final Duration DEVICE_CODE_LIFE = Duration.ofMinutes(10);

    /** How long a question on the page of confirmation may be answered; the command line waits as long. */
    static final Duration QUESTION_LIFE = Duration.ofMinutes(5);

    /** Any port of loopback is meant: section 7.3 of the RFC. */
    private static final RegisteredClient COMMAND_LINE = RegisteredClient.withId(CLI)
            .clientId(CLI)
            .clientName("the sallyport command line")
            .clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
            .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
            .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
            .authorizationGrantType(AuthorizationGrantType.DEVICE_CODE)
            .redirectUri("http://127.0.0.1/callback")
            .scope(SCOPE)
            .clientSettings(ClientSettings.builder()
                    .requireProofKey(true)
                    .requireAuthorizationConsent(true)
                    .build())
            .tokenSettings(TokenSettings.builder()
                    .accessTokenTimeToLive(ACCESS_TOKEN_LIFE)
                    .authorizationCodeTimeToLive(CODE_LIFE)
                    .deviceCodeTimeToLive(DEVICE_CODE_LIFE)
                    .reuseRefreshTokens(false)
                    .build())
            .build();

    /** How people know this client. */
    static String name(String client) {
        return client.equals(CLI) ? COMMAND_LINE.getClientName() : client;
    }

    @Override
    public void save(RegisteredClient client) {
        throw new UnsupportedOperationException("clients are part of the product");
    }

    @Override
    public @Nullable RegisteredClient findById(String id) {
        return findByClientId(id);
    }

    @Override
    public @Nullable RegisteredClient findByClientId(String clientId) {
        return clientId.equals(CLI) ? COMMAND_LINE : null;
    }
}
